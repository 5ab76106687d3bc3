r"""Sums and products over a set of indices or of pairs: \sum_{(i,j) \in E}, \sum_{i < j}, \prod_{j \ne k}.

A set is the array of its indicator: a symbol whose entries are 0 and 1, or a pattern that two indices decide.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import TYPE_CHECKING, Any, ClassVar

from nablatex.algebra.atoms import Number, Pattern, Size, Symbol, UnitVector
from nablatex.algebra.binders import LETTERS, Accumulating, Summing, index_sum
from nablatex.algebra.build import add, is_zero, mul, number, power
from nablatex.algebra.core import Mul, Power, Transpose
from nablatex.algebra.dims import ONE, SCALAR, Dim, Equate, Shape
from nablatex.algebra.expr import Expr, NotDifferentiable
from nablatex.algebra.indices import entry
from nablatex.algebra.spelling import Kernels, spelled

if TYPE_CHECKING:
    from nablatex.algebra.evaluate import Array, Evaluator
    from nablatex.algebra.exact import ExactEvaluator, Jet


class Related(Pattern):
    """The indicator of i ≠ j, i < j or i ≤ j: params are (``ne``, ``lt`` or ``le``, n)."""

    __slots__ = ()
    name = "related"
    analytic = True
    code: ClassVar[Kernels] = {
        "related_ne": spelled(
            "1|np.ones(({rows}, {rows})) - np.eye({rows})",
            torch="1|torch.ones(({rows}, {rows}){like}) - torch.eye({rows}{like})",
            julia="1|ones({rows}, {rows}) - I",
            matlab="1|ones({rows}) - eye({rows})",
            sympy="1|sympy.ones({rows}) - sympy.eye({rows})",
        ),
        "related_lt": spelled(
            "np.triu(np.ones(({rows}, {rows})), 1)",
            torch="torch.triu(torch.ones(({rows}, {rows}){like}), 1)",
            julia="triu(ones({rows}, {rows}), 1)",
            matlab="triu(ones({rows}), 1)",
            sympy="sympy.Matrix({rows}, {rows}, lambda i, j: 1 if i < j else 0)",
        ),
        "related_le": spelled(
            "np.triu(np.ones(({rows}, {rows})))",
            torch="torch.triu(torch.ones(({rows}, {rows}){like}))",
            julia="triu(ones({rows}, {rows}))",
            matlab="triu(ones({rows}))",
            sympy="sympy.Matrix({rows}, {rows}, lambda i, j: 1 if i <= j else 0)",
        ),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return (params[1], params[1])

    def transposed(self) -> Expr:
        return self if self.params[0] == "ne" else Transpose((self,))

    def evaluate(self, ev: Evaluator) -> Array:
        import numpy as np

        n = ev.size(self.params[1])
        i, j = np.indices((n, n))
        how = {"ne": i != j, "lt": i < j, "le": i <= j}[self.params[0]]
        return np.asarray(how, dtype=float)


def related(how: str, n: Dim) -> Expr:
    """The indicator of i ≠ j (``ne``), i < j (``lt``) or i ≤ j (``le``), n×n."""
    return Related((), (how, n))


class Cardinality(Expr):
    """How many indices or pairs a set holds."""

    __slots__ = ()
    name = "cardinality"
    analytic = True
    code: ClassVar[Kernels] = {
        "cardinality": spelled("np.sum({0})", julia="sum({0})", matlab="sum(sum({0}))", sympy="sum({0:5})"),
    }

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return SCALAR

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return cardinality(args[0])

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        return np.array([[values[0].sum()]])

    def exact(self, *values: Jet) -> Jet:
        return values[0].total()


def cardinality(members: Expr) -> Expr:
    """How many members a set has, given by its indicator."""
    given = given_place(members)
    if isinstance(members, Related) or (given is not None and isinstance(given[0], Related)):
        how, d = (members if given is None else given[0]).params
        n = number(d.value) if d.value is not None else Size((), (d,))
        less = add(n, number(-1))
        if given is None:
            return mul(n, less) if how == "ne" else mul(number("1/2"), n, less if how == "lt" else add(n, number(1)))
        first = isinstance(members.args[0], Transpose)  # k < j
        own = number(0 if how == "lt" else 1)
        if how == "ne":
            return less
        return add(n, mul(number(-1), given[1]), own) if first else add(given[1], own, number(-1))
    return Cardinality((members,))


class OverSet(Accumulating):
    """Runs over the indices in a set: arguments (body, indicator), params are the index or the two indices."""

    __slots__ = ()
    neutral: ClassVar[float] = 0.0

    @property
    def indices(self) -> tuple[Symbol, ...]:
        return self.params

    def _free(self) -> frozenset[Expr]:
        return (self.args[0].free_symbols - frozenset(self.params)) | self.args[1].free_symbols

    def substitute(self, table: dict[Expr, Expr]) -> Expr:
        if self in table:
            return table[self]
        rest = {k: v for k, v in table.items() if k not in self.params}
        return self.rebuild([self.args[0].substitute(rest), self.args[1].substitute(table)])

    def apart(self, taken: Set[Expr]) -> Expr:
        if not set(self.params) & taken:
            return self
        used = {s.label for e in (self, *taken) for s in e.walk() if isinstance(s, Symbol)}
        used |= {i.label for i in self.indices}
        table: dict[Expr, Expr] = {}
        for i in self.indices:
            if i in taken:
                label = next(c for c in (*LETTERS, *(f"{i.label}_{k}" for k in range(99))) if c not in used)
                used.add(label)
                table[i] = Symbol((), (label, i.shape, i.params[2]))
        params = tuple([table.get(i, i) for i in self.indices])
        return type(self)((self.args[0].substitute(table), self.args[1]), params)

    def terms(self, ev: Evaluator) -> list[Array]:
        """The values of the body at the members."""
        import numpy as np

        rows, columns = np.nonzero(np.real(ev(self.args[1])) > 0.5)
        found = []
        for r, c in zip(rows, columns, strict=True):
            values = dict(zip(self.indices, (r + 1, c + 1), strict=False))
            found.append(ev.bind({i: np.array([[float(v)]]) for i, v in values.items()})(self.args[0]))
        return found

    def weighted(self) -> Expr | None:
        """The body times the indicator, for every index: right where the body has a value beyond the set, too."""
        if any(
            (isinstance(e, Power) and _negative(e)) or e.name in ("norm", "elementwise") for e in self.args[0].walk()
        ):
            return None
        return mul(self.indicator, self.args[0])

    @property
    def indicator(self) -> Expr:
        """1 or 0 for a value of the indices."""
        i, *more = self.indices
        return entry(self.args[1], i, more[0] if more else number(1))


def _negative(e: Expr) -> bool:
    k = e.args[1]
    return not isinstance(k, Number) or k.value < 0


class SetSum(OverSet, Summing):
    """The sum of the body over the indices, or the pairs of indices, in a set."""

    __slots__ = ()
    name = "set_sum"
    analytic = True
    linear = True
    rule = "term by term"
    move = "term by term"

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return shapes[0]

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return set_sum(args[0], self.params, args[1])

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        return None if tangents[0] is None else set_sum(tangents[0], self.params, self.args[1])

    def evaluate(self, ev: Evaluator) -> Array:
        total = ev.full(self.shape, 0.0)
        for value in self.terms(ev):
            total = total + value
        return total

    def exact_value(self, ev: ExactEvaluator) -> Jet:
        from nablatex.algebra.fields import NotExact

        body = self.weighted()
        if body is None:
            raise NotExact("terms that have no value beyond the set")
        return ev(over_all(body, self))


class SetProduct(OverSet):
    """The product of numbers over the indices in a set."""

    __slots__ = ()
    name = "set_product"
    analytic = True
    rule = "logarithmic derivative of a product"
    proviso = "where no factor is zero"

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        for d in shapes[0]:
            equate(d, ONE, "a product over an index of matrices")
        return SCALAR

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return set_product(args[0], self.params, args[1])

    def over(self, body: Expr) -> Expr:
        return set_sum(body, self.params, self.args[1])

    def inside(self, cotangent: Expr) -> Expr:
        return mul(cotangent, self, power(self.args[0], number(-1)))

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        """d ∏ f_i = ∏ f_i · Σ df_i / f_i, where no factor is zero."""
        if len(tangents) > 1 and tangents[1] is not None:
            raise NotDifferentiable("the derivative of a product by its set")
        return None if tangents[0] is None else mul(self, self.over(mul(power(self.args[0], number(-1)), tangents[0])))

    def evaluate(self, ev: Evaluator) -> Array:
        total = ev.full(SCALAR, 1.0)
        for value in self.terms(ev):
            total = total * value
        return total

    def exact_value(self, ev: ExactEvaluator) -> Jet:
        from nablatex.algebra.fields import NotExact

        raise NotExact("a product over a set")


def over_all(body: Expr, e: OverSet) -> Expr:
    """The sum of a body over all values of the indices of a set's sum."""
    for i, d in reversed(list(zip(e.indices, e.args[1].shape, strict=False))):
        body = index_sum(body, i, number(1), number(d.value) if d.value is not None else Size((), (d,)))
    return body


