"""Sums over an index without the sum: sum_i x_i e_i is x, sum_ij X_ij^2 is tr(X^T X), sum_i δ_ij f_i is f_j.

A summand is *lifted*: scalars that depend on the index become the column (or, for two indices, the matrix) of
their values, unit vectors in the product say where that array stands.  None where a part cannot be lifted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nablatex.algebra.atoms import Number, Size, Symbol, UnitVector
from nablatex.algebra.binders import IndexSum, index_sum
from nablatex.algebra.build import add, mul, number, ones, split_coefficient, transpose, unit_vector
from nablatex.algebra.core import Add, Mul, Power, Transpose
from nablatex.algebra.dims import ONE, Dim
from nablatex.algebra.elementwise import Elementwise, Hadamard, elementwise, hadamard, hadamard_power
from nablatex.algebra.expr import Expr
from nablatex.algebra.indices import Delta, Entry
from nablatex.algebra.measure import measure
from nablatex.algebra.reductions import trace
from nablatex.algebra.structure import DiagPart, diag, diag_part

MANY = 24
"""Terms beyond which nothing is multiplied out."""


def collapse(e: IndexSum) -> Expr | None:
    """The sum worked out, wholly or term by term; None where nothing can be done."""
    body, lower, upper = e.args
    i = e.index
    if isinstance(body, Add):
        parts = [index_sum(t, i, lower, upper) for t in body.args]
        done = [collapse(p) if isinstance(p, IndexSum) else p for p in parts]
        if all(d is None for d in done):
            return None
        return add(*[p if d is None else d for p, d in zip(parts, done, strict=True)])
    if i not in body.free_symbols:
        return mul(add(upper, mul(number(-1), lower), number(1)), body)
    over_set = any(p.startswith("over:") for p in i.properties)
    if isinstance(body, IndexSum) and not over_set:
        both = _double(e, body) or _double_terms(e, body)
        if both is not None:
            return both
    if isinstance(body, Delta) or (isinstance(body, Mul) and any(isinstance(a, Delta) for a in body.args)):
        picked = _picked(body, e)
        if picked is not None:
            return picked
    if isinstance(body, Hadamard):  # sum_i (a_i ⊙ b) is (sum_i a_i) ⊙ b
        still = [f for f in body.args if i not in f.free_symbols]
        if still:
            moving = index_sum(hadamard(*[f for f in body.args if i in f.free_symbols]), i, lower, upper)
            made = collapse(moving) if isinstance(moving, IndexSum) else moving
            return None if made is None else hadamard(*still, made)
    scalars, chain = _parts(body)
    outside = [s for s in scalars if i not in s.free_symbols]
    left = _leading(chain, i)
    right = _leading(chain[left:][::-1], i) if left < len(chain) else 0
    if chain and (outside or left or right):
        inner = mul(*[s for s in scalars if i in s.free_symbols], *chain[left : len(chain) - right])
        if left + right < len(chain) or len(outside) < len(scalars):
            reduced = index_sum(inner, i, lower, upper)
            better = collapse(reduced) if isinstance(reduced, IndexSum) and (left or right or outside) else None
            whole = reduced if better is None else min(better, reduced, key=measure)
            if better is not None or left or right:
                return mul(*outside, *chain[:left], whole, *chain[len(chain) - right :])
    size = None if over_set else _range(lower, upper)
    single = None if size is None else _single(scalars, chain, i, size)
    return _spread(e, body) if single is None and isinstance(body, Mul) else single


def _spread(e: IndexSum, body: Mul) -> Expr | None:
    """sum_i (a_i + b_i) e_i term by term, where each of the terms is worked out."""
    for k, f in enumerate(body.args):
        if isinstance(f, Add) and e.index in f.free_symbols:
            parts = [e.over(mul(*body.args[:k], t, *body.args[k + 1 :])) for t in f.args]
            done = [collapse(p) if isinstance(p, IndexSum) else p for p in parts]
            known = [d for d in done if d is not None]
            return add(*known) if len(known) == len(done) else None
    return None


def _parts(e: Expr) -> tuple[list[Expr], list[Expr]]:
    if isinstance(e, Mul):
        scalars, chain = e.parts()
        if e.is_scalar and chain:  # a product of matrices that is a number is one factor
            return [*scalars, mul(*chain)], []
        return list(scalars), list(chain)
    return ([e], []) if e.is_scalar else ([], [e])


def _leading(chain: Sequence[Expr], i: Symbol) -> int:
    count = 0
    for c in chain:
        if i in c.free_symbols:
            break
        count += 1
    return count


def _range(lower: Expr, upper: Expr) -> Dim | None:
    """The dimension d of a sum from 1 to d."""
    from nablatex.algebra.dims import dim

    if not (isinstance(lower, Number) and lower.value == 1):
        return None
    if isinstance(upper, Size):
        found: Dim = upper.params[0]
        return found
    return dim(int(upper.value)) if isinstance(upper, Number) and upper.value.denominator == 1 else None


def _picked(body: Expr, e: IndexSum) -> Expr | None:
    """sum_i δ_ij f_i = f_j, for a sum over a whole range."""
    if _range(e.args[1], e.args[2]) is None:
        return None
    factors = list(body.args) if isinstance(body, Mul) else [body]
    for k, f in enumerate(factors):
        if isinstance(f, Delta) and e.index in f.args:
            other = f.args[1] if f.args[0] == e.index else f.args[0]
            if e.index in other.free_symbols:
                return None
            rest = mul(*factors[:k], *factors[k + 1 :])
            return rest.substitute({e.index: other})
    return None


def _unit(e: Expr, i: Symbol) -> str:
    """``column`` for e_i, ``row`` for its transpose, else nothing."""
    if isinstance(e, UnitVector) and e.args[0] == i:
        return "column"
    return "row" if isinstance(e, Transpose) and _unit(e.args[0], i) == "column" else ""


def _single(scalars: list[Expr], chain: list[Expr], i: Symbol, d: Dim) -> Expr | None:
    moving = [s for s in scalars if i in s.free_symbols]
    fixed = [s for s in scalars if i not in s.free_symbols]
    lifted = [lift(s, i, d) for s in moving]
    if any(v is None for v in lifted):
        return None
    columns = [v for v in lifted if v is not None]
    if not chain:
        return mul(*fixed, total(columns))
    places = [k for k, c in enumerate(chain) if i in c.free_symbols]
    kinds = [_unit(chain[k], i) for k in places]
    array = hadamard(*columns) if columns else ones(d)
    if kinds == ["column"] and chain[places[0]].shape[0] == d:
        made: Expr = array
    elif kinds == ["row"] and chain[places[0]].shape[1] == d:
        made = transpose(array)
    elif kinds == ["column", "row"] and places[1] == places[0] + 1:
        made = diag(array)
    else:
        return None
    k = places[0]
    return mul(*fixed, *chain[:k], made, *chain[k + len(places) :])


def total(columns: Sequence[Expr]) -> Expr:
    """The sum of the entries of the entry-wise product of columns: x^T y for two of them."""
    if len(columns) == 1:
        k, only = split_coefficient(columns[0])
        if isinstance(only, DiagPart):
            return mul(number(k), trace(only.args[0]))
        return mul(transpose(ones(columns[0].shape[0])), columns[0])
    return mul(transpose(columns[0]), hadamard(*columns[1:]))


def lift(e: Expr, i: Symbol, d: Dim) -> Expr | None:
    """The column of the d values of the scalar e for i = 1, …, d."""
    if i not in e.free_symbols:
        return mul(e, ones(d))
    if isinstance(e, Entry):
        x, r, c = e.args
        if i in x.free_symbols:
            return None
        if r == i and x.shape[0] == d:
            if c == i:
                return diag_part(x) if x.shape[1] == d else None
            if i not in c.free_symbols:
                return x if x.shape[1] == ONE else mul(x, unit_vector(c, x.shape[1]))
        if c == i and x.shape[1] == d and i not in r.free_symbols:
            return transpose(x) if x.shape[0] == ONE else mul(transpose(x), unit_vector(r, x.shape[0]))
        return None
    if isinstance(e, Delta):
        other = e.args[1] if e.args[0] == i else e.args[0]
        return unit_vector(other, d) if i in e.args and i not in other.free_symbols else None
    if isinstance(e, Mul) and e.parts()[1]:
        return _lift_chain(e, i, d)
    return _pointwise(e, lambda a: lift(a, i, d))


def _lift_chain(e: Mul, i: Symbol, d: Dim) -> Expr | None:
    """u^T A e_i is row i of A^T u; e_i^T A e_i a diagonal entry."""
    scalars, chain = e.parts()
    places = [k for k, c in enumerate(chain) if i in c.free_symbols]
    kinds = {k: _unit(chain[k], i) for k in places}
    if not places:
        made: Expr | None = None
    elif places == [0] and kinds[0] == "row" and chain[0].shape[1] == d:
        made = mul(*chain[1:])
    elif places == [len(chain) - 1] and kinds[places[0]] == "column" and chain[-1].shape[0] == d:
        made = transpose(mul(*chain[:-1]))
    elif places == [0, len(chain) - 1] and (kinds[0], kinds[places[1]]) == ("row", "column") and len(chain) > 2:
        made = diag_part(mul(*chain[1:-1]))
        if made.shape[0] != d:
            return None
    else:
        return None
    lifted = [lift(s, i, d) for s in scalars if i in s.free_symbols]
    if any(v is None for v in lifted):
        return None
    fixed = [s for s in scalars if i not in s.free_symbols]
    if made is None:
        fixed.append(mul(*chain))
        return mul(*fixed, hadamard(*[v for v in lifted if v is not None]))
    return mul(*fixed, hadamard(*[v for v in lifted if v is not None], made))


def _pointwise(e: Expr, up: Callable[[Expr], Expr | None]) -> Expr | None:
    """Sums, products, powers and functions of what is lifted."""
    if isinstance(e, (Add, Mul)):
        parts = [p for a in e.args if (p := up(a)) is not None]
        if len(parts) < len(e.args):
            return None
        return add(*parts) if isinstance(e, Add) else hadamard(*parts)
    if isinstance(e, Power):
        base = up(e.args[0])
        exponent = e.args[1]
        plain = all(
            isinstance(x, (Number, Add)) or (isinstance(x, Symbol) and not x.has("index")) for x in exponent.walk()
        )
        if base is None or not plain:
            return None
        return hadamard_power(base, exponent)
    if isinstance(e, Elementwise):
        inside = up(e.args[0])
        return None if inside is None else elementwise(e.params[0], inside, e.params[1])
    return None


def _double(outer: IndexSum, inner: IndexSum) -> Expr | None:
    """sum_i sum_j of a summand that lifts to a matrix."""
    i, j = outer.index, inner.index
    m, n = _range(*outer.args[1:]), _range(*inner.args[1:])
    if m is None or n is None or i == j:
        return None
    scalars, chain = _parts(inner.args[0])
    moving = [s for s in scalars if {i, j} & s.free_symbols]
    fixed = [s for s in scalars if not {i, j} & s.free_symbols]
    matrices = [lift_matrix(s, i, j, m, n) for s in moving]
    if any(x is None for x in matrices):
        return None
    found = [x for x in matrices if x is not None]
    if not chain:
        if len(found) == 1:
            return mul(*fixed, transpose(ones(m)), found[0], ones(n))
        return mul(*fixed, trace(mul(transpose(found[0]), hadamard(*found[1:])))) if found else None
    array = hadamard(*found) if found else ones(m, n)
    places = [k for k, c in enumerate(chain) if {i, j} & c.free_symbols]
    if len(places) != 2 or places[1] != places[0] + 1:
        return None
    a, b = (chain[k] for k in places)
    if _unit(a, i) == "column" and _unit(b, j) == "row" and (a.shape[0], b.shape[1]) == (m, n):
        made = array
    elif _unit(a, j) == "column" and _unit(b, i) == "row" and (a.shape[0], b.shape[1]) == (n, m):
        made = transpose(array)
    else:
        return None
    return mul(*fixed, *chain[: places[0]], made, *chain[places[1] + 1 :])


def _double_terms(outer: IndexSum, inner: IndexSum) -> Expr | None:
    """sum_ij (a_i - a_j)(e_i - e_j) multiplied out, where each of the terms is worked out."""
    from nablatex.algebra.simplify import simplify

    factors = inner.args[0].args if isinstance(inner.args[0], Mul) else ()
    if not any(isinstance(f, Add) for f in factors):
        return None
    terms: list[Expr] = [number(1)]
    for f in factors:
        terms = [mul(t, x) for t in terms for x in (f.args if isinstance(f, Add) else (f,))]
        if len(terms) > MANY:
            return None
    done: list[Expr] = []
    for t in terms:
        made = simplify(outer.over(inner.over(t)))
        if any(isinstance(x, IndexSum) for x in made.walk()):
            return None
        done.append(made)
    return add(*done)


def lift_matrix(e: Expr, i: Symbol, j: Symbol, m: Dim, n: Dim) -> Expr | None:
    """The m×n matrix of the values of the scalar e for i = 1, …, m and j = 1, …, n."""
    if not {i, j} & e.free_symbols:
        return mul(e, ones(m, n))
    if j not in e.free_symbols:
        column = lift(e, i, m)
        return None if column is None else mul(column, transpose(ones(n)))
    if i not in e.free_symbols:
        column = lift(e, j, n)
        return None if column is None else mul(ones(m), transpose(column))
    if isinstance(e, Entry) and not {i, j} & e.args[0].free_symbols:
        if e.args[1:] == (i, j) and e.args[0].shape == (m, n):
            return e.args[0]
        if e.args[1:] == (j, i) and e.args[0].shape == (n, m):
            return transpose(e.args[0])
        return None
    if isinstance(e, Mul) and e.parts()[1]:
        scalars, chain = e.parts()
        ends = _unit(chain[0], i), _unit(chain[-1], j)
        turned = _unit(chain[0], j), _unit(chain[-1], i)
        if len(chain) < 3 or any({i, j} & c.free_symbols for c in chain[1:-1]):
            return None
        if ends == ("row", "column"):
            made = mul(*chain[1:-1])
        elif turned == ("row", "column"):
            made = transpose(mul(*chain[1:-1]))
        else:
            return None
        if made.shape != (m, n):
            return None
        rest = [lift_matrix(s, i, j, m, n) for s in scalars]
        return None if any(r is None for r in rest) else hadamard(made, *[r for r in rest if r is not None])
    return _pointwise(e, lambda a: lift_matrix(a, i, j, m, n))


__all__ = ["collapse", "lift", "lift_matrix"]
