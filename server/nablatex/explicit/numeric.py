"""Numbers by other means than symbolic work: what a result is checked against.

`value` evaluates an unevaluated SymPy tree at a point with mpmath: integrals by quadrature, derivatives by
differences, sums by summation, limits by extrapolation.  It shares nothing with SymPy's symbolic integration,
differentiation or summation, so agreement is evidence.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import mpmath
import sympy

from nablatex.explicit.values import is_matrix

DIGITS = 30
LOOSE = mpmath.mpf(10) ** -9
"""Relative difference that passes where quadrature, differences or extrapolation took part."""
TIGHT = mpmath.mpf(10) ** -20
HUGE = mpmath.mpf(10) ** 25
"""Beyond this a value is a pole that rounding missed."""
POINTS = 4
TRIES = 24


class NoValue(ValueError):
    """The expression has no number at this point, or none that could be found."""


def value(e: Any, point: Mapping[Any, Any]) -> Any:
    """The number (mpf or mpc) of an expression where symbols have the values of point; NoValue if there is none."""
    with mpmath.workdps(DIGITS):
        try:
            out = _value(e, dict(point))
        except (
            ValueError,
            TypeError,
            ZeroDivisionError,
            OverflowError,
            ArithmeticError,
            AttributeError,
            KeyError,
        ) as error:
            raise NoValue(str(error)) from None
        except mpmath.libmp.NoConvergence as error:
            raise NoValue(str(error)) from None
        if not (mpmath.isfinite(out.real) and mpmath.isfinite(out.imag)) or (point and abs(out) > HUGE):
            raise NoValue("no finite number")
        return out


def _value(e: Any, point: dict[Any, Any]) -> Any:
    if not e.has(sympy.Integral, sympy.Derivative, sympy.Limit, sympy.Sum, sympy.Product):
        return _plain(e, point)
    if isinstance(e, sympy.Integral):
        return _integral(e, point)
    if isinstance(e, sympy.Derivative):
        return _derivative(e, point)
    if isinstance(e, sympy.Limit):
        return _limit(e, point)
    if isinstance(e, sympy.Subs):
        return _value(e.expr, {**point, **{s: _bound(at, point) for s, at in zip(e.variables, e.point, strict=True)}})
    if isinstance(e, sympy.Sum | sympy.Product):
        return _series(e, point)
    symbols = [sympy.Dummy() for _ in e.args]
    inner = dict(zip(symbols, (_value(a, point) for a in e.args), strict=True))
    return _plain(e.func(*symbols), inner)


def _plain(e: Any, point: Mapping[Any, Any]) -> Any:
    number = e.evalf(mpmath.mp.dps, subs={s: _sympy(v) for s, v in point.items() if e.has(s)})
    if not number.is_number or number.has(sympy.zoo, sympy.nan, sympy.oo, -sympy.oo):
        raise NoValue(f"{e} has no number here")
    return mpmath.mpmathify(number)


def _sympy(v: Any) -> Any:
    """A number of mpmath as one of SymPy: no text is read."""
    if isinstance(v, sympy.Basic):
        return v
    if isinstance(v, mpmath.mpc):
        return sympy.Float(v.real, mpmath.mp.dps) + sympy.I * sympy.Float(v.imag, mpmath.mp.dps)
    return sympy.Float(v, mpmath.mp.dps)


def _integral(e: Any, point: dict[Any, Any]) -> Any:
    limits = list(e.limits)
    inner, *outer = limits
    if len(inner) != 3:
        raise NoValue("an indefinite integral")
    symbol, low, high = inner

    def integrand(extra: dict[Any, Any]) -> Any:
        a, b = (_bound(x, extra) for x in (low, high))
        path = [a, 0, b] if mpmath.isinf(a) and mpmath.isinf(b) else [a, b]
        return mpmath.quad(lambda t: _value(e.function, {**extra, symbol: t}), path)

    def layer(k: int, extra: dict[Any, Any]) -> Any:
        if k < 0:
            return integrand(extra)
        s, a, b = outer[k]
        return mpmath.quad(lambda t: layer(k - 1, {**extra, s: t}), [_bound(a, extra), _bound(b, extra)], maxdegree=4)

    with mpmath.workdps(15):
        return +layer(len(outer) - 1, point)


def _bound(x: Any, point: dict[Any, Any]) -> Any:
    if x in (sympy.oo, -sympy.oo):
        return mpmath.inf if x == sympy.oo else -mpmath.inf
    return _value(x, point)


def _derivative(e: Any, point: dict[Any, Any]) -> Any:
    (symbol, count), *rest = e.variable_count
    inner = sympy.Derivative(e.expr, *rest) if rest else e.expr
    digits = 2 * mpmath.mp.dps  # a difference of differences needs twice the digits again
    with mpmath.workdps(digits):
        at = mpmath.mpmathify(_sympy(point[symbol]).evalf(digits))
        return mpmath.diff(lambda t: _value(inner, {**point, symbol: t}), at, int(count))


def _limit(e: Any, point: dict[Any, Any]) -> Any:
    function, symbol, target, direction = e.args
    with mpmath.workdps(DIGITS):
        at = _bound(target, point)
        sides = {"+": (1,), "-": (-1,)}.get(str(direction), (1, -1))
        if mpmath.isinf(at):
            return mpmath.limit(lambda t: _value(function, {**point, symbol: t if at > 0 else -t}), mpmath.inf)
        found = [
            mpmath.limit(lambda n, s=s: _value(function, {**point, symbol: at + s / mpmath.mpf(2) ** n}), mpmath.inf)
            for s in sides
        ]
    if len(found) == 2 and abs(found[0] - found[1]) > LOOSE * (1 + abs(found[0])):
        raise NoValue("the limits from the two sides differ")
    return found[0]


def _series(e: Any, point: dict[Any, Any]) -> Any:
    *inner, (symbol, low, high) = e.limits
    body = e.func(e.function, *inner) if inner else e.function
    a, b = _bound(low, point), _bound(high, point)
    add = isinstance(e, sympy.Sum)

    def term(k: Any) -> Any:
        return _value(body, {**point, symbol: sympy.Integer(int(k))})

    if mpmath.isinf(b):
        with mpmath.workdps(15):
            return (mpmath.nsum if add else mpmath.nprod)(term, [int(a), mpmath.inf])
    if a != int(a) or b != int(b) or b - a > 2000:
        raise NoValue("a sum without integer bounds")
    total = mpmath.mpf(0 if add else 1)
    for k in range(int(a), int(b) + 1):
        total = total + term(k) if add else total * term(k)
    return total


def counted(*expressions: Any) -> set[Any]:
    """Symbols that only integers make sense for: bounds of sums, arguments of factorials and binomials."""
    out: set[Any] = set()
    for e in expressions:
        for part in e.atoms(sympy.Sum, sympy.Product):
            out.update(s for _, low, high in part.limits for s in (low.free_symbols | high.free_symbols))
        for part in e.atoms(sympy.factorial, sympy.binomial):
            out.update(part.free_symbols)
    return out


def draw(symbols: Sequence[Any], rng: random.Random, integers: Collection[Any] = ()) -> dict[Any, Any]:
    """A point in the domain that the symbols' assumptions state: small integers for integers, else rationals."""
    point: dict[Any, Any] = {}
    for s in symbols:
        if s.is_integer or s in integers:
            point[s] = sympy.Integer(rng.randint(2, 7))
        else:
            # no whole number and no simple fraction, where poles and kinks use to be
            x = sympy.Rational(9973 * rng.randint(0, 2) + rng.randint(1200, 9900), 9973)
            point[s] = x if s.is_positive or rng.random() < 0.6 else -x
    return point


