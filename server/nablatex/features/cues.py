"""What may be completed at an offset, by the text before it alone: cheap enough to ask at every keystroke."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from nablatex.latex.tree import Span

WINDOW = 600
"""How far before the cursor a cue begins at most."""
_GROUP = r"\{[^{}]*(?:\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}[^{}]*)*\}"
_PREFIX = r"(?P<prefix>\\?[A-Za-z]*)\Z"
_VARIABLE = (
    re.compile(r"\\[dtc]?frac\s*(?P<above>" + _GROUP + r")\s*\{\s*(?:\\partial(?![A-Za-z])|\\mathrm\{d\}|d(?=\s))\s*" + _PREFIX),
    re.compile(r"\\(?:nabla|partial)\s*_\s*\{?\s*" + _PREFIX),
    re.compile(r"\\(?:pdv|dv)\s*(?P<above>" + _GROUP + r")\s*\{\s*" + _PREFIX),
)  # fmt: skip
_RESULT = re.compile(r"(?<![:<>!])=\s*\Z")
_MACRO = re.compile(r"(?<!\\)(?P<prefix>\\[A-Za-z]*)\Z")


@dataclass(frozen=True, slots=True)
class Cue:
    """kind: ``result`` behind a relation, ``variable`` of a derivative, ``macro``; span: what a choice replaces.

    above: the span of the braces that hold what is differentiated, where the text shows it.
    """

    kind: Literal["result", "variable", "macro"]
    span: Span
    above: Span | None = None


def cue(text: str, offset: int) -> Cue | None:
    """The cue at an offset, or None; whether it stands in a formula is for the reader to say."""
    start = max(0, offset - WINDOW)
    before = text[start:offset]
    if _RESULT.search(before):
        return Cue("result", Span(offset, offset))
    for pattern in _VARIABLE:
        m = pattern.search(before)
        if m is not None:
            above = "above" in m.re.groupindex
            return Cue(
                "variable",
                Span(start + m.start("prefix"), offset),
                Span(start + m.start("above"), start + m.end("above")) if above else None,
            )
    m = _MACRO.search(before)
    return Cue("macro", Span(start + m.start("prefix"), offset)) if m is not None else None
