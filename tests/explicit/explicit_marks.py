"""Documents with a cursor ``|`` or a selection ``⟨…⟩``, and what an action makes of them."""

from __future__ import annotations

from nablatex.features.actions import actions, resolve
from nablatex.features.model import Settings


def place(marked: str) -> tuple[str, int, int]:
    """The text without its marks, and the range."""
    if "⟨" in marked:
        start = marked.index("⟨")
        text = marked.replace("⟨", "")
        end = text.index("⟩")
        return text.replace("⟩", ""), start, end
    start = marked.index("¦")
    return marked.replace("¦", ""), start, start


def titles(marked: str) -> list[str]:
    return [a.title for a in actions(*place(marked), Settings())]


def after(marked: str, title: str) -> str:
    """The document after an action; its message where it makes no edit."""
    text, start, end = place(marked)
    action = next(a for a in actions(text, start, end, Settings()) if a.title == title)
    resolved = resolve(text, action.data, Settings())
    if not resolved.edits:
        return f"! {resolved.message}"
    for e in sorted(resolved.edits, key=lambda e: -e.span.start):
        text = text[: e.span.start] + e.new + text[e.span.end :]
    return text
