"""From an expression to the graph of kernels that computes it well.

Most operators are their own kernel.  Those whose efficient form depends on what stands beside them have a rule here
(`RULES`) or in `products`: a solve instead of an inverse, no diagonal matrix that is multiplied, no Kronecker
product that meets a vector, tr(A B) without the product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

from nablatex.algebra.atoms import Number, Ones, Symbol
from nablatex.algebra.build import mul, transpose, unit_vector
from nablatex.algebra.build import number as build_number
from nablatex.algebra.build import power as build_power
from nablatex.algebra.core import Inverse, Mul, Transpose
from nablatex.algebra.dims import ONE, Dim
from nablatex.algebra.expr import Expr
from nablatex.algebra.sylvester import Sylvester
from nablatex.codegen import products, special
from nablatex.codegen.graph import Graph, Node, NotExportable, Sizes

HALF = Fraction(1, 2)


class Lowering:
    """Nodes for expressions.  arguments: the symbols that the program is given; sizes: what to associate products by."""

    def __init__(
        self,
        graph: Graph,
        arguments: Mapping[Symbol, Node],
        sizes: Sizes,
        wanted: Iterable[Expr],
        general: bool = False,
    ) -> None:
        self.graph = graph
        self.general = general
        """No use is made of definiteness."""
        self.sizes = sizes
        self.arguments = arguments
        self.functions: dict[tuple[str, int], None] = {}
        """Unknown functions that are called, with the order of the derivative; they become arguments too."""
        self.formed: frozenset[Expr] = frozenset(formed_inverses(wanted))
        self.memo: dict[Expr, Node] = {}
        self.bound: dict[Expr, Node] = {}

    def __call__(self, e: Expr) -> Node:
        found = self.memo.get(e)
        if found is None:
            rule = RULES.get(e.name)
            found = rule(self, e) if rule is not None else self.plain(e)
            self.memo[e] = found
        return found

    def plain(self, e: Expr) -> Node:
        """The operator's own kernel on its arguments; dimensions among the parameters are fields p0, p1, …"""
        kernel = next(iter(e.code), None)
        if kernel is None or e.binds:
            raise NotExportable(f"{e.name.replace('_', ' ')} has no form in {self.graph.language}")
        fields = {f"p{i}": p for i, p in enumerate(e.params) if isinstance(p, Dim)}
        return self.graph.node(kernel, *[self(a) for a in e.args], shape=e.shape, **fields)

    def two_dimensional(self, e: Expr) -> Node:
        """A matrix whatever the shape is: a column, a row or a number as one."""
        node = self(e)
        if node.kind == "matrix":
            return node
        if node.kind == "number":
            return self.graph.node("as_matrix", node)
        return self.graph.node("as_column" if e.shape[1] == ONE else "as_row", node, shape=(node.shape[0], ONE))


def formed_inverses(wanted: Iterable[Expr]) -> Iterable[Expr]:
    """Inverses that are formed once and then used everywhere.

    Those that stand somewhere other than in a product, and those that meet matrices twice: one inversion and two
    products cost less than two solves with as many right sides as there are columns.
    """
    met: dict[Expr, int] = {}
    todo: list[tuple[Expr, str]] = [(e, "alone") for e in wanted]
    seen: set[tuple[Expr, str]] = set()
    while todo:
        e, place = todo.pop()
        if isinstance(e, Inverse):
            met[e] = met.get(e, 0) + {"alone": 2, "matrices": 1, "vector": 0}[place]
        if (e, place) in seen and not isinstance(e, (Inverse, Transpose)):
            continue
        seen.add((e, place))
        if not isinstance(e, Transpose):
            chain = e.parts()[1] if isinstance(e, Mul) else ()
            place = "alone" if len(chain) < 2 else "vector" if any(ONE in f.shape for f in chain) else "matrices"
        todo.extend((a, place) for a in e.args)
    return [e for e, times in met.items() if times > 1]


# ---- leaves


def symbol(low: Lowering, e: Expr) -> Node:
    found = low.bound.get(e) or low.arguments.get(e)  # type: ignore[call-overload]
    if found is None:
        raise NotExportable(f"no argument for {e!r}")
    node: Node = found
    return node


