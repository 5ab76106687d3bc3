"""Solve for X: with the cursor on the unknown of an equation."""

from __future__ import annotations

import pytest
from pages import after, wrong


@pytest.mark.parametrize(
    ("page", "unknown", "line"),
    [
        (
            r"Let $X \in\mathbb{R}^{n\times n}$ have a zero diagonal and $y\in\mathbb{R}^n$. \[ X‸\mathbf{1} = y \]",
            "X",
            r"X &= \frac{\operatorname{diag}(y)(\mathbf{1}_n \mathbf{1}_n^\top - I_n)}{",
        ),
        (
            r"Let $X \in\mathbb{R}^{m\times n}$ and $y\in\mathbb{R}^m, v\in\mathbb{R}^n$. \[ X‸ v = y \]",
            "X",
            r"X &= \frac{y v^\top}{v^\top v} + Z - \frac{Zv v^\top}{v^\top v} && \text{all solutions, for any $Z$}",
        ),
        (
            r"Let $A, X, C \in\mathbb{R}^{n\times n}$. \[ A X‸ + X A^\top = C \]",
            "X",
            r"\text{Lyapunov equation, if $I_n \otimes A + A \otimes I_n$ is invertible}",
        ),
        (
            r"Let $A, B, X, C \in\mathbb{R}^{n\times n}$. \[ A X‸ B = C \]",
            "X",
            r"X &= A^{-1}C B^{-1}",
        ),
    ],
)
def test_what_is_determined_and_what_is_free(page: str, unknown: str, line: str) -> None:
    text = after(page, f"Solve for {unknown}")
    assert line in text
    assert wrong(text) == []
