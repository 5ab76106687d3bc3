r"""How far ∇ reaches: the gradient of f stands in ``\nabla f(x)^\top d``, for of a number nobody writes the transpose."""

from __future__ import annotations

import pytest
from nablatex.features.check import check_document
from nablatex.features.model import Settings
from nablatex.features.standalone import Formula, derive

PAGE = r"""Let $A\in\mathbb{R}^{n\times n}$ be symmetric and $b, x, d, y \in \mathbb{R}^n$. With $f(x) = x^\top A x$,
$g(x) = b^\top x$ and $F(x) = A x$, """


def verdict(claim: str) -> str | None:
    (found,) = [s for s in check_document(PAGE + f"\\[ {claim} \\]", Settings()) if s.kind == "claim"]
    return found.verdict


@pytest.mark.parametrize(
    "claim",
    [
        r"\nabla f(x)^\top d = 2 x^\top A d",
        r"\nabla_x f(x)^\top d = 2 x^\top A d",
        r"\nabla f^\top d = 2 x^\top A d",
        r"\nabla f(y)' d = 2 y^\top A d",
        r"\nabla f(x)^\top = 2 x^\top A",
        r"\nabla^\top f(x) d = 2 x^\top A d",
        r"\nabla_x^\top f(x) = 2 x^\top A",
        r"\nabla f(x) \nabla f(x)^\top = 4 A x x^\top A",
        r"\nabla_x f(x) \nabla_x^\top f(x) = 4 A x x^\top A",
        r"\nabla \log f(x) \nabla \log f(x)^\top = 4 A x x^\top A / f(x)^2",
        r"\nabla_x \log f(x)^\top d = 2 x^\top A d / f(x)",
        r"d^\top \nabla^2 f(x) d = 2 d^\top A d",
        r"\nabla^2 f(x)^{-1} \nabla f(x) = x",
        # the whole product where there is no such mark
        r"\nabla f(x) g(x) = 2 g(x) A x + f(x) b",
        r"\nabla f(x)^2 = 4 f(x) A x",
        r"\nabla_x F(x)^\top F(x) = 2 A^2 x",
        r"\nabla_x a^\top x \nabla_x b^\top x = a b",
    ],
)
def test_the_usual_reach(claim: str) -> None:
    assert verdict(claim) == "proved"


@pytest.mark.parametrize(
    ("claim", "seen"),
    [
        (r"\nabla f(x)^\top d = x^\top A d", "fails"),
        (r"\nabla^2 f(x) d = A d", "fails"),
        (r"(x'Ax)' = 2Ax", "unknown"),  # a derivative
        (r"(x'A y)' = x'Ay + 1", "unknown"),
        (r"\nabla_x^\top F(x) = \operatorname{tr} A", "unknown"),  # a divergence for some, a Jacobian matrix for others
    ],
)
def test_slips_and_doubts(claim: str, seen: str) -> None:
    assert verdict(claim) == seen


def test_a_directional_derivative_is_inserted() -> None:
    declared = (r"A \in \mathbb{R}^{n \times n}", r"x, d \in \mathbb{R}^n")
    done = derive(Formula(r"\nabla f(x)^\top d", declared, ("A symmetric",), (r"f(x) = x^\top A x",)))
    assert done.latex == r"2x^\top Ad"
