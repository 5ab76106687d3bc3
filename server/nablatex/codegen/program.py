"""A complete function in a language from expressions and the symbols it is given.

Vectors are one-dimensional where the language has such (NumPy, JAX, PyTorch, Julia), columns in MATLAB and SymPy; a
result of shape 1×n is a vector there too.  `numpy_function` is the form for machines: two-dimensional throughout.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nablatex.algebra.atoms import Symbol
from nablatex.algebra.dims import ONE, SCALAR, Shape, shape_text
from nablatex.algebra.expr import Expr
from nablatex.codegen.graph import Graph, Node, NotExportable, Sizes
from nablatex.codegen.helpers import helpers_for
from nablatex.codegen.languages import LANGUAGES
from nablatex.codegen.lower import Lowering
from nablatex.codegen.names import identifier
from nablatex.codegen.write import Writer, readable_sizes


@dataclass(frozen=True, slots=True)
class Code:
    """code: source of the function; arguments in order; symbols: the author's label → argument."""

    code: str
    function: str
    arguments: tuple[str, ...]
    symbols: Mapping[str, str]
    language: str = "numpy"


@dataclass(frozen=True, slots=True)
class Program:
    """What is asked for.  results: expressions in order; symbols: arguments in order; title and formula: for the help
    text; sizes: expected sizes of dimension letters, to associate products by; flat: whether vectors are
    one-dimensional.
    """

    results: Sequence[Expr]
    symbols: Sequence[Symbol]
    function: str = "derivative"
    title: str = ""
    formula: str = ""
    sizes: Sizes = field(default_factory=dict)
    flat: bool = True


def numpy_function(e: Expr, symbols: Sequence[Symbol], name: str = "derivative") -> Code:
    """NumPy for any caller: scalars may be numbers or 1×1, vectors of length n or n×1; the result has two dimensions."""
    return write(Program((e,), symbols, name, flat=False), "numpy")


def write(program: Program, language_name: str) -> Code:
    """The program's source.  NotExportable where the language has no form of an operator."""
    language = LANGUAGES[language_name]
    taken = {program.function}
    names = {s: identifier(s.label, taken, language.reserved) for s in program.symbols}
    graph = Graph(language_name)
    arguments = {s: graph.node("argument", shape=s.shape, name=n) for s, n in names.items()}
    low = Lowering(graph, arguments, program.sizes, program.results)
    outputs = [low(e) for e in program.results]
    functions = {
        key: identifier(key[0] + ("_" + "p" * key[1] if key[1] else ""), taken, language.reserved)
        for key in low.functions
    }
    writer = Writer(graph, language, functions, taken)
    writer.letters = readable_sizes({n: s.shape for s, n in names.items()}, language)
    writer.like = next((n for s, n in names.items() if s.shape != SCALAR), next(iter(names.values()), ""))
    writer.count(outputs)
    texts = []
    for e, node in zip(program.results, outputs, strict=True):
        text = writer.text(node)
        texts.append(result_text(writer, e, node, text, program.flat))
    given = _conversions(names) if not program.flat else []
    body = [*given, *writer.size_lines(), *writer.lines]
    unknown = writer.unknown_sizes()
    every = [*names.values(), *functions.values(), *unknown.values()]
    table = {s.label: n for s, n in names.items()}
    table |= {label + "'" * order: n for (label, order), n in functions.items()}
    table |= unknown
    help_lines = help_text(
        program, {n: s.shape for s, n in names.items()}, list(functions.values()), list(unknown.values())
    )
    lines = language.function(program.function, every, texts, help_lines, body)
    helpers = helpers_for(language_name, "\n".join(lines))
    gap = "\n\n\n" if language.extension == "py" else "\n\n"
    parts = ["\n".join(lines)]
    first = ["\n".join(language.first)] if language.first else []
    parts = [*parts, *helpers] if language_name == "matlab" else [*first, *helpers, *parts]
    return Code(gap.join(parts) + "\n", program.function, tuple(every), table, language_name)


def result_text(writer: Writer, e: Expr, node: Node, text: tuple[str, int], flat: bool) -> str:
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


def help_text(
    program: Program, shapes: Mapping[str, Shape], functions: Sequence[str], sizes: Sequence[str]
) -> list[str]:
    """Title, formula, and every argument's shape."""
    if not program.title:
        return []
    lines = [program.title]
    if program.formula:
        lines += ["", f"    {_one_line(program.formula)}"]
    lines += ["", "Arguments:"]
    lines += [f"    {n}: {_shape_words(s)}" for n, s in shapes.items()]
    lines += [f"    {f}: a function that acts on every entry" for f in functions]
    lines += [f"    {n}: a size" for n in sizes]
    returned = ", ".join(_shape_words(e.shape) for e in program.results)
    return [*lines, f"Returns: {returned}"]


def _shape_words(s: Shape) -> str:
    if s == SCALAR:
        return "number"
    if s[1] == ONE:
        return f"vector of length {s[0]}"
    return f"row of length {s[1]}" if s[0] == ONE else f"{shape_text(s)} matrix"


def _one_line(text: str) -> str:
    """Text of a formula that may stand in a comment or a string of any language."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return plain.replace('"', "'").rstrip("\\")


__all__ = ["Code", "NotExportable", "Program", "numpy_function", "write"]
