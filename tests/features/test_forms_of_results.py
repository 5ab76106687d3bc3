"""Derivatives that people ask for, and the form in which they get them."""

from __future__ import annotations

import pytest
from nablatex.features.check import check_document
from nablatex.features.model import Settings
from nablatex.features.standalone import Formula, check, derive

REGRESSION = (r"X \in \mathbb{R}^{n\times p}", r"\beta, w \in \mathbb{R}^p", r"y \in \mathbb{R}^n")
GAUSSIAN = (r"x, \mu, x_i \in \mathbb{R}^d", r"\Sigma \in \mathbb{S}^d_{++}", r"\nu \in \mathbb{R}")
ATTENTION = (r"Q, K \in \mathbb{R}^{n\times d}", r"V, G \in \mathbb{R}^{n\times p}")
SQUARE = (r"X, A, B \in \mathbb{R}^{n\times n}", r"x, a, b \in \mathbb{R}^n")


@pytest.mark.parametrize(
    ("decls", "asked", "seen"),
    [
        # what cancels, cancels
        (REGRESSION, r"\frac{\partial}{\partial w^\top}(X^\top X)^{-1}X^\top X w", r"I_p"),
        (REGRESSION, r"\nabla_w \beta^\top X^\top X (X^\top X)^{-1} w", r"\beta"),
        (REGRESSION, r"\nabla_w y^\top X (X^\top X)^{-\top} X^\top X w", r"X^\top y"),
        (SQUARE, r"\nabla_A \operatorname{tr}(A B B)", r"(B^\top)^2"),
        (SQUARE, r"\nabla_A \operatorname{tr}(A (B + I)(B + I))", r"(B^\top + I_n)^2"),
        # divisors go into sums that divide
        (
            GAUSSIAN,
            r"\nabla_x \log\left(1 + \frac{1}{\nu}(x-\mu)^\top\Sigma^{-1}(x-\mu)\right)",
            r"\frac{2\Sigma^{-1} (x - \mu)}{\nu + (x - \mu)^\top \Sigma^{-1} (x - \mu)}",
        ),
        (REGRESSION, r"\nabla_X \log\det(I + \frac{1}{s^2}X^\top X)", r"2X (s^2 I_p + X^\top X)^{-1}"),
        # what does not depend on an index stands before its sum
        (
            GAUSSIAN,
            r"\nabla_\mu \left(-\frac12 \sum_{i=1}^N (x_i-\mu)^\top\Sigma^{-1}(x_i-\mu)\right)",
            r"\Sigma^{-1} \sum_{i=1}^N (x_i - \mu)",
        ),
        # entry by entry
        (SQUARE, r"\nabla_x \|x\|_4^4", r"4x^{\odot 3}"),
        (SQUARE, r"\nabla_x \|x\|_3^3", r"3\operatorname{sign}(x) \odot x \odot x"),
        (
            SQUARE,
            r"\nabla_X \left(\mathbf{1}^\top (AX) \mathbf{1} - \mathbf{1}^\top (B\odot\log(AX))\mathbf{1}\right)",
            r"A^\top (\mathbf{1}_n \mathbf{1}_n^\top - B \oslash AX)",
        ),
        (
            SQUARE,
            r"\frac{\partial}{\partial x^\top} \tanh(Ax + b)",
            r"\operatorname{diag}(\mathbf{1}_n - \tanh(Ax + b)^{\odot 2})A",
        ),
        (SQUARE, r"\nabla_x \mathbf{1}^\top \log(1 + e^{-x})", r"-\mathbf{1}_n \oslash (\mathbf{1}_n + \exp(x))"),
        # sums of entries
        (SQUARE, r"\nabla_x a^\top x \mathbf{1}_n^\top \mathbf{1}_n", r"na"),
        (SQUARE, r"\nabla_x \mathbf{1}^\top (x \odot x)", r"2x"),
        (
            SQUARE,
            r"\nabla_x \|x - \tfrac1n \mathbf{1}\mathbf{1}^\top x\|^2",
            r"2\left(x - \frac{\mathbf{1}_n \mathbf{1}_n^\top x}{n}\right)",
        ),
        # a letter that a sum or an integral binds is not the one outside
        (SQUARE, r"\frac{\partial}{\partial x_i} \left( x_i \sum_{i=1}^n x_i^2 \right)", r"x^\top x + 2x_i^2"),
        (
            SQUARE,
            r"\nabla_x \frac{1}{t} \int_0^1 t\, a^\top e^{tA} x \,dt",
            r"\frac{1}{t} \int_0^1 t e^{t A^\top} \,dt\, a",
        ),
        # p-norms
        (SQUARE, r"\nabla_x \|x\|_4", r"\frac{x^{\odot 3}}{\|x\|_4^3}"),
        (SQUARE, r"\nabla_x \frac1p \|x\|_p^p", r"\operatorname{sign}(x) \odot |x|^{\odot (p - 1)}"),
        (SQUARE, r"\nabla_x \|x\|_p", r"\|x\|_p^{1 - p} \operatorname{sign}(x) \odot |x|^{\odot (p - 1)}"),
        # products over an index
        (
            ("a_i, x \\in \\mathbb{R}^n",),
            r"\nabla_x \prod_{i=1}^m a_i^\top x",
            r"\left(\prod_{i=1}^m a_i^\top x\right) \sum_{i=1}^m \frac{a_i}{a_i^\top x}",
        ),
        (
            ("a_i, x \\in \\mathbb{R}^n",),
            r"\nabla_x \log \prod_{i=1}^m a_i^\top x",
            r"\sum_{i=1}^m \frac{a_i}{a_i^\top x}",
        ),
        # sums over sets and pairs; by one entry, over what stands beside it
        (SQUARE, r"\nabla_x \sum_{(i,j)\in E} (x_i-x_j)^2", r"2\sum_{(i,j) \in E} (x_i - x_j)(e_i - e_j)"),
        (
            SQUARE,
            r"\nabla_x \frac{1}{|E|} \sum_{(i,j)\in E} x_i x_j",
            r"\frac{1}{|E|} \sum_{(i,j) \in E} (x_j e_i + x_i e_j)",
        ),
        (SQUARE, r"\nabla_x \sum_{i\ne j} A_{ij} x_i x_j", r"(A + A^\top)x - 2\operatorname{diag}(A) \odot x"),
        (SQUARE, r"\nabla_x \sum_{i<j} (x_i-x_j)^2", r"2(nx - (\mathbf{1}_n^\top x) \mathbf{1}_n)"),
        (SQUARE, r"\nabla_x \sum_{i \in S} x_i^2", r"2\sum_{i \in S} x_i e_i"),
        (SQUARE, r"\frac{\partial}{\partial x_k} \sum_{1 \le i<j \le n} (x_i-x_j)^2", r"2\sum_{j \ne k} (x_k - x_j)"),
        (
            SQUARE,
            r"\frac{\partial}{\partial x_k} \sum_{j\ne k} \frac{1}{x_j - x_k}",
            r"\sum_{j \ne k} \frac{1}{(x_j - x_k)^2}",
        ),
        (
            ("x_i \\in \\mathbb{R}^d",),
            r"\nabla_{x_k} \sum_{i\ne j} \frac{1}{\|x_i - x_j\|}",
            r"2\sum_{j \ne k} \frac{x_j - x_k}{\|x_j - x_k\|^3}",
        ),
        (
            ("u_i, v_j \\in \\mathbb{R}^d", "r_{ij} \\in \\mathbb{R}"),
            r"\nabla_{u_k} \sum_{(i,j)\in\Omega} (r_{ij} - u_i^\top v_j)^2",
            r"-2\sum_{j : (k,j) \in \Omega} (r_{kj} - u_k^\top v_j)v_j",
        ),
        (
            SQUARE,
            r"\frac{\partial}{\partial x_k} \sum_{(i,j)\in E} (x_i-x_j)^2",
            r"2\left(\sum_{j : (k,j) \in E} (x_k - x_j) - \sum_{i : (i,k) \in E} (x_i - x_k)\right)",
        ),
        # entries of a declared K, and what an index numbers behind its sum
        (
            (r"K \in \mathbb{S}^n", r"x \in \mathbb{R}^n"),
            r"\nabla_x \frac12 \sum_{i,j} K_{ij} (x_i - x_j)^2",
            r"2(x \odot K \mathbf{1}_n - Kx)",
        ),
        (("x \\in \\mathbb{R}^n",), r"\nabla_x \left(\sum_{i=1}^n x_i^2 + x_i\right)", r"\mathbf{1}_n + 2x"),
        # sums over samples
        (SQUARE[1:], r"\nabla_a \sum_{x\in D} (a^\top x - 1)^2", r"2\sum_{x \in D} (a^\top x - 1)x"),
        (
            ("w \\in \\mathbb{R}^n",),
            r"\nabla_w \frac{1}{|\mathcal{D}|} \sum_{(x,y)\in \mathcal{D}} \log(1 + e^{-y w^\top x})",
            r"-\frac{1}{|\mathcal{D}|} \sum_{(x,y) \in \mathcal{D}} \frac{yx}{1 + \exp(y w^\top x)}",
        ),
        (
            GAUSSIAN[1:2],
            r"\nabla_\Sigma \sum_{x \in S} (x - m)^\top \Sigma^{-1} (x - m)",
            r"-\Sigma^{-1} \sum_{x \in S} (x - m)(x - m)^\top \Sigma^{-1}",
        ),
        # the largest of what an index numbers, and where it is attained
        (SQUARE, r"\nabla_x \max_i x_i", r"e_{i^*}"),
        (SQUARE, r"\nabla_x \min(x)", r"e_{i^*}"),
        (SQUARE, r"\nabla_x \|Ax - b\|_\infty", r"\operatorname{sign}((Ax - b)_{i^*})A^\top e_{i^*}"),
        (("x, a_j \\in \\mathbb{R}^n", "b_j \\in \\mathbb{R}"), r"\nabla_x \max_j a_j^\top x + b_j", r"a_{j^*}"),
        (SQUARE, r"\nabla_A \max_{i,j} |A_{ij}|", r"\operatorname{sign}(A_{i^*,j^*})e_{i^*}e_{j^*}^\top"),
        # softmax by rows, as attention takes it; rows and columns times numbers
        (
            ATTENTION,
            r"\nabla_Q \operatorname{tr}(G^\top \operatorname{softmax}(QK^\top)V)",
            r"(\operatorname{softmax}(Q K^\top) \odot (G V^\top - (\operatorname{softmax}(Q K^\top) \odot G V^\top) "
            r"\mathbf{1}_n \mathbf{1}_n^\top))K",
        ),
        (
            ATTENTION,
            r"\nabla_V \operatorname{tr}(G^\top \operatorname{softmax}(\tfrac{1}{\sqrt d} QK^\top) V)",
            r"\operatorname{softmax}\left(\frac{Q K^\top}{\sqrt{d}}\right)^\top G",
        ),
        (
            SQUARE,
            r"\nabla_X a^\top \log(\exp(X)\mathbf{1})",
            r"\operatorname{diag}(a \oslash \exp(X) \mathbf{1}_n) \exp(X)",
        ),
        # sums over a set of indices
        (
            ("w, x_i \\in \\mathbb{R}^n", "y_i \\in \\mathbb{R}"),
            r"\nabla_w \frac{1}{|S|} \sum_{i \in S} (w^\top x_i - y_i)^2",
            r"\frac{2}{|S|} \sum_{i \in S} (w^\top x_i - y_i)x_i",
        ),
        # Hessians: symmetric where they are, pairs together
        (
            REGRESSION,
            r"\nabla_w^2 \|Xw\|",
            r"\frac{1}{\|Xw\|}X^\top \left(I_n - \frac{Xw w^\top X^\top}{\|Xw\|^2}\right)X",
        ),
        (SQUARE, r"\nabla_x^2 (x^\top A x)^2", r"2(A + A^\top)x x^\top (A + A^\top) + 2(x^\top Ax)(A + A^\top)"),
        (
            (*SQUARE, r"S \in \mathbb{S}^n"),
            r"\nabla_x^2 \frac{x^\top S x}{x^\top x}",
            r"\frac{2}{x^\top x} \left(\frac{1}{x^\top x} \left((x^\top Sx) \left(\frac{4x x^\top}{x^\top x} - I_n\right) "
            r"- 2(Sx x^\top + x x^\top S)\right) + S\right)",
        ),
        (("S \\in \\mathbb{S}^n",), r"\nabla_S^2 \operatorname{tr}(S^3)", r"3(S \otimes I_n + I_n \otimes S)K_{nn}"),
        (("S \\in \\mathbb{S}^n_{++}",), r"\nabla_S^2 \log\det S", r"-(S^{-1} \otimes S^{-1})K_{nn}"),
        # what a function without parentheses takes ends no row before its column
        (SQUARE, r"\nabla_x \log \mathbf{1}^\top \exp(Ax)", r"\frac{A^\top \exp(Ax)}{\mathbf{1}_n^\top \exp(Ax)}"),
        # second derivatives of norms by singular values
        (
            SQUARE,
            r"d^2 \|X\|_*",
            r"\operatorname{tr}(\int_0^{\infty} e^{-t (X^\top X)^{1/2}} (dX - X ((X^\top X)^{1/2})^+\, dX^\top\, "
            r"X ((X^\top X)^{1/2})^+)^\top e^{-t (X X^\top)^{1/2}} \,dt\, dX)",
        ),
        (
            SQUARE,
            r"d^2 \|X\|_2",
            r"(\|X\|_2 v_1^\top\, dX^\top + u_1^\top\, dX\, X^\top)(\|X\|_2^2 I_n - X X^\top)^+\, dX\, v_1 "
            r"+ u_1^\top\, dX\, (\|X\|_2^2 I_n - X^\top X)^+ (\|X\|_2\, dX^\top\, u_1 + X^\top\, dX\, v_1)",
        ),
        # traces of Hessians and of Jacobian matrices
        (SQUARE, r"\Delta_x \|x\|", r"\frac{n - 1}{\|x\|}"),
        (SQUARE, r"\Delta \log \|x\|", r"\frac{n - 2}{\|x\|^2}"),
        (SQUARE, r"\nabla \cdot \nabla \frac{1}{\|x\|}", r"\frac{3 - n}{\|x\|^3}"),
        (SQUARE, r"\Delta_X \log\det X", r"-\operatorname{tr}(X^{-1}X^{-\top})"),
        (SQUARE, r"\Delta_X \|X - A\|_F^2", r"2n^2"),
        (SQUARE, r"\nabla_x \cdot (A x)", r"\operatorname{tr}(A)"),
        (SQUARE, r"\operatorname{div}_x \tanh(x)", r"n - (\tanh(x))^\top \tanh(x)"),
        (
            SQUARE,
            r"\operatorname{div}_x \tanh(Ax + b)",
            r"(\mathbf{1}_n - \tanh(Ax + b)^{\odot 2})^\top \operatorname{diag}(A)",
        ),
        # other words and signs for what is asked
        (SQUARE, r"\operatorname{grad}_x x^\top A x", r"(A + A^\top)x"),
        (SQUARE, r"\operatorname{Hess}_x x^\top A x", r"A + A^\top"),
        (REGRESSION, r"\nabla_X y^\top e^X w", r"\exp(X) \odot y w^\top"),
    ],
)
def test_the_form_of_a_result(decls: tuple[str, ...], asked: str, seen: str) -> None:
    assert derive(Formula(asked, decls)).latex == seen


