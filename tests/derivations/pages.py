"""A page with a cursor (‸), and what stands in it after an action."""

from __future__ import annotations

from nablatex.features.actions import actions, resolve
from nablatex.features.check import check_document
from nablatex.features.model import Settings, Statement


def after(page: str, title: str, settings: Settings | None = None) -> str:
    """The text after the action of this title at the cursor; AssertionError with the reason where it has no edit."""
    settings = settings or Settings()
    at = page.index("‸")
    text = page.replace("‸", "")
    offered = {a.title: a for a in actions(text, at, at, settings)}
    assert title in offered, f"offered: {list(offered)}"
    done = resolve(text, offered[title].data, settings)
    assert done.edits, done.message
    for e in sorted(done.edits, key=lambda e: -e.span.start):
        text = text[: e.span.start] + e.new + text[e.span.end :]
    return text


def refused(page: str, title: str) -> str:
    """Why the action makes no edit."""
    at = page.index("‸")
    text = page.replace("‸", "")
    (action,) = [a for a in actions(text, at, at, Settings()) if a.title == title]
    done = resolve(text, action.data, Settings())
    assert not done.edits
    return done.message


def wrong(text: str) -> list[Statement]:
    """What is refuted or ill-shaped in a page: after an action of ours, nothing may be."""
    return [s for s in check_document(text, Settings(), budget=60) if s.code is not None]
