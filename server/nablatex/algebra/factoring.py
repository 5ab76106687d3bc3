"""Common factors of the terms of a sum, pulled out in front and behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import gcd

from nablatex.algebra.atoms import Identity, Number
from nablatex.algebra.build import add, identity, mul, number, power, split_coefficient, transpose
from nablatex.algebra.core import Add, Mul, Power
from nablatex.algebra.expr import Expr
from nablatex.algebra.measure import measure

Tidy = Callable[[Add], Expr]
LARGE = 400.0
"""Of a sum that measures more, only what all terms share is pulled out: factored further it would read no easier."""


class _Term:
    """A term taken apart for factoring: rational, scalar factors, chain."""

    def __init__(self, e: Expr) -> None:
        self.number, rest = split_coefficient(e)
        if isinstance(rest, Mul):
            scalars, chain = rest.parts()
        elif rest.is_scalar:
            scalars, chain = (rest,), ()
        else:
            scalars, chain = (), (rest,)
        self.scalars = [s for s in scalars if s.name != "number"]
        self.chain = list(chain)


def factored(e: Add, tidy: Tidy) -> Expr:
    """The sum with common factors pulled out as long as the measure falls; `tidy` works on what is left in parentheses."""
    best: Expr = e
    while isinstance(best, Add):
        better = _factor_once(best, tidy)
        if better is None:
            return best
        best = better
    return best


def _factor_once(e: Add, tidy: Tidy) -> Expr | None:
    terms = [_Term(t) for t in e.args]
    groups: set[tuple[int, ...]] = {tuple(range(len(terms)))}
    for place in (0, -1) if measure(e) < LARGE else ():
        by: dict[Expr, list[int]] = {}
        for i, t in enumerate(terms):
            if t.chain:
                by.setdefault(t.chain[place], []).append(i)
        groups.update(tuple(g) for g in by.values() if len(g) > 1)
    scalars: dict[Expr, list[int]] = {}
    for i, t in enumerate(terms if measure(e) < LARGE else ()):
        for s in t.scalars:
            found = _base(s)
            scalars.setdefault(s if found is None else found[0], []).append(i)
    groups.update(tuple(g) for g in scalars.values() if len(g) > 1)
    groups.update(_turned_pairs(e, terms))
    rough = [(measure(made), g) for g in groups if (made := _pull_out(e, terms, g)) is not None]
    if not rough:
        return None
    made = _pull_out(e, terms, min(rough)[1], tidy)  # the best at first sight alone is followed further
    return made if made is not None and measure(made) < measure(e) - 1e-9 else None


def _turned_pairs(e: Add, terms: list[_Term]) -> list[tuple[int, ...]]:
    """-2 a b^T and -2 b a^T, which a number stands before together: -2(a b^T + b a^T)."""
    out: list[tuple[int, ...]] = []
    for i, t in enumerate(terms):
        if abs(t.number) == 1 or e.is_scalar or not t.chain:
            continue
        back = [transpose(c) for c in reversed(t.chain)]
        for j in range(i + 1, len(terms)):
            other = terms[j]
            if other.number == t.number and other.chain == back and other.scalars == t.scalars:
                out.append((i, j))
    return out


def _pull_out(e: Add, terms: list[_Term], group: tuple[int, ...], tidy: Tidy | None = None) -> Expr | None:
    """The sum with what the terms of a group share in front of and behind what is left of them."""
    chosen = [terms[i] for i in group]
    prefix = _common([t.chain for t in chosen])
    left = len(prefix)
    suffix = _common([t.chain[left:][::-1] for t in chosen])[::-1]
    right = len(suffix)
    if left != right and all(_mirrored(t.chain) for t in chosen):  # L^T (I - ...) L, and not L^T L (I - ...)
        left = right = min([*(len(t.chain) // 2 for t in chosen), _ends(chosen)])
        prefix, suffix = chosen[0].chain[:left], chosen[0].chain[len(chosen[0].chain) - right :]
    common = _shared_powers([t.scalars for t in chosen])
    shared = [power(base, number(k)) for base, k in common.items()]
    content = _content([t.number for t in chosen])
    if not (prefix or suffix or shared or content != 1):
        return None
    rests = []
    for t in chosen:
        middle = t.chain[left : len(t.chain) - right]
        own = [_divided(s, common) for s in t.scalars]
        if not middle and (prefix or suffix):
            row = prefix[-1].shape[1] if prefix else suffix[0].shape[0]
            if prefix and suffix and prefix[-1].shape[1] != suffix[0].shape[0]:
                return None
            middle = [identity(row)]
        rests.append(mul(number(t.number / content), *own, *middle))
    if len({r.shape for r in rests}) != 1:
        return None
    body = add(*rests)
    inside = tidy(body) if isinstance(body, Add) and tidy is not None else body
    factored = mul(number(content), *shared, *prefix, inside, *suffix)
    others = [a for i, a in enumerate(e.args) if i not in group]
    return add(*others[: group[0]], factored, *others[group[0] :])


def _mirrored(chain: Sequence[Expr]) -> bool:
    """Whether a product of matrices is its own transpose by its form."""
    return all(transpose(chain[k]) == chain[-1 - k] for k in range((len(chain) + 1) // 2))


def _ends(terms: Sequence[_Term]) -> int:
    """How many factors all terms begin and end with."""
    return min(len(_common([t.chain for t in terms])), len(_common([t.chain[::-1] for t in terms])))


def _base(s: Expr) -> tuple[Expr, Fraction] | None:
    """(b, k) of the scalar b^k with a rational k."""
    if isinstance(s, Power):
        return (s.args[0], s.args[1].value) if isinstance(s.args[1], Number) else None
    return s, Fraction(1)


def _shared_powers(scalars: Sequence[Sequence[Expr]]) -> dict[Expr, Fraction]:
    """The powers that divide every term: of 1/s and 1/s^2 it is 1/s."""
    powers = [{b[0]: b[1] for s in row if (b := _base(s)) is not None} for row in scalars]
    out: dict[Expr, Fraction] = {}
    for base in powers[0]:
        exponents = [p.get(base, Fraction(0)) for p in powers]
        if all(x > 0 for x in exponents) or all(x < 0 for x in exponents):
            out[base] = min(exponents, key=abs)
    fixed = [s for s in scalars[0] if _base(s) is None and all(s in row for row in scalars[1:])]
    return out | dict.fromkeys(fixed, Fraction(1))


def _divided(s: Expr, common: dict[Expr, Fraction]) -> Expr:
    if s in common and _base(s) is None:
        return number(1)
    found = _base(s)
    if found is None or found[0] not in common:
        return s
    return power(found[0], number(found[1] - common[found[0]]))


def _common(chains: Sequence[Sequence[Expr]]) -> list[Expr]:
    out: list[Expr] = []
    for items in zip(*chains, strict=False):
        if isinstance(items[0], Identity) or any(x != items[0] for x in items[1:]):
            break
        out.append(items[0])
    return out


def _content(numbers: Sequence[Fraction]) -> Fraction:
    """The common rational factor, negative where all are negative."""
    num = den = 0
    for k in numbers:
        num = gcd(num, k.numerator)
        den = k.denominator if not den else den * k.denominator // gcd(den, k.denominator)
    content = Fraction(num, den) if num else Fraction(1)
    return -content if all(k < 0 for k in numbers) else content


__all__ = ["factored"]