def test_laplacians_and_divergences_of_a_page() -> None:
    page = r"""
    Let $x \in \mathbb{R}^n$, $A \in \mathbb{R}^{n\times n}$ and $f(x) = x^\top A x$.
    \[ \nabla^2 f = 2\operatorname{tr}(A) \]
    \[ \nabla^2 f = A + A^\top \]
    \[ \nabla^2 f = 3\operatorname{tr}(A) \]
    \[ \Delta f(x) = 2\operatorname{tr}(A) \]
    \[ \Delta f(x) = f(x + h) - f(x) \]
    \[ \Delta_x f(x) = 3\operatorname{tr}(A) \]
    \[ \nabla \cdot (x \|x\|^2) = (n + 2)\|x\|^2 \]
    \[ \operatorname{div} (A x) = \operatorname{tr} A \]
    \[ \nabla \times (A x) = A x \]
    """
    found = [s.verdict for s in check_document(page, Settings()) if s.kind == "claim"]
    assert found == ["proved", "proved", "fails", "proved", "unknown", "fails", "proved", "proved", "unknown"]


def test_sums_over_sets_of_a_page() -> None:
    page = r"""
    Let $x \in \mathbb{R}^n$ with $x_i \in \mathbb{R}$.
    \[ \frac{\partial}{\partial x_k} \sum_{j\ne k} x_j x_k = \sum_{j \ne k} x_j \]
    \[ \frac{\partial}{\partial x_k} \prod_j x_j = \prod_{j \ne k} x_j \]
    \[ \frac{\partial}{\partial x_k} \sum_{i < j} (x_i - x_j)^2 = 4\sum_{j \ne k} (x_k - x_j) \]
    \[ \nabla_x \sum_{(i,j)\in E} (x_i-x_j)^2 = 2\sum_{(i,j)\in E} (x_i - x_j)(e_i - e_j) \]
    \[ \nabla_x \sum_{(i,j)\in E} (x_i-x_j)^2 = \sum_{(i,j)\in E} (x_i - x_j)(e_i - e_j) \]
    \[ \frac{\partial}{\partial x_k} \sum_{(i,j)\in E} (x_i-x_j)^2 = 4\sum_{j:(k,j)\in E} (x_k - x_j) \]
    \[ \frac{\partial}{\partial x_k} \sum_{i\in S} x_i^2 = 2 x_k \]
    """
    found = [s.verdict for s in check_document(page, Settings()) if s.kind == "claim"]
    # whether the pairs of E are ordered, and whether k is in S, the page does not say
    assert found == ["holds", "holds", "fails", "holds", "fails", "unknown", "unknown"]


