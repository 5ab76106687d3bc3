"""Matrices made of blocks, and explicit matrices among symbolic ones."""

from __future__ import annotations

import pytest
from explicit_marks import after, titles
from nablatex.features.evaluate import evaluate_alone
from nablatex.features.standalone import Formula

DECLS = (
    r"A \in \mathbb{R}^{n\times n}",
    r"D \in \mathbb{R}^{m\times m}",
    r"B \in \mathbb{R}^{n\times m}",
    r"C \in \mathbb{R}^{m\times n}",
    r"x, y \in \mathbb{R}^n",
    r"z \in \mathbb{R}^m",
    r"c \in \mathbb{R}",
    r"X \in \mathbb{R}^{2\times k}",
)
M = r"\begin{pmatrix} A & B \\ C & D \end{pmatrix}"


@pytest.mark.parametrize(
    ("latex", "expected", "rule"),
    [
        (
            rf"{M}^{{-1}}",
            r"\begin{pmatrix} A^{-1} + A^{-1}B (D - C A^{-1}B)^{-1}C A^{-1} & -A^{-1}B (D - C A^{-1}B)^{-1} \\"
            r" -(D - C A^{-1}B)^{-1}C A^{-1} & (D - C A^{-1}B)^{-1} \end{pmatrix}",
            "Schur complement",
        ),
        (
            r"\begin{bmatrix} A & B \\ 0 & D \end{bmatrix}^{-1}",
            r"\begin{bmatrix} A^{-1} & -A^{-1}B D^{-1} \\ 0 & D^{-1} \end{bmatrix}",
            "triangular",
        ),
        (rf"\det {M}", r"\det(A) \det(D - C A^{-1}B)", "Schur complement"),
        (r"\det \begin{pmatrix} A & 0 \\ C & D \end{pmatrix}", r"\det(A) \det(D)", "triangular"),
        (r"\det \begin{pmatrix} A & x \\ y^\top & c \end{pmatrix}", r"\det(A)(c - y^\top A^{-1}x)", "Schur complement"),
        (rf"\operatorname{{tr}} {M}", r"\operatorname{tr}(A) + \operatorname{tr}(D)", "trace"),
        (
            rf"{M} \begin{{pmatrix}} x \\ z \end{{pmatrix}}",
            r"\begin{pmatrix} Ax + Bz \\ C x + Dz \end{pmatrix}",
            "products",
        ),
        (
            r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}^{-1} \begin{pmatrix} 0 & 2 \\ 2 & 0 \end{pmatrix} X",
            r"\begin{pmatrix} 2 & -4 \\ -1 & 3 \end{pmatrix}X",
            "inverse",
        ),
    ],
)
def test_blocks_are_worked_out(latex: str, expected: str, rule: str) -> None:
    done = evaluate_alone(Formula(latex, DECLS))
    assert done.status == "ok", done.message
    assert done.result.replace(" ", "") == expected.replace(" ", "")
    assert rule in done.message


def test_what_does_not_fit_is_declined() -> None:
    done = evaluate_alone(Formula(rf"{M} \begin{{pmatrix}} z \\ x \end{{pmatrix}}", DECLS))
    assert done.status != "ok"


def test_a_block_inverse_is_put_in_place() -> None:
    text = r"Let $A, D \in \mathbb{R}^{n\times n}$. \[ \begin{bmatrix} A & 0 \\ 0 & D \end{bmatrix}¦^{-1} = \]"
    assert "Work the blocks out" in titles(text)
    expected = r"\begin{bmatrix} A^{-1} & 0 \\ 0 & D^{-1} \end{bmatrix} \]"
    assert after(text, "Work the blocks out").endswith(r"^{-1} = " + expected)
