r"""δf and \dot f of something that is defined: differentials, where the formula varies what it is made of.

\delta f = \operatorname{tr}(A^\top \delta X) is about f(X) as df = \operatorname{tr}(A^\top dX) is.  A letter δ that the
document declares is a factor.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nablatex.document.context import Context
from nablatex.document.names import Key, key_of
from nablatex.latex.tree import (
    Call,
    Differential,
    Fence,
    Juxtaposition,
    Name,
    Node,
    Relation,
    Scripted,
    rewritten,
)

DELTA, DOT = "\\delta", "\\dot"
MAX_DEPTH = 8


def with_variations(tree: Relation, context: Context, carried: Node | None = None) -> Relation:
    """The relation with its variations as differentials; carried: the left side that it goes on from."""
    marks = {m for n in tree.walk() if isinstance(n, Name) and (m := _mark(n)) is not None}
    if DELTA in marks and _known(Key(DELTA), context):
        changed = rewritten(tree, _factor)
        assert isinstance(changed, Relation)
        return changed
    for mark in sorted(marks):
        goes_on = carried is not None and any(isinstance(n, Differential) and n.marker == mark for n in carried.walk())
        if goes_on or _varies(tree, mark, context):
            changed = rewritten(tree, lambda n, m=mark: _differential(n, m))  # type: ignore[misc]
            assert isinstance(changed, Relation)
            return changed
    return tree


def _mark(n: Name) -> str | None:
    """What makes a name a variation of another: δ before it, a dot on it."""
    if n.prefix == DELTA or (n.base == DELTA and not n.accents):
        return DELTA
    return DOT if n.accents == ("dot",) and not n.prefix else None


def _varied(n: Node, mark: str) -> Name | None:
    """X of δX."""
    if not isinstance(n, Name) or _mark(n) != mark or n.base == DELTA:
        return None
    return replace(n, prefix="", latex="") if mark == DELTA else replace(n, accents=(), latex="")


def _varies(tree: Relation, mark: str, context: Context) -> bool:
    """Whether the left side is the variation of a formula, and the other sides vary symbols of that formula and no others."""
    left, *others = tree.sides
    whole = _varied(left, mark)
    body: Node | None = None
    if whole is not None and not _known(key_of(left), context):
        definition = context.definition(key_of(whole) or Key("?"))
        body = definition.body if definition is not None else None
    elif mark == DELTA and isinstance(left, Call) and isinstance(left.head, Name) and left.head.base == DELTA:
        body = left.argument
    if body is None:
        return False
    inside = set(ingredients(body, context))
    moved = {key_of(x) for s in others for n in s.walk() if (x := _varied(n, mark)) is not None}
    time = mark == DOT and Key("t") in inside
    return bool(moved) and moved <= inside and not time


def ingredients(body: Node, context: Context, depth: int = 0) -> Iterator[Key]:
    """The symbols of a formula, and those of the definitions of its symbols."""
    for n in body.walk():
        key = key_of(n) if isinstance(n, (Name, Scripted)) else None
        if key is None:
            continue
        yield key
        definition = context.definition(key)
        if definition is not None and depth < MAX_DEPTH:
            yield from ingredients(definition.body, context, depth + 1)


def _known(key: Key | None, context: Context) -> bool:
    return key is not None and (key in context.symbols or any(d.key == key for d in context.definitions))


def _differential(n: Node, mark: str) -> Node | None:
    varied = _varied(n, mark)
    if varied is not None:
        return Differential(n.span, mark, varied, True, Name(n.span, DELTA if mark == DELTA else "d"))
    if mark == DELTA and isinstance(n, Call) and isinstance(n.head, Name) and n.head.base == DELTA:
        return Differential(n.span, mark, n.argument, True, Name(n.span, mark))
    return None


def _factor(n: Node) -> Node | None:
    """δ x for a name δx, with the scripts on x."""
    inner = n.base if isinstance(n, Scripted) else n
    varied = _varied(inner, DELTA)
    if varied is None:
        return None
    factor: Node = varied if inner is n else replace(n, base=varied)  # type: ignore[call-arg]
    return Fence(n.span, "paren", (Juxtaposition(n.span, (Name(n.span, DELTA), factor), ("",)),))


__all__ = ["DOT", "ingredients", "with_variations"]
