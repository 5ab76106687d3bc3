r"""The solution of a Sylvester equation, and the integrals that are one.

X = ∫_0^∞ e^{-At} C e^{-Bt} dt solves AX + XB = C where every sum of an eigenvalue of A and one of B has a positive real
part (Bellman, Introduction to Matrix Analysis, chapter 12; Higham, Functions of Matrices, theorem B.13).  So its
differential solves A dX + dX B = dC - dA X - X dB, without a derivative of the exponential.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from nablatex.algebra.atoms import Symbol
from nablatex.algebra.build import add, identity, inverse, is_zero, mul, number, scale, symbol, transpose, zero
from nablatex.algebra.core import SINGULAR, Mul, square
from nablatex.algebra.dims import Equate, Shape
from nablatex.algebra.elementwise import Elementwise
from nablatex.algebra.expr import Expr
from nablatex.algebra.integrals import Integral, is_infinite, over
from nablatex.algebra.matrix_functions import MatrixFunction, commute, expm
from nablatex.algebra.reductions import trace
from nablatex.algebra.structure import kron, unvec, vec

if TYPE_CHECKING:
    from nablatex.algebra.evaluate import Array
    from nablatex.algebra.exact import ExactEvaluator, Jet

LETTERS = ("t", "s", "u", "\\tau", "\\xi", "\\eta", "\\zeta", "t'", "s'", "u'")


class Sylvester(Expr):
    """X with AX + XB = C: arguments (A, B, C) of shapes m×m, n×n, m×n; linear in C."""

    __slots__ = ()
    name = "sylvester"
    analytic = True
    rule = "differential of a Sylvester equation"
    move = "adjoint of a Sylvester equation"

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        a, b, c = shapes
        for s in (a, b):
            square(s, "a Sylvester equation", equate)
        equate(a[0], c[0], "a Sylvester equation with a right side of another shape")
        equate(b[0], c[1], "a Sylvester equation with a right side of another shape")
        return c

    def rebuild(self, args: Sequence[Expr]) -> Expr:
        return sylvester(args[0], args[1], args[2])

    def transposed(self) -> Expr:
        a, b, c = self.args
        return sylvester(transpose(b), transpose(a), transpose(c))

    def differential(self, tangents: Sequence[Expr | None]) -> Expr | None:
        a, b, _ = self.args
        da, db, dc = tangents
        terms = [] if dc is None else [dc]
        if da is not None:
            terms.append(mul(number(-1), da, self))
        if db is not None:
            terms.append(mul(number(-1), self, db))
        return sylvester(a, b, add(*terms)) if terms else None

    def adjoint(self, i: int, cotangent: Expr) -> Expr:
        """<G, X> = <Y, C> where A^T Y + Y B^T = G."""
        a, b, _ = self.args
        return sylvester(transpose(a), transpose(b), cotangent)

    def traced(self) -> Expr | None:
        """AX + XA = C says X + A^{-1} X A = A^{-1} C, so 2 tr X = tr(A^{-1} C)."""
        a, b, c = self.args
        return scale(Fraction(1, 2), trace(mul(inverse(a), c))) if a == b else None

    def vectorised(self, i: int) -> Expr | None:
        return inverse(self.matrix)

    @property
    def matrix(self) -> Expr:
        """I ⊗ A + B^T ⊗ I, with (I ⊗ A + B^T ⊗ I) vec X = vec C (Magnus & Neudecker 2.4)."""
        a, b, _ = self.args
        return kron(identity(b.shape[0]), a) + kron(transpose(b), identity(a.shape[0]))

    def written(self) -> Expr:
        """The solution by vec and Kronecker products."""
        return unvec(mul(inverse(self.matrix), vec(self.args[2])), *self.shape)

    def as_integral(self) -> Expr:
        """The integral, over a letter that is not taken."""
        a, b, c = self.args
        taken = {s.label for e in self.walk() for s in e.free_symbols if isinstance(s, Symbol)}
        taken |= {x for e in self.walk() for d in e.shape for x in d.letters()}
        free = [x for x in LETTERS if x not in taken]
        t = symbol(free[min(_depth(self), len(free)) - 1])
        return over(mul(expm(mul(number(-1), t, a)), c, expm(mul(number(-1), t, b))), t, None)

    def numeric(self, *values: Array) -> Array:
        import numpy as np

        a, b, c = values
        whole = np.kron(np.eye(b.shape[0]), a) + np.kron(b.T, np.eye(a.shape[0]))
        if not np.linalg.cond(whole) < SINGULAR:
            raise np.linalg.LinAlgError("a Sylvester equation without one solution")
        return np.asarray(np.linalg.solve(whole, c.reshape(-1, 1, order="F")).reshape(c.shape, order="F"))

    def exact_value(self, ev: ExactEvaluator) -> Jet:
        return ev(self.written())


def _depth(e: Expr) -> int:
    """How many solutions stand in one another: each integral has a letter of its own."""
    return isinstance(e, Sylvester) + max(map(_depth, e.args), default=0)


def sylvester(a: Expr, b: Expr, c: Expr) -> Expr:
    """The X with AX + XB = C, in closed form where C commutes with A = B or one of them is a number."""
    if is_zero(c):
        return zero(c.shape)
    if a.is_scalar or b.is_scalar:
        both = add(a, b) if a.is_scalar and b.is_scalar else None
        if both is not None:
            return mul(c, inverse(both))
        if a.is_scalar:
            return mul(c, inverse(add(mul(a, identity(b.shape[0])), b)))
        return mul(inverse(add(a, mul(b, identity(a.shape[0])))), c)
    if a == b and commute(a, c):
        return mul(number("1/2"), inverse(a), c)
    if isinstance(c, Mul):
        scalars, chain = c.parts()
        if scalars:
            return mul(*scalars, sylvester(a, b, mul(*chain)))
    return Sylvester((a, b, c))


def as_solution(e: Integral) -> Expr | None:
    """∫_0^∞ e^{-At} C e^{-Bt} dt as the solution of AX + XB = C; None for any other integral.

    e^{-At} C alone is A^{-1} C; numbers e^{-λt} are counted with A.
    """
    body, lower, upper = e.args
    t = e.index
    if not is_zero(lower) or not is_infinite(upper):
        return None
    scalars, chain = body.parts() if isinstance(body, Mul) else ((body,), ()) if body.is_scalar else ((), (body,))
    outside: list[Expr] = []
    shift: Expr | None = None
    for s in scalars:
        rate = _rate(s, t)
        if t not in s.free_symbols:
            outside.append(s)
        elif rate is None:
            return None
        else:
            shift = rate if shift is None else add(shift, rate)
    rates = [_rate(c, t) for c in chain]
    places = [k for k, c in enumerate(chain) if t in c.free_symbols]
    if len(places) > 2 or any(rates[k] is None for k in places):
        return None
    if not places:
        return None if shift is None else mul(*outside, inverse(shift), *chain)
    first, last = places[0], places[-1]
    a = rates[first]
    assert a is not None
    if shift is not None:
        a = add(a, mul(shift, identity(a.shape[0])))
    if first == last:
        return mul(*outside, *chain[:first], inverse(a), *chain[first + 1 :])
    b = rates[last]
    assert b is not None
    middle = mul(*chain[first + 1 : last]) if last - first > 1 else identity(a.shape[0])
    return mul(*outside, *chain[:first], sylvester(a, b, middle), *chain[last + 1 :])


def _rate(e: Expr, t: Symbol) -> Expr | None:
    """The A of e^{-At}."""
    exponential = isinstance(e, MatrixFunction) and e.params[0] == "exp"
    if not exponential and not (isinstance(e, Elementwise) and e.params == ("exp", 0) and e.is_scalar):
        return None
    exponent = e.args[0]
    factors = exponent.args if isinstance(exponent, Mul) else (exponent,)
    rest = [f for f in factors if f != t]
    if len(rest) != len(factors) - 1 or any(t in f.free_symbols for f in rest):
        return None
    return mul(number(-1), *rest)


def solved(e: Expr) -> Expr:
    """e with every integral that solves a Sylvester equation as that solution, so that it can be differentiated."""
    if not e.has_binders:
        return e
    if isinstance(e, Integral):
        found = as_solution(e)
        if found is not None:
            return found
    args = [solved(a) for a in e.args]
    return e if all(x is y for x, y in zip(args, e.args, strict=True)) else e.rebuild(args)


def by_vec(e: Expr) -> Expr:
    """e with every such integral and solution written by vec and Kronecker products."""
    e = solved(e)
    args = [by_vec(a) for a in e.args]
    out = e if all(x is y for x, y in zip(args, e.args, strict=True)) else e.rebuild(args)
    return out.written() if isinstance(out, Sylvester) else out


__all__ = ["Sylvester", "as_solution", "by_vec", "solved", "sylvester"]
