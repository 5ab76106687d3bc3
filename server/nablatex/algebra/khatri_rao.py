"""The Khatri-Rao product: Kronecker products of matching columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from nablatex.algebra.build import identity, is_zero, mul, transpose, zero
from nablatex.algebra.dims import ONE, Equate, Shape
from nablatex.algebra.expr import Expr
from nablatex.algebra.spelling import Kernels, spelled
from nablatex.algebra.structure import DiagSelection, Kron, diag, kron, unvec, vec

if TYPE_CHECKING:
    from nablatex.algebra.evaluate import Array
    from nablatex.algebra.exact import Jet


class KhatriRao(Expr):
    """Column j of the product of A (m×n) and B (p×n) is a_j ⊗ b_j: an mp×n matrix, (A ⊗ B) times a selection."""

    __slots__ = ()
    name = "khatri_rao"
    analytic = True
    rule = "product rule for the Khatri-Rao product"
    move = "adjoint of the Khatri-Rao product"
    linear = True
    code: ClassVar[Kernels] = {
        "khatri_rao": spelled(
            "np.einsum('ik,jk->ijk', {0}, {1}).reshape({rows}, {cols})",
            julia="reshape(reshape({1}, {r1}, 1, {c1}) .* reshape({0}, 1, {r0}, {c0}), {rows}, {cols})",
            matlab="reshape(reshape({1}, {r1}, 1, {c1}) .* reshape({0}, 1, {r0}, {c0}), {rows}, {cols})",
            sympy="sympy.Matrix.hstack(*[sympy.kronecker_product({0:5}[:, k], {1:5}[:, k]) for k in range({cols})])",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        (m, n), (p, q) = shapes
        equate(n, q, f"the Khatri-Rao product of matrices with {n} and {q} columns")
        return (m * p, n)

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return khatri_rao(args[0], args[1])

    def vectorised(self, i: int) -> Expr | None:
        """vec((A ⊗ B) S) = (S^T ⊗ I) vec(A ⊗ B), S^T the selection of the diagonal of an n×n matrix."""
        n = self.shape[1]
        whole = Kron(self.args).vectorised(i)
        assert whole is not None
        return mul(kron(DiagSelection((), (n,)), identity(self.shape[0])), whole)

    def adjoint(self, i: int, cotangent: Expr) -> Expr:
        whole = self.vectorised(i)
        assert whole is not None
        return unvec(mul(transpose(whole), vec(cotangent)), *self.args[i].shape)

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        a, b = values
        return np.asarray(np.einsum("ik,jk->ijk", a, b).reshape(-1, a.shape[1]))

    def exact(self, *values: Jet) -> Jet:
        return values[0].kron(values[1], columns=True)


def khatri_rao(a: Expr, b: Expr) -> Expr:
    """The column-wise Kronecker product; of columns the Kronecker product itself."""
    if a.shape[1] == b.shape[1] == ONE:
        return kron(a, b)
    if a.shape[1] == b.shape[1] and (is_zero(a) or is_zero(b)):
        return zero((a.shape[0] * b.shape[0], a.shape[1]))
    for row, other in ((a, b), (b, a)):
        if row.shape[0] == ONE:  # every column of the other times a number
            return mul(other, diag(transpose(row)))
    return KhatriRao((a, b))
