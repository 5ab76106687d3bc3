"""x^T x and ‖x‖ in one formula: the square of the norm is written where the norm stands already.

Used by `nablatex.algebra.simplify`.
"""

from __future__ import annotations

from collections.abc import Iterable

from nablatex.algebra.atoms import Number, Symbol
from nablatex.algebra.build import add, mul, number, power, transpose
from nablatex.algebra.core import Add, Mul, Power
from nablatex.algebra.expr import Expr
from nablatex.algebra.reductions import Norm, norm


def one_length(e: Mul) -> Expr:
    """x^T x / ‖x‖^3 is 1/‖x‖."""
    return _squared(e, _normed(e))


def one_length_in_sum(e: Add) -> Expr:
    """2 x^T x + n ‖x‖^2 is 2‖x‖^2 + n ‖x‖^2."""
    if not e.is_scalar:
        return e
    vectors = [v for t in e.args for v in _normed(t)]
    return add(*[_squared(t, vectors) for t in e.args]) if vectors else e


def _normed(e: Expr) -> list[Expr]:
    """The vectors whose norms are factors of a product."""
    bases = [_base(f) for f in (e.args if isinstance(e, Mul) else (e,))]
    vectors = [b.args[0] for b in bases if isinstance(b, Norm)]
    return [v for v in vectors if not any(isinstance(s, Symbol) and s.has("complex") for s in v.free_symbols)]


def _base(e: Expr) -> Expr:
    return e.args[0] if isinstance(e, Power) else e


def _squared(e: Expr, vectors: Iterable[Expr]) -> Expr:
    """A term with ‖v‖^2 for v^T v."""
    for v in vectors:
        square = mul(transpose(v), v)
        scalars, chain = e.parts() if isinstance(e, Mul) else ((e,), ())
        if not square.is_scalar:
            continue
        if e.is_scalar and chain and mul(*chain) == square:
            return mul(*scalars, power(norm(v), number(2)))
        for k, s in enumerate(scalars):
            if _base(s) == square and (not isinstance(s, Power) or isinstance(s.args[1], Number)):
                times = s.args[1] if isinstance(s, Power) else number(1)
                raised = power(norm(v), mul(number(2), times))
                return mul(*scalars[:k], raised, *scalars[k + 1 :], *chain)
    return e


__all__ = ["one_length", "one_length_in_sum"]
