"""Offsets (code points) and LSP positions in the negotiated encoding: the one place where they meet."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable

from lsprotocol import types

from nablatex.latex.tree import Span

UNITS: dict[str, Callable[[str], int]] = {
    "utf-8": lambda s: len(s.encode("utf-8", "surrogatepass")),
    "utf-16": lambda s: len(s.encode("utf-16-le", "surrogatepass")) // 2,
    "utf-32": len,
}
"""Length of a string in the units of each encoding."""
_LINE_END = re.compile(r"\r\n?|\n")


class LineIndex:
    """Where the lines of a text begin; positions that are out of range are brought into it.  A value: `edited` gives
    the index of the text after an edit."""

    def __init__(self, text: str, encoding: str = "utf-16", starts: list[int] | None = None) -> None:
        self.text = text
        self.encoding = encoding
        self.length = UNITS.get(encoding, UNITS["utf-16"])
        self.starts = [0, *(m.end() for m in _LINE_END.finditer(text))] if starts is None else starts

    def edited(self, start: int, end: int, new: str) -> LineIndex:
        """The index of the text in which start..end is replaced by new: only the lines around are looked at."""
        text = self.text[:start] + new + self.text[end:]
        shift = len(text) - len(self.text)
        first = bisect_right(self.starts, max(start - 1, 0)) - 1  # a \r before the edit may become part of \r\n
        last = bisect_right(self.starts, end)
        stop = self.starts[last] + shift if last < len(self.starts) else len(text)
        inner = (m.end() for m in _LINE_END.finditer(text, self.starts[first], stop))
        behind = self.starts[last + 1 :]
        starts = [*self.starts[: first + 1], *inner, *([s + shift for s in behind] if shift else behind)]
        return LineIndex(text, self.encoding, starts)

    def lines(self, start: int, end: int) -> str:
        """The lines that a range touches, whole."""
        last = bisect_right(self.starts, end)
        stop = self.starts[last] if last < len(self.starts) else len(self.text)
        return self.text[self.starts[bisect_right(self.starts, start) - 1] : stop]

    def offset(self, position: types.Position) -> int:
        line = min(max(position.line, 0), len(self.starts) - 1)
        start = self.starts[line]
        text = self.text[start : self.starts[line + 1] if line + 1 < len(self.starts) else len(self.text)]
        text = text.rstrip("\r\n")
        units = max(position.character, 0)
        if units >= len(text) * 4:
            return start + len(text)
        if text.isascii():
            return start + min(units, len(text))
        low, high = 0, len(text)
        while low < high:  # the first place that is not before the position
            middle = (low + high) // 2
            if self.length(text[:middle]) < units:
                low = middle + 1
            else:
                high = middle
        return start + low

    def position(self, offset: int) -> types.Position:
        offset = min(max(offset, 0), len(self.text))
        line = bisect_right(self.starts, offset) - 1
        return types.Position(line=line, character=self.length(self.text[self.starts[line] : offset]))

    def range(self, span: Span) -> types.Range:
        return types.Range(start=self.position(span.start), end=self.position(span.end))

    def span(self, range_: types.Range) -> Span:
        start, end = self.offset(range_.start), self.offset(range_.end)
        return Span(start, max(start, end))