def test_a_second_derivative_along_two_directions() -> None:
    page = r"""
    Let $X, H, K \in \mathbb{R}^{n\times n}$ and $f(X) = \log\det X$. Then
    \[ D^2 f(X)[H, K] = -\operatorname{tr}(X^{-1} H X^{-1} K) \]
    \[ D^2 f(X)[H, H] = \operatorname{tr}(X^{-1} H X^{-1} H) \]
    """
    assert [s.verdict for s in check_document(page, Settings()) if s.kind == "claim"] == ["proved", "fails"]


def test_logistic_regression_as_it_is_written() -> None:
    r"""The sum ends with what i numbers, though a plus stands before it."""
    loss = r"\left(-\sum_{i=1}^n y_i \log\sigma(x_i^\top w) + (1-y_i)\log(1-\sigma(x_i^\top w))\right)"
    known = (r"w, x_i \in \mathbb{R}^d", r"y_i \in \mathbb{R}")
    said = (r"\sigma is the sigmoid",)
    gradient = derive(Formula(rf"\nabla_w {loss}", known, said)).latex
    hessian = derive(Formula(rf"\nabla_w^2 {loss}", known, said)).latex
    assert gradient == r"\sum_{i=1}^n (\sigma(x_i^\top w) - y_i)x_i"
    assert hessian == r"\sum_{i=1}^n \sigma(x_i^\top w)(1 - \sigma(x_i^\top w))x_i x_i^\top"


