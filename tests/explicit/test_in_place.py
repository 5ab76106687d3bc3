"""Evaluate in place: a document with a cursor or a selection, and what stands there afterwards."""

from __future__ import annotations

import pytest
from explicit_marks import after, titles

MATRICES = r"""Let $A = \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}$ and $b = \begin{bmatrix} 1 \\ 1 \end{bmatrix}$. Then
"""


@pytest.mark.parametrize(
    ("marked", "title", "expected"),
    [
        (r"\[ ⟨2y + 3y⟩ \]", "Evaluate", r"\[ 2y + 3y = 5 y \]"),
        (r"\[ f = \frac{d}{dx}(x^3+¦x^2+1). \]", "Evaluate", r"\[ f = \frac{d}{dx}(x^3+x^2+1) = 3 x^{2} + 2 x. \]"),
        (r"\[ \int_0^1 x^2 \,dx¦ = \]", "Evaluate", r"\[ \int_0^1 x^2 \,dx = \frac{1}{3} \]"),
        (r"$⟨\sqrt{8}⟩$", "Evaluate numerically", r"$\sqrt{8} \approx 2.82843$"),
        (r"$1 + ⟨(x+y)(x-y)⟩$", "Expand and replace", r"$1 + x^{2} - y^{2}$"),
        (r"$2⟨(x+y)(x-y)⟩$", "Expand and replace", r"$2\left(x^{2} - y^{2}\right)$"),
        (r"$⟨x^2-1⟩$", "Factor", "$x^2-1 = (x - 1) (x + 1)$"),
        (r"$x^2 - 5x¦ + 6 = 0$", "Solve for x", r"$x^2 - 5x + 6 = 0 \quad\Longrightarrow\quad x = 2 \;\text{ or }\; x = 3$"),
        (MATRICES + r"\[ A^T b¦ = \]", "Evaluate", MATRICES + r"\[ A^T b = \begin{bmatrix} 4 \\ 6 \end{bmatrix} \]"),
        (MATRICES + r"\[ ⟨A⟩ \]", "Inverse", MATRICES + r"\[ A^{-1} = \frac{1}{2} \begin{bmatrix} -4 & 2 \\ 3 & -1 \end{bmatrix} \]"),
        (MATRICES + r"\[ ⟨A b⟩ \]", "Transpose", MATRICES + r"\[ \left(A b\right)^\top = \begin{bmatrix} 3 & 7 \end{bmatrix} \]"),
        (MATRICES + r"\[ ⟨A⟩ \]", "Determinant", MATRICES + r"\[ \det A = -2 \]"),
    ],
)  # fmt: skip
def test_results_are_put_in_place(marked: str, title: str, expected: str) -> None:
    assert after(marked, title) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (r"\begin{bmatrix} 1 & 2 \end{bmatrix}", r"\begin{bmatrix} 2 & 4 \end{bmatrix}"),
        (r"\left[\begin{array}{cc} 1 & 2 \end{array}\right]", r"\begin{bmatrix} 2 & 4 \end{bmatrix}"),
        (r"\left(\begin{matrix} 1 & 2 \end{matrix}\right)", r"\begin{pmatrix} 2 & 4 \end{pmatrix}"),
        (r"\bigl(\begin{smallmatrix} 1 & 2 \end{smallmatrix}\bigr)", r"\left(\begin{smallmatrix} 2 & 4 \end{smallmatrix}\right)"),
        (r"\begin{pmatrix*}[r] 1 & 2 \end{pmatrix*}", r"\begin{pmatrix} 2 & 4 \end{pmatrix}"),
    ],
)  # fmt: skip
def test_results_stand_in_the_author_s_brackets(written: str, expected: str) -> None:
    assert after(f"$⟨2 {written}⟩$", "Evaluate and replace") == f"${expected}$"


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("With $x = 2$ we get $⟨x^2⟩$. Now $x = 5$.", "$x^2 = 4$"),
        ("With $x = 2$ we get $x^2$. Now $x = 5$ and $⟨x^3⟩$.", "$x^3 = 125$"),
        ("Let $u = \\frac12$, $v = u + 1$. Then $⟨u v⟩$.", r"$u v = \frac{3}{4}$"),
        ("With $x = 2$ we get $⟨\\sum_{x=1}^3 x⟩$", r"$\sum_{x=1}^3 x = 6$"),
        (
            r"$A = \begin{pmatrix} 1 & 2 \end{pmatrix}$, then $A = \begin{pmatrix} 3 & 4 \end{pmatrix}$, so $⟨2A⟩$",
            r"$2A = \begin{pmatrix} 6 & 8 \end{pmatrix}$",
        ),
    ],
)
def test_the_value_that_stands_before_is_used(marked: str, expected: str) -> None:
    assert expected in after(marked, "Evaluate")


