"""Quick fixes that write a comment: leave this line alone, or take it that W is symmetric."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nablatex.document.statements import Statement as Read
from nablatex.features.model import Action, Edit, Resolved, Statement
from nablatex.latex.hosts import HOSTS
from nablatex.latex.tree import Span

DECLARED = ("symmetric", "orthogonal")
"""Conditions that a comment can declare, as the last word of what a claim holds for."""


def switch_actions(s: Statement) -> Iterator[Action]:
    """What can be written at a statement that something is said of."""
    if s.code is None:
        return
    place = {"start": s.span.start, "end": s.span.end}
    condition = str(s.evidence.get("holds_if", ""))
    for word in DECLARED:
        if condition.endswith(" " + word):
            names = condition.removesuffix(" " + word).replace(" and ", ", ")
            title = f"Declare that {names} is {word}" if "," not in names else f"Declare that {names} are {word}"
            yield Action("quickfix", title, {"do": "assume", "what": f"{names} : {word}", **place})
    yield Action("quickfix", f"Ignore {s.code} here", {"do": "ignore", "code": s.code, **place})


def switch(text: str, read: Read, data: Mapping[str, Any], host: str) -> Resolved:
    """The comment of a switch: behind the line that it speaks of, or on a line of its own before the formula."""
    markdown = host != "latex"
    if data["do"] == "assume":
        start = text.rfind("\n", 0, _display(text, read.span.start)) + 1
        return Resolved(
            (Edit(Span(start, start), HOSTS[host].comment.format(f"nablatex: {data['what']}")),), "declared"
        )
    end = text.find("\n", read.span.end)
    end = len(text) if end == -1 else end
    inside = markdown and text.count("$$", 0, end) % 2 == 1
    comment = _comment(f"ignore {data['code']}", markdown and not inside)
    gap = "" if text[end - 1 : end].isspace() else " "
    return Resolved((Edit(Span(end, end), gap + comment),), f"{data['code']} is ignored here")


def _comment(words: str, markdown: bool) -> str:
    return f"<!-- nablatex: {words} -->" if markdown else f"% nablatex: {words}"


def _display(text: str, offset: int) -> int:
    """Where the display around an offset begins; the offset itself for an inline formula."""
    opened = max(text.rfind(mark, 0, offset) for mark in ("\\begin{", "\\[", "$$"))
    blank = text.rfind("\n\n", 0, offset)
    return opened if opened > blank else offset


__all__ = ["switch", "switch_actions"]