def test_a_third_derivative_by_a_vector_is_declined() -> None:
    assert derive(Formula(r"\nabla_x^3 (x^\top A x)^2", SQUARE)).status == "unsupported"


def test_a_curl_is_declined() -> None:
    assert "three components" in derive(Formula(r"\nabla_x \times (Ax)", SQUARE)).message


def test_no_letter_that_nothing_declares_is_a_vector_to_keep_an_operator_short() -> None:
    r"""∇ reaches over a penalty: λ is a number, and the sum of a gradient and a number cannot be formed."""
    ridge = r"\nabla_w (y - Xw)^\top (y - Xw) + \lambda w^\top w"
    assert derive(Formula(ridge, REGRESSION)).latex == r"2\lambda w - 2X^\top (y - Xw)"
    assert check(Formula(ridge + r" = 2X^\top(Xw - y) + 2\lambda w", REGRESSION)).verdict.name == "proved"
    wrong = check(Formula(ridge + r" = 2X^\top(Xw - y)", REGRESSION))
    assert wrong.verdict.name == "fails"
    assert wrong.fixes == (r"2\lambda w - 2X^\top (y - Xw)",)


@pytest.mark.parametrize(
    ("said", "asked", "seen", "why"),
    [
        (
            "",
            r"\nabla_S \operatorname{tr}(G^\top \operatorname{softmax}(S))",
            r"\operatorname{softmax}(S) \odot (G - (\operatorname{softmax}(S) \odot G) \mathbf{1}_n \mathbf{1}_n^\top)",
            "the softmax of $S$ by rows",
        ),
        (
            "the softmax is taken over the columns",
            r"\nabla_S \operatorname{tr}(G^\top \operatorname{softmax}(S))",
            r"\operatorname{softmax}(S) \odot (G - \mathbf{1}_m \mathbf{1}_m^\top (\operatorname{softmax}(S) \odot G))",
            "the softmax of $S$ by columns",
        ),
        (
            "LSE is applied row-wise",
            r"\nabla_S a^\top \operatorname{LSE}(S)",
            r"\operatorname{diag}(a) \operatorname{softmax}(S)",
            "the log-sum-exp of $S$ by rows",
        ),
        ("", r"\nabla_S a^\top \operatorname{LSE}(S)", None, "by rows, by columns or over all entries?"),
    ],
)
def test_by_rows_or_by_columns(said: str, asked: str, seen: str | None, why: str) -> None:
    known = (r"S, G \in \mathbb{R}^{m\times n}", r"a \in \mathbb{R}^m")
    found = derive(Formula(asked, known, (said,) if said else ()))
    assert found.latex == seen
    assert why in found.message


