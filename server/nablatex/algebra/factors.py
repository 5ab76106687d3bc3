"""Factors of a product of numbers, or of a Hadamard product, that are simpler together.

Both are commutative products of powers, and the same rules hold in them: a table from bases to rational exponents goes in,
a simpler one comes out.  Used by `nablatex.algebra.simplify`; a form is kept where the measure falls.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from nablatex.algebra.atoms import Number, Ones, Symbol
from nablatex.algebra.build import add, inverse, mul, number, power, split_coefficient, transpose
from nablatex.algebra.core import Add, Inverse, Mul, Power, Transpose
from nablatex.algebra.elementwise import Elementwise, elementwise
from nablatex.algebra.expr import Expr
from nablatex.algebra.hadamard import HadamardPower, hadamard, hadamard_power

Powers = dict[Expr, Fraction]


def together(factors: Sequence[Expr]) -> Expr | None:
    """The product of scalar factors, or the Hadamard product of others, where a rule makes it simpler."""
    if not any(isinstance(_base(f), Elementwise) for f in factors):
        return None
    powers: Powers = {}
    kept: list[Expr] = []
    for f in factors:
        if isinstance(f, (Power, HadamardPower)):
            if isinstance(f.args[1], Number):
                powers[f.args[0]] = powers.get(f.args[0], Fraction(0)) + f.args[1].value
            else:
                kept.append(f)
        else:
            powers[f] = powers.get(f, Fraction(0)) + 1
    made = _signs(powers) or _indicators(powers) or _exponentials(powers)
    if made is None:
        return None
    scalar = factors[0].is_scalar
    raised: Callable[[Expr, Expr], Expr] = power if scalar else hadamard_power
    parts = [*kept, *[raised(b, number(k)) for b, k in made.items() if k]]
    return mul(*parts) if scalar else hadamard(*parts) if parts else None


def _base(f: Expr) -> Expr:
    return f.args[0] if isinstance(f, (Power, HadamardPower)) else f


def _function(e: Expr, name: str) -> bool:
    return isinstance(e, Elementwise) and e.params == (name, 0)


def _signs(powers: Powers) -> Powers | None:
    """|x|^{2k} is x^{2k}, and sign(x) |x|^{2k+1} is x^{2k+1}, for a real x."""
    for b, k in powers.items():
        if not _function(b, "abs") or k.denominator != 1 or _complex(b):
            continue
        sign = elementwise("sign", b.args[0])
        if k % 2 == 0 or powers.get(sign) == 1:
            out = {c: j for c, j in powers.items() if c != b and (k % 2 == 0 or c != sign)}
            return out | {b.args[0]: out.get(b.args[0], Fraction(0)) + k}
    for b, k in powers.items():  # sign(x)^2 x^k is x^k, and 0 at 0 too
        if _function(b, "sign") and k.denominator == 1 and k > 1:
            modulus = elementwise("abs", b.args[0])
            if any(powers.get(c, Fraction(0)) > 0 for c in (b.args[0], modulus)):
                return {c: j if c is not b else k % 2 for c, j in powers.items() if c is not b or k % 2}
    return None


def _indicators(powers: Powers) -> Powers | None:
    """1[x > 0] max(0, x) is max(0, x)."""
    for b, k in powers.items():
        if _function(b, "relu") and k > 0 and (step := elementwise("step", b.args[0])) in powers:
            return {c: j for c, j in powers.items() if c != step}
    return None


def _complex(e: Expr) -> bool:
    return any(isinstance(s, Symbol) and s.has("complex", "conjugate", "hermitian", "unitary") for s in e.free_symbols)


def _exponentials(powers: Powers) -> Powers | None:
    """e^{-x} / (1 + e^{-x}) is 1 / (1 + e^x)."""
    for b, k in powers.items():
        if not _function(b, "exp") or not _negative(b.args[0]):
            continue
        for c, j in powers.items():
            if j == -k and isinstance(c, Add) and len(c.args) == 2 and b in c.args:
                one = c.args[1 - c.args.index(b)]
                if isinstance(one, Ones) or (isinstance(one, Number) and one.value == 1):
                    turned = add(one, elementwise("exp", mul(number(-1), b.args[0])))
                    return {turned if x is c else x: p for x, p in powers.items() if x is not b}
    return None


def _negative(e: Expr) -> bool:
    return split_coefficient(e)[0] < 0 or (isinstance(e, Add) and all(split_coefficient(t)[0] < 0 for t in e.args))


def absorbed(e: Mul) -> Expr | None:
    """1/(c (a + b/c)) is 1/(ca + b), and c^{-1} (A + B/c)^{-1} is (cA + B)^{-1}: a divisor multiplied into a sum that is inverted."""
    scalars, chain = e.parts()
    divisors = [(i, s) for i, s in enumerate(scalars) if _divisor(s) is not None]
    if not divisors:
        return None
    for i, s in divisors:
        c = _divisor(s)
        assert c is not None
        rest = [*scalars[:i], mul(s, c), *scalars[i + 1 :]]
        for k, other in enumerate(scalars):
            if k != i and isinstance(other, Power) and _is(other.args[1], -1) and _divided(other.args[0], c):
                rest[k] = power(_times(other.args[0], c), number(-1))
                return mul(*rest, *chain)
        for k, f in enumerate(chain):
            turned = f.args[0] if isinstance(f, Transpose) else f
            if isinstance(turned, Inverse) and _divided(turned.args[0], c):
                made = inverse(_times(turned.args[0], c))
                return mul(*rest, *chain[:k], transpose(made) if f is not turned else made, *chain[k + 1 :])
    return None


def _divisor(s: Expr) -> Expr | None:
    """c of the factors 1/c, c^{-k} and n/c."""
    if isinstance(s, Number):
        return number(s.value.denominator) if s.value.denominator != 1 else None
    if (
        isinstance(s, Power)
        and isinstance(s.args[1], Number)
        and s.args[1].value < 0
        and not isinstance(s.args[0], Add)
    ):
        return power(s.args[0], number(-s.args[1].value))
    return None


def _is(k: Expr, value: int) -> bool:
    return isinstance(k, Number) and k.value == value


def _divided(e: Expr, c: Expr) -> bool:
    """A sum with a term that is divided by c, and in which c is no factor already."""
    if not isinstance(e, Add):
        return False
    reciprocal = power(c, number(-1))
    return any(
        isinstance(t, Mul)
        and any(
            f == reciprocal or (isinstance(c, Number) and isinstance(f, Number) and f.value.denominator == c.value)
            for f in t.args
        )
        for t in e.args
    )


def _times(e: Expr, c: Expr) -> Expr:
    return add(*[mul(c, t) for t in e.args])


__all__ = ["absorbed", "together"]
