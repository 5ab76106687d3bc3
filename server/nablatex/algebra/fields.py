"""The numbers that exact values are made of: a large prime field, the rationals, and reals to many digits.

A field reduces, inverts and applies functions to arrays of Python numbers.  Over the prime field a function is an
opaque atom: a value drawn from its name and its argument, the same each time; roots and trigonometric functions
keep the algebraic laws that they have (sqrt(x)^2 = x, sin^2 + cos^2 = 1).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from nablatex.algebra.evaluate import Array, Unvaluable

PRIME = 2**61 - 1
LARGEST_POWER = 1 << 20
UNKNOWN = "?"
"""Stands before the name of a function of which nothing is known but its name."""


class NotExact(ValueError):
    """An operator or function that has no exact value in this field."""


class Field:
    """What the three kinds of numbers share; `opaque` collects what was drawn instead of computed."""

    def __init__(self) -> None:
        self.opaque: set[str] = set()

    def reduce(self, x: Array) -> Array:
        """The canonical representative of every entry."""
        return x

    def number(self, q: Fraction) -> Any:
        raise NotImplementedError

    def reciprocal(self, x: Array) -> Array:
        """1/x entry by entry.  ZeroDivisionError where an entry is zero."""
        raise NotImplementedError

    def function(self, name: str, order: int, x: Array) -> Array:
        """A primitive function entry by entry, or the order-th derivative of an unknown one.  NotExact."""
        raise NotExact(f"{name} has no exact value")

    def constant(self, name: str) -> Any:
        raise NotExact(f"{name} has no exact value")

    def integer(self, x: Any) -> int:
        """The integer that an element stands for.  NotExact where it is none, or too large for an exponent."""
        raise NotImplementedError

    def each(self, f: Callable[[Any], Any], x: Array) -> Array:
        return np.asarray(np.frompyfunc(f, 1, 1)(x), dtype=object)


class PrimeField(Field):
    """The integers modulo p = 2^61 - 1; seed decides the values of opaque atoms."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        self.seed = seed

    def reduce(self, x: Array) -> Array:
        return np.asarray(x % PRIME, dtype=object)

    def number(self, q: Fraction) -> Any:
        return q.numerator * pow(q.denominator, -1, PRIME) % PRIME

    def reciprocal(self, x: Array) -> Array:
        def one(v: int) -> int:
            if not v:
                raise ZeroDivisionError("division by zero")
            return pow(v, -1, PRIME)

        return self.each(one, x)

    def integer(self, x: Any) -> int:
        k = int(x)
        k = k - PRIME if k > PRIME // 2 else k
        if abs(k) > LARGEST_POWER:
            raise NotExact("an exponent that is not an integer")
        return k

    def draw(self, *key: object) -> int:
        """A field element that depends on the key alone."""
        digest = hashlib.blake2b(repr((self.seed, *key)).encode(), digest_size=16).digest()
        return int.from_bytes(digest, "big") % PRIME

    def constant(self, name: str) -> Any:
        self.opaque.add(name)
        return self.draw("constant", name)

    def function(self, name: str, order: int, x: Array) -> Array:
        rule = None if name.startswith(UNKNOWN) else getattr(self, f"_{name}")
        if rule is not None:
            self.opaque.add(name)
            return self.each(rule, x)
        return self.each(lambda v: self.draw("function", name, order, v), x)

    def _exp(self, v: int) -> int:
        """exp(-x) = 1/exp(x); no other law."""
        if not v:
            return 1
        return self.draw("exp", v) if v <= PRIME // 2 else pow(self.draw("exp", PRIME - v), -1, PRIME)

    def _log(self, v: int) -> int:
        """log(1/x) = -log(x); no other law."""
        if not v:
            raise ZeroDivisionError("the logarithm of zero")
        other = pow(v, -1, PRIME)
        if v == other:
            return 0
        return self.draw("log", v) if v < other else PRIME - self.draw("log", other)

    def _sqrt(self, v: int) -> int:
        """The root that is itself a square (p = 3 mod 4): a homomorphism, as the positive root of a positive is."""
        r = pow(v, (PRIME + 1) // 4, PRIME)
        if r * r % PRIME != v:
            raise Unvaluable("the square root of a non-residue")
        return r

    def _circle(self, v: int) -> tuple[int, int]:
        """(cos v, sin v), a rational point of the circle; odd and even as they are."""
        mirrored = v > PRIME // 2
        t = self.draw("angle", PRIME - v if mirrored else v) if v else 0
        inverse = pow(1 + t * t, -1, PRIME)
        sine = 2 * t * inverse % PRIME
        return (1 - t * t) * inverse % PRIME, (PRIME - sine) % PRIME if mirrored else sine

    def _sin(self, v: int) -> int:
        return self._circle(v)[1]

    def _cos(self, v: int) -> int:
        return self._circle(v)[0]

    def _arctan(self, v: int) -> int:
        return self.draw("arctan", v) if v <= PRIME // 2 else PRIME - self.draw("arctan", PRIME - v)

    def _sign(self, v: int) -> int:
        up = self.draw("sign", min(v, PRIME - v)) % 2 == (v > PRIME // 2)
        return 0 if not v else 1 if up else PRIME - 1

    def _step(self, v: int) -> int:
        return (1 + self._sign(v)) * pow(2, -1, PRIME) % PRIME


class Rationals(Field):
    """Fractions; functions have no value here."""

    def number(self, q: Fraction) -> Any:
        return q

    def reciprocal(self, x: Array) -> Array:
        return self.each(lambda v: Fraction(1) / v, x)

    def integer(self, x: Any) -> int:
        if Fraction(x).denominator != 1 or abs(x) > 64:
            raise NotExact("an exponent that is not a small integer")
        return int(x)


class Reals(Field):
    """Real numbers to so many decimal digits, by mpmath (which comes with SymPy)."""

    def __init__(self, digits: int) -> None:
        import mpmath

        super().__init__()
        self.context = mpmath.mp.clone()
        self.context.dps = digits

    def number(self, q: Fraction) -> Any:
        return self.context.mpf(q.numerator) / q.denominator

    def reciprocal(self, x: Array) -> Array:
        return self.each(lambda v: 1 / self.context.mpf(v), x)

    def integer(self, x: Any) -> int:
        k = round(float(x))
        if abs(x - k) > 1e-15 or abs(k) > 512:
            raise NotExact("an exponent that is not an integer")
        return k

    def constant(self, name: str) -> Any:
        return {"\\pi": +self.context.pi, "e": +self.context.e}[name]

    def function(self, name: str, order: int, x: Array) -> Array:
        c = self.context
        if name in ("log", "sqrt") and any(v <= 0 for v in x.flat):
            raise Unvaluable(f"{name} outside its domain")
        known: dict[str, Callable[[Any], Any]] = {
            "exp": c.exp,
            "log": c.log,
            "sqrt": c.sqrt,
            "sin": c.sin,
            "cos": c.cos,
            "arctan": c.atan,
            "sign": c.sign,
            "step": lambda v: c.mpf(1 if v > 0 else 0),
        }
        rule = known.get(name)
        if rule is None:
            from nablatex.algebra.elementwise import generic

            value = generic(name.removeprefix(UNKNOWN), order)
            rule = lambda v: value(c, v)  # noqa: E731
        return self.each(rule, x)
