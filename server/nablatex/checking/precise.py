"""Floating point with escalating precision: the same points again with 40 and 80 digits, derivatives by dual numbers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nablatex.algebra.evaluate import Array
from nablatex.algebra.exact import ExactEvaluator, Jet
from nablatex.algebra.expr import Expr
from nablatex.algebra.fields import NotExact, Reals
from nablatex.checking.sampling import NO_VALUE

DIGITS = (40, 80)
TIED = frozenset(("orthogonal", "orthonormal-columns", "unit", "idempotent", "probability"))
"""Properties that a draw in double precision has to sixteen digits only."""


def precise_difference(
    left: Expr, right: Expr, values: Mapping[Expr, Array], sizes: Mapping[str, int], digits: int
) -> float:
    """max |left - right| relative to the larger side, in so many digits.  NotExact where a side has no such value."""
    field = Reals(digits)
    jets = {s: Jet(field, {0: field.each(field.context.mpf, np.real(v))}) for s, v in values.items()}
    ev = ExactEvaluator(field, jets, sizes)
    a, b = np.broadcast_arrays(ev(left).parts[0], ev(right).parts[0])
    scale = max(1e-5, *(float(abs(v)) for v in (*a.flat, *b.flat)))
    return max(float(abs(x - y)) for x, y in zip(a.flat, b.flat, strict=True)) / scale


def agree_precisely(
    left: Expr, right: Expr, points: list[tuple[Mapping[Expr, Array], Mapping[str, int]]], tied: bool
) -> int | None:
    """The digits with which both sides agree at these points; 0 where they differ; None where that cannot be said.

    tied: the values satisfy what is assumed of them in double precision only, so that no more can be expected.
    """
    try:
        for digits in DIGITS:
            wanted = 1e-9 if tied else 10.0 ** -(digits // 2)
            differences = [precise_difference(left, right, v, s, digits) for v, s in points]
            if all(d < wanted for d in differences):
                return digits
    except (*NO_VALUE, NotExact):
        return None
    return 0
