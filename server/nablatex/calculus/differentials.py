"""The differential of an expression, and the linear map turned round.

The differential is built by one rule for each operator (Magnus & Neudecker, chapters 8 and 9).  A gradient is
the differential's adjoint: cotangents are pulled from the value back to the variable, node by node.
"""

from __future__ import annotations

from collections.abc import Mapping

from nablatex.algebra.atoms import Symbol
from nablatex.algebra.binders import Accumulating, Summing
from nablatex.algebra.build import add, identity, mul, number, zero
from nablatex.algebra.expr import Expr, NotDifferentiable


def differential(f: Expr, tangents: Mapping[Expr, Expr]) -> Expr:
    """df for dX = tangents[X]; every other symbol is constant.  Shape of f.  NotDifferentiable where no rule holds."""
    memo: dict[Expr, Expr | None] = {}
    moving = frozenset(tangents)
    taken = frozenset[Expr]().union(*[t.free_symbols for t in tangents.values()])

    def d(e: Expr) -> Expr | None:
        if not e.free_symbols & moving:
            return None
        if e in memo:
            return memo[e]
        if isinstance(e, Accumulating) and not taken.isdisjoint(e.params):  # the i of e_i is not the i of a sum
            return d(e.apart(taken))
        if isinstance(e, Symbol):
            out: Expr | None = tangents[e]
        else:
            if e.binds and not isinstance(e, Accumulating):
                raise NotDifferentiable(f"{e.name} has to be worked out before it is differentiated")
            out = e.differential([d(a) for a in e.args])
        memo[e] = out
        return out

    out = d(f)
    return zero(f.shape) if out is None else out


def pull(linear: Expr, tangent: Expr, cotangent: Expr) -> Expr:
    """For an expression linear in `tangent`: the G' with <cotangent, linear> = <G', tangent>."""
    if linear == tangent:
        return cotangent
    parts: list[Expr] = []
    for i, a in enumerate(linear.args):
        if tangent in a.free_symbols:
            if isinstance(linear, Summing):
                whole = linear.apart(cotangent.free_symbols)
                if whole is not linear:
                    return pull(whole, tangent, cotangent)
                parts.append(linear.over(pull(a, tangent, cotangent)))
            elif not linear.linear and not _linear_in(linear, i):
                raise NotDifferentiable(f"{linear.name} is not linear in its differential")
            else:
                parts.append(pull(a, tangent, linear.adjoint(i, cotangent)))
    return add(*parts) if parts else zero(tangent.shape)


def _linear_in(e: Expr, i: int) -> bool:
    """Operators such as entry and blocks are linear in one argument; their adjoint says so by existing."""
    return type(e).adjoint is not Expr.adjoint


def gradient(f: Expr, x: Symbol) -> Expr:
    """∇_x f of a scalar f, in the shape of x, by reverse accumulation: time in the size of the result."""
    return pullback(f, x, number(1))


def pullback(f: Expr, x: Symbol, cotangent: Expr) -> Expr:
    """The G with <cotangent, df> = <G, dx>."""
    if x not in f.free_symbols:
        return zero(x.shape)
    order: list[Expr] = []
    seen: set[Expr] = set()

    def visit(e: Expr) -> None:
        if e in seen or x not in e.free_symbols:
            return
        seen.add(e)
        for a in reversed(e.args[1:] if isinstance(e, Accumulating) else () if e.binds else e.args):
            visit(a)
        order.append(e)

    visit(f)  # from the right, so that terms come out in the order in which the author wrote theirs
    waiting: dict[Expr, list[Expr]] = {f: [cotangent]}
    found: list[Expr] = []
    for e in reversed(order):
        given = waiting.pop(e, None)
        if given is None:
            continue
        g = add(*given)
        if e == x:
            found.append(g)
            continue
        if isinstance(e, Accumulating):
            whole = e.apart(g.free_symbols)
            assert isinstance(whole, Accumulating)
            found.append(whole.over(pullback(whole.args[0], x, whole.inside(g))))
            for i, bound in enumerate(e.args[1:], 1):
                if x in bound.free_symbols:
                    waiting.setdefault(bound, []).append(_back(e, i, g))
            continue
        if e.binds:
            raise NotDifferentiable(f"{e.name} has to be worked out before it is differentiated")
        for i, a in enumerate(e.args):
            if x in a.free_symbols:
                waiting.setdefault(a, []).append(_back(e, i, g))
    return add(*found) if found else zero(x.shape)


def _back(e: Expr, i: int, g: Expr) -> Expr:
    """Cotangent of argument i of e from the cotangent of e."""
    if e.linear and not e.binds:
        return e.adjoint(i, g)
    a = e.args[i]
    tangent = Symbol((), ("d·", a.shape, frozenset()))
    local = e.differential([tangent if k == i else None for k in range(len(e.args))])
    return zero(a.shape) if local is None else pull(local, tangent, g)


def jacobian(f: Expr, x: Symbol) -> Expr:
    """d vec f / d (vec x)^T, column-major: pq×mn, by vec(A dX B) = (B^T ⊗ A) vec dX."""
    tangent = Symbol((), ("d·", x.shape, frozenset()))
    return vectorise(differential(f, {x: tangent}), tangent)


def vectorise(linear: Expr, tangent: Expr) -> Expr:
    """The matrix J with vec(linear) = J vec(tangent)."""
    size = tangent.shape[0] * tangent.shape[1]
    if linear == tangent:
        return identity(size)
    parts: list[Expr] = []
    for i, a in enumerate(linear.args):
        if tangent in a.free_symbols:
            inner = vectorise(a, tangent)
            if isinstance(linear, Summing):
                parts.append(linear.over(inner))
                continue
            outer = linear.vectorised(i)
            parts.append(inner if outer is None else mul(outer, inner))
    return add(*parts) if parts else zero((linear.shape[0] * linear.shape[1], size))
