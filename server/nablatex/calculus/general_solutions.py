"""Linear equations that do not determine their unknown: the solution of least norm, and what is free.

L X R = C has a solution where L L^+ C R^+ R = C; then X = L^+ C R^+ has the least Frobenius norm, and
X + Z - L^+ L Z R R^+ is the general one (Penrose 1955; Magnus & Neudecker 2.13).
"""

from __future__ import annotations

from dataclasses import dataclass

from nablatex.algebra.atoms import Symbol
from nablatex.algebra.build import add, identity, mul, number, ones, power, transpose
from nablatex.algebra.dims import ONE
from nablatex.algebra.elementwise import hadamard, hadamard_power
from nablatex.algebra.expr import Expr
from nablatex.algebra.ops import size_of
from nablatex.algebra.pinv import pinv
from nablatex.algebra.simplify import simplify
from nablatex.algebra.structure import diag
from nablatex.calculus.linear_equations import LinearForm, NotLinear, linear_form, solve


@dataclass(frozen=True, slots=True)
class General:
    """form: what the equation is; least: the solution of least norm (the only one where `free` is None); free: what can
    be added to it, for any Z of the shape of X; invertible: what has to be invertible, if anything."""

    form: str
    least: Expr
    free: Expr | None = None
    invertible: Expr | None = None


def general_solution(left: Expr, right: Expr, x: Symbol, z: Symbol) -> General:
    """All X with left = right, linear in X; a hollow X keeps its zero diagonal.  NotLinear says what is in the way."""
    form = linear_form(add(left, mul(number(-1), right)), x)
    if x.has("hollow"):
        return _hollow(form, x)
    try:
        solved = solve(form, x)
        if solved.closed is not None:
            return General(solved.form, solved.closed, None, solved.invertible)
    except NotLinear:
        pass
    if len(form.terms) != 1 or form.terms[0].turned:
        raise NotLinear("the equation does not determine the unknown, and has more than one term in it")
    (term,) = form.terms
    c = mul(number(-1), form.constant)
    a, b = _inverted(term.left), _inverted(term.right)
    least = simplify(mul(a, c, b))
    projected = mul(a, term.left, z, term.right, b)
    return General("underdetermined linear equation", least, add(z, mul(number(-1), simplify(projected))))


def _inverted(m: Expr) -> Expr:
    """L^+: for a column v it is v^T / v^T v."""
    if m.name == "identity" or m.is_scalar:
        return m if m.name == "identity" else power(m, number(-1))
    if m.shape[1] == ONE:
        return mul(_reciprocal(mul(transpose(m), m)), transpose(m))
    if m.shape[0] == ONE:
        return mul(transpose(m), _reciprocal(mul(m, transpose(m))))
    return pinv(m)


def _reciprocal(s: Expr) -> Expr:
    return power(s, number(-1))


def _hollow(form: LinearForm, x: Symbol) -> General:
    """X v = y with zeros on the diagonal: row i has x_ij = y_i v_j / (‖v‖² - v_i²), its least solution."""
    if len(form.terms) != 1 or form.terms[0].turned or form.terms[0].left.name != "identity":
        raise NotLinear("a zero diagonal is taken into account for X v = y alone")
    v = form.terms[0].right
    if v.shape[1] != ONE:
        raise NotLinear("a zero diagonal is taken into account for X v = y with a vector v")
    y = simplify(mul(number(-1), form.constant))
    n = x.shape[0]
    if v.name == "ones":
        scale = _reciprocal(add(size_of(n), number(-1)))
        least = mul(scale, diag(y), add(mul(ones(n), transpose(ones(n))), mul(number(-1), identity(n))))
    else:
        rest = add(mul(transpose(v), v, ones(n)), mul(number(-1), hadamard(v, v)))
        rows = diag(hadamard(y, hadamard_power(rest, number(-1))))
        least = mul(rows, add(mul(ones(n), transpose(v)), mul(number(-1), diag(v))))
    return General("a zero diagonal: the solution of least norm; n - 2 entries of each row are free", least)


__all__ = ["General", "general_solution"]
