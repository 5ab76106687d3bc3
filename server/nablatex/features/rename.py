"""Renaming a symbol with everything that is spelled after it: dX, X_{ij}, its entries x_{ij}, \\Delta X."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nablatex.document.names import Key, key_of
from nablatex.features.check import reading_of
from nablatex.features.model import Edit
from nablatex.features.occurrences import Occurrence, at, occurrences, places
from nablatex.latex.parse import parse
from nablatex.latex.tree import Name, Node, Scripted, Span

_TAKES_ARGUMENT = re.compile(
    r"(?:[\^_]|\\(?:frac|tfrac|dfrac|sqrt|hat|bar|tilde|vec|dot|overline|widehat|widetilde)(?![A-Za-z]))\s*\Z"
)


@dataclass(frozen=True, slots=True)
class Renamed:
    """Edits for the whole document, or none and the reason."""

    edits: tuple[Edit, ...]
    reason: str = ""


def renamable(text: str, offset: int) -> tuple[Span, str] | None:
    """The span and the spelling that a rename at an offset begins with; None where there is no symbol."""
    here = at(text, offset)
    if here is None or here.entry:
        return None
    return here.span, text[here.span.start : here.span.end]


def rename(text: str, offset: int, new: str) -> Renamed:
    """Edits that call the symbol at an offset `new`, in every place, with its derived spellings."""
    here = at(text, offset)
    if here is None:
        return Renamed((), "there is no symbol here")
    reading = reading_of(text)
    parsed = parse(new, macros=reading.macros)
    key = key_of(parsed.tree)
    if parsed.problems or key is None or not isinstance(parsed.tree, (Name, Scripted)):
        return Renamed((), f"{new} is not the name of a symbol")
    if key != here.key and any(o.key == key for o in occurrences(text)):
        return Renamed((), f"{new} is in use: renaming would make one symbol of two")
    found = places(text, here.key)
    hidden = next((o for o in found if not _spelled(text, o)), None)
    if hidden is not None:
        macro = text[hidden.span.start : hidden.span.end].split("{")[0]
        return Renamed((), f"the macro {macro} holds this symbol: rename it there")
    out: list[Edit] = []
    for o in found:
        spelling = _entry_spelling(new, parsed.tree, key) if o.entry else new
        if spelling is None:
            return Renamed((), f"the entries of this matrix have no spelling after {new}")
        out.append(Edit(o.span, _fitted(text, o.span, spelling, parsed.tree)))
    return Renamed(tuple(out))


def _spelled(text: str, o: Occurrence) -> bool:
    """Whether the place spells the symbol, and not a macro that holds more than it."""
    tree: Node = parse(text[o.span.start : o.span.end], macros=reading_of(text).macros).tree
    key = key_of(tree)
    if key is None:
        return False
    return key.base.lower() == o.key.base.lower()


def _entry_spelling(new: str, tree: Node, key: Key) -> str | None:
    base = key.base
    small = base.lower() if len(base) == 1 else base[:2].lower() + base[2:] if base.startswith("\\") else None
    if small is None or small == base or key.script:
        return None
    return new.replace(base, small)


def _fitted(text: str, span: Span, new: str, tree: Node) -> str:
    """The new spelling so that it stands apart from its neighbours as the old one did."""
    after = text[span.end : span.end + 1]
    scripted = isinstance(tree, Scripted) and (
        (tree.sub is not None and after == "_") or (tree.sup is not None and after in ("^", "'"))
    )
    single = len(new) == 1 or re.fullmatch(r"\\[A-Za-z]+", new) is not None
    if scripted or (not single and _TAKES_ARGUMENT.search(text, max(0, span.start - 20), span.start)):
        return "{" + new + "}"
    if after.isalpha() and re.search(r"\\[A-Za-z]+\Z", new):
        return new + " "
    if new[:1].isalpha() and re.search(r"\\[A-Za-z]+\Z", text[max(0, span.start - 20) : span.start]):
        return " " + new
    return new


__all__ = ["Renamed", "renamable", "rename"]
