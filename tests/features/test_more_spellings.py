"""Spellings of operators that once made a right claim look wrong."""

from __future__ import annotations

import pytest
from nablatex.features.check import check_document
from nablatex.features.model import Settings

SAID = r"Let $A, B \in \mathbb{R}^{n\times n}, x \in \mathbb{R}^n$. "


def verdict(claim: str) -> str | None:
    return check_document(f"{SAID}\n\\[ {claim} \\]\n", Settings())[-1].verdict


@pytest.mark.parametrize(
    "claim",
    [
        r"\frac{\partial}{\partial A}\mathop{\mathrm{tr}}AB = B^\top",
        r"\frac{\partial}{\partial A}\operatorname{Sp}(AB) = B^\top",
        r"{\partial (x^\top Ax)}/{\partial x} = (A + A^\top)x",
        r"\nabla_x 1^\top x = 1",
        r"\nabla_x (1^\top x)^2 = 2 (1^\top x) 1",
        r"\nabla_x \frac{1}{n} 1^\top A x = \frac{1}{n} A^\top 1",
    ],
)
def test_right_claims_hold(claim: str) -> None:
    assert verdict(claim) in ("proved", "holds")


@pytest.mark.parametrize(
    "claim",
    [r"\nabla_x 1^\top A x = A 1", r"{\partial (x^\top Ax)}/{\partial x} = Ax", r"\nabla_x 1^\top x = 2 \cdot 1"],
)
def test_wrong_claims_fail(claim: str) -> None:
    assert verdict(claim) == "fails"


def test_a_word_that_nothing_defines_is_a_function_of_which_nothing_is_known() -> None:
    assert verdict(r"\frac{\partial}{\partial A}\mathrm{foo}(AB) = B^\top") == "unknown"
