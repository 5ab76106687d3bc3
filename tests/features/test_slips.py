"""Quick fixes that are the author's own right side after one small change."""

from __future__ import annotations

import pytest
from nablatex.features.check import check_document
from nablatex.features.model import Settings


def first_fix(text: str) -> tuple[str, str]:
    """The first wrong step's first fix, and the document after it."""
    wrong = next(s for s in check_document(text, Settings()) if s.code is not None)
    (edit,) = wrong.fixes[0].edits
    return wrong.fixes[0].replacement, text[: edit.span.start] + edit.new + text[edit.span.end :]


LEAST_SQUARES = r"""\newcommand{\T}{^{\mathrm T}}
Let $X\in\mathbb{R}^{n\times d}$, $y\in\mathbb{R}^n$, $w\in\mathbb{R}^d$, and $X\T X$ invertible. Then
"""
KALMAN = r"""
Let $P\in\mathbb{R}^{n\times n}$ be symmetric positive definite, $H\in\mathbb{R}^{m\times n}$, $K\in\mathbb{R}^{n\times m}$ and
$R\in\mathbb{R}^{m\times m}$ symmetric positive definite. Then
"""
NETWORK = r"""
Let $W_2\in\mathbb{R}^{k\times h}$, $a\in\mathbb{R}^h$, $t\in\mathbb{R}^k$. Then
"""


@pytest.mark.parametrize(
    ("before", "left", "right", "mended"),
    [
        (LEAST_SQUARES, r"\nabla_w \|Xw-y\|^2", r"2X\T(y-Xw)", r"-2X\T(y-Xw)"),
        (LEAST_SQUARES, r"\nabla_w \|Xw-y\|^2", r"2X(Xw-y)", r"2X\T (Xw-y)"),
        (LEAST_SQUARES, r"\nabla_w \|Xw-y\|^2", r"X\T(Xw-y)", r"2X\T(Xw-y)"),
        (LEAST_SQUARES, r"\nabla_w \|Xw-y\|^2", r"2(Xw-y)", r"2X\T (Xw-y)"),
        (LEAST_SQUARES, r"\nabla^2_w \|Xw-y\|^2", r"2XX\T", r"2X\T X"),
        (KALMAN, r"\frac{\partial}{\partial K}\operatorname{tr}(KRK^T)", r"2RK", r"2KR"),
        (KALMAN, r"PH^T(HPH^T+R)^{-1}", r"(P^{-1}+H^TR^{-1}H)^{-1}H^TR", r"(P^{-1}+H^TR^{-1}H)^{-1}H^TR^{-1}"),
        (NETWORK, r"\nabla_a \frac12\|W_2 a - t\|^2", r"W_2\left(W_2 a - t\right)", r"W_2^\top \left(W_2 a - t\right)"),
    ],
)
def test_the_first_fix_keeps_what_the_author_wrote(before: str, left: str, right: str, mended: str) -> None:
    text = f"{before}\\[ {left} = {right} . \\]\n"
    fix, after = first_fix(text)
    assert fix == mended
    assert f"{left} = {mended}" in after
    assert all(s.code is None for s in check_document(after, Settings()))


def test_a_fix_is_never_the_left_side_copied() -> None:
    text = LEAST_SQUARES + r"\[ (X\T X + I)^{-1}X\T = X\T(X\T X + I)^{-1} \]"
    wrong = next(s for s in check_document(text, Settings()) if s.code is not None)
    assert [f.replacement for f in wrong.fixes] == [r"X\T(X X\T + I)^{-1}"]


def test_what_makes_a_parenthesis_large_goes_with_it() -> None:
    text = LEAST_SQUARES + r"\[ \nabla_w \tfrac12\|Xw-y\|^2 = \left(Xw - y\right)X \]"
    _, after = first_fix(text)
    assert after.count(r"\left") == after.count(r"\right")
    assert all(s.code is None for s in check_document(after, Settings()))
