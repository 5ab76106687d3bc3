"""Exact values of expressions, with derivatives by dual numbers.

A value is a `Jet`: a matrix over a field extended by nilpotents e_0, e_1, … with e_k^2 = 0.  A derivative binds its
variable to x + e_k E_ij for all entries at once and reads the coefficient of e_k off: exact, nested as deep as the
formula nests, and without any rule of `nablatex.calculus`.  Inverse, determinant and adjugate come from the
Faddeev-LeVerrier recursion, which needs products only, so that they hold over the extended ring as well.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from nablatex.algebra.dims import Dim, Shape
from nablatex.algebra.evaluate import Array, Evaluator, Unvaluable
from nablatex.algebra.fields import Field, NotExact, PrimeField

if TYPE_CHECKING:
    from nablatex.algebra.expr import Expr

Degree = tuple[int, int]
"""Bounds of the total degrees of numerator and (common) denominator in what was drawn."""


class Jet:
    """parts: by the set of nilpotents (as bits), an array whose last two axes are the matrix.

    The array of a part with e_k has an axis of its own for e_k, third from last and before for e_0, then e_1, …
    """

    __slots__ = ("degree", "field", "parts")

    def __init__(self, field: Field, parts: dict[int, Array], degree: Degree = (0, 0)) -> None:
        self.field = field
        self.parts = parts
        self.degree = degree

    @property
    def shape(self) -> tuple[int, int]:
        m, n = self.parts[0].shape[-2:]
        return m, n

    # ---- linear

    def map(self, f: Callable[[Array], Array]) -> Jet:
        """A linear rearrangement f of the last two axes, applied to every part."""
        return Jet(self.field, {s: self.field.reduce(f(x)) for s, x in self.parts.items()}, self.degree)

    def __add__(self, other: Jet) -> Jet:
        parts = dict(self.parts)
        for s, x in other.parts.items():
            parts[s] = self.field.reduce(parts[s] + x) if s in parts else x
        (a, b), (c, d) = self.degree, other.degree
        return Jet(self.field, parts, (max(a + d, c + b), b + d))

    def scale(self, q: Fraction | int) -> Jet:
        return self.scaled(self.field.number(Fraction(q)))

    def scaled(self, k: Any) -> Jet:
        """Times an element of the field."""
        return Jet(self.field, {s: self.field.reduce(x * k) for s, x in self.parts.items()}, self.degree)

    def diagonal_matrix(self) -> Jet:
        """Columns to diagonal matrices."""
        return self.map(lambda x: x * np.eye(x.shape[-2], dtype=int).astype(object))

    def __neg__(self) -> Jet:
        return self.scale(-1)

    def __sub__(self, other: Jet) -> Jet:
        return self + -other

    @property
    def T(self) -> Jet:
        return self.map(lambda x: np.swapaxes(x, -1, -2))

    def trace(self) -> Jet:
        return self.map(lambda x: x.diagonal(axis1=-2, axis2=-1).sum(axis=-1, keepdims=True)[..., None])

    def total(self) -> Jet:
        """The sum of all entries."""
        return self.map(lambda x: x.sum(axis=(-2, -1), keepdims=True))

    # ---- bilinear

    def bilinear(self, other: Jet, product: Callable[[Array, Array], Array]) -> Jet:
        parts: dict[int, Array] = {}
        for s, x in self.parts.items():
            for t, y in other.parts.items():
                if s & t:
                    continue
                z = product(x, y)
                parts[s | t] = self.field.reduce(parts[s | t] + z if s | t in parts else z)
        return Jet(self.field, parts, (self.degree[0] + other.degree[0], self.degree[1] + other.degree[1]))

    def __matmul__(self, other: Jet) -> Jet:
        return self.bilinear(other, np.matmul)

    def __mul__(self, other: Jet) -> Jet:
        """Entry by entry; a scalar multiplies everything."""
        return self.bilinear(other, lambda x, y: x * y)

    def kron(self, other: Jet, columns: bool = False) -> Jet:
        """Kronecker product, or that of matching columns."""

        def whole(x: Array, y: Array) -> Array:
            z = x[..., :, None, :, None] * y[..., None, :, None, :]
            return z.reshape(*z.shape[:-4], z.shape[-4] * z.shape[-3], z.shape[-2] * z.shape[-1])

        def matching(x: Array, y: Array) -> Array:
            z = x[..., :, None, :] * y[..., None, :, :]
            return z.reshape(*z.shape[:-3], z.shape[-3] * z.shape[-2], z.shape[-1])

        return self.bilinear(other, matching if columns else whole)

    # ---- rational

    @property
    def nilpotents(self) -> int:
        return max(self.parts).bit_length()

    def base(self) -> Jet:
        return Jet(self.field, {0: self.parts[0]}, self.degree)

    def reciprocal(self) -> Jet:
        """1/x entry by entry: y = r - r N y with r = 1/x_0, which ends as N is nilpotent."""
        r = Jet(self.field, {0: self.field.reciprocal(self.parts[0])})
        rest = Jet(self.field, {s: x for s, x in self.parts.items() if s} or {0: self.parts[0] * 0})
        y = r
        for _ in range(self.nilpotents):
            y = r - r * rest * y
        n, d = self.degree
        cells = int(np.prod(self.shape)) * (1 + self.nilpotents)
        return Jet(self.field, y.parts, (d + (cells - 1) * n, cells * n))

    def characteristic(self) -> tuple[Jet, Jet]:
        """(det X, adj X) by Faddeev and LeVerrier: M_k = X M_{k-1} + c I, c = -tr(X M_k)/k."""
        n = self.shape[0]
        eye = Jet(self.field, {0: self.field.each(lambda v: self.field.number(Fraction(int(v))), np.eye(n))})
        m = eye
        for k in range(1, n + 1):
            xm = self @ m
            c = xm.trace().scale(Fraction(-1, k))
            if k == n:
                break
            m = xm + c * eye
        sign = (-1) ** n
        a, b = self.degree
        det = Jet(self.field, c.scale(sign).parts, (n * a, n * b))
        adj = Jet(self.field, m.scale(-sign).parts, ((n - 1) * a, (n - 1) * b))
        return det, adj

    def inverse(self) -> Jet:
        """X^{-1} = adj X / det X.  ZeroDivisionError where X is singular."""
        det, adj = self.characteristic()
        return det.reciprocal() * adj

    def power(self, k: int) -> Jet:
        """X^k of a square matrix or a scalar, by squaring."""
        if k < 0:
            return (self.reciprocal() if self.shape == (1, 1) else self.inverse()).power(-k)
        return self._repeated(k, lambda a, b: a @ b, np.eye(self.shape[0]))

    def entry_power(self, k: int) -> Jet:
        if k < 0:
            return self.reciprocal().entry_power(-k)
        return self._repeated(k, lambda a, b: a * b, np.ones(self.shape))

    def _repeated(self, k: int, product: Callable[[Jet, Jet], Jet], unit: Array) -> Jet:
        out = Jet(self.field, {0: self.field.each(lambda v: self.field.number(Fraction(int(v))), unit)})
        square = self
        while k:
            if k & 1:
                out = product(out, square)
            k >>= 1
            if k:
                square = product(square, square)
        return out

    # ---- functions

    def apply(self, name: str, order: int = 0) -> Jet:
        """A primitive function (SLOPES) or an unknown one entry by entry: f(a + e b) = f(a) + e f'(a) b."""
        if not any(self.parts):
            return Jet(self.field, {0: self.field.function(name, order, self.parts[0])}, (1, 0))
        top = 1 << (self.nilpotents - 1)
        a = Jet(self.field, {s: x for s, x in self.parts.items() if not s & top}, self.degree)
        b = Jet(self.field, {s ^ top: x for s, x in self.parts.items() if s & top}, self.degree)
        value = a.apply(name, order)
        slope = SLOPES[name](value, a) if name in SLOPES else a.apply(name, order + 1)
        moved = slope * b
        moved.parts = {s | top: x for s, x in moved.parts.items()}
        return value + moved

    # ---- dual numbers

    def varied(self, k: int, direction: Jet) -> Jet:
        """x + e_k times a direction that does not hold e_k."""
        parts = dict(self.parts)
        for s, x in direction.parts.items():
            parts[s | 1 << k] = x.reshape((1,) * (3 + k - x.ndim) + x.shape)
        return Jet(self.field, parts, (max(self.degree[0], direction.degree[0]), self.degree[1]))

    def varied_everywhere(self, k: int) -> Jet:
        """x + e_k E_ij for all (i, j) in column-major order, one after the other along the axis of e_k."""
        m, n = self.shape
        seeds = np.zeros((m * n, *(1,) * k, m, n), dtype=object)
        one = self.field.number(Fraction(1))
        for j in range(n):
            for i in range(m):
                seeds[(j * m + i, *(0,) * k, i, j)] = one
        return Jet(self.field, {**self.parts, 1 << k: seeds}, self.degree)

    def coefficient(self, k: int, count: int) -> Jet:
        """The coefficient of e_k with its axis moved last: arrays (…, p, q, count); zero where there is none."""
        bit = 1 << k
        parts = {s ^ bit: np.moveaxis(x, 0, -1) for s, x in self.parts.items() if s & bit}
        parts = {s: np.broadcast_to(x, (*x.shape[:-3], *self.shape, count)) for s, x in parts.items()}
        if 0 not in parts:
            parts[0] = np.zeros((*self.shape, count), dtype=object)
        n, d = self.degree
        return Jet(self.field, parts, (n + d, 2 * d))


