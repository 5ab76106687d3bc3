"""Derivations in an author's notation: each line checked against the one above before anyone sees it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from nablatex.algebra.atoms import Symbol
from nablatex.algebra.binders import At, Directional, at, derivative
from nablatex.algebra.binders import Derivative as FormalDerivative
from nablatex.algebra.build import add, mul, number
from nablatex.algebra.expr import Expr
from nablatex.calculus.components import by_components
from nablatex.calculus.derivation import Stage, Worked, by_differentials
from nablatex.calculus.linear_maps import by_linear_maps
from nablatex.calculus.perturbation import by_perturbation
from nablatex.calculus.unfolding import Line
from nablatex.checking.sampling import Assumptions
from nablatex.checking.verdict import Verdict, decide
from nablatex.document.context import Context
from nablatex.document.names import key_of
from nablatex.document.notation import Notation
from nablatex.document.printing import Unprintable
from nablatex.features.engine import MAX_NODES, NO_RESULT, assumptions_of
from nablatex.features.model import STYLES
from nablatex.features.naming import PartsPrinter, common_parts, letters_taken
from nablatex.features.operand import understood
from nablatex.latex.tree import Call, Derivative, Differential, Name, Node, Scripted

MAX_LINES = 40
METHODS: Mapping[str, Callable[[Expr], Worked]] = {
    "perturbation": by_perturbation,
    "maps": by_linear_maps,
    "components": by_components,
}


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
    found = understood(tree, context, layout, source)
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
        printer = NamedPrinter(notation, author_names(tree, formal, source), formal)
        lines = [
            line.value for stage in worked.stages[:-1] if not stage.defines for line in stage.lines if not line.maps
        ]
        printer.parts = common_parts(lines, formal, printer.print, letters_taken(context, formal))
        return written(worked, style, layout, printer, assumptions_of(reading, context))
    except Unprintable as error:
        return Derivation(style, "unsupported", str(error), layout=layout)
    except NO_RESULT as error:
        return Derivation(style, "unsupported", str(error) or type(error).__name__, layout=layout)


def work_out(formal: Expr, style: str, notation: Notation) -> Worked:
    """The derivation of a formal expression in a style; ValueError for a style that there is not."""
    if style in ("trace", "frobenius"):
        return by_differentials(formal, style, notation.differential)
    if style in METHODS:
        return METHODS[style](formal)
    raise ValueError(f"there is no style {style!r}: choose from {', '.join(STYLES)}")


def written(worked: Worked, style: str, layout: str, printer: NamedPrinter, given: Assumptions) -> Derivation:
    """Every line printed and checked; a line that does not follow for the checker is never shown."""
    steps = [
        Step(name, printer.definition(part), "a name for a part", "proved") for part, name in printer.parts.items()
    ]
    for stage in worked.stages:
        if stage is worked.stages[-1]:
            printer.parts = {}
        refused = _stage(stage, printer, given, steps)
        if refused is not None:
            return Derivation(style, "unsupported", refused, layout=layout)
    if len(steps) > MAX_LINES:
        return Derivation(style, "unsupported", f"the derivation has more than {MAX_LINES} lines", layout=layout)
    return Derivation(style, "ok", "", tuple(steps), printer.print(worked.result), layout)


def _stage(stage: Stage, printer: NamedPrinter, given: Assumptions, steps: list[Step]) -> str | None:
    left = printer.stage(stage)
    if stage.defines:
        (line,) = stage.lines
        latex = printer.print(line.value)
        if left != latex and printer.news(stage.left):
            steps.append(Step(left, latex, line.rules[0], "proved"))
        return None
    before, shown = stage.left, left
    plain = printer.unnamed(stage, left)
    if bare(plain) != bare(left):
        steps.append(Step(left, plain, "definition", "proved"))
        left, shown = "", plain
    for line in stage.lines:
        verdict = follows(before, line, given)
        if verdict.name not in ("proved", "holds"):
            return f"the step to {printer.line(line)} could not be confirmed: {verdict.message}"
        latex = printer.line(line)
        if latex != shown:
            steps.append(Step(left, latex, ", ".join(line.rules), verdict.name))
            left, shown = "", latex
        before = line.value
    return None


def bare(latex: str) -> str:
    """Without what changes nothing: white space, fences, braces, ways to write an operator's name."""
    return re.sub(r"\\[,;!]|\s|&|\\(?:operatorname|mathrm|left|right|big[lr]?|Big[lr]?)(?![A-Za-z])|[{}()]", "", latex)


