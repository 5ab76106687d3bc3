"""Phrases of real notes that once made a right step look wrong, with the same pages after a slip."""

from __future__ import annotations

import pytest
from nablatex.features.check import check_document
from nablatex.features.model import Settings


def wrong(text: str) -> list[str]:
    return [s.latex.strip() for s in check_document(text, Settings()) if s.code is not None]


SVD = r"""
Recall that the singular value decomposition (SVD) of a matrix $\mathbf{X}$ is

$$\mathbf{X} = \mathbf{U} \mathbf{D} \mathbf{V}^\top$$

where $\mathbf{D}$ is a diagonal matrix. We can rewrite the estimator:

\begin{align} (\mathbf{X}^\top \mathbf{X})^{-1} \mathbf{X}^\top
&= (\mathbf{V} \mathbf{D}^2 \mathbf{V}^\top)^{-1} \mathbf{V} \mathbf{D} \mathbf{U}^\top \\
&= \mathbf{V} \mathbf{D}^{-2} \mathbf{V}^\top \mathbf{V} \mathbf{D} \mathbf{U}^\top \\
&= \mathbf{V} \mathbf{D}^{-1} \mathbf{U}^\top \end{align}
"""
EIGEN = r"""
Let $A \in \mathbb{R}^{n\times n}$ be symmetric with eigendecomposition $A = Q\Lambda Q^\top$. Then
\begin{align} A^2 &= Q\Lambda Q^\top Q\Lambda Q^\top \\ &= Q\Lambda^2 Q^\top. \end{align}
"""
CHOLESKY = r"""
Let $\Sigma \in \mathbb{R}^{n\times n}$ be positive definite, with Cholesky factor $L$, that is $\Sigma = LL^\top$, and $x \in \mathbb{R}^n$.
\begin{align} x^\top\Sigma^{-1}x &= x^\top L^{-\top}L^{-1}x \\ &= \|L^{-1}x\|^2 \end{align}
"""
TOP = r"""
Here $D_k = \text{diag}(\sigma_1, \dots, \sigma_k)$ contains the top $k$ singular values, where $D_k = \text{diag}(\sigma_1, \dots, \sigma_k)$, and
$U_k \in \mathbb{R}^{m\times k}$, $V_k \in \mathbb{R}^{n \times k}$. Then
$$S = U_k D_k V_k^\top (U_k D_k V_k^\top)^\top = U_k D_k V_k^\top V_k D_k U_k^\top.$$
"""
EINSTEIN = r"""
For $A \in \mathbb{R}^{n\times m}$, $B \in \mathbb{R}^{m \times n}$, $X \in \mathbb{R}^{m\times m}$ in tensor notation
\begin{align}
\frac{\partial}{\partial X} \tr(AXB) & =\frac{\partial (A_{ij} X_{jk} B_{ki})}{\partial X_{pq}}=
\frac{\partial X_{jk}}{\partial X_{pq}} A_{ij} B_{ki} = \delta_{jp} \delta_{kq} A_{ij}B_{ki} \\
& = A_{ip} B_{qi} = B_{qi} A_{ip} = (BA)_{qp}=(BA)_{pq}^T = (BA)^T
\end{align}
"""
AT_A_POINT = r"""
Let $x \in \mathbb{R}$ and $f = x^3 + 2x^2 - 5x + 7$. Then $\frac{\partial f}{\partial x} = 3x^2 + 4x - 5$.

**At $x = 0$:** $\frac{\partial f}{\partial x} = -5$ (the function is decreasing)

**At $x = 1$:** $\frac{\partial f}{\partial x} = 3(1)^2 + 4(1) - 5 = 2$
"""
DECLARED_ANEW = r"""
For example, $\mathbf{X} = \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}$ is a matrix.

Let $f(\mathbf{X}) = \text{tr}(\mathbf{X})$ where $\mathbf{X} \in \mathbb{R}^{n \times n}$. Then
$$\frac{\partial f}{\partial \mathbf{X}} = \mathbf{I}_n$$
"""
TRANSPOSED_BY_PRIMES = r"""
Writing out all the steps, we have
\[ \begin{aligned} d(a'x)&=(da)'x+a'(dx),\\ d(x'Ax)&=(dx)'Ax+x'(dA)x+x'A(dx). \end{aligned} \]
"""
TRACE_OF_ALL = r"""
Let $X \in \mathbb{R}^{m \times n}$ have full column rank.
\begin{align} 2\mathrm{tr}(X'X)^{-1}(X'dX + dX'X) &= 2\mathrm{tr}(X'X)^{-1}X'dX + 2\mathrm{tr}(X'X)^{-1}dX'X \\
&= 4\mathrm{tr}(X'X)^{-1}X'dX \end{align}
"""
APPLIED = r"""
Show that $f(x) = x^2$ implies $df(x)(u) = 2xu$, and in general $df(x)(u) = f'(x)u$.
"""
EXPECTED = r"""
The cost is $J = E[|e(n)|^2]$ with $\mathbf{w} \in \mathbb{R}^n$, $\mathbf{R} \in \mathbb{R}^{n\times n}$, $\mathbf{p} \in \mathbb{R}^n$ and
$e(n) = d(n) - \mathbf{w}^T \mathbf{x}(n)$. Its gradient is
$$\nabla_{\mathbf{w}} J = -2\mathbf{p} + 2\mathbf{R}\mathbf{w}$$
"""
PUT_IN = r"""
Let $x \in \mathbb{R}^{m \times p}$ be the data and $W = Q\Sigma^{-1/2}$, where $Q \in \mathbb{R}^{p\times p}$ is orthogonal. Then
$$\text{tr}(x^\top x W) = \text{tr}(\Sigma Q \Sigma^{-1/2}).$$
"""
LENGTH = r"""
For a vector $dx \in \mathbb{R}^p$ its squared length is
$$|dx|^2 = \sum_{i=1}^p (dx_i)^2.$$
"""
SQUARE_AMONG_OTHERS = r"""
For invertible $A\in\mathbb{R}^{n\times n}$ and $C\in\mathbb{R}^{k\times k}$, $U\in\mathbb{R}^{n\times k}$, $V\in\mathbb{R}^{k\times n}$:
$$(A+UCV)^{-1} = A^{-1} - A^{-1}U\left(C^{-1}+VA^{-1}U\right)^{-1}VA^{-1}$$
"""
SQUARE_AGAIN = r"""
For $A\in\mathbb R^{n\times m}$, $X\in\mathbb R^{m\times n}$ we have $d\operatorname{tr}(AX)=\operatorname{tr}(A\,dX)$.
For invertible $X$ also $d(X^{-1})=-X^{-1}(dX)X^{-1}$.
"""
PAGES = {
    "singular values": SVD,
    "eigenvalues": EIGEN,
    "Cholesky": CHOLESKY,
    "a diagonal of numbers": TOP,
    "summation convention": EINSTEIN,
    "at a point": AT_A_POINT,
    "declared anew": DECLARED_ANEW,
    "primes that transpose": TRANSPOSED_BY_PRIMES,
    "the trace of all that follows": TRACE_OF_ALL,
    "a differential that is applied": APPLIED,
    "an expectation in brackets": EXPECTED,
    "what is put in is said elsewhere": PUT_IN,
    "bars of a vector": LENGTH,
    "a list of which some are square": SQUARE_AMONG_OTHERS,
    "a letter that is square from here on": SQUARE_AGAIN,
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_a_right_page_is_quiet(page: str) -> None:
    assert wrong(page) == []


@pytest.mark.parametrize(
    ("page", "right", "slip"),
    [
        (EIGEN, r"Q\Lambda^2 Q^\top.", r"Q\Lambda^2 Q."),
        (CHOLESKY, r"\|L^{-1}x\|^2", r"\|Lx\|^2"),
        (SQUARE_AMONG_OTHERS, r"A^{-1} - A^{-1}U", r"A^{-1} + A^{-1}U"),
        (AT_A_POINT, "= 3x^2 + 4x - 5$.", "= 3x^2 + 4x - 7$."),
    ],
)
def test_a_slip_is_found(page: str, right: str, slip: str) -> None:
    assert right in page and len(wrong(page.replace(right, slip))) >= 1


@pytest.mark.parametrize("environment", ["align", "align*", "eqnarray*", "equation*", "gather"])
def test_rows_of_an_environment_in_dollars_are_rows(environment: str) -> None:
    page = (
        "Let $A, B \\in \\mathbb{R}^{n\\times n}$.\n\n$$\n\\begin{" + environment + "}\n"
        "(A^T)^T = A \\tag{2.1} \\\\\n(AB)^T = B^T A^T \\tag{2.2}\n\\end{" + environment + "}\n$$\n"
    )
    assert wrong(page) == []
    assert len(wrong(page.replace("B^T A^T", "A^T B^T"))) == 1


def test_a_horizontal_space_parts_formulas_when_it_is_wide() -> None:
    page = r"""
Let $x, y \in \mathbb{R}$ and $f(x,y) = x y$. Then
$$ \frac{\partial f}{\partial x} = y \hspace{0.5in} \frac{\partial f}{\partial y} = x $$
"""
    assert wrong(page) == []
    assert wrong(page.replace("= y ", "= 2y ")) != []


def test_a_letter_may_mean_its_last_relative() -> None:
    page = r"""
Let $x, c \in \mathbb{R}$.
$$ f(x) = \frac{1}{x}, \qquad \frac{df}{dx} = -1/x^2 $$
$$ f_c(x) = c + x, \qquad \frac{df}{dx} = 1 $$
"""
    assert wrong(page) == []
    assert wrong(page.replace("= 1 $$", "= 2 $$")) != []
