"""A document read: its statements in order, each with what is known where it stands.

Reading is a fold over the blocks of the text: a passage is a block read in the state that the blocks before it leave.
It is done only as far as someone asks, and a reading made from that of an earlier text takes over every passage whose
block, state and macros are the same; so an edit costs the blocks it touches, and those behind it only where it
changed what is known there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast, overload

from nablatex.algebra.dims import shape_text
from nablatex.document.blocks import Block, Division, divide
from nablatex.document.carry import carried, touched
from nablatex.document.context import Context, Declared
from nablatex.document.names import Key
from nablatex.document.notation import Notation, notation_from
from nablatex.document.passages import Passage, State, placed, read_block
from nablatex.document.spelling import in_macros
from nablatex.document.statements import Statement
from nablatex.latex.definitions import read_macros
from nablatex.latex.edits import changed
from nablatex.latex.macros import MacroTable
from nablatex.latex.regions import Region
from nablatex.latex.tree import Span, shifted

MAX_PLACED = 128
"""Blocks whose statements stay in place until they are asked for again, in this reading and the next."""
MAX_NOTES = 8
"""Kinds of notes about blocks that a reading takes over."""


class Statements(Sequence[Statement]):
    """All statements with spans in the text; they are put in place as they are asked for."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    def __iter__(self) -> Iterator[Statement]:
        for k in range(len(self.reading.division.blocks)):
            yield from self.reading.placed(k)

    def __len__(self) -> int:
        return sum(len(p.statements) for p in self.reading.passages())

    @overload
    def __getitem__(self, at: int) -> Statement: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Statement, ...]: ...
    def __getitem__(self, at: int | slice) -> Statement | tuple[Statement, ...]:
        return tuple(self)[at]


@dataclass(frozen=True, slots=True)
class Conflict:
    """One symbol, two shapes in one section: both places, in words."""

    label: str
    first: Span
    second: Span
    shapes: tuple[str, str]


