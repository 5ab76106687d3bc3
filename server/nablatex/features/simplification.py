"""*Simplify* for formulas of symbolic matrices: the form that an author would write, with derivatives worked out."""

from __future__ import annotations

import re

from nablatex.algebra.expr import Expr
from nablatex.algebra.measure import measure
from nablatex.algebra.normal import normal_form
from nablatex.algebra.simplify import simplify
from nablatex.checking.verdict import verify
from nablatex.document.context import Context
from nablatex.document.elaborate import Reading, elaborate
from nablatex.document.notation import Notation
from nablatex.document.printing import Unprintable, to_latex
from nablatex.features.engine import NO_RESULT, assumptions_of
from nablatex.features.export import Exported, formula_of
from nablatex.latex.tree import Derivative, Differential, Node

_SPACING = re.compile(r"\s+|\\[,;:! ]|\\(?:left|right|quad|cdot)(?![A-Za-z])|[{}]")


def asks_for_derivative(tree: Node) -> bool:
    """Whether there is a derivative to be worked out in a formula."""
    return any(isinstance(n, (Derivative, Differential)) for n in tree.walk())


def simplified(tree: Node, context: Context, layout: str, notation: Notation, text: str) -> str:
    """A formula of `text` in a simpler form, in LaTeX.  ValueError says why there is none.

    The result was compared with the formula at random points, and is not what the author has written.
    """
    found = formula_of(tree, context, layout, notation, text)
    if isinstance(found, Exported):
        raise ValueError(found.message)
    reading = elaborate(tree, context, layout, text).readings[0]
    try:
        best = _simplest(found.levels[-1], reading, context)
        latex = to_latex(best, notation)
        same = latex == to_latex(reading.sides[0], notation)  # in another order, maybe, but no simpler
    except (Unprintable, *NO_RESULT) as error:
        raise ValueError(str(error) or type(error).__name__) from None
    written, result = _bare(text[tree.span.start : tree.span.end]), _bare(latex)
    if result == written or (same and len(result) >= len(written)):
        raise ValueError("no simpler form is known")
    return latex


def _simplest(e: Expr, reading: Reading, context: Context) -> Expr:
    """A verified expression, or its normal form where that is shorter and agrees with the formula as well."""
    other = simplify(normal_form(e))
    if measure(other) < measure(e) and verify(reading.sides[0], other, assumptions_of(reading, context)) is None:
        return other
    return e


def _bare(latex: str) -> str:
    """A formula without what only moves it about."""
    return _SPACING.sub("", latex)


__all__ = ["asks_for_derivative", "simplified"]
