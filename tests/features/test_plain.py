"""Formulas as one line of Unicode text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nablatex.features.plain import plain
from nablatex.latex.definitions import read_macros


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\frac{\partial f}{\partial X} = a b^\top", "∂f/∂X = a bᵀ"),
        (r"\frac{\partial AXB}{\partial X}", "∂AXB/∂X"),
        (r"\frac{\partial (a + X)}{\partial X}", "∂(a + X)/∂X"),
        (r"\frac{x + y}{2n}", "(x + y)/2n"),
        (r"\nabla_{\mathbf{x}} \|A\mathbf{x} - b\|_2^2", "∇_𝐱‖A𝐱 - b‖₂²"),
        (r"\operatorname{tr}(A^{-\top} \Sigma^{-1})", "tr(A⁻ᵀ Σ⁻¹)"),
        (r"X \in \mathbb{R}^{m\times n}", "X ∈ ℝ^(m×n)"),
        (r"\hat{\beta}^{(l)} W_{ij}", "β̂⁽ˡ⁾Wᵢⱼ"),
        (r"\begin{bmatrix}1 & 2\\ 3 & 4\end{bmatrix}", "[1 2; 3 4]"),
        (r"-x \odot (-y)", "-x ⊙ (-y)"),
        (r"\log\det X", "log det X"),
        (r"f(X + h\Delta X)", "f(X + hΔX)"),
        (r"2(Xb - a)^\top X\, db", "2(Xb - a)ᵀ X db"),
        (r"A\,dX\,B \quad\text{for all}\quad X", "A dX B for all X"),
        ("x & = \\left. y \\right|_{0}", "x = y|₀"),
    ],
)
def test_a_formula_reads_as_an_author_would_type_it(latex: str, text: str) -> None:
    assert plain(latex) == text


def test_macros_are_read() -> None:
    table = read_macros(r"\newcommand{\R}{\mathbb{R}}\newcommand{\norm}[1]{\left\|#1\right\|}")
    assert plain(r"\norm{x} \in \R", table) == "‖x‖ ∈ ℝ"


@given(st.text(alphabet=r"\{}^_&fracdX' 2$#%∂é𝔸", max_size=60))
def test_nothing_raises(latex: str) -> None:
    assert isinstance(plain(latex), str)
