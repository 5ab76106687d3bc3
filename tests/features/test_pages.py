"""Whole pages of several fields, with macros and notation of their own: nothing is called wrong, and slips are found."""

from __future__ import annotations

from pathlib import Path

import pytest
from nablatex.features.check import check_document
from nablatex.features.model import Settings, Statement

PAGES = Path(__file__).parent / "pages"
RIGHT = ("proved", "holds")


def claims(page: str, slip: tuple[str, str] = ("", "")) -> list[Statement]:
    text = (PAGES / page).read_text(encoding="utf-8")
    assert not slip[0] or text.count(slip[0]) == 1
    return [s for s in check_document(text.replace(*slip), Settings()) if s.kind == "claim" or s.code]


@pytest.mark.parametrize(
    ("page", "least"), [("mechanics.tex", 10), ("moments.tex", 12), ("states.tex", 15), ("barriers.tex", 14)]
)
def test_a_page_without_mistakes_stays_quiet(page: str, least: int) -> None:
    found = claims(page)
    assert [s.code for s in found if s.code] == []
    assert sum(s.verdict in RIGHT for s in found) >= least


@pytest.mark.parametrize(
    ("page", "slip"),
    [
        ("mechanics.tex", (r"- \frac{\mu}{J}\pd{J}{\F} +", r"- \mu\pd{J}{\F} +")),
        ("moments.tex", (r"&= -\frac{2}{n} X'Z W g(\beta)", r"&= -\frac{2}{n} Z'X W g(\beta)")),
        ("states.tex", (r"&= e^{-tA}\comm{B}{A}e^{tA}", r"&= e^{-tA}\comm{A}{B}e^{tA}")),
        ("barriers.tex", (r"= -\tfrac12q\tp P^{-1}q. \]", r"= \tfrac12q\tp P^{-1}q. \]")),
    ],
)
def test_a_slip_on_it_is_found(page: str, slip: tuple[str, str]) -> None:
    assert [s.severity for s in claims(page, slip) if s.code]
