"""From one formula and its context to a derivative or a verdict: what every other feature asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from nablatex.algebra.atoms import Number, Symbol
from nablatex.algebra.binders import Accumulating, At, Derivative
from nablatex.algebra.build import mul, transpose
from nablatex.algebra.core import Mul
from nablatex.algebra.dims import ShapeError
from nablatex.algebra.expr import Expr, NotDifferentiable
from nablatex.algebra.normal import TooLarge
from nablatex.algebra.simplify import simplify
from nablatex.algebra.structured import STRUCTURES, structured_derivative
from nablatex.algebra.sylvester import by_vec
from nablatex.calculus import expand
from nablatex.checking.conditional import condition_for
from nablatex.checking.mend import mends
from nablatex.checking.sampling import Assumptions
from nablatex.checking.verdict import SEED, Verdict, decide, functions_of, verify
from nablatex.codegen.program import Code, NotExportable, numpy_function
from nablatex.document.context import Context
from nablatex.document.elaborate import Elaboration, Reading, elaborate
from nablatex.document.notation import Notation
from nablatex.document.printing import Unprintable, to_latex
from nablatex.explicit.plausible import numbers_only, plausible
from nablatex.features.operand import farfetched, understood, widened
from nablatex.features.unknown_functions import unknown_function
from nablatex.features.unspecified import for_every_function
from nablatex.latex.tree import Derivative as DerivativeNode
from nablatex.latex.tree import Differential, Node, Relation

MAX_NODES = 4000
MAX_READINGS = 6
NO_RESULT = (NotDifferentiable, NotImplementedError, ShapeError, TooLarge, ValueError, ArithmeticError, RecursionError)


@dataclass(frozen=True, slots=True)
class Derived:
    """status: ok | unsupported | ill-shaped | error; latex, shape and expr only where it is ok."""

    status: str
    message: str = ""
    latex: str | None = None
    shape: tuple[str, str] | None = None
    layout: str = "denominator"
    expr: Expr | None = None
    formal: Expr | None = None
    """What was asked for, with the derivatives not worked out."""

    @property
    def code(self) -> Code | None:
        """As NumPy for machines; None where there is no result or no NumPy form."""
        return None if self.expr is None or self.formal is None else export(self.expr, self.formal)


@dataclass(frozen=True, slots=True)
class Checked:
    """A verdict with, for a refuted claim, right sides that hold (LaTeX, best first)."""

    verdict: Verdict
    fixes: tuple[str, ...] = ()
    layout: str = "denominator"
    evidence: Mapping[str, Any] = field(default_factory=dict)
    reading: Reading | None = None
    """The reading that a refutation is about."""

    @property
    def moves(self) -> bool:
        """Whether a refutation is about quantities with a parameter, A(t), of which nothing else is known."""
        return self.reading is not None and bool(functions_of(*self.reading.sides))


def assumptions_of(r: Reading, context: Context) -> Assumptions:
    return Assumptions(r.conditions, r.equations, context.ordering, bool(context.unspecified))


KEPT = 1024
_AGREED: dict[tuple[Expr, Expr, Assumptions], None] = {}
"""What `verify` has confirmed: a panel, a completion and an insertion of one formula ask for the same."""


def disagreement(formal: Expr, closed: Expr, given: Assumptions) -> str | None:
    """`verify`, once for each result that is confirmed; what was not is tried again."""
    key = (formal, closed, given)
    if key in _AGREED:
        return None
    wrong = verify(formal, closed, given)
    if wrong is None:
        if len(_AGREED) >= KEPT:
            _AGREED.clear()
        _AGREED[key] = None
    return wrong


def derive_formula(
    tree: Node,
    context: Context,
    layout: str = "denominator",
    notation: Notation | None = None,
    source: str = "",
    structured: str = "",
) -> Derived:
    """The closed form of a formula that holds derivatives or differentials.

    structured: a name of `algebra.structured.STRUCTURES`; the entries of the variable are tied then, and the message says so.

    Nothing comes back as ok that did not agree numerically with the formal derivative.
    """
    found = understood(tree, context, layout, source)
    if not found.readings:
        return _refused(found, layout)
    reading = found.readings[0]
    formal = reading.sides[0]
    given = assumptions_of(reading, context)
    if not any(e.binds for e in formal.walk()):
        return Derived("unsupported", "there is no derivative in this formula", layout=layout)
    try:
        if sum(1 for _ in formal.walk()) > MAX_NODES:
            return Derived("unsupported", "too large", layout=layout)
        if structured:
            formal = with_structure(formal, structured)
        closed = simplify(expand(formal))
        if not any(e.binds and not isinstance(e, Accumulating) for e in formal.walk()):
            closed = simplify(by_vec(closed))  # nothing is differentiated: an integral is worked out
        shorter = simplify(with_values(closed, reading.equations))
        if shorter != closed and disagreement(formal, shorter, given) is None:
            closed = shorter
        wrong = disagreement(formal, closed, given)
        if wrong is not None:
            return Derived("unsupported", wrong, layout=layout)
        if any(n.style == "partial" for n in tree.walk() if isinstance(n, DerivativeNode)):
            notation = replace(notation or Notation(), rate="partial")
        latex = to_latex(closed, notation)
    except Unprintable as error:
        return Derived("unsupported", str(error), layout=layout)
    except NO_RESULT as error:
        return Derived("unsupported", str(error) or type(error).__name__, layout=layout)
    shape = (str(formal.shape[0]), str(formal.shape[1]))
    said = f"{structured} variable: {STRUCTURES[structured]}" if structured else provisos(formal, notation)
    return Derived("ok", said, latex, shape, layout, closed, formal)


def with_values(closed: Expr, equations: Sequence[tuple[Expr, Expr]]) -> Expr:
    """The expression with numbers for what is said to be one: 1 for 1^T p of a vector p of probabilities."""
    table: dict[Expr, Expr] = {}
    for left, right in equations:
        if isinstance(right, Number) and left.is_scalar and left.args:
            table[left] = right
            if isinstance(left, Mul) and left.args[0].shape[0] == left.shape[0]:
                table[mul(*[transpose(a) for a in reversed(left.args)])] = right
    return closed.substitute(table) if table else closed


def provisos(formal: Expr, notation: Notation | None) -> str:
    """What has to hold for the derivative to exist, as far as operators say it."""
    found: dict[str, None] = {}
    for e in formal.walk():
        if e.proviso:
            with suppress(Unprintable):  # of what cannot be written nothing can be said
                found[e.proviso.replace("{0}", f"${to_latex(e.args[0], notation)}$")] = None
    return "; ".join(found)


def with_structure(formal: Expr, structure: str) -> Expr:
    """The derivative of a number by a square symbol, with the entries of the symbol tied.  ValueError for any other."""
    if isinstance(formal, At) and isinstance(formal.args[0], Derivative) and isinstance(formal.args[1], Symbol):
        (f, x), point = formal.args[0].args, formal.args[1]  # by a variable without its structure, at one with it
        if formal.params == (x,) and f.is_scalar:
            return structured_derivative(f.substitute({x: point}), point, structure)
    if isinstance(formal, Derivative) and formal.args[0].is_scalar:
        return structured_derivative(formal.args[0], formal.args[1], structure)
    raise ValueError("only the derivative of a number by a matrix is taken with tied entries")


def export(closed: Expr, formal: Expr) -> Code | None:
    """NumPy code with the symbols of the formula as arguments; fewer where the result does not need them."""
    needed = {s for s in closed.free_symbols if isinstance(s, Symbol)}
    every = needed | {s for s in formal.free_symbols if isinstance(s, Symbol)}
    try:
        return numpy_function(closed, sorted(every, key=lambda s: s.label))
    except NotExportable:
        return None


def _refused(found: Elaboration, layout: str) -> Derived:
    failure = found.failure
    if failure is None:
        return Derived("unsupported", "not understood", layout=layout)
    status = {"ill-shaped": "ill-shaped", "syntax": "error"}.get(failure.kind, "unsupported")
    return Derived(status, failure.message, layout=layout)


def layouts_of(layout: str) -> tuple[str, ...]:
    """The layouts that a claim may be right in."""
    return ("denominator", "numerator", "mixed") if layout == "auto" else (layout,)


def check_claim(
    left: Node,
    right: Node,
    context: Context,
    layout: str = "denominator",
    notation: Notation | None = None,
    source: str = "",
    fix: bool = True,
    seed: int = SEED,
    budget: float = 4.0,
) -> Checked:
    """The verdict on left = right: refuted only if it fails in every reading and every layout that is admitted.

    budget: seconds for the points at which one reading is tried.
    """
    found = _judged(left, right, context, layout, notation, source, fix, seed, budget)
    if found.verdict.name in ("ill-shaped", "fails") and (wider := widened(left)) is not None:
        other = _judged(wider, right, context, layout, notation, source, fix, seed, budget)
        likelier = other.verdict.name == "fails" and farfetched(left, wider, context, source)
        if likelier or other.verdict.name not in ("ill-shaped", "fails"):  # a reading that is undecided refutes nothing
            found = other
    if found.verdict.name in ("proved", "holds"):
        return found
    found = _explicitly(left, right, context, source, found, fix)
    if found.verdict.name in ("ill-shaped", "fails") and (doubt := unknown_function(left, right, context)) is not None:
        return Checked(Verdict("unknown", doubt, {"doubt": doubt}), (), found.layout, {"doubt": doubt})
    return for_every_function(
        left, right, context, found, lambda a, b, c: _judged(a, b, c, layout, notation, source, False, seed, budget)
    )


def _explicitly(left: Node, right: Node, context: Context, source: str, found: Checked, fix: bool) -> Checked:
    """A claim between numbers or explicit matrices that the engine of symbolic matrices does not confirm.

    It may hold there, which overrules a refutation, and so does a letter or sign that has another meaning than a
    number; a refutation counts only where the engine has no opinion.
    """
    if found.moves or not all(plausible(x) and numbers_only(x, context) for x in (left, right)):
        return found
    from nablatex.explicit.claims import judge

    other = judge(left, right, context, source or None)
    if other.name == "unknown" and found.verdict.name == "fails" and "doubt" in other.evidence:
        return Checked(Verdict("unknown", other.message, other.evidence), (), found.layout, other.evidence)
    if other.name not in ("unknown", "fails") or (other.name == "fails" and found.verdict.name == "unknown"):
        found = Checked(Verdict(other.name, other.message, other.evidence), (), found.layout, other.evidence)
    return with_value(found, left, context, source) if fix else found


def with_value(done: Checked, left: Node, context: Context, source: str) -> Checked:
    """A refuted computation with numbers or explicit matrices, with the left side's value for the wrong right side."""
    if done.verdict.name != "fails" or not (plausible(left) and numbers_only(left, context)):
        return done
    value = _worked_out(left, context, source)
    return replace(done, fixes=(value, *(f for f in done.fixes if f != value))) if value else done


