"""Code lenses at chains of steps."""

from __future__ import annotations

from nablatex.features.lens import lens_title, lenses
from nablatex.features.model import Settings

HEAD = (
    r"Let $X \in \mathbb{R}^{m\times n}$, $a\in\mathbb{R}^m$, $b\in\mathbb{R}^n$ and $A \in \mathbb{R}^{n\times n}$."
    + "\n"
)


def titles(text: str) -> list[tuple[str, str]]:
    """Each lens, and the line of the step where its panel opens."""
    text = HEAD + text
    out = []
    for found in lenses(text, Settings()):
        lens = lens_title(text, found.span.start, found.span.end, Settings())
        assert lens is not None
        out.append((lens.title, text[lens.span.start : lens.span.end].strip()))
    return out


def test_a_chain_says_how_many_of_its_steps_are_proved() -> None:
    steps = "\\begin{align}\n \\nabla_b \\|Xb - a\\|^2 &= 2X^\\top (Xb - a) \\\\\n &= 2X^\\top X b - 2 X^\\top a \\end{align}"
    assert [t for t, _ in titles(steps)] == ["2 steps proved"]


def test_the_panel_opens_at_the_first_step_that_is_not_right() -> None:
    steps = "\\begin{align}\n \\nabla_b b^\\top A b &= (A + A^\\top) b \\\\\n &= 2 A b \\end{align}"
    assert titles(steps) == [("1 of 2 steps proved, 1 conditional", "2 A b")]


def test_one_formula_is_no_chain_and_what_claims_nothing_has_no_lens() -> None:
    assert titles("\\[ \\nabla_b b^\\top A b = (A + A^\\top) b \\]") == []
    assert titles("\\begin{align} f &= b^\\top A b \\\\ g &= a^\\top X b \\end{align}") == []


def test_two_chains_have_two_lenses() -> None:
    chain = "\\begin{align} \\nabla_b b^\\top A b &= A b + A^\\top b \\\\ &= (A + A^\\top) b \\end{align}\n"
    assert [t for t, _ in titles(chain + "Words.\n" + chain)] == ["2 steps proved"] * 2


def test_the_setting_switches_them_off() -> None:
    text = HEAD + "\\begin{align} \\nabla_b b^\\top A b &= A b + A^\\top b \\\\ &= (A + A^\\top) b \\end{align}\n"
    assert lenses(text, Settings(code_lens=False)) == ()
