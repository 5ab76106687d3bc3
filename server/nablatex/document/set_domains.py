r"""Reading sums and products over sets of indices: ``\sum_{(i,j) \in E}``, ``\sum_{i<j}``, ``\prod_{j \ne k}``."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

from nablatex.algebra import ops
from nablatex.algebra.atoms import Symbol
from nablatex.algebra.dims import ONE, SCALAR, Dim, ShapeError, dim
from nablatex.algebra.expr import Expr
from nablatex.document.base import Unsupported
from nablatex.document.calls import CallReading
from nablatex.document.drafts import Draft
from nablatex.document.index_sets import numbers_alone, samples
from nablatex.document.names import Key, key_of, label_of
from nablatex.latex.tree import (
    BigOperator,
    Derivative,
    Fence,
    Infix,
    Juxtaposition,
    List,
    Name,
    Node,
    Number,
    Relation,
    Scripted,
)

ORDERS = {"\\ne": "ne", "\\neq": "ne", "<": "lt", "\\lt": "lt", "\\le": "le", "\\leq": "le", "\\leqslant": "le"}
TURNED = {">": "<", "\\gt": "<", "\\ge": "\\le", "\\geq": "\\le"}


@dataclass(frozen=True, slots=True)
class Domain:
    """pair: the two places of the set, or one; bound: the letters that run; how: ``set`` or a name of ORDERS' values;
    members: the set's name; last: where the indices end, if that is said."""

    pair: tuple[Node, ...]
    bound: tuple[Name, ...]
    how: str
    members: Name | None = None
    last: Node | None = None


def domain_of(node: BigOperator, fixed: frozenset[str]) -> Domain | None:
    """What the indices of a sum run over where that is a set or a comparison; fixed: letters that stand for one index."""
    low = node.lower
    if not isinstance(low, Relation):
        return None
    sides, signs = low.sides, low.ops
    bound: tuple[Name, ...] | None = None
    last = node.upper
    if isinstance(sides[0], Infix) and sides[0].op == ":":  # j : (k, j) \in E
        bound = _letters(sides[0].left)
        sides = (sides[0].right, *sides[1:])
    elif (
        len(sides) == 3 and signs[0] == "=" and isinstance(sides[1], List) and len(sides[1].items) == 2
    ):  # j=1, j \ne k
        bound = _letters(sides[0])
        sides, signs = (sides[1].items[1], sides[2]), signs[1:]
    elif len(sides) == 4 and signs[1] in ORDERS and all(ORDERS.get(s) == "le" for s in (signs[0], signs[2])):
        last = sides[3]
        sides, signs = sides[1:3], signs[1:2]
    if len(signs) != 1:
        return None
    if signs[0] == "\\in":
        pair = _letters(sides[0])
        if len(pair) != 2 or not isinstance(sides[1], Name) or isinstance(sides[0], List):
            return None
        if node.body is None or not all(numbers_alone(p, node.body) for p in bound or pair):
            return None
        return Domain(pair, bound or pair, "set", sides[1], last)
    if signs[0] in TURNED:
        sides, signs = sides[::-1], (TURNED[signs[0]],)
    how = ORDERS.get(signs[0])
    places = [p for p in sides if isinstance(p, (Name, Number))]
    if how is None or len(places) != 2:
        return None
    running = bound or tuple([p for p in places if isinstance(p, Name) and p.base not in fixed])
    return Domain(tuple(places), running, how, None, last) if running else None


def _letters(node: Node) -> tuple[Name, ...]:
    """i and j of (i, j) and ij; a letter alone."""
    items: Sequence[Node] = (node,)
    if isinstance(node, Fence) and node.kind == "paren":
        items = node.items
        if len(items) == 1 and isinstance(items[0], List):
            items = items[0].items
    elif isinstance(node, Juxtaposition) and not any(node.marks):
        items = node.factors
    return tuple([x for x in items if isinstance(x, Name)]) if all(isinstance(x, Name) for x in items) else ()


def fixed_letters(node: Node, bound: frozenset[str] = frozenset()) -> frozenset[str]:
    """The letters below others that no operator around them binds."""
    out: set[str] = set()
    if isinstance(node, Scripted) and node.sub is not None:
        out |= {n.base for n in node.sub.walk() if isinstance(n, Name)}
    if isinstance(node, BigOperator) and node.lower is not None:
        bound = bound | {n.base for n in node.lower.walk() if isinstance(n, Name)}
        inner = [x for x in (node.upper, node.body) if x is not None]
    elif isinstance(node, Derivative):
        inner = [*[v.target for v in node.variables], *([node.operand] if node.operand is not None else [])]
    else:
        inner = list(node.children())
    for part in inner:
        out |= fixed_letters(part, bound)
    return frozenset(out - bound)