def test_a_page_says_how_a_softmax_is_taken() -> None:
    page = r"""
    Let $S, G \in \mathbb{R}^{m\times n}$ and $P = \operatorname{softmax}(S)$, %s. Then
    \[ \nabla_S \operatorname{tr}(G^\top P) = P \odot (G - %s). \]
    """
    rows, columns = r"(P \odot G)\mathbf{1}_n\mathbf{1}_n^\top", r"\mathbf{1}_m\mathbf{1}_m^\top(P \odot G)"
    for words, right, wrong in (
        ("where the softmax is applied to each row", rows, columns),
        ("a column-wise softmax", columns, rows),
    ):
        verdicts = [
            [s.verdict for s in check_document(page % (words, g), Settings()) if s.kind == "claim"]
            for g in (right, wrong)
        ]
        assert verdicts == [["holds"], ["fails"]]


def test_a_largest_entry_has_a_gradient_where_it_is_the_only_one() -> None:
    said = derive(Formula(r"\nabla_x \max_i x_i", SQUARE)).message
    assert said.startswith("where $i^*$ is the only $i$ at which $x_i$ is largest; there is a subgradient for each")


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\max_i |x_i| = \|x\|_\infty", "proved"),
        (r"-\max_i x_i = \min_i (-x_i)", "holds"),
        (r"\|x\|_\infty = \|x\|_2", "fails"),
        (r"\nabla_x \|x\|_\infty^2 = 2 \|x\|_\infty \nabla_x \|x\|_\infty", "proved"),
        (r"\nabla_x \max_i (x_i)^2 = \nabla_x \|x\|_\infty^2", "holds"),
    ],
)
def test_claims_about_largest_entries(claim: str, verdict: str) -> None:
    assert check(Formula(claim, SQUARE)).verdict.name == verdict


