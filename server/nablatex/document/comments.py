"""Comments that speak to the tool: ``% nablatex: X : m x n, symmetric``, ``% nablatex: layout numerator``."""

from __future__ import annotations

import re
from dataclasses import replace

from nablatex.algebra.dims import ONE, SCALAR, Shape
from nablatex.document.assumptions import state
from nablatex.document.context import Context, Declared
from nablatex.document.language import properties_of
from nablatex.document.names import key_of, label_of
from nablatex.document.sets import dimension_of
from nablatex.document.suppositions import suppose
from nablatex.latex.parse import parse
from nablatex.latex.tree import List, Name, Node, Scripted

MAGIC = re.compile(r"(?:%|<!--|#|\.\.)\s*nablatex:\s*(?P<x>[^:\n]+?)\s*:\s*(?P<rest>[^\n]+?)\s*(?:-->)?\s*\Z")
_SIZE = re.compile(r"\s*(?P<m>[\w^{}+\-*]+?)\s*(?:\bx\b|×|\\times)\s*(?P<n>[\w^{}+\-*]+)")
_VECTOR = re.compile(
    r"\s*(?:(?P<n>[\w^{}+\-]+?)\s*-?\s*)?(?P<row>row\s+)?(?:column\s+)?vector\b(?:\s+of\s+(?:length|size)\s+(?P<k>\w+))?"
)


def magic_comment(context: Context, text: str, start: int = 0, end: int | None = None) -> Context:
    """The context after the comment text[start:end]; spans of what it declares are offsets in text."""
    end = len(text) if end is None else end
    m = MAGIC.match(text[start:end])
    if m is None:
        return context
    tree = parse(text, macros=context.macros, start=start + m.start("x"), end=start + m.end("x")).tree
    rest = m.group("rest")
    shape, rest = _shape(context, rest)
    for node in tree.items if isinstance(tree, List) else (tree,):
        context = _declare(context, node, shape, rest)
    return context


def _declare(context: Context, node: Node, shape: Shape | None, rest: str) -> Context:
    key = key_of(node)
    if key is None or not isinstance(node, (Name, Scripted)):
        return context
    old = context.symbols.get(key)
    if shape is not None:
        letters = shape[0].letters() | shape[1].letters()
        context = replace(context, dimensions=context.dimensions | letters)
        context = context.declare(key, Declared(label_of(node), shape, frozenset(), "comment", node.span, -1))
    elif old is None:
        context = context.declare(key, Declared(label_of(node), None, frozenset(), "comment", node.span, -1))
    for word in rest.split(","):
        properties = properties_of(word)
        if word.strip() in ("elementwise", "element-wise", "function", "sigmoid"):
            role = {"element-wise": "elementwise"}.get(word.strip(), word.strip())
            context = replace(context, functions={**context.functions, key: role})
        elif properties:
            context = state(context, node, properties)
        elif word.strip():
            context = suppose(context, f"{label_of(node)} {word.strip()}")
    return context


def _shape(context: Context, rest: str) -> tuple[Shape | None, str]:
    """The shape that a comment begins with, and what follows it."""

    def read(text: str | None) -> Shape | None:
        d = dimension_of(parse(text or "").tree) if text else None
        return (d, ONE) if d is not None else None

    sized = _SIZE.match(rest)
    if sized:
        a, b = read(sized.group("m")), read(sized.group("n"))
        if a is not None and b is not None:
            return (a[0], b[0]), rest[sized.end() :]
    if re.match(r"\s*scalar\b", rest):
        return SCALAR, re.sub(r"\s*scalar\b", "", rest, count=1)
    vector = _VECTOR.match(rest)
    if vector and (vector.group("n") or vector.group("k")):
        d = read(vector.group("n") or vector.group("k"))
        if d is not None:
            return ((ONE, d[0]) if vector.group("row") else d), rest[vector.end() :]
    return None, rest


def layout_comment(text: str) -> str | None:
    """The layout of ``% nablatex: layout numerator``."""
    m = re.match(r"(?:%|<!--|#|\.\.)\s*nablatex:\s*layout\s*[=:]?\s*(denominator|numerator|mixed|auto)", text)
    return m.group(1) if m else None


_IGNORE = re.compile(r"(?:%|<!--|#|\.\.)\s*nablatex:\s*ignore\b(?P<codes>(?:[\s,]*\bNB\d+)*)")


def ignored_codes(text: str) -> frozenset[str] | None:
    """The codes of ``% nablatex: ignore NB201, NB202``; none named are all of them; None where it is no such comment."""
    m = _IGNORE.match(text)
    return frozenset(re.findall(r"NB\d+", m.group("codes"))) if m else None


def ignored_on_line(text: str, offset: int) -> frozenset[str] | None:
    """The codes that a comment behind an offset, on the same line, switches off there; None where none does."""
    end = text.find("\n", offset)
    for m in _IGNORE.finditer(text, offset, len(text) if end == -1 else end):
        return ignored_codes(m.group())
    return None


__all__ = ["ignored_codes", "ignored_on_line", "layout_comment", "magic_comment"]
