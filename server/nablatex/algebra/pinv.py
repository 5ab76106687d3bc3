"""The Moore-Penrose inverse, where the rank is constant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from nablatex.algebra.atoms import Symbol, _Sized
from nablatex.algebra.build import add, identity, inverse, is_zero, mul, number, transpose, zero
from nablatex.algebra.core import Transpose
from nablatex.algebra.dims import Equate, Shape
from nablatex.algebra.expr import Expr
from nablatex.algebra.spelling import Kernels, spelled

if TYPE_CHECKING:
    from nablatex.algebra.evaluate import Array
    from nablatex.algebra.exact import Jet

RANK_TOLERANCE = 1e-10


class PseudoInverse(Expr):
    """X^+ of an m×n matrix; the differential holds where the rank does not change (full rank is enough)."""

    __slots__ = ()
    name = "pinv"
    rule = "differential of the pseudo-inverse (constant rank)"
    spellings = ("pinv",)
    code: ClassVar[Kernels] = {
        "pinv": spelled("np.linalg.pinv({0})", julia="pinv({0})", matlab="pinv({0})", sympy="{0:5}.pinv()"),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return (shapes[0][1], shapes[0][0])

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return pinv(args[0])

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        """Golub & Pereyra 1973; Magnus & Neudecker 8.5, theorem 5, for constant rank.

        dX^+ = -X^+ dX X^+ + X^+ X^{+T} dX^T (I - X X^+) + (I - X^+ X) dX^T X^{+T} X^+.
        """
        dx = tangents[0]
        if dx is None:
            return None
        x = self.args[0]
        m, n = x.shape
        minus = number(-1)
        turned = transpose(dx)
        terms = [
            mul(minus, self, dx, self),
            mul(self, transpose(self), turned, add(identity(m), mul(minus, x, self))),
        ]
        if not (isinstance(x, Symbol) and x.has("full-column-rank")):
            terms.append(mul(add(identity(n), mul(minus, self, x)), turned, transpose(self), self))
        return add(*terms)

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        x = values[0]
        spectrum = np.linalg.svd(x, compute_uv=False)
        if spectrum[-1] < RANK_TOLERANCE * spectrum[0]:
            raise FloatingPointError("the pseudo-inverse of a matrix that has not full rank is not continuous")
        return np.asarray(np.linalg.pinv(x))

    def exact(self, *values: Jet) -> Jet:
        """(X^T X)^{-1} X^T or X^T (X X^T)^{-1}, of full rank."""
        x = values[0]
        return (x.T @ x).inverse() @ x.T if x.shape[0] >= x.shape[1] else x.T @ (x @ x.T).inverse()


def pinv(x: Expr) -> Expr:
    """X^+: the inverse of what is known to be invertible, Q^T for orthonormal columns."""
    if is_zero(x):
        return zero((x.shape[1], x.shape[0]))
    if isinstance(x, PseudoInverse):
        return x.args[0]
    if isinstance(x, Transpose):
        return transpose(pinv(x.args[0]))
    if isinstance(x, Symbol) and x.has("orthogonal", "orthonormal-columns"):
        return transpose(x)
    if isinstance(x, Symbol) and x.has("invertible", "spd") and x.shape[0] == x.shape[1]:
        return inverse(x)
    if x.name == "identity" and isinstance(x, _Sized):
        return x
    return PseudoInverse((x,))
