r"""Laws of motion, and what changes along the trajectories that they describe: Lyapunov functions."""

from __future__ import annotations

import pytest
from nablatex.features.check import check_document
from nablatex.features.model import Settings, Statement

PAGE = r"""Consider the system LAW with $A \in \mathbb{R}^{n\times n}$ and $x \in \mathbb{R}^n$.
Let $P\in\mathbb{R}^{n\times n}$ be symmetric and $V(x) = x^\top P x$. """
LAWS = [r"$\dot x = A x$", r"\[ \frac{dx}{dt} = A x \]", r"\[ \dot x(t) = A x(t), \]"]


def claims(formula: str, law: str = LAWS[0]) -> list[Statement]:
    found = check_document(PAGE.replace("LAW", law) + f"\\[ {formula} \\]", Settings())
    return [s for s in found if s.kind == "claim"]


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize(
    "formula",
    [
        r"\dot V = \dot x^\top P x + x^\top P \dot x = x^\top (A^\top P + P A) x",
        r"\dot V(x) = 2 x^\top P A x",
        r"\frac{d}{dt} V(x) = x^\top (A^\top P + P A) x",
        r"\frac{d}{dt} V(x(t)) = x(t)^\top (A^\top P + P A) x(t)",
        r"\frac{dV}{dt} = \nabla V(x)^\top \dot x = 2 x^\top P A x",
    ],
)
def test_what_is_right_along_trajectories_holds(formula: str, law: str) -> None:
    steps = claims(formula, law)
    assert steps and {s.verdict for s in steps} <= {"proved", "holds"}
    assert steps[-1].evidence["given"] == "the law of motion"


@pytest.mark.parametrize(
    ("formula", "mend"),
    [
        (r"\dot V = x^\top (A P + P A) x", r"x^\top (A^\top P + P A) x"),
        (r"\dot V(x) = x^\top P A x", r"2x^\top P A x"),
    ],
)
def test_a_slip_is_found(formula: str, mend: str) -> None:
    (found,) = claims(formula)
    assert (found.code, found.fixes[0].replacement) == ("NB201", mend)


@pytest.mark.parametrize(
    ("law", "formula"),
    [
        (LAWS[0], r"\dot V = -x^\top Q x"),
        (r"$\dot x = f(x)$", r"\dot V = 2 x^\top P A x"),
        ("(1)", r"\frac{d}{dt} V(x) = 2 x^\top A P x"),
        (r"$\dot x = A x + B u$", r"\dot V = x^\top (A P + P A) x"),
    ],
)
def test_nothing_is_wrong_that_may_rest_on_another_law(law: str, formula: str) -> None:
    assert [s.code for s in claims(formula, law)] == [None]


def test_a_law_is_no_claim() -> None:
    assert claims(r"\frac{dx}{dt} = A x + u") == []
