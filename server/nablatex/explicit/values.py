"""Values of the explicit lane: SymPy expressions and matrices, multiples of an identity whose size is not known yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import sympy

from nablatex.explicit import sizes
from nablatex.latex.tree import Span

MAX_SIDE = 12
"""Rows and columns of a matrix that is computed with."""
MAX_POWER = 1000
"""The highest power of a symbol or a matrix."""


class NotExplicit(ValueError):
    """The formula is not explicit: a symbol is not known to be a number, or something has no value; span says where."""

    def __init__(self, message: str, span: Span | None = None) -> None:
        super().__init__(message)
        self.span = span


class Doubtful(NotExplicit):
    """The formula holds a sign or letter that has another meaning than a number here; nothing can be said against it."""


@dataclass(frozen=True, slots=True)
class Identity:
    """factor · I, of the size that its surroundings ask for."""

    factor: Any


Value: TypeAlias = Any
"""A SymPy expression, an immutable SymPy matrix, or an `Identity`."""


def is_matrix(x: Value) -> bool:
    return isinstance(x, sympy.MatrixBase)


def is_scalar(x: Value) -> bool:
    return isinstance(x, sympy.Expr) and not is_matrix(x)


def matrix(*parts: Any) -> Any:
    """An immutable matrix from rows, or from its sizes and its entries; 1×1 stays a matrix."""
    return sympy.ImmutableDenseMatrix(*parts)


def add(a: Value, b: Value) -> Value:
    """a + b; 0 and multiples of I take the shape of the other."""
    if isinstance(a, Identity) and isinstance(b, Identity):
        return Identity(a.factor + b.factor)
    for x, y in ((a, b), (b, a)):
        if isinstance(x, Identity) and is_matrix(y):
            return y + x.factor * sympy.eye(_side(y, "a multiple of the identity is added"))
        if is_scalar(x) and not is_scalar(y) and x == 0:
            return y
    if is_scalar(a) != is_scalar(b):
        raise NotExplicit("a sum of a number and a matrix")
    if is_matrix(a) and a.shape != b.shape:
        raise NotExplicit(f"a sum of {size_text(a)} and {size_text(b)}")
    return a + b


def negate(a: Value) -> Value:
    return Identity(-a.factor) if isinstance(a, Identity) else -a


def multiply(a: Value, b: Value) -> Value:
    """a b in this order; a 1×1 matrix multiplies anything, as a number does."""
    if isinstance(a, Identity) or isinstance(b, Identity):
        other, one = (b, a) if isinstance(a, Identity) else (a, b)
        if isinstance(other, Identity):
            return Identity(a.factor * b.factor)
        return Identity(one.factor * other) if is_scalar(other) else one.factor * other
    if is_matrix(a) and is_matrix(b) and a.cols != b.rows:
        if a.shape == (1, 1):
            return a[0, 0] * b
        if b.shape == (1, 1):
            return a * b[0, 0]
        raise NotExplicit(f"the product of {size_text(a)} and {size_text(b)} cannot be formed")
    return a * b


def divide(a: Value, b: Value) -> Value:
    b = number_of(b)
    if not is_scalar(b):
        raise NotExplicit("a division by a matrix")
    if b == 0:
        raise NotExplicit("a division by 0")
    return Identity(a.factor / b) if isinstance(a, Identity) else a / b


def _small(a: Any, k: int) -> bool:
    """Whether a power can be written out: SymPy hands polynomials and integers to libraries that nothing interrupts."""
    if a.is_Rational:
        return bool(abs(k) * max(a.p.bit_length(), a.q.bit_length()) <= sizes.MAX_BITS)
    return bool(a.is_number) or abs(k) <= MAX_POWER


def power(a: Value, k: Value) -> Value:
    """a to the k; a matrix to an integer."""
    k = number_of(k)
    if isinstance(a, Identity):
        return Identity(power(a.factor, k))
    if not is_scalar(k):
        raise NotExplicit("a power to a matrix")
    if is_scalar(a):
        if a == 0 and (k == 0 or k.is_negative):
            raise NotExplicit("a power of 0 that has no value")
        if k.is_Integer and not _small(a, int(k)):
            raise NotExplicit("a power that is too large")
        return a**k
    _side(a, "a power")
    if not k.is_Integer:
        raise NotExplicit("a power of a matrix that is no given integer")
    if abs(int(k)) > MAX_POWER:
        raise NotExplicit("a power that is too large")
    if k < 0:
        return inverse(a) ** (-k)
    return a**k


def inverse(a: Value) -> Value:
    if isinstance(a, Identity):
        return Identity(divide(sympy.S.One, a.factor))
    if is_scalar(a):
        return divide(sympy.S.One, a)
    if determinant_is_large(a, "the inverse", a.rows):
        raise NotExplicit("an inverse that is too large")
    if sympy.simplify(a.det()) == 0:
        raise NotExplicit("the matrix is singular: it has no inverse")
    return sympy.simplify(a.inv())


def determinant(a: Value) -> Value:
    if isinstance(a, Identity):
        raise NotExplicit("the size of the identity is not known")
    if is_scalar(a):
        return a
    if determinant_is_large(a, "the determinant"):
        raise NotExplicit("a determinant that is too large")
    return a.det(method="berkowitz")


def determinant_is_large(a: Any, what: str, times: int = 1) -> bool:
    """Whether so many determinants of this size have more terms than are written out."""
    _side(a, what)
    return times * sizes.determinant_terms(a) > sizes.MAX_TERMS


def factorial(n: Value) -> Value:
    n = number_of(n)
    if n.is_Integer and sizes.factorial_bits(abs(int(n))) > sizes.MAX_BITS:
        raise NotExplicit("a factorial that is too large")
    return sympy.factorial(n)


def binomial(n: Value, k: Value) -> Value:
    if n.is_Integer and k.is_Integer and 0 < k < n and sizes.binomial_bits(int(n), int(k)) > sizes.MAX_BITS:
        raise NotExplicit("a binomial coefficient that is too large")
    return sympy.binomial(n, k)


def number_of(a: Value) -> Value:
    """A 1×1 matrix as the number that it is; anything else as it is."""
    return a[0, 0] if is_matrix(a) and a.shape == (1, 1) else a


def _side(a: Any, what: str) -> int:
    if a.rows != a.cols:
        raise NotExplicit(f"{what}: the matrix is {size_text(a)}, not square")
    return int(a.rows)


def square_side(a: Any, what: str) -> int:
    """The side of a square matrix; NotExplicit for any other, named by what."""
    if isinstance(a, Identity):
        raise NotExplicit("the size of the identity is not known")
    if not is_matrix(a):
        raise NotExplicit(f"{what} is of a matrix")
    return _side(a, what)


def size_text(a: Any) -> str:
    return f"{a.rows}×{a.cols}" if is_matrix(a) else "1×1"
