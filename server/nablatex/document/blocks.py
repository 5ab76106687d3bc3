"""A document cut into blocks at blank lines and headings, as TeX cuts paragraphs; after an edit only the blocks it touches are cut anew.

A cut looks at nothing before it, so cutting may start again at any old cut, and once a new cut meets an old one behind
the edit, the rest of the document is cut as it was.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from nablatex.document.comments import layout_comment
from nablatex.document.hearsay import assumptions_in_words
from nablatex.document.language import languages
from nablatex.document.notation import spellings
from nablatex.document.sentences import UNFINISHED, sections_in
from nablatex.latex.definitions import defines_macros
from nablatex.latex.edits import changed
from nablatex.latex.hosts import HOSTS
from nablatex.latex.macros import MacroTable
from nablatex.latex.parse import MAX_LENGTH
from nablatex.latex.regions import Source, scan
from nablatex.latex.tokens import tokenize


@lru_cache(maxsize=8)
def _cut(host: str) -> re.Pattern[str]:
    """Blank lines outside what may hold them, and headings; "where …" behind a display stays with it, a display with
    its sentence."""
    stays = "|".join(x.continues.pattern for x in languages())
    blank = rf"{UNFINISHED}(?P<blank>\n(?:[ \t\r]*\n)+)(?!(?i:{stays}))"
    heading = r"(?P<heading>\n(?=[ \t]*(?:\\(?:part|chapter|(?:sub)*section)\b|\#{1,6}[ \t])))"
    return re.compile(rf"{HOSTS[host].long}|{blank}|{heading}", re.S | re.M)


_WORD = re.compile(r"\\?[^\W\d_]+")
_COMMAND = re.compile(r"\\(?:[A-Za-z@]+|.)", re.S)


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Block:
    """A paragraph with its displays and the blank lines behind it, and what can be said of its text alone."""

    text: str
    source: Source
    commands: frozenset[str]
    letters: frozenset[str]
    """What its formulas and comments may name."""
    spellings: Mapping[str, int]
    defines: bool
    """Whether there are macro definitions in it."""
    layout: str | None
    """The derivative layout that a comment in it states."""
    sections: int
    """How many sections begin in it."""
    said: frozenset[tuple[str, str]] = frozenset()
    """Usual assumptions that its words speak of, with the letters beside them."""


MAX_BLOCK = 300_000
"""Characters of a paragraph that is read; one that is longer holds data, not prose."""


def block_of(text: str, host: str = "latex") -> Block:
    if len(text) > MAX_BLOCK:
        nothing: frozenset[str] = frozenset()
        return Block(text, Source(text, (), (), MacroTable()), nothing, nothing, {}, False, None, 0)
    source = scan(text, host)
    stated = [layout_comment(text[c.start : c.end]) for c in source.comments]
    layout = next((x for x in reversed(stated) if x is not None), None)
    commands = frozenset(_COMMAND.findall(text))
    return Block(
        text,
        source,
        commands,
        letters_in(source),
        spellings(text),
        defines_macros(text),
        layout,
        sections_in(source),
        assumptions_in_words(text),
    )


def letters_in(source: Source) -> frozenset[str]:
    """Letters, words and commands of the formulas, and of the comments that speak to the tool."""
    letters: set[str] = set()
    regions = [r for r in source.regions if r.span.end - r.span.start <= MAX_LENGTH]
    for region in regions:
        letters.update(t.text for t in tokenize(source.text, region.span.start, region.span.end))
    comments = (source.text[c.start : c.end] for c in source.comments)
    told = [
        *(source.text[r.span.start : r.span.end] for r in source.regions),
        *(c for c in comments if "nablatex" in c),
    ]
    for part in told:
        words = _WORD.findall(part)
        letters.update(words)
        letters.update(c for w in words for c in w)
    return frozenset(letters)


def cuts(text: str, start: int = 0, host: str = "latex") -> Iterator[int]:
    """Where the blocks end, from a cut on; the last is the end of the text.  Linear time."""
    for m in _cut(host).finditer(text, start):
        if m.lastgroup in ("blank", "heading"):
            yield m.end()
            start = m.end()
    if start < len(text):
        yield len(text)


@dataclass(frozen=True, slots=True)
class Division:
    """The blocks of a text and where they start.  kept: how many at the front and at the back are those of the
    division that this one was made from."""

    text: str
    blocks: tuple[Block, ...]
    starts: tuple[int, ...]
    kept: tuple[int, int] = (0, 0)
    host: str = "latex"

    def at(self, offset: int) -> int:
        """The number of the block that holds an offset."""
        return max(bisect_right(self.starts, offset) - 1, 0)


def divide(text: str, old: Division | None = None, host: str = "latex") -> Division:
    """The blocks of a text, made from those of an earlier text where there is one: the same, but quicker."""
    if old is None or not old.blocks or old.host != host:
        ends = list(cuts(text, 0, host))
        starts = [0, *ends[:-1]] if ends else []
        blocks = tuple(block_of(text[a:b], host) for a, b in zip(starts, ends, strict=True))
        return Division(text, blocks, tuple(starts), host=host)
    start, old_end, new_end = changed(old.text, text)
    shift = new_end - old_end
    front = max(old.at(start) - 1, 0)
    position = old.starts[front]
    fresh: list[Block] = []
    starts = []
    back = len(old.blocks)
    for end in cuts(text, position, host):
        starts.append(position)
        fresh.append(block_of(text[position:end], host))
        position = end
        if end >= new_end:
            k = bisect_left(old.starts, end - shift)
            if k < len(old.starts) and old.starts[k] == end - shift:
                back = k
                break
    while fresh and front < back and fresh[0].text == old.blocks[front].text:
        front += 1
        del fresh[0], starts[0]
    return Division(
        text,
        (*old.blocks[:front], *fresh, *old.blocks[back:]),
        (*old.starts[:front], *starts, *([s + shift for s in old.starts[back:]] if shift else old.starts[back:])),
        (front, len(old.blocks) - back),
        host,
    )
