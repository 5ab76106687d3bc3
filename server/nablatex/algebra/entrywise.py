"""Hadamard products and their sums made simpler: entry by entry they are the algebra of numbers.

Used by `nablatex.algebra.simplify`; a form is kept where the measure falls.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

from nablatex.algebra.atoms import Number, Ones
from nablatex.algebra.build import add, mul, number
from nablatex.algebra.core import Add, Mul
from nablatex.algebra.expr import Expr
from nablatex.algebra.factors import together
from nablatex.algebra.hadamard import Hadamard, HadamardPower, hadamard, hadamard_power
from nablatex.algebra.measure import measure

MANY = 24
"""Terms beyond which nothing is multiplied out."""


def simpler_product(e: Expr) -> Expr:
    """A Hadamard product with sums among its factors multiplied out, where that cancels."""
    factors = _factors(e)
    joined = together(factors)
    if joined is not None and measure(joined) < measure(e):
        return joined
    if not any(isinstance(f, Add) for f in factors):
        return e
    best = e
    for form in (_opened(factors, reciprocals=True), _opened(factors, reciprocals=False)):
        if form is not None:
            best = min(best, form, _spread(form), key=measure)
    return best


def simpler_sum(e: Add) -> Expr:
    """A sum of Hadamard products multiplied out, or with the factors that all of its terms share in front."""
    if e.is_scalar or len(e.args) > MANY or not any(_entrywise(t) for t in e.args):
        return e
    best = min(e, _spread(e), key=measure)
    if isinstance(best, Add):
        best = min(best, _shared(best), key=measure)
    return best


def _entrywise(term: Expr) -> bool:
    if isinstance(term, Mul):
        term = term.args[-1]
    return isinstance(term, (Hadamard, HadamardPower))


def _factors(e: Expr) -> Sequence[Expr]:
    return e.args if isinstance(e, Hadamard) else (e,)


def _opened(factors: Sequence[Expr], reciprocals: bool) -> Expr | None:
    """One sum among the factors multiplied out: one with reciprocals in it, which may cancel, or any."""
    for k, f in enumerate(factors):
        if isinstance(f, Add) and (not reciprocals or any(_divides(t) for t in f.args)):
            return add(*[hadamard(*factors[:k], t, *factors[k + 1 :]) for t in f.args])
    return None


def _divides(term: Expr) -> bool:
    """Whether a reciprocal stands among the factors of a term; deeper ones cancel with nothing."""
    body = term.args[-1] if isinstance(term, Mul) else term
    return any(isinstance(x, HadamardPower) and _negative(x.args[1]) for x in _factors(body))


def _negative(k: Expr) -> bool:
    return isinstance(k, Number) and k.value < 0


def _spread(e: Expr) -> Expr:
    """e with its Hadamard products multiplied out over sums; e itself where that is too much."""
    out: list[Expr] = []
    for t in e.args if isinstance(e, Add) else (e,):
        scalars, body = (t.parts()[0], mul(*t.parts()[1])) if isinstance(t, Mul) else ((), t)
        choices = [f.args if isinstance(f, Add) else (f,) for f in _factors(body)]
        if not isinstance(body, Hadamard):
            out.append(t)
            continue
        out += [mul(*scalars, hadamard(*combination)) for combination in product(*choices)]
        if len(out) > MANY:
            return e
    return add(*out)


def _shared(e: Add) -> Expr:
    """The entry-wise powers that every term has, in front of what remains; e itself where a 1 would have to be written."""
    rows: list[tuple[Sequence[Expr], dict[Expr, Fraction]]] = []
    for t in e.args:
        scalars, body = (t.parts()[0], mul(*t.parts()[1])) if isinstance(t, Mul) else ((), t)
        powers: dict[Expr, Fraction] = {}
        for f in () if isinstance(body, Ones) else _factors(body):
            base, k = f.args if isinstance(f, HadamardPower) else (f, number(1))
            if not isinstance(k, Number):
                return e
            powers[base] = k.value
        rows.append((scalars, powers))
    bases = {b: None for _, powers in rows for b in powers}
    least = {b: min(powers.get(b, Fraction(0)) for _, powers in rows) for b in bases}
    common = [hadamard_power(b, number(k)) for b, k in least.items() if k]
    if not common:
        return e
    back = [hadamard_power(b, number(-k)) for b, k in least.items() if k]
    rests = [hadamard(t, *back) for t in e.args]
    rest = add(*rests)
    rest = min(rest, *([_spread(rest)] if isinstance(rest, Add) else []), _with_sums(rest), key=measure)
    if isinstance(rest, Add) and any(isinstance(x, Ones) for t in rest.args for x in (t, *t.args)):
        return e
    return hadamard(*common, rest)


def _with_sums(e: Expr) -> Expr:
    """Sums that stand as terms of a sum are added to it: (1 + x) - x is 1."""
    return add(*e.args) if isinstance(e, Add) else e
