"""Whether a formula may be explicit, told by its syntax and by what is declared: nothing is computed or imported here."""

from __future__ import annotations

from nablatex.document.context import Context
from nablatex.document.names import key_of
from nablatex.latex.tree import Condition, Derivative, Differential, Matrix, Missing, Name, Node, Relation, Scripted


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
