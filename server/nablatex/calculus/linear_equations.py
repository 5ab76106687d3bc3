"""Equations that are linear in an unknown matrix: brought into a named form, and solved where there is a closed form.

Forms (Magnus & Neudecker chapter 2; Golub & Van Loan 7.6.3; Higham, Accuracy and Stability, chapter 16): MX = C, XM = C,
LXR = C, Sylvester AX + XB = C, Lyapunov AX + XA^T = C, Stein (discrete Lyapunov) X - AXB = C; any other by vec.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from nablatex.algebra.binders import IndexSum
from nablatex.algebra.build import add, identity, inverse, is_zero, mul, number, split_coefficient, transpose, zero
from nablatex.algebra.core import Add, Mul, Transpose
from nablatex.algebra.definite import definiteness
from nablatex.algebra.dims import ONE
from nablatex.algebra.expr import Expr
from nablatex.algebra.simplify import simplify
from nablatex.algebra.structure import kron, unvec, vec

MAX_TERMS = 40


class NotLinear(ValueError):
    """The equation is not linear in the unknown; the message says what stands in the way."""


@dataclass(frozen=True, slots=True)
class Term:
    """left · X · right, or left · X^T · right."""

    left: Expr
    right: Expr
    turned: bool = False


@dataclass(frozen=True, slots=True)
class LinearForm:
    """sum of terms in X plus a constant, all of one shape."""

    terms: tuple[Term, ...]
    constant: Expr


@dataclass(frozen=True, slots=True)
class Solved:
    """form: its name; left = right: the equation in that form; closed: X, or None where there is no closed form.

    invertible: what has to be invertible for it, if anything; needs no word where it is positive definite.
    """

    form: str
    left: Expr
    right: Expr
    closed: Expr | None
    invertible: Expr | None


def distribute(e: Expr) -> Iterator[Expr]:
    """The terms of e with products multiplied out, factors in their order."""
    if isinstance(e, Add):
        for a in e.args:
            yield from distribute(a)
    elif isinstance(e, Mul) and any(isinstance(a, (Add, Transpose, IndexSum)) for a in e.args):
        partial: list[tuple[Expr, ...]] = [()]
        for a in e.args:
            partial = [(*p, t) for p in partial for t in distribute(a)]
            if len(partial) > MAX_TERMS:
                raise NotLinear("too many terms")
        for p in partial:
            yield mul(*p)
    elif isinstance(e, Transpose) and isinstance(e.args[0], Add):
        for t in distribute(e.args[0]):
            yield transpose(t)
    elif isinstance(e, IndexSum):
        for t in distribute(e.args[0]):
            yield _pulled_out(e, t)
    else:
        yield e


def _pulled_out(e: IndexSum, body: Expr) -> Expr:
    """sum_i A x_i b is A (sum_i x_i) b where A and b do not depend on i."""
    if isinstance(body, Mul):
        scalars, chain = body.parts()
        still = [e.index in c.free_symbols for c in chain]
        if any(still):
            first, last = still.index(True), len(chain) - 1 - still[::-1].index(True)
            moving = [s for s in scalars if e.index in s.free_symbols]
            fixed = [s for s in scalars if e.index not in s.free_symbols]
            inside = e.over(mul(*moving, *chain[first : last + 1]))
            return mul(*fixed, *chain[:first], simplify(inside), *chain[last + 1 :])
    return simplify(e.over(body))


def linear_form(e: Expr, x: Expr) -> LinearForm:
    """e as a linear form in x.  NotLinear says what is in the way."""
    terms: list[Term] = []
    constants: list[Expr] = []
    for t in distribute(e):
        if x not in t.free_symbols:
            constants.append(t)
        else:
            terms.append(_term(t, x))
    if not terms:
        raise NotLinear("the unknown does not occur")
    return LinearForm(tuple(terms), add(*constants) if constants else zero(e.shape))


def _term(t: Expr, x: Expr) -> Term:
    if t == x:
        return Term(identity(x.shape[0]), identity(x.shape[1]))
    if t == transpose(x):
        return Term(identity(x.shape[1]), identity(x.shape[0]), turned=True)
    if isinstance(t, IndexSum):
        inner = _term(t.args[0], x)
        if t.index not in inner.right.free_symbols:
            return Term(simplify(t.over(inner.left)), inner.right, inner.turned)
        if t.index not in inner.left.free_symbols:
            return Term(inner.left, simplify(t.over(inner.right)), inner.turned)
        raise NotLinear("the unknown stands between factors that a sum binds")
    if not isinstance(t, Mul):
        raise NotLinear(
            "the unknown occurs in a product with itself"
            if t.name == "power"
            else f"the unknown stands inside {t.name}"
        )
    places = [i for i, a in enumerate(t.args) if x in a.free_symbols]
    if len(places) != 1:
        raise NotLinear("the unknown occurs in a product with itself")
    i = places[0]
    at = t.args[i]
    scalars, chain = t.parts()
    if x.is_scalar and at == x:
        return Term(mul(*[a for a in t.args if a is not at]), number(1))
    if at.is_scalar:  # (u^T x) v = v u^T x
        inner = _term(at, x)
        rest = mul(*[a for k, a in enumerate(t.args) if k != i])
        if rest.shape[1] != ONE:
            raise NotLinear("the unknown stands in a scalar factor of a matrix")
        if inner.turned:
            return Term(mul(rest, transpose(inner.right)), transpose(inner.left))
        return Term(mul(rest, inner.left), inner.right)
    k = i - len(scalars)
    if isinstance(at, IndexSum):
        inner = _term(at, x)
        return Term(mul(*scalars, *chain[:k], inner.left), mul(inner.right, *chain[k + 1 :]), inner.turned)
    if at not in (x, transpose(x)):
        raise NotLinear(f"the unknown stands inside {at.name}")
    rows, columns = (x.shape[1], x.shape[0]) if at != x else x.shape
    left = mul(*scalars, *(chain[:k] or (identity(rows),)))
    right = mul(*chain[k + 1 :]) if chain[k + 1 :] else identity(columns)
    return Term(left, right, turned=at != x)


def solve(form: LinearForm, x: Expr) -> Solved:
    """The equation form = 0 in a named form with its solution.  NotLinear where X and X^T both occur."""
    if any(t.turned for t in form.terms):
        form = _turned_back(form, x)
    groups = _grouped(form.terms)
    content = _shared_number(groups)
    groups = [Term(simplify(mul(number(1 / content), t.left)), t.right) for t in groups]
    right = simplify(mul(number(-1 / content), form.constant))
    if len(groups) == 1:
        return _one_sided(groups[0], right, x)
    left = simplify(add(*[mul(t.left, x, t.right) for t in groups]))
    name = _name(groups)
    rows, columns = right.shape
    matrix = simplify(add(*[kron(transpose(t.right), t.left) for t in groups]))
    if (rows, columns) == x.shape:
        closed = unvec(mul(inverse(matrix), vec(right)), *x.shape) if x.shape[1] != ONE else mul(inverse(matrix), right)
        return Solved(name, left, right, closed, matrix)
    return Solved(name, left, right, None, matrix)


def _turned_back(form: LinearForm, x: Expr) -> LinearForm:
    if not all(t.turned for t in form.terms):
        raise NotLinear("the unknown occurs together with its transpose")
    return LinearForm(tuple(Term(transpose(t.right), transpose(t.left)) for t in form.terms), transpose(form.constant))


def _grouped(terms: Sequence[Term]) -> list[Term]:
    """Terms with the same right factor made one, then those with the same left factor."""
    by_right: dict[Expr, Expr] = {}
    for t in terms:
        known = by_right.get(t.right)
        by_right[t.right] = t.left if known is None else add(known, t.left)
    by_left: dict[Expr, Expr] = {}
    for r, left in ((r, simplify(left)) for r, left in by_right.items()):
        if is_zero(left):
            continue
        known = by_left.get(left)
        by_left[left] = r if known is None else add(known, r)
    return [Term(left, simplify(r)) for left, r in by_left.items()]


def _shared_number(groups: Sequence[Term]) -> Fraction:
    """The rational factor that all terms have in common."""
    numbers = {split_coefficient(t.left)[0] for t in groups}
    return numbers.pop() if len(numbers) == 1 else Fraction(1)


def _one_sided(t: Term, right: Expr, x: Expr) -> Solved:
    """L X R = C: X = L^{-1} C R^{-1}; numbers and scalars common to both sides are divided out."""
    left, right = _reduced(t.left, right)
    closed_left = inverse(left) if left.shape[0] == left.shape[1] else None
    closed_right = inverse(t.right) if t.right.shape[0] == t.right.shape[1] else None
    closed = None
    if closed_left is not None and closed_right is not None:
        closed = simplify(mul(closed_left, right, closed_right))
    needs = [m for m in (left, t.right) if not m.is_scalar and m.name != "identity" and definiteness(m) != "definite"]
    form = "linear equation"
    if t.right.name == "identity" or t.right.is_scalar:
        form = "normal equations" if is_gram(left) else form
    return Solved(form, mul(left, x, t.right), right, closed, needs[0] if needs else None)


def _reduced(left: Expr, right: Expr) -> tuple[Expr, Expr]:
    """Both sides divided by the scalar factors of the left one."""
    scalars = [left] if left.is_scalar else list(left.parts()[0]) if isinstance(left, Mul) else []
    if left.is_scalar or not scalars:
        return left, right
    shared = mul(*scalars)
    rest = mul(*left.parts()[1]) if isinstance(left, Mul) else left
    return rest, simplify(mul(inverse(shared), right))


def is_gram(m: Expr) -> bool:
    """A^T A, A^T W A, a sum of such over an index, or such a matrix with something definite added."""
    if isinstance(m, IndexSum):
        return is_gram(m.args[0])
    if isinstance(m, Add):
        return any(is_gram(a) for a in m.args)
    if isinstance(m, Mul):
        chain = m.parts()[1]
        return len(chain) >= 2 and all(transpose(chain[k]) == chain[-1 - k] for k in range(len(chain) // 2))
    return False


def _name(groups: Sequence[Term]) -> str:
    if len(groups) == 2:
        a, b = groups
        plain = [(t.left.name == "identity", t.right.name == "identity") for t in (a, b)]
        if (plain[0][1] and plain[1][0]) or (plain[0][0] and plain[1][1]):
            one = a.left if plain[0][1] else b.left
            other = b.right if plain[0][1] else a.right
            return "Lyapunov equation" if transpose(one) == other else "Sylvester equation"
        if (True, True) in plain or any(_multiple_of_identity(t) for t in (a, b)):
            rest = b if plain[0] == (True, True) or _multiple_of_identity(a) else a
            lyapunov = transpose(_bare(rest.left)) == rest.right
            return "discrete Lyapunov (Stein) equation" if lyapunov else "Stein equation"
    return "generalised Sylvester equation"


def _bare(e: Expr) -> Expr:
    return mul(*e.parts()[1]) if isinstance(e, Mul) and e.parts()[1] else e


def _multiple_of_identity(t: Term) -> bool:
    return t.right.name == "identity" and _bare(t.left).name == "identity"
