"""Softmax and log-sum-exp of a vector, evaluated without overflow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from nablatex.algebra.build import add, mul, number, transpose
from nablatex.algebra.dims import ONE, SCALAR, Equate, Shape
from nablatex.algebra.elementwise import hadamard
from nablatex.algebra.expr import Expr
from nablatex.algebra.reductions import inner
from nablatex.algebra.spelling import Kernels, spelled

if TYPE_CHECKING:
    from nablatex.algebra.evaluate import Array
    from nablatex.algebra.exact import Jet


class Ambiguous(ValueError):
    """An operator that texts define in several ways for this argument; the message names them."""


class Softmax(Expr):
    """exp(x) / 1^T exp(x) of a column."""

    __slots__ = ()
    name = "softmax"
    analytic = True
    rule = "differential of softmax"
    template = r"\operatorname{softmax}({0})"
    spellings = ("softmax",)
    code: ClassVar[Kernels] = {
        "softmax": spelled(
            numpy="_softmax({0})",
            jax="jax.nn.softmax({0})",
            torch="torch.softmax({0}, 0)",
            julia="softmax_({0})",
            matlab="softmax_({0})",
            sympy="_softmax({0})",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return shapes[0]

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return softmax(args[0])

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        """ds = s ⊙ dx - (s^T dx) s: the Jacobian diag(s) - s s^T."""
        dx = tangents[0]
        return None if dx is None else add(hadamard(self, dx), mul(number(-1), inner(self, dx), self))

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        z = np.exp(values[0] - np.max(np.real(values[0])))
        return np.asarray(z / z.sum())

    def exact(self, *values: Jet) -> Jet:
        z = values[0].apply("exp")
        return z.total().reciprocal() * z


def softmax(x: Expr) -> Expr:
    """softmax of a column or a row.  Ambiguous for a matrix: by rows, by columns or over all entries."""
    if x.is_scalar:
        return number(1)
    if x.shape[1] == ONE:
        return Softmax((x,))
    if x.shape[0] == ONE:
        return transpose(Softmax((transpose(x),)))
    raise Ambiguous("the softmax of a matrix: by rows or by columns?")


class LogSumExp(Expr):
    """log of the sum of the exponentials of a column's entries."""

    __slots__ = ()
    name = "logsumexp"
    analytic = True
    rule = "differential of log-sum-exp"
    template = r"\operatorname{LSE}({0})"
    spellings = ("LSE", "lse", "logsumexp")
    code: ClassVar[Kernels] = {
        "logsumexp": spelled(
            numpy="_logsumexp({0})",
            jax="jax.nn.logsumexp({0})",
            torch="torch.logsumexp({0}, 0)",
            julia="logsumexp_({0})",
            matlab="logsumexp_({0})",
            sympy="sympy.log(sum({0:5}.applyfunc(sympy.exp)))",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return SCALAR

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return logsumexp(args[0])

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        """d LSE(x) = softmax(x)^T dx (Boyd & Vandenberghe, example 3.1.5)."""
        return None if tangents[0] is None else inner(softmax(self.args[0]), tangents[0])

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        top = np.max(np.real(values[0]))
        return np.array([[top + np.log(np.exp(values[0] - top).sum())]])

    def exact(self, *values: Jet) -> Jet:
        return values[0].apply("exp").total().apply("log")


def logsumexp(x: Expr) -> Expr:
    """log-sum-exp of a column or a row.  Ambiguous for a matrix."""
    if x.is_scalar:
        return x
    if x.shape[1] == ONE:
        return LogSumExp((x,))
    if x.shape[0] == ONE:
        return LogSumExp((transpose(x),))
    raise Ambiguous("the log-sum-exp of a matrix: by rows, by columns or over all entries?")
