"""Softmax and log-sum-exp of a matrix by its rows or by its columns, as attention and mixtures take them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from nablatex.algebra.build import add, mul, number, ones, power, transpose
from nablatex.algebra.dims import ONE, Equate, Shape
from nablatex.algebra.elementwise import elementwise, hadamard
from nablatex.algebra.expr import Expr
from nablatex.algebra.softmax import logsumexp, softmax
from nablatex.algebra.spelling import Kernels, spelled

if TYPE_CHECKING:
    from nablatex.algebra.components import Indices
    from nablatex.algebra.evaluate import Array
    from nablatex.algebra.exact import ExactEvaluator, Jet

ROWS, COLUMNS = "rows", "columns"


def sums(x: Expr, by: str) -> Expr:
    """The sums of the rows as a column, or of the columns as a row."""
    m, n = x.shape
    return mul(x, ones(n)) if by == ROWS else mul(transpose(ones(m)), x)


def spread(x: Expr, by: str) -> Expr:
    """In the place of every entry the sum of its row or of its column."""
    m, n = x.shape
    return mul(x, ones(n, n)) if by == ROWS else mul(ones(m, m), x)


class _Arranged(Expr):
    """Of a matrix, by rows or by columns: params are (``rows`` or ``columns``,)."""

    __slots__ = ()
    analytic = True

    @property
    def by(self) -> str:
        by: str = self.params[0]
        return by

    @property
    def axis(self) -> int:
        """The axis of an array that sums run along."""
        return 1 if self.by == ROWS else 0


class SoftmaxOf(_Arranged):
    """P_ij = exp(X_ij) / sum_k exp(X_ik), by rows, or the same by columns."""

    __slots__ = ()
    name = "softmax_of"
    rule = "differential of softmax"
    template = r"\operatorname{softmax}({0})"
    code: ClassVar[Kernels] = {
        "softmax_rows": spelled(
            numpy="_softmax_rows({0})",
            jax="jax.nn.softmax({0}, axis=1)",
            torch="torch.softmax({0}, 1)",
            julia="softmax_rows_({0})",
            matlab="softmax_rows_({0})",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return shapes[0]

    @property
    def proviso(self) -> str:  # type: ignore[override]
        return f"the softmax of {{0}} by {self.by}"

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return softmax_of(args[0], self.by)

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        """dP = P ⊙ (dX - (P ⊙ dX) 1 1^T), by rows."""
        dx = tangents[0]
        if dx is None:
            return None
        return hadamard(self, add(dx, mul(number(-1), spread(hadamard(self, dx), self.by))))

    def component(self, i: Expr, j: Expr, indices: Indices) -> Expr:
        """exp(X_ij) over the sum of its row, or of its column."""
        x = self.args[0]
        n = x.shape[self.axis]
        k = indices.fresh(n)
        at = (i, k) if self.by == ROWS else (k, j)
        below = indices.total(elementwise("exp", x.component(*at, indices)), k, n)
        return mul(elementwise("exp", x.component(i, j, indices)), power(below, number(-1)))

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        z = np.exp(values[0] - np.max(np.real(values[0]), axis=self.axis, keepdims=True))
        return np.asarray(z / z.sum(axis=self.axis, keepdims=True))

    def exact_value(self, ev: ExactEvaluator) -> Jet:
        return ev(self.written())

    def written(self) -> Expr:
        """In operators that have exact values."""
        from nablatex.algebra.elementwise import hadamard_power

        z = elementwise("exp", self.args[0])
        return hadamard(z, hadamard_power(spread(z, self.by), number(-1)))


class LogSumExpOf(_Arranged):
    """log sum_k exp(X_ik) of every row as a column, or of every column as a row."""

    __slots__ = ()
    name = "logsumexp_of"
    rule = "differential of log-sum-exp"
    template = r"\operatorname{LSE}({0})"
    code: ClassVar[Kernels] = {
        "logsumexp_rows": spelled(
            numpy="_logsumexp_rows({0})",
            jax="jax.nn.logsumexp({0}, axis=1)",
            torch="torch.logsumexp({0}, 1)",
            julia="logsumexp_rows_({0})",
            matlab="logsumexp_rows_({0})",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        (m, n) = shapes[0]
        return (m, ONE) if params[0] == ROWS else (ONE, n)

    @property
    def proviso(self) -> str:  # type: ignore[override]
        return f"the log-sum-exp of {{0}} by {self.by}"

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return logsumexp_of(args[0], self.by)

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        """d LSE(X) = (softmax(X) ⊙ dX) 1, by rows."""
        if tangents[0] is None:
            return None
        return sums(hadamard(softmax_of(self.args[0], self.by), tangents[0]), self.by)

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        top = np.max(np.real(values[0]), axis=self.axis, keepdims=True)
        return np.asarray(top + np.log(np.exp(values[0] - top).sum(axis=self.axis, keepdims=True)))

    def exact_value(self, ev: ExactEvaluator) -> Jet:
        return ev(self.written())

    def written(self) -> Expr:
        """In operators that have exact values."""
        return elementwise("log", sums(elementwise("exp", self.args[0]), self.by))


def softmax_of(x: Expr, by: str) -> Expr:
    """The softmax of each row or of each column; of a column by columns it is that of the vector."""
    if ONE in x.shape:
        vector = x.shape[1 if by == ROWS else 0] != ONE
        return softmax(x) if vector or x.is_scalar else ones(*x.shape)
    return SoftmaxOf((x,), (by,))


def logsumexp_of(x: Expr, by: str) -> Expr:
    """The log-sum-exp of each row as a column, or of each column as a row."""
    if ONE in x.shape:
        return logsumexp(x) if x.shape[1 if by == ROWS else 0] != ONE else x
    return LogSumExpOf((x,), (by,))


__all__ = ["COLUMNS", "ROWS", "LogSumExpOf", "SoftmaxOf", "logsumexp_of", "softmax_of"]
