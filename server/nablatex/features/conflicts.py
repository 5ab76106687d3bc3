"""Symbols that are declared with two shapes in one section: told at both places, each of which leads to the other."""

from __future__ import annotations

from collections.abc import Iterator

from nablatex.document.reading import Conflict, Reading
from nablatex.features.codes import CONFLICT
from nablatex.features.model import Statement
from nablatex.latex.tree import Span


def conflicting(reading: Reading, ignore: frozenset[str]) -> list[Statement]:
    """What is told of the contradictions between the declarations of a document that is read; usually nothing."""
    if CONFLICT in ignore or not any(p.contradictions for p in reading.passages()):
        return []
    return [s for c in reading.conflicts for s in _both(reading, c)]


def _both(reading: Reading, c: Conflict) -> Iterator[Statement]:
    one, two = c.shapes
    for here, there, shape, other in ((c.first, c.second, one, two), (c.second, c.first, two, one)):
        when = "later" if there.start > here.start else "before"
        words = f"${c.label}$ is {shape} here and {other} {when}, in the same section"
        related = ((there, f"${c.label}$ is {other} here"),)
        yield _statement(reading.text, here, words, related)


def _statement(text: str, at: Span, words: str, related: tuple[tuple[Span, str], ...]) -> Statement:
    latex = text[at.start : at.end]
    return Statement(at, at, latex, "declaration", None, CONFLICT, words, {}, (), "information", related)


__all__ = ["conflicting"]
