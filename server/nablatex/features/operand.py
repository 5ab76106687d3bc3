r"""How far an operator reaches: ``\nabla_w f + g`` is (∇f) + g, unless that sum cannot be formed."""

from __future__ import annotations

from dataclasses import replace

from nablatex.latex.tree import Derivative, Fence, Node, Sum


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


__all__ = ["widened"]
