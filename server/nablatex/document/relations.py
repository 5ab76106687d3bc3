"""The relations that one formula holds, between commas."""

from __future__ import annotations

from collections.abc import Iterator

from nablatex.latex.tree import Dots, List, Node, Relation


def relations_in(tree: Node) -> Iterator[Node]:
    """The relations between commas: ``a = b, c = d`` also where the comma was read as a list inside a side."""
    if isinstance(tree, List) and any(isinstance(x, Relation) for x in tree.items):
        for item in tree.items:
            yield from relations_in(item)
        return
    if not isinstance(tree, Relation) or not any(isinstance(s, List) for s in tree.sides[1:-1]):
        yield tree
        return
    begin = 0
    sides = list(tree.sides)
    for k in range(1, len(sides) - 1):
        side = sides[k]
        if isinstance(side, List) and len(side.items) > 1:
            yield _piece(tree, sides, begin, k, side.items[0])
            rest = _begun(side.items[1:]) if tree.ops[k] == "\\in" else side.items[-1:]
            sides[k] = rest[0] if len(rest) == 1 else List(rest[0].span.join(rest[-1].span), rest)
            begin = k
    yield _piece(tree, sides, begin, len(sides) - 1, sides[-1])


def _begun(items: tuple[Node, ...]) -> tuple[Node, ...]:
    r"""Those that the next relation speaks of: y of ``i = 1, \dots, N, y \in …``."""
    dots = [k for k, x in enumerate(items) if isinstance(x, Dots)]
    return items[dots[-1] + 2 :] or items[-1:] if dots else items


def _piece(tree: Relation, sides: list[Node], begin: int, end: int, last: Node) -> Relation:
    chosen = (*sides[begin:end], last)
    return Relation(chosen[0].span.join(last.span), chosen, tree.ops[begin:end], tree.op_spans[begin:end])


__all__ = ["relations_in"]
