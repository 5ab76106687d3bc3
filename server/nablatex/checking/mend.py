"""Mends of a refuted claim: the smallest edits of the right side that make it hold, and assumptions that would."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from nablatex.algebra.atoms import Number, Symbol
from nablatex.algebra.build import mul, number, scale, transpose
from nablatex.algebra.core import Add, Mul, Transpose
from nablatex.algebra.dims import ONE
from nablatex.algebra.evaluate import Array
from nablatex.algebra.expr import Expr, NotDifferentiable
from nablatex.algebra.normal import TooLarge, normal_form
from nablatex.algebra.simplify import simplify
from nablatex.calculus import expand
from nablatex.checking.sampling import NO_VALUE, Assumptions
from nablatex.checking.verdict import AGREE, Trial, is_literal_zero, relative_difference, trials

MAX_CANDIDATES = 160


def mends(left: Expr, right: Expr, given: Assumptions) -> list[Expr]:
    """Right sides that hold, smallest edit first, then the worked-out left side.  Each was checked at random points."""
    points = trials(left, left, given)
    if not points:
        return []
    out: list[Expr] = []
    for tried, candidate in enumerate(edits(right)):
        if tried > MAX_CANDIDATES or len(out) >= 2:
            break
        if candidate.shape == left.shape and candidate not in out and holds_at(candidate, points):
            out.append(candidate)
    for candidate in worked_out(left):
        if candidate not in out and candidate != left and holds_at(candidate, points):
            out.append(candidate)
            break
    if not out and not any(e.binds for e in left.walk()):
        out.extend(c for c in (normal_or_none(left), left) if c is not None and holds_at(c, points))
    return out


def holds_at(candidate: Expr, points: list[Trial]) -> bool:
    for t in points:
        try:
            value: Array = t.ev(candidate)
        except NO_VALUE:
            return False
        if value.shape != t.left.shape and not is_literal_zero(candidate):
            return False
        if not relative_difference(value * 1.0, t.left) < AGREE:
            return False
    return True


def worked_out(left: Expr) -> list[Expr]:
    """The left side with its derivatives worked out and simplified; else its expansion."""
    try:
        closed = expand(left)
        out = [simplify(closed)]
        if out[0] == left:
            out.append(normal_form(closed))
    except (NotDifferentiable, TooLarge, NotImplementedError, ValueError, RecursionError):
        return []
    return out


def normal_or_none(e: Expr) -> Expr | None:
    try:
        return normal_form(e)
    except TooLarge:
        return None


def edits(e: Expr) -> Iterator[Expr]:
    """Expressions one slip away: sign, factor 2, transposed, two factors exchanged, one factor transposed."""
    yield scale(Fraction(-1), e)
    yield transpose(e)
    yield scale(Fraction(2), e)
    yield scale(Fraction(1, 2), e)
    yield from _inside(e, 0)


def _inside(e: Expr, depth: int) -> Iterator[Expr]:
    if depth > 6:
        return
    if isinstance(e, Symbol) and e.shape[0] != ONE and e.shape[1] != ONE:
        yield transpose(e)
    if isinstance(e, Transpose):
        yield e.args[0]
    if isinstance(e, Mul):
        scalars, chain = e.parts()
        for k in range(len(chain) - 1):
            swapped = [*chain[:k], chain[k + 1], chain[k], *chain[k + 2 :]]
            made = _try(mul, *scalars, *swapped)
            if made is not None:
                yield made
        for k, s in enumerate(scalars):
            if isinstance(s, Number):
                continue
            yield mul(*scalars[:k], *scalars[k + 1 :], *chain) if len(e.args) > 1 else number(1)
    if isinstance(e, Add):
        for k, t in enumerate(e.args):
            yield Add([*e.args[:k], scale(Fraction(-1), t), *e.args[k + 1 :]])
    for i, a in enumerate(e.args):
        for changed in _inside(a, depth + 1):
            made = _try(lambda *xs: e.rebuild(xs), *e.args[:i], changed, *e.args[i + 1 :])
            if made is not None:
                yield made


def _try(build: object, *args: Expr) -> Expr | None:
    try:
        made = build(*args)  # type: ignore[operator]
    except (ValueError, ArithmeticError):
        return None
    return made if isinstance(made, Expr) else None
