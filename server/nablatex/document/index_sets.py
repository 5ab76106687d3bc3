r"""What an index runs over: the set of ``\sum_{i \in S}``, the entries that ``\max_i x_i`` compares."""

from __future__ import annotations

from dataclasses import replace

from nablatex.document.names import label_of
from nablatex.latex.tree import BigOperator, Fence, Infix, Juxtaposition, List, Name, Node, Relation, Scripted, Sum

ADDING = frozenset(("sum", "prod"))
RANKING = frozenset(("max", "min", "argmax", "argmin"))
"""Operators that look for the largest or the smallest of what an index numbers, or for a minimiser, which is no index."""


def lowered(node: BigOperator) -> tuple[Name, ...]:
    """The letters that an operator binds, where they stand alone or before a sign."""
    low = node.lower.sides[0] if isinstance(node.lower, Relation) else node.lower
    if isinstance(node.lower, Relation) and node.lower.ops != ("=",) and node.lower.ops != ("\\in",):
        return tuple(n for s in node.lower.sides for n in s.walk() if isinstance(n, Name))  # i < j, 1 \le i \le n
    if isinstance(low, (Fence, Infix)):  # (i, j) \in E, j : (k, j) \in E
        return tuple(n for n in low.walk() if isinstance(n, Name))
    parts = low.items if isinstance(low, List) else low.factors if isinstance(low, Juxtaposition) else (low,)
    return tuple(p for p in parts if isinstance(p, Name))


def runs_over_indices(node: Node) -> bool:
    r"""Whether an operator binds indices: every sum and product does, and \max_i x_i, unlike \max_x f(x)."""
    if not isinstance(node, BigOperator) or node.lower is None or node.body is None:
        return False
    if node.kind in ADDING:
        return True
    names = lowered(node)
    return node.kind in RANKING and bool(names) and all(_stands_below(n, node.body) for n in names)


def _stands_below(index: Name, body: Node) -> bool:
    """Whether a letter is a subscript in the body, and nothing else there."""
    letters = [n for n in body.walk() if isinstance(n, Name) and n.base == index.base]
    return bool(letters) and numbers_alone(index, body)


def numbers_alone(letter: Name, body: Node) -> bool:
    """Whether a letter numbers entries and members in the body, as in x_i and x^{(i)}, and stands nowhere else."""
    marks = [
        x for n in body.walk() if isinstance(n, Scripted) for x in (n.sub, n.sup if isinstance(n.sup, Fence) else None)
    ]
    below = {id(x) for m in marks if m is not None for x in m.walk()}
    return all(id(n) in below for n in body.walk() if isinstance(n, Name) and n.base == letter.base)


def index_set(node: BigOperator) -> str | None:
    r"""S of \sum_{i \in S}."""
    low = node.lower
    if node.upper is not None or not isinstance(low, Relation) or low.ops != ("\\in",):
        return None
    index, members = low.sides
    if not isinstance(index, Name) or not isinstance(members, Name) or node.body is None:
        return None
    return label_of(members) if numbers_alone(index, node.body) else None


def samples(node: Node) -> tuple[tuple[Name, ...], Name] | None:
    r"""x and y of \sum_{(x,y) \in D} where they are samples, and no indices; the name of their set."""
    if not isinstance(node, BigOperator) or node.kind not in ADDING or node.body is None or node.upper is not None:
        return None
    low = node.lower
    if not isinstance(low, Relation) or low.ops != ("\\in",) or not isinstance(low.sides[1], Name):
        return None
    left = low.sides[0]
    items = left.items if isinstance(left, (Fence, List)) else (left,)
    names = tuple([n for x in items for n in (x.items if isinstance(x, List) else (x,)) if isinstance(n, Name)])
    if not names or any(numbers_alone(n, node.body) for n in names):
        return None
    return names, low.sides[1]


def whole_sum(node: Sum) -> Sum:
    r"""``\max_j a_j^\top x + b_j`` is the largest of the sums, ``\sum_i a_i x + b_i`` their sum: what an index numbers behind an
    operator belongs to it."""
    for k, term in enumerate(node.terms[:-1]):
        body = term.body if isinstance(term, BigOperator) else None
        if body is None or not isinstance(term, BigOperator) or term.kind == "prod" or not runs_over_indices(term):
            continue
        names = {n.base for n in lowered(term)}
        last = max((j for j in range(k + 1, len(node.terms)) if _numbered(node.terms[j], names)), default=0)
        if last:
            signs, terms = node.signs[k + 1 : last + 1], node.terms[k + 1 : last + 1]
            inside = Sum(body.span.join(terms[-1].span), ("+", *signs), (body, *terms))
            if isinstance(body, Sum):
                inside = replace(inside, signs=(*body.signs, *signs), terms=(*body.terms, *terms))
            whole = replace(term, span=term.span.join(inside.span), body=inside)
            return replace(
                node,
                terms=(*node.terms[:k], whole, *node.terms[last + 1 :]),
                signs=(*node.signs[: k + 1], *node.signs[last + 1 :]),
            )
    return node


def _numbered(node: Node, letters: set[str]) -> bool:
    """Whether one of the letters is a subscript that nothing in the term binds."""
    bound = {n.base for x in node.walk() if isinstance(x, BigOperator) for n in lowered(x)}
    subs = [s.sub for s in node.walk() if isinstance(s, Scripted) and s.sub is not None]
    return any(isinstance(n, Name) and n.base in letters - bound for s in subs for n in s.walk())


__all__ = [
    "ADDING",
    "RANKING",
    "index_set",
    "lowered",
    "numbers_alone",
    "runs_over_indices",
    "samples",
    "whole_sum",
]
