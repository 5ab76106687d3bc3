"""What Latex Sympy Calculator documents, and what its users reported: issues 6, 10, 12, 13, 14, 17 and 26 of that project."""

from __future__ import annotations

import pytest
from explicit_marks import after

OUTER = r"\begin{bmatrix}1\\2\\3\end{bmatrix}\begin{bmatrix}1&2&3\end{bmatrix}"
A = r"A=\begin{bmatrix}5 &6 &-3 \\ -1 &0 &1 \\ 1 &2 &-1 \\\end{bmatrix}"
SHIFTED = r"\begin{bmatrix} \lambda - 5 & -6 & 3 \\ 1 & \lambda & -1 \\ -1 & -2 & \lambda + 1 \end{bmatrix}"


@pytest.mark.parametrize(
    ("marked", "title", "expected"),
    [
        # its manual
        (r"$⟨\frac{d}{dx}(x^3+x^2+1)⟩$", "Evaluate", r"$\frac{d}{dx}(x^3+x^2+1) = 3 x^{2} + 2 x$"),
        (r"$⟨\frac{d}{dx}(x^3+x^2+1)⟩$", "Evaluate and replace", r"$3 x^{2} + 2 x$"),
        (r"$⟨\sqrt{2}⟩$", "Evaluate numerically", r"$\sqrt{2} \approx 1.41421$"),
        (r"Let $y = x + 1$. $⟨2y⟩$", "Expand", "Let $y = x + 1$. $2y = 2 x + 2$"),
        (r"$2x - y = 3, 3x + ¦y = 7$", "Solve for x", r"$2x - y = 3, 3x + y = 7 \quad\Longrightarrow\quad x = 2,\; y = 1$"),
        (
            rf"For ${A}$ let $B = \lambda I - A$. $⟨\det B⟩$",
            "Evaluate and replace",
            rf"For ${A}$ let $B = \lambda I - A$. $\lambda^{{3}} - 4 \lambda^{{2}} + 2 \lambda + 4$",
        ),
        (rf"For ${A}$, $⟨\lambda I - A⟩$", "Evaluate and replace", rf"For ${A}$, ${SHIFTED}$"),
        (
            rf"For ${A}$, $⟨A⟩$",
            "Eigenvalues and replace",
            rf"For ${A}$, $\lambda_1 = 1 - \sqrt{{3}},\; \lambda_2 = 2,\; \lambda_3 = 1 + \sqrt{{3}}$",
        ),
        # the outer product
        (
            f"$⟨{OUTER}⟩$",
            "Evaluate and replace",
            r"$\begin{bmatrix} 1 & 2 & 3 \\ 2 & 4 & 6 \\ 3 & 6 & 9 \end{bmatrix}$",
        ),
        # A^T b with A and b defined before
        (
            r"$A = \begin{pmatrix} 1 & 2 \\ 0 & 3 \end{pmatrix}$, $b = \begin{pmatrix} 1 \\ 1 \end{pmatrix}$: $⟨A^Tb⟩$",
            "Evaluate and replace",
            r"$A = \begin{pmatrix} 1 & 2 \\ 0 & 3 \end{pmatrix}$, $b = \begin{pmatrix} 1 \\ 1 \end{pmatrix}$: $\begin{pmatrix} 1 \\ 5 \end{pmatrix}$",
        ),
        # the letter r
        (r"$⟨r*r⟩$", "Evaluate", "$r*r = r^{2}$"),
        (r"$⟨\int_0^{+\infty}e^{-r}dr⟩$", "Evaluate", r"$\int_0^{+\infty}e^{-r}dr = 1$"),
        (r"$⟨\int_0^r e^{-x}dx⟩$", "Evaluate", r"$\int_0^r e^{-x}dx = 1 - e^{-r}$"),
        (r"$⟨\left(a\right)*a⟩$", "Evaluate", r"$\left(a\right)*a = a^{2}$"),
        # fractions without braces, \over, \tfrac and \dfrac, spaces
        (r"$⟨\frac12 + \frac13⟩$", "Evaluate", r"$\frac12 + \frac13 = \frac{5}{6}$"),
        (r"$⟨\frac{a+b}2 + \frac{a-b}2⟩$", "Evaluate", r"$\frac{a+b}2 + \frac{a-b}2 = a$"),
        (r"$⟨{(3)(4) \over 2\sqrt{4+3(7)}}⟩$", "Evaluate and replace", r"$\frac{6}{5}$"),
        (r"$⟨\dfrac{1}{2} + \tfrac{1}{3}⟩$", "Evaluate and replace", r"$\frac{5}{6}$"),
        ("$⟨x \\,+\\; x\\quad + \\!\n x⟩$", "Evaluate and replace", "$3 x$"),
        # rows combined: r_1, r_2 are rows there, numbers in a formula
        (r"$⟨r_1 + k r_2 + r_1⟩$", "Evaluate and replace", "$k r_2 + 2 r_1$"),
    ],
)  # fmt: skip
def test_the_peer(marked: str, title: str, expected: str) -> None:
    assert after(marked, title) == expected
