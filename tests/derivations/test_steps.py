"""Explain, continue, finish: an author's own derivation, and what comes next."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from nablatex.features.explanation import FOLLOWS_NOT, explain_step
from nablatex.features.hover import hover
from nablatex.features.model import Settings
from nablatex.features.standalone import Formula, read
from nablatex.latex.tree import Relation
from pages import after, refused, wrong

HEAD = r"""Let $X\in\mathbb{R}^{m\times n}$, $a\in\mathbb{R}^m$, $b\in\mathbb{R}^n$, $W \in \mathbb{R}^{n\times n}$ symmetric.
Let $f = a^\top X b$.
"""


def test_continue_writes_the_next_line_in_place() -> None:
    text = after(HEAD + r"\[ df = a^\top dX b‸ \]", "Continue the derivation")
    assert text.endswith(r"\[ df = a^\top dX b = \operatorname{tr}(a^\top\, dX\, b) \]")


def test_continue_adds_a_row_to_the_authors_align() -> None:
    page = (
        HEAD + "\\begin{align*}\n  df &= d(a^\\top X b) \\\\\n     &= \\operatorname{tr}(b a^\\top dX)‸\n\\end{align*}"
    )
    text = after(page, "Continue the derivation")
    assert text.endswith(
        "     &= \\operatorname{tr}(b a^\\top dX) \\\\\n"
        "  &= \\operatorname{tr}((a b^\\top)^\\top\\, dX) && \\text{transpose of a product}\n\\end{align*}"
    )
    assert wrong(text) == []


def test_finish_goes_to_the_gradient() -> None:
    page = HEAD + "\\begin{align*}\n  df &= a^\\top dX b‸\n\\end{align*}"
    text = after(page, "Finish the derivation")
    assert r"\frac{\partial f}{\partial X} &= a b^\top && \text{reading off the gradient}" in text
    assert wrong(text) == []


def test_the_authors_d_is_kept() -> None:
    text = after(HEAD + r"\[ \mathrm{d}f = \operatorname{tr}(b a^\top \mathrm{d}X‸) \]", "Continue the derivation")
    assert r" = \operatorname{tr}((a b^\top)^\top\, \mathrm{d}X) \]" in text


def test_nothing_is_continued_where_no_differential_is_left() -> None:
    page = HEAD + r"\[ a^\top X b = b^\top X^\top a‸ \]"
    with pytest.raises(AssertionError, match="offered"):
        after(page, "Continue the derivation")


def test_a_rule_is_noted_beside_its_step() -> None:
    page = HEAD + "\\begin{align*}\n  f &= a^\\top X b \\\\\n &= b^\\top X^\\top a‸\n\\end{align*}"
    assert r"&= b^\top X^\top a && \text{transpose of a scalar}" in after(page, "Note the rule of this step")


def test_a_wrong_step_gets_no_rule() -> None:
    page = HEAD + r"\[ \frac{\partial}{\partial X} a^\top X b = 2 a b^\top‸ \]"
    assert refused(page, "Note the rule of this step") == FOLLOWS_NOT


def test_hover_over_a_step_names_its_rule() -> None:
    page = HEAD + r"\[ \operatorname{tr}(W b b^\top) ‸= b^\top W b \]"
    found = hover(page.replace("‸", ""), page.index("‸"), Settings())
    assert found is not None and "**by** a scalar is its own trace" in found.markdown


CASES = [
    case
    for line in (Path(__file__).parents[1] / "cases" / "public.jsonl").read_text().splitlines()
    if (case := json.loads(line))["kind"] == "identity"
]


def explained(case: dict[str, object]) -> str:
    layout = "denominator" if case["layout"] == "any" else str(case["layout"])
    formula = Formula(
        str(case["latex"]), case.get("decls", ()), case.get("assume", ()), case.get("context", ()),  # type: ignore[arg-type]
        str(case.get("preamble", "")), layout,
    )  # fmt: skip
    context = formula.known()
    tree = read(formula, context)[0]
    return (
        explain_step(tree.sides[0], tree.sides[1], context, layout, formula.latex) if isinstance(tree, Relation) else ""
    )


def test_nine_of_ten_true_steps_of_the_public_cases_are_explained_and_none_is_denied() -> None:
    words = [explained(case) for case in CASES if case["verdict"] is True]
    assert FOLLOWS_NOT not in words
    assert sum(w != "" for w in words) >= 0.9 * len(words)
    assert all(len(w.split(", ")) <= 4 for w in words)


def test_false_steps_do_not_follow() -> None:
    words = [explained(case) for case in CASES if case["verdict"] is False]
    assert words and set(words) <= {FOLLOWS_NOT, ""}
    assert words.count(FOLLOWS_NOT) >= 0.9 * len(words)


def test_a_right_side_that_cannot_be_formed_is_replaced_by_the_derivative() -> None:
    from nablatex.features.check import check_document

    text = r"Let $A\in\mathbb{R}^{m\times n}$, $x\in\mathbb{R}^n$, $b\in\mathbb{R}^m$. \[ \nabla_x \|Ax - b\|^2 = 2A(Ax - b) \]"
    (claim,) = [s for s in check_document(text, Settings()) if s.kind == "claim"]
    assert claim.verdict == "ill-shaped"
    assert [f.replacement for f in claim.fixes] == [r"2A^\top (Ax - b)"]
