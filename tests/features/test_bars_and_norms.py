"""Claims in the many spellings of norms, determinants, inner products and exponentials."""

from __future__ import annotations

import pytest
from nablatex.features.check import check_document
from nablatex.features.model import Settings

SAID = r"""
Let $A, B \in \mathbb{R}^{m\times n}$, $X, Y \in \mathbb{R}^{n\times n}$ be positive definite, $x, y, a \in \mathbb{R}^n$, $b \in \mathbb{R}^m$,
and $W \in \mathbb{R}^{n \times n}$ be symmetric.
"""


def verdict(claim: str) -> str | None:
    return check_document(f"{SAID}\n\\[ {claim} \\]\n", Settings())[-1].verdict


@pytest.mark.parametrize(
    "claim",
    [
        r"\nabla_x \| \|x\|^2 a \|^2 = 4 \|a\|^2 \|x\|^2 x",
        r"\nabla_x \left||Ax - b\right||^2 = 2A^\top(Ax - b)",
        r"\nabla_A \left|\left|A\right|\right|_F^2 = 2A",
        r"\nabla_x \parallel Ax - b \parallel^2 = 2A^\top(Ax - b)",
        r"\nabla_X \ln \left| |X| \right| = X^{-\top}",
        r"\nabla_X \ln ||X|| = X^{-\top}",
        r"\nabla_X \log \mid X \mid = X^{-\top}",
        r"\log |X||Y| = \log |X| + \log |Y|",
        r"\nabla_x |x|_1 = \operatorname{sign}(x)",
        r"|A|_F^2 = \operatorname{tr}(A^\top A)",
        r"\nabla_x \|x\|_{\ell_1} = \operatorname{sign}(x)",
        r"\nabla_x \|x\|_{L^2}^2 = 2x",
        r"\nabla_A \|A\|_{1,1} = \operatorname{sign}(A)",
        r"\nabla_A \|A\|_{HS}^2 = 2A",
        r"\nabla_x \|x\|_W^2 = 2Wx",
        r"\langle A, B\rangle_F = \operatorname{tr}(A^\top B)",
        r"\langle x, y\rangle_W = x^\top W y",
        r"A \mathbin{:} B = \operatorname{tr}(A^\top B)",
        r"A \cdot B = \operatorname{tr}(A^\top B)",
        r"\nabla_x \mathbf{e}^{a^\top x} = \mathbf{e}^{a^\top x} a",
        r"\nabla_x \mathit{e}^{x^\top x} = 2\mathit{e}^{x^\top x} x",
        r"\nabla_x \frac{1}{1 + \boldsymbol{e}^{-a^\top x}} = \frac{\boldsymbol{e}^{-a^\top x}}{(1 + \boldsymbol{e}^{-a^\top x})^2} a",
    ],
)
def test_right_claims_hold(claim: str) -> None:
    assert verdict(claim) in ("proved", "holds")


@pytest.mark.parametrize(
    "claim",
    [
        r"\nabla_x \| \|x\|^2 a \|^2 = 2 \|a\|^2 \|x\|^2 x",
        r"\nabla_A \left||A\right||_F^2 = A",
        r"\log |X||Y| = \log |X| - \log |Y|",
        r"\nabla_x |x|_1 = 2\operatorname{sign}(x)",
        r"\langle A, B\rangle_F = 2\operatorname{tr}(A^\top B)",
        r"\nabla_x \mathbf{e}^{a^\top x} = \mathbf{e}^{a^\top x} x",
        r"\nabla_A \|A\|_{\mathrm{op}}^2 = 2A",
    ],
)
def test_wrong_claims_fail(claim: str) -> None:
    assert verdict(claim) == "fails"


@pytest.mark.parametrize(
    "claim",
    [
        r"\nabla_x \|x\|_{\mathcal{H}}^2 = 2x",
        r"\nabla_x \|x\|_{\mathbb{R}^n}^2 = 2x",
        r"\nabla_A \|A\|_1 = \operatorname{sign}(A)",
        r"\nabla_A \|A\|_{2,1} = A",
    ],
)
def test_norms_that_texts_define_differently_are_left_alone(claim: str) -> None:
    assert verdict(claim) == "unknown"


def test_a_declared_bold_e_is_a_vector() -> None:
    text = (
        r"Let $\mathbf{e}, x \in \mathbb{R}^n$. Then $\nabla_x (\mathbf{e}^\top x)^2 = 2 \mathbf{e}\mathbf{e}^\top x$."
    )
    assert check_document(text, Settings())[-1].verdict in ("proved", "holds")
