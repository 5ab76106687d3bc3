"""Sentences as authors write them, English and Chinese: what is said of which symbol, and of which not."""

from __future__ import annotations

import pytest
from nablatex.algebra.dims import shape_text
from nablatex.document.reading import read_document
from nablatex.features.check import check_document
from nablatex.features.declarations import declarations
from nablatex.features.model import Settings

HIDDEN = {"matrix", "vector", "square"}


def known(text: str) -> dict[str, str]:
    """Symbol by symbol ``m×n, symmetric``; kinds of things apart."""
    out = {}
    for d in read_document(text).context.symbols.values():
        parts = [shape_text(d.shape)] if d.shape is not None else []
        out[d.label] = ", ".join(parts + sorted(d.properties - HIDDEN))
    return out


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (r"Because $S_b = S_b^\top, S_w = S_w^\top$, we have", {"S_b": "symmetric", "S_w": "symmetric"}),
        (r"Let X be an $m \times n$ matrix and $y$ an n-vector.", {"X": "m×n", "y": "n×1"}),
        (r"Let X be an m x n matrix.", {"X": "m×n"}),
        (r"Let A be a symmetric $n \times n$ matrix and $c$ a constant.", {"A": "n×n, symmetric", "c": "constant"}),
        (r"Let $b \in \mathbb{R}^m$ and $c$ a constant.", {"b": "m×1", "c": "constant"}),
        (r"Here $x$, $y \in \mathbb{R}^n$ and $z \in \mathbb{R}^m$.", {"x": "n×1", "y": "n×1", "z": "m×1"}),
        (r"Let $\alpha$, $x \in \mathbb{R}^n$.", {"x": "n×1"}),
        (
            r"Let $U$ and $V$ be orthogonal, and $D$ diagonal.",
            {"U": "invertible, orthogonal", "V": "invertible, orthogonal", "D": "diagonal, symmetric"},
        ),
        (
            r"Let $X \in \mathbb{R}^{m\times n}$, $B \in \mathbb{R}^{n\times n}$, and $A \in \mathbb{R}^{n\times n}$ be invertible.",
            {"X": "m×n", "B": "n×n", "A": "n×n, invertible"},
        ),
        (
            r"Here $X \in \mathbb{R}^{n\times n}$ and $A \in \mathbb{R}^{n\times n}$ are both invertible.",
            {"X": "n×n, invertible", "A": "n×n, invertible"},
        ),
        (
            r"Assume $u$ and $v$ are vectors of length $n$, and $M$ is a square matrix of order $n$.",
            {"u": "n×1", "v": "n×1", "M": "n×n"},
        ),
        (r"We write $W$ for an arbitrary $p \times q$ matrix with orthonormal columns.", {"W": "p×q, orthonormal-columns"}),
        (r"Throughout, $a, b$ denote fixed vectors in $\mathbb{R}^n$, and $t$ is a positive number.", {"a": "n×1, constant", "b": "n×1, constant", "t": "positive"}),
        (r"Given a data matrix $X$ ($n$ rows, $p$ columns) and $w \in \mathbb{R}^p$", {"X": "n×p", "w": "p×1"}),
        (r"For any $n \times n$ matrices $A$ and $B$ with $B$ symmetric,", {"A": "n×n", "B": "n×n, symmetric"}),
        (r"We denote by $\mathbf{1}$ the vector of ones.", {"\\mathbf{1}": "ones"}),
        (r"The product of $A$ and $B$ is symmetric.", {}),
        (r"The inverse of $A$ is symmetric.", {}),
        (r"The entries of $A$ are positive.", {"A": "positive"}),
        (r"A regular matrix $A$ is given.", {"A": "invertible"}),
    ],
)  # fmt: skip
def test_what_english_sentences_say(text: str, told: dict[str, str]) -> None:
    assert known(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (r"设 $A$ 为 $m\times n$ 矩阵，$x$ 为 $n$ 维列向量。", {"A": "m×n", "x": "n×1"}),
        (r"其中 $S$ 是对称矩阵，$D$ 为对角矩阵。", {"S": "symmetric", "D": "diagonal, symmetric"}),
        (r"由于$S_b=S_b^{\mathrm{T}},S_w=S_w^{\mathrm{T}}$，所以", {"S_b": "symmetric", "S_w": "symmetric"}),
        (r"设 $x, y \in \mathbb{R}^n$，$c$ 为常数。", {"x": "n×1", "y": "n×1", "c": "constant"}),
        (r"设 $x$，$y \in \mathbb{R}^n$。", {"x": "n×1", "y": "n×1"}),
        (r"设 $X \in \mathbb{R}^{n\times n}$，$A \in \mathbb{R}^{n\times n}$ 可逆。", {"X": "n×n", "A": "n×n, invertible"}),
        (r"设 $X \in \mathbb{R}^{n\times n}$，$A \in \mathbb{R}^{n\times n}$ 均可逆。", {"X": "n×n, invertible", "A": "n×n, invertible"}),
        (r"令 $Q$ 是正交矩阵，$R$ 是上三角矩阵。", {"Q": "invertible, orthogonal", "R": "upper"}),
        (r"给定实对称矩阵 $M\in\mathbb{R}^{n\times n}$ 和向量 $b$。", {"M": "n×n, symmetric", "b": ""}),
        (r"这里 $\mathbf{1}$ 表示元素全为 1 的向量。", {"\\mathbf{1}": "ones"}),
        (r"$J \in \mathbb{R}^{n\times 1}$为元素值全为1的向量。", {"J": "n×1, ones"}),
        (r"$\Sigma$ 是 $d\times d$ 的协方差矩阵，正定。", {"\\Sigma": "d×d, invertible, spd, symmetric"}),
        (r"记 $u,v$ 为 $\mathbb{R}^n$ 中的向量，$t$ 为实数。", {"u": "n×1", "v": "n×1", "t": "scalar"}),
        (r"设 $a$ 为常向量，$P$ 为投影矩阵。", {"a": "constant", "P": "idempotent"}),
        (r"考虑两个 $n\times n$ 对称矩阵 $E$ 和 $F$。", {"E": "n×n, symmetric", "F": "n×n, symmetric"}),
        (r"假设 $W$ 列满秩，$K$ 为反对称矩阵。", {"W": "full-column-rank", "K": "skew"}),
        (r"设矩阵 $G$ 有 $p$ 行 $q$ 列。", {"G": "p×q"}),
    ],
)  # fmt: skip
def test_what_chinese_sentences_say(text: str, told: dict[str, str]) -> None:
    assert known(text) == told


