"""The formulas of a text that sentences speak of, each spelling read once."""

from __future__ import annotations

import re

from nablatex.document.context import Context
from nablatex.document.paths import declared_path
from nablatex.latex.macros import MacroTable
from nablatex.latex.parse import parse
from nablatex.latex.regions import Region, Source
from nablatex.latex.tree import Call, Juxtaposition, List, Name, Node, Number, Relation, Scripted, Span, shifted


class Formulas:
    """Trees of formulas, each spelling read once: a document names its symbols again and again."""

    def __init__(self, source: Source, macros: MacroTable) -> None:
        self.source = source
        self.macros = macros
        self.read: dict[str, tuple[Node, int]] = {}
        self.placed: dict[Span, Node] = {}

    def of(self, region: Region) -> Node:
        if region.env == "words" and region.span.end - region.span.start > 1:
            return _size_in_words(self.source.text, region.span)
        return self.tree(region.span)

    def tree(self, span: Span) -> Node:
        placed = self.placed.get(span)
        if placed is None:
            placed = self.placed[span] = shifted(*self.spelt(span))
        return placed

    def spelt(self, span: Span) -> tuple[Node, int]:
        """The tree of this spelling, where it was read first, and how far away that is."""
        latex = self.source.text[span.start : span.end]
        known = self.read.get(latex)
        if known is None:
            tree = parse(self.source.text, macros=self.macros, start=span.start, end=span.end).tree
            known = self.read[latex] = (tree, span.start)
        return known[0], span.start - known[1]

    def names(self, regions: tuple[Region, ...]) -> tuple[Node, ...]:
        """The symbols that a list of formulas names; of a membership its left side."""
        out: list[Node] = []
        for region in regions:
            tree = self.of(region)
            while isinstance(tree, Relation):
                tree = tree.sides[0]
            for node in tree.items if isinstance(tree, List) else (tree,):
                if isinstance(node, Relation):
                    node = node.sides[0]
                if isinstance(node, Call) and declared_path(node, Context()) is not None:
                    node = node.head
                letter = node.base if isinstance(node, Scripted) else node
                if (
                    not isinstance(letter, Name) or letter.font != "bb" or letter.base == "1"
                ):  # \mathbb{R}^n is no symbol
                    out.append(node)
        return tuple(out)


_SIZE_IN_WORDS = re.compile(r"(\w+?)(?: ?[×x] ?| by )(\w+)")


def _size_in_words(text: str, span: Span) -> Node:
    """m x n, m by n."""
    m = _SIZE_IN_WORDS.fullmatch(text, span.start, span.end)
    sides = m.groups() if m is not None else ("?", "?")
    return Juxtaposition(span, tuple(Number(span, s) if s.isdigit() else Name(span, s) for s in sides), ("\\times",))


__all__ = ["Formulas"]
