"""What tells an identity, which can be judged, from a model or a condition, which only says something of its letters."""

from __future__ import annotations

from dataclasses import replace

from nablatex.document.context import Context
from nablatex.document.names import Key, key_of, mark_above, transpose_mark
from nablatex.latex.tree import Call, Juxtaposition, Name, Node, Number, Operator, Scripted, Sum

UNFOLDED = 4
"""How deep definitions are looked into for the letters of a formula."""
TRACES = frozenset(("tr", "Tr", "trace", "rank"))
MARKS = frozenset(("T", "\\top", "F", "t", "*", "\\star", "\\ast", "+", "-"))
CONSTANTS = frozenset(("I", "1"))


def size_of_defined(left: Node, right: Node, context: Context) -> bool:
    r"""``\operatorname{tr}(M) = n - k`` of a defined M: a number that its definition decides."""
    if not isinstance(left, Operator) or left.word not in TRACES:
        return False
    inside = [n for n in left.walk() if isinstance(n, Name) and not transpose_mark(n)]
    counted = [n for n in right.walk() if isinstance(n, Name)]
    defined = all(context.definition(key_of(n) or Key("")) is not None for n in inside)
    plain = all(isinstance(n, (Name, Number, Sum, Juxtaposition)) for n in right.walk())
    return bool(inside and counted) and defined and plain and all(n.base in context.dimensions for n in counted)


def _letters_of(node: Node, context: Context, depth: int = 0) -> set[Key | None]:
    """The letters of a formula, definitions unfolded; the sizes below I_n and 1_n are none."""
    key = key_of(node) if isinstance(node, (Name, Scripted)) else None
    if isinstance(node, Name) and (node.base in MARKS or key is None):
        return set()
    found = context.definition(key) if key is not None and depth < UNFOLDED else None
    if found is not None and not found.parameters:
        return _letters_of(found.body, context, depth + 1)
    if isinstance(node, Scripted) and isinstance(node.base, Name) and node.base.base in CONSTANTS and node.sup is None:
        return set()
    if isinstance(node, Name):
        return set() if node.base == "I" else {key}
    return {k for child in node.children() for k in _letters_of(child, context, depth)}


def could_be_identity(left: Node, right: Node, context: Context) -> bool:
    """An identity has the same letters on both sides; a model or a condition such as Xw = y or AB = BA is none."""
    letters = [
        {key_of(n) for n in side.walk() if isinstance(n, Name) and n.base not in MARKS} for side in (left, right)
    ]
    if letters[0] != letters[1] and not any(isinstance(s, (Name, Scripted)) for s in (left, right)):
        letters = [_letters_of(side, context) for side in (left, right)]
    plain = all(
        isinstance(n, (Name, Scripted, Juxtaposition, Number))
        for side in (left, right)
        for n in side.walk()
        if not isinstance(n, Sum)
    )
    return letters[0] == letters[1] and not plain


def primed(left: Node, right: Node, context: Context) -> bool:
    """``f'(x) = 2x`` of a defined f(x), or at a number; at another point, or where it is a number, it may be a condition."""
    if not isinstance(left, Call) or not isinstance(left.head, Scripted) or not left.head.primes or left.head.sup:
        return False
    head = replace(left.head, primes=0) if left.head.sub is not None else left.head.base
    definition = context.definition(key_of(head) or Key(""))
    if definition is None or len(definition.parameters) != 1 or len(left.argument.items) != 1:
        return False
    at = left.argument.items[0]
    return isinstance(at, Number) or (key_of(at) == definition.parameters[0] and not isinstance(right, Number))


def all_known(nodes: list[Node], context: Context) -> bool:
    """Whether every letter is declared or defined: an equation between known things may be a claim."""
    marked = [n for n in nodes if mark_above(n) and (k := key_of(n)) is not None and context.definition(k) is not None]
    inside = {id(part) for n in marked for part in n.walk()}
    names = [n for n in nodes if isinstance(n, Name) and len(n.base) == 1 and n.base.isalpha() and id(n) not in inside]
    if not names:
        return False
    for n in names:
        key = key_of(n)
        if key is None or n.base in ("T", "I", "d", "e", "t", "F"):
            continue
        if context.find(key) is None and context.definition(key) is None and n.base not in context.dimensions:
            return False
    every = [n for n in nodes if isinstance(n, Name)]  # \\Sigma too
    return any(context.find(key_of(n) or Key("")) is not None for n in every)


__all__ = ["all_known", "could_be_identity", "primed", "size_of_defined"]
