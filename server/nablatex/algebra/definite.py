"""Which matrices are known to be symmetric positive definite, so that a Cholesky factor exists."""

from __future__ import annotations

from typing import Literal

from nablatex.algebra.atoms import Number, Symbol
from nablatex.algebra.build import transpose
from nablatex.algebra.core import Inverse, Mul
from nablatex.algebra.expr import Expr
from nablatex.algebra.indices import Member

Sign = Literal["definite", "semidefinite", "unknown"]


def is_positive_definite(e: Expr) -> bool:
    return definiteness(e) == "definite"


def definiteness(e: Expr) -> Sign:
    """definite: x^T e x > 0 for x ≠ 0; semidefinite: ≥ 0; as far as properties and form say."""
    if isinstance(e, Symbol):
        return "definite" if e.has("spd") else "semidefinite" if e.has("psd") else "unknown"
    if isinstance(e, Member) and (one := e.each()) is not None:
        return definiteness(one)
    if e.name == "identity":
        return "definite"
    if isinstance(e, Inverse):
        return "definite" if definiteness(e.args[0]) == "definite" else "unknown"
    if e.name == "add":
        signs = [definiteness(a) for a in e.args]
        if "unknown" in signs:
            return "unknown"
        return "definite" if "definite" in signs else "semidefinite"
    if isinstance(e, Mul):
        return _of_product(e)
    if e.name == "index_sum":
        return "unknown" if definiteness(e.args[0]) == "unknown" else "semidefinite"
    if e.name == "kron":
        signs = [definiteness(a) for a in e.args]
        if "unknown" not in signs:
            return "semidefinite" if "semidefinite" in signs else "definite"
    return "unknown"


def _of_product(e: Mul) -> Sign:
    """A positive number times a definite matrix; A^T S A with S semidefinite."""
    scalars, factors = e.parts()
    if not all(_positive(s) for s in scalars):
        return "unknown"
    if len(factors) == 1:
        return definiteness(factors[0])
    half = len(factors) // 2
    if len(factors) % 2 and definiteness(factors[half]) == "unknown":
        return "unknown"
    mirrored = all(transpose(factors[k]) == factors[-1 - k] for k in range(half))
    return "semidefinite" if mirrored and half else "unknown"


def _positive(s: Expr) -> bool:
    if isinstance(s, Number):
        return s.value > 0
    return s.name == "size" or (isinstance(s, Symbol) and s.has("positive"))