@pytest.mark.parametrize(
    ("structure", "asked", "seen"),
    [
        ("orthogonal", r"\frac{\partial}{\partial Q} \|Q A - B\|_F^2", r"QA B^\top Q - B A^\top"),
        ("orthogonal", r"\frac{\partial}{\partial Q} \operatorname{tr}(A^\top Q)", r"\frac{1}{2} (A - Q A^\top Q)"),
        ("skew", r"\frac{\partial}{\partial Q} a^\top Q b", r"a b^\top - b a^\top"),
        ("lower", r"\frac{\partial}{\partial Q} \log\det(Q Q^\top)", r"2\operatorname{tril}(Q^{-\top})"),
    ],
)
def test_tied_entries(structure: str, asked: str, seen: str) -> None:
    words = {"skew": "skew-symmetric", "lower": "lower triangular"}.get(structure, structure)
    known = (r"Q, A, B \in \mathbb{R}^{n\times n}", r"a, b \in \mathbb{R}^n")
    assert derive(Formula(asked, known, (f"Q {words}",), structured=structure)).latex == seen


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        (r"\frac{\partial \log\det S}{\partial \operatorname{vech}(S)}", r"D_n^\top \operatorname{vec}(S^{-1})"),
        (r"\frac{\partial \log\det S}{\partial \operatorname{vech}(S)^\top}", r"\operatorname{vec}(S^{-1})^\top D_n"),
        (
            r"\frac{\partial \operatorname{vech}(A S A^\top)}{\partial \operatorname{vech}(S)^\top}",
            r"L_n (A \otimes A)D_n",
        ),
        (
            r"\frac{\partial}{\partial \operatorname{vech}(S)} \left(\frac{N}{2} \log\det S\right)",
            r"\frac{N}{2}D_n^\top \operatorname{vec}(S^{-1})",
        ),
    ],
)
def test_by_half_vectorisation(asked: str, seen: str) -> None:
    known = (r"S \in \mathbb{S}^n_{++}", r"A \in \mathbb{R}^{n\times n}")
    assert derive(Formula(asked, known)).latex == seen
    assert check(Formula(f"{asked} = {seen}", known)).verdict.name in ("proved", "holds")


