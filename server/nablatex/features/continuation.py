"""Continue and finish: the lines that come after an author's last one, by the rules of her derivation so far."""

from __future__ import annotations

from dataclasses import replace

from nablatex.algebra.atoms import Symbol
from nablatex.algebra.binders import Derivative as FormalDerivative
from nablatex.algebra.build import number, transpose
from nablatex.algebra.expr import Expr
from nablatex.algebra.simplify import simplify
from nablatex.calculus.derivation import Stage, Worked, without_repeats
from nablatex.calculus.derivatives import expand
from nablatex.calculus.differentials import pullback
from nablatex.calculus.trace_trick import collect
from nablatex.calculus.unfolding import Line, degree_one, unfold_all
from nablatex.document.elaborate import Reading, elaborate
from nablatex.document.notation import Notation
from nablatex.document.printing import Unprintable
from nablatex.document.statements import Statement as Read
from nablatex.features.derivations import Derivation, NamedPrinter, Step, bare, written
from nablatex.features.engine import NO_RESULT, assumptions_of
from nablatex.latex.tree import Differential, Relation, Span

STYLE = "continued"


def continued(read: Read, layout: str, notation: Notation, source: str, style: str = "trace") -> Derivation:
    """All lines that are left after the last right side of a statement; its first is what *Continue* inserts."""
    found = elaborate(read.tree, read.context, layout, source)
    if not found.readings:
        message = found.failure.message if found.failure is not None else "not understood"
        return Derivation(STYLE, "unsupported", message, layout=layout)
    reading = found.readings[0]
    last = reading.sides[-1]
    notation = replace(notation, frobenius=style == "frobenius")
    try:
        shown = without_repeats(last, remaining(last, differentials_in(reading), style))
        right = read.right if read.right is not None else read.tree
        printer = NamedPrinter(notation, {last: _spelling(source, right.span)}, last)
        steps: list[Step] = []
        if shown:
            done = written(Worked((Stage(last, shown),)), STYLE, layout, printer, assumptions_of(reading, read.context))
            if done.status != "ok":
                return done
            steps = _behind([replace(s, left="") for s in done.steps], _spelling(source, right.span))
        named = _result_line(read, source, shown[-1].value if shown else last, printer, layout)
        if named is not None:
            steps.append(named)
        if not steps:
            return Derivation(STYLE, "unsupported", "this is the last line: nothing is left to do", layout=layout)
        return Derivation(STYLE, "ok", "", tuple(steps), steps[-1].latex, layout)
    except Unprintable as error:
        return Derivation(STYLE, "unsupported", str(error), layout=layout)
    except NO_RESULT as error:
        return Derivation(STYLE, "unsupported", str(error) or type(error).__name__, layout=layout)


def remaining(e: Expr, tangents: list[Symbol], style: str) -> list[Line]:
    """The lines after e: differentials worked out, then brought to <G, dX>; else the simplified closed form."""
    lines = unfold_all(e)[1:]
    current = lines[-1].value if lines else e
    if any(isinstance(x, FormalDerivative) for x in current.walk()):
        current = simplify(expand(current))
        lines.append(Line(current, ("differentiation",)))
    moving = [t for t in tangents if t in current.free_symbols]
    if len(moving) == 1 and current.is_scalar and not moving[0].is_scalar and degree_one(current, moving[0]):
        more, _ = collect(current, moving[0], style)
        return lines + more
    closed = simplify(current)
    if closed != current:
        lines.append(Line(closed, ("simplification",)))
    return lines


def differentials_in(reading: Reading) -> list[Symbol]:
    """The symbols dX, dx, ... of a formula: d and the label of a symbol that it knows."""
    labels = {d + info.label for info in reading.symbols.values() for d in ("d", "\\mathrm{d}")}
    symbols = {s for side in reading.sides for s in side.free_symbols if isinstance(s, Symbol)}
    return sorted((s for s in symbols if s.label in labels), key=lambda s: s.label)


def _behind(steps: list[Step], own: str) -> list[Step]:
    """The steps behind the one that the author has written already, where one of them is hers."""
    for k, s in enumerate(steps):
        if bare(s.latex) == bare(own):
            return steps[k + 1 :]
    return steps


def _result_line(read: Read, source: str, last: Expr, printer: NamedPrinter, layout: str) -> Step | None:
    """``\\frac{\\partial f}{\\partial X} &= G`` behind df = tr(G^T dX), where the left side is the differential of a name."""
    left = read.tree.sides[0] if isinstance(read.tree, Relation) else None
    if not isinstance(left, Differential) or not last.args:
        return None
    found = [s for s in last.free_symbols if isinstance(s, Symbol) and s.label.startswith(printer.n.differential)]
    if len(found) != 1 or last.name not in ("trace", "inner", "mul"):
        return None
    name = _spelling(source, left.operand.span)
    variable = found[0].label.removeprefix(printer.n.differential).strip()
    gradient = simplify(pullback(last, found[0], number(1)))
    shown = gradient if layout != "numerator" else simplify(transpose(gradient))
    if len(name) > 12:
        return None
    return Step(
        f"\\frac{{\\partial {name}}}{{\\partial {variable}}}", printer.print(shown), "reading off the gradient", "holds"
    )


def _spelling(source: str, span: Span) -> str:
    return source[span.start : span.end].strip().rstrip(".,;")
