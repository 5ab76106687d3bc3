"""Triangular parts and sums along diagonals: what derivatives by structured matrices are written with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from nablatex.algebra.atoms import Pattern
from nablatex.algebra.build import is_zero, mul, transpose
from nablatex.algebra.core import Mul, square
from nablatex.algebra.dims import Equate, Shape
from nablatex.algebra.expr import Expr
from nablatex.algebra.spelling import Kernels, spelled
from nablatex.algebra.structure import diag, vec

if TYPE_CHECKING:
    from nablatex.algebra.evaluate import Array, Evaluator
    from nablatex.algebra.exact import ExactEvaluator, Jet


class Triangle(Expr):
    """X with the entries above (lower) or below (upper) its diagonal put to zero: params are (which,)."""

    __slots__ = ()
    name = "triangle"
    analytic = True
    rule = "linearity"
    move = "adjoint of a triangular part"
    linear = True
    code: ClassVar[Kernels] = {
        "tril": spelled("np.tril({0})", julia="tril({0})", matlab="tril({0})", sympy="{0:5}.lower_triangular()"),
        "triu": spelled("np.triu({0})", julia="triu({0})", matlab="triu({0})", sympy="{0:5}.upper_triangular()"),
    }

    @property
    def template(self) -> str:  # type: ignore[override]
        return r"\operatorname{tril}({0})" if self.params[0] == "lower" else r"\operatorname{triu}({0})"

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        square(shapes[0], "the triangular part", equate)
        return shapes[0]

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return triangle(args[0], self.params[0])

    def adjoint(self, i: int, cotangent: Expr) -> Expr:
        return triangle(cotangent, self.params[0])

    def vectorised(self, i: int) -> Expr | None:
        """The diagonal matrix that keeps the entries of one triangle."""
        return diag(vec(Mask((), (self.shape[0], self.params[0]))))

    def transposed(self) -> Expr:
        return triangle(transpose(self.args[0]), "upper" if self.params[0] == "lower" else "lower")

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        return np.asarray(np.tril(values[0]) if self.params[0] == "lower" else np.triu(values[0]))

    def exact(self, *values: Jet) -> Jet:
        import numpy as np

        keep = np.tril if self.params[0] == "lower" else np.triu
        return values[0].map(lambda v: np.where(keep(np.ones(v.shape[-2:], dtype=bool)), v, 0 * v))


def triangle(x: Expr, which: str) -> Expr:
    """The lower or the upper triangular part, diagonal included."""
    if x.is_scalar or is_zero(x):
        return x
    if isinstance(x, Triangle) and x.params[0] == which:
        return x
    if isinstance(x, Mul):
        scalars, chain = x.parts()
        if scalars:
            return mul(*scalars, triangle(mul(*chain), which))
    return Triangle((x,), (which,))


class Mask(Pattern):
    """Ones on and below (lower) or on and above (upper) the diagonal, zeros elsewhere: params are (n, which)."""

    __slots__ = ()
    name = "mask"
    analytic = True
    code: ClassVar[Kernels] = {
        "mask_lower": spelled(
            "np.tril(np.ones(({rows}, {rows})))",
            torch="torch.tril(torch.ones(({rows}, {rows}){like}))",
            julia="tril(ones({rows}, {rows}))",
            matlab="tril(ones({rows}))",
            sympy="sympy.ones({rows}, {rows}).lower_triangular()",
        ),
        "mask_upper": spelled(
            "np.triu(np.ones(({rows}, {rows})))",
            torch="torch.triu(torch.ones(({rows}, {rows}){like}))",
            julia="triu(ones({rows}, {rows}))",
            matlab="triu(ones({rows}))",
            sympy="sympy.ones({rows}, {rows}).upper_triangular()",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return (params[0], params[0])

    def transposed(self) -> Expr:
        return Mask((), (self.params[0], "upper" if self.params[1] == "lower" else "lower"))

    def evaluate(self, ev: Evaluator) -> Array:
        import numpy as np

        full = ev.full(self.shape, 1.0)
        return np.asarray(np.tril(full) if self.params[1] == "lower" else np.triu(full))


class DiagonalSums(Expr):
    """The Toeplitz matrix whose entry (i, j) is the sum of X along the diagonal through (i, j)."""

    __slots__ = ()
    name = "diagonal_sums"
    analytic = True
    rule = "linearity"
    move = "adjoint of sums along diagonals"
    linear = True
    template = r"\alpha({0})"

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        square(shapes[0], "sums along diagonals", equate)
        return shapes[0]

    def adjoint(self, i: int, cotangent: Expr) -> Expr:
        return DiagonalSums((cotangent,))

    def vectorised(self, i: int) -> Expr | None:
        return SameDiagonal((), (self.shape[0],))

    def transposed(self) -> Expr:
        return DiagonalSums((transpose(self.args[0]),))

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        n = len(values[0])
        return np.array([[np.trace(values[0], j - i) for j in range(n)] for i in range(n)])

    def exact_value(self, ev: ExactEvaluator) -> Jet:
        from nablatex.algebra.structure import unvec

        n = self.shape[0]
        return ev(unvec(mul(SameDiagonal((), (n,)), vec(self.args[0])), n, n))


class SameDiagonal(Pattern):
    """The n²×n² matrix that is one where two entries of an n×n matrix stand on one diagonal: params are (n,)."""

    __slots__ = ()
    name = "same_diagonal"
    analytic = True
    code: ClassVar[Kernels] = {
        "same_diagonal": spelled(
            "1.0 * ((np.arange({rows}) % {p0} - np.arange({rows}) // {p0})[:, None] "
            "== (np.arange({rows}) % {p0} - np.arange({rows}) // {p0})[None, :])",
            torch="torch.eq((torch.arange({rows}) % {p0} - torch.arange({rows}) // {p0})[:, None], "
            "(torch.arange({rows}) % {p0} - torch.arange({rows}) // {p0})[None, :]).double()",
            julia="[1.0 * (a % {p0} - a ÷ {p0} == b % {p0} - b ÷ {p0}) for a in 0:({p0}^2 - 1), b in 0:({p0}^2 - 1)]",
            matlab="double((mod(0:{p0}^2 - 1, {p0}) - floor((0:{p0}^2 - 1) / {p0})).' "
            "== mod(0:{p0}^2 - 1, {p0}) - floor((0:{p0}^2 - 1) / {p0}))",
        )
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        n = params[0]
        return (n * n, n * n)

    def transposed(self) -> Expr:
        return self

    def evaluate(self, ev: Evaluator) -> Array:
        import numpy as np

        n = ev.size(self.params[0])
        k = np.arange(n * n)
        line = k % n - k // n
        return np.asarray((line[:, None] == line[None, :]) * 1.0)


__all__ = ["DiagonalSums", "Mask", "SameDiagonal", "Triangle", "triangle"]
