"""Quantities with a parameter: A(t), x(t), K(θ).  Nobody writes the product of A and t so."""

from __future__ import annotations

import pytest
from nablatex.features.check import check_document
from nablatex.features.model import Settings
from nablatex.features.standalone import Formula, check, derive

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


def judged(text: str) -> list[tuple[str | None, str | None]]:
    return [(s.verdict, s.code) for s in check_document(text, Settings()) if s.kind == "claim"]


@pytest.mark.parametrize(
    ("claim", "mend"),
    [
        (r"\frac{d}{dt} A(t)^{-1} = A(t)^{-1}\dot A(t)A(t)^{-1}", r"-A(t)^{-1}\dot A(t)A(t)^{-1}"),
        (r"\frac{d}{dt} x(t)^\top P x(t) = x(t)^\top P \dot x(t)", r"2x(t)^\top P \dot x(t)"),
        (r"\frac{d}{dt} \log\det A(t) = \operatorname{tr}(A(t)\dot A(t))", r"\operatorname{tr}(A(t)^{-1}\dot A(t))"),
        # as if matrices were numbers
        (r"\frac{d}{dt} A(t)^{-1} = -A(t)^{-2}\frac{dA(t)}{dt}", r"-A(t)^{-1} \frac{dA(t)}{dt}A(t)^{-1}"),
        (r"\frac{d}{dt} A(t)^{2} = 2A(t)\dot A(t)", r"\dot{A}(t)A(t) + A(t) \dot{A}(t)"),
    ],
)
def test_a_slip_is_found_and_mended(claim: str, mend: str) -> None:
    text = r"Let $A(t)\in\mathbb{R}^{n\times n}$, $x(t)\in\mathbb{R}^n$ and $P\in\mathbb{R}^{n\times n}$ symmetric. "
    (found,) = [s for s in check_document(text + f"\\[ {claim} \\]", Settings()) if s.kind == "claim"]
    assert (found.verdict, found.code) == ("fails", "NB201")
    assert found.fixes[0].replacement == mend
    assert "smooth" in found.message


@pytest.mark.parametrize(
    "claim",
    [
        r"\frac{d}{dt} x(t)^\top P x(t) = x(t)^\top (B^\top P + P B) x(t)",
        r"\frac{d}{dt} \|x(t)\|^2 = 0",
        r"\frac{d}{dt} Q(t)^\top = -Q(t)^\top \dot Q(t) Q(t)^\top",
        r"\frac{d}{dt} x(t) = B x(t)",
    ],
)
def test_what_may_rest_on_a_law_of_motion_is_not_called_wrong(claim: str) -> None:
    text = r"Let $Q(t), P, B\in\mathbb{R}^{n\times n}$ and $x(t)\in\mathbb{R}^n$. "
    assert set(judged(text + f"\\[ {claim} \\]")) <= {("unknown", None)}


def test_it_may_commute_with_its_derivative() -> None:
    text = r"""Let $M(t) \in \mathbb{R}^{n\times n}$. Suppose that $M(t)$ and $\dot M(t)$ commute. Then
    \[ \frac{d}{dt} M(t)^3 = 3M(t)^2\dot M(t). \]"""
    assert judged(text) == [("conditional", None)]


def test_a_claim_that_stands_alone_is_refuted_by_the_same_measure() -> None:
    def verdict(claim: str) -> str:
        return check(Formula(claim, MATRICES)).verdict.name

    assert verdict(r"\frac{d}{dt} A(t)^{-1} = A(t)^{-1}\dot A(t)A(t)^{-1}") == "fails"
    assert verdict(r"\frac{d}{dt} \|x(t)\|^2 = 2x(t)^\top P x(t)") == "unknown"
