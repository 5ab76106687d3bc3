"""Exponentials, roots and Sylvester equations as an author writes them, and what their derivatives are."""

from __future__ import annotations

import pytest
from nablatex.document.suppositions import context_of
from nablatex.features.actions import actions, resolve
from nablatex.features.engine import derive_formula
from nablatex.features.model import Settings
from nablatex.latex.parse import parse

DECLS = [r"A, B, C, X \in \mathbb{R}^{n \times n}", r"a, b \in \mathbb{R}^n"]


@pytest.mark.parametrize(
    ("latex", "result"),
    [
        # the integral solves A S + S B = I: no derivative of an exponential is needed
        (r"d \int_0^\infty e^{-At}\,dt", r"-A^{-1}\, dA\, A^{-1}"),
        (r"d X^{1/2}", r"\int_0^{\infty} e^{-t X^{1/2}}\, dX\, e^{-t X^{1/2}} \,dt"),
        (
            r"\frac{\partial}{\partial X} \operatorname{tr}(C X^{1/2})",
            r"\int_0^{\infty} e^{-t X^{1/2}}C^\top e^{-t X^{1/2}} \,dt",
        ),
        (
            r"\int_0^\infty e^{-At} C e^{-Bt}\,dt",
            r"\operatorname{vec}^{-1}((I_n \otimes A + B^\top \otimes I_n)^{-1} \operatorname{vec}(C))",
        ),
        (r"\int_0^\infty e^{-At} C\,dt", r"A^{-1}C"),
        (r"d \operatorname{logm}(X)", r"\int_0^{\infty} (X + s I_n)^{-1}\, dX\, (X + s I_n)^{-1} \,ds"),
        (r"d e^{X}", r"\int_0^1 e^{sX}\, dX\, e^{(1 - s)X} \,ds"),
        (  # an integral in another has a letter of its own
            r"d \operatorname{expm}(A + \operatorname{logm}(X))",
            r"\int_0^1 e^{s (A + \operatorname{logm}(X))} (dA + \int_0^{\infty} (X + t I_n)^{-1}\, dX\, (X + t I_n)^{-1} \,dt)"
            r"e^{(1 - s)(A + \operatorname{logm}(X))} \,ds",
        ),
        (r"d \operatorname{tr}(e^{X})", r"\operatorname{tr}(e^{X}\, dX)"),
        (
            r"d^2 X^{1/2}",
            r"-2\int_0^{\infty} e^{-s X^{1/2}} \int_0^{\infty} e^{-t X^{1/2}}\, dX\, e^{-t X^{1/2}} \,dt\, "
            r"\int_0^{\infty} e^{-t X^{1/2}}\, dX\, e^{-t X^{1/2}} \,dt\, e^{-s X^{1/2}} \,ds",
        ),
    ],
)
def test_derivatives_of_matrix_functions(latex: str, result: str) -> None:
    """Each of them has been compared with differences of the function before it is shown."""
    assume = ["$X$ positive definite"] if "X^{1/2}" in latex else []
    found = derive_formula(parse(latex).tree, context_of(DECLS, assume, []))
    assert (found.status, found.latex) == ("ok", result)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (r"\operatorname{tr}(X^{A})", r"\operatorname{tr}(e^{\operatorname{logm}(X) A})"),
        (r"\operatorname{tr}((X + C)^{A - B})", r"\operatorname{tr}(e^{\operatorname{logm}(X + C) (A - B)})"),
    ],
)
def test_a_matrix_raised_to_a_matrix_is_read_either_way(before: str, after: str) -> None:
    """The author chooses; the derivative then exists."""
    text = f"Let $A, B, C, X \\in \\mathbb{{R}}^{{n \\times n}}$. \\[ \\frac{{\\partial}}{{\\partial X}} {before} \\]"
    at = text.index(before)
    offered = [a for a in actions(text, at, at, Settings()) if a.data["do"] == "power"]
    assert len(offered) == 2
    (edit,) = resolve(text, offered[0].data, Settings()).edits
    changed = text[: edit.span.start] + edit.new + text[edit.span.end :]
    assert after in changed
    assert any(a.title == "Insert derivative" for a in actions(changed, at, at, Settings()))
