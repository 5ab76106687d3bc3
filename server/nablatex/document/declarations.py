r"""Declarations and definitions: ``X \in \mathbb{R}^{m\times n}``, ``f(W) = \|XW - Y\|^2``."""

from __future__ import annotations

from dataclasses import replace

from nablatex.algebra.dims import ONE, SCALAR
from nablatex.document.context import Context, Declared, Definition
from nablatex.document.names import Key, is_upper, key_of, label_of, mark_above, raised_key
from nablatex.document.paths import declared_path
from nablatex.document.relations import relations_in
from nablatex.document.sets import membership_of
from nablatex.latex.parse import parse
from nablatex.latex.tree import (
    Call,
    Condition,
    Differential,
    Fence,
    Juxtaposition,
    List,
    Missing,
    Name,
    Node,
    Relation,
    Scripted,
    Text,
    Unknown,
)


def declare(context: Context, text: str, origin: str = "declared") -> Context:
    """One declaration; what is not one leaves the context as it is (kept in not_understood)."""
    tree = parse(text, macros=context.macros).tree
    if isinstance(tree, Condition):
        tree = tree.body
    if isinstance(tree, (List, Relation)):
        return declare_tree(context, tree, origin, text)
    return replace(context, not_understood=(*context.not_understood, text))


def declare_tree(context: Context, tree: Node, origin: str = "declared", text: str = "", section: int = 0) -> Context:
    """A declaration that has been read; a list of them is taken one by one."""
    for item in relations_in(tree):
        if isinstance(item, Relation):
            context = _membership(context, item, text, origin, section)
    return context


def _membership(context: Context, r: Relation, text: str, origin: str, section: int) -> Context:
    if r.ops[:1] == (":",) and len(r.sides) >= 3:
        key = key_of(r.sides[0])
        if key is not None and key not in context.functions:
            spaces = [membership_of(side) for side in r.sides[1:3]]
            numbers = all(s is None or s.shape == SCALAR for s in spaces)  # of numbers: entry by entry of an array
            return replace(context, functions={**context.functions, key: "function" if numbers else "map"})
        return context
    if "\\in" not in r.ops:
        return _misunderstood(context, text)
    k = r.ops.index("\\in")
    names = r.sides[: k + 1]
    last = r.sides[k + 1]
    pairs = _by_parts(names[-1], last)
    if pairs:
        for name, space in pairs:
            one = Relation(r.span, (name, space), ("\\in",))
            context = _membership(context, one, text, origin, section)
        return context
    said = membership_of(last.items[0] if isinstance(last, List) else last)
    if said is None:
        return _misunderstood(context, text)
    context = replace(context, dimensions=context.dimensions | said.letters)
    for side in names:
        for node in side.items if isinstance(side, List) else (side,):
            if isinstance(node, Differential):
                key = key_of(node.operand)
                if key is not None:
                    label = "d" + label_of(node.operand)
                    context = context.declare(
                        key.differential, Declared(label, said.shape, said.properties, origin, node.span, section)
                    )
                continue
            if isinstance(node, Call) and declared_path(node, context) is None:
                continue  # f(X) \in R^{p x p}: the definition says the same
            node = node.head if isinstance(node, Call) else node
            key = key_of(node) or (raised_key(node) if said.shape != SCALAR else None)  # \sigma^2 > 0 is a power
            if key is None or (key.base == "I" and not key.script and said.shape[0] == said.shape[1] != ONE):
                continue  # I of any size is the identity
            old = context.symbols.get(key)
            kept = (
                old.properties if old is not None and old.section == section and old.shape in (None, said.shape) else ()
            )
            props = said.properties | (frozenset(kept) - {"vector", "matrix", "row"})
            if key.base == "1":
                props = props | {"ones"}
            context = context.declare(key, Declared(label_of(node), said.shape, props, origin, node.span, section))
    return context


def _by_parts(left: Node, right: Node) -> list[tuple[Node, Node]]:
    r"""x and \mathbb{R}^n, y and \mathbb{R}^m of ``(x, y) \in \mathbb{R}^n \times \mathbb{R}^m``."""
    if not isinstance(left, Fence) or not isinstance(right, Juxtaposition) or set(right.marks) != {"\\times"}:
        return []
    return list(zip(left.items, right.factors, strict=True)) if len(left.items) == len(right.factors) else []


def _misunderstood(context: Context, text: str) -> Context:
    return replace(context, not_understood=(*context.not_understood, text)) if text else context


def define(context: Context, text: str) -> Context:
    """``f(W) = …`` or ``Y = …`` as a definition; a list of them is taken one by one."""
    tree = parse(text, macros=context.macros).tree
    if isinstance(tree, Condition):
        tree = tree.body
    for item in tree.items if isinstance(tree, List) else (tree,):
        found = definition_of(item)
        if found is not None:
            context = context.define(found)
        else:
            context = replace(context, not_understood=(*context.not_understood, text))
    return context


def definition_of(tree: Node) -> Definition | None:
    """The definition that a relation can be: a name, or a name with names in parentheses, on the left."""
    if not isinstance(tree, Relation) or tree.ops[0] not in (
        "=",
        ":=",
        "\\coloneqq",
        "\\triangleq",
        "\\equiv",
        "\\doteq",
    ):
        return None
    left, body = tree.sides[0], tree.sides[1]
    if isinstance(body, (List, Missing, Relation, Text, Unknown)):
        return None  # x = 1, 2, 3 says what x runs through
    if isinstance(left, Call):
        key = key_of(left.head)
        parameters = [key_of(p) for p in left.argument.items]
        if key is None or any(p is None for p in parameters):
            return None
        return Definition(key, tuple(p for p in parameters if p), body, tree.span)
    key = key_of(left)
    if key is None or _names_entries(key.base, body) or not _can_be_named(left, key, body):
        return None
    return Definition(key, (), body, tree.span)


def _names_entries(letter: str, body: Node) -> bool:
    """``A = (a_{ij})`` says what the entries of A are called."""
    inside = (
        body.items[0]
        if isinstance(body, Fence) and len(body.items) == 1 and body.kind in ("paren", "bracket")
        else body
    )
    if (
        inside is body
        or not isinstance(inside, Scripted)
        or not isinstance(inside.base, Name)
        or inside.sup is not None
    ):
        return False
    indices = (
        inside.sub.factors
        if isinstance(inside.sub, Juxtaposition)
        else inside.sub.items
        if isinstance(inside.sub, List)
        else ()
    )
    return inside.base.base.lower() == letter.lower() and len(indices) == 2


def _can_be_named(left: Node, key: Key, body: Node) -> bool:
    r"""Whether a mark makes a new name of a letter: ``Q^* = Q^{-1}`` says what the adjoint of Q is, ``A^+ = …`` may do so.

    ``x^+ = x - g`` is a new value, ``P^+ = (I - KH)P^-`` what comes after.
    """
    mark = mark_above(left)
    if mark is None or mark == "^-" or not is_upper(key):
        return True
    inside = {k for n in body.walk() if isinstance(n, (Name, Scripted)) and (k := key_of(n)) is not None}
    if mark == "^+":
        return any(k.script.endswith("^-") for k in inside)
    return replace(key, script=key.script.removesuffix(mark)) not in inside


__all__ = ["declare", "declare_tree", "define", "definition_of"]
