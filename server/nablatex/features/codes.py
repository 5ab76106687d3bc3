"""The codes of diagnostics, and where their pages are."""

from __future__ import annotations

ILL_SHAPED = "NB101"
FAILS = "NB201"

PAGES = {ILL_SHAPED: "NB101-ill-shaped.md", FAILS: "NB201-fails.md"}
BASE = "https://github.com/nablatex/nablatex/blob/main/docs/codes/"


def code_of(verdict: str | None) -> str | None:
    return {"ill-shaped": ILL_SHAPED, "fails": FAILS}.get(verdict or "")


def page_of(code: str) -> str:
    return BASE + PAGES[code]
