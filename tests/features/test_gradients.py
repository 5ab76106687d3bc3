"""Derivatives that name no variable, J_f and H_f, and letters of one symbol in two fonts."""

from __future__ import annotations

import pytest
from nablatex.features.check import check_document
from nablatex.features.model import Settings

QUADRATIC = r"Let $x \in \mathbb{R}^n$, $A \in \mathbb{R}^{n\times n}$ and $f(x) = x^\top A x$. Then $%s$."
HILL = "Let\n$$h(x, y) = x e^{-x^2-y^2}.$$\nThen\n$$%s.$$\n"
POLYNOMIAL = "Suppose $p(x_1, x_2) = a + b_1 x_1 + b_2 x_2 + c x_1 x_2$. At the origin $%s$."
MAP = r"Let $B \in \mathbb{R}^{m\times n}$, $x \in \mathbb{R}^n$ and $g(x) = Bx$. Then $%s$."


def verdicts(text: str) -> list[str]:
    return [s.verdict or "" for s in check_document(text, Settings()) if s.kind == "claim"]


@pytest.mark.parametrize(
    ("page", "claim", "slip"),
    [
        (QUADRATIC, r"H_f = A + A^\top", r"H_f = A"),
        (QUADRATIC, r"\mathbf{H}_f(x) = A^\top + A", r"\mathbf{H}_f(x) = 2A"),
        (QUADRATIC, r"\mathbf{H} f(x) = A + A^\top", r"\mathbf{H} f(x) = A - A^\top"),
        (QUADRATIC, r"J_f(x) = x^\top(A + A^\top)", r"J_f(x) = 2x^\top A"),
        (MAP, r"J_g(x) = B", r"J_g(x) = 2B"),
        (MAP, r"\mathbf{J}_g^\top J_g = B^\top B", r"\mathbf{J}_g^\top J_g = B^\top B B^\top B"),
        (HILL, r"\nabla h(x, y) = e^{-x^2-y^2}\begin{pmatrix} 1 - 2x^2 \\ -2xy \end{pmatrix}", r"\nabla h(x, y) = 0 x"),
        (HILL, r"\nabla h(1, 0) = -\begin{pmatrix} e^{-1} \\ 0 \end{pmatrix}", r"\nabla h(1, 0) = \begin{pmatrix} 1 \\ 0 \end{pmatrix}"),
        (POLYNOMIAL, r"\nabla p(0, 0) = \begin{bmatrix} b_1 \\ b_2 \end{bmatrix}", r"\nabla p(0, 0) = \begin{bmatrix} b_2 \\ b_1 \end{bmatrix}"),
        (POLYNOMIAL, r"\nabla^2 p = \begin{bmatrix} 0 & c \\ c & 0 \end{bmatrix}", r"\nabla^2 p = \begin{bmatrix} c & 0 \\ 0 & c \end{bmatrix}"),
    ],
)  # fmt: skip
def test_a_function_is_differentiated_by_its_arguments(page: str, claim: str, slip: str) -> None:
    assert verdicts(page % claim)[-1] in ("proved", "holds")
    assert verdicts(page % slip)[-1] in ("fails", "conditional", "ill-shaped")


def test_a_jacobian_written_as_a_column_is_not_called_wrong() -> None:
    assert verdicts(QUADRATIC % r"J_f(x) = (A + A^\top) x") == ["proved"]


def test_a_matrix_h_times_a_number_is_a_product() -> None:
    page = r"Let $H \in \mathbb{R}^{n\times n}$, $x \in \mathbb{R}^n$ and $f(x) = x^\top x$. Then $\nabla f(x) + H f(x) x = %s$."
    assert verdicts(page % r"2x + x^\top x H x") == ["proved"]


def test_the_subscript_of_a_loss_is_its_variable() -> None:
    page = r"Let $E_w = (Xw - y)^\top (Xw - y)$. Then $\nabla^2 E_w = %s$."
    assert verdicts(page % r"2X^\top X") == ["proved"]


EINSTEIN = r"""
Take a column vector $\mathbf{x}$ and a square matrix $A$. In components $\frac{d}{dx_k} x_i a_{ij} x_j = %s$.
"""


@pytest.mark.parametrize(
    ("right", "found"),
    [
        (r"a_{kj} x_j + x_i a_{ik}", "holds"),
        (r"[\mathbf{A} + \mathbf{A}^\top]_{ki} x_i", "holds"),
        (r"[(\mathbf{A} + \mathbf{A}^\top)\mathbf{x}]_k", "holds"),
        (r"2 a_{kj} x_j", "fails"),
    ],
)
def test_components_of_what_words_call_a_vector_are_summed(right: str, found: str) -> None:
    assert verdicts(EINSTEIN % right)[-1] in (found, "conditional" if found == "fails" else found)


def test_components_in_a_chain_rule_belong_to_the_bold_vectors() -> None:
    page = r"""
Let $\mathbf{u}\in\mathbb{R}^m$, $\mathbf{v}\in\mathbb{R}^n$. If $\mathbf{v} = g(\mathbf{u})$ and $z=f(\mathbf{v})$, then
$$\frac{\partial z}{\partial u_i} = \sum_j \frac{\partial z}{\partial v_j} \frac{\partial v_j}{\partial u_i}.$$
"""
    assert verdicts(page) == ["holds"]


@pytest.mark.parametrize(
    ("page", "found"),
    [
        (r"Let $f = \operatorname{tr}(X^\top A X)$. Then $\delta f = \operatorname{tr}(X^\top (A + A^\top)\,\delta X)$.", "proved"),
        (r"Let $f = \operatorname{tr}(X^\top A X)$. Then $\delta f = \operatorname{tr}(X^\top A\,\delta X)$.", "fails"),
        (r"Let $X \in \mathbb{R}^{n\times n}$. Then $\delta (X^{-1}) = -X^{-1}\,\delta X\,X^{-1}$.", "proved"),
        (r"With $y = C x$ we have $\dot y = C \dot x$.", "proved"),
        (r"Let $V = x^\top P x$. Then $\dot V = x^\top P \dot x + x^\top Q x$.", "unknown"),
        (r"Let $g(x) = Ax$. Then $\mathrm{D} g = A$.", "proved"),
    ],
)  # fmt: skip
def test_variations_of_what_is_defined_are_differentials(page: str, found: str) -> None:
    assert verdicts(page)[-1:] == [found]


def test_a_delta_that_is_declared_is_a_factor() -> None:
    page = r"Let $\delta \in \mathbb{R}^m$, $W \in \mathbb{R}^{m\times n}$ and $q = \delta^\top W x$. Then $\frac{\partial q}{\partial W} = \delta x^\top$."
    assert verdicts(page) == ["proved"]


@pytest.mark.parametrize("definition", [r"x = e^{At} x_0", r"z = t C w", r"q = C w"])
def test_a_derivative_by_time_that_says_how_something_moves_is_a_definition(definition: str) -> None:
    letter = definition[0]
    assert verdicts(rf"Let ${definition}$. Now $\dot {letter} = A {letter} + B \dot u$ for all times.") == []
