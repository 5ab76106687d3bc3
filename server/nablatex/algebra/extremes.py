r"""The largest and the smallest of numbers with an index, \max_i f_i, and the index at which it is attained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from nablatex.algebra.binders import MAX_TERMS, Accumulating
from nablatex.algebra.build import is_zero, number, zero
from nablatex.algebra.dims import ONE, SCALAR, Equate, Shape
from nablatex.algebra.expr import Expr, NotDifferentiable
from nablatex.algebra.spelling import Kernels, spelled

if TYPE_CHECKING:
    from nablatex.algebra.evaluate import Array, Evaluator
    from nablatex.algebra.exact import ExactEvaluator, Jet

TIE = 1e-9
"""Values that are no further apart than this are equal: where the largest is attained is not said by them."""


class _Ranked(Accumulating):
    """Looks at a number for every value of an index: arguments (body, lower, upper), params are (index,)."""

    __slots__ = ()
    sign: ClassVar[int] = 1
    """1 for the largest, -1 for the smallest."""

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        for d in shapes[0]:
            equate(d, ONE, "the largest of something that is no number")
        return SCALAR

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return type(self)(args, self.params)

    def values(self, ev: Evaluator) -> tuple[list[Array], int, int]:
        """The values, the lower bound and the place of the extreme one.  FloatingPointError where there is a tie."""
        import numpy as np

        from nablatex.algebra.evaluate import Unvaluable

        low, high = (round(float(np.real(ev(a)[0, 0]))) for a in self.args[1:])
        if high - low > MAX_TERMS or high < low:
            raise Unvaluable(f"the largest of {high - low + 1} numbers")
        found = [ev.bind({self.index: np.array([[float(i)]])})(self.args[0]) for i in range(low, high + 1)]
        ranked = self.sign * np.array([float(np.real(v[0, 0])) for v in found])
        best = int(np.argmax(ranked))
        others = np.delete(ranked, best)
        if len(others) and ranked[best] - others.max() <= TIE * (1 + abs(ranked[best])):
            raise FloatingPointError("two of the numbers are equally large")
        return found, low, best

    def exact_value(self, ev: ExactEvaluator) -> Jet:
        from nablatex.algebra.fields import NotExact

        raise NotExact("a field has no order, and no largest number")


class ArgMax(_Ranked):
    """The index at which a number is largest; it does not change where that is the only one."""

    __slots__ = ()
    name = "argmax"
    analytic = True
    code: ClassVar[Kernels] = {
        "argmax": spelled("1|np.argmax({0}) + 1", julia="argmax({0})", matlab="find({0} == max({0}), 1)"),
    }

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        return None

    def over(self, body: Expr) -> Expr:
        return zero(body.shape)

    def evaluate(self, ev: Evaluator) -> Array:
        _, low, best = self.values(ev)
        return ev.full(SCALAR, float(low + best))


class ArgMin(ArgMax):
    """The index at which a number is smallest."""

    __slots__ = ()
    name = "argmin"
    sign = -1
    code: ClassVar[Kernels] = {
        "argmin": spelled("1|np.argmin({0}) + 1", julia="argmin({0})", matlab="find({0} == min({0}), 1)"),
    }


class IndexMax(_Ranked):
    """The largest of the numbers that a body has for the values of an index."""

    __slots__ = ()
    name = "index_max"
    analytic = True
    rule = "differential of a largest number (Danskin)"
    place: ClassVar[type[ArgMax]] = ArgMax
    word: ClassVar[str] = "largest"
    code: ClassVar[Kernels] = {
        "index_max": spelled("np.max({0})", julia="maximum({0})", matlab="max({0})", sympy="sympy.Max(*{0:5})"),
    }

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return _extreme(type(self), args[0], self.index, args[1], args[2])

    @property
    def attained(self) -> Expr:
        """The index at which the value is attained."""
        return self.place(self.args, self.params)

    @property
    def proviso(self) -> str:  # type: ignore[override]
        i = self.index.label
        return (
            f"where ${i}^*$ is the only ${i}$ at which {{0}} is {self.word}; there is a subgradient for each, elsewhere"
        )

    def over(self, body: Expr) -> Expr:
        return body.substitute({self.index: self.attained})

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        """d max_i f_i = df_{i*}, where i* alone attains it (Danskin; Boyd & Vandenberghe, 5.6.2)."""
        if any(t is not None for t in tangents[1:]):
            raise NotDifferentiable(f"the derivative of the {self.word} of numbers by how many there are")
        return None if tangents[0] is None else self.over(tangents[0])

    def evaluate(self, ev: Evaluator) -> Array:
        found, _, best = self.values(ev)
        return found[best]


class IndexMin(IndexMax):
    """The smallest of the numbers that a body has for the values of an index."""

    __slots__ = ()
    name = "index_min"
    rule = "differential of a smallest number (Danskin)"
    sign = -1
    place = ArgMin
    word = "smallest"
    code: ClassVar[Kernels] = {
        "index_min": spelled("np.min({0})", julia="minimum({0})", matlab="min({0})", sympy="sympy.Min(*{0:5})"),
    }


def _extreme(kind: type[IndexMax], body: Expr, index: Expr, lower: Expr, upper: Expr) -> Expr:
    if is_zero(body):
        return number(0)
    if index not in body.free_symbols:
        return body
    return kind((body, lower, upper), (index,))


def index_max(body: Expr, index: Expr, lower: Expr, upper: Expr) -> Expr:
    """max_{index=lower}^{upper} body of a number."""
    return _extreme(IndexMax, body, index, lower, upper)


def index_min(body: Expr, index: Expr, lower: Expr, upper: Expr) -> Expr:
    """min_{index=lower}^{upper} body of a number."""
    return _extreme(IndexMin, body, index, lower, upper)


def argmax(body: Expr, index: Expr, lower: Expr, upper: Expr) -> Expr:
    return ArgMax((body, lower, upper), (index,))


def argmin(body: Expr, index: Expr, lower: Expr, upper: Expr) -> Expr:
    return ArgMin((body, lower, upper), (index,))


def largest_entry(x: Expr, index: Expr) -> Expr:
    """max_i x_i of a column or a row."""
    return _extreme_entry(IndexMax, x, index)


def smallest_entry(x: Expr, index: Expr) -> Expr:
    """min_i x_i of a column or a row."""
    return _extreme_entry(IndexMin, x, index)


def _extreme_entry(kind: type[IndexMax], x: Expr, index: Expr) -> Expr:
    from nablatex.algebra.atoms import Size
    from nablatex.algebra.build import transpose
    from nablatex.algebra.elementwise import Elementwise
    from nablatex.algebra.indices import entry

    column = x if x.shape[1] == ONE else transpose(x)
    n = column.shape[0]
    upper = number(n.value) if n.value is not None else Size((), (n,))
    if isinstance(column, Elementwise):  # |x|_i is |x_i|
        body = column.rebuild([entry(column.args[0], index, number(1))])
    else:
        body = entry(column, index, number(1))
    return _extreme(kind, body, index, number(1), upper)


__all__ = [
    "ArgMax",
    "ArgMin",
    "IndexMax",
    "IndexMin",
    "argmax",
    "argmin",
    "index_max",
    "index_min",
    "largest_entry",
    "smallest_entry",
]
