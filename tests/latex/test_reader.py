"""The reader: what is written is kept apart, and nothing that is typed makes it fail."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nablatex.latex.definitions import read_macros
from nablatex.latex.parse import parse
from nablatex.latex.regions import scan
from nablatex.latex.tree import (
    Call,
    Derivative,
    Differential,
    Fraction,
    Infix,
    Juxtaposition,
    Node,
    Operator,
    Relation,
    Scripted,
    Sum,
)

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "cases" / "public.jsonl").read_text(encoding="utf-8").splitlines()
]


def only(kind: type[Node], text: str) -> Node:
    found = [n for n in parse(text).tree.walk() if isinstance(n, kind)]
    assert found, text
    return found[0]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["id"])
def test_every_public_formula_is_read_without_problems(case: dict[str, object]) -> None:
    macros = read_macros(str(case.get("preamble", "")))
    assert parse(str(case["latex"]), macros=macros).problems == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (r"\frac{\partial f}{\partial X}", Derivative),
        (r"\nabla_{\bm{X}}\, a", Derivative),
        (r"\partial f/\partial x", Derivative),
        (r"\frac{a}{b}", Fraction),
        (r"\frac12", Fraction),
        (r"\frac12 x", Juxtaposition),
        (r"dX^{-1}", Differential),
        (r"\mathrm{d}\bigl[XY\bigr]", Differential),
        (r"tr(AB)", Operator),
        (r"\operatorname{tr} AB", Operator),
        (r"f(X)", Call),
        (r"A : B", Infix),
        (r"ab^\top", Juxtaposition),
        (r"X_{ij}", Scripted),
        (r"-x", Sum),
        (r"a = b", Relation),
    ],
)
def test_constructs(text: str, kind: type[Node]) -> None:
    assert isinstance(parse(text).tree, kind) and parse(text).problems == ()


def test_an_operator_takes_the_whole_term() -> None:
    tree = parse(r"\frac{\partial}{\partial X} a^\top X b + c").tree
    assert isinstance(tree, Sum)
    first = tree.terms[0]
    assert (
        isinstance(first, Derivative) and isinstance(first.operand, Juxtaposition) and len(first.operand.factors) == 3
    )


def test_spans_point_at_what_the_author_typed_through_macros() -> None:
    text = r"\R + \pd{f}{X}"
    table = read_macros(r"\newcommand{\R}{\mathbb{R}}\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}")
    tree = parse(text, macros=table).tree
    d = next(n for n in tree.walk() if isinstance(n, Derivative))
    assert text[d.span.start : d.span.end] == r"\pd{f}{X}"
    assert d.operand is not None and text[d.operand.span.start : d.operand.span.end] == "f"


def test_recursive_macros_end() -> None:
    table = read_macros(r"\newcommand{\a}{\a\a}")
    assert parse(r"\a + 1", macros=table).tree is not None


@pytest.mark.parametrize(
    "text", ["{" * 3000, "(" * 3000, "x^" * 800, "\\frac" * 500, "|" * 901, "\\begin{bmatrix}" * 200, "\\left(" * 999]
)
def test_hostile_nesting_ends_with_a_problem(text: str) -> None:
    assert parse(text).problems


@pytest.mark.parametrize("case", CASES[::3], ids=lambda c: c["id"])
def test_no_prefix_raises(case: dict[str, object]) -> None:
    latex = str(case["latex"])
    for k in range(len(latex)):
        parse(latex[:k])


PIECES = st.sampled_from(
    "X x \\mathbf{A} ^ _ { } ( ) [ ] | \\| ' d \\partial \\frac \\nabla \\top T -1 2 + - = & \\\\ \\odot : \\sum i \\operatorname{tr} \\det \\log"
    " \\begin{bmatrix} \\end{bmatrix} \\left. \\right| \\text{for } , . \\int \\Big \\langle \\rangle \\sqrt \\hat".split(
        " "
    )
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=24))
def test_no_sequence_of_tokens_raises(pieces: list[str]) -> None:
    parse(" ".join(pieces))


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80))
def test_no_text_raises(text: str) -> None:
    parse(text)
    scan(text)


def test_regions_of_a_document() -> None:
    text = "a $x$ \\verb|$y$| % $z$\n\\[ w \\] \\begin{align} a &= b \\\\ &= c \\end{align} \\begin{verbatim}$v$\\end{verbatim} \\$5 $$q$$"
    found = [(r.env, [text[s.start : s.end].strip() for s in r.rows]) for r in scan(text).regions]
    assert found == [("inline", ["x"]), ("display", ["w"]), ("align", ["a &= b", "&= c"]), ("display", ["q"])]


def test_an_unclosed_dollar_ends_at_the_paragraph() -> None:
    assert [r.env for r in scan("so $x = \n\nThen $y$.").regions] == ["inline", "inline"]


def test_rows_that_one_expression_goes_over_are_one() -> None:
    text = r"""\begin{align}
f &= a + b \\
  &\quad + c \\
  &= d \cdot \\
  &\qquad e \\
  &= \left( a \right. \\
  &\quad \left. + b \right) \\
- x &= y
\end{align}"""
    (region,) = scan(text).regions
    rows = [text[r.start : r.end].strip() for r in region.rows]
    assert [r.count("\\\\") for r in rows] == [1, 1, 1, 0]
    assert all(not parse(text, start=r.start, end=r.end).problems for r in region.rows)
