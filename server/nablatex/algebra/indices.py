"""Index notation: entries, the Kronecker delta, one member of a numbered family."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from nablatex.algebra.atoms import Identity, Number, Symbol, UnitVector
from nablatex.algebra.binders import INDEXED, Summing
from nablatex.algebra.build import add, identity, is_zero, mul, number, transpose, unit_vector, zero
from nablatex.algebra.core import Add, Mul, Transpose
from nablatex.algebra.dims import ONE, SCALAR, Equate, Shape
from nablatex.algebra.expr import Expr
from nablatex.algebra.spelling import Kernels, spelled
from nablatex.algebra.structure import Vec, kron

if TYPE_CHECKING:
    from nablatex.algebra.components import Indices
    from nablatex.algebra.evaluate import Array, Evaluator
    from nablatex.algebra.exact import ExactEvaluator, Jet


class Delta(Expr):
    r"""\delta_{ij}: one where the indices are equal, zero elsewhere.  Arguments (i, j), counted from 1."""

    __slots__ = ()
    name = "delta"
    analytic = True
    code: ClassVar[Kernels] = {
        "delta": spelled(
            "2|1.0 * ({0:1} == {1:1})",
            julia="Float64({0:1} == {1:1})",
            matlab="double({0:1} == {1:1})",
            sympy="sympy.KroneckerDelta({0}, {1})",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        for s in shapes:
            equate(s[0], ONE, "an index that is not a scalar")
            equate(s[1], ONE, "an index that is not a scalar")
        return SCALAR

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return delta(args[0], args[1])

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        i, j = (round(float(np.real(v[0, 0]))) for v in values)
        return np.array([[1.0 if i == j else 0.0]])

    def exact_value(self, ev: ExactEvaluator) -> Jet:
        i, j = (ev.integer(a) for a in self.args)
        return ev.number(Fraction(int(i == j)))


def delta(i: Expr, j: Expr) -> Expr:
    """The Kronecker delta, worked out where both indices are known; its indices are kept in a fixed order."""
    if i == j:
        return number(1)
    if isinstance(i, Number) and isinstance(j, Number):
        return number(0)
    return Delta((i, j) if repr(i) <= repr(j) else (j, i))


class Member(Expr):
    """x_i of a family x_1, …, x_N of columns or matrices that are stacked: arguments (stack, i), params are the shape.

    The stack is one matrix of shape Np×q, so that a family is drawn, evaluated and differentiated as any symbol is.
    """

    __slots__ = ()
    name = "member"
    analytic = True
    rule = "linearity"
    move = "adjoint of a member"
    code: ClassVar[Kernels] = {
        "member": spelled(
            "{0:5}[({1:i}) * {p0}:({1:i}) * {p0} + {p0}]",
            julia="{0:5}[({1:2} - 1) * {p0} .+ (1:{p0})]",
            matlab="{0:n}(({1:2} - 1) * {p0} + (1:{p0}))",
            sympy="{0:5}[({1:i}) * {p0}:({1:i}) * {p0} + {p0}, :]",
        ),
        "member_matrix": spelled(
            "{0:5}[({1:i}) * {p0}:({1:i}) * {p0} + {p0}]",
            julia="{0:5}[({1:2} - 1) * {p0} .+ (1:{p0}), :]",
            matlab="{0:n}(({1:2} - 1) * {p0} + (1:{p0}), :)",
            sympy="{0:5}[({1:i}) * {p0}:({1:i}) * {p0} + {p0}, :]",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        p, q = params
        equate(shapes[0][1], q, "a member of a family of another shape")
        return (p, q)

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return member(args[0], args[1], (self.params[0], self.params[1]))

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        return None if tangents[0] is None else self.rebuild((tangents[0], self.args[1]))

    def adjoint(self, i: int, cotangent: Expr) -> Expr:
        """<G, (e_i^T ⊗ I) S> = <e_i ⊗ G, S>, where e_i has the length of the family."""
        return kron(unit_vector(self.args[1], self.count), cotangent)

    def vectorised(self, i: int) -> Expr | None:
        """vec((e_i^T ⊗ I_p) S) = (I_q ⊗ (e_i^T ⊗ I_p)) vec S."""
        p, q = self.params
        return kron(identity(q), kron(transpose(unit_vector(self.args[1], self.count)), identity(p)))

    def each(self) -> Symbol | None:
        """What is said of every member, as a symbol of its shape."""
        stack = self.args[0]
        found = stack.each() if isinstance(stack, Symbol) else None
        return found if found is not None and found.shape == self.shape else None

    def transposed(self) -> Expr:
        one = self.each()
        turned = one.transposed() if one is not None else None
        if turned is None or turned.name == "transpose":
            return super().transposed()
        return self if turned == one else mul(number(-1), self)  # symmetric or skew

    @property
    def count(self) -> Any:
        """The number of members: rows of the stack over rows of a member."""
        return quotient(self.args[0].shape[0], self.params[0])

    def evaluate(self, ev: Evaluator) -> Array:
        stack, i = ev(self.args[0]), self.args[1]
        p = ev.size(self.params[0])
        k = ev.index(i, self.count)
        return stack[k * p : (k + 1) * p]

    def exact_value(self, ev: ExactEvaluator) -> Jet:
        p = ev.size(self.params[0])
        k = ev.index(self.args[1], self.count)
        return ev(self.args[0]).map(lambda v: v[..., k * p : (k + 1) * p, :])


class Entry(Expr):
    """X_{ij}: arguments (X, i, j), indices count from 1."""

    __slots__ = ()
    name = "entry"
    analytic = True
    rule = "entry of a differential"
    move = "entry as an inner product"
    template = r"{0}_{{{1}{2}}}"
    code: ClassVar[Kernels] = {
        "entry": spelled(
            "{0:5}[{1:i}, {2:i}]",
            julia="{0:5}[{1:i}, {2:i}]",
            matlab="{0:n}({1:i}, {2:i})",
            sympy="{0:5}[{1:i}, {2:i}]",
        ),
        "vector_entry": spelled("{0:5}[{1:i}]", julia="{0:5}[{1:i}]", matlab="{0:n}({1:i})", sympy="{0:5}[{1:i}, 0]"),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        for s in shapes[1:]:
            equate(s[0], ONE, "an index that is not a scalar")
            equate(s[1], ONE, "an index that is not a scalar")
        return SCALAR

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return entry(*args)

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        return None if tangents[0] is None else entry(tangents[0], self.args[1], self.args[2])

    def component(self, i: Expr, j: Expr, indices: Indices) -> Expr:
        """(A B)_ij as the sum that it is."""
        x, r, c = self.args
        return self if isinstance(x, Symbol) else x.component(r, c, indices)

    def adjoint(self, i: int, cotangent: Expr) -> Expr:
        """<g, X_ij> = <g e_i e_j^T, X>."""
        x, r, c = self.args
        return mul(cotangent, unit_vector(r, x.shape[0]), transpose(unit_vector(c, x.shape[1])))

    def vectorised(self, i: int) -> Expr | None:
        x, r, c = self.args
        return transpose(kron(unit_vector(c, x.shape[1]), unit_vector(r, x.shape[0])))

    def evaluate(self, ev: Evaluator) -> Array:
        x, i, j = self.args
        value = ev(x)
        r, c = ev.index(i, x.shape[0]), ev.index(j, x.shape[1])
        return value[r : r + 1, c : c + 1]

    def exact_value(self, ev: ExactEvaluator) -> Jet:
        x, i, j = self.args
        r, c = ev.index(i, x.shape[0]), ev.index(j, x.shape[1])
        return ev(x).map(lambda v: v[..., r : r + 1, c : c + 1])


def entry(x: Expr, i: Expr, j: Expr) -> Expr:
    """X_ij, with scalars taken out: (X^T)_ij = X_ji, I_ij = δ_ij, (u v^T)_ij = u_i v_j, (A e_k)_i = A_ik."""
    if is_zero(x):
        return zero(SCALAR)
    if x.is_scalar:
        return x
    if isinstance(x, Transpose):
        return entry(x.args[0], j, i)
    if isinstance(x, Identity):
        return delta(i, j)
    if isinstance(x, UnitVector):
        return delta(x.args[0], i)
    if isinstance(x, Mul):
        scalars, chain = x.parts()
        for k in range(1, len(chain)):
            if chain[k].shape[0] == ONE:
                return mul(*scalars, entry(mul(*chain[:k]), i, number(1)), entry(mul(*chain[k:]), number(1), j))
        if len(chain) > 1 and isinstance(chain[-1], UnitVector):
            return mul(*scalars, entry(mul(*chain[:-1]), i, chain[-1].args[0]))
        if len(chain) > 1 and isinstance(chain[0], Transpose) and isinstance(chain[0].args[0], UnitVector):
            return mul(*scalars, entry(mul(*chain[1:]), chain[0].args[0].args[0], j))
        if scalars:
            return mul(*scalars, entry(mul(*chain), i, j))
    if isinstance(x, Add) and any(_has_units(t) for t in x.args):
        return add(*[entry(t, i, j) for t in x.args])
    return Entry((x, i, j))


def _has_units(e: Expr) -> bool:
    return any(isinstance(a, UnitVector) for a in e.walk())


def quotient(whole: Any, part: Any) -> Any:
    """N of the dimension N·p, where p divides each of its terms."""
    from nablatex.algebra.dims import Dim

    (monomial, k), *more = part.terms
    if more:
        raise ValueError(f"families of {part} rows")
    out = []
    for letters, c in whole.terms:
        rest = list(letters)
        for x in monomial:
            rest.remove(x)
        if c % k:
            raise ValueError(f"{whole} rows of which each member has {part}")
        out.append((tuple(rest), c // k))
    return Dim(tuple(out))


def member(stack: Expr, i: Expr, shape: Shape) -> Expr:
    """The i-th of the stacked columns or matrices of this shape; linear in the stack, and δ_ij M of e_j ⊗ M."""
    if stack.name == "zero":
        return zero(shape)
    if isinstance(stack, Add):
        return add(*[member(t, i, shape) for t in stack.args])
    if isinstance(stack, Summing) and stack.name in INDEXED:
        whole = stack.apart(i.free_symbols)  # the bound letter is another one
        assert isinstance(whole, Summing)
        return whole.over(member(whole.args[0], i, shape))
    if isinstance(stack, Vec) and shape == (stack.args[0].shape[0], ONE):  # the i-th part of vec X is the column X e_i
        return mul(stack.args[0], unit_vector(i, stack.args[0].shape[1]))
    scalars, chain = stack.parts() if isinstance(stack, Mul) else ((), (stack,))
    first = chain[0]
    if first.name == "kron" and isinstance(first.args[0], UnitVector) and first.args[1].shape[0] == shape[0]:
        return mul(*scalars, delta(first.args[0].args[0], i), first.args[1], *chain[1:])
    if scalars:
        return mul(*scalars, member(mul(*chain), i, shape))
    return Member((stack, i), (shape[0], shape[1]))


__all__ = ["Delta", "Entry", "Member", "delta", "entry", "member"]