def number(low: Lowering, e: Expr) -> Node:
    return low.graph.number(e.params[0])


def size(low: Lowering, e: Expr) -> Node:
    return low.graph.size(e.params[0])


def constant(low: Lowering, e: Expr) -> Node:
    return low.graph.node("pi" if e.params[0] == "\\pi" else "e")


def sized(low: Lowering, e: Expr) -> Node:
    return low.graph.node(f"{e.name}_vector" if ONE in e.shape else e.name, shape=e.shape)


# ---- sums, products of entries


def add(low: Lowering, e: Expr) -> Node:
    """A sum: the first term is a positive one where there is one; c·1 is added to every entry as a number."""
    g = low.graph
    shifts: list[Node] = []
    terms: list[Node] = []
    for t in e.args:
        factors = t.args if isinstance(t, Mul) else (t,)
        if not e.is_scalar and isinstance(factors[-1], Ones) and all(f.is_scalar for f in factors[:-1]):
            shifts.append(low(mul(*factors[:-1])))
        else:
            terms.append(low(t))
    total = _sum(g, terms)
    if not shifts:
        assert total is not None
        return total
    shift = _sum(g, shifts)
    assert shift is not None
    if total is None:
        return g.times(shift, g.node("ones_vector" if ONE in e.shape else "ones", shape=e.shape))
    if total.kernel == "negate":
        return g.node("shift_minus", shift, total.args[0], shape=e.shape)
    if shift.kernel == "number" and shift.get("value") < 0:
        return g.node("less", total, g.negate(shift), shape=e.shape)
    return g.node("shift", shift, total, shape=e.shape)


def _sum(g: Graph, terms: Sequence[Node]) -> Node | None:
    if not terms:
        return None
    first = next((t for t in terms if t.kernel != "negate"), terms[0])
    rest = list(terms)
    rest.remove(first)
    total = first
    for t in rest:
        total = g.plus(total, t)
    return total


def hadamard(low: Lowering, e: Expr) -> Node:
    """Products of entries: negative powers divide, a factor u v^T scales rows and columns."""
    g = low.graph
    above: list[Node] = []
    below: list[Node] = []
    lines: list[tuple[Node, Node]] = []
    for f in e.args:
        base, k = f.args if f.name == "hadamard_power" else (f, None)
        cut = products.rank_one(f) if ONE not in e.shape else None
        if isinstance(k, Number) and k.value < 0:
            below.append(_entry_power(low, base, build_number(-k.value), f))
        elif cut is not None:
            lines.append((low(cut[0]), low(cut[1])))
        else:
            above.append(low(f))
    if not above and lines:
        above.append(g.node("outer", *lines.pop(0), shape=e.shape))
    total = above[0] if above else None
    for x in above[1:]:
        total = g.node("hadamard", total, x, shape=e.shape)  # type: ignore[arg-type]
    for u, v in lines:
        if u.kernel != "ones_vector":
            total = g.node("scale_rows", u, total, shape=e.shape)  # type: ignore[arg-type]
        if v.kernel != "ones_vector":
            total = g.node("scale_columns", total, v, shape=e.shape)  # type: ignore[arg-type]
    divisor = below[0] if below else None
    for x in below[1:]:
        divisor = g.node("hadamard", divisor, x, shape=e.shape)  # type: ignore[arg-type]
    if divisor is None:
        assert total is not None
        return total
    if total is None:
        return g.node("reciprocals", divisor, shape=e.shape)
    return g.node("divide_entries", total, divisor, shape=e.shape)


def hadamard_power(low: Lowering, e: Expr) -> Node:
    base, k = e.args
    if isinstance(k, Number) and k.value < 0:
        inside = _entry_power(low, base, build_number(-k.value), e)
        return low.graph.node("reciprocals", inside, shape=e.shape)
    return _entry_power(low, base, k, e)


def _entry_power(low: Lowering, base: Expr, k: Expr, e: Expr) -> Node:
    x = low(base)
    if isinstance(k, Number) and k.value == 1:
        return x
    if isinstance(k, Number) and k.value == HALF:
        return low.graph.node("fn_sqrt", x, shape=e.shape)
    return low.graph.node("entry_power", x, low(k), shape=e.shape)


