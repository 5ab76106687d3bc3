"""Operators that bind symbols: formal derivatives and differentials, evaluation at a point, sums over an index.

Their values come from the function itself (differences, summation), so that a derivative in a claim is judged
by something that shares nothing with the rules of `nablatex.calculus`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from nablatex.algebra.atoms import Number, Symbol
from nablatex.algebra.build import is_zero, mul, zero
from nablatex.algebra.dims import SCALAR, Equate, Shape, ShapeError, shape_text
from nablatex.algebra.expr import Expr

if TYPE_CHECKING:
    from nablatex.algebra.evaluate import Array, Evaluator
    from nablatex.algebra.exact import ExactEvaluator, Jet

LAYOUTS = ("denominator", "numerator")
INDEXED = frozenset(("index_sum", "index_product", "index_max", "index_min", "set_sum", "set_product"))
"""What runs over an index: it binds, and is differentiated term by term."""
MAX_TERMS = 400
LETTERS = "jklipqrstuv"
"""For an index or a variable of integration that has to be called otherwise."""


def is_analytic(e: Expr) -> bool:
    """Whether its value is an analytic function of all that stands in it, computed for complex ones too."""
    found: bool | None = e.cached("analytic")
    if found is None:
        found = e.cache("analytic", e.analytic and all(is_analytic(a) for a in e.args))
    return found


def derivative_shape(f: Shape, x: Shape, layout: str) -> Shape:
    """Shape of ∂f/∂x: scalar by matrix m×n (denominator) or n×m; by a scalar the shape of f; else the vec Jacobian."""
    if f == SCALAR:
        return x if layout == "denominator" else (x[1], x[0])
    if x == SCALAR:
        return f
    p, q = f[0] * f[1], x[0] * x[1]
    return (p, q) if layout == "numerator" else (q, p)


class Derivative(Expr):
    """∂f/∂x, not yet worked out: arguments (f, x) with x a symbol or an entry of one; params are (layout,)."""

    __slots__ = ()
    name = "derivative"
    binds = True

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return derivative_shape(shapes[0], shapes[1], params[0])

    @property
    def variable(self) -> Expr:
        return self.args[1]

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return derivative(args[0], args[1], self.params[0])

    def substitute(self, table: dict[Expr, Expr]) -> Expr:
        f, x = self.args
        base = x if isinstance(x, Symbol) else x.args[0]
        value = table.get(base)
        rest = {k: v for k, v in table.items() if k != base}
        inside = derivative(f.substitute(rest), x.substitute(rest) if x is not base else x, self.params[0])
        return inside if value is None else at(inside, {base: value})

    def evaluate(self, ev: Evaluator) -> Array:
        import numpy as np

        from nablatex.algebra.evaluate import central_difference, complex_difference, jacobian_of

        f, x = self.args
        base = x if isinstance(x, Symbol) else x.args[0]
        point = ev(base)
        value = ev(f)
        # the imaginary part of f(x + ihe) has no cancellation: derivatives of derivatives keep their digits
        smooth = is_analytic(f) and not (np.iscomplexobj(value) or np.iscomplexobj(point))
        difference = complex_difference if smooth else central_difference
        if base is not x:
            i, j = ev.index(x.args[1], base.shape[0]), ev.index(x.args[2], base.shape[1])
            e = np.zeros(point.shape)
            e[i, j] = 1.0
            return difference(lambda t: ev.bind({base: point + t * e})(f))
        jac = jacobian_of(lambda p: ev.bind({base: p})(f), point, difference)
        if value.shape == (1, 1):
            gradient = jac[0].reshape(point.shape, order="F")
            return np.asarray(gradient if self.params[0] == "denominator" else gradient.T)
        if point.shape == (1, 1):
            return jac[:, 0].reshape(value.shape, order="F")
        return jac if self.params[0] == "numerator" else jac.T

    def exact_value(self, ev: ExactEvaluator) -> Jet:
        f, x = self.args
        base = x if isinstance(x, Symbol) else x.args[0]
        point, k = ev(base), ev.depth
        if base is not x:
            i, j = ev.index(x.args[1], base.shape[0]), ev.index(x.args[2], base.shape[1])
            moved = point.varied(k, ev.unit(point.shape, i, j))
            return ev.bind({base: moved}, deeper=True)(f).coefficient(k, 1).map(lambda v: v[..., 0])
        m, n = point.shape
        jac = ev.bind({base: point.varied_everywhere(k)}, deeper=True)(f).coefficient(k, m * n)
        p, q = jac.parts[0].shape[-3:-1]
        if (p, q) == (1, 1):
            turned = jac.map(lambda v: v.reshape(*v.shape[:-3], n, m))
            return turned.T if self.params[0] == "denominator" else turned
        if (m, n) == (1, 1):
            return jac.map(lambda v: v[..., 0])
        flat = jac.map(lambda v: v.swapaxes(-2, -3).reshape(*v.shape[:-3], p * q, m * n))
        return flat if self.params[0] == "numerator" else flat.T


def derivative(f: Expr, x: Expr, layout: str = "denominator") -> Expr:
    """The formal derivative node; x is a symbol or an entry of a symbol."""
    if layout not in LAYOUTS:
        raise ValueError(f"layout {layout!r}: expected one of {', '.join(LAYOUTS)}")
    base = x if isinstance(x, Symbol) else x.args[0] if x.name == "entry" else None
    if not isinstance(base, Symbol):
        raise ValueError("a derivative is taken by a symbol or by an entry of one")
    return Derivative((f, x), (layout,))


class Directional(Expr):
    """df with dX put in: arguments (f, tangents...), params are the symbols that vary."""

    __slots__ = ()
    name = "directional"
    binds = True

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        for s, x in zip(shapes[1:], params, strict=True):
            why = f"a direction of {shape_text(s)} for a variable of {shape_text(x.shape)}"
            equate(s[0], x.shape[0], why)
            equate(s[1], x.shape[1], why)
        return shapes[0]

    def substitute(self, table: dict[Expr, Expr]) -> Expr:
        bound = {k: v for k, v in table.items() if k in self.params}
        rest = {k: v for k, v in table.items() if k not in self.params}
        tangents = {x: t.substitute(table) for x, t in zip(self.params, self.args[1:], strict=True)}
        inside = directional(self.args[0].substitute(rest), tangents)
        return at(inside, bound) if bound else inside

    def _free(self) -> frozenset[Expr]:
        return super()._free() | frozenset(x for x in self.params if x in self.args[0].free_symbols)

    def evaluate(self, ev: Evaluator) -> Array:
        from nablatex.algebra.evaluate import central_difference

        f = self.args[0]
        moves = [(x, ev(x), ev(t)) for x, t in zip(self.params, self.args[1:], strict=True)]
        return central_difference(lambda s: ev.bind({x: v + s * d for x, v, d in moves})(f))

    def exact_value(self, ev: ExactEvaluator) -> Jet:
        k = ev.depth
        moved = {x: ev(x).varied(k, ev(t)) for x, t in zip(self.params, self.args[1:], strict=True)}
        return ev.bind(moved, deeper=True)(self.args[0]).coefficient(k, 1).map(lambda v: v[..., 0])


def directional(f: Expr, tangents: Mapping[Expr, Expr]) -> Expr:
    """The differential of f in the directions given; symbols that f does not hold are dropped."""
    kept = {x: t for x, t in tangents.items() if x in f.free_symbols}
    if not kept:
        return zero(f.shape)
    return Directional((f, *kept.values()), tuple(kept))


class At(Expr):
    """body with symbols at given values: arguments (body, values...), params are the symbols."""

    __slots__ = ()
    name = "at"
    binds = True

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        for s, x in zip(shapes[1:], params, strict=True):
            why = f"{shape_text(s)} put in for {x!r}, which is {shape_text(x.shape)}"
            equate(s[0], x.shape[0], why)
            equate(s[1], x.shape[1], why)
        return shapes[0]

    def substitute(self, table: dict[Expr, Expr]) -> Expr:
        rest = {k: v for k, v in table.items() if k not in self.params}
        values = {x: v.substitute(table) for x, v in zip(self.params, self.args[1:], strict=True)}
        return at(self.args[0].substitute(rest), values)

    def _free(self) -> frozenset[Expr]:
        out = self.args[0].free_symbols - frozenset(self.params)
        for a in self.args[1:]:
            out |= a.free_symbols
        return out

    def evaluate(self, ev: Evaluator) -> Array:
        return ev.bind({x: ev(v) for x, v in zip(self.params, self.args[1:], strict=True)})(self.args[0])

    def exact_value(self, ev: ExactEvaluator) -> Jet:
        return ev.bind({x: ev(v) for x, v in zip(self.params, self.args[1:], strict=True)})(self.args[0])


def at(body: Expr, values: Mapping[Expr, Expr]) -> Expr:
    """body with the symbols at these values; put in at once where nothing in the body binds."""
    kept = {x: v for x, v in values.items() if x in body.free_symbols}
    for x, v in kept.items():
        if is_zero(v) and v.shape != x.shape:
            kept[x] = v = zero(x.shape)
        if v.shape != x.shape:
            raise ShapeError(f"{shape_text(v.shape)} put in for {x!r}, which is {shape_text(x.shape)}")
    if not kept:
        return body
    if not body.has_binders:
        return body.substitute(dict(kept))
    return At((body, *kept.values()), tuple(kept))


class Accumulating(Expr):
    """Binding one number in its body and running over it: sums, integrals, products.  Arguments (body, lower, upper)."""

    __slots__ = ()
    binds = True

    @property
    def index(self) -> Symbol:
        """The symbol that is bound."""
        i: Symbol = self.params[0]
        return i

    def _free(self) -> frozenset[Expr]:
        out = self.args[0].free_symbols - frozenset(self.params)
        return out | self.args[1].free_symbols | self.args[2].free_symbols

    def substitute(self, table: dict[Expr, Expr]) -> Expr:
        if self in table:
            return table[self]
        rest = {k: v for k, v in table.items() if k != self.index}
        return self.rebuild([self.args[0].substitute(rest), *[a.substitute(table) for a in self.args[1:]]])

    def over(self, body: Expr) -> Expr:
        """What adds the differentials of the body up, with another body: the same sum or integral, the sum of a product."""
        return self.rebuild([body, *self.args[1:]])

    def apart(self, taken: Set[Expr]) -> Expr:
        """The same with another letter for its index, where that is one of the symbols that are free elsewhere."""
        i = self.index
        if i not in taken:
            return self
        used = {s.label for e in (self, *taken) for s in e.walk() if isinstance(s, Symbol)} | {i.label}
        label = next(c for c in (*LETTERS, *(f"{i.label}_{{{k}}}" for k in range(len(used) + 1))) if c not in used)
        other = Symbol((), (label, i.shape, i.params[2]))
        return type(self)((self.args[0].substitute({i: other}), *self.args[1:]), (other,))

    def inside(self, cotangent: Expr) -> Expr:
        """The cotangent of the body, for every value of the index, from that of the whole."""
        return cotangent


class Summing(Accumulating):
    """Linear in its body: sums over an index, integrals."""

    __slots__ = ()
    linear = True

    def transposed(self) -> Expr:
        from nablatex.algebra.build import transpose

        return self.rebuild([transpose(self.args[0]), *self.args[1:]])


class IndexSum(Summing):
    """sum over an index from lower to upper: arguments (body, lower, upper), params are (index symbol,)."""

    __slots__ = ()
    name = "index_sum"
    analytic = True
    rule = "term by term"
    move = "term by term"

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        return shapes[0]

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return index_sum(args[0], self.index, args[1], args[2])

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        return None if tangents[0] is None else index_sum(tangents[0], self.index, self.args[1], self.args[2])

    def evaluate(self, ev: Evaluator) -> Array:
        import numpy as np

        from nablatex.algebra.evaluate import Unvaluable

        lo, hi = round(float(ev(self.args[1])[0, 0])), round(float(ev(self.args[2])[0, 0]))
        if hi - lo > MAX_TERMS:
            raise Unvaluable(f"a sum of {hi - lo + 1} terms is too large to evaluate")
        total = ev.full(self.shape, 0.0)
        for i in range(lo, hi + 1):
            total = total + ev.bind({self.index: np.array([[float(i)]])})(self.args[0])
        return total

    def exact_value(self, ev: ExactEvaluator) -> Jet:
        from nablatex.algebra.fields import NotExact

        lo, hi = ev.integer(self.args[1]), ev.integer(self.args[2])
        if hi - lo > MAX_TERMS:
            raise NotExact(f"a sum of {hi - lo + 1} terms is too large")
        total = ev.full(self.shape, 0)
        for i in range(lo, hi + 1):
            total = total + ev.bind({self.index: ev.number(Fraction(i))})(self.args[0])
        return total


def index_sum(body: Expr, index: Expr, lower: Expr, upper: Expr) -> Expr:
    """sum_{index=lower}^{upper} body; what does not depend on the index is pulled out of products."""
    if is_zero(body):
        return body
    if isinstance(lower, Number) and isinstance(upper, Number) and upper.value < lower.value:
        return zero(body.shape)
    if body.name == "mul":
        free = [a for a in body.args if a.is_scalar and index not in a.free_symbols]
        if free and len(free) < len(body.args):
            bound = [a for a in body.args if not (a.is_scalar and index not in a.free_symbols)]
            return mul(*free, index_sum(mul(*bound), index, lower, upper))
    return IndexSum((body, lower, upper), (index,))


def fresh_index(letter: str, *avoid: Expr) -> Symbol:
    """An index symbol whose name no expression of avoid uses."""
    taken = {s.params[0] for e in avoid for s in e.walk() if isinstance(s, Symbol)}
    taken |= {s.params[0].params[0] for e in avoid for s in e.walk() if isinstance(s, IndexSum)}
    name = letter
    while name in taken:
        name += "'"
    return Symbol((), (name, SCALAR, frozenset(("index", "integer"))))
