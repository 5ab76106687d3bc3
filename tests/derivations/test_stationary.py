"""Solve for the stationary point: what stands on the page afterwards."""

from __future__ import annotations

import pytest
from pages import after, refused, wrong

SOLVE = "Solve for the stationary point"
LEAST_SQUARES = r"Let $A\in\mathbb{R}^{m\times n}$, $x\in\mathbb{R}^n$, $b\in\mathbb{R}^m$."


def lines(page: str) -> list[str]:
    text = after(page, SOLVE)
    assert wrong(text) == []
    body = text[text.index("\\begin{align*}") :].splitlines()[1:-1]
    return [line.split("&&")[0].rstrip("\\ ").strip().replace("&", "") for line in body]


def test_least_squares_lead_to_the_normal_equations() -> None:
    assert lines(LEAST_SQUARES + r"\[ \nabla_x‸ \|Ax - b\|^2 \]") == [
        r"\nabla_x \|Ax - b\|^2 = 2A^\top (Ax - b)",
        r"2A^\top (Ax - b) = 0",
        r"A^\top Ax = A^\top b",
        r"x = (A^\top A)^{-1}A^\top b",
        r"\nabla^2_{x} \|Ax - b\|^2 = 2A^\top A \succeq 0",
    ]


def test_the_rank_condition_and_the_curvature_are_said() -> None:
    text = after(LEAST_SQUARES + r"\[ \nabla_x‸ \|Ax - b\|^2 \]", SOLVE)
    assert r"\text{if $A$ has full column rank}" in text
    assert r"\text{normal equations}" in text
    assert r"\text{convex, so this is a minimum}" in text


def test_a_ridge_needs_no_condition() -> None:
    text = after(LEAST_SQUARES + r"Let $\lambda > 0$. \[ \nabla_x‸ (\|Ax - b\|^2 + \lambda \|x\|^2) \]", SOLVE)
    assert r"x &= (A^\top A + \lambda I_n)^{-1}A^\top b && \text{solved}" in text


def test_the_mean_and_the_covariance_of_a_gaussian() -> None:
    head = r"Let $\Sigma\in\mathbb{R}^{n\times n}$ be symmetric positive definite, $x_i \in \mathbb{R}^n$, $\mu\in\mathbb{R}^n$. "
    mean = lines(head + r"\[ \frac{\partial‸}{\partial \mu} \sum_{i=1}^N (x_i-\mu)^\top \Sigma^{-1} (x_i-\mu) \]")
    assert r"\mu = \frac{1}{N} \sum_{i=1}^N x_i" in mean
    page = head + r"Let $S$ be symmetric. \[ \nabla_\Sigma‸ (\log\det\Sigma + \operatorname{tr}(\Sigma^{-1}S)) \]"
    assert lines(page)[-1] == r"\Sigma = S"


@pytest.mark.parametrize(
    ("formula", "form"),
    [
        (r"\nabla_X‸ (\|AX - B\|_F^2 + \|XC - D\|_F^2)", "Sylvester equation"),
        (r"\nabla_X‸ \operatorname{tr}(X^\top A X + X^\top X A^\top - X^\top Q)", "Lyapunov equation"),
        (r"\nabla_X‸ \operatorname{tr}(X^\top X - X^\top M X M^\top - 2 X^\top Q)", "Stein"),
    ],
)
def test_linear_matrix_equations_are_called_by_their_names(formula: str, form: str) -> None:
    head = r"Let $A, X, M \in\mathbb{R}^{n\times n}$. Suppose that $A$ and $M$ are symmetric. "
    text = after(head + rf"\[ {formula} \]", SOLVE)
    assert form in text and wrong(text) == []


def test_a_riccati_equation_is_recognised_and_not_solved() -> None:
    head = r"Let $X, A, S, Q\in\mathbb{R}^{n\times n}$ be symmetric. "
    text = after(head + r"\[ \nabla_X‸ \operatorname{tr}(\tfrac13 X^3 S + A X^2 + Q X) \]", SOLVE)
    assert "Riccati" in text


def test_what_is_no_linear_equation_says_so() -> None:
    page = LEAST_SQUARES + r"\[ \nabla_x‸ (\|x\|^4 + b^\top A x) \]"
    assert "0" in after(page, SOLVE)
    assert "scalar" in refused(LEAST_SQUARES + r"\[ \frac{\partial‸ Ax}{\partial x} \]", SOLVE)
