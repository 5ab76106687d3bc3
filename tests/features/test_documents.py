"""Documents checked: wrong steps are found and mended, right ones and what is no claim stay quiet."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from nablatex.features.check import check_document
from nablatex.features.model import Settings
from nablatex.features.standalone import Formula, check

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"
CASES = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "cases" / "public.jsonl").read_text(encoding="utf-8").splitlines()
]


def wrong(text: str) -> list[str]:
    return [s.latex.strip() for s in check_document(text, Settings()) if s.code is not None]


def test_the_student_page_has_no_errors() -> None:
    text = (EXAMPLES / "least-squares.tex").read_text(encoding="utf-8")
    statements = check_document(text, Settings())
    assert [s for s in statements if s.code] == []
    assert sum(s.verdict in ("proved", "holds") for s in statements) >= 4


def test_the_mistakes_are_found() -> None:
    text = (EXAMPLES / "mistakes.tex").read_text(encoding="utf-8")
    found = [s for s in check_document(text, Settings()) if s.code]
    assert [s.code for s in found] == ["NB202", "NB101", "NB201"]
    assert found[0].evidence["holds_if"] == "B symmetric" and found[0].severity == "warning"


def test_an_ignored_formula_is_left_alone() -> None:
    text = "Let $x, a \\in \\mathbb{R}^n$.\n% nablatex: ignore\n\\[ \\nabla_x a^\\top x = 2 a \\]\n"
    assert wrong(text) == []
    assert wrong(text.replace("% nablatex: ignore", "")) != []


def test_a_claim_that_is_right_in_another_layout_is_right() -> None:
    text = "Let $x, a \\in \\mathbb{R}^n$.\n\\[ \\frac{\\partial a^\\top x}{\\partial x} = {} \\]"
    assert wrong(text.replace("{}", "a^\\top")) == []
    assert wrong(text.replace("{}", "a")) == []
    assert wrong(text.replace("{}", "2a")) != []


@pytest.mark.parametrize(
    "case", [c for c in CASES if c["kind"] == "identity" and c["verdict"] is True][::4], ids=lambda c: c["id"]
)
def test_spelling_changes_no_verdict(case: dict[str, object]) -> None:
    def verdict(latex: str) -> str:
        return check(
            Formula(
                latex,
                case["decls"],
                case["assume"],
                case.get("context", ()),
                str(case.get("preamble", "")),
                str(case["layout"]),
            )  # type: ignore[arg-type]
        ).verdict.name

    latex = str(case["latex"])
    assert verdict(latex) in ("proved", "holds")
    assert verdict("% a comment\n" + latex.replace(" = ", "\n =\\; ").replace("+", " + ")) in ("proved", "holds")


@pytest.mark.parametrize("case", CASES[::12], ids=lambda c: c["id"])
def test_half_typed_formulas_never_raise(case: dict[str, object]) -> None:
    latex = str(case["latex"])
    head = " ".join(f"${d}$" for d in case["decls"])  # type: ignore[attr-defined]
    for k in range(0, len(latex), 3):
        for s in check_document(f"Let {head}.\n\\[ {latex[:k]} \\]\n", Settings()):
            assert s.verdict != "unknown" or "Error while" not in s.message
