"""Products as programs: which factors are multiplied first, and what each pair of factors is.

A factor that is an inverse is solved with, a diagonal matrix scales, ones sum, a unit vector picks, a commutation
matrix permutes and a Kronecker product that meets a vector is two small products.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from nablatex.algebra.atoms import Commutation, Number, Ones, UnitVector
from nablatex.algebra.build import add, mul, number, ones, power, transpose
from nablatex.algebra.core import Inverse, Mul, Power, Transpose
from nablatex.algebra.definite import is_positive_definite
from nablatex.algebra.dims import ONE, Shape
from nablatex.algebra.expr import Expr
from nablatex.algebra.reductions import trace as build_trace
from nablatex.algebra.structure import Diag, DiagPart, Kron
from nablatex.codegen.chains import Flavour, Plan, associate, expected
from nablatex.codegen.graph import Graph, Node

if TYPE_CHECKING:
    from nablatex.codegen.lower import Lowering

MAX_WRITTEN_POWER = 6


@dataclass(frozen=True, slots=True)
class Part:
    """A factor of a chain or the product of some: what it is, its expression where it is one factor, its value."""

    flavour: Flavour
    shape: Shape
    expr: Expr | None = None
    node: Node | None = None


def product(low: Lowering, e: Expr) -> Node:
    """number · scalars · chain / divisors."""
    assert isinstance(e, Mul)
    g = low.graph
    turned = low.memo.get(transpose(e)) if not e.is_scalar and ONE not in e.shape else None
    if turned is not None:
        return g.transpose(turned)
    scalars, factors = e.parts()
    literal = Fraction(1)
    above: list[Node] = []
    below: list[Node] = []
    for s in scalars:
        if isinstance(s, Number):
            literal *= s.value
        elif isinstance(s, Power) and isinstance(s.args[1], Number) and s.args[1].value < 0:
            below.append(low(power(s.args[0], number(-s.args[1].value))))
        else:
            above.append(low(s))
    if literal.denominator != 1 and below:
        below.insert(0, g.number(literal.denominator))
        literal = Fraction(literal.numerator)
    scale = g.number(abs(literal))
    for x in above:
        scale = g.times(scale, x)
    opened = _opened(low, factors)
    body = low(opened) if opened is not None else chain(low, factors) if factors else None
    total = _scaled(g, scale, body) if body is not None else scale
    divisor = g.number(1)
    for x in below:
        divisor = g.times(divisor, x)
    total = g.divide(total, divisor)
    return g.negate(total) if literal < 0 else total


def _opened(low: Lowering, factors: Sequence[Expr]) -> Expr | None:
    """A sum among the factors multiplied out where that is cheaper: (A B + λ I) x = A (B x) + λ x; None where it is not.

    Beside a vector, a sum that holds products, diagonal matrices or the identity; beside a matrix only a sum with an
    identity, as in A (B - I) = A B - A.
    """
    if len(factors) < 2:
        return None
    for k, f in enumerate(factors):
        if f.name != "add" or ONE in f.shape or f in low.memo:
            continue
        beside = [x for x in (factors[k - 1 : k], factors[k + 1 : k + 2]) if x]
        thin = any(ONE in x[0].shape for x in beside)
        if not (
            any(_is_cheap(t) for t in f.args) if thin else len(factors) == 2 and any(_is_identity(t) for t in f.args)
        ):
            continue
        return add(*[mul(*factors[:k], t, *factors[k + 1 :]) for t in f.args])
    return None


def _is_identity(t: Expr) -> bool:
    return t.name == "identity" or (isinstance(t, Mul) and t.args[-1].name == "identity")


def _is_cheap(t: Expr) -> bool:
    """Cheaper to multiply with than to form: a product, a diagonal matrix, the identity."""
    factors = t.parts()[1] if isinstance(t, Mul) else (t,)
    return len(factors) > 1 or factors[-1].name in ("identity", "diag")


def _scaled(g: Graph, k: Node, x: Node) -> Node:
    """k x; of an outer or a Kronecker product one of the factors, which are smaller."""
    if x.kernel in ("outer", "kron") and not (k.kernel == "number" and k.get("value") == 1):
        first, second = x.args
        if first.kernel == "identity":
            return g.node(x.kernel, first, g.times(k, second), shape=x.shape)
        return g.node(x.kernel, g.times(k, first), second, shape=x.shape)
    return g.times(k, x)


def chain(low: Lowering, factors: Sequence[Expr]) -> Node:
    """The value of a chain of matrices."""
    return value(low, _tree(low, factors, _plan(low, factors)))


def _expanded(factors: Sequence[Expr]) -> list[Expr]:
    """Factors with small powers written out beside vectors, and 1 1^T as two factors."""
    thin = any(ONE in f.shape for f in factors)
    out: list[Expr] = []
    for f in factors:
        if isinstance(f, Ones) and ONE not in f.shape:
            out.extend((ones(f.shape[0]), ones(1, f.shape[1])))
            continue
        k = f.integer if isinstance(f, Power) else None
        if k is not None and thin and abs(k) <= MAX_WRITTEN_POWER:
            out.extend([f.args[0] if k > 0 else Inverse((f.args[0],))] * abs(k))
        else:
            out.append(f)
    return out


def _plan(low: Lowering, factors: Sequence[Expr]) -> Plan:
    whole = _expanded(factors)
    dims = [whole[0].shape[0], *[f.shape[1] for f in whole]]
    return associate(dims, [_flavour(low, f) for f in whole], low.sizes)


def _flavour(low: Lowering, f: Expr) -> Flavour:
    bare = f.args[0] if isinstance(f, Transpose) else f
    if isinstance(bare, Inverse):
        return "dense" if bare in low.formed else "inverse"
    if isinstance(f, Diag):
        return "diagonal"
    if isinstance(bare, UnitVector):
        return "unit"
    if isinstance(f, Ones):
        return "ones"
    return "permutation" if isinstance(f, Commutation) else "dense"


def _tree(low: Lowering, factors: Sequence[Expr], plan: Plan) -> Part:
    whole = _expanded(factors)

    def build(p: Plan) -> Part:
        if p.left is None or p.right is None:
            f = whole[p.first]
            return Part(_flavour(low, f), f.shape, f)
        return join(low, build(p.left), build(p.right))

    return build(plan)


def value(low: Lowering, p: Part) -> Node:
    """The array of a part."""
    if p.node is not None:
        if p.flavour == "diagonal":
            return low.graph.node("diag", p.node, shape=p.shape)
        return p.node
    assert p.expr is not None
    return low(p.expr)


def _turned(low: Lowering, p: Part) -> Node:
    """The transpose of a part, which for a factor may be known to be the factor itself."""
    if p.expr is not None and p.node is None:
        return low(transpose(p.expr))
    return low.graph.transpose(value(low, p))


def join(low: Lowering, a: Part, b: Part) -> Part:
    """The product of two parts."""
    shape = (a.shape[0], b.shape[1])
    if a.flavour == b.flavour == "diagonal":
        entries = low.graph.node("hadamard", _entries(low, a), _entries(low, b), shape=(shape[0], ONE))
        return Part("diagonal", shape, node=entries)
    return Part("dense", shape, node=_joined(low, a, b, shape))


def _entries(low: Lowering, p: Part) -> Node:
    if p.node is not None:
        return p.node
    assert p.expr is not None
    return low(p.expr.args[0])


def _joined(low: Lowering, a: Part, b: Part, shape: Shape) -> Node:
    g = low.graph
    inner_one = a.shape[1] == ONE
    if not inner_one:
        if b.flavour == "ones" and b.shape[1] == ONE:
            return _summed(g, value(low, a))
        if a.flavour == "ones" and a.shape[0] == ONE:
            return _summed(g, g.transpose(value(low, b)))
        if b.flavour == "unit" and b.shape[1] == ONE:
            return _picked(low, value(low, a), b, "column")
        if a.flavour == "unit" and a.shape[0] == ONE:
            return _picked(low, value(low, b), a, "row")
    if a.flavour == "diagonal":
        return _scaled_rows(low, a, value(low, b), shape)
    if b.flavour == "diagonal":
        x, d = value(low, a), _entries(low, b)
        return g.node("hadamard" if x.kind == "vector" else "scale_columns", x, d, shape=shape)
    if a.flavour == "inverse":
        return solve(low, a, value(low, b), shape)
    if b.flavour == "inverse":
        assert b.expr is not None
        turned = Part("inverse", b.shape, transpose(b.expr))
        return g.transpose(solve(low, turned, _turned(low, a), (shape[1], shape[0])))
    if a.flavour == "permutation" and a.expr is not None:
        return _permuted(low, a.expr.params, value(low, b), shape)
    if b.flavour == "permutation" and b.expr is not None:
        m, n = b.expr.params
        x = value(low, a)
        if x.kind == "vector":
            return _permuted(low, (n, m), x, (shape[1], shape[0]))
        return g.node("permute_columns", x, shape=shape, p0=m, p1=n)
    if isinstance(a.expr, Kron) and b.shape[1] == ONE:
        return _kron_times_vector(low, a.expr, value(low, b), shape)
    if isinstance(b.expr, Kron) and a.shape[0] == ONE:
        turned_kron = transpose(b.expr)
        if isinstance(turned_kron, Kron):
            return _kron_times_vector(low, turned_kron, value(low, a), (shape[1], shape[0]))
    return _dense(g, value(low, a), value(low, b), a.shape, b.shape)


def _dense(g: Graph, x: Node, y: Node, left: Shape, right: Shape) -> Node:
    shape = (left[0], right[1])
    if x.kind == "number" or y.kind == "number":
        return g.times(x, y) if x.kind == "number" else g.times(y, x)
    if left[1] == ONE:
        return g.node("outer", x, y, shape=shape)
    if left[0] == ONE and right[1] == ONE:
        return g.node("dot", x, y)
    if left[0] == ONE:
        return g.node("product", g.transpose(y), x, shape=shape)
    return g.node("product", x, y, shape=shape)


def _summed(g: Graph, x: Node) -> Node:
    """x 1: the sums of the rows, or the total of a vector."""
    if x.kernel == "ones_vector":
        return g.size(x.shape[0])
    if x.kernel in ("row_sums", "column_sums"):
        return g.node("total", x.args[0])
    if x.kind == "vector":
        return g.node("total", x)
    if x.kernel == "transpose":
        return g.node("column_sums", x.args[0], shape=(x.shape[0], ONE))
    return g.node("row_sums", x, shape=(x.shape[0], ONE))


def _picked(low: Lowering, x: Node, unit: Part, line: str) -> Node:
    assert unit.expr is not None
    bare = unit.expr.args[0] if isinstance(unit.expr, Transpose) else unit.expr
    index = low(bare.args[0])
    if x.kind == "vector":
        return low.graph.node("vector_entry", x, index)
    if x.kernel == "transpose":
        x, line = x.args[0], "row" if line == "column" else "column"
    return low.graph.node(line, x, index, shape=(x.shape[0] if line == "column" else x.shape[1], ONE))


def _scaled_rows(low: Lowering, diagonal: Part, x: Node, shape: Shape) -> Node:
    kernel = "hadamard" if x.kind == "vector" else "scale_rows"
    return low.graph.node(kernel, _entries(low, diagonal), x, shape=shape)


def _permuted(low: Lowering, params: tuple[object, ...], x: Node, shape: Shape) -> Node:
    """K_{mn} x: vec(A^T) of vec A for a vector, rows in another order for a matrix."""
    g = low.graph
    m, n = params
    if x.kind != "vector":
        return g.node("permute_rows", x, shape=shape, p0=m, p1=n)
    a = x.args[0] if x.kernel == "vec" and x.args[0].shape == (m, n) else None
    if a is None:
        a = g.node("unvec", x, shape=(m, n))  # type: ignore[arg-type]
    return g.node("vec", g.transpose(a), shape=shape)


def _kron_times_vector(low: Lowering, kron: Kron, x: Node, shape: Shape) -> Node:
    """(A ⊗ B) x = vec(B X A^T) with x = vec X (Magnus & Neudecker 2.4)."""
    g = low.graph
    a, b = kron.args
    if ONE in (*a.shape, *b.shape):
        return g.node("product", low(kron), x, shape=shape)
    form = (b.shape[1], a.shape[1])
    matrix = x.args[0] if x.kernel == "vec" and x.args[0].shape == form else g.node("unvec", x, shape=form)
    (p, q), (m, n) = ((expected(d, low.sizes) for d in x.shape) for x in (b, a))
    if p * n * (q + m) <= m * q * (n + p):
        inside = _times(g, low(b), matrix) if b.name != "identity" else matrix
        inside = _times(g, inside, g.transpose(low(a))) if a.name != "identity" else inside
    else:
        inside = _times(g, matrix, g.transpose(low(a))) if a.name != "identity" else matrix
        inside = _times(g, low(b), inside) if b.name != "identity" else inside
    return g.node("vec", inside, shape=shape)


def _times(g: Graph, x: Node, y: Node) -> Node:
    return g.node("product", x, y, shape=(x.shape[0], y.shape[1]))


# ---- inverses and determinants


def solve(low: Lowering, inverse_part: Part, x: Node, shape: Shape) -> Node:
    """A^{-1} x without forming the inverse; by Cholesky where A is known to be positive definite."""
    assert inverse_part.expr is not None
    g = low.graph
    bare = inverse_part.expr
    matrix = transpose(bare.args[0].args[0]) if isinstance(bare, Transpose) else bare.args[0]
    kernel = "cholesky_solve_vector" if x.kind == "vector" else "cholesky_solve"
    if factors(low, matrix) and g.can(kernel):
        return g.node(kernel, _cholesky(low, matrix), x, shape=shape)
    return g.node("solve", low(matrix), x, shape=shape)


def factors(low: Lowering, matrix: Expr) -> bool:
    """Whether a Cholesky factor may be used."""
    return not low.general and is_positive_definite(matrix)


def _cholesky(low: Lowering, matrix: Expr) -> Node:
    return low.graph.node("cholesky", low(matrix), shape=matrix.shape)


def inverse(low: Lowering, e: Expr) -> Node:
    matrix = e.args[0]
    if factors(low, matrix) and low.graph.can("cholesky_inverse"):
        return low.graph.node("cholesky_inverse", _cholesky(low, matrix), shape=e.shape)
    return low.graph.node("inverse", low(matrix), shape=e.shape)


def log_determinant(low: Lowering, matrix: Expr) -> Node:
    """log |det A| from a factorisation, without overflow."""
    if factors(low, matrix) and low.graph.can("cholesky_logdet"):
        return low.graph.node("cholesky_logdet", _cholesky(low, matrix))
    return low.graph.node("logdet", low(matrix))


# ---- reductions


def inner_node(g: Graph, a: Node, b: Node) -> Node:
    """<a, b> of two values of one shape."""
    if a.kind == "number":
        return g.node("scale", a, b) if a is not b else g.node("power", a, g.number(2))
    if a.kind == "vector":
        return g.node("dot", a, b)
    if a.kernel == b.kernel == "transpose":
        a, b = a.args[0], b.args[0]
    return g.node("inner", a, b)


def inner(low: Lowering, e: Expr) -> Node:
    return inner_node(low.graph, low(e.args[0]), low(e.args[1]))


def _halves(low: Lowering, e: Expr) -> tuple[Part, Part] | None:
    """A product cut where its last multiplication is."""
    if not isinstance(e, Mul):
        return None
    scalars, factors = e.parts()
    if scalars or len(factors) < 2:
        return None
    plan = _plan(low, factors)
    if plan.left is None or plan.right is None:
        return None
    return _tree(low, factors, plan.left), _tree(low, factors, plan.right)


def trace(low: Lowering, e: Expr) -> Node:
    """tr(A B) = <A^T, B>: the product is not formed."""
    g = low.graph
    x = e.args[0]
    if x.name == "add":
        terms = [low(build_trace(t)) for t in x.args]
        total = terms[0]
        for t in terms[1:]:
            total = g.plus(total, t)
        return total
    halves = _halves(low, x)
    if halves is None or any(p.flavour in ("inverse", "diagonal", "permutation") for p in halves):
        return g.node("trace", low(x))
    a, b = (value(low, p) for p in halves)
    if b.kernel == "transpose":
        return inner_node(g, a, b.args[0])
    return inner_node(g, g.transpose(a), b)


def diagonal_of(low: Lowering, e: Expr) -> Node:
    """diag(A B): sums of the products of rows of A and columns of B."""
    assert isinstance(e, DiagPart)
    g = low.graph
    halves = _halves(low, e.args[0])
    if halves is None or any(p.flavour != "dense" for p in halves):
        return g.node("diag_part", low(e.args[0]), shape=e.shape)
    a, b = (value(low, p) for p in halves)
    if a.kind != "matrix" or b.kind != "matrix":
        return g.node("diag_part", low(e.args[0]), shape=e.shape)
    return g.node("row_dots", a, g.transpose(b), shape=e.shape)


def rank_one(e: Expr) -> tuple[Expr, Expr] | None:
    """(u, v) for a matrix u v^T that is written as a product."""
    if not isinstance(e, Mul):
        return None
    scalars, factors = e.parts()
    for k in range(1, len(factors)):
        if factors[k].shape[0] == ONE:
            return mul(*scalars, *factors[:k]), mul(*factors[k:])
    return None
