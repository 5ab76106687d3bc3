"""Symbols of a document: what is known of them, where they are declared and used, renaming.  ``|`` marks the cursor."""

from __future__ import annotations

import pytest
from nablatex.features.declarations import declaration_of, declarations, declare_action, references_to, resolve_declare
from nablatex.features.model import Edit
from nablatex.features.rename import renamable, rename


def cursor(text: str) -> tuple[str, int]:
    offset = text.index("¦")
    return text.replace("¦", ""), offset


def edited(text: str, edits: tuple[Edit, ...]) -> str:
    for e in sorted(edits, key=lambda e: e.span.start, reverse=True):
        text = text[: e.span.start] + e.new + text[e.span.end :]
    return text


PAGE = r"""Let $X \in \mathbb{R}^{m\times n}$ and let $W$ be symmetric.
% nablatex: y : m vector
\[ f = a^\top X b \]
\[ \frac{\partial f}{\partial X} = a b^\top \quad X_{ij} = x_{ij}, \quad dX = 0 \]
\[ W y z \]
"""


def test_what_is_known_of_each_symbol_and_from_where() -> None:
    known = {k.label: k for k in declarations(PAGE)}
    assert (known["X"].shape, known["X"].origin) == ("m×n", "declared")
    assert known["X"].detail.startswith("Let $X")
    assert known["W"].properties == ("symmetric",)
    assert (known["y"].shape, known["y"].origin) == ("m×1", "comment")
    assert known["f"].origin == "defined"
    assert (known["a"].shape, known["a"].origin) == ("m×1", "inferred")
    assert known["z"].origin == "guessed"


def test_a_symbol_leads_to_its_declaration_and_its_definition() -> None:
    text, offset = cursor(PAGE.replace("{\\partial X}", "{\\partial ¦X}"))
    assert [text[s.start : s.end] for s in declaration_of(text, offset)] == ["X"]
    assert declaration_of(text, offset)[0].start < 10
    text, offset = cursor(PAGE.replace("{\\partial f}", "{\\partial ¦f}"))
    assert [text[s.start : s.end].strip() for s in declaration_of(text, offset)] == ["f = a^\\top X b"]


def test_references_hold_entries_and_differentials() -> None:
    text, offset = cursor(PAGE.replace("Let $X", "Let $¦X"))
    assert [text[s.start : s.end] for s in references_to(text, offset)] == ["X", "X", "X", "X", "x", "X"]


@pytest.mark.parametrize(
    ("before", "new", "after"),
    [
        (r"Let $¦X \in \R^{n}$. $aXb$", r"Y", r"Let $Y \in \R^{n}$. $aYb$"),
        (r"Let $¦X \in \R^{n}$. $aXb$", r"\Theta", r"Let $\Theta \in \R^{n}$. $a\Theta b$"),
        (
            r"Let $¦X \in \R^{n \times n}$. $e^X$",
            r"\mathbf{Y}",
            r"Let $\mathbf{Y} \in \R^{n \times n}$. $e^{\mathbf{Y}}$",
        ),
        (
            r"Let $X \in \R^{m \times n}$. $d¦X^\top = x_{ij} X_{ij} \Delta X$",
            r"Z",
            r"Let $Z \in \R^{m \times n}$. $dZ^\top = z_{ij} Z_{ij} \Delta Z$",
        ),
        (r"Let $¦\Sigma \in \R^{n \times n}$. $\alpha\Sigma$", r"S", r"Let $S \in \R^{n \times n}$. $\alpha S$"),
        (r"Let $w_0 \in \R$, $w \in \R^n$. $¦w + w_0$", r"v", r"Let $w_0 \in \R$, $v \in \R^n$. $v + w_0$"),
        (r"Let $w_0 \in \R$, $w \in \R^n$. $w + ¦w_0$", r"b", r"Let $b \in \R$, $w \in \R^n$. $w + b$"),
        (r"$¦\vw^\top \vw$ \newcommand{\vw}{\mathbf{w}}", r"\vv", r"$\vv^\top \vv$ \newcommand{\vw}{\mathbf{w}}"),
    ],
)
def test_renaming_takes_derived_spellings_along(before: str, new: str, after: str) -> None:
    text, offset = cursor(before)
    done = rename(text, offset, new)
    assert done.reason == ""
    assert edited(text, done.edits) == after


@pytest.mark.parametrize(
    ("before", "new", "why"),
    [
        (r"$¦X + Y$", "Y", "in use"),
        (r"$¦X + Y$", "A + B", "not the name"),
        (r"$X + Y$ ¦", "Z", "no symbol"),
        (r"\newcommand{\XtX}{X^\top X} $¦X = \XtX$", "Z", "the macro \\XtX"),
    ],
)
def test_a_rename_that_would_break_the_document_is_refused(before: str, new: str, why: str) -> None:
    text, offset = cursor(before)
    done = rename(text, offset, new)
    assert done.edits == () and why in done.reason


def test_declare_writes_a_comment_above_the_formula() -> None:
    text, offset = cursor("Let $X \\in \\mathbb{R}^{m \\times n}$.\nThen\n\\[ X ¦b \\]\n")
    action = declare_action(text, offset, offset)
    assert action is not None and action.title == "Declare b …"
    done = resolve_declare(text, action.data)
    assert edited(text, done.edits) == text.replace("\\[ X", "% nablatex: b : n vector\n\\[ X")
    after = edited(text, done.edits)
    assert {k.label: k.origin for k in declarations(after)}["b"] == "comment"
    assert declare_action(text, text.index("X b"), text.index("X b")) is None
    assert renamable(text, offset) is not None


def test_parts_of_a_formula_that_is_not_understood_still_say_shapes() -> None:
    text = "Let $X \\in \\mathbb{R}^{m\\times n}$. \\[ J(\\theta; X) = \\int \\|X b - y\\|^2 \\, d\\mu + \\dots \\]"
    known = {k.label: k.shape for k in declarations(text)}
    assert (known["b"], known["y"]) == ("n×1", "m×1")
