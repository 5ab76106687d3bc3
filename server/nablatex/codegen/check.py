"""A check that goes with exported code: the derivative against differences of the function, at a point of the caller's
or at a random one, in the layout that was asked for.  It runs where the file is run as a program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nablatex.algebra.atoms import Symbol
from nablatex.algebra.dims import ONE, SCALAR
from nablatex.codegen.languages import Language
from nablatex.codegen.program import Signature

SMALL = (4, 3, 2, 5, 6, 7, 8)
TOLERANCE = "1e-4"


@dataclass(frozen=True, slots=True)
class Question:
    """What is checked: function `derivative` is ∂ value/∂ variable in this layout."""

    value: str
    derivative: str
    variable: Symbol
    layout: str
    scalar: bool
    """Whether the value is a number."""
    sizes: Mapping[str, int] = field(default_factory=dict)
    """Sizes at which the formula has a value; a letter that is not named gets a small one."""


def check_lines(question: Question, signature: Signature, language: Language) -> str:
    """The source of ``check_derivative`` and of what calls it."""
    writer = {"julia": _julia, "matlab": _matlab, "sympy": _sympy}.get(language.name, _python)
    return "\n".join(writer(question, signature, language))


def sizes_for(signature: Signature) -> dict[str, int]:
    """A small size for each letter, all different."""
    letters: dict[str, None] = {}
    for s in signature.names:
        for d in s.shape:
            letters |= dict.fromkeys(sorted(d.letters()))
    letters |= dict.fromkeys(signature.sizes)
    return {x: SMALL[k] if k < len(SMALL) else k + 2 for k, x in enumerate(letters)}


def _form(s: Symbol) -> str:
    """Which draw suits a symbol."""
    if s.has("index"):
        return "index"
    if s.has("integer"):
        return "integer"
    if s.shape == SCALAR:
        return "number"
    if ONE in s.shape:
        return "vector"
    for form in ("spd", "orthogonal", "diagonal", "symmetric", "skew"):
        if s.has(form) or (form == "spd" and s.has("psd")):
            return form
    return "square" if s.shape[0] == s.shape[1] else "matrix"


def _drawn(q: Question, signature: Signature, table: Mapping[str, str]) -> list[tuple[str, str]]:
    """(argument, source of a random value): entries between 1/2 and 3/2, square matrices well conditioned."""
    sizes = {**sizes_for(signature), **q.sizes}
    out = []
    for s, name in signature.names.items():
        m, n = s.shape[0].at(sizes), s.shape[1].at(sizes)
        out.append((name, table[_form(s)].format(m=m, n=n, size=max(m, n))))
    for (_, order), name in signature.functions.items():
        out.append((name, table["function"].format(k=order)))
    out.extend((name, str(sizes[letter])) for letter, name in signature.sizes.items())
    return out


def _arranged(question: Question, turned: str, forms: Sequence[str]) -> str:
    """J (columns by entries of the variable) as the layout has it; forms: the gradient in the variable's shape, and the
    value's shape for a variable that is a number."""
    if question.scalar:
        matrix = ONE not in question.variable.shape
        return turned.format(forms[0]) if question.layout == "numerator" and matrix else forms[0]
    if question.variable.is_scalar:
        return forms[1]
    return "jacobian" if question.layout == "numerator" else turned.format("jacobian")


# ---- NumPy, JAX, PyTorch

PYTHON = {
    "index": "1",
    "integer": "3",
    "number": "rng.uniform(0.5, 1.5)",
    "vector": "rng.uniform(0.5, 1.5, {size})",
    "matrix": "rng.uniform(0.5, 1.5, ({m}, {n}))",
    "square": "rng.uniform(0.5, 1.5, ({n}, {n})) + {n} * np.eye({n})",
    "spd": "np.cov(rng.standard_normal(({n}, 20))) + np.eye({n})",
    "symmetric": "np.cov(rng.standard_normal(({n}, 20))) + np.eye({n})",
    "skew": "(lambda x: x - x.T)(rng.standard_normal(({n}, {n})))",
    "diagonal": "np.diag(rng.uniform(0.5, 1.5, {n}))",
    "orthogonal": "np.linalg.qr(rng.standard_normal(({n}, {n})))[0]",
    "function": "lambda z: np.sin(z + {k} * np.pi / 2)",
}
ARRAYS = {
    "numpy": ("", "{}", "np.asarray({})"),
    "jax": ("jax.config.update('jax_enable_x64', True)", "jnp.asarray({})", "np.asarray({})"),
    "torch": ("", "torch.as_tensor({})", "np.asarray({})"),
}