def test_a_property_that_may_be_meant_of_all_is_a_reason_not_to_refute() -> None:
    page = r"""Let $x \in \mathbb{R}^n$, $S \in \mathbb{R}^{n\times n}$ and $A \in \mathbb{R}^{n\times n}$ be symmetric.
Then $\frac{\partial x^\top S x}{\partial x} = %s$."""
    verdicts = [s.code for s in check_document(page % "2Sx", Settings()) if s.kind == "claim"]
    assert verdicts == [None]
    (wrong,) = [s.code for s in check_document(page % "3Sx", Settings()) if s.kind == "claim"]
    assert wrong is not None


SQUARE_LATER = r"""
Let $A$ be an $m \times n$ matrix and $B$ a $p \times q$ matrix. The Kronecker product is the block matrix $A \otimes B$.

$$ \operatorname{tr}(A\otimes B) = (\operatorname{tr} A)(\operatorname{tr} B), \qquad (A\otimes B)^{-1} = A^{-1}\otimes B^{-1}, $$

where A and B are assumed to be square in the first equality, and nonsingular in the second.
"""


def test_a_shape_in_words_gives_way_to_words_of_square_matrices() -> None:
    assert all(s.code is None for s in check_document(SQUARE_LATER, Settings()))


CONSTRAINT = r"""
Let $a, w \in \mathbb{R}^n$. We minimise $w^\top w$ where the weights are feasible, so $w^\top a = a^\top w = 1$.
"""


def test_a_chain_that_ends_in_a_number_may_end_in_a_constraint() -> None:
    assert all(s.code is None for s in check_document(CONSTRAINT, Settings()))


HEAVY = r"""Let $\mathbf{A}, \mathbf{B} \in \mathbb{R}^{n\times n}$ and $\mathbf{x} \in \mathbb{R}^n$.
\[ q = L\, \mathbf{x}^\top \mathbf{A}\mathbf{x} + \operatorname{tr}(\mathbf{C}^\top \mathbf{C}) \]"""


def test_where_matrices_are_bold_plain_capitals_are_numbers_rather() -> None:
    told = {k.label: (k.shape, k.detail) for k in declarations(HEAVY)}
    assert told["L"] == ("scalar", "plain capitals are numbers here, where nothing else fits better")
    assert told[r"\mathbf{C}"][1] == "bold capitals are matrices here"
    plain = HEAVY.replace(r"\mathbf{A}", "A").replace(r"\mathbf{B}", "B")
    assert all(not k.detail.startswith(("plain capitals", "bold capitals")) for k in declarations(plain))