def elementwise(low: Lowering, e: Expr) -> Node:
    name, order = e.params
    inside = e.args[0]
    if name in ("log", "logabs") and inside.name == "det":
        return products.log_determinant(low, inside.args[0])
    if not order and f"fn_{name}" in low.graph.spellings:
        return low.graph.node(f"fn_{name}", low(inside), shape=e.shape)
    low.functions.setdefault((name, order))
    return low.graph.node("call", low(inside), shape=e.shape, f=(name, order))


# ---- powers, matrix functions


def power(low: Lowering, e: Expr) -> Node:
    """A power of a number, or of a square matrix."""
    g = low.graph
    base, k = e.args
    value = k.value if isinstance(k, Number) else None
    if base.is_scalar:
        if value is None:
            return g.node("power", low(base), low(k))
        if value < 0:
            return g.divide(g.number(1), low(build_power(base, build_number(-value))))
        return _positive_power(low, base, value)
    if value is None:
        return g.node("matrix_power", low(base), low(k), shape=e.shape)
    if value.denominator != 1:
        return g.node("spectral", low(base), shape=e.shape, function=("power", value))
    if value < 0:
        inverse = low(Inverse((base,)))
        return g.node("matrix_power", inverse, g.number(-value), shape=e.shape)
    x = low(base)
    if value > 3:
        return g.node("matrix_power", x, g.number(value), shape=e.shape)
    total = x
    for _ in range(int(value) - 1):
        total = g.node("product", total, x, shape=e.shape)
    return total


def _positive_power(low: Lowering, base: Expr, value: Fraction) -> Node:
    g = low.graph
    if base.name == "norm" and value == 2:
        x = low(base.args[0])
        return products.inner_node(g, x, x)
    x = low(base)
    return g.node("square_root", x) if value == HALF else g.node("power", x, g.number(value))


def matrix_function(low: Lowering, e: Expr) -> Node:
    kernel = "expm" if e.params[0] == "exp" else "spectral"
    return low.graph.node(kernel, low(e.args[0]), shape=e.shape, function=e.params)


def frechet(low: Lowering, e: Expr) -> Node:
    kernel = "expm_frechet" if e.params[0] == "exp" else "spectral_frechet"
    return low.graph.node(kernel, *[low(a) for a in e.args], shape=e.shape, function=e.params)


def sylvester(low: Lowering, e: Expr) -> Node:
    assert isinstance(e, Sylvester)
    return low(e.written())


def frechet_matrix(low: Lowering, e: Expr) -> Node:
    kernel = "expm_frechet_matrix" if e.params[0] == "exp" else "spectral_frechet_matrix"
    return low.graph.node(kernel, low(e.args[0]), shape=e.shape, function=e.params)


# ---- shapes and entries


def transposed(low: Lowering, e: Expr) -> Node:
    return low.graph.transpose(low(e.args[0]))


def kron(low: Lowering, e: Expr) -> Node:
    a, b = e.args
    if (a.shape[1] == b.shape[1] == ONE) or (a.shape[0] == b.shape[0] == ONE):
        return low.graph.node("kron", low(a), low(b), shape=e.shape)
    return low.graph.node("kron", low.two_dimensional(a), low.two_dimensional(b), shape=e.shape)


def entry(low: Lowering, e: Expr) -> Node:
    x, i, j = e.args
    if isinstance(x, Mul):
        rows, cols = x.shape
        return low(mul(transpose(unit_vector(i, rows)), x, unit_vector(j, cols)))
    node = low(x)
    if node.kind == "number":
        return node
    if node.kind == "vector":
        return low.graph.node("vector_entry", node, low(i if x.shape[1] == ONE else j))
    return low.graph.node("entry", node, low(i), low(j))