def _python(q: Question, signature: Signature, language: Language) -> list[str]:
    first, into, back = ARRAYS[language.name]
    table = dict(PYTHON)
    if language.name != "numpy":
        module = "jnp" if language.name == "jax" else "torch"
        table["function"] = f"lambda z: {module}.sin(z + {{k}} * np.pi / 2)"
    names = signature.arguments
    arrays = [n for s, n in signature.names.items() if not s.has("index", "integer")]
    variable = signature.names[q.variable]
    calls = ", ".join(into.format(n) if n in arrays else n for n in names)
    arranged = _arranged(q, "{}.T", (f"jacobian[0].reshape(np.shape({variable}), order='F')", "slopes[0]"))
    body = [
        '"""The largest relative difference from central differences, at these arguments or at a random point."""',
        *([first] if first else []),
        "if not point:",
        "    rng = np.random.default_rng(seed)",
        *[f"    {n} = {draw}" for n, draw in _drawn(q, signature, table)],
        "else:",
        f"    {', '.join(names)}{',' if len(names) == 1 else ''} = point",
        f"start = np.asarray({variable}, dtype=float)",
        "slopes = []",
        "for entry in range(start.size):",
        "    step = np.zeros(start.size)",
        "    step[entry] = 1e-6",
        "    ends = []",
        "    for sign in (1, -1):",
        f"        {variable} = start + sign * step.reshape(start.shape, order='F')",
        f"        ends.append({back.format(f'{q.value}({calls})')})",
        "    slopes.append((ends[0] - ends[1]) / 2e-6)",
        f"{variable} = start",
        "jacobian = np.stack([np.reshape(x, -1, order='F') for x in slopes], axis=1)",
        f"wanted = np.reshape({arranged}, -1)",
        f"got = np.reshape({back.format(f'{q.derivative}({calls})')}, -1)",
        "return float(np.max(np.abs(got - wanted)) / max(1.0, np.max(np.abs(wanted))))",
    ]
    return [
        "def check_derivative(*point, seed=0):",
        *[f"    {x}" for x in body],
        "",
        "",
        'if __name__ == "__main__":',
        "    difference = check_derivative()",
        '    print(f"largest relative difference: {difference:.1e}")',
        f"    raise SystemExit(not difference < {TOLERANCE})",
    ]


# ---- SymPy

SYMPY = {
    "index": "1",
    "integer": "3",
    "number": "draw()",
    "vector": "sympy.Matrix({size}, 1, lambda i, j: draw())",
    "matrix": "sympy.Matrix({m}, {n}, lambda i, j: draw())",
    "square": "sympy.Matrix({n}, {n}, lambda i, j: draw()) + {n} * sympy.eye({n})",
    "spd": "(lambda x: x * x.T + sympy.eye({n}))(sympy.Matrix({n}, {n}, lambda i, j: draw()))",
    "symmetric": "(lambda x: x * x.T + sympy.eye({n}))(sympy.Matrix({n}, {n}, lambda i, j: draw()))",
    "skew": "(lambda x: x - x.T)(sympy.Matrix({n}, {n}, lambda i, j: draw()))",
    "diagonal": "sympy.diag(*[draw() for _ in range({n})])",
    "orthogonal": "sympy.eye({n})",
    "function": "lambda z: sympy.sin(z + {k} * sympy.pi / 2)",
}


def _sympy(q: Question, signature: Signature, language: Language) -> list[str]:
    names = signature.arguments
    variable = signature.names[q.variable]
    calls = ", ".join(names)
    cells = q.variable.is_scalar
    moved = "start + sign * step" if cells else "start + sign * step * unit"
    arranged = _arranged(q, "{}.T", (f"unvec(jacobian.row(0), {'1, 1' if cells else '*start.shape'})", "slopes[0]"))
    body = [
        '"""The largest relative difference from central differences, at these arguments or at a random point."""',
        "rng = random.Random(seed)",
        "draw = lambda: sympy.Rational(rng.randint(50, 150), 100)",
        "whole = lambda x: sympy.Matrix([x]) if not isinstance(x, sympy.MatrixBase) else x",
        "unvec = lambda x, m, n: sympy.Matrix(m, n, lambda i, j: x[j * m + i])",
        "if not point:",
        *[f"    {n} = {x}" for n, x in _drawn(q, signature, SYMPY)],
        "else:",
        f"    {calls}{',' if len(names) == 1 else ''} = point",
        f"start, step, slopes = {variable}, sympy.Rational(1, 10**6), []",
        "rows, columns = whole(start).shape",
        "for entry in range(rows * columns):",
        "    unit = sympy.zeros(rows, columns)",
        "    unit[entry % rows, entry // rows] = 1",
        "    ends = []",
        "    for sign in (1, -1):",
        f"        {variable} = {moved}",
        f"        ends.append(whole({q.value}({calls})).evalf(30))",
        "    slopes.append((ends[0] - ends[1]) / (2 * step))",
        f"{variable} = start",
        "jacobian = sympy.Matrix.hstack(*[x.vec() for x in slopes])",
        f"wanted = list(whole({arranged}))",
        f"got = list(whole({q.derivative}({calls})).evalf(30))",
        "scale = max(1, *map(abs, wanted))",
        "return float(max(abs(x - y) for x, y in zip(got, wanted)) / scale)",
    ]
    return [
        "def check_derivative(*point, seed=0):",
        *[f"    {x}" for x in body],
        "",
        "",
        'if __name__ == "__main__":',
        "    difference = check_derivative()",
        '    print(f"largest relative difference: {difference:.1e}")',
        f"    raise SystemExit(not difference < {TOLERANCE})",
    ]


