"""A file of functions in a language, from expressions and the symbols they are given.

Vectors are one-dimensional where the language has such (NumPy, JAX, PyTorch, Julia), columns in MATLAB and SymPy; a
result of shape 1×n is a vector in Python and a row elsewhere.  `numpy_function` is the form for machines:
two-dimensional throughout.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nablatex.algebra.atoms import Symbol
from nablatex.algebra.dims import ONE, SCALAR, Shape, shape_text
from nablatex.algebra.expr import Expr
from nablatex.codegen.graph import Graph, Node, NotExportable, Sizes
from nablatex.codegen.helpers import helpers_for
from nablatex.codegen.languages import LANGUAGES, Language
from nablatex.codegen.lower import Lowering
from nablatex.codegen.names import identifier
from nablatex.codegen.write import Writer, readable_sizes


@dataclass(frozen=True, slots=True)
class Code:
    """code: source of the file; function: the first one's name; arguments in order; symbols: the author's label → argument."""

    code: str
    function: str
    arguments: tuple[str, ...]
    symbols: Mapping[str, str]
    language: str = "numpy"


@dataclass(frozen=True, slots=True)
class Program:
    """One function: its results in order; title and formula: for the help text; flat: one-dimensional vectors."""

    results: Sequence[Expr]
    symbols: Sequence[Symbol]
    function: str = "derivative"
    title: str = ""
    formula: str = ""
    sizes: Sizes = field(default_factory=dict)
    """Expected sizes of dimension letters, to associate products by."""
    flat: bool = True
    general: bool = False
    """Makes no use of definiteness, so that the function is right around a symmetric matrix too."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What every function of a file is given: symbols, functions that act on entries, sizes that no array shows."""

    names: Mapping[Symbol, str]
    functions: Mapping[tuple[str, int], str]
    sizes: Mapping[str, str]

    @property
    def arguments(self) -> tuple[str, ...]:
        return (*self.names.values(), *self.functions.values(), *self.sizes.values())

    def table(self) -> dict[str, str]:
        """Arguments by the author's labels."""
        out = {s.label: n for s, n in self.names.items()}
        out |= {label + "'" * order: n for (label, order), n in self.functions.items()}
        return out | dict(self.sizes)


def numpy_function(e: Expr, symbols: Sequence[Symbol], name: str = "derivative") -> Code:
    """NumPy for any caller: scalars may be numbers or 1×1, vectors of length n or n×1; the result has two dimensions."""
    return write(Program((e,), symbols, name, flat=False), "numpy")


def write(program: Program, language_name: str) -> Code:
    """The program's source.  NotExportable where the language has no form of an operator."""
    language = LANGUAGES[language_name]
    signature, bodies = functions([program], language)
    return Code(file_of(bodies, language), program.function, signature.arguments, signature.table(), language_name)


def functions(programs: Sequence[Program], language: Language) -> tuple[Signature, list[str]]:
    """The functions of a file, all with one signature: that of the first; symbols of the others are matched by place."""
    symbols = programs[0].symbols
    taken = {p.function for p in programs}
    names = {s: identifier(s.label, taken, language.reserved) for s in symbols}
    drafts = [_Draft(p, language, dict(zip(p.symbols, names.values(), strict=True))) for p in programs]
    called = {key: None for d in drafts for key in d.low.functions}
    calls = {
        key: identifier(key[0] + ("_" + "p" * key[1] if key[1] else ""), taken, language.reserved) for key in called
    }
    sizes: dict[str, str] = {}
    for d in drafts:
        d.write(calls, taken)
        sizes |= d.writer.unknown_sizes()
    signature = Signature(names, calls, sizes)
    return signature, ["\n".join(d.lines(signature)) for d in drafts]


def file_of(functions: Sequence[str], language: Language) -> str:
    """Functions with what they need: the language's first lines, NumPy for a check, and helpers."""
    text = "\n".join(functions)
    helpers = helpers_for(language.name, text)
    also = ["import numpy as np"] if re.search(r"\bnp\.", text) and "import numpy as np" not in language.first else []
    also += ["import random"] if "random.Random(" in text else []
    imports = "\n".join(sorted([*also, *language.first], key=lambda x: (x != "import random", "torch" in x)))
    if "import random" in also:
        imports = imports.replace("import random\n", "import random\n\n")
    first = [imports] if imports else []
    parts = [*functions, *helpers] if language.name == "matlab" else [*first, *helpers, *functions]
    return ("\n\n\n" if language.extension == "py" else "\n\n").join(parts) + "\n"


