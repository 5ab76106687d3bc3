"""Norms by singular values, nuclear and spectral, with the matrices that are their derivatives; p-norms of vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from nablatex.algebra.atoms import Number
from nablatex.algebra.build import add, identity, is_zero, mul, number, ones, power, transpose
from nablatex.algebra.core import Transpose
from nablatex.algebra.dims import ONE, SCALAR, Equate, Shape
from nablatex.algebra.elementwise import elementwise, hadamard, hadamard_power
from nablatex.algebra.expr import Expr, NotDifferentiable
from nablatex.algebra.reductions import Norm1, inner, norm
from nablatex.algebra.spelling import Kernels, spelled

if TYPE_CHECKING:
    from nablatex.algebra.evaluate import Array
    from nablatex.algebra.exact import ExactEvaluator, Jet

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
        """KY + YH = dX - W dX^T W for Y = dW, where K = X W^T = (X X^T)^{1/2} and H = W^T X = (X^T X)^{1/2}: in the singular
        vectors, Y_ij = (dX_ij - dX_ji) / (σ_i + σ_j), and dX_ij / σ_j beyond the rank (Higham, Functions of Matrices, 8.1)."""
        if tangents[0] is None:
            return None
        x = self.args[0]
        left, right = mul(x, transpose(self)), mul(transpose(self), x)
        turned = mul(number(-1), self, transpose(tangents[0]), self)
        from nablatex.algebra.sylvester import sylvester

        return sylvester(left, right, add(tangents[0], turned))

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


class LeadingVector(Expr):
    """u_1 or v_1, the unit singular vectors of the largest singular value where that is simple: params are (``left`` or
    ``right``,).  Both have the sign that one decomposition gives them, so that u_1 v_1^T has none to choose."""

    __slots__ = ()
    name = "leading_vector"
    rule = "differential of the leading singular vectors"
    code: ClassVar[Kernels] = {
        "leading_left_vector": spelled(
            "np.linalg.svd({0})[0][:, 0]", julia="svd({0}).U[:, 1]", matlab="leading_vector_({0}, 1)"
        ),
        "leading_right_vector": spelled(
            "np.linalg.svd({0})[2][0]", julia="svd({0}).Vt[1, :]", matlab="leading_vector_({0}, 2)"
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return (shapes[0][0 if params[0] == "left" else 1], ONE)

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return LeadingVector(args, self.params)

    @property
    def letter(self) -> str:
        return "u_1" if self.params[0] == "left" else "v_1"

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        """du_1 = (σ_1^2 I - X X^T)^+ (σ_1 dX v_1 + X dX^T u_1), and v_1 likewise (Magnus & Neudecker 8.9, for X X^T)."""
        dx = tangents[0]
        if dx is None:
            return None
        own, other = (LeadingVector(self.args, (side,)) for side in _sides(self.params[0]))
        x = self.args[0]
        if self.params[0] == "right":
            x, dx = transpose(x), transpose(dx)
        moved = add(mul(SpectralNorm(self.args), dx, other), mul(x, transpose(dx), own))
        return mul(LeadingGap(self.args, self.params), moved)

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        u, s, vt = np.linalg.svd(values[0])
        if len(s) > 1 and s[0] - s[1] <= GAP * s[0]:
            raise FloatingPointError("the largest singular value is not simple")
        return np.asarray(u[:, :1] if self.params[0] == "left" else vt[:1].T)


class LeadingGap(Expr):
    """(σ_1^2 I - X X^T)^+, or the same of X^T, where the largest singular value is simple: params as of a leading vector."""

    __slots__ = ()
    name = "leading_gap"
    rule = "differential of a gap"
    code: ClassVar[Kernels] = {
        "leading_gap": spelled(
            "np.linalg.pinv(np.linalg.norm({0}, 2)**2 * np.eye({rows}) - {0:5} @ {0:5}.T, 1e-9)",
            torch="torch.linalg.pinv(torch.linalg.norm({0}, 2)**2 * torch.eye({rows}{like}) - {0:5} @ {0:5}.T, rtol=1e-9)",
            julia="pinv(opnorm({0})^2 * I - {0:5} * {0:5}', rtol=1e-9)",
            matlab="pinv(norm({0})^2 * eye({rows}) - {0:5} * {0:5}', 1e-9)",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        n = shapes[0][0 if params[0] == "left" else 1]
        return (n, n)

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return LeadingGap(args, self.params)

    def transposed(self) -> Expr:
        return self

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        if tangents[0] is None:
            return None
        raise NotDifferentiable("the third derivative of a spectral norm has no usual closed form")

    def written(self) -> Expr:
        from nablatex.algebra.pinv import PseudoInverse

        x = self.args[0] if self.params[0] == "left" else transpose(self.args[0])
        largest = mul(power(SpectralNorm(self.args), number(2)), identity(x.shape[0]))
        return PseudoInverse((add(largest, mul(number(-1), x, transpose(x))),))

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        x = values[0] if self.params[0] == "left" else values[0].T
        u, s, _ = np.linalg.svd(x)
        if len(s) > 1 and s[0] - s[1] <= GAP * s[0]:
            raise FloatingPointError("the largest singular value is not simple")
        gaps = s[0] ** 2 - np.concatenate([s, np.zeros(len(u) - len(s))])[: len(u)] ** 2
        gaps[0] = np.inf
        return np.asarray((u / gaps) @ u.T)


def _sides(own: str) -> tuple[str, str]:
    return (own, "right" if own == "left" else "left")


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
        if tangents[0] is None:
            return None
        u, v = (LeadingVector(self.args, (side,)) for side in ("left", "right"))
        return mul(transpose(u), tangents[0], v)

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        return np.array([[np.linalg.norm(values[0], 2)]])


def spectral_norm(x: Expr) -> Expr:
    if is_zero(x):
        return number(0)
    if ONE in x.shape:
        return norm(x)
    return SpectralNorm((x.args[0] if isinstance(x, Transpose) else x,))


class PNorm(Expr):
    """(sum_i |x_i|^p)^{1/p} of a column: arguments (x, p)."""

    __slots__ = ()
    name = "p_norm"
    rule = "differential of a p-norm"
    code: ClassVar[Kernels] = {
        "p_norm": spelled(
            "np.linalg.norm({0}, {1})",
            torch="torch.linalg.vector_norm({0}, float({1}))",
            julia="norm({0}, {1})",
            matlab="norm({0}, {1})",
            sympy="{0:5}.norm({1})",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        equate(shapes[0][1], ONE, "a p-norm of something that is no column")
        for d in shapes[1]:
            equate(d, ONE, "a p-norm whose p is no number")
        return SCALAR

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return p_norm(args[0], args[1])

    @property
    def proviso(self) -> str:  # type: ignore[override]
        p = self.args[1]
        return "" if isinstance(p, Number) and p.value > 1 else "where no entry of {0} is zero"

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        """d‖x‖_p = ‖x‖_p^{1-p} (sign x ⊙ |x|^{⊙(p-1)})^T dx."""
        x, p = self.args
        if tangents[1] is not None:
            raise NotDifferentiable("the derivative of a p-norm by p")
        if tangents[0] is None:
            return None
        less = add(p, number(-1))
        slope = hadamard(elementwise("sign", x), hadamard_power(elementwise("abs", x), less))
        return mul(power(self, add(number(1), mul(number(-1), p))), inner(slope, tangents[0]))

    def written(self) -> Expr:
        """In operators that have exact values."""
        x, p = self.args
        return power(mul(transpose(ones(*x.shape)), hadamard_power(elementwise("abs", x), p)), power(p, number(-1)))

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        x, p = np.abs(values[0]), float(np.real(values[1][0, 0]))
        if p <= 0:
            raise FloatingPointError("a p-norm with p that is not positive")
        return np.array([[np.sum(x**p) ** (1 / p)]])

    def exact_value(self, ev: ExactEvaluator) -> Jet:
        return ev(self.written())


def p_norm(x: Expr, p: Expr) -> Expr:
    """‖x‖_p of a column or a row; the Euclidean norm for p = 2, the sum of moduli for p = 1."""
    if x.is_scalar:
        return elementwise("abs", x)
    column = x if x.shape[1] == ONE else transpose(x)
    if isinstance(p, Number) and p.value == 2:
        return norm(column)
    if isinstance(p, Number) and p.value == 1:
        return Norm1((column,))
    return number(0) if is_zero(column) else PNorm((column, p))


__all__ = ["nuclear_norm", "p_norm", "spectral_norm"]
