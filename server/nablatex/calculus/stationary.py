"""Stationary points: the gradient set to zero, brought into a form with a name, solved where there is a closed form."""

from __future__ import annotations

from dataclasses import dataclass

from nablatex.algebra.atoms import Symbol
from nablatex.algebra.binders import derivative
from nablatex.algebra.build import add, identity, mul, number, transpose
from nablatex.algebra.core import Inverse, Mul, Power, Transpose
from nablatex.algebra.definite import definiteness
from nablatex.algebra.dims import ONE
from nablatex.algebra.expr import Expr, NotDifferentiable
from nablatex.algebra.simplify import simplify
from nablatex.algebra.structure import kron
from nablatex.calculus.derivatives import expand
from nablatex.calculus.differentials import gradient
from nablatex.calculus.linear_equations import NotLinear, Solved, distribute, linear_form, solve


@dataclass(frozen=True, slots=True)
class Stationary:
    """gradient = 0 leads to left = right in `solved`; cleared: the equation after multiplying by X on both sides.

    hessian and curvature (``minimum``, ``maximum``, or empty where the form does not say) for the second-order
    condition; reason: why there is no solution in closed form.
    """

    gradient: Expr
    cleared: Expr | None = None
    solved: Solved | None = None
    hessian: Expr | None = None
    curvature: str = ""
    reason: str = ""


def stationary_point(f: Expr, x: Symbol) -> Stationary:
    """Where ∂f/∂x = 0 for a scalar f.  NotDifferentiable where there is no gradient."""
    if not f.is_scalar:
        raise NotDifferentiable("a stationary point is of a scalar function")
    g = simplify(expand(gradient(expand(f), x)))
    hessian, curvature = _second_order(f, x, g)
    cleared = None
    try:
        form = linear_form(g, x)
    except NotLinear as error:
        cleared = _without_inverses(g, x)
        if cleared is None:
            return Stationary(g, None, None, hessian, curvature, _recognised(g, x) or str(error))
        try:
            form = linear_form(cleared, x)
        except NotLinear as again:
            return Stationary(g, cleared, None, hessian, curvature, _recognised(cleared, x) or str(again))
    try:
        return Stationary(g, cleared, solve(form, x), hessian, curvature)
    except NotLinear as error:
        return Stationary(g, cleared, None, hessian, curvature, str(error))


def _without_inverses(g: Expr, x: Symbol) -> Expr | None:
    """X g X where X^{-1} occurs (after Σ^{-1} S Σ^{-1} - n Σ^{-1} = 0, for instance), else None."""
    inverses = {e for e in g.walk() if isinstance(e, Inverse) and e.args[0] == x}
    if not inverses:
        return None
    turned = any(isinstance(e, Transpose) and e.args[0] in inverses for e in g.walk())
    factor = transpose(x) if turned else x
    terms = [simplify(mul(factor, t, factor)) for t in distribute(g)]
    if any(e in inverses for t in terms for e in t.walk()):
        return None
    return simplify(add(*[transpose(t) for t in terms] if turned else terms))


def _recognised(g: Expr, x: Symbol) -> str:
    """A name for an equation that is quadratic in X."""
    quadratic = False
    for t in distribute(g):
        factors = t.args if isinstance(t, Mul) else (t,)
        moving = [a for a in factors if x in a.free_symbols]
        degrees = [1 if a in (x, transpose(x)) else 2 if _is_square(a, x) else 9 for a in moving]
        count = sum(degrees)
        if count > 2:
            return ""
        quadratic = quadratic or count == 2
    return "an algebraic Riccati equation: no closed form" if quadratic and x.shape[0] == x.shape[1] else ""


def _is_square(e: Expr, x: Symbol) -> bool:
    return isinstance(e, Power) and e.args == (x, number(2))


def _second_order(f: Expr, x: Symbol, g: Expr) -> tuple[Expr | None, str]:
    """The Hessian (of a vector, else None) and what its form says of the stationary point."""
    try:
        if x.is_scalar or x.shape[1] == ONE:
            hessian = simplify(expand(derivative(g, x, "numerator")))
        else:
            form = linear_form(g, x)
            if any(t.turned for t in form.terms):
                return None, ""
            parts = [kron(transpose(t.right), t.left) for t in form.terms]
            signs = {_sign(t.left) * _sign(t.right) for t in form.terms}
            shape = parts[0] if len(parts) == 1 else None
            return (simplify(shape) if shape is not None else None), {1: "minimum", -1: "maximum"}.get(
                signs.pop() if len(signs) == 1 else 0, ""
            )
    except (NotDifferentiable, NotLinear, NotImplementedError):
        return None, ""
    return hessian, {1: "minimum", -1: "maximum"}.get(_sign(hessian), "")


def _sign(e: Expr) -> int:
    """1: positive semidefinite by its form, -1: negative semidefinite, 0: not known."""
    if e.is_scalar:
        for sign in (1, -1):
            if definiteness(mul(number(sign), e, identity("n"))) != "unknown":
                return sign
        return 0
    if definiteness(e) != "unknown":
        return 1
    return -1 if definiteness(simplify(mul(number(-1), e))) != "unknown" else 0


def consistent(point: Stationary, x: Symbol) -> Expr | None:
    """The gradient at the closed form, which has to be zero; None where there is no closed form."""
    if point.solved is None or point.solved.closed is None:
        return None
    return point.gradient.substitute({x: point.solved.closed})


__all__ = ["Stationary", "consistent", "stationary_point"]