class _Draft:
    """One function on its way to source."""

    def __init__(self, program: Program, language: Language, names: Mapping[Symbol, str]) -> None:
        self.program, self.language, self.names = program, language, names
        self.graph = Graph(language.name)
        arguments = {s: self.graph.node("argument", shape=s.shape, name=n) for s, n in names.items()}
        self.low = Lowering(self.graph, arguments, program.sizes, program.results, program.general)
        self.outputs = [self.graph.signed(self.low(e)) for e in program.results]
        self.results: list[str] = []

    def write(self, calls: Mapping[tuple[str, int], str], taken: set[str]) -> None:
        self.writer = Writer(self.graph, self.language, calls, taken)
        self.writer.letters = readable_sizes({n: s.shape for s, n in self.names.items()}, self.language)
        arrays = [n for s, n in self.names.items() if s.shape != SCALAR]
        self.writer.like = next(iter([*arrays, *self.names.values()]), "")
        self.writer.count(self.outputs)
        for e, node in zip(self.program.results, self.outputs, strict=True):
            text = self.writer.text(node)
            self.results.append(_result(self.writer, e, node, text, self.program.flat))

    def lines(self, signature: Signature) -> list[str]:
        given = _stacks(self.names, self.language) if self.program.flat else _conversions(self.names)
        body = [*given, *self.writer.size_lines(), *self.writer.lines]
        help_lines = help_text(self.program, signature)
        return self.language.function(self.program.function, signature.arguments, self.results, help_lines, body)


def _result(writer: Writer, e: Expr, node: Node, text: tuple[str, int], flat: bool) -> str:
    """A result in the shape that callers expect: a row of MATLAB, Julia and SymPy is turned; two dimensions if not flat."""
    is_row = e.shape[0] == ONE and e.shape[1] != ONE
    if flat:
        if is_row and writer.language.name in ("julia", "matlab", "sympy"):
            return writer.fill(writer.graph.spellings["as_row"][writer.language.name], node, [text])[0]
        return text[0]
    inside = text[0] if text[1] == 5 else f"({text[0]})"
    if node.kind == "number":
        return f"np.reshape({text[0]}, (1, 1))"
    if node.kind == "vector":
        return f"{inside}[None, :]" if is_row else f"{inside}[:, None]"
    return text[0]


def _stacks(names: Mapping[Symbol, str], language: Language) -> list[str]:
    """A family of vectors is given as a matrix (its members are rows in Python, columns elsewhere), and used stacked."""
    columns = [n for s, n in names.items() if s.has("family") and s.shape[1] == ONE]
    form = {"julia": "vec({0})", "matlab": "reshape({0}, [], 1)", "sympy": "sympy.Matrix(list({0}))"}
    return [language.assign.format(n, form.get(language.name, "{0}.reshape(-1)").format(n)) for n in columns]


def _conversions(names: Mapping[Symbol, str]) -> list[str]:
    lines = []
    for s, n in names.items():
        if s.has("index"):
            lines.append(f"{n} = int(round(float(np.asarray({n}).item())))")
        elif s.has("family") and s.shape[1] != ONE:
            lines.append(f"{n} = np.asarray({n}, dtype=float).reshape(-1, np.shape({n})[-1])")
        elif s.shape == SCALAR:
            lines.append(f"{n} = np.asarray({n}, dtype=float).item()")
        else:
            lines.append(f"{n} = np.asarray({n}, dtype=float)" + (".reshape(-1)" if ONE in s.shape else ""))
    return lines


def help_text(program: Program, signature: Signature) -> list[str]:
    """Title, formula, and every argument's shape."""
    if not program.title:
        return []
    lines = [one_line(program.title)]
    if program.formula:
        lines += ["", f"    {one_line(program.formula)}"]
    lines += ["", "Arguments:"]
    lines += [f"    {n}: {_shape_words(s.shape)}{_property_words(s)}" for s, n in signature.names.items()]
    lines += [f"    {f}: a function that acts on every entry" for f in signature.functions.values()]
    lines += [f"    {n}: a size" for n in signature.sizes.values()]
    returned = ", ".join(_shape_words(e.shape) for e in program.results)
    return [*lines, f"Returns: {returned}"]


def _shape_words(s: Shape) -> str:
    if s == SCALAR:
        return "number"
    if s[1] == ONE:
        return f"vector of length {s[0]}"
    shape = shape_text(s).replace("×", " x ")  # editors warn of other letters in programs
    return f"row of length {s[1]}" if s[0] == ONE else f"{shape} matrix"


SAID = ("symmetric", "skew", "diagonal", "orthogonal", "positive", "invertible", "index")


def _property_words(s: Symbol) -> str:
    words = [p for p in SAID if s.has(p)]
    if s.has("spd"):
        words = ["symmetric positive definite"]
    if s.has("family"):
        words.append("the members of a family below each other, or one a row (in Julia and MATLAB: one a column)")
    return "".join(f", {w}" if w != "index" else ", counted from 1" for w in words)


def one_line(text: str) -> str:
    """Text of a formula that may stand in a comment or a string of any language."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return plain.replace('"', "'").rstrip("\\")


__all__ = ["Code", "NotExportable", "Program", "Signature", "functions", "numpy_function", "write"]