def set_sum(body: Expr, indices: Sequence[Symbol], members: Expr) -> Expr:
    """The sum over the members of a set (an indicator: a column for one index, a matrix for two)."""
    if is_zero(body):
        return body
    if not body.free_symbols.intersection(indices):
        return mul(cardinality(members), body)
    if isinstance(body, Mul):
        scalars, chain = body.parts()
        free = [s for s in scalars if not s.free_symbols.intersection(indices)]
        bound = [s for s in scalars if s.free_symbols.intersection(indices)]
        left = right = 0
        while left < len(chain) and not chain[left].free_symbols.intersection(indices):
            left += 1
        while right < len(chain) - left and not chain[-1 - right].free_symbols.intersection(indices):
            right += 1
        whole = left + right < len(chain) and not body.is_scalar
        before, after = (chain[:left], chain[len(chain) - right :]) if whole else ((), ())
        inside = [*bound, *(chain[left : len(chain) - right] if whole else chain)]
        if free or before or after:
            return mul(*free, *before, set_sum(mul(*inside), indices, members), *after)
    return SetSum((body, members), tuple(indices))


def set_product(body: Expr, indices: Sequence[Symbol], members: Expr) -> Expr:
    """The product over the members of a set."""
    if not body.free_symbols.intersection(indices):
        return power(body, cardinality(members))
    return SetProduct((body, members), tuple(indices))


def given_place(members: Expr) -> tuple[Expr, Expr] | None:
    """(the set, k) of a set of pairs with k at one of its places."""
    if isinstance(members, Mul) and len(members.args) == 2 and isinstance(members.args[1], UnitVector):
        side = members.args[0]
        return (side.args[0] if isinstance(side, Transpose) else side), members.args[1].args[0]
    return None


__all__ = [
    "Cardinality",
    "OverSet",
    "Related",
    "SetProduct",
    "SetSum",
    "cardinality",
    "given_place",
    "over_all",
    "related",
    "set_product",
    "set_sum",
]
