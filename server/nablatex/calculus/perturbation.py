"""The Gâteaux derivative by perturbation: f(X + hΔ) multiplied out, the term of first order collected.

An inverse, a function entry by entry, a determinant are replaced by their first-order expansions (for the inverse
the beginning of the Neumann series); what is a polynomial in X is multiplied out exactly.
"""

from __future__ import annotations

from nablatex.algebra.atoms import Symbol
from nablatex.algebra.binders import INDEXED, At, Derivative, directional
from nablatex.algebra.build import add, is_zero, mul, number, symbol
from nablatex.algebra.core import Add, Mul, Transpose
from nablatex.algebra.expr import Expr, NotDifferentiable
from nablatex.algebra.reductions import Trace
from nablatex.algebra.simplify import simplify
from nablatex.calculus.derivation import Stage, Worked, read_off, without_repeats
from nablatex.calculus.differentials import differential, vectorise
from nablatex.calculus.trace_trick import collect
from nablatex.calculus.unfolding import Line


def by_perturbation(formal: Expr) -> Worked:
    """The derivation of ∂f/∂X for a symbol X from f(X + hΔX).  NotDifferentiable where no rule holds."""
    if not isinstance(formal, Derivative) or not isinstance(formal.args[1], Symbol):
        raise NotDifferentiable("a perturbation is of one function by one variable")
    f, x = formal.args
    if any(e.binds and e.name not in INDEXED for e in f.walk()):
        raise NotDifferentiable("a perturbation of something that holds a derivative")
    assert isinstance(x, Symbol)
    h = _fresh_scalar(f)
    dx = Symbol((), (f"\\Delta {x.label}", x.shape, frozenset()))
    moved = add(x, mul(h, dx))
    left = At((f, moved), (x,))
    substituted = f.substitute({x: moved})
    lines = [Line(substituted, ("substitution",))]
    expanded = _expanded(f, x, h, dx)
    first = differential(f, {x: dx})
    polynomial = _is_polynomial(f, x)
    remainder = None if polynomial else h
    if not polynomial and expanded is not None:
        lines.append(Line(expanded, ("expansion to first order in h",), h))
    second = _second_order(f, x, dx) if polynomial else None
    terms = [f, *[mul(h, t) for t in _terms(first)]]
    if second is not None:
        terms.append(mul(h, h, second))
    else:
        remainder = h if polynomial and not _is_affine(f, x) else remainder
    lines.append(Line(Add(terms), ("multiplying out",) if polynomial else ("collecting powers of h",), remainder))
    stages = [Stage(f, (Line(f, ("definition",)),), defines=True), Stage(left, without_repeats(left, lines))]
    derivative = [Line(first, ("the term of first order",))]
    limit = directional(f, {x: dx})
    if f.is_scalar and not x.is_scalar:
        more, gradient = collect(first, dx, "trace")
        stages.append(Stage(limit, without_repeats(limit, [*derivative, *more]), limit=h))
        return Worked((*stages, *read_off(formal, gradient)))
    stages.append(Stage(limit, tuple(derivative), limit=h))
    closed = _closed(formal, first, dx)
    stages.append(Stage(formal, (Line(closed, ("reading off the linear map",)),)))
    return Worked(tuple(stages))


def _closed(formal: Expr, first: Expr, dx: Expr) -> Expr:
    from nablatex.algebra.build import transpose

    if dx.is_scalar:
        return simplify(first.substitute({dx: number(1)}))
    jacobian = vectorise(first, dx)
    return simplify(jacobian if formal.params[0] == "numerator" else transpose(jacobian))


def _fresh_scalar(f: Expr) -> Symbol:
    taken = {s.params[0] for s in f.free_symbols}
    return symbol(next(name for name in ("h", "t", "\\epsilon", "\\eta", "h'") if name not in taken))


def _terms(e: Expr) -> tuple[Expr, ...]:
    return e.args if isinstance(e, Add) else (e,)


POLYNOMIAL = frozenset(("add", "mul", "transpose", "trace", "hadamard", "kron", "vec", "inner", "entry", "index_sum"))


def _is_polynomial(e: Expr, x: Expr) -> bool:
    """Whether f(X + hΔ) is a polynomial in h by multiplying out alone."""
    if x not in e.free_symbols or e == x:
        return True
    return e.name in POLYNOMIAL and all(_is_polynomial(a, x) for a in e.args)


def _is_affine(f: Expr, x: Expr) -> bool:
    direction = _direction(x)
    return x not in differential(f, {x: direction}).free_symbols


def _second_order(f: Expr, x: Expr, dx: Expr) -> Expr | None:
    """The coefficient of h² where there is no term of third order, else None."""
    first = differential(f, {x: dx})
    if x not in first.free_symbols:
        return None
    second = differential(first, {x: dx})
    if x in second.free_symbols:
        return None
    half = simplify(mul(number("1/2"), second))
    return None if is_zero(half) else half


def _direction(x: Expr) -> Expr:
    return Symbol((), ("·", x.shape, frozenset()))


def _expanded(f: Expr, x: Expr, h: Expr, dx: Expr) -> Expr | None:
    """f with every outermost nonlinear operator replaced by its expansion to first order in h."""
    if x not in f.free_symbols:
        return f
    if f == x:
        return add(x, mul(h, dx))
    if isinstance(f, (Add, Mul, Transpose, Trace)):
        args = [_expanded(a, x, h, dx) for a in f.args]
        return f.rebuild([a for a in args if a is not None])
    first = differential(f, {x: dx})
    return add(f, mul(h, first))


__all__ = ["by_perturbation"]
