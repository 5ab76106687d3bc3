"""Shapes from the parts of a formula that is not understood as a whole: what is inside still says what its symbols are."""

from __future__ import annotations

from nablatex.document.context import Context
from nablatex.document.elaborate import SymbolInfo, elaborate
from nablatex.document.names import Key, key_of
from nablatex.latex.tree import Call, Name, Node, Relation, Scripted

MAX_PARTS = 60


def symbols_in(tree: Node, context: Context, source: str = "") -> dict[Key, SymbolInfo]:
    """The symbols of a formula with their shapes: of the whole, or else of the largest parts that are understood."""
    found: dict[Key, SymbolInfo] = {}
    waiting: list[Node] = [tree]
    for _ in range(MAX_PARTS):
        if not waiting:
            break
        node = waiting.pop()
        done = elaborate(node, context, "denominator", source)
        if done.readings:
            for key, info in done.readings[0].symbols.items():
                found.setdefault(key, info)
        else:
            waiting.extend(reversed(_parts(node)))
    return found


def _parts(node: Node) -> list[Node]:
    """What stands directly inside: sides, terms, factors, operands; not the head of a call, and no indices."""
    if isinstance(node, Call):
        return list(node.argument.items)
    if isinstance(node, Name):
        return []
    if isinstance(node, Scripted):
        inner = [node.base]
        if node.sub is not None and node.sup is not None:
            inner.insert(0, Scripted(node.base.span, node.base, node.sub))
        return inner if key_of(node) is None else []
    if isinstance(node, Relation) and len(node.sides) > 2:
        pairs = zip(node.sides, node.sides[1:], node.ops, strict=False)
        return [Relation(a.span.join(b.span), (a, b), (op,)) for a, b, op in pairs]
    return list(node.children())


__all__ = ["symbols_in"]
