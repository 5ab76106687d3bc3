"""Norms by singular values: nuclear and spectral, with the matrices that are their derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from nablatex.algebra.build import is_zero, mul, number, ones, power, transpose
from nablatex.algebra.core import Transpose
from nablatex.algebra.dims import ONE, SCALAR, Equate, Shape
from nablatex.algebra.elementwise import elementwise, hadamard_power
from nablatex.algebra.expr import Expr, NotDifferentiable
from nablatex.algebra.reductions import inner, norm
from nablatex.algebra.spelling import Kernels, spelled

if TYPE_CHECKING:
    from nablatex.algebra.evaluate import Array

GAP = 1e-9


class PolarFactor(Expr):
    """U V^T of the singular value decomposition of a full-rank X: X (X^T X)^{-1/2} where X has full column rank."""

    __slots__ = ()
    name = "polar_factor"
    rule = "differential of the polar factor"
    code: ClassVar[Kernels] = {
        "polar_factor": spelled(
            "(lambda s: s[0] @ s[2])(np.linalg.svd({0}, full_matrices=False))",
            julia="(s -> s.U * s.Vt)(svd({0}))",
            matlab="polar_factor_({0})",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return shapes[0]

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return PolarFactor(args)

    def transposed(self) -> Expr:
        return PolarFactor((transpose(self.args[0]),)) if isinstance(self.args[0], Transpose) else Transpose((self,))

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        if tangents[0] is None:
            return None
        raise NotDifferentiable("the second derivative of a nuclear norm has no usual closed form")

    def written(self) -> Expr:
        """X ((X^T X)^{1/2})^+, in operators that texts know; right for every full-rank shape."""
        from nablatex.algebra.pinv import PseudoInverse

        x = self.args[0]
        return mul(x, PseudoInverse((power(mul(transpose(x), x), number("1/2")),)))

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        u, s, vt = np.linalg.svd(values[0], full_matrices=False)
        if s[-1] <= GAP * s[0]:
            raise FloatingPointError("the polar factor of a matrix that has not full rank")
        return np.asarray(u @ vt)


class LeadingPair(Expr):
    """u_1 v_1^T for the largest singular value, where that is simple."""

    __slots__ = ()
    name = "leading_pair"
    rule = "differential of the leading singular pair"
    code: ClassVar[Kernels] = {
        "leading_pair": spelled(
            "(lambda s: s[0][:, :1] @ s[2][:1])(np.linalg.svd({0}, full_matrices=False))",
            julia="(s -> s.U[:, 1] * s.Vt[1, :]')(svd({0}))",
            matlab="leading_pair_({0})",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return shapes[0]

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return LeadingPair(args)

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        if tangents[0] is None:
            return None
        raise NotDifferentiable("the second derivative of a spectral norm has no usual closed form")

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        u, s, vt = np.linalg.svd(values[0])
        if len(s) > 1 and s[0] - s[1] <= GAP * s[0]:
            raise FloatingPointError("the largest singular value is not simple")
        return np.asarray(u[:, :1] @ vt[:1])


class NuclearNorm(Expr):
    """Sum of the singular values."""

    __slots__ = ()
    name = "nuclear_norm"
    proviso = "where {0} has full rank"
    rule = "differential of the nuclear norm"
    template = r"\|{0}\|_*"
    code: ClassVar[Kernels] = {
        "nuclear_norm": spelled(
            "np.linalg.norm({0}, 'nuc')",
            julia="sum(svdvals({0}))",
            matlab="sum(svd({0}))",
            sympy="sum({0:5}.singular_values())",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return SCALAR

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return nuclear_norm(args[0])

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        """d‖X‖_* = <U V^T, dX>, for X of full rank (Watson 1992)."""
        return None if tangents[0] is None else inner(PolarFactor(self.args), tangents[0])

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        return np.array([[np.linalg.svd(values[0], compute_uv=False).sum()]])


def nuclear_norm(x: Expr) -> Expr:
    if is_zero(x):
        return number(0)
    if ONE in x.shape:
        return norm(x)
    return NuclearNorm((x.args[0] if isinstance(x, Transpose) else x,))


class SpectralNorm(Expr):
    """The largest singular value."""

    __slots__ = ()
    name = "spectral_norm"
    proviso = "where the largest singular value of {0} is simple, u_1 and v_1 being its unit singular vectors"
    rule = "differential of the largest singular value"
    template = r"\|{0}\|_2"
    code: ClassVar[Kernels] = {
        "spectral_norm": spelled(
            "np.linalg.norm({0}, 2)",
            julia="opnorm({0})",
            matlab="norm({0})",
            sympy="sympy.Max(*{0:5}.singular_values())",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return SCALAR

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return spectral_norm(args[0])

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        """d‖X‖_2 = u_1^T dX v_1, where the largest singular value is simple (Magnus & Neudecker 8.8)."""
        return None if tangents[0] is None else inner(LeadingPair(self.args), tangents[0])

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        return np.array([[np.linalg.norm(values[0], 2)]])


def spectral_norm(x: Expr) -> Expr:
    if is_zero(x):
        return number(0)
    if ONE in x.shape:
        return norm(x)
    return SpectralNorm((x.args[0] if isinstance(x, Transpose) else x,))


def p_norm(x: Expr, p: Expr) -> Expr:
    """(sum_i |x_i|^p)^{1/p} of a vector, spelled out in operators that have their rules."""
    column = x if x.shape[1] == ONE else transpose(x)
    total = mul(transpose(ones(*column.shape)), hadamard_power(elementwise("abs", column), p))
    return power(total, power(p, number(-1)))


__all__ = ["nuclear_norm", "p_norm", "spectral_norm"]