def entries(x: Any) -> list[Any]:
    return list(x) if is_matrix(x) else [x]


def loose(*expressions: Any) -> bool:
    """Whether an operator takes part that numbers can only approach."""
    kinds = (sympy.Integral, sympy.Derivative, sympy.Limit, sympy.Sum, sympy.Product)
    return any(e.has(*kinds) for x in expressions for e in entries(x))


def compare(
    a: Any, b: Any, rng: random.Random | None = None, points: int = POINTS, domain: Any = None
) -> tuple[int, dict[Any, Any] | None]:
    """How often a and b agreed at random points, and a point where they differ (None: nowhere seen).

    Points where one of the two has no value are passed over: they say nothing; so are those outside the domain, a
    condition of SymPy.
    """
    rng = rng or random.Random(20)
    left, right = entries(a), entries(b)
    symbols = sorted({s for e in (*left, *right) for s in e.free_symbols}, key=str)
    tolerance = LOOSE if loose(a, b) else TIGHT
    integers = counted(*left, *right)
    agreed = 0
    for _ in range(TRIES if symbols else 1):
        point = draw(symbols, rng, integers)
        if domain is not None and domain.subs(point) != sympy.true:
            continue
        try:
            pairs = [(value(x, point), value(y, point)) for x, y in zip(left, right, strict=True)]
        except NoValue:
            continue
        for x, y in pairs:
            if abs(x - y) > tolerance * (abs(x) + abs(y) + tolerance):
                return agreed, point
        agreed += 1
        if agreed >= points:
            break
    return agreed, None
