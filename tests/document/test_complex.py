r"""Formulas over \mathbb{C}: the conjugate of a symbol is independent of it."""

from __future__ import annotations

import pytest
from nablatex.features.standalone import Formula, check, derive

C = (r"A, B, X \in \mathbb{C}^{n \times n}", r"x, y \in \mathbb{C}^n", r"z \in \mathbb{C}")


@pytest.mark.parametrize(
    ("latex", "assume", "verdict"),
    [
        (r"(AB)^H = B^H A^H", (), True),
        (r"(AB)^H = B^T A^T", (), False),
        (r"A^H = A^T", (), False),
        (r"A^H = A", ("A Hermitian",), True),
        (r"A^T = A", ("A Hermitian",), False),
        (r"A^H A = I", ("A unitary",), True),
        (r"A^T A = I", ("A unitary",), False),
        (r"(A^{-1})^H = A^{-H}", ("A invertible",), True),
        (r"\|x\|^2 = x^H x", (), True),
        (r"\|x\|^2 = x^T x", (), False),
        (r"\|A\|_F^2 = \operatorname{tr}(A^H A)", (), True),
        (r"|z|^2 = z \bar z", (), True),
        (r"\operatorname{tr}(AB) = \operatorname{tr}(BA)", (), True),
    ],
)
def test_claims_about_complex_matrices(latex: str, assume: tuple[str, ...], verdict: bool) -> None:
    found = check(Formula(latex, C, assume)).verdict.name
    assert found in (("proved", "holds") if verdict else ("fails",))


@pytest.mark.parametrize(
    ("latex", "seen"),
    [
        (r"\frac{\partial}{\partial X^*} \operatorname{tr}(X^H A X)", "AX"),
        (r"\frac{\partial}{\partial X} \operatorname{tr}(X^H A X)", "A^\\top X^*"),
        (r"\frac{\partial}{\partial \bar x} \|x - y\|^2", "x - y"),
        (r"\frac{\partial}{\partial X^*} \operatorname{tr}(A X^{-H})", "-X^{-H}A X^{-H}"),
        (r"\frac{\partial}{\partial X^*} \log\det(I + X X^H)", "(I_n + X X^H)^{-1}X"),
        (r"\frac{\partial}{\partial x^*} |z - x^H y|^2", "-(z^* - y^H x)y"),
        (r"\frac{\partial}{\partial X} \operatorname{tr}(A X)", "A^\\top"),
    ],
)
def test_wirtinger_derivatives(latex: str, seen: str) -> None:
    done = derive(Formula(latex, C))
    assert (done.status, done.latex) == ("ok", seen), done.message


def test_norms_that_need_more_than_a_conjugate_are_declined() -> None:
    assert derive(Formula(r"\nabla_x \|x\|_1", C)).status == "unsupported"
