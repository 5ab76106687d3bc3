"""The rules of the calculus derived themselves: where d(X^{-1}), d det X, d‖x‖ come from.

A derivation uses such a rule by its name; asked for the differential of the operator alone, an author wants to see
why the rule holds (Magnus & Neudecker 8.3 and 8.4; Petersen & Pedersen, The Matrix Cookbook, 2).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nablatex.algebra.atoms import Symbol
from nablatex.algebra.binders import Directional, directional
from nablatex.algebra.build import add, mul, number, power, transpose, zero
from nablatex.algebra.core import Inverse, Mul
from nablatex.algebra.dims import ONE
from nablatex.algebra.expr import Expr
from nablatex.algebra.reductions import Adjugate, Trace
from nablatex.calculus.unfolding import Line

Lemma = tuple[tuple[Expr, tuple[Line, ...]], ...]
"""Left sides with the lines that are equal to them."""


def lemma(formal: Directional) -> Lemma | None:
    """Why d f(X) is what it is, for an operator f applied to the variable itself; None where nothing is to be shown."""
    f = formal.args[0]
    if len(formal.params) != 1 or f.args[:1] != formal.params or not isinstance(f.args[0], Symbol):
        return None
    make = LEMMAS.get(f.name)
    return None if make is None else make(formal, f, f.args[0], formal.args[1])


def _inverse(formal: Directional, f: Expr, x: Symbol, dx: Expr) -> Lemma:
    """0 = dI = d(X X^{-1}) = dX X^{-1} + X d(X^{-1})."""
    product = Mul((x, f))
    whole = Directional((product, dx), (x,))
    opened = add(mul(dx, f), Mul((x, formal)))
    first = (Line(opened, ("product rule",)), Line(zero(f.shape), (f"${_product_of(x)}$ is constant",)))
    return ((whole, first), (formal, (Line(mul(number(-1), f, dx, f), ("solved for the differential",)),)))


def _product_of(x: Symbol) -> str:
    return f"{x.label} {x.label}^{{-1}} = I"


def _det(formal: Directional, f: Expr, x: Symbol, dx: Expr) -> Lemma:
    """The derivative of det X by an entry is its cofactor (Laplace expansion along the row): tr(adj X dX)."""
    by_cofactors = Trace((Mul((Adjugate((x,)), dx)),))
    inverse = mul(f, Trace((Mul((Inverse((x,)), dx)),)))
    lines = (
        Line(by_cofactors, ("the derivative by an entry is its cofactor",)),
        Line(inverse, ("adjugate and inverse",)),
    )
    return ((formal, lines),)


def _norm(formal: Directional, f: Expr, x: Symbol, dx: Expr) -> Lemma:
    """2‖x‖ d‖x‖ = d(‖x‖²) = d(x^T x) = 2 x^T dx."""
    square = directional(power(f, number(2)), {x: dx})
    inside = mul(transpose(x), dx) if x.shape[1] == ONE else Trace((Mul((transpose(x), dx)),))
    lines = (Line(mul(number(2), f, formal), ("power rule",)), Line(mul(number(2), inside), ("product rule",)))
    solved = Line(mul(power(f, number(-1)), inside), ("solved for the differential",))
    return ((square, lines), (formal, (solved,)))


def _power(formal: Directional, f: Expr, x: Symbol, dx: Expr) -> Lemma | None:
    """A fractional power S of X with S^q = X^p is the solution of a Sylvester equation; there is nothing to show for others."""
    if x.is_scalar or f.args[1] != number("1/2"):
        return None
    product = Mul((f, f))
    opened = add(Mul((formal, f)), Mul((f, formal)))
    words = ("product rule: a Sylvester equation for the differential",)
    return ((Directional((product, dx), (x,)), (Line(opened, words), Line(dx, ("the square of the root",)))),)


LEMMAS: Mapping[str, Callable[[Directional, Expr, Symbol, Expr], Lemma | None]] = {
    "inverse": _inverse,
    "det": _det,
    "norm": _norm,
    "power": _power,
}
"""Lemmas by the name of their operator."""

__all__ = ["lemma"]