def blocks(low: Lowering, e: Expr) -> Node:
    g = low.graph
    rows, cols = e.params
    if all(a.is_scalar for a in e.args):
        grid = g.node("grid", *[low(a) for a in e.args], shape=e.shape, r=rows, c=cols)
        return grid if ONE not in e.shape else g.node("flatten", grid, shape=e.shape)
    height = []
    for r in range(rows):
        line = e.args[r * cols : (r + 1) * cols]
        parts = [low.two_dimensional(a) for a in line]
        width = line[0].shape[1]
        for a in line[1:]:
            width = width + a.shape[1]
        height.append(parts[0] if cols == 1 else g.node("beside", *parts, shape=(line[0].shape[0], width), row=r))
    whole = height[0] if rows == 1 else g.node("above", *height, shape=e.shape)
    return g.node("flatten", whole, shape=e.shape) if ONE in e.shape else whole


def submatrix(low: Lowering, e: Expr) -> Node:
    """A part: of a vector by its one range, of a matrix by both."""
    g = low.graph
    x = low(e.args[0])
    r, p, c, q = e.params
    if e.is_scalar:
        i, j = (g.plus(g.size(d), g.number(1)) for d in (r, c))
        if x.kind == "matrix":
            return g.node("entry", x, i, j)
        return g.node("vector_entry", x, i if e.args[0].shape[1] == ONE else j)
    if x.kind == "vector":
        first, count = (r, p) if e.args[0].shape[1] == ONE else (c, q)
        return g.node("part", x, shape=e.shape, p0=first, p1=count)
    whole = g.node("submatrix", x, shape=e.shape, p0=r, p1=p, p2=c, p3=q)
    return g.node("flatten", whole, shape=e.shape) if ONE in e.shape else whole


def pad(low: Lowering, e: Expr) -> Node:
    r, m, c, n = e.params
    p, q = e.args[0].shape
    x = low.two_dimensional(e.args[0])
    whole = low.graph.node("pad", x, shape=e.shape, p0=r, p1=m, p2=c, p3=n, p4=p, p5=q)
    return low.graph.node("flatten", whole, shape=e.shape) if ONE in e.shape else whole


def member(low: Lowering, e: Expr) -> Node:
    """One of the stacked columns or matrices."""
    stack, i = (low(a) for a in e.args)
    p, _ = e.params
    if p == ONE:
        return low.graph.node("vector_entry" if stack.kind == "vector" else "row", stack, i, shape=e.shape)
    kernel = "member_matrix" if stack.kind == "matrix" else "member"
    return low.graph.node(kernel, stack, i, shape=e.shape, p0=p)


def over_index(low: Lowering, e: Expr) -> Node:
    """A loop; its variable is a node of its own, so that what depends on it stays inside."""
    body, lower, upper = e.args
    variable = e.params[0]
    bounds = low(lower), low(upper)
    name = f"{variable.label}·{len(low.graph.made)}"
    memo, bound = dict(low.memo), dict(low.bound)
    low.bound[variable] = low.graph.node("index", name=name)
    low.memo = {k: v for k, v in memo.items() if variable not in k.free_symbols}
    inside = low(body)
    low.memo, low.bound = memo, bound
    return low.graph.node("loop", inside, *bounds, shape=e.shape, name=name, times=e.name == "index_product")


Rule = Callable[[Lowering, Expr], Node]

RULES: dict[str, Rule] = {
    "symbol": symbol,
    "number": number,
    "size": size,
    "constant": constant,
    "zero": sized,
    "ones": sized,
    "add": add,
    "mul": products.product,
    "transpose": transposed,
    "inverse": products.inverse,
    "power": power,
    "trace": products.trace,
    "inner": products.inner,
    "diag_part": products.diagonal_of,
    "hadamard": hadamard,
    "hadamard_power": hadamard_power,
    "elementwise": elementwise,
    "kron": kron,
    "entry": entry,
    "blocks": blocks,
    "matrix_function": matrix_function,
    "frechet": frechet,
    "sylvester": sylvester,
    "frechet_matrix": frechet_matrix,
    "submatrix": submatrix,
    "pad": pad,
    "member": member,
    "index_sum": over_index,
    "index_product": over_index,
    **special.RULES,
}
"""By operator; an operator that is not here is its own kernel."""

__all__ = ["Lowering"]
