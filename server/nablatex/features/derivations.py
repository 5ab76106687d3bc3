"""Derivations in an author's notation: each line checked against the one above before anyone sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from nablatex.algebra.binders import Derivative as FormalDerivative
from nablatex.algebra.binders import Directional
from nablatex.algebra.expr import Expr
from nablatex.calculus.derivation import Stage, Worked, by_differentials
from nablatex.checking.sampling import Assumptions
from nablatex.checking.verdict import decide
from nablatex.document.context import Context
from nablatex.document.elaborate import elaborate
from nablatex.document.names import key_of
from nablatex.document.notation import Notation
from nablatex.document.printing import Printer, Unprintable
from nablatex.features.engine import MAX_NODES, NO_RESULT, assumptions_of
from nablatex.features.model import STYLES
from nablatex.latex.tree import Call, Derivative, Differential, Name, Node, Scripted

MAX_LINES = 40


@dataclass(frozen=True, slots=True)
class Step:
    """One line: ``left = latex`` (left empty: continues the line above), the rules in words, the check's verdict."""

    left: str
    latex: str
    rule: str
    status: str


@dataclass(frozen=True, slots=True)
class Derivation:
    """status: ok | unsupported | ill-shaped | error; message says why there are no steps."""

    style: str
    status: str
    message: str = ""
    steps: tuple[Step, ...] = ()
    result: str | None = None
    layout: str = "denominator"


def derive_steps(
    tree: Node,
    context: Context,
    layout: str = "denominator",
    notation: Notation | None = None,
    source: str = "",
    style: str = "trace",
) -> Derivation:
    """The steps from a formula that holds derivatives or differentials to its closed form, each of them checked."""
    notation = replace(notation or Notation(), frobenius=style == "frobenius")
    found = elaborate(tree, context, layout, source)
    if not found.readings:
        failure = found.failure
        kind = "unsupported" if failure is None else {"ill-shaped": "ill-shaped", "syntax": "error"}.get(failure.kind)
        return Derivation(style, kind or "unsupported", failure.message if failure else "not understood", layout=layout)
    reading = found.readings[0]
    formal = reading.sides[0]
    if not any(e.binds for e in formal.walk()):
        return Derivation(style, "unsupported", "there is no derivative in this formula", layout=layout)
    if sum(1 for _ in formal.walk()) > MAX_NODES:
        return Derivation(style, "unsupported", "too large", layout=layout)
    try:
        worked = work_out(formal, style, notation)
        names = author_names(tree, formal, source)
        return written(worked, style, layout, NamedPrinter(notation, names), assumptions_of(reading, context))
    except Unprintable as error:
        return Derivation(style, "unsupported", str(error), layout=layout)
    except NO_RESULT as error:
        return Derivation(style, "unsupported", str(error) or type(error).__name__, layout=layout)


def work_out(formal: Expr, style: str, notation: Notation) -> Worked:
    """The derivation of a formal expression in a style; ValueError for a style that there is not."""
    if style not in STYLES:
        raise ValueError(f"there is no style {style!r}: choose from {', '.join(STYLES)}")
    return by_differentials(formal, style, notation.differential)


def written(worked: Worked, style: str, layout: str, printer: NamedPrinter, given: Assumptions) -> Derivation:
    """Every line printed and checked; a line that does not follow for the checker is never shown."""
    steps: list[Step] = []
    for stage in worked.stages:
        refused = _stage(stage, printer, given, steps)
        if refused is not None:
            return Derivation(style, "unsupported", refused, layout=layout)
    if len(steps) > MAX_LINES:
        return Derivation(style, "unsupported", f"the derivation has more than {MAX_LINES} lines", layout=layout)
    return Derivation(style, "ok", "", tuple(steps), printer.print(worked.result), layout)


def _stage(stage: Stage, printer: NamedPrinter, given: Assumptions, steps: list[Step]) -> str | None:
    left = printer.left(stage.left)
    before, shown = stage.left, left
    plain = printer.unnamed(stage.left)
    if plain != left:
        steps.append(Step(left, plain, "definition", "proved"))
        left, shown = "", plain
    for line in stage.lines:
        verdict = decide(before, line.value, given)
        if verdict.name not in ("proved", "holds"):
            return f"the step to {printer.print(line.value)} could not be confirmed: {verdict.message}"
        latex = printer.print(line.value)
        if latex != shown:
            steps.append(Step(left, latex, ", ".join(line.rules), verdict.name))
            left, shown = "", latex
        before = line.value
    return None


class NamedPrinter(Printer):
    """Prints as the author writes, and calls what she has named by its name on left sides."""

    def __init__(self, notation: Notation, names: Mapping[Expr, str]) -> None:
        super().__init__(notation)
        self.names = names

    def left(self, e: Expr) -> str:
        """A left side: df, \\frac{\\partial f}{\\partial X}, ... with the author's names."""
        own = self.names.get(e)
        if own is not None:
            return own
        if isinstance(e, Directional):
            name = self.names.get(e.args[0])
            if name is not None:
                return f"{self.n.differential}{name}" if len(name) == 1 else f"{self.n.differential}({name})"
        if isinstance(e, FormalDerivative):
            name = self.names.get(e.args[0])
            if name is not None:
                return f"\\frac{{\\partial {name}}}{{\\partial {self.print(e.args[1])}}}"
        if e.name == "vec":
            return f"\\operatorname{{vec}}({self.left(e.args[0])})"
        return self.print(e)

    def unnamed(self, e: Expr) -> str:
        """What stands behind a name: d(a^T X b); other left sides are left as they are."""
        return self.print(e) if isinstance(e, Directional) else self.left(e)


def author_names(tree: Node, formal: Expr, source: str) -> dict[Expr, str]:
    """Expressions that the author has a spelling for: the formula itself, and f where she derives a named f."""
    names: dict[Expr, str] = {}
    text = source[tree.span.start : tree.span.end].strip().rstrip(".,;")
    if text:
        names[formal] = text
    node = next((n for n in tree.walk() if isinstance(n, (Derivative, Differential))), None)
    expr = next((e for e in formal.walk() if isinstance(e, (FormalDerivative, Directional))), None)
    while isinstance(expr, FormalDerivative) and isinstance(expr.args[0], FormalDerivative):
        expr = expr.args[0]
    operand = node.operand if node is not None else None
    head = operand.head if isinstance(operand, Call) else operand
    if expr is not None and isinstance(head, (Name, Scripted)):
        name = source[head.span.start : head.span.end].strip()
        if name and key_of(head) is not None and expr.args[0].args:
            names[expr.args[0]] = name
    return names


__all__ = ["Derivation", "Step", "derive_steps"]