class Reading:
    """The statements of a text, the context at its end, the notation of its author, a layout that a comment states.

    preamble: macros that hold before the document (from files that include it); known: what is known where it begins.
    `before` is the reading of an earlier text; what comes out does not depend on it.
    """

    def __init__(
        self,
        text: str,
        before: Reading | None = None,
        preamble: MacroTable | None = None,
        known: Context | None = None,
        host: str = "latex",
    ) -> None:
        self.text = text
        self.host = host
        self.follows: Reading | None = None
        """The reading of the text that stands before this one in its document."""
        self.preamble = preamble or MacroTable()
        self.start = State(replace(known or Context(), macros=MacroTable()))
        if before is not None and before.start == self.start:
            self.start = before.start
        self.division: Division = divide(text, before.division if before is not None else None, host)
        blocks = self.division.blocks
        front, back = self.division.kept
        new = blocks[front : len(blocks) - back]
        gone: Sequence[Block] = ()
        if before is not None:
            gone = before.division.blocks[front : len(before.division.blocks) - back]
        self._counts: Counter[str] = before._counts.copy() if before is not None else Counter()
        self._said: Counter[tuple[str, str]] = before._said.copy() if before is not None else Counter()
        self._stating: int = before._stating if before is not None else 0
        """How many blocks state a layout."""
        for block in gone:
            self._counts.subtract(block.spellings)
            self._said.subtract(block.said)
            self._stating -= block.layout is not None
        for block in new:
            self._counts.update(block.spellings)
            self._said.update(block.said)
            self._stating += block.layout is not None
        self.said = frozenset(x for x, count in self._said.items() if count)
        """Usual assumptions that the words of the document speak of, with the letters beside them."""
        if before is not None and self.said == before.said:
            self.said = before.said
        self.macros: MacroTable = before.macros if before is not None else MacroTable()
        if any(b.defines for b in (*gone, *new)) or self.preamble != (before or self).preamble or before is None:
            table = self.preamble.merged(read_macros("\n".join(b.text for b in blocks if b.defines)))
            if table != self.macros:
                self.macros = table
        self._passages: list[Passage] = []
        self._candidates: list[Passage | None] = [None] * len(blocks)
        self._linked = (0, 0)
        """Candidates that were read one from the other, with the macros of today: if the first serves, all do."""
        self._placed: dict[int, tuple[Statement, ...]] = {}
        self._notes: dict[object, bytearray] = {}
        self._left: State | None = None
        """The state behind the passage that was carried over last, as it was before; what differs from it now follows."""
        self._differ: frozenset[str] = frozenset()
        if before is not None:
            self._take_over(before, front, back)

    def _take_over(self, before: Reading, front: int, back: int) -> None:
        shift = len(self.division.blocks) - len(before.division.blocks)
        tail = len(before.division.blocks) - back
        read = len(before._passages)
        known: list[Passage | None] = [*before._passages, *before._candidates[read:]]
        self._candidates[:front] = known[:front]
        self._candidates[tail + shift :] = known[tail:]
        fresh = bytes(tail + shift - front)
        self._notes = {key: n[:front] + fresh + n[tail:] for key, n in [*before._notes.items()][-MAX_NOTES:]}
        if before.macros is self.macros and before.start is self.start:
            self._passages = before._passages[:front]
            self._placed = {k: s for k, s in before._placed.items() if k < front}
            self._linked = (tail + shift, max(read, tail) + shift)

    # ---- reading on

    def _upto(self, number: int) -> None:
        blocks = self.division.blocks
        while len(self._passages) <= min(number, len(blocks) - 1):
            k = len(self._passages)
            state = self._passages[-1].after if k else self.start
            macros = self.macros.used_by(blocks[k].commands)
            old = self._candidates[k]
            if old is not None and old.macros != macros:
                old = None
            if old is not None and old.before is not self._left and old.before == state:
                if self._linked[0] <= k < self._linked[1]:
                    self._passages.extend(cast("list[Passage]", self._candidates[k : self._linked[1]]))
                else:
                    self._passages.append(old)
                continue
            passage = self._carried(old, state) if old is not None else None
            if passage is None:
                passage = read_block(blocks[k], state, macros)
                self._left = None
            if old is None or passage.memo is not old.memo:
                for notes in self._notes.values():
                    notes[k] = 0
            self._passages.append(passage)

    def _carried(self, old: Passage, state: State) -> Passage | None:
        """A passage that names nothing of what has changed before it."""
        if old.before is not self._left:
            self._differ = touched(old.before.context, state.context)
        passage = carried(old, state, self._differ)
        self._left = old.after if passage is not None else None
        return passage

    @property
    def so_far(self) -> Sequence[Passage]:
        """The passages that are read."""
        return self._passages

    @property
    def read_so_far(self) -> int:
        """How many blocks are read."""
        return len(self._passages)

    def passage(self, number: int) -> Passage:
        """The passage of a block, with spans in the block's text."""
        self._upto(number)
        return self._passages[number]

    def passages(self) -> Sequence[Passage]:
        self._upto(len(self.division.blocks) - 1)
        return self._passages

    def notes(self, key: object) -> bytearray:
        """A byte for each block in which a feature keeps what it knows of it, for searches at the speed of memory: 0 at
        first, and again where the block is read anew."""
        found = self._notes.pop(key, None)
        if found is None:
            found = bytearray(len(self.division.blocks))
        self._notes[key] = found
        return found

    def placed(self, number: int) -> tuple[Statement, ...]:
        """The statements of a block with spans in the whole text."""
        found = self._placed.get(number)
        if found is None:
            found = placed(self.passage(number).statements, self.division.starts[number], self.macros)
            if len(self._placed) >= MAX_PLACED:
                del self._placed[next(iter(self._placed))]
            self._placed[number] = found
        return found

    def between(self, start: int, end: int) -> Iterator[Statement]:
        """The statements that touch a range, in order: reads and places no more than it must."""
        if not self.division.blocks:
            return
        for k in range(self.division.at(max(start - 1, 0)), self.division.at(end) + 1):
            for s in self.placed(k):
                if s.span.start <= end and start <= s.span.end:
                    yield s

    def region_at(self, offset: int) -> Region | None:
        """The formula (a display with all its rows) around an offset or beside it, delimiters counted in."""
        if not self.division.blocks:
            return None
        for k in range(self.division.at(max(offset - 2, 0)), self.division.at(offset) + 1):
            start = self.division.starts[k]
            for r in self.division.blocks[k].source.regions:
                if r.span.start - 2 <= offset - start <= r.span.end + 2:
                    return Region(shifted(r.span, start), r.env, shifted(r.rows, start), shifted(r.outer, start))
        return None

    def declaration(self, key: Key, offset: int) -> Span | None:
        """Where the symbol that is known at an offset is declared: the name in the last declaration before it."""
        if not self.division.blocks:
            return None
        last = self.division.at(offset)
        here = [s for s in self.passage(last).statements if s.span.start + self.division.starts[last] <= offset]
        known = here[-1].context if here else self.passage(last).before.context
        span = known.symbols[key].span if key in known.symbols else None
        for number in range(last, -1, -1):
            if span is None:
                return None
            declared = [d for k, d in self.passage(number).declared if k == key]
            if any(d.span is span for d in declared):
                return shifted(span, self.division.starts[number])
            # a block read in an equal state may know the same declaration by its place before an edit
            if declared and number < last:
                found = self.passage(number).after.context.symbols.get(key)
                return shifted(found.span, self.division.starts[number]) if found is not None else None
        return None

    # ---- what holds for the whole document

    @property
    def statements(self) -> Statements:
        return Statements(self)  # kept here it would make a circle, which only the collector could clear away

    @property
    def context(self) -> Context:
        """The context at the end."""
        passages = self.passages()
        context = (passages[-1].after if passages else self.start).context
        return replace(context, macros=self.macros)

    @property
    def declared(self) -> Iterator[tuple[Key, Declared]]:
        """Every declaration in order, with its place in the text, also of symbols that are declared again later."""
        for start, passage in zip(self.division.starts, self.passages(), strict=True):
            yield from ((k, replace(d, span=shifted(d.span, start))) for k, d in passage.declared)

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Declarations that contradict one another."""
        out: list[Conflict] = []
        places: dict[Key, Span] = {}
        for start, passage in zip(self.division.starts, self.passages(), strict=True):
            told = {id(c.now): c for c in passage.contradictions}
            for key, d in passage.declared:
                span = shifted(d.span, start)
                assert span is not None
                c = told.get(id(d))
                if c is not None and c.before.shape is not None and d.shape is not None and key in places:
                    out.append(Conflict(d.label, places[key], span, (shape_text(c.before.shape), shape_text(d.shape))))
                places[key] = span
        return tuple(out)

    @property
    def layout(self) -> str | None:
        """The layout that the last comment about it states."""
        if not self._stating:
            return None
        for block in reversed(self.division.blocks):
            if block.layout is not None:
                return block.layout
        return None

    @cached_property
    def notation(self) -> Notation:
        return in_macros(notation_from(self._counts), self.macros, self.division.blocks)


def read_document(
    text: str,
    before: Reading | None = None,
    preamble: MacroTable | None = None,
    known: Context | None = None,
    host: str = "latex",
) -> Reading:
    """A document read.  Never raises: a formula that cannot be read is an expression that is not readable."""
    return Reading(text, before, preamble, known, host)


class Readings:
    """The readings of the texts that were asked for last; a text not far from one of them is read from it."""

    def __init__(self, limit: int = 24) -> None:
        self.limit = limit
        self.kept: list[Reading] = []

    def of(self, text: str, host: str = "latex", after: Reading | None = None) -> Reading:
        """The reading of a text; after: of the text that stands before it in its document."""
        for k, reading in enumerate(self.kept):
            if reading.text == text and reading.host == host and reading.follows is after:
                if k:
                    self.kept.insert(0, self.kept.pop(k))
                return reading
        near = self._nearest(text, host, after)
        if after is None:
            reading = Reading(text, near, host=host)
        else:
            reading = Reading(text, near, after.macros, after.context, host)
            reading.follows = after
        self.kept.insert(0, reading)
        del self.kept[self.limit :]
        return reading

    def _nearest(self, text: str, host: str, after: Reading | None) -> Reading | None:
        for reading in self.kept:
            if reading.host != host or reading.follows is not after:
                continue
            start, _, end = changed(reading.text, text)
            if 2 * (end - start) < len(text):
                return reading
        return None


__all__ = ["Conflict", "Reading", "Readings", "read_document"]
