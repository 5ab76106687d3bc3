"""The spellings of the wider world: each is read without a problem, and as what it is."""

from __future__ import annotations

import pytest
from nablatex.document.elaborate import elaborate
from nablatex.document.printing import to_latex
from nablatex.document.suppositions import context_of
from nablatex.latex.parse import parse
from nablatex.latex.tree import BigOperator, Dots, List, Node, Relation, Text

DECLS = [r"A, B \in \mathbb{R}^{n\times n}", r"X \in \mathbb{R}^{m\times n}", r"x, y \in \mathbb{R}^n"]


def meaning(latex: str) -> str:
    parsed = parse(latex)
    assert parsed.problems == (), latex
    found = elaborate(parsed.tree, context_of(DECLS, [], []), "denominator", latex)
    assert found.readings, found.failure
    return to_latex(found.readings[0].sides[0])


@pytest.mark.parametrize(
    "group",
    [
        r"A^T ¦ A^\top ¦ A^{\top} ¦ A^{\mathrm T} ¦ A^{\mathsf{T}} ¦ A^{\operatorname{T}} ¦ A^{\!\top\!} ¦ A^{\intercal} ¦ A^t ¦ A' ¦ {}^tA ¦ A^{\prime} ¦ A^{\text{T}} ¦ A^\mathsf{T}",
        r"A^{-T} ¦ A^{-\top} ¦ A^{-1\top} ¦ (A^{-1})^T ¦ (A^\top)^{-1} ¦ A^{-\mathrm{T}} ¦ A'^{-1}",
        r"|A| ¦ \lvert{A}\rvert ¦ \det{A} ¦ \mathrm{det}(A) ¦ \operatorname{det}A ¦ \left|A\right| ¦ \left\lvert{A}\right\rvert ¦ \vert{A}\vert",
        r"\log|A| ¦ \log\det{A} ¦ \log\left|A\right| ¦ \log\lvert{A}\rvert",
        r"\ln|A| ¦ \ln\det{A} ¦ \ln\left\vert{A}\right\vert",
        r"\mathrm{tr}\{A\} ¦ \mathrm{Tr}[A] ¦ \operatorname{tr}(A) ¦ tr(A) ¦ \operatorname{Tr}\left(A\right) ¦ \mathrm{trace}(A) ¦ \text{tr}(A) ¦ \tr{A} ¦ \Tr(A)",
        r"A\odot{B} ¦ A\circ{B} ¦ A\ast{B} ¦ A.*B",
        r"\operatorname{diag}(x) ¦ \mathrm{diag}(x) ¦ \operatorname{Diag}(x) ¦ \diag(x) ¦ \text{diag}(x)",
        r"\operatorname{vec}(X) ¦ \mathrm{vec}(X) ¦ \operatorname{vec}{X} ¦ \vec(X)",
        r"\|x\|^2 ¦ \lVert{x}\rVert^2 ¦ \left\|x\right\|^2 ¦ ||x||^2 ¦ \Vert{x}\Vert^2 ¦ \norm{x}^2 ¦ \|x\|_2^2 ¦ \left\Vert{x}\right\Vert_2^2",
        r"\frac{1}{2}A ¦ \frac12A ¦ \tfrac12A ¦ \dfrac{1}{2}A ¦ A/2",
        r"\underbrace{A}_{\text{data}}B ¦ \boxed{A}B ¦ \textcolor{red}{A}B ¦ \color{blue}A{}B ¦ A\,B ¦ A\cdot{B} ¦ A{B} ¦ {A}B",
        r"\mathrm{etr}(A) ¦ \operatorname{etr}(A)",
        r"\langle{A},B\rangle ¦ A:B ¦ \left\langle{A},B\right\rangle",
    ],
)
def test_spellings_of_one_thing(group: str) -> None:
    spellings = group.split(" ¦ ")
    assert {s: meaning(s) for s in spellings} == dict.fromkeys(spellings, meaning(spellings[0]))


@pytest.mark.parametrize(
    "latex",
    [
        r"\partial_x (x^\top A x)",
        r"\nabla^2_x (x^\top A x)",
        r"\left.\frac{\partial x^\top A x}{\partial x}\right|_{x=y}",
        r"\mathbf{1}_n^\top x",
        r"\mathbb{1}^\top x",
        r"A \otimes B",
        r"\mathbf{I}_n A",
    ],
)
def test_more_is_read(latex: str) -> None:
    parsed = parse(latex)
    assert parsed.problems == ()
    assert elaborate(parsed.tree, context_of(DECLS, [], []), "denominator", latex).readings


@pytest.mark.parametrize(
    ("latex", "kind"),
    [
        (r"\underset{w}{\arg\min}\, \|Xw\|^2", BigOperator),
        (r"\operatorname*{arg\,min}_w f(w)", BigOperator),
        (r"\mathop{\rm argmin}_w f(w)", BigOperator),
        (r"\max_{x} \; x^\top A x", BigOperator),
        (r"i = 1, 2, ..., n", Dots),
        (r"p(y | x) = f(x)", Relation),
        (r"\forall x \in \mathbb{R}^n, \quad x = y", List),
        (r"A = B \qquad B = A", List),
        (r"[a \quad b]", Node),
        (r"\text{s.t. } A = B", Text),
        (r"J = f + \text{const}", Text),
        (r"\Rightarrow A = B", Relation),
        (r"A_{1,:} x = B_{:,i}", Relation),
        (r"d_{i\cdot}", Node),
        (r"\textrm{prod}(A, B) = A", Relation),
        (r"a~dX", Node),
        (r"f = \left( a \right. \\ &\quad \left. + b \right)", Relation),
    ],
)
def test_constructs_of_real_documents(latex: str, kind: type[Node]) -> None:
    parsed = parse(latex)
    assert parsed.problems == ()
    assert any(isinstance(n, kind) for n in parsed.tree.walk())


def test_a_wide_space_parts_formulas() -> None:
    tree = parse(r"A = B \quad C = D").tree
    assert isinstance(tree, List) and [len(r.sides) for r in tree.items if isinstance(r, Relation)] == [2, 2]
    columns = parse(r"a &= b & c &= d").tree
    assert isinstance(columns, List) and len(columns.items) == 2
    assert isinstance(parse(r"f(x \quad y)").tree, type(parse("f(xy)").tree))


def test_joining_words_say_nothing() -> None:
    assert parse(r"\text{so that } A = B").tree == parse("A = B").tree