# ---- Julia

JULIA = {
    "index": "1",
    "integer": "3",
    "number": "0.5 + rand()",
    "vector": "0.5 .+ rand({size})",
    "matrix": "0.5 .+ rand({m}, {n})",
    "square": "0.5 .+ rand({n}, {n}) + {n} * I",
    "spd": "(x -> x * x' + I)(rand({n}, {n}))",
    "symmetric": "(x -> x * x' + I)(rand({n}, {n}))",
    "skew": "(x -> x - x')(rand({n}, {n}))",
    "diagonal": "diagm(0.5 .+ rand({n}))",
    "orthogonal": "Matrix(qr(rand({n}, {n})).Q)",
    "function": "z -> sin(z + {k} * pi / 2)",
}


def _julia(q: Question, signature: Signature, language: Language) -> list[str]:
    names = signature.arguments
    variable = signature.names[q.variable]
    given = ", ".join(names)
    changed = ", ".join("moved" if n == variable else n for n in names)
    gradient = variable if q.variable.is_scalar else f"reshape(jacobian, size({variable}))"
    forms = ("jacobian[1]" if q.variable.is_scalar else gradient, "slopes[1]")
    arranged = _arranged(q, "permutedims({})", forms)
    cells = "length(start)"
    moved = "start + sign * 1e-6" if q.variable.is_scalar else "start + sign * 1e-6 * unit"
    return [
        '"The largest relative difference from central differences, at these arguments or at a random point."',
        "function check_derivative(point...)",
        "    if isempty(point)",
        *[f"        {n} = {x}" for n, x in _drawn(q, signature, JULIA)],
        "    else",
        f"        {given}{',' if len(names) == 1 else ''} = point",
        "    end",
        f"    start = {variable}",
        "    slopes = []",
        f"    for entry in 1:{cells}",
        "        unit = zeros(size(start))",
        *([] if q.variable.is_scalar else ["        unit[entry] = 1"]),
        "        ends = []",
        "        for sign in (1, -1)",
        f"            moved = {moved}",
        f"            push!(ends, {q.value}({changed}))",
        "        end",
        "        push!(slopes, (ends[1] - ends[2]) / 2e-6)",
        "    end",
        "    jacobian = reduce(hcat, [vec(collect(x)) for x in slopes])",
        f"    wanted = vec(collect({arranged}))",
        f"    got = vec(collect({q.derivative}({given})))",
        "    return maximum(abs.(got - wanted)) / max(1.0, maximum(abs.(wanted)))",
        "end",
        "",
        "if abspath(PROGRAM_FILE) == @__FILE__",
        "    difference = check_derivative()",
        '    println("largest relative difference: ", difference)',
        f"    exit(difference < {TOLERANCE} ? 0 : 1)",
        "end",
    ]


# ---- MATLAB

MATLAB = {
    "index": "1",
    "integer": "3",
    "number": "0.5 + rand()",
    "vector": "0.5 + rand({size}, 1)",
    "matrix": "0.5 + rand({m}, {n})",
    "square": "0.5 + rand({n}) + {n} * eye({n})",
    "spd": "cov(randn(20, {n})) + eye({n})",
    "symmetric": "cov(randn(20, {n})) + eye({n})",
    "skew": "rand({n}) * 0 + triu(ones({n}), 1) - tril(ones({n}), -1)",
    "diagonal": "diag(0.5 + rand({n}, 1))",
    "orthogonal": "orth(rand({n}))",
    "function": "@(z) sin(z + {k} * pi / 2)",
}


def _matlab(q: Question, signature: Signature, language: Language) -> list[str]:
    names = signature.arguments
    variable = signature.names[q.variable]
    given = ", ".join(names)
    changed = ", ".join("moved" if n == variable else n for n in names)
    arranged = _arranged(q, "({})'", (f"reshape(jacobian, size({variable}))", "slopes{1}"))
    points = [f"{n} = varargin{{{k + 1}}};" for k, n in enumerate(names)]
    return [
        "function difference = check_derivative(varargin)",
        "    % The largest relative difference from central differences, at these arguments or at a random point.",
        "    if isempty(varargin)",
        *[f"        {n} = {x};" for n, x in _drawn(q, signature, MATLAB)],
        "    else",
        *[f"        {x}" for x in points],
        "    end",
        f"    start = {variable};",
        "    slopes = {};",
        "    for entry = 1:numel(start)",
        "        ends = {};",
        "        for direction = [1, -1]",
        "            moved = start;",
        "            moved(entry) = moved(entry) + direction * 1e-6;",
        f"            ends{{end + 1}} = {q.value}({changed});",
        "        end",
        "        slopes{end + 1} = (ends{1} - ends{2}) / 2e-6;",
        "    end",
        "    columns = cellfun(@(x) reshape(x, [], 1), slopes, 'UniformOutput', false);",
        "    jacobian = [columns{:}];",
        f"    wanted = {arranged};",
        f"    got = {q.derivative}({given});",
        "    difference = max(abs(got(:) - wanted(:))) / max(1, max(abs(wanted(:))));",
        "end",
    ]
