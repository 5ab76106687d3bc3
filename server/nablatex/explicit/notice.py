"""What a formula as a whole says of its letters before it is read: which are functions, which depend on others."""

from __future__ import annotations

from dataclasses import dataclass

from nablatex.document.names import Key, key_of
from nablatex.latex.tree import Call, Derivative, Differential, Name, Node, Number, Scripted

DERIVED = frozenset(("dot", "ddot"))


@dataclass(frozen=True, slots=True)
class Noticed:
    """functions: letters applied to a letter or numeral somewhere (``y(t)``, ``u(0)``); dependent: letters whose own
    derivative or differential occurs (``dy/dx``), or that wear a dot; places: a derivative of them is not explicit."""

    functions: frozenset[Key] = frozenset()
    dependent: frozenset[Key] = frozenset()


def notice(*trees: Node) -> Noticed:
    """Reads nothing: looks at names and where they stand."""
    functions: set[Key] = set()
    dependent: set[Key] = set()
    for tree in trees:
        for n in tree.walk():
            if isinstance(n, Call) and len(n.argument.items) == 1:
                key, inside = key_of(n.head), n.argument.items[0]
                plain = isinstance(inside, (Name, Number)) or (isinstance(inside, Scripted) and inside.sup is None)
                if key is not None and plain:
                    functions.add(key)
            elif isinstance(n, Derivative) or (isinstance(n, Differential) and n.certain):
                key = key_of(n.operand) if n.operand is not None else None
                if key is not None:
                    dependent.add(key)
            elif isinstance(n, Name) and DERIVED & set(n.accents):
                dependent.add(Key(n.base, n.font, tuple(a for a in n.accents if a not in DERIVED), n.prefix))
    return Noticed(frozenset(functions), frozenset(dependent))
