"""Products over an index: \\prod_i f_i of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from nablatex.algebra.atoms import Number
from nablatex.algebra.binders import MAX_TERMS, Accumulating, index_sum
from nablatex.algebra.build import add, is_zero, mul, number, power
from nablatex.algebra.dims import ONE, SCALAR, Equate, Shape
from nablatex.algebra.expr import Expr, NotDifferentiable

if TYPE_CHECKING:
    from nablatex.algebra.evaluate import Array, Evaluator
    from nablatex.algebra.exact import ExactEvaluator, Jet


class IndexProduct(Accumulating):
    """The product over an index from lower to upper of a number: arguments (body, lower, upper), params are (index,)."""

    __slots__ = ()
    name = "index_product"
    analytic = True
    rule = "logarithmic derivative of a product"
    proviso = "where no factor is zero"

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        for d in shapes[0]:
            equate(d, ONE, "a product over an index of matrices")
        return SCALAR

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return index_product(args[0], self.index, args[1], args[2])

    def over(self, body: Expr) -> Expr:
        return index_sum(body, self.index, self.args[1], self.args[2])

    def inside(self, cotangent: Expr) -> Expr:
        return mul(cotangent, self, power(self.args[0], number(-1)))

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        """d ∏ f_i = ∏ f_i · Σ df_i / f_i, where no factor is zero."""
        if any(t is not None for t in tangents[1:]):
            raise NotDifferentiable("the derivative of a product by its bounds")
        if tangents[0] is None:
            return None
        return mul(self, self.over(mul(power(self.args[0], number(-1)), tangents[0])))

    def _bounds(self, low: int, high: int, error: type[Exception]) -> range:
        if high - low > MAX_TERMS:
            raise error(f"a product of {high - low + 1} factors is too large")
        return range(low, high + 1)

    def evaluate(self, ev: Evaluator) -> Array:
        import numpy as np

        from nablatex.algebra.evaluate import Unvaluable

        low, high = (round(float(ev(a)[0, 0])) for a in self.args[1:])
        total = ev.full(SCALAR, 1.0)
        for i in self._bounds(low, high, Unvaluable):
            total = total * ev.bind({self.index: np.array([[float(i)]])})(self.args[0])
        return total

    def exact_value(self, ev: ExactEvaluator) -> Jet:
        from nablatex.algebra.fields import NotExact

        total = ev.full(SCALAR, 1)
        for i in self._bounds(ev.integer(self.args[1]), ev.integer(self.args[2]), NotExact):
            total = total * ev.bind({self.index: ev.number(Fraction(i))})(self.args[0])
        return total


def index_product(body: Expr, index: Expr, lower: Expr, upper: Expr) -> Expr:
    """prod_{index=lower}^{upper} body; a body that does not depend on the index gives a power."""
    if is_zero(body) and not isinstance(lower, Number):
        return body
    if isinstance(lower, Number) and isinstance(upper, Number) and upper.value < lower.value:
        return number(1)
    if index not in body.free_symbols:
        return power(body, add(upper, mul(number(-1), lower), number(1)))
    return IndexProduct((body, lower, upper), (index,))


__all__ = ["IndexProduct", "index_product"]
