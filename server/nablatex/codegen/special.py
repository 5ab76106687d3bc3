"""Operators that become other operators or loops: integrals, half-vectorisation, triangular parts, sums along diagonals."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from nablatex.algebra.arrangements import ROWS, LogSumExpOf, SoftmaxOf
from nablatex.algebra.atoms import Number, Size
from nablatex.algebra.binders import index_sum
from nablatex.algebra.build import add, mul, number, transpose, unit_vector
from nablatex.algebra.dims import dim
from nablatex.algebra.expr import Expr
from nablatex.algebra.halves import duplication_by_elimination, elimination
from nablatex.algebra.index_products import index_product
from nablatex.algebra.integrals import is_infinite
from nablatex.algebra.set_sums import OverSet, SetSum, over_all
from nablatex.algebra.simplify import simplify
from nablatex.algebra.structure import unvec, vec
from nablatex.algebra.triangles import SameDiagonal
from nablatex.codegen.graph import Node, NotExportable

if TYPE_CHECKING:
    from nablatex.codegen.lower import Lowering

QUADRATURE = 60
"""Nodes of the quadrature that an integral becomes."""


def triangle(low: Lowering, e: Expr) -> Node:
    kernel = "tril" if e.params[0] == "lower" else "triu"
    return low.graph.node(kernel, low(e.args[0]), shape=e.shape)


def mask(low: Lowering, e: Expr) -> Node:
    return low.graph.node(f"mask_{e.params[1]}", shape=e.shape)


def vech(low: Lowering, e: Expr) -> Node:
    return low(mul(elimination(e.args[0].shape[0]), vec(e.args[0])))


def duplication(low: Lowering, e: Expr) -> Node:
    return low(duplication_by_elimination(e.params[0]))


def diagonal_sums(low: Lowering, e: Expr) -> Node:
    n = e.shape[0]
    return low(unvec(mul(SameDiagonal((), (n,)), vec(e.args[0])), n, n))


def integral(low: Lowering, e: Expr) -> Node:
    """A weighted sum over Gauss and Legendre nodes; an infinite upper bound is mapped to 1 by t = a + s / (1 - s)."""
    g = low.graph
    body, lower, upper = e.args
    t = e.params[0]
    infinite = is_infinite(upper)
    a, b = low(lower), g.number(1) if infinite else low(upper)
    name = f"{t.label}·{len(g.made)}"
    rule = g.node("gauss", shape=(dim(2), dim(QUADRATURE)))
    place = g.node("index", name=name)
    node, weight = (g.node("entry", rule, g.number(k), place) for k in (1, 2))
    half = g.number(Fraction(1, 2)) if infinite else g.times(g.number(Fraction(1, 2)), g.plus(b, g.negate(a)))
    point = g.plus(g.times(half, node), half) if infinite else g.plus(g.times(half, node), g.plus(a, half))
    weight = g.times(half, weight)
    if infinite:
        rest = g.plus(g.number(1), g.negate(point))
        weight = g.divide(g.divide(weight, rest), rest)
        point = g.plus(a, g.divide(point, rest))
    memo, bound = dict(low.memo), dict(low.bound)
    low.bound[t] = point
    low.memo = {k: v for k, v in memo.items() if t not in k.free_symbols}
    inside = g.times(weight, low(body))
    low.memo, low.bound = memo, bound
    return g.node("loop", inside, g.number(1), g.number(QUADRATURE), shape=e.shape, name=name, times=False)


def arranged(low: Lowering, e: Expr) -> Node:
    """By rows; by columns of the transposed matrix."""
    assert isinstance(e, (SoftmaxOf, LogSumExpOf))
    kernel = "softmax_rows" if isinstance(e, SoftmaxOf) else "logsumexp_rows"
    x = e.args[0]
    if not low.graph.can(kernel):
        return low(e.written())
    if e.by == ROWS:
        return low.graph.node(kernel, low(x), shape=e.shape)
    made = low.graph.node(kernel, low(transpose(x)), shape=(e.shape[1], e.shape[0]))
    return low.graph.transpose(made) if isinstance(e, SoftmaxOf) else made


def ranked(low: Lowering, e: Expr) -> Node:
    """The largest or the smallest of the entries of the vector of all values, or its place in it."""
    body, lower, upper = e.args
    n = upper.params[0] if isinstance(upper, Size) else dim(int(upper.value)) if isinstance(upper, Number) else None
    if n is None or not isinstance(lower, Number) or lower.value != 1:
        raise NotExportable("the largest of numbers that are not counted from 1")
    values = simplify(index_sum(mul(body, unit_vector(e.params[0], n)), e.params[0], lower, upper))
    return low.graph.node(e.name, low(values))


def over_set(low: Lowering, e: Expr) -> Node:
    """The sum of all terms times the indicator; the product of 1 + indicator (factor - 1)."""
    assert isinstance(e, OverSet)
    body = e.weighted()
    if body is None:
        raise NotExportable("a sum over a set whose terms have no value beyond it")
    if isinstance(e, SetSum):
        return low(over_all(body, e))
    kept = add(body, number(1), mul(number(-1), e.indicator))
    for i, d in reversed(list(zip(e.indices, e.args[1].shape, strict=False))):
        kept = index_product(kept, i, number(1), number(d.value) if d.value is not None else Size((), (d,)))
    return low(kept)


def leading_vector(low: Lowering, e: Expr) -> Node:
    return low.graph.node(f"leading_{e.params[0]}_vector", low(e.args[0]), shape=e.shape)


def leading_gap(low: Lowering, e: Expr) -> Node:
    x = e.args[0] if e.params[0] == "left" else transpose(e.args[0])
    return low.graph.node("leading_gap", low(x), shape=e.shape)


def related(low: Lowering, e: Expr) -> Node:
    return low.graph.node(f"related_{e.params[0]}", shape=e.shape)


RULES: dict[str, Callable[[Lowering, Expr], Node]] = {
    "integral": integral,
    "set_sum": over_set,
    "set_product": over_set,
    "related": related,
    "leading_vector": leading_vector,
    "leading_gap": leading_gap,
    "softmax_of": arranged,
    "logsumexp_of": arranged,
    "index_max": ranked,
    "index_min": ranked,
    "argmax": ranked,
    "argmin": ranked,
    "triangle": triangle,
    "mask": mask,
    "vech": vech,
    "duplication": duplication,
    "diagonal_sums": diagonal_sums,
}
"""By operator, for `lower`."""
