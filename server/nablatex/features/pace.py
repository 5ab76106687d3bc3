"""When a finding is shown: at once, or only once the author pauses.  Nobody is told that half a formula is wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from nablatex.features.model import Statement
from nablatex.latex.edits import changed
from nablatex.latex.tree import Span, shifted

_CLOSING = re.compile(
    r"(?:[\s.,;)}\]|&]|\\[,;!)\]|]|\\right(?:\s*(?:\\[a-zA-Z|}]+|[)\]|.]))?|\\end\{[a-z*]*\}?|\$|\\\\)*\Z"
)
"""What may stand behind a formula that goes on being written: closing brackets that the editor has put there."""


def held_back(text: str, caret: int | None, wrong: Sequence[Statement], shown: Sequence[Statement]) -> list[Statement]:
    """The findings that wait for a pause: new ones in the formula at whose end the author writes, and new ones elsewhere,
    which come of a half-typed definition.  caret: where the last edit ended; None shows everything."""
    if caret is None:
        return []
    known = {(s.code, s.latex) for s in shown}
    return [
        s
        for s in wrong
        if (s.code, s.latex) not in known and (not _at(s, caret, text) or _unfinished(text, caret, s.span))
    ]


def _at(s: Statement, caret: int, text: str) -> bool:
    behind = text[s.span.end : caret] if caret > s.span.end else ""
    return s.span.start <= caret and (caret <= s.span.end or (len(behind) < 40 and not behind.strip()))


def _unfinished(text: str, caret: int, span: Span) -> bool:
    return _CLOSING.match(text[caret : max(span.end, caret)]) is not None


def carried_over(old: str, new: str, shown: Sequence[Statement], pending: Sequence[Span]) -> list[Statement]:
    """What was shown for the text before an edit and is not judged anew yet, in its place now."""
    start, old_end, new_end = changed(old, new)
    out = []
    for s in shown:
        by = 0 if s.span.end <= start else new_end - old_end
        if s.span.end > start and s.span.start < old_end:
            continue
        span, focus = shifted((s.span, s.focus), by)
        if any(p.start <= span.start and span.end <= p.end for p in pending):
            out.append(replace(s, span=span, focus=focus, fixes=()))
    return out


__all__ = ["carried_over", "held_back"]
