"""Integrals over a number: bound as a sum is, evaluated by quadrature, differentiated under the integral sign."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from nablatex.algebra.atoms import Constant, Number, Symbol
from nablatex.algebra.binders import Summing
from nablatex.algebra.build import add, is_zero, mul, number, power
from nablatex.algebra.core import Add, Mul, Power
from nablatex.algebra.dims import ONE, Equate, Shape
from nablatex.algebra.expr import Expr
from nablatex.algebra.normal import TooLarge, normal_form
from nablatex.algebra.spelling import Kernels, spelled

if TYPE_CHECKING:
    from nablatex.algebra.evaluate import Array, Evaluator

NODES = (36, 52)
AGREE = 1e-9


class Integral(Summing):
    """The integral of the body over t from lower to upper: arguments (body, lower, upper), params are (t,)."""

    __slots__ = ()
    name = "integral"
    rule = "under the integral sign"
    move = "under the integral sign"
    code: ClassVar[Kernels] = {
        "gauss": spelled("_gauss({cols})", julia="gauss_({cols})", matlab="gauss_({cols})"),
    }

    @property
    def proviso(self) -> str:  # type: ignore[override]
        return "where the integral of {0} converges" if is_infinite(self.args[2]) else ""

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        for s in shapes[1:]:
            equate(s[0], ONE, "a bound that is not a number")
            equate(s[1], ONE, "a bound that is not a number")
        return shapes[0]

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return integral(args[0], self.index, args[1], args[2])

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        """Leibniz: d ∫_a^b f dt = ∫_a^b df dt + f(b) db - f(a) da."""
        body, lower, upper = self.args
        inside, low, high = tangents
        terms = [] if inside is None else [self.over(inside)]
        if high is not None:
            terms.append(mul(high, body.substitute({self.index: upper})))
        if low is not None:
            terms.append(mul(number(-1), low, body.substitute({self.index: lower})))
        return add(*terms) if terms else None

    def evaluate(self, ev: Evaluator) -> Array:
        """Gauss and Legendre with two numbers of nodes that have to agree.  FloatingPointError where they do not."""
        import numpy as np

        body, lower, upper = self.args
        a = float(ev(lower)[0, 0])
        infinite = is_infinite(upper)
        b = 1.0 if infinite else float(ev(upper)[0, 0])

        def at(t: float) -> Array:
            return ev.bind({self.index: np.array([[t]])})(body)

        def mapped(s: float) -> Array:
            return at(a + s / (1 - s)) / (1 - s) ** 2

        low = 0.0 if infinite else a
        coarse, fine = (_quadrature(mapped if infinite else at, low, b, n) for n in NODES)
        scale = max(1.0, float(np.max(np.abs(fine))))
        if not float(np.max(np.abs(coarse - fine))) <= (1e-6 if infinite else AGREE) * scale:
            raise FloatingPointError("the integral has not converged")
        return fine


def _quadrature(f: Callable[[float], Array], a: float, b: float, n: int) -> Array:
    import numpy as np

    nodes, weights = np.polynomial.legendre.leggauss(n)
    total: Array | None = None
    for x, w in zip(nodes, weights, strict=True):
        part = w * f((b - a) / 2 * x + (a + b) / 2)
        total = part if total is None else total + part
    assert total is not None
    return total * (b - a) / 2


def is_infinite(e: Expr) -> bool:
    return isinstance(e, Constant) and e.params[0] == "\\infty"


def integral(body: Expr, t: Expr, lower: Expr, upper: Expr) -> Expr:
    """The integral of body over t; factors that do not depend on t stand in front or behind."""
    if is_zero(body):
        return body
    if isinstance(body, Mul):
        scalars, chain = body.parts()
        outside = [s for s in scalars if t not in s.free_symbols]
        left = next((k for k, c in enumerate(chain) if t in c.free_symbols), 0)
        right = next((k for k, c in enumerate(reversed(chain)) if t in c.free_symbols), 0)
        if (outside and len(outside) < len(body.args)) or left or right:
            inside = [s for s in scalars if t in s.free_symbols]
            middle = mul(*inside, *chain[left : len(chain) - right])
            return mul(*outside, *chain[:left], Integral((middle, lower, upper), (t,)), *chain[len(chain) - right :])
    return Integral((body, lower, upper), (t,))


def over(body: Expr, t: Expr, upper: int | None) -> Expr:
    """The integral of body over t from 0 to a number, or to infinity."""
    return integral(body, t, number(0), Constant((), ("\\infty",)) if upper is None else number(upper))


def integrate(e: Integral) -> Expr | None:
    """The integral worked out where the body is a polynomial in t and the bounds are finite; None elsewhere."""
    body, lower, upper = e.args
    if is_infinite(upper):
        return None
    t = e.index
    try:
        terms = normal_form(body)
    except (TooLarge, NotImplementedError, ValueError):
        return None
    parts: list[Expr] = []
    for term in terms.args if isinstance(terms, Add) else (terms,):
        degree, rest = _monomial(term, t)
        if degree is None:
            return None
        k = number(degree + 1)
        span = add(power(upper, k), mul(number(-1), power(lower, k)))
        parts.append(mul(number(Fraction(1, degree + 1)), span, rest))
    return add(*parts)


def _monomial(term: Expr, t: Symbol) -> tuple[int | None, Expr]:
    """(k, c) of the term c t^k; (None, ·) where the term is none."""
    degree = 0
    rest: list[Expr] = []
    for f in term.args if isinstance(term, Mul) else (term,):
        if f == t:
            degree += 1
        elif isinstance(f, Power) and f.args[0] == t and isinstance(f.args[1], Number):
            k = f.args[1].value
            if k.denominator != 1 or k < 0:
                return None, term
            degree += int(k)
        elif t in f.free_symbols:
            return None, term
        else:
            rest.append(f)
    return degree, mul(*rest)


__all__ = ["Integral", "integral", "integrate", "is_infinite"]
