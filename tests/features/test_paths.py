"""Quantities with a parameter: A(t), x(t), K(θ).  Nobody writes the product of A and t so."""

from __future__ import annotations

import pytest
from nablatex.features.check import check_document
from nablatex.features.model import Settings
from nablatex.features.standalone import Formula, derive

MATRICES = (r"A(t), B(t) \in \mathbb{R}^{n\times n}", r"x(t) \in \mathbb{R}^n", r"P \in \mathbb{R}^{n \times n}")


def derived(formula: str, *declarations: str, assume: tuple[str, ...] = ()) -> str:
    done = derive(Formula(formula, declarations, assume))
    return done.latex if done.status == "ok" else done.status


@pytest.mark.parametrize(
    ("formula", "seen"),
    [
        (r"\frac{d}{dt} A(t)^{-1}", r"-A(t)^{-1} \frac{dA(t)}{dt}A(t)^{-1}"),
        (r"\frac{d}{dt} A(t) B(t)", r"\frac{dA(t)}{dt}B(t) + A(t) \frac{dB(t)}{dt}"),
        (r"\frac{d}{dt} \log\det A(t)", r"\operatorname{tr}\left(A(t)^{-1} \frac{dA(t)}{dt}\right)"),
        (r"\frac{d}{dt} P A(t) x", r"P \frac{dA(t)}{dt}x"),
        # the parameter does not move
        (r"\nabla_x x^\top P(t) x", r"(P + P^\top)x"),
    ],
)
def test_what_moves_has_a_derivative(formula: str, seen: str) -> None:
    assert derived(formula, *MATRICES) == seen


@pytest.mark.parametrize(
    ("formula", "seen"),
    [
        (r"\frac{\partial}{\partial\theta} \log\det K(\theta)", r"\operatorname{tr}\left(K(\theta)^{-1} \frac{\partial K(\theta)}{\partial \theta}\right)"),
        (r"\frac{d}{dt} \|x(t)\|^2", r"2x(t)^\top \frac{dx(t)}{dt}"),
    ],
)  # fmt: skip
def test_it_has_one_without_declarations_too(formula: str, seen: str) -> None:
    assert derived(formula) == seen


def test_a_property_of_it_is_heard() -> None:
    text = r"""Let $P(t) \in \mathbb{R}^{n\times n}$ be such that $P(t)$ is symmetric, and $x(t) \in \mathbb{R}^n$.
    \[ \frac{d}{dt} x(t)^\top P(t) x(t) = 2x(t)^\top P(t) \dot x(t) + x(t)^\top \dot P(t) x(t) \]"""
    assert [s.verdict for s in check_document(text, Settings()) if s.kind == "claim"] == ["proved"]


def verdicts(claims: str) -> list[str | None]:
    text = r"Let $A(t), B(t)\in\mathbb{R}^{n\times n}$ be invertible, $x(t)\in\mathbb{R}^n$ and $P\in\mathbb{R}^{n\times n}$ symmetric. "
    return [s.verdict for s in check_document(text + claims, Settings()) if s.kind == "claim"]


@pytest.mark.parametrize(
    "claim",
    [
        r"\frac{d}{dt} A(t)^{-1} = -A(t)^{-1}\frac{dA(t)}{dt}A(t)^{-1}",
        r"\frac{d}{dt} x(t)^\top P x(t) = 2 x(t)^\top P \dot x(t)",
        r"\frac{d}{dt} A(t)B(t) = \dot A(t)B(t) + A(t)\dot B(t)",
        r"\frac{d}{dt} A(t)B(t) = A'(t)B(t) + A(t)B'(t)",
        r"\frac{d}{dt} \log\det A = \operatorname{tr}\left(A^{-1}\dot A\right), \quad A = A(t)",
        r"\frac{d^2}{dt^2} x(t)^\top x(t) = 2\dot x(t)^\top \dot x(t) + 2 x(t)^\top\ddot x(t)",
    ],
)
def test_right_claims_hold(claim: str) -> None:
    assert set(verdicts(f"\\[ {claim} \\]")) <= {"proved", "holds", "unknown"}


@pytest.mark.parametrize(
    "claim",
    [
        r"\frac{d}{dt} A(t)^{-1} = -A(t)^{-2}\frac{dA(t)}{dt}",
        r"\frac{d}{dt} A(t)^{2} = 2A(t)\dot A(t)",
    ],
)
def test_a_wrong_claim_is_not_confirmed(claim: str) -> None:
    assert verdicts(f"\\[ {claim} \\]") == ["unknown"]
