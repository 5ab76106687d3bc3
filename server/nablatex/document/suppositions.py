r"""Assumptions in words beside a formula: "W symmetric", "A has full column rank", "P is a projection matrix, P^2 = P"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from nablatex.document.assumptions import assume_equation, state_all
from nablatex.document.context import Context
from nablatex.document.declarations import declare, declare_tree, define
from nablatex.document.language import functions_of_matrices, languages
from nablatex.document.names import Key, key_of
from nablatex.latex.definitions import read_macros
from nablatex.latex.macros import MacroTable
from nablatex.latex.parse import parse
from nablatex.latex.tree import Juxtaposition, List, Node, Relation

_FILLER = (
    "is are be being all both each and has have having with a an the of to it its where so that assumed assume let suppose real "
    "matrix matrices vector vectors number numbers scalar scalars column columns entries function functions any arbitrary "
    "generic also let applied elementwise differentiable known given size"
).split()
_WORDS = re.compile(rf"\b(?:{'|'.join(sorted(set(_FILLER), key=len, reverse=True))})\b(?![\w{{])")
_NAMED_A = re.compile(r"(?:^\W*|\$)a(?=\s*(?:,|\$|(?:and|is|are|constant|fixed)\b))")
"""The symbol a where a phrase begins with it, and no article."""
_CLAUSE = re.compile(r"[,;]\s+|\s*\b(?:i\.e\.|that is|so that|such that|with|where|and)\b,?\s+")
_KNOWN = re.compile(
    r"applied (?:elementwise|element-wise|entrywise|entry-wise)|single-entry matrix|commutation matrix|Kronecker delta|"
    r"leading .* block"
)
"""What is taken for granted where its symbols stand in a formula."""


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
    """An assumption in words, in LaTeX, or both; what is not understood of it is kept as such."""
    if not _worded(text):
        tree = _formula(context, text)
        if tree is not None:
            for relation in tree.items if isinstance(tree, List) else (tree,):
                if isinstance(relation, Relation):
                    context = assume_equation(context, relation, text)
            return context
    formulas: list[Relation] = []
    words: list[str] = []
    for clause, before in _clauses(text):
        tree = None if _worded(clause) else _formula(context, clause)
        if isinstance(tree, Relation) and "\\in" not in tree.ops:
            formulas.append(tree)
        else:
            words.append(before + clause)
    if formulas:
        for relation in formulas:
            context = assume_equation(context, relation, text)
        return _said(context, "".join(words)) if "".join(words).strip(" ,;") else context
    return _said(context, text)


def _worded(text: str) -> bool:
    return re.search(r"[a-z]{4,}", re.sub(r"\\[A-Za-z]+", "", text)) is not None


def _formula(context: Context, text: str) -> Node | None:
    """The relation, or the list of relations, that a text is."""
    parsed = parse(text, macros=context.macros)
    tree = parsed.tree
    relations = tree.items if isinstance(tree, List) else (tree,)
    return tree if not parsed.problems and all(isinstance(x, Relation) for x in relations) else None


def _clauses(text: str) -> Iterator[tuple[str, str]]:
    """The parts between commas and joining words outside all brackets, each with what joins it to the one before."""
    start, joint = 0, ""
    for m in _CLAUSE.finditer(text):
        inside = text[: m.start()]
        if any(inside.count(a) > inside.count(b) for a, b in ("()", "[]", "{}")):
            continue
        if inside.count("\\langle") > inside.count("\\rangle"):
            continue
        yield text[start : m.start()], joint
        start, joint = m.end(), m.group()
    yield text[start:], joint


def _said(context: Context, text: str) -> Context:
    """What words say of symbols."""
    whole = {Key(name): how for _, name, how in functions_of_matrices(text)}
    if whole:
        return replace(context, functions={**context.functions, **whole})
    function = re.match(
        r"\s*(?P<f>\\?[A-Za-z]+).*(?:elementwise|element-wise|entrywise|entry-wise|differentiable|sigmoid|logistic)",
        text,
    )
    if function and not re.search(r"\\in\b", text):
        key = key_of(parse(function.group("f")).tree)
        if key is not None:
            role = "sigmoid" if re.search(r"sigmoid|logistic", text) else "elementwise"
            return replace(context, functions={**context.functions, key: role})
    if re.search(r"all[- ]ones|vector of (?:all )?ones|ones vector|matrix of ones", text):
        for name in re.findall(
            r"\\math[a-z]+\{1\}|\\bm\{1\}|\\boldsymbol\{1\}|\\mathbb\{1\}|\b[a-zA-Z]\b|\\[a-z]+\b", text
        )[:1]:
            key = key_of(parse(name).tree)
            if key is not None:
                return context.with_properties(key, "ones")
    if "commut" in text and "commutation" not in text:
        names = _subjects(context, re.split(r"\bcommut", text)[0])
        if len(names) >= 2:
            for k, a in enumerate(names):
                for b in names[k + 1 :]:
                    pair = (Juxtaposition(a.span, (a, b), ("",)), Juxtaposition(a.span, (b, a), ("",)))
                    context = replace(context, equations=(*context.equations, pair))
            return context
    if re.search(r"no entry of .* is zero|entries? nonzero|nonzero entries", text):
        for node in _subjects(context, re.sub(r"no entry of|is zero.*", " ", text)):
            key = key_of(node)
            if key is not None:
                context = context.with_properties(key, "nonzero")
        return context
    selection = re.match(r"\s*(?P<s>\S+) consists of the first (?P<i>\w) rows of I_\{?(?P<n>\w)\}?", text)
    if selection:
        key = key_of(parse(selection.group("s")).tree)
        if key is not None:
            context = context.with_properties(key, "selection")
            return replace(context, ordering=(*context.ordering, (selection.group("n"), selection.group("i"))))
    if _KNOWN.search(text):
        return context
    return _described(context, text)


def _described(context: Context, text: str) -> Context:
    """Properties of the symbols before their words, or behind them; not understood where words are left over."""
    spans = [m.span() for pattern, _ in languages()[0].properties for m in pattern.finditer(text)]
    if not spans:
        return _not_understood(context, text)
    properties = languages()[0].properties_in(text)
    first, last = min(a for a, _ in spans), max(b for _, b in spans)
    subjects = _subjects(context, text[:first]) or _subjects(context, text[last:])
    if not subjects:
        return _not_understood(context, text)
    nodes: list[Node] = []
    for node in subjects:
        if isinstance(node, Relation) and "\\in" in node.ops:
            context = declare_tree(context, node, text=text)
        nodes.append(node.sides[0] if isinstance(node, Relation) else node)
    if "idempotent" not in properties and re.search(r"\bprojection matri", text):
        properties = (*properties, "idempotent")
    context = state_all(context, nodes, properties)
    left = "".join(" " if any(a <= i < b for a, b in spans) else c for i, c in enumerate(text))
    unknown = re.search(r"(?<!\\)\b[a-z]{4,}\b", re.sub(r"\\[A-Za-z]+|\{[^{}]*\}", " ", _WORDS.sub(" ", left)))
    return _not_understood(context, text) if unknown is not None or "unclear" in properties else context


def _not_understood(context: Context, text: str) -> Context:
    return replace(context, not_understood=(*context.not_understood, text))


def _subjects(context: Context, words: str) -> list[Node]:
    """The formulas that a phrase speaks of: "X and Y" is X, Y."""
    out: list[Node] = []
    if _NAMED_A.search(words) and key_of(parse("a").tree) in context.symbols:
        out.append(parse("a").tree)
    for part in re.split(r",|\band\b|\$", _WORDS.sub(",", words)):
        part = part.strip().strip("$")
        if not part or re.fullmatch(r"[a-z]{2,}(?:\s+[a-z]{2,})*", part):
            continue
        parsed = parse(part, macros=context.macros)
        if not parsed.problems:
            out.append(parsed.tree)
    return out


def unclear(context: Context, names: frozenset[Key]) -> str | None:
    """An assumption about one of these symbols that is not understood, so that nothing about them is refuted."""
    for text in context.not_understood:
        for part in re.findall(r"\\?[A-Za-z]+|[A-Za-z]", text):
            key = key_of(parse(part).tree)
            if key is not None and any(key.base == n.base for n in names):
                return text
    return None


__all__ = ["context_of", "suppose", "unclear"]
