r"""What a distribution says of its parameters: the covariance matrix in ``\mathcal{N}(\mu, \Sigma)`` is positive definite."""

from __future__ import annotations

from nablatex.document.context import Context
from nablatex.document.names import is_upper, key_of
from nablatex.latex.tree import Call, Name, Node


def with_covariances(context: Context, tree: Node) -> Context:
    r"""With the last parameter of each normal distribution in a formula as a covariance matrix, where it is a capital."""
    for n in tree.walk():
        if not isinstance(n, Call) or not isinstance(n.head, Name) or len(n.argument.items) < 2:
            continue
        key = key_of(n.argument.items[-1])
        if (n.head.base, n.head.font) != ("N", "cal") or key is None or not is_upper(key):
            continue
        found = context.find(key)
        shape = found[1].shape if found is not None else None
        if context.definition(key) is None and (shape is None or shape[0] == shape[1]):
            context = context.with_properties(key, "spd")
    return context


__all__ = ["with_covariances"]
