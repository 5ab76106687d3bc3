r"""Assumptions: "W symmetric", ``\det(X) > 0``, "A has full column rank", ``Q^\top Q = I``."""

from __future__ import annotations

import re
from dataclasses import replace

from nablatex.document.context import Context, Declared, Definition
from nablatex.document.declarations import declare, declare_tree, define
from nablatex.document.language import languages
from nablatex.document.names import TRANSPOSES, Key, flat, key_of, label_of
from nablatex.latex.definitions import read_macros
from nablatex.latex.macros import MacroTable
from nablatex.latex.parse import parse
from nablatex.latex.tree import Fence, Juxtaposition, Name, Node, Number, Relation, Scripted


def context_of(
    decls: list[str], assume: list[str], definitions: list[str], preamble: str = "", macros: MacroTable | None = None
) -> Context:
    """The context of a formula that stands alone: declarations, assumptions and earlier definitions as LaTeX."""
    table = (macros or MacroTable()).merged(read_macros(preamble)) if preamble or macros else MacroTable()
    context = Context(macros=table)
    for d in decls:
        context = declare(context, d)
    for d in definitions:
        context = define(context, d)
    for a in assume:
        context = suppose(context, a)
    return context


def suppose(context: Context, text: str) -> Context:
    """One assumption in words, in LaTeX, or both."""
    tree = parse(text, macros=context.macros)
    if (
        isinstance(tree.tree, Relation)
        and not tree.problems
        and not re.search(r"[a-z]{4,}", re.sub(r"\\[A-Za-z]+", "", text))
    ):
        return assume_equation(context, tree.tree, text)
    lowered = re.sub(r"\\([A-Za-z]+)", r"\\\1", text)
    function = re.match(
        r"\s*(?P<f>\\?[A-Za-z]+).*(?:elementwise|element-wise|entrywise|entry-wise|differentiable)", text
    )
    if function and not re.search(r"\\in\b", text):
        key = key_of(parse(function.group("f")).tree)
        if key is not None and not re.search(r"sigmoid|logistic", text):
            return replace(context, functions={**context.functions, key: "elementwise"})
        if key is not None:
            return replace(context, functions={**context.functions, key: "sigmoid"})
    if re.search(r"all[- ]ones|vector of ones|ones vector|matrix of ones", text):
        for name in re.findall(
            r"\\math[a-z]+\{1\}|\\bm\{1\}|\\boldsymbol\{1\}|\\mathbb\{1\}|\b[a-zA-Z]\b|\\[a-z]+\b", text
        )[:1]:
            key = key_of(parse(name).tree)
            if key is not None:
                return context.with_properties(key, "ones")
    if "commut" in lowered:
        names = _subjects(context, re.split(r"\bcommut", text)[0])
        if len(names) >= 2:
            a, b = names[:2]
            ab = Juxtaposition(a.span, (a, b), ("",))
            return replace(context, equations=(*context.equations, (ab, Juxtaposition(a.span, (b, a), ("",)))))
    if re.search(r"no entry of .* is zero|entries? nonzero|nonzero entries", text):
        for node in _subjects(context, re.sub(r"no entry of|is zero.*", " ", text)):
            key = key_of(node)
            if key is not None:
                context = context.with_properties(key, "nonzero")
        return context
    for pattern, properties in languages()[0].properties:
        m = pattern.search(text)
        if m is None:
            continue
        words = re.sub(
            r"\b(?:is|are|be|all|both|and|has|have|with|a|an|the|of|to|matrix|matrices|vectors?)\b(?![\w{])",
            ",",
            text[: m.start()],
        )
        subjects = _subjects(context, words)
        if not subjects:
            break
        for node in subjects:
            context = state(context, node, properties)
        return context
    selection = re.match(r"\s*(?P<s>\S+) consists of the first (?P<i>\w) rows of I_\{?(?P<n>\w)\}?", text)
    if selection:
        key = key_of(parse(selection.group("s")).tree)
        if key is not None:
            context = context.with_properties(key, "selection")
            return replace(context, ordering=(*context.ordering, (selection.group("n"), selection.group("i"))))
    return replace(context, not_understood=(*context.not_understood, text))


def state(context: Context, node: Node, properties: tuple[str, ...]) -> Context:
    """Properties of a symbol; of an expression they become conditions that draws must meet."""
    key = key_of(node)
    known = key is not None and (context.find(key) is not None or context.definition(key) is not None)
    compact = isinstance(node, Juxtaposition) and all(isinstance(f, Name) for f in node.factors)
    if key is not None and (known or not compact):
        if context.find(key) is None:
            return context.declare(key, Declared(label_of(node), None, frozenset(properties), "declared", node.span))
        return context.with_properties(key, *properties)
    return replace(context, conditions=(*context.conditions, (properties[0], node))) if properties else context


def _subjects(context: Context, words: str) -> list[Node]:
    """The formulas that a phrase speaks of: "X and Y" is X, Y."""
    out: list[Node] = []
    for part in re.split(r",|\band\b|\$", words):
        part = part.strip().strip("$")
        if not part or re.fullmatch(r"[a-z]{2,}(?:\s+[a-z]{2,})*", part):
            continue
        parsed = parse(part, macros=context.macros)
        if not parsed.problems:
            out.append(parsed.tree)
    return out


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
    if told:
        return context
    if key is not None and not _mentions(right, key):
        return context.define(Definition(key, (), right, r.span))
    equations = [(a, b) for a, b, o in zip(r.sides, r.sides[1:], r.ops, strict=False) if o == "="]
    return replace(context, equations=(*context.equations, *equations))


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


__all__ = ["assume_equation", "context_of", "state", "suppose"]
