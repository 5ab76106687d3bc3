"""Reading explicit matrices, sums over an index and integrals."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

from nablatex.algebra import ops
from nablatex.algebra.atoms import Symbol
from nablatex.algebra.dims import SCALAR, Dim, ShapeError, dim
from nablatex.algebra.expr import Expr
from nablatex.document.base import Unsupported
from nablatex.document.drafts import Draft
from nablatex.document.index_sets import index_set, runs_over_indices
from nablatex.document.names import Key, flat, key_of, label_of
from nablatex.document.set_domains import SetReading
from nablatex.latex.tree import (
    BigOperator,
    Fence,
    Juxtaposition,
    List,
    Matrix,
    Name,
    Node,
    Relation,
    Scripted,
)

OVER: dict[str, Callable[[Expr, Expr, Expr, Expr], Expr]] = {
    "sum": ops.index_sum,
    "prod": ops.index_product,
    "max": ops.index_max,
    "min": ops.index_min,
    "argmax": ops.argmax,
    "argmin": ops.argmin,
}
UP_TO = frozenset(("\\le", "\\leq", "\\leqslant"))


class AggregateReading(SetReading):
    """Matrices, sums, integrals."""

    def matrix(self, node: Matrix) -> Draft:
        if node.env not in ("bmatrix", "pmatrix", "matrix", "Bmatrix", "smallmatrix", "vmatrix", "Vmatrix", "array"):
            raise Unsupported(f"the environment {node.env}", node.span)
        width = len(node.rows[0]) if node.rows else 0
        if not width or any(len(r) != width for r in node.rows):
            raise Unsupported("rows of different length", node.span)
        if width * len(node.rows) > 144:
            raise Unsupported("an explicit matrix this large", node.span)
        cells = [self.read_node(c) for r in node.rows for c in r]
        blocks = [c for c in cells if not self.scalar(c)]
        if blocks:
            cells = self.block_zeros(cells, width)
        literal = self.node(
            "blocks",
            lambda xs: ops.matrix_literal([xs[k : k + width] for k in range(0, len(xs), width)]),
            *cells,
            params=(len(node.rows), width),
        )
        if node.env == "vmatrix":
            return self.node("det", lambda xs: ops.det(xs[0]), literal)
        return literal

    def block_zeros(self, cells: list[Draft], width: int) -> list[Draft]:
        """A 0 among blocks has the height of its row and the width of its column; rows of zeros have any height."""
        rows = [cells[k : k + width] for k in range(0, len(cells), width)]
        heights = [next((self.shape(x)[0] for x in r if x.kind != "zero"), None) for r in rows]
        widths = [next((self.shape(r[c])[1] for r in rows if r[c].kind != "zero"), None) for c in range(width)]
        high = [self.unify.fresh() if h is None else h for h in heights]
        wide = [self.unify.fresh() if w is None else w for w in widths]
        return [
            c if c.kind != "zero" else self.sized(ops.zero, (high[k // width], wide[k % width]))
            for k, c in enumerate(cells)
        ]

    def integral(self, node: BigOperator) -> Draft:
        """An integral over a number between bounds."""
        if node.measure is None or node.lower is None or node.upper is None or node.body is None:
            raise Unsupported("an integral without its bounds or its variable", node.span)
        key = key_of(node.measure)
        if key is None:
            raise Unsupported("the variable of an integral", node.span)
        lower = self.read_node(node.lower)
        infinite = isinstance(node.upper, Name) and node.upper.base == "\\infty"
        upper = self.leaf(ops.constant("\\infty")) if infinite else self.read_node(node.upper)
        t = self.leaf(ops.symbol(label_of(node.measure), 1, 1), "symbol")
        self.scopes.append({key: t})
        try:
            body = self.read_node(node.body)
        finally:
            self.scopes.pop()
        if not (self.scalar(lower) and self.scalar(upper)):
            raise Unsupported("an integral over something else than a number", node.span)
        return Draft(body.shape, lambda xs: ops.integral(*xs), (body, t, lower, upper))

    def big(self, node: BigOperator) -> Draft:
        if node.kind == "int":
            return self.integral(node)
        if not runs_over_indices(node) or node.body is None or node.lower is None:
            raise Unsupported({"E": "an expectation"}.get(node.kind, node.kind), node.span)
        found = self.over_set(node)
        if found is not None:
            return found
        over = OVER[node.kind]
        lower: Draft = self.leaf(ops.number(1))
        upper: Draft | None = self.read_node(node.upper) if node.upper is not None else None
        names: list[Node]
        members: str | None = None
        marks: tuple[str, ...] = ("index", "integer")
        if isinstance(node.lower, Relation) and node.lower.ops == ("=",):
            names = [node.lower.sides[0]]
            lower = self.read_node(node.lower.sides[1])
        elif isinstance(node.lower, Relation) and len(node.lower.ops) == 2 and set(node.lower.ops) <= UP_TO:
            first, middle, last = node.lower.sides
            names, lower, upper = [middle], self.read_node(first), self.read_node(last)
        elif (members := index_set(node)) is not None and isinstance(node.lower, Relation):
            names = [node.lower.sides[0]]
            marks = ("index", "integer", f"over:{members}")
        else:
            names = list(
                node.lower.factors
                if isinstance(node.lower, Juxtaposition)
                else node.lower.items
                if isinstance(node.lower, List)
                else [node.lower]
            )
        if isinstance(names[0], List):
            names = list(names[0].items)
        keys = [key_of(n) for n in names]
        if any(k is None for k in keys):
            raise Unsupported("the index of a sum", node.span)
        indices = {k: self.leaf(ops.symbol(flat(n), 1, 1, *marks)) for k, n in zip(keys, names, strict=True) if k}
        self.scopes.append(indices)
        for k in indices:
            self.index_ranges.pop(k, None)
        try:
            body = self.read_node(node.body)
        finally:
            self.scopes.pop()
        if (
            not self.scalar(body)
            and any(isinstance(n, Scripted) and n.sub is not None for n in node.body.walk())
            and not self.uses(body, indices)
        ):
            raise Unsupported("a sum over named samples", node.span)
        if node.kind != "sum" and not self.scalar(body):
            word = "a product over an index" if node.kind == "prod" else f"the {node.kind}"
            raise Unsupported(f"{word} of something that is no number", node.span)
        for k, i in reversed(indices.items()):
            top = upper
            if members is not None:
                extent = self.index_ranges.get(k)
                if extent is not None and not self.counts_members(members, extent):
                    return self.over_entries(node, members, i, body, extent)
                top = self.as_many_as(members, k)
            elif top is None:
                extent = self.index_ranges.get(k)
                if extent is None:
                    raise Unsupported("a sum without its range", node.span)
                top = self.extent(extent)
            elif k not in self.index_ranges and k not in self.compared and body.kind != "number":
                raise Unsupported("a sum over something that is not an entry", node.span)
            elif isinstance(node.upper, Name) and node.upper.base in self.context.dimensions:
                extent = self.index_ranges.get(k)
                with contextlib.suppress(ShapeError):  # a sum over a part of the entries is a sum too
                    self.unify.equate(extent or dim(node.upper.base), dim(node.upper.base), "")
            body = Draft(body.shape, lambda xs: over(*xs), (body, i, lower, top))
        return body

    def counts_members(self, members: str, extent: Dim) -> bool:
        """Whether an index of a set numbers samples, which are as many as the set has members."""
        known = self.unify.resolve(extent)
        return known == dim(f"|{members}|") or any(x.startswith("?") for x in known.letters())

    def over_entries(self, node: BigOperator, members: str, index: Draft, body: Draft, extent: Dim) -> Draft:
        r"""\sum_{i \in S} of the entries that a set picks."""
        if node.kind not in ("sum", "prod") or any(_counts(n, members) for s in self.formula for n in s.walk()):
            raise Unsupported("a sum over some of the entries", node.span)
        over = ops.set_sum if node.kind == "sum" else ops.set_product

        def build(xs: Sequence[Expr]) -> Expr:
            assert isinstance(xs[1], Symbol)
            return over(xs[0], [xs[1]], ops.symbol(members, self.unify.resolve(extent), 1, "set"))

        return Draft(body.shape, build, (body, index))

    def as_many_as(self, members: str, index: Key) -> Draft:
        r"""|S| of i \in S, where i numbers the members of families alone: which entries of a vector S picks, nothing says."""
        extent, size = self.index_ranges.get(index), dim(f"|{members}|")
        known = None if extent is None else self.unify.resolve(extent)
        if known is None or (known != size and any(not x.startswith("?") for x in known.letters())):
            raise Unsupported("a sum over some of the entries")
        self.unify.equate(known, size, "")
        return self.extent(size)

    def convention_sum(self, names: Sequence[Name], read: Callable[[], Draft]) -> Draft:
        """What is read, summed over indices that no Σ names; as it stands where their range is not known."""
        indices = {k: self.leaf(ops.symbol(k.base, 1, 1, "index", "integer")) for n in names if (k := key_of(n))}
        self.scopes.append(indices)
        for k in indices:
            self.index_ranges.pop(k, None)
        try:
            body = read()
        finally:
            self.scopes.pop()
        for k, i in reversed(indices.items()):
            extent = self.index_ranges.get(k)
            if extent is None or not self.scalar(body):
                raise Unsupported(f"the index {k.base} stands twice: is it summed over?")
            one = self.leaf(ops.number(1))
            body = Draft(SCALAR, lambda xs: ops.index_sum(*xs), (body, i, one, self.extent(extent)))
        return body

    def extent(self, d: Dim) -> Draft:
        def build(_: object) -> Expr:
            return ops.size_of(self.unify.resolve(d))

        return Draft(SCALAR, build)

    def uses(self, body: Draft, indices: dict[Key, Draft]) -> bool:
        return any(k in self.index_ranges for k in indices)


def _counts(node: Node, members: str) -> bool:
    """Whether a node is |S|."""
    bars = isinstance(node, Fence) and node.kind == "bar" and len(node.items) == 1
    return bars and isinstance(node, Fence) and isinstance(node.items[0], Name) and label_of(node.items[0]) == members
