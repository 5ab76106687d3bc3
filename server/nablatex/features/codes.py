"""The codes of diagnostics: what they say, how loudly, and where their pages are."""

from __future__ import annotations

from typing import Literal

Severity = Literal["error", "warning", "information"]

ILL_SHAPED = "NB101"
FAILS = "NB201"
CONDITIONAL = "NB202"
MIXED_LAYOUTS = "NB203"
CONFLICT = "NB204"
MISSING_FILE = "NB301"

PAGES = {
    ILL_SHAPED: "NB101-ill-shaped.md",
    FAILS: "NB201-fails.md",
    CONDITIONAL: "NB202-conditional.md",
    MIXED_LAYOUTS: "NB203-mixed-layouts.md",
    CONFLICT: "NB204-conflict.md",
    MISSING_FILE: "NB301-missing-file.md",
}
BASE = "https://github.com/nablatex/nablatex/blob/main/docs/codes/"


def code_of(verdict: str | None) -> str | None:
    return {"ill-shaped": ILL_SHAPED, "fails": FAILS, "conditional": CONDITIONAL}.get(verdict or "")


def severity_of(code: str | None, firm: bool = True) -> Severity:
    """Errors are what is refuted or cannot be formed.  What holds under an assumption that is not stated is a warning where
    the text declares the symbol by a formula (firm), else information, as is all the rest."""
    if code in (ILL_SHAPED, FAILS):
        return "error"
    return "warning" if code == CONDITIONAL and firm else "information"


def page_of(code: str) -> str:
    return BASE + PAGES[code]