def test_sums_over_samples_of_a_page() -> None:
    page = r"""
    Let $w \in \mathbb{R}^n$ and $L(w) = \frac{1}{|D|} \sum_{(x,y)\in D} (w^\top x - y)^2$.
    \[ \nabla_w L = \frac{2}{|D|} \sum_{(x,y) \in D} (w^\top x - y)x \]
    \[ \nabla_w L = \frac{1}{|D|} \sum_{(x,y) \in D} (w^\top x - y)x \]
    """
    found = [s.verdict for s in check_document(page, Settings()) if s.kind == "claim"]
    assert found == ["proved", "fails"]


def test_sums_over_sets_that_are_not_understood() -> None:
    asked = r"\nabla_x \frac{1}{|S|} \sum_{i \in S} x_i^2"
    assert derive(Formula(asked, SQUARE)).status == "unsupported"
    assert check(Formula(f"{asked} = 2x", SQUARE)).verdict.name == "unknown"


def test_what_is_in_a_set_is_said_elsewhere() -> None:
    page = r"Let $x \in \mathbb{R}^n$. \[ \nabla_x \sum_{i \in S} x_i^2 = 2x \]"
    (claim,) = [s for s in check_document(page, Settings()) if s.kind == "claim"]
    assert (claim.verdict, claim.message) == ("unknown", "what is in S is said elsewhere")


