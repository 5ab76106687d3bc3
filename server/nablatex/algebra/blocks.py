"""Matrices made of parts, and parts of matrices: explicit arrays of entries or blocks, submatrices, zero padding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from nablatex.algebra.atoms import Pattern
from nablatex.algebra.build import is_zero, mul, transpose, zero
from nablatex.algebra.core import Mul, Transpose
from nablatex.algebra.dims import Dim, Equate, Shape, dim, shape_text
from nablatex.algebra.expr import Expr
from nablatex.algebra.spelling import Kernels, spelled
from nablatex.algebra.structure import kron

if TYPE_CHECKING:
    from nablatex.algebra.evaluate import Array, Evaluator
    from nablatex.algebra.exact import ExactEvaluator, Jet


class Blocks(Expr):
    """An explicit matrix of scalars or blocks, row by row: params are (rows, columns) of the array of blocks."""

    __slots__ = ()
    name = "blocks"
    analytic = True
    rule = "block by block"
    move = "block by block"
    code: ClassVar[Kernels] = {
        "grid": spelled(  # of numbers, row by row
            "np.array([{*}]).reshape({rows}, {cols})",
            torch="torch.stack([{*}]).reshape({rows}, {cols})",
            julia="permutedims(reshape([{*}], {cols}, {rows}))",
            matlab="reshape([{*}], {cols}, {rows})'",
            sympy="sympy.Matrix({rows}, {cols}, [{*}])",
        ),
        "beside": spelled("np.hstack([{*}])", julia="hcat({*})", matlab="[{*}]", sympy="sympy.Matrix.hstack({*})"),
        "above": spelled("np.vstack([{*}])", julia="vcat({*})", matlab="[{*;}]", sympy="sympy.Matrix.vstack({*})"),
        "as_matrix": spelled(
            "np.reshape({0}, (1, 1))", julia="fill({0}, 1, 1)", matlab="{0:5}", sympy="sympy.Matrix([[{0}]])"
        ),
        "flatten": spelled("{0:5}.reshape(-1)", julia="vec({0})", matlab="reshape({0}, [], 1)", sympy="{0:5}.vec()"),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        rows, cols = params
        grid = [shapes[r * cols : (r + 1) * cols] for r in range(rows)]
        for r in range(rows):
            for s in grid[r]:
                equate(grid[r][0][0], s[0], f"blocks of {shape_text(grid[r][0])} and {shape_text(s)} in one row")
        for c in range(cols):
            for r in range(rows):
                why = f"blocks of {shape_text(grid[0][c])} and {shape_text(grid[r][c])} in one column"
                equate(grid[0][c][1], grid[r][c][1], why)
        height, width = dim(0), dim(0)
        for r in range(rows):
            height = height + grid[r][0][0]
        for c in range(cols):
            width = width + grid[0][c][1]
        return (height, width)

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        if all(t is None for t in tangents):
            return None
        return Blocks(
            [zero(a.shape) if t is None else t for a, t in zip(self.args, tangents, strict=True)], self.params
        )

    def adjoint(self, i: int, cotangent: Expr) -> Expr:
        row, col = self._place(i)
        height, width = self.args[i].shape
        return submatrix(cotangent, row, height, col, width)

    def vectorised(self, i: int) -> Expr | None:
        row, col = self._place(i)
        left = Selection((), (row, self.args[i].shape[0], self.shape[0]))
        right = Selection((), (col, self.args[i].shape[1], self.shape[1]))
        return kron(transpose(right), transpose(left))

    def _place(self, i: int) -> tuple[Dim, Dim]:
        cols = self.params[1]
        r, c = divmod(i, cols)
        top, left = dim(0), dim(0)
        for k in range(r):
            top = top + self.args[k * cols].shape[0]
        for k in range(c):
            left = left + self.args[k].shape[1]
        return top, left

    def transposed(self) -> Expr:
        rows, cols = self.params
        return Blocks([transpose(self.args[r * cols + c]) for c in range(cols) for r in range(rows)], (cols, rows))

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        rows, cols = self.params
        return np.block([[values[r * cols + c] for c in range(cols)] for r in range(rows)])

    def exact(self, *values: Jet) -> Jet:
        from nablatex.algebra.exact import beside

        rows, cols = self.params
        return beside([beside(values[r * cols : (r + 1) * cols], -1) for r in range(rows)], -2)


class Selection(Pattern):
    """[0 I 0]: the k×n matrix that takes rows first+1 .. first+k: params are (first, k, n)."""

    __slots__ = ()
    name = "selection"
    analytic = True
    rule = "linearity"
    move = "adjoint of a selection"
    code: ClassVar[Kernels] = {
        "selection": spelled(
            "np.eye({cols})[{p0}:{p0} + {p1}]",
            torch="torch.eye({cols}{like})[{p0}:{p0} + {p1}]",
            julia="Matrix(1.0I, {cols}, {cols})[({p0} + 1):({p0} + {p1}), :]",
            matlab="[zeros({p1}, {p0}), eye({p1}), zeros({p1}, {cols} - {p0} - {p1})]",
            sympy="sympy.eye({cols})[{p0}:{p0} + {p1}, :]",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return (params[1], params[2])

    def evaluate(self, ev: Evaluator) -> Array:
        import numpy as np

        first, k, n = (ev.size(d) for d in self.params)
        if first + k > n:
            from nablatex.algebra.evaluate import Unvaluable

            raise Unvaluable("a selection of more rows than there are")
        return np.eye(n)[first : first + k]


def matrix_literal(rows: Sequence[Sequence[Expr]]) -> Expr:
    """An explicit matrix from rows of equal length (scalars or blocks)."""
    if len(rows) == 1 and len(rows[0]) == 1:
        return rows[0][0]
    return Blocks([x for row in rows for x in row], (len(rows), len(rows[0])))


class Submatrix(Expr):
    r"""Rows r+1..r+p and columns c+1..c+q of X: params are (r, p, c, q); X_{p \times q} where r = c = 0."""

    __slots__ = ()
    name = "submatrix"
    analytic = True
    rule = "linearity"
    move = "adjoint of a part"
    linear = True
    code: ClassVar[Kernels] = {
        "part": spelled(  # of a vector
            "{0:5}[{p0}:{p0} + {p1}]",
            julia="{0:5}[({p0} + 1):({p0} + {p1})]",
            matlab="{0:n}({p0} + 1:{p0} + {p1})",
            sympy="{0:5}[{p0}:{p0} + {p1}, :]",
        ),
        "submatrix": spelled(
            "{0:5}[{p0}:{p0} + {p1}, {p2}:{p2} + {p3}]",
            julia="{0:5}[({p0} + 1):({p0} + {p1}), ({p2} + 1):({p2} + {p3})]",
            matlab="{0:n}({p0} + 1:{p0} + {p1}, {p2} + 1:{p2} + {p3})",
            sympy="{0:5}[{p0}:{p0} + {p1}, {p2}:{p2} + {p3}]",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return (params[1], params[3])

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return submatrix(args[0], *self.params)

    def adjoint(self, i: int, cotangent: Expr) -> Expr:
        r, _, c, _ = self.params
        m, n = self.args[0].shape
        return pad(cotangent, r, m, c, n)

    def vectorised(self, i: int) -> Expr | None:
        r, p, c, q = self.params
        m, n = self.args[0].shape
        return kron(Selection((), (c, q, n)), Selection((), (r, p, m)))

    def transposed(self) -> Expr:
        r, p, c, q = self.params
        return (
            submatrix(self.args[0].args[0], c, q, r, p) if isinstance(self.args[0], Transpose) else Transpose((self,))
        )

    def evaluate(self, ev: Evaluator) -> Array:
        import numpy as np

        from nablatex.algebra.evaluate import Unvaluable

        r, p, c, q = (ev.size(d) for d in self.params)
        value = ev(self.args[0])
        if r + p > value.shape[0] or c + q > value.shape[1]:
            raise Unvaluable("a part that is larger than the matrix")
        return np.asarray(value[r : r + p, c : c + q])

    def exact_value(self, ev: ExactEvaluator) -> Jet:
        from nablatex.algebra.fields import NotExact

        r, p, c, q = (ev.size(d) for d in self.params)
        value = ev(self.args[0])
        if r + p > value.shape[0] or c + q > value.shape[1]:
            raise NotExact("a part that is larger than the matrix")
        return value.map(lambda v: v[..., r : r + p, c : c + q])


class Pad(Expr):
    """The m×n matrix of zeros but for the argument, which stands behind r rows and c columns: params are (r, m, c, n)."""

    __slots__ = ()
    name = "pad"
    analytic = True
    rule = "linearity"
    move = "adjoint of padding"
    linear = True
    code: ClassVar[Kernels] = {
        "pad": spelled(
            "np.pad({0}, (({p0}, {p1} - {p0} - {p4}), ({p2}, {p3} - {p2} - {p5})))",
            torch="torch.nn.functional.pad({0}, ({p2}, {p3} - {p2} - {p5}, {p0}, {p1} - {p0} - {p4}))",
            julia="pad_({0}, {p0}, {p1}, {p2}, {p3})",
            matlab="pad_({0}, {p0}, {p1}, {p2}, {p3})",
            sympy="_pad({0}, {p0}, {p1}, {p2}, {p3})",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return (params[1], params[3])

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return pad(args[0], *self.params)

    def adjoint(self, i: int, cotangent: Expr) -> Expr:
        r, _, c, _ = self.params
        p, q = self.args[0].shape
        return submatrix(cotangent, r, p, c, q)

    def vectorised(self, i: int) -> Expr | None:
        r, m, c, n = self.params
        p, q = self.args[0].shape
        return kron(transpose(Selection((), (c, q, n))), transpose(Selection((), (r, p, m))))

    def transposed(self) -> Expr:
        r, m, c, n = self.params
        return pad(transpose(self.args[0]), c, n, r, m)

    def evaluate(self, ev: Evaluator) -> Array:
        import numpy as np

        from nablatex.algebra.evaluate import Unvaluable

        r, m, c, n = (ev.size(d) for d in self.params)
        value = ev(self.args[0])
        out = ev.full(self.shape, 0.0)
        p, q = value.shape
        if r + p > m or c + q > n:
            raise Unvaluable("a part that is larger than the matrix")
        out = out + 0 * value[0, 0]  # of the same number type
        out[r : r + p, c : c + q] = value
        return np.asarray(out)

    def exact_value(self, ev: ExactEvaluator) -> Jet:
        from nablatex.algebra.fields import NotExact

        r, m, c, n = (ev.size(d) for d in self.params)
        p, q = (ev.size(d) for d in self.args[0].shape)
        if r + p > m or c + q > n:
            raise NotExact("a part that is larger than the matrix")
        left = Selection((), (self.params[0], self.args[0].shape[0], self.params[1]))
        right = Selection((), (self.params[2], self.args[0].shape[1], self.params[3]))
        return ev(left).T @ ev(self.args[0]) @ ev(right)


def submatrix(x: Expr, r: Dim, p: Dim, c: Dim, q: Dim) -> Expr:
    """The p×q part of X behind r rows and c columns."""
    if x.shape == (p, q):
        return x
    if is_zero(x):
        return zero((p, q))
    if isinstance(x, Mul) and not x.is_scalar:
        scalars, chain = x.parts()
        if scalars:
            return mul(*scalars, submatrix(mul(*chain), r, p, c, q))
    return Submatrix((x,), (r, p, c, q))


def pad(x: Expr, r: Dim, m: Dim, c: Dim, n: Dim) -> Expr:
    """X put into an m×n matrix of zeros, behind r rows and c columns."""
    if x.shape == (m, n):
        return x
    if is_zero(x):
        return zero((m, n))
    if isinstance(x, Mul) and not x.is_scalar:
        scalars, chain = x.parts()
        if scalars:
            return mul(*scalars, pad(mul(*chain), r, m, c, n))
    return Pad((x,), (r, m, c, n))


__all__ = ["Blocks", "Pad", "Selection", "Submatrix", "matrix_literal", "pad", "submatrix"]