def _worked_out(left: Node, context: Context, source: str) -> str:
    """A formula's value in LaTeX, confirmed by other means; empty without one."""
    from nablatex.explicit.perform import Task, perform

    done = perform(Task("evaluate", "", left, context, source, budget=2.0))
    return done.result if done.status == "ok" else ""


def _judged(
    left: Node,
    right: Node,
    context: Context,
    layout: str,
    notation: Notation | None,
    source: str,
    fix: bool,
    seed: int,
    budget: float,
) -> Checked:
    """The verdict of the engine of symbolic matrices."""
    relation = Relation(left.span.join(right.span), (left, right), ("=",))
    best: tuple[Verdict, Reading, str] | None = None
    failure: Checked | None = None
    undecided: Checked | None = None
    for choice in layouts_of(layout):
        found = elaborate(relation, context, choice, source)
        if not found.readings:
            name = "ill-shaped" if found.failure is not None and found.failure.kind == "ill-shaped" else "unknown"
            message = found.failure.message if found.failure is not None else "not understood"
            if failure is None or (failure.verdict.name == "ill-shaped" and name == "unknown"):
                failure = Checked(Verdict(name, message), (), choice)  # what one layout cannot read is not ill-shaped
            if not found.layout_matters:
                break
            continue
        for reading in found.readings[:MAX_READINGS]:
            verdict = _decide(reading, context, seed, budget)
            if verdict.name in ("proved", "holds"):
                return Checked(verdict, (), choice, verdict.evidence)
            if verdict.name == "unknown":
                undecided = undecided or Checked(verdict, (), choice, verdict.evidence)
            elif best is None:
                best = (verdict, reading, choice)
        if not found.layout_matters:
            break
    if undecided is not None:
        return undecided
    if best is None:
        return failure or Checked(Verdict("unknown", "not understood"))
    verdict, reading, choice = best
    done = Checked(verdict, (), choice, verdict.evidence, reading)
    return with_mends(done, context, notation) if fix else done


