"""While an author types, nobody calls half a formula wrong; what is new is shown when she pauses."""

from __future__ import annotations

import pytest
from nablatex.features.diagnose import diagnose
from nablatex.features.model import Settings, Statement
from nablatex.features.pace import carried_over, held_back
from nablatex.latex.tree import Span

HEAD = "Let $A \\in \\mathbb{R}^{n\\times n}$ and $x \\in \\mathbb{R}^n$.\n"


def waits(marked: str) -> list[bool]:
    """For each finding, whether it waits; | is where the author has just typed."""
    caret = len(HEAD) + marked.index("|")
    text = HEAD + marked.replace("|", "")
    wrong = diagnose(text, caret, 60, Settings()).wrong
    held = held_back(caret, wrong, ())
    return [s in held for s in wrong]


@pytest.mark.parametrize(
    ("marked", "waiting"),
    [
        ("\\[ \\nabla_x x^\\top A x = 2 A|x \\]", [True]),
        ("\\[ \\nabla_x x^\\top A x = 2 A| \\]", [True]),
        ("\\[ \\nabla_x x^\\top A x = (A + A|) x \\]", [True]),
        ("\\[ \\nabla_x x^\\top A x = (A|) \\]", [True]),
        ("\\[ \\nabla_x x^\\top A x = \\left(2 A x|\\right). \\]", [True]),
        ("\\[ \\nabla_x x^\\top A x = 2 A x | \\]", [True]),
        ("\\[ \\nabla_x x^\\top A x = 3 A x \\]\n\nThen|", [True]),
    ],
)
def test_a_finding_waits_where_the_author_writes_on(marked: str, waiting: list[bool]) -> None:
    assert waits(marked) == waiting


def test_what_was_shown_before_stays_shown() -> None:
    text = HEAD + "\\[ \\nabla_x x^\\top A x = 3 A x \\]\n\nThen"
    wrong = diagnose(text, len(text), 60, Settings()).wrong
    assert held_back(len(text), wrong, wrong) == [] == held_back(None, wrong, ())


def test_findings_move_with_the_text_until_they_are_judged_anew() -> None:
    s = Statement(Span(10, 14), Span(12, 14), "a=bc", "claim", "fails", "NB201", "no")
    old, new = "0123456789a=bc rest", "01234 56789a=bc rest"
    (moved,) = carried_over(old, new, [s], [Span(0, len(new))])
    assert (moved.span, moved.focus) == (Span(11, 15), Span(13, 15))
    assert carried_over(old, new, [s], []) == []
    assert carried_over(old, "0123456789a=c rest", [s], [Span(0, 18)]) == []
