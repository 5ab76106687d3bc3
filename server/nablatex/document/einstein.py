r"""Sums that no Σ says: in a formula of components an index that stands twice in a product is summed over.

An index is summed where it stands exactly twice among the factors of one product, in no other number anywhere, and
is free nowhere in the formula: in A_{ij} x_j = b_i the j is summed, in y_i = a_i x_i nothing is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from nablatex.latex.tree import (
    BigOperator,
    Derivative,
    Fence,
    Juxtaposition,
    List,
    Name,
    Node,
    Number,
    Relation,
    Scripted,
    Sum,
)

INDICES = frozenset("abcdefghijklmnpqrstuvw")


class _NoConvention(Exception):
    """The formula does not keep to the convention."""


Summed = dict[int, tuple[Name, ...]]
"""Of a node (by its id), the indices that are summed over in it."""


Entries = Callable[[Name, Node, int], bool]
"""Whether a name with a subscript of so many indices is an entry."""


def summed_over(sides: Sequence[Node], entries: Entries, sizes: frozenset[str]) -> Summed:
    """What is summed where; entries says which subscripts pick an entry; no letter of sizes is an index.

    Empty where a Σ stands in the formula, an index stands more often than the convention allows, or the sides leave
    different indices free.
    """
    found: Summed = {}
    try:
        left = [set(_Count(entries, found, sizes).of(s)) for s in sides]
    except _NoConvention:
        return {}
    if any(indices != left[0] for indices in left):  # a matrix on one side, a component of it on the other
        return {}
    free = set().union(*left)
    kept = {node: tuple(n for n in names if n.base not in free) for node, names in found.items()}
    return {node: names for node, names in kept.items() if names}


class _Count:
    def __init__(self, entries: Entries, found: Summed, sizes: frozenset[str]) -> None:
        self.entries, self.found, self.letters = entries, found, INDICES - sizes

    def of(self, node: Node) -> Counter[str]:
        """How often each index is left free; what is summed over within is noted."""
        if isinstance(node, BigOperator):
            raise _NoConvention
        if isinstance(node, Scripted):
            return self.scripted(node)
        if isinstance(node, Juxtaposition):
            return self.product(node, node.factors)
        if isinstance(node, (Sum, Relation)):
            parts = [self.of(t) for t in (node.terms if isinstance(node, Sum) else node.sides)]
            out: Counter[str] = Counter()
            for p in parts:
                out |= p
            return out
        if isinstance(node, Derivative):
            targets = [v.target for v in node.variables]
            out = Counter({x: 1 for t in targets for x in self.of(t)})
            return out | (self.of(node.operand) if node.operand is not None else Counter())
        return _total(self.of(c) for c in node.children())

    def scripted(self, node: Scripted) -> Counter[str]:
        names = self.indices(node)
        inside = Counter(n.base for n in names)
        if not isinstance(node.base, Name):
            inside = inside + self.of(node.base)
        if node.sup is not None and not isinstance(node.sup, Name):
            if inside and not isinstance(node.sup, Number):
                raise _NoConvention
            if inside and isinstance(node.sup, Number):  # x_i^2: of this i nothing is said
                return Counter({x: 3 for x in inside})
        twice = tuple(n for k, n in enumerate(names) if n.base in {m.base for m in names[:k]})
        if twice:
            self.found[id(node)] = twice
            return Counter(x for x in inside.elements() if inside[x] == 1)
        return inside

    def indices(self, node: Scripted) -> list[Name]:
        if node.sub is None or not isinstance(node.base, (Name, Fence)):
            return []
        sub = node.sub
        if isinstance(sub, Juxtaposition) and any(sub.marks):  # the part X_{i \\times i}
            return []
        parts = sub.items if isinstance(sub, List) else sub.factors if isinstance(sub, Juxtaposition) else (sub,)
        names = [p for p in parts if isinstance(p, Name) and p.base in self.letters and not p.accents]
        return names if isinstance(node.base, Fence) or self.entries(node.base, sub, len(parts)) else []

    def product(self, node: Juxtaposition, factors: Sequence[Node]) -> Counter[str]:
        total = _total(self.of(f) for f in factors)
        if any(k > 2 for k in total.values()):
            return total
        twice = [x for x, k in total.items() if k == 2]
        if twice:
            letters = {n.base: n for f in factors for n in f.walk() if isinstance(n, Name) and n.base in twice}
            self.found[id(node)] = tuple(letters[x] for x in twice)
        return Counter({x: 1 for x, k in total.items() if k == 1})


def _total(parts: Iterable[Counter[str]]) -> Counter[str]:
    out: Counter[str] = Counter()
    for p in parts:
        out.update(p)
    return out


__all__ = ["Summed", "summed_over"]
