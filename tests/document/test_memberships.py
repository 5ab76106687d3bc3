"""Several declarations in one formula, and what stands between formulas."""

from __future__ import annotations

import pytest
from nablatex.algebra.dims import shape_text
from nablatex.document.reading import read_document
from nablatex.features.check import check_document
from nablatex.features.model import Settings


def shapes(text: str) -> dict[str, str]:
    symbols = read_document(text).context.symbols.values()
    return {d.label: shape_text(d.shape) for d in symbols if d.shape is not None}


@pytest.mark.parametrize(
    ("text", "known"),
    [
        (r"Let $x \in \mathbb{R}^m, y \in \mathbb{R}^n$.", {"x": "m×1", "y": "n×1"}),
        (
            r"Let $a \in \mathbb{R}^m, b, c \in \mathbb{R}^n, C \in \mathbb{R}^{n\times k}$.",
            {"a": "m×1", "b": "n×1", "c": "n×1", "C": "n×k"},
        ),
        (r"\[ X \in \mathbb{R}^{m\times n}, \quad \lambda > 0, \quad y \in \mathbb{R}^m \]", {"X": "m×n", "y": "m×1"}),
        (r"$x_i \in \mathbb{R}^n, i = 1, \dots, N, y \in \mathbb{R}^k$", {"x_i": "n×1", "y": "k×1"}),
        (r"$x \in \mathbb{R}^m \text{ and } y \in \mathbb{R}^n$", {"x": "m×1", "y": "n×1"}),
        (r"Let $X$ and $Y$ be $n \times n$ and $n\times m$ matrices, respectively.", {"X": "n×n", "Y": "n×m"}),
        (r"$A$, $B$ and $C$ are $m\times n$, $n\times k$ and $k\times l$.", {"A": "m×n", "B": "n×k", "C": "k×l"}),
        (r"Let $A = (a_{ij})$ be an $m\times n$ matrix.", {"A": "m×n"}),
        (r"Let $x = (x_1, \dots, x_n)^\top$ be a vector.", {"x": "n×1"}),
        (r"Here $\Lambda = \operatorname{diag}(\lambda_1, \ldots, \lambda_n)$.", {"\\Lambda": "n×n"}),
        (r"$A \in M_n(\mathbb{R})$ and $B \in \mathrm{Mat}(n, m)$", {"A": "n×n", "B": "n×m"}),
        (r"$A \in \Re^{m\times n}$", {"A": "m×n"}),
        (r"$\underset{m\times n}{A}$", {"A": "m×n"}),
        (r"an $n$ by $m$ matrix $A$", {"A": "n×m"}),
        (r"设向量 $x$ 为 $n$ 维", {"x": "n×1"}),
        (r"for $(x, y) \in \mathbb{R}^m \times \mathbb{R}^n$", {"x": "m×1", "y": "n×1"}),
    ],
)
def test_each_of_several_is_declared(text: str, known: dict[str, str]) -> None:
    assert shapes(text) == known


@pytest.mark.parametrize(
    "between",
    [
        r"\quad\text{and}\quad",
        r"\text{ and }",
        r"\quad\mbox{and}\quad",
        r"\quad\text{以及}\quad",
        r", \text{ and }",
        r",\quad",
    ],
)
def test_both_of_two_equations_are_judged(between: str) -> None:
    text = (
        rf"Let $A \in \mathbb{{R}}^{{n\times n}}$. \[ (A^\top)^\top = A {between} (A^{{-1}})^\top = (A^\top)^{{-1}} \]"
    )
    assert [s.verdict for s in check_document(text, Settings())][1:] == ["proved", "proved"]


@pytest.mark.parametrize("word", ["where", "or", "whenever", "with", "respectively", "其中", "或者"])
def test_what_words_put_under_a_condition_is_not_judged(word: str) -> None:
    text = rf"Let $A \in \mathbb{{R}}^{{n\times n}}$. \[ (A^\top)^\top = A \quad\text{{{word}}}\quad (A^{{-1}})^\top = A \]"
    assert [s.verdict for s in check_document(text, Settings())][1] == "proved"
    assert not [s for s in check_document(text, Settings()) if s.code is not None]


def test_components_of_a_chain_rule() -> None:
    text = r"""Let $x \in \mathbb{R}^m, y \in \mathbb{R}^n$. If $y = g(x)$ and $z = f(y)$, then
    \[ \frac{\partial z}{\partial x_i} = \sum_j \frac{\partial z}{\partial y_j} \frac{\partial y_j}{\partial x_i}. \]"""
    assert check_document(text, Settings())[-1].verdict == "holds"


def test_a_square_i_in_a_list_is_the_identity() -> None:
    text = (
        r"Let $A, I \in \mathbb{R}^{n\times n}$, $x \in \mathbb{R}^n$. Then $\nabla_x (x^\top A I x) = (A + A^\top) x$."
    )
    assert check_document(text, Settings())[-1].verdict == "proved"