EXAMPLE = r"\begin{example} Let $a = 3$ and $A = \begin{pmatrix} 1 & 2 \end{pmatrix}$. \end{example}"


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (EXAMPLE.replace(r"\end{example}", r"Then $⟨a^2 A⟩$. \end{example}"), r"\begin{pmatrix} 9 & 18 \end{pmatrix}"),
        (EXAMPLE.replace("example", "exercise") + r"\begin{solution} $⟨a A⟩$ \end{solution}", r"\begin{pmatrix} 3 & 6 \end{pmatrix}"),
        (EXAMPLE + " Later on, $⟨2 a + a⟩$.", "= 3 a"),
    ],
)  # fmt: skip
def test_what_an_example_sets_is_over_when_it_ends(marked: str, expected: str) -> None:
    assert expected in after(marked, "Evaluate")


def test_titles_are_for_people() -> None:
    assert "Solve for λ" in titles(r"$\lambda^2 = ¦2$")


def test_what_is_solved_for_is_a_variable_whatever_its_value_elsewhere() -> None:
    assert after("Once $x = 2$. Now $x^2 = ¦x$.", "Solve for x").endswith(
        r"x^2 = x \quad\Longrightarrow\quad x = 0 \;\text{ or }\; x = 1$."
    )


@pytest.mark.parametrize(
    ("marked", "title", "reason"),
    [
        (r"$⟨(A+B)^2⟩$", "Expand", "is A a number? say so"),
        (r"$⟨\begin{pmatrix} 1 & 2 \\ 2 & 4 \end{pmatrix}^{-1}⟩$", "Evaluate", "singular"),
        (r"$⟨\lim_{x\to 0} \frac1x⟩$", "Evaluate", "no value"),
        (r"$⟨\int \sin(x^x) dx⟩$", "Evaluate", "no closed form"),
        (r"$⟨\begin{pmatrix} 1 \\ 2 \end{pmatrix}\begin{pmatrix} 1 \\ 2 \end{pmatrix}⟩$", "Evaluate", "cannot be formed"),
        (r"$⟨1/2x⟩$", "Evaluate", "write a fraction"),
        (r"$⟨\cos x e^x⟩$", "Evaluate", "write parentheses"),
    ],
)  # fmt: skip
def test_what_is_not_certain_is_declined_with_the_reason(marked: str, title: str, reason: str) -> None:
    found = after(marked, title)
    assert found.startswith("!") and reason in found


def test_a_part_of_a_formula_can_be_replaced_but_nothing_stands_behind_it() -> None:
    found = titles(r"$y + ⟨(x+1)^2⟩ z$")
    assert "Expand and replace" in found and "Expand" not in found


def test_a_selection_across_a_product_is_no_formula() -> None:
    assert after(r"$2⟨(x + y)^2 + y⟩z$", "Expand and replace") == "! select a whole term or factor"


def test_a_cursor_offers_little() -> None:
    def offered(marked: str) -> list[str]:
        return [t for t in titles(marked) if t in ("Expand", "Factor", "Simplify") or "Evaluate" in t]

    assert offered(r"$\sin(x)^2 + ¦x$") == ["Evaluate", "Evaluate and replace"]
    assert offered(r"$x^2 + ¦x =$") == ["Evaluate", "Evaluate and replace"]
    assert offered(r"$x^2 + ¦x$") == []
    assert not [t for t in titles(r"$¦\nabla_x f$") if "Evaluate" in t]


@pytest.mark.parametrize(
    "marked",
    [r"Let $A, B \in \mathbb{R}^{n\times n}$. \[ ⟨(A+B)^2⟩ \]", r"$⟨\mathbf{a}^T \mathbf{b}⟩$"],
)
def test_symbolic_matrices_are_not_evaluated(marked: str) -> None:
    assert not [t for t in titles(marked) if "Expand" in t or "Evaluate" in t]


def test_row_operations_become_a_derivation() -> None:
    text = after(r"\[ ⟨\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}⟩ \]", "Insert the row operations")
    assert r"&\sim \begin{pmatrix} 1 & 2 \\ 0 & -2 \end{pmatrix} && \text{$R_2 \gets R_2 - 3 R_1$}" in text