class SetReading(CallReading):
    """Sums and products over sets."""

    formula: tuple[Node, ...] = ()
    sets: dict[str, tuple[Dim, Dim]]
    """The shapes of the indicators of the sets that were met."""

    def over_set(self, node: BigOperator) -> Draft | None:
        """A sum or a product over a set or a comparison; None where the index runs over a range."""
        if node.kind not in ("sum", "prod") or node.body is None or not isinstance(node.lower, Relation):
            return None
        sampled = samples(node)
        if sampled is not None:
            return self.over_samples(node, *sampled)
        scoped = {k.base for s in self.scopes for k in s}
        fixed = frozenset(scoped).union(*[fixed_letters(s) for s in self.formula])
        domain = domain_of(node, fixed)
        if domain is None:
            return None
        marks = ("index", "integer")
        keys = [key_of(n) for n in domain.bound]
        indices = {k: self.leaf(ops.symbol(n.base, 1, 1, *marks)) for k, n in zip(keys, domain.bound, strict=True) if k}
        self.scopes.append(indices)
        for k in indices:
            self.index_ranges.pop(k, None)
        try:
            body = self.read_node(node.body)
            extents = self.extents(domain, node)
        finally:
            self.scopes.pop()
        if node.kind == "prod" and not self.scalar(body):
            raise Unsupported("a product over an index of something that is no number", node.span)
        return self.summed_over_set(node.kind, domain, indices, body, extents)

    def over_samples(self, node: BigOperator, names: Sequence[Name], members: Name) -> Draft:
        """A sum over samples: members of families that are as many as their set holds."""
        assert node.body is not None
        label = label_of(members)
        count = dim(f"|{label}|")
        text = names[0].base if len(names) == 1 else f"({','.join(n.base for n in names)})"
        index = self.leaf(ops.symbol(text, 1, 1, "index", "integer", "sample", f"over:{label}"))
        scope: dict[Key, Draft] = {}
        for name in names:
            key = key_of(name)
            if key is not None:
                scope[key] = self.sample(name, key, index, count)
        self.scopes.append(scope)
        try:
            body = self.read_node(node.body)
        finally:
            self.scopes.pop()
        over = ops.index_sum if node.kind == "sum" else ops.index_product
        one, top = self.leaf(ops.number(1)), self.leaf(ops.size_of(count))
        return Draft(body.shape, lambda xs: over(*xs), (body, index, one, top))

    def sample(self, name: Name, key: Key, index: Draft, count: Dim) -> Draft:
        found = self.declared(key)
        shape = self.convention(key, frozenset()) if found is None else found[1].shape or SCALAR
        label = label_of(name)

        def build(xs: Sequence[Expr]) -> Expr:
            rows, columns = self.unify.shape(shape)
            stack = ops.symbol(label, count * rows, columns, "family")
            if (rows, columns) == SCALAR:
                return ops.entry(stack, xs[0], ops.number(1))
            return ops.member(stack, xs[0], (rows, columns))

        return Draft(shape, build, (index,))

    def summed_over_set(
        self, kind: str, domain: Domain, indices: dict[Key, Draft], body: Draft, extents: tuple[Dim, Dim]
    ) -> Draft:
        over = ops.set_sum if kind == "sum" else ops.set_product
        places = [indices.get(k) if (k := key_of(p)) else None for p in domain.pair]
        others = [self.index(p) for p, d in zip(domain.pair, places, strict=True) if d is None]
        fixed = [d for d in others if d is not None]
        label = label_of(domain.members) if domain.members is not None else ""

        def build(xs: Sequence[Expr]) -> Expr:
            p, q = (self.unify.resolve(d) for d in extents)
            members = ops.symbol(label, p, q, "set") if label else ops.related(domain.how, p)
            running = [x for x in xs[1 : 1 + len(indices)] if isinstance(x, Symbol)]
            if len(running) == 2:
                return over(xs[0], running, members)
            given = xs[-1]
            side = ops.transpose(members) if places[0] is None else members
            return over(xs[0], running, ops.mul(side, ops.unit_vector(given, side.shape[1])))

        return Draft(body.shape, build, (body, *[d for d in places if d is not None], *fixed))

    def extents(self, domain: Domain, node: BigOperator) -> tuple[Dim, Dim]:
        """How far the two indices run."""
        found = [self.index_ranges.get(k) if (k := key_of(p)) else None for p in domain.pair]
        if domain.last is not None:
            if not isinstance(domain.last, Name):
                raise Unsupported("the range of a sum over a set", node.span)
            found = [d or dim(domain.last.base) for d in found]
        if domain.how != "set":
            known = [d for d in found if d is not None]
            found = [d or (known[0] if known else None) for d in found]
            if len(known) == 2:
                with contextlib.suppress(ShapeError):
                    self.unify.equate(known[0], known[1], "")
        if domain.members is not None:
            key, label = key_of(domain.members), label_of(domain.members)
            if key is None or (self.declared(key) is not None and not self.is_set(key)):
                raise Unsupported(f"a sum over {label}, which is no set", node.span)
            shape = self.sets.setdefault(label, (found[0] or self.unify.fresh(), found[1] or self.unify.fresh()))
            for d, e in zip(found, shape, strict=True):
                if d is not None:
                    self.unify.equate(d, e, f"the indices in {label} run to {d}, and to {e}")
            return shape
        if found[0] is None or found[1] is None:
            raise Unsupported("a sum without its range", node.span)
        return found[0], found[1]

    def is_set(self, key: Key) -> bool:
        return "set" in self.properties(key)

    def cardinality(self, name: Node) -> Draft | None:
        r"""|E| of a set of pairs that a sum of the formula runs over."""
        if not isinstance(name, Name) or not any(_sums_over(n, name) for s in self.formula for n in s.walk()):
            return None
        label = label_of(name)
        shape = self.sets.setdefault(label, (self.unify.fresh(), self.unify.fresh()))

        def build(_: object) -> Expr:
            p, q = (self.unify.resolve(d) for d in shape)
            return ops.cardinality(ops.symbol(label, p, q, "set"))

        return Draft((ONE, ONE), build)


def _sums_over(node: Node, name: Name) -> bool:
    """Whether a node is a sum over pairs in a set of this name."""
    if not isinstance(node, BigOperator) or not isinstance(node.lower, Relation):
        return False
    domain = domain_of(node, frozenset())
    return domain is not None and domain.members is not None and key_of(domain.members) == key_of(name)


__all__ = ["SetReading", "domain_of"]
