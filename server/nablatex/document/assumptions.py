r"""Assumptions as formulas and as properties: ``\det(X) > 0``, ``Q^\top Q = I``, ``A = A^\top``; A symmetric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from nablatex.algebra.dims import ONE
from nablatex.document.context import Context, Declared, Definition
from nablatex.document.declarations import declare_tree
from nablatex.document.names import TRANSPOSES, Key, flat, is_upper, key_of, label_of, raised_key
from nablatex.latex.tree import Fence, Juxtaposition, Name, Node, Number, Operator, Relation, Scripted


def state(context: Context, node: Node, properties: tuple[str, ...]) -> Context:
    """Properties of a symbol; of an expression they become conditions that draws must meet."""
    key = key_of(node)
    raised = raised_key(node)
    if raised is not None and raised in context.symbols:
        key = raised
    known = key is not None and (context.find(key) is not None or context.definition(key) is not None)
    compact = isinstance(node, Juxtaposition) and all(isinstance(f, Name) for f in node.factors)
    if key is not None and (known or not compact):
        if context.find(key) is None:
            return context.declare(key, Declared(label_of(node), None, frozenset(properties), "declared", node.span))
        return context.with_properties(key, *properties)
    return replace(context, conditions=(*context.conditions, (properties[0], node))) if properties else context


def state_all(context: Context, nodes: Sequence[Node], properties: tuple[str, ...]) -> Context:
    """The same said of several symbols; vectors that are orthogonal are so to each other."""
    if "orthogonal" in properties:
        vectors = [n for n in nodes if _is_vector(context, n)]
        for a, b in combinations(vectors, 2):
            inner = Juxtaposition(a.span, (Scripted(a.span, a, None, Name(a.span, "\\top")), b), ("",))
            context = replace(context, equations=(*context.equations, (inner, Number(a.span, "0"))))
        nodes = [n for n in nodes if not _is_vector(context, n)]
    for node in nodes:
        context = state(context, node, properties)
    return context


def _is_vector(context: Context, node: Node) -> bool:
    key = key_of(node)
    found = context.find(key) if key is not None else None
    if found is None:
        return False
    return "vector" in found[1].properties or (found[1].shape is not None and found[1].shape[1] == ONE)


def assume_equation(context: Context, r: Relation, text: str = "", told: bool = False) -> Context:
    """``\\alpha = 1/m`` (a definition), ``\\det X > 0``, ``m > n``, ``x = 0``, ``Q^T Q = I``, normal equations.

    told: in passing, by a sentence; only what gives a property is taken then, for the formula is a statement itself.
    """
    left, right, op = r.sides[0], r.sides[1], r.ops[0]
    key = key_of(left)
    if "\\in" in r.ops:
        return declare_tree(context, r, text=text)
    if op in (">", "\\geq", "\\ge", "\\succ", "\\succeq"):
        other = key_of(right)
        if key is not None and other is not None and key.base in context.dimensions:
            return replace(context, ordering=(*context.ordering, (key.base, other.base)))
        if (isinstance(right, Number) and float(right.text) == 0) or op.startswith("\\succ"):
            if op in (">", "\\succ") or (op.startswith("\\succ") and key is not None):
                given = {">": ("positive",), "\\succ": ("spd", "symmetric", "invertible")}.get(op, ("psd", "symmetric"))
            else:
                given = ("positive",) if not op.startswith("\\succ") else ("spd",)
            return state(context, left, given) if key is not None or not told else context
        return _not_understood(context, text)
    if op in ("<", "\\leq", "\\le"):
        other = key_of(right)
        if key is not None and other is not None and key.base in context.dimensions:
            return replace(context, ordering=(*context.ordering, (other.base, key.base)))
        return _not_understood(context, text)
    if op == "\\perp":
        return state_all(context, (left, right), ("orthogonal",))
    if op in ("\\neq", "\\ne"):
        if key is not None:
            return state(context, left, ("nonzero",)) if isinstance(right, Number) else context
        return context if told else replace(context, conditions=(*context.conditions, ("nonzero", left)))
    if op != "=":
        return _not_understood(context, text)
    gram = _gram(left)
    if gram is not None and isinstance(r.sides[-1], (Name, Scripted)) and flat(r.sides[-1]).startswith("I"):
        return state(context, gram, ("orthogonal", "invertible") if len(r.sides) > 2 else ("orthonormal-columns",))
    for a, b in ((left, right), (right, left)):
        inner = key_of(b)
        if inner is not None and len(r.sides) == 2 and _transposed(a) == b:
            return state(context, b, ("symmetric",))
    if isinstance(left, Fence) and left.kind == "norm" and isinstance(right, Number) and right.text == "1":
        inner = key_of(left.items[0])
        if inner is not None:
            return state(context, left.items[0], ("unit",))
    if told and key is not None and _makes_diagonal(right):
        return state(context, left, ("diagonal", "symmetric"))
    if told:
        return context
    if key is not None and not _mentions(right, key):
        return context.define(Definition(key, (), right, r.span))
    equations = [(a, b) for a, b, o in zip(r.sides, r.sides[1:], r.ops, strict=False) if o == "="]
    return replace(context, equations=(*context.equations, *equations))


def _makes_diagonal(node: Node) -> bool:
    """diag of several things, or of one that is no matrix by its letter."""
    if not isinstance(node, Operator) or node.word not in ("diag", "Diag"):
        return False
    letter = key_of(node.arguments[0])
    return len(node.arguments) > 1 or (letter is not None and not is_upper(letter))


def _gram(node: Node) -> Node | None:
    """Q of ``Q^\\top Q``."""
    if isinstance(node, Juxtaposition) and len(node.factors) == 2:
        a, b = node.factors
        if _transposed(a) == b:
            return b if key_of(b) is not None else None
    return None


def _transposed(node: Node) -> Node | None:
    """What node is the transpose of."""
    if isinstance(node, Scripted) and node.sub is None:
        if node.primes == 1 and node.sup is None:
            return node.base
        if isinstance(node.sup, Name) and node.sup.base in TRANSPOSES:
            return node.base
    if isinstance(node, Scripted) and isinstance(node.sup, Name) and node.sup.base in TRANSPOSES:
        return Scripted(node.span, node.base, node.sub)
    return None


def _not_understood(context: Context, text: str) -> Context:
    return replace(context, not_understood=(*context.not_understood, text)) if text else context


def _mentions(node: Node, key: Key) -> bool:
    return any(key_of(n) == key for n in node.walk() if isinstance(n, (Name, Scripted)))


__all__ = ["assume_equation", "state", "state_all"]
