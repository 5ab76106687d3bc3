"""What authors write of symbols in English and Chinese, and what is then known."""

from __future__ import annotations

import pytest
from nablatex.algebra.dims import shape_text
from nablatex.document.reading import read_document


def known(text: str) -> dict[str, str]:
    """Symbol by symbol ``m×n, symmetric``, in the author's spelling."""
    out = {}
    for d in read_document(text).context.symbols.values():
        parts = [shape_text(d.shape)] if d.shape is not None else []
        out[d.label] = ", ".join(parts + sorted(d.properties))
    return out


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (r"Let $A \in \mathbb{R}^{m\times n}$.", {"A": "m×n"}),
        (r"an $m\times n$ matrix $A$", {"A": "m×n"}),
        (r"Let $A$ and $B$ be real $m \times n$ matrices.", {"A": "m×n", "B": "m×n"}),
        (r"The matrix $A$ has size $m \times n$.", {"A": "m×n"}),
        (r"$x$ is an $n$-vector", {"x": "n×1"}),
        (r"an $n$-dimensional column vector $x$", {"x": "n×1"}),
        (r"the $n$-dimensional row vector $x$", {"x": "1×n"}),
        (r"where $x$, $y \in \mathbb{R}^n$ and $\lambda$ is a scalar", {"y": "n×1", "\\lambda": "scalar"}),
        (
            r"a symmetric positive definite $\Sigma \in \mathbb{R}^{n\times n}$",
            {"\\Sigma": "n×n, invertible, spd, symmetric"},
        ),
        (r"$A \in \mathbb{S}^n_{++}$", {"A": "n×n, invertible, spd, symmetric"}),
        (r"$A \in \mathcal{M}_{n}(\mathbb{R})$ is invertible", {"A": "n×n, invertible"}),
        (r"$A \in \mathcal{S}_n^{++}(\mathbb{R})$", {"A": "n×n, invertible, spd, symmetric"}),
        (r"$A \in \mathrm{SPD}(n)$", {"A": "n×n, invertible, spd, symmetric"}),
        (r"a unit vector $u \in \mathbb{S}^{n-1}$", {"u": "n×1, unit"}),
        (r"weights $p \in \Delta^{n-1}$", {"p": "n×1, positive, probability"}),
        (r"$p \in \Delta_n$", {"p": "n×1, positive, probability"}),
        (r"$U \in \mathcal{O}^{n\times k}$", {"U": "n×k, orthonormal-columns"}),
        (r"$R \in \mathrm{SO}(3)$", {"R": "3×3, invertible, orthogonal, rotation"}),
        (r"$W \in \mathfrak{so}(3)$", {"W": "3×3, skew"}),
        (r"$A \in \R^{n}$", {"A": "n×1"}),
        (r"Let $W$ be symmetric and positive definite.", {"W": "invertible, spd, symmetric"}),
        (r"$A$ is square and invertible", {"A": "invertible, square"}),
        (r"with $Q \in \mathbb{R}^{n\times k}$ where $Q^\top Q = I$", {"Q": "n×k, orthonormal-columns"}),
        (r"Suppose $x \in \mathbb{R}^n$ with $\|x\| = 1$.", {"x": "n×1, unit"}),
        (r"since $W^T = W$", {"W": "symmetric"}),
        (r"where $\mathbf{1}$ is the all-ones vector", {"\\mathbf{1}": "ones, vector"}),
        (r"where $\Sigma \succ 0$", {"\\Sigma": "invertible, spd, symmetric"}),
        (r"The product $X_{m\times n}$ is formed", {"X": "m×n"}),
        (r"\[ \underbrace{X}_{m\times n} w \]", {"X": "m×n"}),
        (
            r"Let $H$ be an $m \times n$ matrix and $R$ a symmetric positive definite $m\times m$ matrix.",
            {"H": "m×n", "R": "m×m, invertible, spd, symmetric"},
        ),
        (
            r"Let $p \in \mathbb{R}^3$ and $M \in \mathbb{R}^{3\times 3}$ a symmetric mass matrix.",
            {"p": "3×1", "M": "3×3, symmetric"},
        ),
        (r"We add to $Q \in \mathbb{R}^{n\times n}$ a symmetric matrix.", {"Q": "n×n"}),
        (r"a row vector $c$", {"c": "row"}),
        (r"设 $A$ 是 $m\times n$ 矩阵", {"A": "m×n"}),
        (r"对称矩阵 $W$", {"W": "matrix, symmetric"}),
        (r"其中 $x$ 是 $n$ 维列向量，$\lambda$ 为标量。", {"x": "n×1", "\\lambda": "scalar"}),
        (r"$n$ 阶方阵 $A$ 可逆", {"A": "n×n, invertible, square"}),
    ],
)
def test_a_sentence_tells(text: str, told: dict[str, str]) -> None:
    found = known(text)
    assert {k: found.get(k) for k in told} == told


@pytest.mark.parametrize(
    "text",
    [
        r"$W$ is not symmetric",
        r"$W$ need not be symmetric",
        r"a non-symmetric matrix $W$",
        r"$W$ 不是对称的",
        r"If $W$ is symmetric, then this is shorter.\n\nElsewhere nothing is said.".replace("\\n", "\n"),
    ],
)
def test_what_is_denied_or_only_supposed_is_not_known(text: str) -> None:
    assert "symmetric" not in known(text).get("W", "")


def test_a_condition_holds_in_its_paragraph() -> None:
    text = (
        "Let $W \\in \\mathbb{R}^{n\\times n}$. If $W$ is symmetric then \\[ W = W^\\top \\] holds.\n\nBut \\[ W W \\]"
    )
    first, second = (
        s
        for s in read_document(text).statements
        if text[s.span.start : s.span.end].strip() != "W" and s.kind != "declaration"
    )
    has = ["symmetric" in d.properties for s in (first, second) for d in s.context.symbols.values() if d.label == "W"]
    assert has == [True, False]


def test_where_behind_a_display_tells_of_the_display() -> None:
    text = "The loss is \\[ f = a^\\top X b \\]\nwhere $X$ is an $m \\times n$ matrix."
    display = next(s for s in read_document(text).statements if s.kind == "definition")
    assert [shape_text(d.shape) for d in display.context.symbols.values() if d.shape] == ["m×n"]


def test_a_table_of_notation_tells() -> None:
    text = "\\begin{tabular}{ll}\n$A$ & an $m \\times n$ matrix \\\\\n$x$ & a vector \\\\\n\\end{tabular}\n"
    assert known(text) == {"A": "m×n", "x": "vector"}
    assert known("| symbol | meaning |\n|---|---|\n| $A$ | an $m \\times n$ matrix |\n| $s$ | a scalar |\n") == {
        "A": "m×n",
        "s": "scalar",
    }


def test_a_comment_declares_over_everything_else() -> None:
    text = "Let $X$ be an $m\\times n$ matrix.\n% nablatex: X : n x n, symmetric\n% nablatex: y, z : k vector\n$X y$"
    assert known(text) == {"X": "n×n, symmetric", "y": "k×1", "z": "k×1"}


def test_a_new_section_may_declare_anew_but_one_section_is_told_of_a_conflict() -> None:
    one = "Let $x \\in \\mathbb{R}^n$. "
    two = "Let $x \\in \\mathbb{R}^{n \\times k}$. "
    assert read_document(one + "\\section{Next} " + two).conflicts == ()
    (conflict,) = read_document(one + two).conflicts
    assert conflict.shapes == ("n×1", "n×k")
    text = one + two
    assert [text[s.start : s.end] for s in (conflict.first, conflict.second)] == ["x", "x"]