SLOPES: dict[str, Callable[[Jet, Jet], Jet]] = {
    "exp": lambda value, x: value,
    "log": lambda value, x: x.reciprocal(),
    "sqrt": lambda value, x: value.scale(2).reciprocal(),
    "sin": lambda value, x: x.apply("cos"),
    "cos": lambda value, x: -x.apply("sin"),
    "arctan": lambda value, x: (x * x + x.entry_power(0)).reciprocal(),
    "sign": lambda value, x: x.scale(0),
    "step": lambda value, x: x.scale(0),
}
"""The derivative of each primitive function from its value and its argument."""


class ExactEvaluator:
    """Exact values: call it on an expression.  depth counts the nilpotents in use; until bounds the time (as time.thread_time tells it)."""

    def __init__(
        self, field: Field, values: Mapping[Expr, Jet], sizes: Mapping[str, int], depth: int = 0, until: float = 1e300
    ) -> None:
        self.field = field
        self.values = dict(values)
        self.sizes = dict(sizes)
        self.depth = depth
        self.until = until
        self._memo: dict[Expr, Jet] = {}

    def __call__(self, e: Expr) -> Jet:
        found = self._memo.get(e)
        if found is None:
            if time.thread_time() > self.until:
                raise NotExact("out of time")
            found = e.exact_value(self)
            self._memo[e] = found
        return found

    def bind(self, values: Mapping[Expr, Jet], deeper: bool = False) -> ExactEvaluator:
        """The same with some symbols at other values, one nilpotent deeper where they hold a new one."""
        out = ExactEvaluator(self.field, {**self.values, **values}, self.sizes, self.depth + deeper, self.until)
        changed = values.keys()
        out._memo = {e: v for e, v in self._memo.items() if not (e.free_symbols & changed)}
        return out

    def symbol(self, s: Expr) -> Jet:
        try:
            return self.values[s]
        except KeyError:
            raise Unvaluable(f"no value for {s!r}") from None

    def size(self, d: Dim) -> int:
        return d.at(self.sizes)

    def constant(self, x: Array) -> Jet:
        """A matrix of integers."""
        return Jet(self.field, {0: self.field.each(lambda v: self.field.number(Fraction(int(v))), x)})

    def number(self, q: Fraction) -> Jet:
        return Jet(self.field, {0: np.array([[self.field.number(q)]], dtype=object)})

    def full(self, shape: Shape, value: int) -> Jet:
        return self.constant(np.full((self.size(shape[0]), self.size(shape[1])), value))

    def unit(self, shape: tuple[int, int] = (1, 1), i: int = 0, j: int = 0) -> Jet:
        """E_ij."""
        x = np.zeros(shape)
        x[i, j] = 1
        return self.constant(x)

    @property
    def patterns(self) -> Evaluator:
        return Patterns(self)

    def index(self, e: Expr, bound: Dim) -> int:
        """Zero-based index from a scalar expression that counts from 1."""
        i = self.integer(e) - 1
        if not 0 <= i < self.size(bound):
            raise Unvaluable(f"index {e!r} is outside 1..{bound}")
        return i

    def integer(self, e: Expr) -> int:
        value = self(e)
        if any(value.parts):
            raise NotExact(f"{e!r} varies")
        return self.field.integer(value.parts[0][0, 0])


