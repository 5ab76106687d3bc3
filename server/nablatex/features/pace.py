"""When a finding is shown: at once, or only once the author pauses.  Nobody is told that half a formula is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nablatex.features.model import Statement
from nablatex.latex.edits import changed
from nablatex.latex.tree import Span, shifted


def held_back(caret: int | None, wrong: Sequence[Statement], shown: Sequence[Statement]) -> list[Statement]:
    """The findings that wait for a pause: all that are new.  At the cursor a formula is half written, at its end or in its
    middle, and elsewhere what is new comes of a half-typed definition.  caret: where the last edit ended; None (nothing was
    edited) shows everything."""
    if caret is None:
        return []
    known = {(s.code, s.latex) for s in shown}
    return [s for s in wrong if (s.code, s.latex) not in known]


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
