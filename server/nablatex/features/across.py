"""A symbol in the other files of its document: where it is declared, in those before this one, and named in all of them."""

from __future__ import annotations

from collections.abc import Iterator

from nablatex.document.names import Key
from nablatex.document.reading import Reading
from nablatex.features.around import current
from nablatex.features.check import READINGS, reading_of
from nablatex.features.declarations import declared_in
from nablatex.features.model import Elsewhere
from nablatex.features.occurrences import at, places_in
from nablatex.latex.hosts import host_of
from nablatex.latex.tree import Span

BESIDE = 80
"""Characters on both sides of a place that tell it from others in its file."""


def before() -> tuple[tuple[str, Reading], ...]:
    """The files that stand before the text, read, in the order of the document; a file may come in several parts."""
    out: list[tuple[str, Reading]] = []
    last: Reading | None = None
    for path, text in current().before:
        last = READINGS.of(text, host_of(path), last)
        out.append((path, last))
    return tuple(out)


def after(text: str) -> tuple[tuple[str, Reading], ...]:
    """The files that come after the text, read behind it."""
    out: list[tuple[str, Reading]] = []
    last = reading_of(text)
    for path, later in current().after:
        last = READINGS.of(later, host_of(path), last)
        out.append((path, last))
    return tuple(out)


def declared_elsewhere(text: str, offset: int) -> tuple[Elsewhere, ...]:
    """The last declaration and definition of the symbol at an offset in the files before this one."""
    here = at(text, offset)
    return _declared(here.key) if here is not None else ()


def _declared(key: Key) -> tuple[Elsewhere, ...]:
    for path, reading in reversed(before()):
        found = declared_in(reading, key)
        if found:
            return tuple(_place(path, reading.text, s) for s in found)
    return ()


def named_elsewhere(text: str, offset: int, declared: bool) -> tuple[Elsewhere, ...]:
    """Every place in the other files that names the symbol at an offset."""
    here = at(text, offset)
    if here is None:
        return ()
    hidden = () if declared else _declared(here.key)
    return tuple(p for p in _named(text, here.key) if p not in hidden)


def _named(text: str, key: Key) -> Iterator[Elsewhere]:
    for path, reading in (*before(), *after(text)):
        yield from (_place(path, reading.text, o.span) for o in places_in(reading, key))


def _place(path: str, text: str, span: Span) -> Elsewhere:
    start = max(0, span.start - BESIDE)
    return Elsewhere(path, text[start : span.end + BESIDE], Span(span.start - start, span.end - start))


__all__ = ["after", "before", "declared_elsewhere", "named_elsewhere"]