def test_by_half_vectorisation_of_a_matrix_that_nothing_calls_symmetric() -> None:
    found = derive(Formula(r"\frac{\partial \operatorname{tr} X}{\partial \operatorname{vech}(X)}", SQUARE))
    assert found.status == "unsupported" and "symmetric" in found.message


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        (r"\frac{\partial}{\partial S} \operatorname{tr}(S^{1/3})", r"\frac{1}{3}S^{-2/3}"),
        (
            r"\frac{\partial}{\partial S} \operatorname{tr}(A S^{3/2})",
            r"A^\top S^{1/2} + S \int_0^{\infty} e^{-t S^{1/2}}A^\top e^{-t S^{1/2}} \,dt",
        ),
        (
            r"\frac{\partial}{\partial S} \operatorname{tr}(A S^{1/3})",
            r"\frac{\sin\left(\frac{\pi}{3}\right)}{\pi} \int_0^{\infty} s^{1/3} (S + s I_n)^{-1}A^\top (S + s I_n)^{-1} \,ds",
        ),
    ],
)
def test_fractional_powers(asked: str, seen: str) -> None:
    known = (r"S \in \mathbb{S}^n_{++}", r"A \in \mathbb{R}^{n\times n}")
    assert derive(Formula(asked, known)).latex == seen


def test_a_second_differential_is_that_of_the_whole_term() -> None:
    quadratic = (r"x \in \mathbb{R}^n", r"A \in \mathbb{S}^n")
    assert check(Formula(r"d^2 x^\top A x = 2 dx^\top A\, dx", quadratic, ("A constant",))).verdict.name == "proved"
    assert check(Formula(r"d^2 (x^\top A x) = d^2 x^\top A x", quadratic)).verdict.name == "proved"


@pytest.mark.parametrize(
    "identity",
    [
        r"\sum_{i=1}^n e_i e_i^\top = I_n",
        r"\operatorname{tr}(X) = \operatorname{tr}(X_{1:k,1:k}) + \operatorname{tr}(X_{k+1:n,k+1:n})",
        r"\prod_{i=1}^n e^{x_i} = e^{\mathbf{1}^\top x}",
        r"\|x\|_p^p = \sum_{i=1}^n |x_i|^p",
        r"K_{nn}^\top \operatorname{vec}(X) = \operatorname{vec}(X^\top)",
        r"\operatorname{vec}^{-1}((a e_1^\top \otimes b e_1^\top) \operatorname{vec}(X)) = X_{11} b a^\top",
    ],
)
def test_sizes_that_are_said_by_the_whole_formula_alone(identity: str) -> None:
    assert check(Formula(identity, SQUARE)).verdict.name in ("proved", "holds")


def test_letters_that_a_formula_explains_behind_it_are_known_in_it() -> None:
    head = r"Let $A \in \mathbb{R}^{m \times n}$, $x \in \mathbb{R}^n$ and $b \in \mathbb{R}^m$. Then "
    right = head + r"\[ \nabla_x \|Ax - b\|^2 = 2A^\top r, \quad \text{where } r = Ax - b. \]"
    wrong = head + r"\[ \nabla_x \|Ax - b\|^2 = 2A^\top r, \quad \text{where } r = b - Ax. \]"
    other = head + r"\[ \nabla_x \|Ax - b\|^2 = 2A^\top r, \quad \text{where $r$ is the residual.} \]"
    verdicts = [[s.verdict for s in check_document(t, Settings()) if s.verdict] for t in (right, wrong, other)]
    assert verdicts == [["proved"], ["fails"], ["unknown"]]
