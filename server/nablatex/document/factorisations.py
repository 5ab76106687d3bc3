r"""What a named factorisation says of its factors: of $A = Q \Lambda Q^\top$, an eigendecomposition, that Q is orthogonal.

Sources: Golub & Van Loan, Matrix Computations, 2.4 (SVD), 4.2 (Cholesky), 5.2 (QR), 8.1 (symmetric eigenproblem).
"""

from __future__ import annotations

from collections.abc import Iterator

from nablatex.document.names import TRANSPOSES, flat, key_of
from nablatex.latex.tree import Juxtaposition, Name, Node, Relation, Scripted

Told = tuple[Node, tuple[str, ...]]
DIAGONAL = ("diagonal", "symmetric")
COLUMNS = ("orthonormal-columns", "unclear")
"""Full factorisations have square factors and thin ones have not; which is meant is seldom said."""


def factors_of(kind: str, tree: Node) -> Iterator[Told]:
    """Factors with their properties, where a relation has the form of this factorisation; nothing else."""
    if not isinstance(tree, Relation) or tree.ops[0] not in ("=", ":=", "\\equiv"):
        return
    for side in tree.sides[1:]:
        if isinstance(side, Juxtaposition) and len(side.factors) in (2, 3):
            yield from _factors(kind, side.factors)
            return


def _factors(kind: str, factors: tuple[Node, ...]) -> Iterator[Told]:
    first, last = factors[0], factors[-1]
    if key_of(first) is None:
        return
    turned, inverted = _turned(last), _inverted(last)
    if kind == "svd" and len(factors) == 3 and turned is not None and turned != first:
        yield from ((first, COLUMNS), (factors[1], ("unclear",)), (turned, COLUMNS))
    elif kind == "eigen" and len(factors) == 3 and turned == first:
        yield from ((first, ("orthogonal", "invertible")), (factors[1], DIAGONAL))
    elif kind == "eigen" and len(factors) == 3 and inverted == first:
        yield from ((first, ("invertible",)), (factors[1], DIAGONAL))
    elif kind == "cholesky" and len(factors) == 2 and turned == first:
        yield first, ("lower", "positive-diagonal", "invertible")
    elif kind == "cholesky" and len(factors) == 2 and _turned(first) == last:
        yield last, ("upper", "positive-diagonal", "invertible")
    elif kind == "qr" and len(factors) == 2 and key_of(last) is not None:
        yield from ((first, COLUMNS), (last, ("upper",)))


def _turned(node: Node) -> Node | None:
    """What a factor is the transpose of."""
    if not isinstance(node, Scripted):
        return None
    mark = isinstance(node.sup, Name) and node.sup.base in TRANSPOSES and not node.primes
    if not mark and not (node.primes == 1 and node.sup is None):
        return None
    return node.base if node.sub is None else Scripted(node.span, node.base, node.sub)


def _inverted(node: Node) -> Node | None:
    if isinstance(node, Scripted) and node.sup is not None and flat(node.sup) == "-1" and not node.primes:
        return node.base if node.sub is None else Scripted(node.span, node.base, node.sub)
    return None


__all__ = ["factors_of"]
