"""Sums over indices and integrals: what the author writes, and what she sees as the derivative."""

from __future__ import annotations

import pytest
from nablatex.features.standalone import Formula, check, derive

VECTOR = ("x, c \\in \\mathbb{R}^n", "A, W \\in \\mathbb{R}^{m \\times n}")
SAMPLES = ("w \\in \\mathbb{R}^n", "x_1, \\dots, x_N \\in \\mathbb{R}^n", "y_1, \\dots, y_N \\in \\mathbb{R}")

WRITTEN = [
    (VECTOR, r"\nabla_x \sum_{i=1}^n x_i^2", "2x"),
    (VECTOR, r"\frac{\partial}{\partial A}\sum_{i=1}^m\sum_{j=1}^n W_{ij} A_{ij}^2", r"2A \odot W"),
    (VECTOR, r"\frac{\partial}{\partial A}\sum_{i,j} A_{ij}^2", "2A"),
    (VECTOR, r"\nabla_x \log\sum_{i=1}^n e^{x_i}", r"\frac{\exp(x)}{\mathbf{1}_n^\top \exp(x)}"),
    (VECTOR, r"\frac{\partial}{\partial A_{ij}}\sum_k A_{1k} c_k", r"\delta_{1i}c_j"),
    (SAMPLES, r"\nabla_w \sum_{i=1}^N (y_i - w^\top x_i)^2", r"-2\sum_{i=1}^N (y_i - w^\top x_i)x_i"),
    (VECTOR, r"\nabla_x \int_0^1 \|x + tc\|^2\,dt", "c + 2x"),
    (VECTOR, r"\frac{d}{d s}\int_0^s \|x + tc\|^2\,dt", None),
]


@pytest.mark.parametrize(("decls", "latex", "seen"), WRITTEN)
def test_sums_and_integrals_are_worked_out(decls: tuple[str, ...], latex: str, seen: str | None) -> None:
    done = derive(Formula(latex, decls))
    assert done.status == "ok", done.message
    assert seen is None or done.latex == seen


HOLDS = [
    (VECTOR, r"\sum_{i=1}^m \sum_{j=1}^n A_{ij} W_{ij} = \operatorname{tr}(A^\top W)"),
    (("X \\in \\mathbb{R}^{m \\times n}",), r"\frac{\partial X}{\partial X_{ij}} = J^{ij}"),
    (("X \\in \\mathbb{R}^{n \\times n}",), r"d^2(X^{-1}) = 2X^{-1}\,dX\,X^{-1}\,dX\,X^{-1}"),
    (("A \\in \\mathbb{R}^{n \\times n}",), r"\int_0^1 e^{At} A\,dt = e^A - I"),
    (("A, B \\in \\mathbb{R}^{n \\times n}",), r"e^{A \otimes I + I \otimes B} = e^A \otimes e^B"),
]


@pytest.mark.parametrize(("decls", "latex"), HOLDS)
def test_identities_in_index_notation_hold(decls: tuple[str, ...], latex: str) -> None:
    assert check(Formula(latex, decls)).verdict.name in ("proved", "holds")


def test_a_sample_is_not_taken_for_a_fixed_vector() -> None:
    claim = r"\nabla_w \sum_{i=1}^N (y_i - w^\top x_i)^2 = -2 N (y_i - w^\top x_i) x_i"
    assert check(Formula(claim, SAMPLES)).verdict.name not in ("proved", "holds")


@pytest.mark.parametrize(
    ("latex", "seen", "said"),
    [
        (r"\nabla_A \|A\|_2", r"u_1 v_1^\top", "largest singular value of $A$ is simple"),
        (r"\nabla_x \|x\|_1", r"\operatorname{sign}(x)", "no entry of $x$ is zero"),
        (r"\nabla_x \frac{x^\top B x}{x^\top x}", None, ""),
        (r"\frac{\partial \det(BCB)}{\partial C}", r"\det(BCB)C^{-\top}", ""),
        (r"\frac{\partial}{\partial B}\operatorname{tr}(B \otimes C)", r"\operatorname{tr}(C)I_n", ""),
    ],
)
def test_results_are_written_as_people_write_them(latex: str, seen: str | None, said: str) -> None:
    done = derive(Formula(latex, (*VECTOR, "B, C \\in \\mathbb{R}^{n \\times n}")))
    assert done.status == "ok" and said in done.message
    assert seen is None or done.latex == seen


EINSTEIN = ("x, y, c \\in \\mathbb{R}^n", "A, B, C \\in \\mathbb{R}^{n \\times n}")


@pytest.mark.parametrize(
    ("latex", "seen"),
    [
        (r"\frac{\partial}{\partial x_k} A_{ij} x_i x_j", r"(Ax)_k + (A^\top x)_k"),
        (r"\frac{\partial}{\partial x} A_{ij} x_i x_j", r"(A + A^\top)x"),
        (r"\frac{\partial}{\partial A_{pq}} A_{ij} B_{jk} C_{ki}", r"(BC)_{qp}"),
        (r"\frac{\partial}{\partial A} A_{ii}", r"I_n"),
        (r"\frac{\partial}{\partial x_i} c_i x_i", r"c_i"),
    ],
)
def test_an_index_that_stands_twice_is_summed_over(latex: str, seen: str) -> None:
    done = derive(Formula(latex, EINSTEIN))
    assert (done.status, done.latex) == ("ok", seen)


@pytest.mark.parametrize(
    "claim",
    [
        r"\frac{\partial}{\partial x_k} A_{ij} x_i x_j = (A_{kj} + A_{jk}) x_j",
        r"A_{ij} x_i y_j = x^\top A y",
        r"(AB)_{ij} = A_{ik} B_{kj}",
        r"(A \odot B)_{ij} = A_{ij} B_{ij}",  # i and j are free: nothing is summed
        r"\frac{\partial (x_i y_i)}{\partial x_j} = \delta_{ij} y_i",
        r"\delta_{ij} x_j = x_i",
    ],
)
def test_einsteins_sums_are_judged_as_sums_and_products_of_entries_as_products(claim: str) -> None:
    assert check(Formula(claim, EINSTEIN)).verdict.name in ("proved", "holds")
