"""What is only true under an assumption is information; comments, settings and quick fixes switch a code off."""

from __future__ import annotations

from nablatex.features.actions import actions, resolve
from nablatex.features.check import check_document
from nablatex.features.model import Settings

LET = "Let $A \\in \\mathbb{R}^{m\\times n}$, $B, Q \\in \\mathbb{R}^{n\\times n}$, $x, y \\in \\mathbb{R}^n$.\n"
SYMMETRIC = "\\[ \\nabla_x\\, x^\\top B x = 2 B x \\]\n"
WRONG = "\\[ \\nabla_x\\, y^\\top x = 2y \\]\n"


def codes(text: str, settings: Settings = Settings()) -> list[str]:  # noqa: B008
    return [s.code for s in check_document(text, settings) if s.code is not None]


def take(text: str, title: str, host: str = "latex") -> str:
    """The text after a code action at the mark ‸."""
    at = text.index("‸")
    text = text.replace("‸", "")
    found = [a for a in actions(text, at, at, Settings(), host) if a.title == title]
    assert found, [a.title for a in actions(text, at, at, Settings(), host)]
    for edit in resolve(text, found[0].data, Settings(), host).edits:
        text = text[: edit.span.start] + edit.new + text[edit.span.end :]
    return text


def test_what_holds_for_a_symmetric_matrix_is_information_with_a_quick_fix_that_declares_it() -> None:
    (found,) = [s for s in check_document(LET + SYMMETRIC, Settings()) if s.code]
    assert (found.code, found.verdict, found.severity) == ("NB202", "conditional", "warning")
    assert found.message == "this holds only for B symmetric, which is not said here"
    assert found.fixes[0].replacement == "(B + B^\\top)x"
    after = take(LET + SYMMETRIC.replace("2 B", "2 ‸B"), "Declare that B is symmetric")
    assert "% nablatex: B : symmetric\n\\[" in after and codes(after) == []


def test_it_is_said_more_quietly_of_a_symbol_that_no_formula_declares() -> None:
    words = "Let $B$ be an $n \\times n$ matrix and $x \\in \\mathbb{R}^n$.\n"
    (found,) = [s for s in check_document(words + SYMMETRIC, Settings()) if s.code]
    assert (found.code, found.severity) == ("NB202", "information")


def test_other_usual_assumptions() -> None:
    orthogonal = "\\begin{align} \\|Qx\\|^2 &= x^\\top Q^\\top Q x \\\\ &= x^\\top x \\end{align}"
    (found,) = [s for s in check_document(LET + orthogonal, Settings()) if s.code]
    assert found.code == "NB202" and found.evidence["holds_if"] == "Q orthogonal"
    columns = orthogonal.replace("Q", "A")
    (found,) = [s for s in check_document(LET + columns, Settings()) if s.code]
    assert found.code == "NB202" and found.evidence["holds_if"] == "orthonormal columns of A"


def test_factors_in_the_wrong_order_are_an_error_though_they_might_commute() -> None:
    (found,) = [
        s for s in check_document(LET + "\\[ \\nabla_x\\, y^\\top B Q x = B^\\top Q^\\top y \\]", Settings()) if s.code
    ]
    assert found.code == "NB201" and found.evidence["holds_if"] == "B and Q that commute"
    assert found.fixes[0].replacement == "Q^\\top B^\\top y"


def test_a_comment_before_a_formula_ignores_all_or_some_codes() -> None:
    assert codes(LET + "% nablatex: ignore\n" + WRONG) == []
    assert codes(LET + "% nablatex: ignore NB201\n" + WRONG + WRONG) == ["NB201"]
    assert codes(LET + "% nablatex: ignore NB202\n" + WRONG) == ["NB201"]
    assert codes(LET + "% nablatex: ignore NB202, NB201\n" + WRONG) == []


def test_a_comment_behind_a_line_speaks_of_that_line_alone() -> None:
    rows = "\\begin{align}\n\\nabla_x\\, y^\\top x &= 2y \\\\ % nablatex: ignore NB201\n &= 3y\n\\end{align}\n"
    assert codes(LET + rows) == ["NB201"]
    assert codes(LET + WRONG.rstrip() + " % nablatex: ignore\n" + WRONG) == ["NB201"]


def test_the_quick_fix_writes_the_comment() -> None:
    after = take(LET + WRONG.replace("2y", "2‸y"), "Ignore NB201 here")
    assert after == LET + WRONG.rstrip() + " % nablatex: ignore NB201\n" and codes(after) == []
    markdown = LET + "$$ \\nabla_x\\, y^\\top x = 2‸y $$\n"
    after = take(markdown, "Ignore NB201 here", "markdown")
    assert after.endswith("$$ <!-- nablatex: ignore NB201 -->\n") and codes(after) == []
    inside = take(LET + "$$\n\\nabla_x\\, y^\\top x = 2‸y\n$$\n", "Ignore NB201 here", "markdown")
    assert inside.endswith("2y % nablatex: ignore NB201\n$$\n") and codes(inside) == []


def test_a_setting_switches_a_code_off() -> None:
    assert codes(LET + WRONG + SYMMETRIC, Settings(ignore=("NB202",))) == ["NB201"]
    assert codes(LET + WRONG + SYMMETRIC, Settings(ignore=("NB201", "NB202"))) == []


def test_an_assumption_that_the_text_speaks_of_in_words_is_no_news() -> None:
    words = "We take it throughout that the form is given by a matrix $B$ of the symmetric kind.\n\n"
    found = [s for s in check_document(LET + words + SYMMETRIC, Settings()) if s.verdict == "conditional"]
    assert codes(LET + words + SYMMETRIC) == []
    assert [s.message for s in found] in ([], ["this holds for B symmetric, of which the text speaks"])
    other = words.replace("$B$", "$Q$")
    assert codes(LET + other + SYMMETRIC) == ["NB202"]
