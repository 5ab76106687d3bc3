"""A document cut into blocks at blank lines, as TeX cuts paragraphs; after an edit only the blocks it touches are cut anew.

A cut looks at nothing before it, so cutting may start again at any old cut, and once a new cut meets an old one behind
the edit, the rest of the document is cut as it was.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from nablatex.document.comments import layout_comment
from nablatex.document.notation import spellings
from nablatex.document.sentences import sections_in
from nablatex.latex.definitions import defines_macros
from nablatex.latex.regions import SKIPPED, Source, scan

_CUT = re.compile(
    r"\\[\\%$]"
    r"|%[^\n]*"
    r"|" + SKIPPED + r"|(?P<blank>\n(?:[ \t\r]*\n)+)",
    re.S | re.M,
)
_COMMAND = re.compile(r"\\(?:[A-Za-z@]+|.)", re.S)


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Block:
    """A paragraph with its displays and the blank lines behind it, and what can be said of its text alone."""

    text: str
    source: Source
    commands: frozenset[str]
    spellings: Mapping[str, int]
    defines: bool
    """Whether there are macro definitions in it."""
    layout: str | None
    """The derivative layout that a comment in it states."""
    sections: int
    """How many sections begin in it."""


def block_of(text: str) -> Block:
    source = scan(text)
    stated = [layout_comment(text[c.start : c.end]) for c in source.comments]
    layout = next((x for x in reversed(stated) if x is not None), None)
    commands = frozenset(_COMMAND.findall(text))
    return Block(text, source, commands, spellings(text), defines_macros(text), layout, sections_in(source))


def cuts(text: str, start: int = 0) -> Iterator[int]:
    """Where the blocks end, from a cut on; the last is the end of the text.  Linear time."""
    for m in _CUT.finditer(text, start):
        if m.lastgroup == "blank":
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

    def at(self, offset: int) -> int:
        """The number of the block that holds an offset."""
        return max(bisect_right(self.starts, offset) - 1, 0)


def divide(text: str, old: Division | None = None) -> Division:
    """The blocks of a text, made from those of an earlier text where there is one: the same, but quicker."""
    if old is None or not old.blocks:
        ends = list(cuts(text))
        starts = [0, *ends[:-1]] if ends else []
        return Division(text, tuple(block_of(text[a:b]) for a, b in zip(starts, ends, strict=True)), tuple(starts))
    start, old_end, new_end = changed(old.text, text)
    shift = new_end - old_end
    front = max(old.at(start) - 1, 0)
    position = old.starts[front]
    fresh: list[Block] = []
    starts = []
    back = len(old.blocks)
    for end in cuts(text, position):
        starts.append(position)
        fresh.append(block_of(text[position:end]))
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
        (*old.starts[:front], *starts, *(s + shift for s in old.starts[back:])),
        (front, len(old.blocks) - back),
    )


def changed(old: str, new: str) -> tuple[int, int, int]:
    """(start, end in old, end in new) of the smallest range outside which two texts are the same."""
    size = min(len(old), len(new))
    start = _common(size, lambda a, b: old[a:b] == new[a:b])
    o, n = len(old), len(new)
    back = _common(size - start, lambda a, b: old[o - b : o - a] == new[n - b : n - a])
    return start, o - back, n - back


def _common(size: int, same: Callable[[int, int], bool]) -> int:
    """How far two texts agree, by halving: the comparisons run in C."""
    if same(0, size):
        return size
    low, high = 0, size  # they agree up to low, and do not up to high
    while high - low > 1:
        middle = (low + high) // 2
        if same(low, middle):
            low = middle
        else:
            high = middle
    return low
