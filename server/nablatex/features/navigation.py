"""From a symbol to its declaration, to every place that names it, and to a new name: as clients ask for it."""

from __future__ import annotations

from nablatex.features.across import declared_elsewhere, named_elsewhere
from nablatex.features.check import reading_of
from nablatex.features.declarations import declaration_of, declarations, references_to
from nablatex.features.model import Elsewhere, Resolved, Settings
from nablatex.features.panel_model import SymbolRow
from nablatex.features.plain import plain
from nablatex.features.rename import renamable, rename
from nablatex.latex.tree import Span


def definition(text: str, offset: int, settings: Settings, host: str = "latex") -> tuple[Span | Elsewhere, ...]:
    """Where the symbol at an offset is declared and defined: in this file, else in those before it."""
    return declaration_of(text, offset) or declared_elsewhere(text, offset)


def references(
    text: str, offset: int, declared: bool, settings: Settings, host: str = "latex"
) -> tuple[Span | Elsewhere, ...]:
    """Every place that names the symbol at an offset, in this file and the others of its document; without the declaration
    where it is not wanted."""
    return (*named_elsewhere(text, offset, declared), *highlights(text, offset, declared, settings))


def highlights(text: str, offset: int, declared: bool, settings: Settings, host: str = "latex") -> tuple[Span, ...]:
    """The same in this file alone."""
    out = references_to(text, offset)
    hidden = () if declared else declaration_of(text, offset)
    return tuple(s for s in out if s not in hidden)


def prepare(text: str, offset: int, settings: Settings, host: str = "latex") -> tuple[Span, str] | None:
    """What a rename at an offset begins with: the place and the spelling."""
    return renamable(text, offset)


def renamed(text: str, offset: int, new: str, settings: Settings, host: str = "latex") -> Resolved:
    """The edits that give the symbol at an offset a new name in all files of the document, or the reason why there are none."""
    done = rename(text, offset, new)
    return Resolved(done.edits, done.reason, "warning" if done.reason else "info", done.others)


def known(text: str, settings: Settings, host: str = "latex") -> tuple[SymbolRow, ...]:
    """Every symbol of the document: its shape, where that is from, and what was guessed."""
    macros = reading_of(text).macros
    return tuple(
        SymbolRow(
            plain(k.label, macros),
            k.label,
            ", ".join([*([k.shape] if k.shape else []), *k.properties]),
            f"{k.origin}: {k.detail}" if k.origin == "guessed" and k.detail else k.origin,
            k.origin in ("inferred", "guessed"),
            k.span,
        )
        for k in declarations(text)
    )


__all__ = ["definition", "highlights", "known", "prepare", "references", "renamed"]
