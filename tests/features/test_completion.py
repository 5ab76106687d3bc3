"""Completion: what an author is offered at ‸."""

from __future__ import annotations

import pytest
from nablatex.features.completion import complete, explain
from nablatex.features.cues import cue
from nablatex.features.model import Completion, Settings

HEAD = r"""\newcommand{\tran}{^\top}\newcommand{\vect}[1]{\operatorname{vec}(#1)}\newcommand{\note}[1]{#1!}
Let $X \in \mathbb{R}^{m\times n}$, $a\in\mathbb{R}^m$, $b\in\mathbb{R}^n$, $C\in\mathbb{R}^{n\times n}$ and $f = a\tran X b$.
"""


def offered(text: str) -> list[Completion]:
    marked = HEAD + text
    return list(complete(marked.replace("‸", ""), marked.index("‸"), Settings()))


@pytest.mark.parametrize(
    "text",
    [
        r"\[ \frac{\partial f}{\partial X} =‸ \]",
        r"\[ \frac{\partial f}{\partial X} = ‸ \]",
        r"\[ \frac{\partial f}{\partial X} =‸. \]",
        "\\begin{align}\n \\frac{\\partial f}{\\partial X} &= ‸\n\\end{align}",
        r"so $\frac{\partial f}{\partial X} =‸$ holds",
    ],
)
def test_behind_the_equals_sign_of_a_derivative_stands_the_derivative(text: str) -> None:
    found = offered(text)
    assert [c.label for c in found] == [r"a b^\top"]
    assert found[0].insert == (" " if "=‸" in text else "") + r"a b^\top"
    assert "m×n" in found[0].detail and "denominator" in found[0].detail


def test_the_derivation_explains_the_result_that_is_offered() -> None:
    text = HEAD + r"\[ \frac{\partial f}{\partial X} = \]"
    words = explain(text, text.index("= \\]") + 1, Settings())
    assert "a bᵀ" in words.splitlines()[-1]


@pytest.mark.parametrize(
    "text",
    [
        r"\[ \frac{\partial f}{\partial X} = a ‸\]",  # something stands there
        r"\[ f =‸ \]",  # no derivative is asked for
        r"\[ \frac{\partial f}{\partial X} \leq ‸ \]",
        r"x =‸ 3 in the text",
        r"\[ \frac{\partial (X a)}{\partial X} =‸ \]",  # cannot be formed
    ],
)
def test_elsewhere_no_derivative_is_offered(text: str) -> None:
    assert offered(text) == []


def test_behind_partial_stand_the_symbols_of_the_formula_first() -> None:
    labels = [c.label for c in offered(r"\[ \frac{\partial f}{\partial ‸} \]")]
    assert set(labels[:3]) == {"X", "a", "b"} and labels[3:] == ["C"]
    assert [c.label for c in offered(r"\[ \nabla_{‸} f \]")][:2] != []
    shapes = {c.label: c.detail for c in offered(r"\[ \frac{\partial f}{\partial ‸")}
    assert shapes["X"] == "m×n" and shapes["a"] == "m×1"


def test_the_documents_macros_for_known_operators_are_offered() -> None:
    found = {c.label: c for c in offered(r"\[ X\‸ \]")}
    assert set(found) == {r"\tran", r"\vect"}
    assert found[r"\vect"].snippet == r"\vect{$1}" and found[r"\tran"].snippet is None
    assert offered(r"see \‸ref") == []


def test_cues_are_seen_in_the_text_before_the_cursor_alone() -> None:
    assert cue("a == ", 5) is None or cue("x := ", 5) is None
    assert cue(r"\\", 2) is None
    found = cue(r"\frac{\partial \mathrm{tr}(A^{\top}X)}{\partial \Si", 51)
    assert found is not None and found.kind == "variable" and found.span.end - found.span.start == 3


def test_the_differential_of_a_function_varies_its_argument_alone() -> None:
    (found,) = offered(r"Let $q(b) = \|X b - a\|^2$. Then \[ dq = ‸ \]")
    assert found.label == r"2(Xb - a)^\top X\, db"
