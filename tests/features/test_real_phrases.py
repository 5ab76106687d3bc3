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
PAGES = {
    "singular values": SVD,
    "eigenvalues": EIGEN,
    "Cholesky": CHOLESKY,
    "a diagonal of numbers": TOP,
    "summation convention": EINSTEIN,
    "at a point": AT_A_POINT,
    "declared anew": DECLARED_ANEW,
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_a_right_page_is_quiet(page: str) -> None:
    assert wrong(page) == []


@pytest.mark.parametrize(
    ("page", "right", "slip"),
    [
        (EIGEN, r"Q\Lambda^2 Q^\top.", r"Q\Lambda^2 Q."),
        (CHOLESKY, r"\|L^{-1}x\|^2", r"\|Lx\|^2"),
        (AT_A_POINT, "= 3x^2 + 4x - 5$.", "= 3x^2 + 4x - 7$."),
    ],
)
def test_a_slip_is_found(page: str, right: str, slip: str) -> None:
    assert right in page and len(wrong(page.replace(right, slip))) >= 1
