"""Components: a function as sums of products of entries, and its derivative by an entry of the variable.

∂X_{kl}/∂X_{ij} = δ_{ki} δ_{lj} (Matrix Cookbook 32); the deltas are summed away, and the entries that are left are
collected into matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nablatex.algebra.atoms import Ones, Symbol
from nablatex.algebra.binders import Derivative, IndexSum, index_sum
from nablatex.algebra.build import add, mul, number, power, transpose, unit_vector, zero
from nablatex.algebra.core import Add, Mul, Power, Transpose
from nablatex.algebra.dims import ONE, SCALAR
from nablatex.algebra.elementwise import Elementwise, Hadamard, HadamardPower
from nablatex.algebra.expr import Expr, NotDifferentiable
from nablatex.algebra.indices import Delta, Entry, delta, entry
from nablatex.algebra.ops import size_of
from nablatex.algebra.reductions import Inner, Norm, Trace
from nablatex.algebra.simplify import simplify
from nablatex.calculus.derivation import Stage, Worked, read_off, reading_off, without_repeats
from nablatex.calculus.derivatives import derivative
from nablatex.calculus.unfolding import Line

LETTERS = "klpqrsuvwijmn"


class Indices:
    """Letters for indices that nothing in an expression uses."""

    def __init__(self, *avoid: Expr) -> None:
        taken = {c for e in avoid for s in e.free_symbols for c in str(s.params[0])}
        taken |= {c for e in avoid for n in e.walk() for d in n.shape for c in str(d)}
        self.free: Iterator[str] = iter([c for c in LETTERS if c not in taken])
        self.outer = [c for c in ("i", "j", "p", "q") if c not in taken][:2]

    def fresh(self) -> Symbol:
        name = next((c for c in self.free if c not in self.outer), None)
        if name is None:
            raise NotDifferentiable("there are not enough letters for the indices")
        return index(name)


def index(name: str) -> Symbol:
    return Symbol((), (name, SCALAR, frozenset(("index", "integer"))))


def by_components(formal: Expr) -> Worked:
    """The derivation of ∂f/∂X by its entries, for a scalar f, or a vector f of a vector.  NotDifferentiable else."""
    if not isinstance(formal, Derivative) or not isinstance(formal.args[1], Symbol):
        raise NotDifferentiable("components are for one function and one variable")
    f, x = formal.args
    assert isinstance(x, Symbol)
    if any(e.binds and e.name != "index_sum" for e in f.walk()):
        raise NotDifferentiable("components of something that holds a derivative")
    names = Indices(f, x)
    if len(names.outer) < 2 or x.is_scalar:
        raise NotDifferentiable("there is nothing to take components of")
    i, j = (index(n) for n in names.outer)
    if f.is_scalar:
        return _of_scalar(formal, f, x, i, j, names)
    if f.shape[1] == ONE and x.shape[1] == ONE:
        return _of_vector(formal, f, x, i, j, names)
    raise NotDifferentiable("the components of such a derivative have four indices: choose another style")


def _of_scalar(formal: Derivative, f: Expr, x: Symbol, i: Symbol, j: Symbol, names: Indices) -> Worked:
    column = x.shape[1] == ONE
    at = Entry((x, i, number(1) if column else j))
    written = scalar(f, names)
    stages = [Stage(f, without_repeats(f, [Line(written, ("in components",))]))]
    whole = simplify(derivative(f, x))
    slope = _slope(written, x, i, number(1) if column else j)
    left = Derivative((f, at), ("denominator",))
    lines = [Line(slope, ("differentiation by an entry",)), Line(contracted(slope), ("summing the deltas away",))]
    lines.append(Line(Entry((whole, *at.args[1:])), ("collecting into matrices",)))
    stages.append(Stage(left, without_repeats(left, lines)))
    return Worked((*[s for s in stages if s.lines], *read_off(formal, whole)))


def _of_vector(formal: Derivative, f: Expr, x: Symbol, i: Symbol, j: Symbol, names: Indices) -> Worked:
    first = Entry((f, i, number(1)))
    written = component(f, i, number(1), names)
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


def component(e: Expr, i: Expr, j: Expr, names: Indices) -> Expr:
    """e_ij in entries of the leaves; an operator that has no components is left as it is."""
    if e.is_scalar:
        return scalar(e, names)
    if isinstance(e, Add):
        return add(*[component(a, i, j, names) for a in e.args])
    if isinstance(e, Transpose):
        return component(e.args[0], j, i, names)
    if isinstance(e, Mul):
        scalars, chain = e.parts()
        return mul(*[scalar(s, names) for s in scalars], _product(chain, i, j, names))
    if isinstance(e, Hadamard):
        return mul(*[component(a, i, j, names) for a in e.args])
    if isinstance(e, Elementwise):
        return e.rebuild((component(e.args[0], i, j, names),))
    if isinstance(e, HadamardPower):
        return power(component(e.args[0], i, j, names), e.args[1])
    return number(1) if isinstance(e, Ones) else entry(e, i, j)


def scalar(e: Expr, names: Indices) -> Expr:
    """A scalar expression in entries of its leaves."""
    if isinstance(e, Add):
        return add(*[scalar(a, names) for a in e.args])
    if isinstance(e, Mul):
        scalars, chain = e.parts()
        if not chain:
            return mul(*[scalar(s, names) for s in scalars])
        return mul(*[scalar(s, names) for s in scalars], _product(chain, number(1), number(1), names))
    if isinstance(e, Trace):
        k = names.fresh()
        return index_sum(component(e.args[0], k, k, names), k, number(1), size_of(e.args[0].shape[0]))
    if isinstance(e, Inner):
        return _summed(lambda k, m: mul(*[component(a, k, m, names) for a in e.args]), e.args[0], names)
    if isinstance(e, Power) and isinstance(e.args[0], Norm) and e.args[1] == number(2):
        x = e.args[0].args[0]
        return _summed(lambda k, m: power(component(x, k, m, names), number(2)), x, names)
    if isinstance(e, (Power, Elementwise)):
        return e.rebuild([scalar(a, names) for a in e.args])
    return e


def _summed(body: Callable[[Expr, Expr], Expr], x: Expr, names: Indices) -> Expr:
    """The sum of body over all entries of something of the shape of x."""
    rows, columns = x.shape
    k = names.fresh() if rows != ONE else number(1)
    m = names.fresh() if columns != ONE else number(1)
    out = body(k, m)
    for at, size in ((m, columns), (k, rows)):
        if isinstance(at, Symbol):
            out = index_sum(out, at, number(1), size_of(size))
    return out


def _product(chain: tuple[Expr, ...], i: Expr, j: Expr, names: Indices) -> Expr:
    """(ABC)_ij = sum_kl A_ik B_kl C_lj; inner dimensions of one are not summed over."""
    places: list[Expr] = [i]
    sums: list[tuple[Symbol, Expr]] = []
    for a in chain[:-1]:
        if a.shape[1] == ONE:
            places.append(number(1))
        else:
            k = names.fresh()
            places.append(k)
            sums.append((k, size_of(a.shape[1])))
    places.append(j)
    out = mul(*[component(a, places[m], places[m + 1], names) for m, a in enumerate(chain)])
    for k, size in reversed(sums):
        out = index_sum(out, k, number(1), size)
    return out


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
        from nablatex.calculus.differentials import differential

        ij = mul(unit_vector(i, x.shape[0]), transpose(unit_vector(j, x.shape[1])) if x.shape[1] != ONE else number(1))
        return differential(e, {x: ij})
    out = e.differential([_slope(a, x, i, j) if x in a.free_symbols else None for a in e.args])
    return zero(SCALAR) if out is None else out


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


__all__ = ["by_components", "component", "contracted", "scalar"]
