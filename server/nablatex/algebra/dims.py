"""Symbolic dimensions: polynomials in dimension letters (m, n, m·n, n+1, 3, n(n+1)/2), coefficients mostly integers.

Letters that start with ``?`` are unification variables of the elaborator; the engine never sees them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import ClassVar
from weakref import WeakValueDictionary

Monomial = tuple[str, ...]
Coefficient = int | Fraction


class Dim:
    """A polynomial as sorted (monomial, coefficient) pairs; the number 3 is ``(((), 3),)``.

    Equal dimensions are one object, so that comparing shapes costs nothing.
    """

    __slots__ = ("__weakref__", "_letters", "terms")
    terms: tuple[tuple[Monomial, Coefficient], ...]
    _letters: frozenset[str] | None
    _made: ClassVar[WeakValueDictionary[tuple[tuple[Monomial, Coefficient], ...], Dim]] = WeakValueDictionary()

    def __new__(cls, terms: tuple[tuple[Monomial, Coefficient], ...]) -> Dim:
        found = cls._made.get(terms)
        if found is None:
            found = object.__new__(cls)
            found.terms = terms
            found._letters = None
            cls._made[terms] = found
        return found

    def __reduce__(self) -> tuple[type[Dim], tuple[tuple[tuple[Monomial, Coefficient], ...]]]:
        return (Dim, (self.terms,))

    def __repr__(self) -> str:
        return f"Dim({self})"

    @property
    def value(self) -> int | None:
        """The number that this dimension is, or None where it holds letters."""
        if not self.terms:
            return 0
        if len(self.terms) == 1 and not self.terms[0][0]:
            k = self.terms[0][1]
            return k if isinstance(k, int) else None
        return None

    @property
    def letter(self) -> str | None:
        """The single letter that this dimension is, or None."""
        if len(self.terms) == 1:
            monomial, k = self.terms[0]
            if k == 1 and len(monomial) == 1:
                return monomial[0]
        return None

    @property
    def denominator(self) -> int:
        """The common denominator of the coefficients."""
        return lcm(*[Fraction(k).denominator for _, k in self.terms]) if self.terms else 1

    def letters(self) -> frozenset[str]:
        found = self._letters
        if found is None:
            found = self._letters = frozenset(x for monomial, _ in self.terms for x in monomial)
        return found

    def __add__(self, other: Dim) -> Dim:
        return _make(dict(self.terms), other.terms)

    def __mul__(self, other: Dim) -> Dim:
        if self is ONE:
            return other
        if other is ONE:
            return self
        out: dict[Monomial, Coefficient] = {}
        for a, x in self.terms:
            for b, y in other.terms:
                key = tuple(sorted(a + b))
                out[key] = out.get(key, 0) + x * y
        return _make(out, ())

    def __neg__(self) -> Dim:
        return Dim(tuple((m, -k) for m, k in self.terms))

    def __sub__(self, other: Dim) -> Dim:
        return self + -other

    def substitute(self, values: Mapping[str, Dim]) -> Dim:
        """Letters replaced by dimensions (once, not again in what is put in)."""
        if not self.letters() & values.keys():
            return self
        total = dim(0)
        for monomial, k in self.terms:
            part = Dim((((), k),))
            for x in monomial:
                part = part * values.get(x, _letter(x))
            total = total + part
        return total

    def at(self, sizes: Mapping[str, int]) -> int:
        """The number for these sizes of the letters; KeyError names a letter without one."""
        total: Coefficient = 0
        for monomial, k in self.terms:
            for x in monomial:
                k *= sizes[x]
            total += k
        return int(total)

    def __str__(self) -> str:
        if not self.terms:
            return "0"
        below = self.denominator
        if below != 1:
            return f"({Dim(tuple((m, int(k * below)) for m, k in self.terms))})/{below}"
        parts: list[str] = []
        for monomial, k in self.terms:
            body = "·".join(monomial)
            size = str(abs(k))
            text = f"{size}·{body}" if body and abs(k) != 1 else body or size
            parts.append((" - " if k < 0 else " + ") + text)
        text = "".join(parts)
        return text[3:].replace(" ", "") if text.startswith(" + ") else text.strip().replace(" ", "")


def _make(base: dict[Monomial, Coefficient], more: tuple[tuple[Monomial, Coefficient], ...]) -> Dim:
    for monomial, k in more:
        base[monomial] = base.get(monomial, 0) + k
    whole = ((m, int(k) if k == int(k) else k) for m, k in base.items() if k)
    return Dim(tuple(sorted(whole, key=lambda t: (-len(t[0]), t[0]))))


@lru_cache(maxsize=4096)
def _letter(name: str) -> Dim:
    return Dim((((name,), 1),))


@lru_cache(maxsize=1024)
def _number(n: int) -> Dim:
    return Dim((((), n),)) if n else Dim(())


def dim(x: str | int | Dim) -> Dim:
    """A dimension from a letter, a number, or itself."""
    if isinstance(x, Dim):
        return x
    return _number(x) if isinstance(x, int) else _letter(x)


ONE = dim(1)
Shape = tuple[Dim, Dim]


def half_square(n: Dim) -> Dim:
    """n(n+1)/2, the length of vech of an n×n matrix."""
    half = Fraction(1, 2)
    return Dim(_make({m: half * k for m, k in (n * n).terms}, tuple((m, half * k) for m, k in n.terms)).terms)


SCALAR: Shape = (ONE, ONE)


class ShapeError(ValueError):
    """Two dimensions that must be equal and are not; the message says which, in shapes."""


Equate = Callable[[Dim, Dim, str], None]
"""equate(a, b, why): demand a = b, raising ShapeError with the reason where that cannot be."""


def strict(a: Dim, b: Dim, why: str) -> None:
    """The engine's Equate: equal dimensions or ShapeError."""
    if a != b:
        raise ShapeError(why)


def shape_text(shape: Shape) -> str:
    """``m×n``, ``n×1``, or ``scalar``."""
    return "scalar" if shape == SCALAR else f"{shape[0]}×{shape[1]}"


def one_shape(shapes: Sequence[Shape], what: str, equate: Equate) -> Shape:
    """The shape that all have in common, demanded of the first and each other; what: "a sum of"."""
    first = shapes[0]
    for s in shapes[1:]:
        if s != first:
            why = f"{what} {shape_text(first)} and {shape_text(s)}"
            equate(first[0], s[0], why)
            equate(first[1], s[1], why)
    return first
