"""Whether a formula may be explicit, told by its syntax and by what is declared: nothing is computed or imported here."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from nablatex.document.context import Context
from nablatex.document.names import Key, key_of, label_of
from nablatex.latex.tree import (
    BigOperator,
    Call,
    Condition,
    Derivative,
    Differential,
    Evaluated,
    Matrix,
    Missing,
    Name,
    Node,
    Number,
    Operator,
    Relation,
    Scripted,
)

MARKS = frozenset(("T", "\\top", "\\intercal", "t", "\\transpose", "\\tran", "\\trans", "+", "-"))
CONSTANTS = frozenset(("e", "i", "I", "\\pi", "\\infty"))


def plausible(tree: Node) -> bool:
    """Whether the constructs of a formula are those of explicit mathematics."""
    for n in tree.walk():
        if isinstance(n, Condition) or (isinstance(n, Missing) and not isinstance(tree, Matrix)):
            return False
        if isinstance(n, Derivative) and (n.style not in ("partial", "d") or n.operand is None):
            return False
        if isinstance(n, Differential) and n.certain and n.marker == "\\partial":
            return False
    return not isinstance(tree, Relation)


def numbers_only(tree: Node, context: Context, depth: int = 8) -> bool:
    """Whether no symbol is declared, or written, as a vector or matrix without entries; definitions are looked into."""
    scripts = {id(n.sup) for n in tree.walk() if isinstance(n, Scripted) and n.sup is not None}
    for n in tree.walk():
        key = key_of(n) if isinstance(n, (Name, Scripted)) and id(n) not in scripts else None
        if key is None:
            continue
        definition = context.definition(key)
        if definition is not None:
            if not depth or not numbers_only(definition.body, context, depth - 1):
                return False
            continue
        found = context.find(key)
        if found is not None and found[1].shape is not None and any(d.value is None for d in found[1].shape):
            return False
        if found is None and key.font == "bold" and key.base not in ("I", "0", "1"):
            return False
    return True


def letters(tree: Node, context: Context, numbers: Collection[Key], first: Key | None = None) -> list[str]:
    """The spellings of the symbols without a value, in order of appearance, `first` at the front."""
    found: dict[Key, str] = {}
    for key, node in _symbols(tree, context, 8):
        if key == first or key not in numbers:
            found.setdefault(key, label_of(node))
    return [found[k] for k in sorted(found, key=lambda k: k != first)]


def _symbols(
    tree: Node, context: Context, depth: int, bound: frozenset[Key] = frozenset()
) -> Iterator[tuple[Key, Name | Scripted]]:
    if isinstance(tree, Scripted) and isinstance(tree.sup, Name) and tree.sup.base in MARKS:
        yield from _symbols(tree.base, context, depth, bound)
        return
    if isinstance(tree, BigOperator):
        targets = [tree.measure, tree.lower.sides[0] if isinstance(tree.lower, Relation) else None]
        bound |= {k for t in targets if t is not None and (k := key_of(t)) is not None}
    if isinstance(tree, Call):
        key = key_of(tree.head)
        if key is not None and (context.definition(key) is not None or key in context.functions):
            yield from _symbols(tree.argument, context, depth, bound)
            return
    if isinstance(tree, (Name, Scripted)):
        key = key_of(tree)
        if key is not None:
            definition = context.definition(key)
            if definition is not None and depth and not definition.parameters:
                yield from _symbols(definition.body, context, depth - 1)
            elif key not in bound and not (key.base in CONSTANTS and context.find(key) is None):
                yield key, tree
            return
    for child in tree.children():
        yield from _symbols(child, context, depth, bound)


def promising(tree: Node, context: Context, numbers: Collection[Key]) -> bool:
    """Whether there is something to work out: an operator, a matrix in a formula, numerals alone, a value known."""
    if isinstance(tree, (Name, Number, Matrix)):
        return False
    for n in tree.walk():
        if isinstance(n, (Operator, BigOperator, Derivative, Matrix, Evaluated)):
            return True
        key = key_of(n) if isinstance(n, (Name, Scripted)) else None
        if key is not None and (key in numbers or context.definition(key) is not None):
            return True
    return not letters(tree, context, numbers)
