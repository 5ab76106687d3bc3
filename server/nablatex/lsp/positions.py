"""Offsets (code points) and LSP positions in the negotiated encoding: the one place where they meet."""

from __future__ import annotations

import bisect
from collections.abc import Callable

from lsprotocol import types

from nablatex.latex.tree import Span

UNITS: dict[str, Callable[[str], int]] = {
    "utf-8": lambda c: len(c.encode("utf-8", "surrogatepass")),
    "utf-16": lambda c: 2 if ord(c) > 0xFFFF else 1,
    "utf-32": lambda c: 1,
}


class LineIndex:
    """Where the lines of a text begin; positions that are out of range are brought into it."""

    def __init__(self, text: str, encoding: str = "utf-16") -> None:
        self.text = text
        self.width = UNITS.get(encoding, UNITS["utf-16"])
        self.starts = [0]
        k = 0
        while k < len(text):
            c = text[k]
            if c == "\r" and text[k + 1 : k + 2] == "\n":
                k += 1
            if c in "\r\n":
                self.starts.append(k + 1)
            k += 1

    def offset(self, position: types.Position) -> int:
        line = min(max(position.line, 0), len(self.starts) - 1)
        at = self.starts[line]
        end = self.starts[line + 1] if line + 1 < len(self.starts) else len(self.text)
        units = position.character
        while at < end and units > 0 and self.text[at] not in "\r\n":
            units -= self.width(self.text[at])
            at += 1
        return at

    def position(self, offset: int) -> types.Position:
        offset = min(max(offset, 0), len(self.text))
        line = bisect.bisect_right(self.starts, offset) - 1
        character = sum(self.width(c) for c in self.text[self.starts[line] : offset])
        return types.Position(line=line, character=character)

    def range(self, span: Span) -> types.Range:
        return types.Range(start=self.position(span.start), end=self.position(span.end))

    def span(self, range_: types.Range) -> Span:
        return Span(self.offset(range_.start), self.offset(range_.end))