class Patterns(Evaluator):
    """What constant matrices of integers need to know: sizes, and indices from exact values."""

    def __init__(self, exact: ExactEvaluator) -> None:
        super().__init__({}, exact.sizes)
        self.exact = exact

    def index(self, e: Expr, bound: Dim) -> int:
        return self.exact.index(e, bound)


def beside(values: Sequence[Jet], axis: int) -> Jet:
    """Matrices put next to each other (axis -1) or below each other (axis -2)."""
    widths = [v.shape[axis] for v in values]
    total: Jet | None = None
    for k, v in enumerate(values):
        around = (sum(widths[:k]), sum(widths[k + 1 :]))
        moved = v.map(lambda x, a=around: _padded(x, a, axis))  # type: ignore[misc]
        total = moved if total is None else total + moved
    assert total is not None
    return total


def _padded(x: Array, around: tuple[int, int], axis: int) -> Array:
    """Zeros before and behind.  Not `numpy.pad`: it makes machine integers, which overflow, of Python's."""
    shape = list(x.shape)
    shape[axis] += sum(around)
    out = np.empty(shape, dtype=x.dtype)
    out.fill(0)
    inside = slice(around[0], around[0] + x.shape[axis])
    out[(..., inside) if axis == -1 else (..., inside, slice(None))] = x
    return out


def real_power(base: Jet, exponent: Fraction) -> Jet:
    """base^exponent entry by entry for an exponent that is no integer: roots everywhere, else where reals are."""
    if exponent.denominator == 2:
        return base.apply("sqrt").entry_power(exponent.numerator)
    if isinstance(base.field, PrimeField):
        raise NotExact("a power that is no integer")
    log = base.apply("log")
    return log.scale(exponent).apply("exp")
