"""Functions of which nothing is known but their arguments: f(x, Y, …), smooth, with a value of any shape.

Chain rules are claims about such functions.  A claim that holds for f(v) = C φ(W v + b), with v the entries of all
arguments, W and C drawn at random and a φ whose derivatives have nothing to do with each other, holds for every f as
far as the derivatives of f at a point go: those of this f are arbitrary symmetric tensors.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

from nablatex.algebra.atoms import Symbol
from nablatex.algebra.dims import Equate, Shape, dim
from nablatex.algebra.elementwise import generic
from nablatex.algebra.expr import Expr, NotDifferentiable

if TYPE_CHECKING:
    from nablatex.algebra.evaluate import Array, Evaluator
    from nablatex.algebra.exact import ExactEvaluator, Jet

LARGEST = 3
"""The numbers in W and C lie between minus this and this."""


class Smooth(Expr):
    """f(x, Y, …): arguments of any shapes; params are (label, rows, columns of the value, order, turned).

    order counts derivatives, of a function of one number; turned: "symmetric" or "skew", where its values are.
    """

    __slots__ = ()
    name = "smooth"
    analytic = True
    rule = "chain rule"

    @property
    def label(self) -> str:
        return str(self.params[0])

    @property
    def called(self) -> str:
        """A(t); A alone where an argument is no symbol."""
        names = [a.label for a in self.args if isinstance(a, Symbol)]
        return f"{self.label}({', '.join(names)})" if len(names) == len(self.args) else self.label

    @property
    def order(self) -> int:
        return int(self.params[3])

    @property
    def turned(self) -> str:
        return str(self.params[4])

    def with_values(self, turned: str) -> Smooth:
        """The same function with symmetric or skew values."""
        return Smooth(self.args, (*self.params[:4], turned))

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return (params[1], params[2])

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        """None where no argument varies.  NotDifferentiable where the arguments are not one number: there is no closed form."""
        from nablatex.algebra.build import mul

        if all(t is None for t in tangents):
            return None
        if len(self.args) == 1 and self.args[0].is_scalar and tangents[0] is not None:
            label, rows, cols, order, turned = self.params
            return mul(tangents[0], Smooth(self.args, (label, rows, cols, order + 1, turned)))
        raise NotDifferentiable(f"nothing is known of {self.label} but its arguments")

    def evaluate(self, ev: Evaluator) -> Array:
        import numpy as np

        values = np.concatenate([ev(a).reshape(-1, 1, order="F") for a in self.args])
        p, q = (ev.size(d) for d in self.shape)
        mixed, shift, weights = self.drawn(len(values), p * q)
        order, slopes = self.order, mixed / (LARGEST * len(values))
        waves = generic(self.label, order)(np, slopes @ values + shift)
        flat = weights @ (waves * slopes**order if order else waves)
        return np.asarray(self.as_turned(flat.reshape(p, q, order="F")))

    def as_turned(self, x: Any) -> Any:
        """The symmetric or skew part, where the values are so."""
        return x + x.T if self.turned == "symmetric" else x - x.T if self.turned == "skew" else x

    def transposed(self) -> Expr:
        from nablatex.algebra.build import mul, number

        if not self.turned:
            return super().transposed()
        return self if self.turned == "symmetric" else mul(number(-1), self)

    def exact_value(self, ev: ExactEvaluator) -> Jet:
        from nablatex.algebra.exact import beside
        from nablatex.algebra.fields import UNKNOWN

        columns = [ev(a).map(lambda x: x.swapaxes(-1, -2).reshape(*x.shape[:-2], -1, 1)) for a in self.args]
        values = beside(columns, -2)
        p, q = (ev.size(d) for d in self.shape)
        mixed, shift, weights = self.drawn(values.shape[0], p * q)
        slopes = ev.constant(mixed).scale(Fraction(1, LARGEST * values.shape[0]))
        order = self.order
        waves = (slopes @ values + ev.constant(shift)).apply(UNKNOWN + self.label, order)
        flat = ev.constant(weights) @ (waves * slopes.entry_power(order) if order else waves)
        return cast("Jet", self.as_turned(flat.map(lambda x: x.reshape(*x.shape[:-2], q, p).swapaxes(-1, -2))))

    def drawn(self, inputs: int, outputs: int) -> tuple[Array, Array, Array]:
        """W, b and C, the same for a name and a size.  More waves than inputs: no derivative is singular by chance."""
        import numpy as np

        rng = np.random.default_rng((zlib.crc32(self.label.encode()), inputs, outputs))
        waves = inputs + 2
        mixed = rng.integers(1, LARGEST + 1, (waves, inputs)) * rng.choice([-1, 1], (waves, inputs))
        shift = np.arange(1, waves + 1).reshape(-1, 1)
        weights = rng.integers(1, LARGEST + 1, (outputs, waves)) * rng.choice([-1, 1], (outputs, waves))
        return mixed, shift, weights


def smooth(label: str, shape: tuple[Any, Any], *args: Expr, order: int = 0, turned: str = "") -> Expr:
    """A smooth function of which nothing is known; the same label with the same arguments is the same value."""
    return Smooth(args, (label, dim(shape[0]), dim(shape[1]), order, turned))


__all__ = ["Smooth", "smooth"]