def _decide(reading: Reading, context: Context, seed: int, budget: float) -> Verdict:
    left, right = reading.sides
    if sum(1 for s in reading.sides for _ in s.walk()) > MAX_NODES:
        return Verdict("unknown", "too large")
    try:
        return decide(left, right, assumptions_of(reading, context), seed, budget)
    except NO_RESULT as error:
        return Verdict("unknown", f"could not be decided: {error}")


def with_mends(done: Checked, context: Context, notation: Notation | None) -> Checked:
    """A refuted claim with right sides that hold, and an assumption under which it would hold itself."""
    verdict, reading = done.verdict, done.reading
    if verdict.name != "fails" or reading is None:
        return done
    left, right = reading.sides
    given = assumptions_of(reading, context)
    fixes: list[str] = []
    evidence = dict(verdict.evidence)
    message = verdict.message
    try:
        for e in mends(left, right, given):
            try:
                latex = to_latex(e, notation)
            except Unprintable:
                continue
            if latex not in fixes:
                fixes.append(latex)
        helped = condition_for(left, right, given)
    except NO_RESULT:
        helped = None
    if helped is not None:
        evidence["holds_if"] = helped.words
        evidence["usual"] = helped.usual
        evidence["symbols"] = list(helped.symbols)
        message += f"; it would hold for {helped.words}"
    return Checked(Verdict(verdict.name, message, evidence), tuple(fixes), done.layout, evidence, reading)


def with_derivative(done: Checked, left: Node, context: Context, notation: Notation | None, source: str) -> Checked:
    """A claim whose right side cannot be formed, with the derivative that its left side asks for."""
    if done.verdict.name != "ill-shaped" or not any(isinstance(n, (DerivativeNode, Differential)) for n in left.walk()):
        return done
    found = derive_formula(left, context, done.layout, notation, source)
    return replace(done, fixes=(found.latex,)) if found.latex is not None else done


def only_expression(tree: Node) -> Node:
    """The left side of ``\\frac{...}{...} =`` without a right one."""
    return tree.sides[0] if isinstance(tree, Relation) else tree


def symbols_table(code: Code | None) -> Mapping[str, Any] | None:
    if code is None:
        return None
    return {
        "code": code.code,
        "function": code.function,
        "arguments": list(code.arguments),
        "symbols": dict(code.symbols),
    }
