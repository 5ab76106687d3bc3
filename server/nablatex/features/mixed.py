"""Formulas in which matrices made of blocks, or with given entries, stand among symbolic ones."""

from __future__ import annotations

import re

from nablatex.algebra.dims import ShapeError
from nablatex.algebra.normal import TooLarge
from nablatex.checking.verdict import verify
from nablatex.document.context import Context
from nablatex.document.elaborate import elaborate
from nablatex.document.notation import Notation
from nablatex.document.printing import Unprintable, to_latex
from nablatex.features.engine import assumptions_of
from nablatex.latex.tree import Matrix, Node


def work_out_blocks(tree: Node, context: Context, notation: Notation, text: str) -> tuple[str, str]:
    """The formula with its block matrices worked out, in LaTeX, and the rules that were used.

    ValueError says why there is none.  The result has been compared with the formula at random points.
    """
    from nablatex.explicit.blocks import has_blocks, work_out

    found = elaborate(tree, context, "denominator", text)
    if not found.readings:
        raise ValueError(found.failure.message if found.failure is not None else "not understood")
    reading = found.readings[0]
    formal = reading.sides[0]
    if not has_blocks(formal):
        raise ValueError("there is no matrix made of blocks here")
    try:
        closed, rules = work_out(formal)
        if closed == formal or not rules:
            raise ValueError("the blocks cannot be worked out: they do not fit, or there is nothing to do")
        wrong = verify(formal, closed, assumptions_of(reading, context))
        if wrong is not None:
            raise ValueError("the result could not be confirmed numerically")
        latex = to_latex(closed, notation)
    except (Unprintable, ShapeError, TooLarge, NotImplementedError, ArithmeticError) as error:
        raise ValueError(str(error) or type(error).__name__) from None
    written = [n.env for n in tree.walk() if isinstance(n, Matrix)]
    if written and written[0] in ("pmatrix", "matrix", "Bmatrix", "smallmatrix"):
        latex = re.sub(r"(begin|end)\{bmatrix\}", rf"\1{{{written[0]}}}", latex)
    return latex, ", ".join(rules)


__all__ = ["work_out_blocks"]
