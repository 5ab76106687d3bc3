"""The rules that derivations use, derived themselves: the differential of one operator."""

from __future__ import annotations

import pytest
from pages import after, wrong

HEAD = r"Let $X\in\mathbb{R}^{n\times n}$, $x\in\mathbb{R}^n$. "


@pytest.mark.parametrize(
    ("formula", "lines"),
    [
        (
            r"d‸(X^{-1})",
            [r"d(X X^{-1}) &= dX\, X^{-1} + X d(X^{-1})", "&= 0", r"d(X^{-1}) &= -X^{-1}\, dX\, X^{-1}"],
        ),
        (
            r"d‸(\det X)",
            [r"&= \operatorname{tr}(\operatorname{adj}(X)\, dX)", r"&= \det(X) \operatorname{tr}(X^{-1}\, dX)"],
        ),
        (r"d‸(\lVert x \rVert)", ["x^\\top\\, dx"]),
    ],
)
def test_the_rule_is_shown_with_where_it_comes_from(formula: str, lines: list[str]) -> None:
    text = after(HEAD + rf"\[ {formula} \]", "Insert derivation")
    assert wrong(text) == []
    for line in lines:
        assert line in text


def test_long_derivations_are_numbered() -> None:
    page = HEAD + r"\[ \nabla‸^2_x \, \tfrac12 \log(1 + \lVert \tanh(X x) \rVert^2) \]"
    text = after(page, "Insert derivation")
    rows = text.count("&=")
    assert (r"\begin{align}" in text) == (rows > 12)
