"""Components: a function as sums of products of entries, and its derivative by an entry of the variable.

∂X_{kl}/∂X_{ij} = δ_{ki} δ_{lj} (Matrix Cookbook 32); the deltas are summed away, and the entries that are left are
collected into matrices.
"""

from __future__ import annotations

from nablatex.algebra.atoms import Symbol, UnitVector
from nablatex.algebra.binders import Derivative, IndexSum, index_sum
from nablatex.algebra.build import add, mul, number, transpose, unit_vector, zero
from nablatex.algebra.components import Indices
from nablatex.algebra.core import Add, Mul, Transpose
from nablatex.algebra.dims import ONE, SCALAR
from nablatex.algebra.expr import Expr, NotDifferentiable
from nablatex.algebra.indices import Delta, Entry, delta, entry
from nablatex.algebra.simplify import simplify
from nablatex.calculus.derivation import Stage, Worked, read_off, reading_off, without_repeats
from nablatex.calculus.derivatives import derivative
from nablatex.calculus.differentials import differential
from nablatex.calculus.unfolding import Line


def by_components(formal: Expr) -> Worked:
    """The derivation of ∂f/∂X by its entries, for a scalar f, or a vector f of a vector.  NotDifferentiable else."""
    if not isinstance(formal, Derivative) or not isinstance(formal.args[1], Symbol):
        raise NotDifferentiable("components are for one function and one variable")
    f, x = formal.args
    assert isinstance(x, Symbol)
    if any(e.binds and e.name != "index_sum" for e in f.walk()):
        raise NotDifferentiable("components of something that holds a derivative")
    if x.is_scalar:
        raise NotDifferentiable("there is nothing to take components of")
    indices = Indices(f, x)
    if f.is_scalar:
        return _of_scalar(formal, f, x, indices)
    if f.shape[1] == ONE and x.shape[1] == ONE:
        return _of_vector(formal, f, x, indices)
    raise NotDifferentiable("the components of such a derivative have four indices: choose another style")


def _of_scalar(formal: Derivative, f: Expr, x: Symbol, indices: Indices) -> Worked:
    i, j = (indices.fresh(d) for d in x.shape)
    at = Entry((x, i, j))
    written = f.component(number(1), number(1), indices)
    stages = [Stage(f, without_repeats(f, [Line(written, ("in components",))]))]
    whole = simplify(derivative(f, x))
    slope = _slope(written, x, i, j)
    left = Derivative((f, at), ("denominator",))
    lines = [Line(slope, ("differentiation by an entry",)), Line(contracted(slope), ("summing the deltas away",))]
    lines.append(Line(Entry((whole, *at.args[1:])), ("collecting into matrices",)))
    stages.append(Stage(left, without_repeats(left, lines)))
    return Worked((*[s for s in stages if s.lines], *read_off(formal, whole)))


def _of_vector(formal: Derivative, f: Expr, x: Symbol, indices: Indices) -> Worked:
    i, j = indices.fresh(f.shape[0]), indices.fresh(x.shape[0])
    first = Entry((f, i, number(1)))
    written = f.component(i, number(1), indices)
    stages = [Stage(first, without_repeats(first, [Line(written, ("in components",))]))]
    jacobian = simplify(derivative(f, x, "numerator"))
    slope = _slope(written, x, j, number(1))
    left = Derivative((first, Entry((x, j, number(1)))), ("denominator",))
    lines = [Line(slope, ("differentiation by an entry",)), Line(contracted(slope), ("summing the deltas away",))]
    lines.append(Line(Entry((jacobian, i, j)), ("collecting into matrices",)))
    stages.append(Stage(left, without_repeats(left, lines)))
    result = jacobian if formal.params[0] == "numerator" else simplify(transpose(jacobian))
    last = Stage(formal, (Line(result, (reading_off(formal, "Jacobian"),)),))
    return Worked((*[s for s in stages if s.lines], last))


def _slope(e: Expr, x: Symbol, i: Expr, j: Expr) -> Expr:
    """∂e/∂x_ij of an expression in entries, by the rules of its scalar operators."""
    if x not in e.free_symbols:
        return zero(SCALAR)
    if isinstance(e, Entry) and e.args[0] == x:
        row = delta(e.args[1], i)
        return row if x.shape[1] == ONE else mul(row, delta(e.args[2], j))
    if isinstance(e, IndexSum):
        return e.over(_slope(e.args[0], x, i, j))
    if any(not a.is_scalar and x in a.free_symbols for a in e.args):
        ij = mul(unit_vector(i, x.shape[0]), transpose(unit_vector(j, x.shape[1])) if x.shape[1] != ONE else number(1))
        return _by_entries(differential(e, {x: ij}))
    out = e.differential([_slope(a, x, i, j) if x in a.free_symbols else None for a in e.args])
    return zero(SCALAR) if out is None else out


def _by_entries(e: Expr) -> Expr:
    """e_i^T A e_j as the entry A_ij, wherever it stands."""
    if isinstance(e, Mul) and e.is_scalar:
        scalars, chain = e.parts()
        left, right = (chain[0], chain[-1]) if len(chain) > 2 else (None, None)
        if isinstance(left, Transpose) and isinstance(left.args[0], UnitVector) and isinstance(right, UnitVector):
            return mul(*map(_by_entries, scalars), entry(mul(*chain[1:-1]), left.args[0].args[0], right.args[0]))
    return e.rebuild([_by_entries(a) for a in e.args]) if e.args and not e.binds else e


def contracted(e: Expr) -> Expr:
    """Sums over an index that a delta fixes are worked out: sum_k a_k δ_ki = a_i."""
    if not e.args:
        return e
    args = [contracted(a) for a in e.args]
    out = e if all(a is b for a, b in zip(args, e.args, strict=True)) else e.rebuild(args)
    if not isinstance(out, IndexSum):
        return out
    body = out.args[0]
    if isinstance(body, Add):
        return add(*[contracted(index_sum(t, out.index, *out.args[1:])) for t in body.args])
    factors = body.args if isinstance(body, Mul) else (body,)
    for k, a in enumerate(factors):
        if isinstance(a, Delta) and out.index in a.args:
            other = a.args[1] if a.args[0] == out.index else a.args[0]
            rest = mul(*factors[:k], *factors[k + 1 :])
            return contracted(rest.substitute({out.index: other}))
        if isinstance(a, Mul) and a.is_scalar and any(isinstance(d, Delta) and out.index in d.args for d in a.args):
            return contracted(index_sum(mul(*factors[:k], *a.args, *factors[k + 1 :]), out.index, *out.args[1:]))
    return out


__all__ = ["by_components", "contracted"]
