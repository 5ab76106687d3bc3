"""Floating-point values of expressions: the yardstick that is independent of the symbolic rules.

Every value is a two-dimensional array; a scalar is 1×1 and a vector n×1.  Derivatives are evaluated by
8th-order central differences of the function itself (`central_difference`), never by a rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nablatex.algebra.dims import Dim, Shape
from nablatex.algebra.expr import Expr

Array = NDArray[Any]

_WEIGHTS = (4 / 5, -1 / 5, 4 / 105, -1 / 280)
STEP = 4e-3


class Unvaluable(ValueError):
    """An expression has no value here: outside a domain, or an operator that cannot be evaluated."""


class Evaluator:
    """Values for symbols, sizes for dimension letters; call it on an expression.

    values: by symbol; sizes: by dimension letter.  ArithmeticError, LinAlgError or Unvaluable outside domains.
    """

    def __init__(self, values: Mapping[Expr, Array], sizes: Mapping[str, int]) -> None:
        self.values = dict(values)
        self.sizes = dict(sizes)
        self._memo: dict[Expr, Array] = {}
        self._kept: tuple[frozenset[Expr], int, dict[Expr, Array]] = (frozenset(), 0, {})
        """What does not depend on some symbols, and how much was known then: a difference quotient binds one many times."""

    def __call__(self, e: Expr) -> Array:
        found = self._memo.get(e)
        if found is None:
            found = e.evaluate(self)
            self._memo[e] = found
        return found

    def bind(self, values: Mapping[Expr, Array]) -> Evaluator:
        """The same with some symbols at other values; what does not depend on them is kept."""
        out = Evaluator(self.values, self.sizes)
        out.values.update(values)
        changed = frozenset(values)
        if self._kept[:2] != (changed, len(self._memo)):
            kept = {e: v for e, v in self._memo.items() if not (e.free_symbols & changed)}
            self._kept = (changed, len(self._memo), kept)
        out._memo = self._kept[2].copy()
        return out

    def symbol(self, s: Expr) -> Array:
        try:
            return self.values[s]
        except KeyError:
            raise Unvaluable(f"no value for {s!r}") from None

    def size(self, d: Dim) -> int:
        return d.at(self.sizes)

    def full(self, shape: Shape, value: float) -> Array:
        return np.full((self.size(shape[0]), self.size(shape[1])), value)

    def eye(self, d: Dim) -> Array:
        return np.eye(self.size(d))

    def index(self, e: Expr, bound: Dim) -> int:
        """Zero-based index from a scalar expression that counts from 1."""
        i = round(float(np.real(self(e)[0, 0]))) - 1
        if not 0 <= i < self.size(bound):
            raise Unvaluable(f"index {e!r} is outside 1..{bound}")
        return i


CONVERGED = 2e-7


def central_difference(f: Callable[[float], Array], step: float = STEP) -> Array:
    """d/dt f(t) at 0 by 8th-order central differences of two steps; error about 1e-12 on smooth functions.

    FloatingPointError where the two do not agree: near a singular matrix or a kink a difference says nothing.
    """
    coarse, fine = _difference(f, step), _difference(f, step / 2)
    scale = max(1e-2, float(np.max(np.abs(fine), initial=0.0)))
    if not float(np.max(np.abs(coarse - fine), initial=0.0)) <= CONVERGED * scale:
        raise FloatingPointError("the difference quotient has not converged")
    return fine


def _difference(f: Callable[[float], Array], step: float) -> Array:
    total: Array | None = None
    for k, w in enumerate(_WEIGHTS, 1):
        part = w * (f(k * step) - f(-k * step))
        total = part if total is None else total + part
    assert total is not None
    return total / step


COMPLEX_STEP = 1e-30


def complex_difference(f: Callable[[Any], Array]) -> Array:
    """d/dt f(t) at 0 from f(ih), for an f that is analytic and real for real t (Squire and Trapp, 1998)."""
    found = np.imag(f(1j * COMPLEX_STEP)) / COMPLEX_STEP
    if not np.all(np.isfinite(found)):
        raise FloatingPointError("no finite derivative")
    return found


def jacobian_of(
    f: Callable[[Array], Array],
    x: Array,
    difference: Callable[[Callable[[Any], Array]], Array] = central_difference,
) -> Array:
    """d vec f / d vec(x)^T in column-major order."""
    m, n = x.shape
    columns: list[Array] = []
    for j in range(n):
        for i in range(m):
            e = np.zeros((m, n))
            e[i, j] = 1.0
            columns.append(difference(lambda t, e=e: f(x + t * e)).reshape(-1, order="F"))  # type: ignore[misc]
    return np.array(columns).T
