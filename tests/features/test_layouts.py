"""Layouts: a claim that is right in one of them is right; a section that mixes them is told so once, as information."""

from __future__ import annotations

from nablatex.features.check import check_document
from nablatex.features.diagnose import diagnose
from nablatex.features.model import Settings, Statement

LET = "Let $A \\in \\mathbb{R}^{m\\times n}$, $X \\in \\mathbb{R}^{m \\times n}$, $x, a, c \\in \\mathbb{R}^n$.\n\n"
COLUMN = "\\[ \\frac{\\partial\\, a^\\top x}{\\partial x} = a \\]\n\n"
ROW = "\\[ \\frac{\\partial\\, c^\\top x}{\\partial x} = c^\\top \\]\n\n"
MATRIX = "\\[ \\frac{\\partial \\operatorname{tr}(A^\\top X)}{\\partial X} = A \\]\n\n"
JACOBIAN = "\\[ \\frac{\\partial\\, A x}{\\partial x} = A \\]\n\n"


def told(text: str, settings: Settings = Settings()) -> list[Statement]:  # noqa: B008
    found = [s for s in check_document(text, settings) if s.code is not None]
    assert [s.span for s in diagnose(text, None, 60, settings).wrong] == [s.span for s in found]
    return found


def test_one_layout_all_through_is_silent() -> None:
    assert told(LET + COLUMN + MATRIX) == []
    assert told(LET + ROW + JACOBIAN) == []


def test_rows_for_vectors_and_the_own_shape_for_matrices_go_together() -> None:
    assert told(LET + ROW + MATRIX + JACOBIAN) == []


def test_a_mix_is_told_once() -> None:
    (found,) = told(LET + COLUMN + ROW + COLUMN + ROW)
    assert (found.code, found.severity, found.verdict) == ("NB203", "information", "proved")
    assert found.latex.strip().endswith("c^\\top")
    assert found.message == "right in numerator or mixed layout, while the section so far is in denominator layout"


def test_another_section_may_use_another_layout() -> None:
    assert told("\\section{One}\n\n" + LET + COLUMN + "\\section{Two}\n\n" + LET + ROW) == []


def test_a_stated_layout_is_not_second_guessed_and_the_code_can_be_switched_off() -> None:
    assert told(LET + COLUMN + ROW.replace("\\]", "\\] % nablatex: ignore NB203")) == []
    assert told(LET + COLUMN + ROW, Settings(ignore=("NB203",))) == []
    (wrong,) = told("% nablatex: layout denominator\n\n" + LET + COLUMN + ROW)
    assert wrong.code == "NB201"
