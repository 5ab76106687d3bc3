"""Sums over sets worked out: what a Kronecker delta picks, patterns whose sums are formulas of matrices.

Used by `nablatex.algebra.simplify`.
"""

from __future__ import annotations

from collections.abc import Sequence

from nablatex.algebra.atoms import Symbol
from nablatex.algebra.binders import IndexSum
from nablatex.algebra.build import add, mul, number, ones, transpose, unit_vector
from nablatex.algebra.core import Add, Mul
from nablatex.algebra.expr import Expr
from nablatex.algebra.indices import Delta
from nablatex.algebra.measure import measure
from nablatex.algebra.normal import TooLarge, normal_form
from nablatex.algebra.set_sums import Related, SetSum, given_place, over_all, set_sum

MANY = 24
"""Terms beyond which nothing is multiplied out."""


def settled(e: SetSum) -> Expr | None:
    """Where δ_ik picks an index, or the set is a pattern whose sum is a formula of matrices; None where it is neither."""
    body, members = e.args
    apart = _apart(e)
    if apart is not None:
        return set_sum(apart, e.indices, members)
    if any(isinstance(x, Delta) for x in body.walk()) and _symmetric(e):  # Σ_{i<j} is half of Σ_{i≠j}
        return mul(number("1/2"), set_sum(body, e.indices, Related((), ("ne", members.shape[0]))))
    for k, terms in _sums_in(body):
        factors = body.args if isinstance(body, Mul) else (body,)
        parts = [set_sum(mul(*factors[:k], t, *factors[k + 1 :]), e.indices, members) for t in terms]
        done = [_part(p) for p in parts]
        if not any(d is None for d in done):
            return add(*[d for d in done if d is not None])
    return _one(e)


def _part(e: Expr) -> Expr | None:
    """A term of a sum, with what is constant in it in front; None where it stays a sum, or counts a set that has no number."""
    k, x = _coefficient(e)
    made = _one(x) if isinstance(x, SetSum) else None if any(a.name == "cardinality" for a in (e, *e.args)) else x
    return None if made is None else mul(k, made)


def _one(e: SetSum) -> Expr | None:
    return _picked(e) or _pattern_sum(e)


def _sums_in(body: Expr) -> list[tuple[int, Sequence[Expr]]]:
    """The places of the sums among the factors of a body, with their terms; those with a δ in them first."""
    factors = body.args if isinstance(body, Mul) else (body,)
    found = [(k, f.args) for k, f in enumerate(factors) if isinstance(f, Add)]
    return sorted(found, key=lambda pair: not any(isinstance(x, Delta) for t in pair[1] for x in t.walk()))


def _apart(e: SetSum) -> Expr | None:
    """The body with 0 for δ_ij, where i is another index than j all over the set."""
    given = given_place(e.args[1])
    whole, k = (e.args[1], None) if given is None else given
    if not isinstance(whole, Related) or whole.params[0] == "le":
        return None
    pair = {*e.indices, *([k] if k is not None else [])}
    deltas: dict[Expr, Expr] = {d: number(0) for d in e.args[0].walk() if isinstance(d, Delta) and set(d.args) == pair}
    return e.args[0].substitute(deltas) if deltas else None


def _picked(e: SetSum) -> Expr | None:
    """Σ_{(i,j) ∈ E} δ_ik f_ij is Σ_{j : (k,j) ∈ E} f_kj."""
    if len(e.indices) != 2:
        return None
    factors = e.args[0].args if isinstance(e.args[0], Mul) else (e.args[0],)
    for k, f in enumerate(factors):
        if not isinstance(f, Delta):
            continue
        for place, i in enumerate(e.indices):
            other = f.args[1] if f.args[0] == i else f.args[0]
            if i not in f.args or other.free_symbols.intersection(e.indices):
                continue
            members = e.args[1] if place else transpose(e.args[1])
            column = mul(members, unit_vector(other, members.shape[1]))
            running = e.indices[1 - place]
            rest = mul(*factors[:k], *factors[k + 1 :]).substitute({i: other})
            if members == transpose(members) and running != e.indices[1]:  # one letter for both places of i ≠ j
                rest, running = rest.substitute({running: e.indices[1]}), e.indices[1]
            return set_sum(rest, (running,), column)
    return None


def merged(terms: Sequence[Expr]) -> list[Expr]:
    """Sums over one set as one sum, where its body is then simpler than both."""
    from nablatex.algebra.simplify import simplify

    out: list[Expr] = []
    for t in terms:
        for k, other in enumerate(out):
            both = _together(other, t)
            if both is not None and measure(made := simplify(both)) < measure(other) + measure(t):
                out[k] = made
                break
        else:
            out.append(t)
    return out


def _together(a: Expr, b: Expr) -> Expr | None:
    """One sum of two over the same set that numbers alone multiply."""
    (k, x), (m, y) = (_coefficient(e) for e in (a, b))
    if not isinstance(x, SetSum) or not isinstance(y, SetSum) or x.args[1] != y.args[1] or x.params != y.params:
        return None
    return set_sum(add(mul(k, x.args[0]), mul(m, y.args[0])), x.indices, x.args[1])


def _coefficient(e: Expr) -> tuple[Expr, Expr]:
    scalars, chain = e.parts() if isinstance(e, Mul) else ((), (e,))
    parts = [*scalars, *chain]
    return mul(*parts[:-1]), parts[-1]


def _symmetric(e: SetSum) -> bool:
    """Whether the terms of Σ_{i<j} are the same for (j, i)."""
    from nablatex.algebra.simplify import simplify

    if not isinstance(e.args[1], Related) or e.args[1].params[0] != "lt":
        return False
    (i, j), body = e.indices, e.args[0]
    spare = Symbol((), (i.label + "'", i.shape, i.params[2]))
    turned = body.substitute({i: spare}).substitute({j: i}).substitute({spare: j})
    try:
        return normal_form(simplify(turned)) == normal_form(simplify(body))
    except TooLarge:
        return False


def _pattern_sum(e: SetSum) -> Expr | None:
    """Σ_{i≠j} f_ij is Σ_ij f_ij - Σ_i f_ii, and Σ_{i<j} f_ij half of that for a symmetric f, where both sums are formulas."""
    from nablatex.algebra.simplify import simplify

    members = e.args[1]
    if not isinstance(members, Related) or e.weighted() is None:
        return None
    half = number(1)
    if members.params[0] != "ne":
        if not _symmetric(e):
            return None
        half = number("1/2")
    i, j = e.indices
    terms = _multiplied_out(e.args[0])
    whole = simplify(add(*[over_all(t, e) for t in terms]))
    diagonal = e.args[0].substitute({j: i})
    lower = simplify(over_all(diagonal, SetSum((diagonal, ones(members.shape[0])), (i,))))
    if any(isinstance(x, IndexSum) for part in (whole, lower) for x in part.walk()):
        return None
    return mul(half, add(whole, mul(number(-1), lower)))


def _multiplied_out(e: Expr) -> list[Expr]:
    """The terms of a product of sums, or the product where they are many."""
    terms: list[Expr] = [number(1)]
    for f in e.args if isinstance(e, Mul) else (e,):
        terms = [mul(t, x) for t in terms for x in (f.args if isinstance(f, Add) else (f,))]
        if len(terms) > MANY:
            return [e]
    return terms


__all__ = ["merged", "settled"]
