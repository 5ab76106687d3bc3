r"""Laws of motion, ``\dot x = Ax + Bu`` and ``\frac{dx}{dt} = Ax``, and what changes along the trajectories that they describe.

``\dot V`` of a defined V(x) is its differential in the direction \dot x, and that is what the law says it is: Lyapunov's
direct method (Khalil, Nonlinear Systems, 4.1).  A letter that no law is about stands still.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from nablatex.document.context import Context
from nablatex.document.names import Key, key_of
from nablatex.document.variations import DOT, ingredients
from nablatex.latex.tree import Call, Derivative, Differential, Fence, Name, Node, Relation, Scripted, Span, rewritten

TIME = Key("t")
NOWHERE = Span(0, 0)


def moved_by(left: Node, context: Context) -> Key | None:
    r"""x of ``\frac{dx}{dt}`` and ``\frac{d}{dt} x(t)``, where nothing defines x: an equation with it is a law."""
    if not isinstance(left, Derivative) or not _by_time(left) or left.operand is None:
        return None
    operand = _bare(left.operand)
    if isinstance(operand, Call) and [key_of(a) for a in operand.argument.items] == [TIME]:
        operand = operand.head
    key = key_of(operand) if isinstance(operand, (Name, Scripted)) else None
    return key if key is not None and context.definition(key) is None else None


def laws(context: Context) -> Mapping[Key, Node]:
    """The derivative by time of each symbol of which one is given; the last one."""
    found: dict[Key, Node] = {}
    for left, right in context.stated:
        key = moved_by(left, context)
        if key is not None and not key.script:
            found[key] = right
    for d in context.definitions:
        if d.key.accents == ("dot",) and not d.key.script and not d.key.prefix:
            key = replace(d.key, accents=())
            if context.definition(key) is None:
                found[key] = d.body
    return found


def along_trajectories(tree: Relation, context: Context, carried: Node | None = None) -> Relation:
    r"""The relation with ``\dot V``, ``\dot V(x)``, ``\frac{dV}{dt}`` as differentials, where V is defined by what laws move."""
    if not any(_under_dot(n) or (isinstance(n, Derivative) and _by_time(n)) for n in tree.walk()):
        return tree  # most formulas: the laws of a document are looked for where something moves
    moved = laws(context)
    if not moved:
        return tree

    def whole(n: Node) -> Node | None:
        """V, V(x): what is differentiated by time, if its definition speaks of what moves, and not of time."""
        operand = _under_dot(n) if not isinstance(n, Derivative) else n.operand if _by_time(n) else None
        operand = _bare(operand) if operand is not None else None
        key = key_of(operand.head if isinstance(operand, Call) else operand) if operand is not None else None
        definition = context.definition(key) if key is not None else None
        if operand is None or definition is None or key in moved:
            return None
        inside = set(ingredients(operand, context))
        if TIME in inside or inside.isdisjoint(moved):
            return None
        named = isinstance(operand, Call) and tuple(key_of(a) for a in operand.argument.items) == definition.parameters
        return operand.head if isinstance(operand, Call) and named else operand

    def part(n: Node) -> Node | None:
        r"""x of ``\dot x`` and ``\frac{dx}{dt}``."""
        operand = _under_dot(n) if not isinstance(n, Derivative) else n.operand if _by_time(n) else None
        operand = _bare(operand) if operand is not None else None
        return operand if isinstance(operand, Name) and key_of(operand) in moved else None

    def differential(n: Node) -> Node | None:
        operand = whole(n) or part(n)
        return None if operand is None else Differential(n.span, DOT, operand, True, Name(n.span, "d"))

    goes_on = carried is not None and any(isinstance(n, Differential) and n.marker == DOT for n in carried.walk())
    if not goes_on and not any(whole(n) for n in tree.walk()):
        return tree
    changed = rewritten(tree, differential)
    assert isinstance(changed, Relation)
    return changed


def under_laws(context: Context, sides: Sequence[Node]) -> Context | None:
    """The context with the laws about what occurs in a formula about motion as equations; None without any."""
    if not dotted(sides) and not any(isinstance(n, Derivative) and _by_time(n) for side in sides for n in side.walk()):
        return None
    inside = {k for side in sides for k in ingredients(side, context)}
    found = {key: body for key, body in laws(context).items() if key in inside}
    if not found:
        return None
    varied = any(isinstance(n, Differential) for side in sides for n in side.walk())
    pairs = [
        (_varied(key), rewritten(body, _timeless)) if varied else (_dotted(key), body) for key, body in found.items()
    ]
    return replace(context, equations=(*context.equations, *pairs), moved=context.moved | frozenset(found))


def dotted(sides: Sequence[Node]) -> bool:
    r"""Whether a formula has ``\dot V`` in it, as a differential or as a name."""
    return any(
        (isinstance(n, Differential) and n.marker == DOT) or (isinstance(n, Name) and n.accents == ("dot",))
        for side in sides
        for n in side.walk()
    )


def _by_time(n: Derivative) -> bool:
    return n.order == 1 and [key_of(v.target) for v in n.variables] == [TIME]


def _under_dot(n: Node) -> Node | None:
    r"""V of ``\dot V``, V(x) of ``\dot V(x)``."""
    if isinstance(n, Call):
        head = _under_dot(n.head) if isinstance(n.head, Name) else None
        return replace(n, head=head) if head is not None else None
    dotted = isinstance(n, Name) and n.accents == ("dot",) and not n.prefix
    return replace(n, accents=(), latex="") if dotted and isinstance(n, Name) else None


def _bare(n: Node) -> Node:
    while isinstance(n, Fence) and n.kind == "paren" and len(n.items) == 1:
        n = n.items[0]
    return n


def _varied(key: Key) -> Node:
    return Differential(NOWHERE, DOT, Name(NOWHERE, key.base, key.font), True, Name(NOWHERE, "d"))


def _timeless(n: Node) -> Node | None:
    """x for x(t)."""
    return n.head if isinstance(n, Call) and [key_of(a) for a in n.argument.items] == [TIME] else None


def _dotted(key: Key) -> Node:
    return Name(NOWHERE, key.base, key.font, ("dot",))


__all__ = ["along_trajectories", "dotted", "laws", "moved_by", "under_laws"]
