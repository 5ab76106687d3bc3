"""Half-vectorisation: vech, the duplication and the elimination matrix (Magnus and Neudecker, chapter 3, section 8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from nablatex.algebra.atoms import Pattern
from nablatex.algebra.build import add, identity, is_zero, mul, number, transpose, zero
from nablatex.algebra.core import Mul, Transpose, square
from nablatex.algebra.dims import ONE, Dim, Equate, Shape, dim, half_square
from nablatex.algebra.expr import Expr
from nablatex.algebra.spelling import Kernels, spelled
from nablatex.algebra.structure import commutation, diag, unvec, vec

if TYPE_CHECKING:
    from nablatex.algebra.evaluate import Array, Evaluator
    from nablatex.algebra.exact import ExactEvaluator, Jet


class Vech(Expr):
    """The columns of the lower triangle of a square matrix below each other."""

    __slots__ = ()
    name = "vech"
    analytic = True
    rule = "linearity"
    move = "adjoint of vech"
    linear = True
    template = r"\operatorname{vech}({0})"
    spellings = ("vech",)

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        square(shapes[0], "vech", equate)
        return (half_square(shapes[0][0]), ONE)

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return vech(args[0])

    def adjoint(self, i: int, cotangent: Expr) -> Expr:
        """vech X = L_n vec X."""
        n = self.args[0].shape[0]
        return unvec(mul(transpose(elimination(n)), cotangent), n, n)

    def vectorised(self, i: int) -> Expr | None:
        return elimination(self.args[0].shape[0])

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        x = values[0]
        rows, columns = lower_places(x.shape[0])
        return np.asarray(x[rows, columns].reshape(-1, 1))

    def exact_value(self, ev: ExactEvaluator) -> Jet:
        return ev(elimination(self.args[0].shape[0])) @ ev(vec(self.args[0]))


def lower_places(n: int) -> tuple[list[int], list[int]]:
    """Rows and columns of the lower triangle, column by column."""
    places = [(i, j) for j in range(n) for i in range(j, n)]
    return [i for i, _ in places], [j for _, j in places]


class Elimination(Pattern):
    """L_n with L_n vec X = vech X: params are (n,)."""

    __slots__ = ()
    name = "elimination"
    analytic = True
    code: ClassVar[Kernels] = {
        "elimination": spelled(
            "np.eye({p0} * {p0})[np.tril(np.ones(({p0}, {p0}))).T.reshape(-1) > 0]",
            torch="torch.eye({p0} * {p0}{like})[torch.tril(torch.ones(({p0}, {p0}))).T.reshape(-1) > 0]",
            julia="Matrix(1.0I, {p0}^2, {p0}^2)[vec(tril(ones({p0}, {p0}))) .> 0, :]",
            matlab="full(sparse(1:{rows}, find(tril(ones({p0}))), 1, {rows}, {p0}^2))",
        )
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        n: Dim = params[0]
        return (half_square(n), n * n)

    def evaluate(self, ev: Evaluator) -> Array:
        n = ev.size(self.params[0])
        out = ev.full(self.shape, 0.0)
        for k, (i, j) in enumerate(zip(*lower_places(n), strict=True)):
            out[k, j * n + i] = 1.0
        return out


class Duplication(Pattern):
    """D_n with D_n vech A = vec A for a symmetric A: params are (n,)."""

    __slots__ = ()
    name = "duplication"
    analytic = True

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        n: Dim = params[0]
        return (n * n, half_square(n))

    def evaluate(self, ev: Evaluator) -> Array:
        n = ev.size(self.params[0])
        out = ev.full(self.shape, 0.0)
        for k, (i, j) in enumerate(zip(*lower_places(n), strict=True)):
            out[j * n + i, k] = out[i * n + j, k] = 1.0
        return out


def vech(x: Expr) -> Expr:
    """vech X; of a scalar itself."""
    if x.is_scalar:
        return x
    if is_zero(x):
        return zero((half_square(x.shape[0]), ONE))
    if isinstance(x, Mul):
        scalars, chain = x.parts()
        if scalars:
            return mul(*scalars, vech(mul(*chain)))
    return Vech((x,))


def elimination(n: Dim | str | int) -> Expr:
    return identity(1) if dim(n) == ONE else Elimination((), (dim(n),))


def duplication(n: Dim | str | int) -> Expr:
    return identity(1) if dim(n) == ONE else Duplication((), (dim(n),))


def duplication_by_elimination(n: Dim) -> Expr:
    """D_n = (L_n + L_n K_nn - L_n diag(vec I))^T: both places of an entry, the diagonal once."""
    keep = elimination(n)
    return transpose(add(keep, mul(keep, commutation(n, n)), mul(number(-1), keep, diag(vec(identity(n))))))


def vech_rule(a: Expr, b: Expr) -> Expr | None:
    """L_n vec X = vech X, and D_n vech X = vec X for a symmetric X; L_n D_n = I."""
    if isinstance(a, Elimination) and b.name == "vec" and b.args[0].shape[0] == a.params[0]:
        return vech(b.args[0])
    if isinstance(a, Duplication) and isinstance(b, Vech) and transpose(b.args[0]) == b.args[0]:
        return vec(b.args[0])
    if isinstance(a, Elimination) and isinstance(b, Duplication):
        return identity(a.shape[0])
    if isinstance(a, Transpose) and isinstance(b, Transpose):
        turned = vech_rule(b.args[0], a.args[0])
        return None if turned is None else transpose(turned)
    return None


__all__ = [
    "Duplication",
    "Elimination",
    "Vech",
    "duplication",
    "duplication_by_elimination",
    "elimination",
    "vech",
    "vech_rule",
]
