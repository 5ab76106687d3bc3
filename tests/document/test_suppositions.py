"""What is said of symbols in words beside a formula: read as it is meant, or not held against the formula."""

from __future__ import annotations

import pytest
from nablatex.document.suppositions import context_of
from nablatex.features.check import check_document
from nablatex.features.model import Settings
from nablatex.features.standalone import Formula, check

SQUARE = [r"A, B, L, P, Q \in \mathbb{R}^{n\times n}", r"x, y \in \mathbb{R}^n"]


def verdict(latex: str, *assume: str) -> str:
    return check(Formula(latex, SQUARE, assume)).verdict.name


@pytest.mark.parametrize(
    ("latex", "assume", "seen"),
    [
        (r"A^{-1} = L^{-\top}L^{-1}", (r"A = LL^\top", "L is lower triangular with positive diagonal"), "proved"),
        (r"A^{-1} = L^{-1}L^{-\top}", (r"A = LL^\top", "L is lower triangular with positive diagonal"), "fails"),
        (r"(I - 2P)^2 = I", ("P is a projection matrix, P^2 = P",), "holds"),
        (r"P^\top = P", ("P idempotent",), "fails"),
        (r"P^\top = P", ("P is an orthogonal projector",), "proved"),
        (r"P^\top P = I", ("P is an orthogonal projector",), "fails"),
        (r"\|x + y\|^2 = \|x\|^2 + \|y\|^2", ("x and y are orthogonal",), "holds"),
        (r"\|x + y\|^2 = \|x\|^2 + \|y\|^2", (r"x \perp y",), "holds"),
        (r"\|x + y\|^2 = \|x\|^2 + \|y\|^2", (), "fails"),
        (r"A^{-1}B = BA^{-1}", ("A is invertible and AB = BA",), "holds"),
        (r"A^\top A^{-1} = I", ("A is symmetric and invertible",), "proved"),
        (r"\det Q = 1", ("Q is a rotation matrix",), "holds"),
        (r"\det Q = 1", ("Q orthogonal",), "fails"),
    ],
)
def test_words_and_formulas_of_an_assumption(latex: str, assume: tuple[str, ...], seen: str) -> None:
    got = verdict(latex, *assume)
    assert got == seen or (seen == "holds" and got == "proved")


@pytest.mark.parametrize(
    "words", ["A is diagonalizable", "A is nilpotent", "A has distinct eigenvalues", "A is block diagonal"]
)
def test_what_is_not_understood_refutes_nothing(words: str) -> None:
    assert verdict(r"A^\top A = A A^\top", words) == "unknown"
    assert verdict(r"A^\top A = A A^\top") == "fails"
    assert verdict(r"B^\top B = B B^\top", words) == "fails"  # nothing is said of B


def test_a_word_is_whole() -> None:
    context = context_of(SQUARE, ["A is diagonalizable", "B is diagonal"], [])
    known = {d.label: d.properties for d in context.symbols.values()}
    assert "diagonal" not in known["A"] and "diagonal" in known["B"]


@pytest.mark.parametrize(
    ("said", "codes"),
    [("", ["NB201"]), ("a nilpotent matrix ", []), ("a circulant matrix ", [])],
)
def test_nothing_is_refuted_of_a_matrix_of_a_kind_that_is_not_known(said: str, codes: list[str]) -> None:
    text = (
        f"Let $A \\in \\mathbb{{R}}^{{n\\times n}}$ be {said or 'arbitrary '}and $x\\in\\mathbb{{R}}^n$.\n"
        "\\[ \\|Ax\\|^2 = \\|A^\\top x\\|^2 + x^\\top x \\]\n"
    )
    assert [s.code for s in check_document(text, Settings()) if s.code] == codes


@pytest.mark.parametrize(
    ("latex", "seen"),
    [
        (r"Df(X)[H] = -X^{-1}HX^{-1}", ("proved", "holds")),
        (r"\mathrm{D}f(X)[H] = -X^{-1}HX^{-1}", ("proved", "holds")),
        (r"Df(X)[H] = -HX^{-2}", ("fails",)),
        (r"Dg(x) = 2x^\top", ("proved", "holds")),
        (r"Dg(x)y = 2x^\top y", ("proved", "holds")),
    ],
)
def test_the_derivative_of_a_function_along_a_direction(latex: str, seen: tuple[str, ...]) -> None:
    decls = [r"X, H \in \mathbb{R}^{n\times n}", r"x, y \in \mathbb{R}^n"]
    done = check(Formula(latex, decls, ("X invertible",), (r"f(X) = X^{-1}", r"g(x) = x^\top x")))
    assert done.verdict.name in seen
