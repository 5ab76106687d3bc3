"""Verdicts on claims: proved by normal form, holding or failing at random points, or unknown with the reason."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from nablatex.algebra.build import zero
from nablatex.algebra.dims import shape_text
from nablatex.algebra.evaluate import Array, Evaluator
from nablatex.algebra.expr import Expr, NotDifferentiable
from nablatex.algebra.normal import TooLarge, normal_form
from nablatex.algebra.smooth import Smooth
from nablatex.calculus import expand
from nablatex.checking.exact import ExactResult, compare, integer_counterexample
from nablatex.checking.precise import TIED, agree_precisely
from nablatex.checking.quick import confirmed
from nablatex.checking.sampling import NO_VALUE, Assumptions, assignments, draw, letters_of, measure, symbols_of

AGREE = 2e-6
DIFFER = 1e-3
DRAWS = 3
WANTED = 2
STYLES = ("generic", "generic", "posspec", "positive")
SEED = 20_240_229


@dataclass(frozen=True, slots=True)
class Verdict:
    """name: proved | holds | conditional | fails | ill-shaped | unknown; evidence is plain JSON data."""

    name: str
    message: str
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trial:
    """Values of both sides at one point."""

    sizes: Mapping[str, int]
    ev: Evaluator
    left: Array
    right: Array
    difference: float


def relative_difference(a: Array, b: Array) -> float:
    """max |a - b| over the larger of the two in absolute value (at least 1e-5)."""
    scale = max(1e-5, float(np.max(np.abs(a))), float(np.max(np.abs(b))))
    return float(np.max(np.abs(a - b))) / scale


def trials(left: Expr, right: Expr, given: Assumptions, seed: int = SEED, budget: float = 4.0) -> list[Trial]:
    """Both sides at random points of at least two sizes, as far as they can be evaluated within the budget."""
    given = worked_out(given)
    exprs = (left, right)
    sides = [e for pair in given.equations for e in pair] + [e for _, e in given.conditions]
    letters = measure([*exprs, *sides])
    until = time.thread_time() + budget
    out: list[Trial] = []
    good = 0
    for number, sizes in enumerate(assignments(letters, given.ordering)):
        found: list[Trial] = []
        for attempt in range(4 * DRAWS):
            if time.thread_time() > until:
                break
            style = STYLES[min(attempt // 2, len(STYLES) - 1)]
            trial = _trial(left, right, given, sizes, np.random.default_rng((seed, number, attempt)), style)
            if trial is not None:
                found.append(trial)
                if len(found) == DRAWS:
                    break
            elif attempt >= 7 and not found:
                break
        out.extend(found)
        good += len(found) == DRAWS
        if good >= (WANTED if letters else 1) or time.thread_time() > until:
            break
    return out


def worked_out(given: Assumptions) -> Assumptions:
    """The assumptions with the derivatives in their equations worked out by rule, so that points are found sooner."""
    if not any(e.binds for pair in given.equations for side in pair for e in side.walk()):
        return given
    try:
        return replace(given, equations=tuple((expand(a), expand(b)) for a, b in given.equations))
    except (NotDifferentiable, NotImplementedError, ValueError, RecursionError):
        return given


def _trial(
    left: Expr, right: Expr, given: Assumptions, sizes: Mapping[str, int], rng: np.random.Generator, style: str
) -> Trial | None:
    try:
        with np.errstate(all="ignore"):
            ev = draw((left, right), given, sizes, rng, style)
            a, b = np.asarray(ev(left)), np.asarray(ev(right))
    except NO_VALUE:
        return None
    if a.shape != b.shape:
        a, b = np.broadcast_arrays(a, b)
    if not (np.all(np.isfinite(a)) and np.all(np.isfinite(b))):
        return None
    return Trial(sizes, ev, a, b, relative_difference(a, b))


def is_literal_zero(e: Expr) -> bool:
    return e.name == "zero" or (e.name == "number" and e.params[0] == 0)


def decide(left: Expr, right: Expr, given: Assumptions | None = None, seed: int = SEED, budget: float = 4.0) -> Verdict:
    """The verdict on left = right under the assumptions.

    Different shapes fail (0 fits every shape).  Equal normal forms that also agree numerically are proved;
    agreement at all points of two sizes holds; a clear difference in most points of one size fails.  Exact
    evaluation, where there is one, must say the same: what it contradicts is unknown.  What agrees exactly at points of
    two sizes needs no floating point.
    """
    given = given or Assumptions()
    if left.shape != right.shape and not (is_literal_zero(left) or is_literal_zero(right)):
        message = f"the left side is {shape_text(left.shape)}, the right side {shape_text(right.shape)}"
        return Verdict(
            "fails", message, {"method": "shapes", "left": shape_text(left.shape), "right": shape_text(right.shape)}
        )
    if left.shape != right.shape:  # a zero of another shape is that of this one
        left, right = (zero(right.shape), right) if is_literal_zero(left) else (left, zero(left.shape))
    exact = compare(left, right, given, seed, min(1.0, budget / 2))
    evidence: dict[str, Any] = {"seed": seed}
    if exact is not None:
        evidence |= exact_evidence(exact)
        if exact.settles:
            evidence |= {"points": exact.points, "sizes": [dict(s) for s in exact.sizes], "largest_difference": 0.0}
            if same_normal_form(left, right):
                return Verdict("proved", "both sides have the same normal form", {**evidence, "method": "normal form"})
            return Verdict("holds", agreement(exact), evidence)
    functions = functions_of(left, right)
    if given.supposed and functions and exact is not None and not exact.agree:
        return Verdict("unknown", "it does not hold for all functions of these arguments", evidence)
    points = trials(left, right, given, seed, budget)
    if not points:
        return _without_points(exact, evidence)
    evidence |= {
        "points": len(points),
        "sizes": [dict(s) for s in {tuple(sorted(t.sizes.items())): t.sizes for t in points}.values()],
        "largest_difference": max(t.difference for t in points),
    }
    evidence.setdefault("method", "floating point")
    if all(t.difference < AGREE for t in points):
        if same_normal_form(left, right):
            return Verdict("proved", "both sides have the same normal form", {**evidence, "method": "normal form"})
        if exact is not None and exact.conclusive and not exact.agree:
            return Verdict("unknown", "the sides agree in floating point, but not exactly", evidence)
        if exact is not None and exact.agree:
            return Verdict("holds", agreement(exact), evidence)
        digits = _digits(left, right, given, points)
        if digits == 0:
            return Verdict("unknown", "the sides agree in double precision, but not in more digits", evidence)
        if digits:
            evidence["digits"] = digits
        sizes = len(evidence["sizes"])
        return Verdict(
            "holds",
            f"the sides agree at {len(points)} random points of {sizes} sizes",
            {**evidence, "method": "floating point"},
        )
    wrong = _refuting(points)
    if wrong is None:
        if exact is not None and exact.agree and exact.conclusive:
            return Verdict("holds", agreement(exact), evidence)
        digits = _digits(left, right, given, points)
        if digits:
            message = f"the sides agree at {len(points)} random points in {digits} digits"
            return Verdict("holds", message, {**evidence, "method": "floating point", "digits": digits})
        return Verdict("unknown", "the numerical evidence is not clear enough", evidence)
    if exact is not None and exact.agree:
        return Verdict("unknown", "floating point and exact arithmetic do not agree about this claim", evidence)
    if not _rules_agree_that_it_fails(left, right, wrong):
        return Verdict("unknown", "differences and rules do not agree about this claim", evidence)
    if exact is None or not exact.conclusive:
        evidence["method"] = "floating point"
    if functions:
        return Verdict("fails", f"the sides differ for smooth {', '.join(functions)} drawn at random", evidence)
    evidence["counterexample"] = integer_counterexample(left, right, given, seed) or describe(
        counterexample(left, right, given) or wrong, (left, right)
    )
    return Verdict("fails", "the sides differ: " + sentence(evidence["counterexample"]), evidence)


def functions_of(*sides: Expr) -> tuple[str, ...]:
    """A(t), x(t): the functions in the expressions of which nothing is known but their arguments."""
    return tuple(dict.fromkeys(e.called for s in sides for e in s.walk() if isinstance(e, Smooth)))


def _digits(left: Expr, right: Expr, given: Assumptions, points: Sequence[Trial]) -> int | None:
    """Agreement in more digits than double precision has, at one point of each size (agree_precisely)."""
    tied = bool(given.equations) or any(s.properties & TIED for s in symbols_of([left, right]))
    one_of_each = {tuple(t.sizes.items()): t for t in points}.values()
    return agree_precisely(left, right, [(t.ev.values, t.sizes) for t in one_of_each], tied)


def exact_evidence(exact: ExactResult) -> dict[str, Any]:
    """What exact evaluation adds to the evidence."""
    out: dict[str, Any] = {"method": "exact random evaluation", "field": "GF(2^61-1)", "exact_points": exact.points}
    if exact.agree:
        out["error_probability"] = f"{max(exact.error, 1e-300):.1e}"
    if exact.opaque:
        out["opaque"] = list(exact.opaque)
    return out


def agreement(exact: ExactResult) -> str:
    sizes = len({tuple(s.items()) for s in exact.sizes})
    return (
        f"the sides agree exactly at {exact.points} random points of {sizes} sizes over GF(2^61-1) "
        f"(error probability below {max(exact.error, 1e-300):.0e})"
    )


def _without_points(exact: ExactResult | None, evidence: dict[str, Any]) -> Verdict:
    """No value in floating point: exact agreement alone can tell, a difference alone does not refute."""
    if exact is not None and exact.agree and exact.conclusive:
        return Verdict("holds", agreement(exact), evidence)
    return Verdict("unknown", "the two sides could not be evaluated under what is known", evidence)


def _rules_agree_that_it_fails(left: Expr, right: Expr, at: Trial) -> bool:
    """A second, independent opinion before a claim is called wrong: the derivatives worked out by rule."""
    if not any(e.binds for side in (left, right) for e in side.walk()):
        return True
    try:
        a, b = at.ev(expand(left)), at.ev(expand(right))
    except (*NO_VALUE, NotDifferentiable, RecursionError):
        return True
    if a.shape != b.shape:
        a, b = np.broadcast_arrays(a, b)
    return relative_difference(a, b) > DIFFER


def _refuting(points: Sequence[Trial]) -> Trial | None:
    """A point of a size where most points differ clearly."""
    groups: dict[tuple[tuple[str, int], ...], list[Trial]] = {}
    for t in points:
        groups.setdefault(tuple(sorted(t.sizes.items())), []).append(t)
    for group in groups.values():
        clear = [t for t in group if t.difference > DIFFER]
        if len(clear) >= 0.6 * len(group):
            return clear[0]
    return None


def same_normal_form(left: Expr, right: Expr) -> bool:
    """Whether the normal forms agree once derivatives are worked out."""
    try:
        a, b = normal_form(expand(left)), normal_form(expand(right))
    except (NotDifferentiable, TooLarge, NotImplementedError, ValueError, RecursionError):
        return False
    return a == b or (is_literal_zero(a) and is_literal_zero(b))


def counterexample(left: Expr, right: Expr, given: Assumptions) -> Trial | None:
    """A point in small integers where the sides differ, if one is found quickly."""
    if given.equations:
        return None
    letters = letters_of([left, right, *[e for _, e in given.conditions]])
    for k, sizes in enumerate(assignments(letters, given.ordering, 2)):
        small = {x: 2 + (n > 3) if len(letters) > 1 else 2 for x, n in sizes.items()} if k == 0 else sizes
        for attempt in range(3):
            t = _trial(left, right, given, small, np.random.default_rng((11, k, attempt)), "integer")
            if t is not None and t.difference > DIFFER:
                return t
    return None


def describe(t: Trial, exprs: Sequence[Expr]) -> dict[str, Any]:
    """A trial as plain data: the values of the symbols, and of both sides."""
    values = {s.label: plain(t.ev.values[s]) for s in symbols_of(exprs) if s in t.ev.values}
    return {"values": values, "left": plain(t.left), "right": plain(t.right), "sizes": dict(t.sizes)}


def plain(x: Array) -> Any:
    """An array as a number, a list or a list of rows, rounded to four digits."""
    rounded = np.round(x, 4) + 0.0
    cells = [[int(v) if float(v).is_integer() else float(v) for v in row] for row in rounded]
    if rounded.shape == (1, 1):
        return cells[0][0]
    return [row[0] for row in cells] if rounded.shape[1] == 1 else cells


def sentence(shown: Mapping[str, Any]) -> str:
    values = ", ".join(f"{k} = {v}" for k, v in shown["values"].items())
    return (
        f"for {values}: left {shown['left']}, right {shown['right']}"
        if values
        else f"left {shown['left']}, right {shown['right']}"
    )


def verify(formal: Expr, closed: Expr, given: Assumptions | None = None, budget: float = 6.0) -> str | None:
    """None where the closed form agrees with the formal derivative at random points of several sizes, else why not.

    The formal derivative is evaluated by differences of the function itself, and by dual numbers over a prime field
    where there is an exact value: no rule of the calculus takes part.
    """
    if formal.shape != closed.shape and not is_literal_zero(closed):
        return f"the result is {shape_text(closed.shape)} where {shape_text(formal.shape)} is expected"
    if confirmed(formal, closed, given or Assumptions(), SEED + 1):
        return None
    exact = compare(formal, closed, given or Assumptions(), SEED + 1, min(1.0, budget / 4))
    if exact is not None and exact.conclusive and not exact.agree:
        return "the result does not agree with the derivative by dual numbers"
    points = trials(formal, closed, given or Assumptions(), SEED + 1, budget)
    if not points:
        return "the result could not be checked numerically under what is known"
    if any(kinked(formal, t.ev, np.random.default_rng(k)) for k, t in enumerate(points)):
        return "the function has a kink here: its one-sided derivatives differ"
    if any(t.difference > AGREE for t in points):
        return "there is no derivative here, or none that could be confirmed numerically"
    return None


KINKS = frozenset(("abs", "relu", "sign", "step"))


def kinked(e: Expr, ev: Evaluator, rng: np.random.Generator) -> bool:
    """Whether a function that is differentiated in e has different one-sided derivatives at this point."""
    if e.name == "at":
        point = {x: ev(v) for x, v in zip(e.params, e.args[1:], strict=True)}
        return kinked(e.args[0], ev.bind(point), rng)
    if e.name == "derivative" and any(_has_kink(x) for x in e.args[0].walk()):
        f, x = e.args
        base = x if x.name == "symbol" else x.args[0]
        at, h = ev(base), 1e-6
        direction = rng.standard_normal(at.shape)
        here = ev(f)
        right = (ev.bind({base: at + h * direction})(f) - here) / h
        left = (here - ev.bind({base: at - h * direction})(f)) / h
        if relative_difference(right, left) > 1e-2:
            return True
    return any(kinked(a, ev, rng) for a in e.args if a.binds or any(b.binds for b in a.walk()))


def _has_kink(e: Expr) -> bool:
    return e.name in ("norm", "norm1") or (e.name == "elementwise" and e.params[0] in KINKS and not e.params[1])
