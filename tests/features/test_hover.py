"""Hover: what an author reads at ‸."""

from __future__ import annotations

from nablatex.features.hover import hover
from nablatex.features.model import Settings

HEAD = r"Let $X \in \mathbb{R}^{m\times n}$, $a\in\mathbb{R}^m$, $b\in\mathbb{R}^n$ and $f = a^\top X b$." + "\n"


def said(text: str, settings: Settings | None = None) -> str:
    marked = HEAD + text
    found = hover(marked.replace("‸", ""), marked.index("‸"), settings or Settings())
    return found.markdown if found is not None else ""


def test_a_symbol_says_its_shape_and_a_formula_its_reading() -> None:
    assert "m×n" in said(r"\[ ‸X b \]")
    assert "**shape** m×1" in said(r"\[ X b ‸+ a \]")


def test_the_result_of_a_derivative_is_said_to_those_who_ask_for_it() -> None:
    formula = r"\[ \fr‸ac{\partial f}{\partial X} \]"
    assert "= `a bᵀ`" in said(formula, Settings(hover_result=True)).splitlines()
    assert "a bᵀ" not in said(formula)
    assert "= `" not in said(r"\[ \fr‸ac{\partial f}{\partial X} = a b^\top \]", Settings(hover_result=True))
