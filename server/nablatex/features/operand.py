r"""How far an operator reaches: ``\nabla_w f + g`` is (∇f) + g, unless that sum cannot be formed, or only with unlikely letters."""

from __future__ import annotations

from dataclasses import replace

from nablatex.document.context import Context
from nablatex.document.elaborate import Elaboration, elaborate
from nablatex.latex.tree import Derivative, Fence, Node, Sum

FARFETCHED = 0.5
"""By how much likelier the derivative of the whole sum has to be, in costs of elaboration: that λ is no vector is enough."""


def understood(tree: Node, context: Context, layout: str, source: str) -> Elaboration:
    r"""The readings of a formula whose first operator may reach over its sum.

    ``\nabla_w \|Xw - y\|^2 + \lambda \|w\|^2`` asks for the gradient of both, as no λ that nothing declares is a vector.
    """
    found = elaborate(tree, context, layout, source)
    wider = widened(tree)
    if wider is None:
        return found
    other = elaborate(wider, context, layout, source)
    return other if _likelier(other, found) else found


def farfetched(tree: Node, wider: Node, context: Context, source: str) -> bool:
    """Whether the operator is meant to reach over the sum, as the letters alone say."""
    return _likelier(elaborate(wider, context, source=source), elaborate(tree, context, source=source))


def _likelier(one: Elaboration, other: Elaboration) -> bool:
    if not one.readings or not other.readings:
        return bool(one.readings)
    return one.readings[0].cost + FARFETCHED < other.readings[0].cost


def widened(tree: Node) -> Node | None:
    """The sum that begins with a derivative, as the derivative of the whole sum; None for anything else."""
    if not isinstance(tree, Sum) or tree.signs[0] != "+" or not isinstance(tree.terms[0], Derivative):
        return None
    first = tree.terms[0]
    if (
        first.operand is None
        or isinstance(first.operand, Fence)
        or any(isinstance(n, Derivative) for t in tree.terms[1:] for n in t.walk())
    ):
        return None
    terms = (first.operand, *tree.terms[1:])
    return replace(first, span=tree.span, operand=Sum(first.operand.span.join(tree.span), tree.signs, terms))


__all__ = ["farfetched", "understood", "widened"]
