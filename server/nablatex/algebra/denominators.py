"""Sums of numbers over a common denominator: 1 - e/(1 + e) is 1/(1 + e)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod

from nablatex.algebra.atoms import Number
from nablatex.algebra.build import add, mul, number, power
from nablatex.algebra.core import Add, Mul, Power
from nablatex.algebra.expr import Expr

MANY = 24
"""Terms of a numerator beyond which nothing is multiplied out."""


def common_denominator(e: Add) -> Expr | None:
    """The sum as one fraction over a sum that divides some of its terms, the numerator multiplied out; None without one."""
    if not e.is_scalar or len(e.args) > MANY:
        return None
    below: dict[Expr, int] = {}
    for t in e.args:
        for base, k in _divisors(t):
            below[base] = max(below.get(base, 0), k)
    for base, k in below.items():
        if not isinstance(base, Add):
            continue
        over = power(base, number(k))
        above = add(*[spread(mul(t, over)) for t in e.args])
        terms = above.args if isinstance(above, Add) else (above,)
        cancels = len(terms) < len(e.args) + len(base.args) - 1
        if cancels and not any(_divisors(t) for t in terms):  # no fraction in a fraction
            return mul(above, power(base, number(-k)))
    return None


def _divisors(term: Expr) -> list[tuple[Expr, int]]:
    """(base, k) for each 1/base^k among the factors of a term, k a whole number."""
    out = []
    for f in term.args if isinstance(term, Mul) else (term,):
        if isinstance(f, Power) and isinstance(f.args[1], Number):
            k = f.args[1].value
            if k < 0 and k.denominator == 1:
                out.append((f.args[0], int(-k)))
    return out


def spread(e: Expr) -> Expr:
    """A product of numbers multiplied out over the sums among its factors; as it is where that is too much."""
    factors: Sequence[Expr] = e.parts()[0] if isinstance(e, Mul) and not e.parts()[1] else (e,)
    choices = [f.args if isinstance(f, Add) else (f,) for f in factors]
    if prod(map(len, choices)) > MANY:
        return e
    return add(*[mul(*combination) for combination in product(*choices)])


__all__ = ["common_denominator", "spread"]
