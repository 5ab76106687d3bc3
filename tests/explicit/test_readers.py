"""The two readers of scalar formulas against each other, and the rule that says which one reads what."""

from __future__ import annotations

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from nablatex.document.context import Context
from nablatex.explicit import numeric
from nablatex.explicit.neutral import NotWritable, Writer
from nablatex.explicit.reader import Reader
from nablatex.explicit.second import read_by_both, reader, symbols
from nablatex.explicit.values import NotExplicit
from nablatex.latex.parse import parse

NAMES = st.sampled_from(["x", "y", "r", "d", "i_1", "\\alpha", "\\lambda", "x_{12}", "t", "k", "\\pi", "e"])
NUMBERS = st.sampled_from(["2", "3", "10", "0.5", "1"])


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Larger formulas from smaller ones, in the spellings of authors."""
    return st.one_of(
        st.tuples(inner, inner).map(lambda p: f"{p[0]} + {p[1]}"),
        st.tuples(inner, inner).map(lambda p: f"{p[0]} - \\left({p[1]}\\right)"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]}) ({p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"\\frac{{{p[0]}}}{{{p[1]}}}"),
        st.tuples(inner, inner).map(lambda p: f"\\left({p[0]}\\right) \\cdot \\left({p[1]}\\right)"),
        inner.map(lambda x: f"\\left({x}\\right)^2"),
        inner.map(lambda x: f"\\sqrt{{{x}}}"),
        inner.map(lambda x: f"\\sin({x})"),
        inner.map(lambda x: f"\\cos^2\\left({x}\\right)"),
        inner.map(lambda x: f"\\ln({x})"),
        inner.map(lambda x: f"\\exp({x})"),
        inner.map(lambda x: f"e^{{{x}}}"),
        inner.map(lambda x: f"|{x}|"),
        inner.map(lambda x: f"\\arctan({x})"),
        inner.map(lambda x: f"\\frac{{d}}{{dx}}\\left({x}\\right)"),
        inner.map(lambda x: f"\\int_0^1 \\left({x}\\right) dx"),
        inner.map(lambda x: f"\\sum_{{k=1}}^3 \\left({x}\\right)"),
    )


FORMULAS = st.recursive(NAMES | NUMBERS, grown, max_leaves=5)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(FORMULAS)
def test_the_readers_agree_on_scalar_formulas(latex: str) -> None:
    parse_theirs = reader()
    if parse_theirs is None:
        pytest.skip("latex2sympy2 is not installed")
    tree = parse(latex).tree
    ours = Reader(Context(), latex)
    try:
        value = ours.read(tree)
        writer = Writer()
        text = writer.write(tree)
    except (NotExplicit, NotWritable):
        return
    theirs = parse_theirs(text)
    theirs = theirs.xreplace(symbols(theirs, writer, tree, ours))
    assert theirs == value or numeric.compare(value, theirs, points=2)[1] is None, (text, value, theirs)


@pytest.mark.parametrize(
    ("latex", "who"),
    [
        (r"\sin(2x) + \sqrt{r}", "both"),
        (r"\int_0^r e^{-d} \, dd", "both"),
        (r"\frac{d^2}{dx^2} \sin x", "both"),
        (r"\sum_{i=1}^n i^2", "both"),
        (r"\frac12 + x^2", "ours"),
        (r"\lim_{x\to 0} \frac{|x|}{x}", "ours"),
        (r"\sin 2 x", "ours"),
        (r"\sqrt[3]{x}", "ours"),
    ],
)
def test_who_reads_what(latex: str, who: str) -> None:
    if reader() is None:
        pytest.skip("latex2sympy2 is not installed")
    tree = parse(latex).tree
    by = Reader(Context(), latex)
    assert read_by_both(tree, by.read(tree), by) == who


def test_a_formula_that_the_readers_take_apart_is_not_understood() -> None:
    if reader() is None:
        pytest.skip("latex2sympy2 is not installed")
    latex = r"\sin(x)"
    tree = parse(latex).tree
    by = Reader(Context(), latex)
    with pytest.raises(NotExplicit, match="two ways"):
        read_by_both(tree, sympy.cos(by.read(parse("x").tree)), by)
