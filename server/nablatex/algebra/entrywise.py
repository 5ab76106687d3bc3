"""Hadamard products and their sums made simpler: entry by entry they are the algebra of numbers.

Used by `nablatex.algebra.simplify`; a form is kept where the measure falls.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

from nablatex.algebra.atoms import Number, Ones
from nablatex.algebra.build import add, mul, number, ones, transpose
from nablatex.algebra.core import Add, Mul
from nablatex.algebra.dims import ONE
from nablatex.algebra.expr import Expr
from nablatex.algebra.factors import together
from nablatex.algebra.hadamard import Hadamard, HadamardPower, hadamard, hadamard_power
from nablatex.algebra.measure import measure
from nablatex.algebra.structure import Diag, diag

MANY = 24
"""Terms beyond which nothing is multiplied out."""


def simpler_product(e: Expr) -> Expr:
    """A Hadamard product with sums among its factors multiplied out, where that cancels."""
    factors = _factors(e)
    scaled = _scaled(factors)
    if scaled is not None:
        return scaled
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


def _scaled(factors: Sequence[Expr]) -> Expr | None:
    """A ⊙ u 1^T is diag(u) A, and A ⊙ 1 v^T is A diag(v): rows and columns times numbers."""
    for k, f in enumerate(factors):
        if ONE in f.shape or not isinstance(f, Mul):
            continue
        scalars, chain = f.parts()
        rest = [*factors[:k], *factors[k + 1 :]]
        if len(chain) > 1 and isinstance(chain[-1], Ones) and not isinstance(chain[0], Ones):
            u = mul(*chain[:-1], ones(chain[-1].shape[0])) if chain[-1].shape[0] != ONE else mul(*chain[:-1])
            return mul(*scalars, diag(u), hadamard(*rest))
        if len(chain) > 1 and isinstance(chain[0], Ones) and not isinstance(chain[-1], Ones):
            n = chain[0].shape[1]
            v = mul(transpose(ones(n)), *chain[1:]) if n != ONE else mul(*chain[1:])
            return mul(*scalars, hadamard(*rest), diag(transpose(v)))
    return None


def _unscaled(term: Expr) -> Expr:
    """diag(u) A as A ⊙ u 1^T, where it stands beside entry-wise products."""
    scalars, chain = term.parts() if isinstance(term, Mul) else ((), ())
    if len(chain) == 2 and isinstance(chain[0], Diag):
        return mul(*scalars, hadamard(chain[1], mul(chain[0].args[0], ones(ONE, term.shape[1]))))
    if len(chain) == 2 and isinstance(chain[1], Diag):
        return mul(*scalars, hadamard(chain[0], mul(ones(term.shape[0]), transpose(chain[1].args[0]))))
    return term


def simpler_sum(e: Add) -> Expr:
    """A sum of Hadamard products multiplied out, or with the factors that all of its terms share in front."""
    if e.is_scalar or len(e.args) > MANY or not any(_entrywise(t) for t in e.args):
        return e
    best = min(e, _spread(e), key=measure)
    if isinstance(best, Add):
        best = min(best, _shared(best), key=measure)
    if isinstance(best, Add) and any(
        isinstance(t, Mul) and any(isinstance(a, Diag) for a in t.args) for t in best.args
    ):
        opened = add(*[_unscaled(t) for t in best.args])
        best = min(best, _shared(opened) if isinstance(opened, Add) else opened, key=measure)
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
    if isinstance(rest, Add) and any(_is_one(t) for t in rest.args):
        return e
    return hadamard(*common, rest)


def _is_one(term: Expr) -> bool:
    """Whether a term is a number in the place of every entry."""
    return isinstance(term, Ones) or (
        isinstance(term, Mul) and isinstance(term.args[-1], Ones) and term.parts()[1] == term.args[-1:]
    )


def _with_sums(e: Expr) -> Expr:
    """Sums that stand as terms of a sum are added to it: (1 + x) - x is 1."""
    return add(*e.args) if isinstance(e, Add) else e
