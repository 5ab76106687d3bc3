"""Derivatives in a layout, and expressions with every formal derivative worked out."""

from __future__ import annotations

from nablatex.algebra.atoms import Symbol
from nablatex.algebra.binders import At, Derivative, Directional
from nablatex.algebra.build import mul, number, transpose, unit_vector
from nablatex.algebra.expr import Expr
from nablatex.algebra.structured import StructuredDerivative, tied
from nablatex.algebra.sylvester import solved
from nablatex.calculus.differentials import differential, gradient, jacobian


def derivative(f: Expr, x: Expr, layout: str = "denominator") -> Expr:
    """∂f/∂x in closed form, not simplified.

    x is a symbol or an entry of one.  Scalar by m×n: m×n in denominator layout, n×m in numerator layout; anything by
    a scalar: the shape of f; else d vec f / d (vec x)^T (pq×mn) in numerator layout and its transpose in denominator
    layout.  NotDifferentiable where no rule holds.
    """
    f = solved(expand(f))
    if not isinstance(x, Symbol):
        base, i, j = x.args
        tangent = mul(unit_vector(i, base.shape[0]), transpose(unit_vector(j, base.shape[1])))
        return differential(f, {base: tangent})
    if x.is_scalar:
        return differential(f, {x: number(1)})
    if f.is_scalar:
        g = gradient(f, x)
        return g if layout == "denominator" else transpose(g)
    j = jacobian(f, x)
    return j if layout == "numerator" else transpose(j)


def expand(e: Expr) -> Expr:
    """e with every derivative, differential and evaluation worked out, innermost first."""
    if not e.has_binders:
        return e
    if isinstance(e, Derivative):
        return derivative(expand(e.args[0]), e.args[1], e.params[0])
    if isinstance(e, StructuredDerivative):
        f, x = e.args
        return tied(derivative(expand(f), x), x, e.params[0])
    if isinstance(e, Directional):
        return differential(
            solved(expand(e.args[0])), {x: expand(t) for x, t in zip(e.params, e.args[1:], strict=True)}
        )
    if isinstance(e, At):
        values = {x: expand(v) for x, v in zip(e.params, e.args[1:], strict=True)}
        return expand(e.args[0]).substitute(dict(values))
    args = tuple([expand(a) for a in e.args])
    return e if args == e.args else e.rebuild(args)
