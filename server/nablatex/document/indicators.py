r"""Indicators: ``\mathbb{1}[Wx > 0]``, ``\mathbf{1}_{\{x > 0\}}``, ``I(x \ge 0)``, ``\delta \odot [z > 0]``, entry by entry."""

from __future__ import annotations

from collections.abc import Callable

from nablatex.algebra import ops
from nablatex.document.drafts import Draft
from nablatex.latex.tree import Call, Fence, Name, Node, Number, Relation, Scripted

SIGNS = {">": 1, "\\gt": 1, "\\geq": 1, "\\ge": 1, "\\geqslant": 1}
SIGNS |= {"<": -1, "\\lt": -1, "\\leq": -1, "\\le": -1, "\\leqslant": -1}
"""Which side of a comparison is the larger one; that it may be equal matters at a point where nothing is differentiable."""
LETTERS = frozenset((("1", "bb"), ("1", "bold"), ("I", "bb"), ("I", "bold"), ("I", ""), ("I", "rm"), ("\\chi", "")))


def condition_in(fence: Node | None) -> Relation | None:
    """The comparison that stands in brackets, or bare in a subscript."""
    if isinstance(fence, Fence) and fence.kind in ("paren", "bracket", "brace") and len(fence.items) == 1:
        fence = fence.items[0]
    return fence if isinstance(fence, Relation) and len(fence.ops) == 1 and fence.ops[0] in SIGNS else None


def indicated(node: Node, behind: Node | None = None) -> Relation | None:
    """The comparison whose indicator a node is, alone or with the brackets behind it."""
    if behind is not None:
        return condition_in(behind) if isinstance(behind, Fence) and _names_indicator(node) else None
    if isinstance(node, Call):
        return condition_in(node.argument) if _names_indicator(node.head) else None
    if isinstance(node, Scripted) and node.sub is not None and node.sup is None and not node.primes:
        return condition_in(node.sub) if _names_indicator(node.base) else None
    return None


def _names_indicator(node: Node) -> bool:
    if isinstance(node, Number):
        return node.text == "1"
    return isinstance(node, Name) and (node.base, node.font) in LETTERS and not node.accents


def indicator(condition: Relation, read: Callable[[tuple[Node, ...]], Draft]) -> Draft:
    """1 where the larger side is larger, else 0; `read` reads a difference of two sides."""
    sides = condition.sides if SIGNS[condition.ops[0]] > 0 else condition.sides[::-1]
    difference = read(sides)
    return Draft(difference.shape, lambda xs: ops.elementwise("step", xs[0]), (difference,))


__all__ = ["condition_in", "indicated", "indicator"]
