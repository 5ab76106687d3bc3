"""Renaming a symbol with everything that is spelled after it: dX, X_{ij}, its entries x_{ij}, \\Delta X."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nablatex.document.names import Key, key_of
from nablatex.document.reading import Reading
from nablatex.features.across import after, before
from nablatex.features.check import reading_of
from nablatex.features.model import Edit, EditsIn
from nablatex.features.occurrences import Occurrence, at, places_in
from nablatex.latex.parse import parse
from nablatex.latex.tree import Name, Node, Scripted, Span

_TAKES_ARGUMENT = re.compile(
    r"(?:[\^_]|\\(?:frac|tfrac|dfrac|sqrt|hat|bar|tilde|vec|dot|overline|widehat|widetilde)(?![A-Za-z]))\s*\Z"
)


@dataclass(frozen=True, slots=True)
class Renamed:
    """Edits for the text, and for the other files of its document; or none and the reason."""

    edits: tuple[Edit, ...]
    reason: str = ""
    others: tuple[EditsIn, ...] = ()


def renamable(text: str, offset: int) -> tuple[Span, str] | None:
    """The span and the spelling that a rename at an offset begins with; None where there is no symbol."""
    here = at(text, offset)
    if here is None or here.entry:
        return None
    return here.span, text[here.span.start : here.span.end]


class _Refused(Exception):
    """Why a symbol cannot be renamed."""


def rename(text: str, offset: int, new: str) -> Renamed:
    """Edits that call the symbol at an offset `new`, in every place of the document, with its derived spellings."""
    here = at(text, offset)
    if here is None:
        return Renamed((), "there is no symbol here")
    reading = reading_of(text)
    parsed = parse(new, macros=reading.macros)
    key = key_of(parsed.tree)
    if parsed.problems or key is None or not isinstance(parsed.tree, (Name, Scripted)):
        return Renamed((), f"{new} is not the name of a symbol")
    wanted = _Name(new, parsed.tree, key)
    try:
        edits = _edits(reading, here.key, wanted)
        found = [(path, r.text, _edits(r, here.key, wanted)) for path, r in (*before(), *after(text))]
    except _Refused as reason:
        return Renamed((), str(reason))
    return Renamed(edits, "", tuple(EditsIn(path, part, made) for path, part, made in found if made))


@dataclass(frozen=True, slots=True)
class _Name:
    """A new name: as it is written, read, and its key."""

    spelling: str
    tree: Name | Scripted
    key: Key


def _edits(reading: Reading, old: Key, new: _Name) -> tuple[Edit, ...]:
    """The edits in one text.  _Refused where it cannot be done."""
    if new.key != old and next(places_in(reading, new.key), None) is not None:
        raise _Refused(f"{new.spelling} is in use: renaming would make one symbol of two")
    text = reading.text
    found = tuple(places_in(reading, old))
    hidden = next((o for o in found if not _spelled(reading, o)), None)
    if hidden is not None:
        macro = text[hidden.span.start : hidden.span.end].split("{")[0]
        raise _Refused(f"the macro {macro} holds this symbol: rename it there")
    out: list[Edit] = []
    for o in found:
        spelling = _entry_spelling(new.spelling, new.tree, new.key) if o.entry else new.spelling
        if spelling is None:
            raise _Refused(f"the entries of this matrix have no spelling after {new.spelling}")
        out.append(Edit(o.span, _fitted(text, o.span, spelling, new.tree)))
    return tuple(out)


def _spelled(reading: Reading, o: Occurrence) -> bool:
    """Whether the place spells the symbol, and not a macro that holds more than it."""
    tree: Node = parse(reading.text[o.span.start : o.span.end], macros=reading.macros).tree
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