def follows(before: Expr, line: Line, given: Assumptions) -> Verdict:
    """The checker's word on a step; with a remainder o(h), on value and derivative at h = 0."""
    if line.remainder is None:
        return decide(before, line.value, given)
    h, origin = line.remainder, number(0)
    value = decide(at(before, {h: origin}), at(line.value, {h: origin}), given)
    if value.name not in ("proved", "holds"):
        return value
    slopes = [at(derivative(e, h), {h: origin}) for e in (before, line.value)]
    return decide(slopes[0], slopes[1], given)


class NamedPrinter(PartsPrinter):
    """Prints as the author writes, and calls what she has named by its name on left sides."""

    def __init__(self, notation: Notation, names: Mapping[Expr, str], formal: Expr) -> None:
        super().__init__(notation)
        self.variable = self.print(formal.args[1]) if isinstance(formal, FormalDerivative) else ""
        self.names = dict(names)
        self.given = frozenset(self.names.values())
        """What the author has named herself."""

    def news(self, e: Expr) -> bool:
        """Whether a name has to be introduced."""
        return self.names.get(e) not in self.given

    def name(self, f: Expr) -> str:
        """The author's name for f, or a letter that no symbol of f has."""
        if isinstance(f, Symbol):
            return self.print(f)
        if f not in self.names:
            taken = {s.params[0] for s in f.free_symbols}
            self.names[f] = next(n for n in ("f", "g", "\\phi", "F", "f'") if n not in taken)
        return self.names[f]

    def stage(self, stage: Stage) -> str:
        """The left side of a stage."""
        e = stage.left
        if stage.defines:
            own = self.name(e)
            return own if isinstance(e, Symbol) or not self.news(e) or not self.variable else f"{own}({self.variable})"
        if stage.limit is not None:
            h, f, x = self.print(stage.limit), self.name(e.args[0]), self.print(e.params[0])
            moved = self.print(add(e.params[0], mul(stage.limit, e.args[1])))
            return f"\\lim_{{{h} \\to 0}} \\frac{{{f}({moved}) - {f}({x})}}{{{h}}}"
        if stage.chain:
            above = [self.name(e.args[0]), *[self.print(y) for y in stage.chain[:-1]]]
            below = [self.print(y) for y in stage.chain]
            parts = [f"\\frac{{\\partial {a}}}{{\\partial {b}}}" for a, b in zip(above, below, strict=True)]
            return " \\circ ".join(parts)
        if isinstance(e, At) and e.args[0] in self.names:
            return f"{self.names[e.args[0]]}({self.print(e.args[1])})"
        return self.left(e)

    def line(self, line: Line) -> str:
        if line.maps:
            shown = [f"{self.print(m.argument)} \\mapsto {self.print(m.value)}" for m in line.maps]
            return " \\circ ".join(f"\\left({s}\\right)" for s in shown)
        rest = f" + o({self.print(line.remainder)})" if line.remainder is not None else ""
        return self.print(line.value) + rest

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

    def unnamed(self, stage: Stage, left: str) -> str:
        """What stands behind a name: d(a^T X b) behind df; other left sides are as they are."""
        plain = isinstance(stage.left, Directional) and stage.limit is None and not stage.chain
        return self.print(stage.left) if plain else left


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
