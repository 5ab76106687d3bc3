r"""Authors' macros, every form of definition, and commands of packages: what is read, and where its spans point."""

from __future__ import annotations

import pytest
from nablatex.latex.definitions import read_macros
from nablatex.latex.parse import parse
from nablatex.latex.tree import Derivative, Differential, Evaluated, Fence, Matrix, Name, Node


@pytest.mark.parametrize(
    ("definition", "use", "same"),
    [
        (r"\newcommand{\mX}{\mathbf{X}}", r"\mX", r"\mathbf{X}"),
        (r"\newcommand\mX{\mathbf{X}}", r"\mX", r"\mathbf{X}"),
        (r"\newcommand*{\mat}[1]{\mathbf{#1}}", r"\mat{X}", r"\mathbf{X}"),
        (r"\newcommand{\mat}[2][A]{#1_{#2}}", r"\mat{k} \mat[B]{k}", r"A_{k} B_{k}"),
        (r"\newcommand{\x}{x} \renewcommand{\x}{y}", r"\x", "y"),
        (r"\newcommand{\x}{x} \providecommand{\x}{y}", r"\x", "x"),
        (r"\def\x#1#2{#2 #1}", r"\x{a}{b}", "b a"),
        (r"\def\x{\y}\def\y{z}", r"\x", "z"),
        (r"\let\trans\top", r"A^\trans", r"A^\top"),
        (r"\DeclareMathOperator{\Tr}{tr}", r"\Tr(A)", r"\operatorname{tr}(A)"),
        (r"\DeclareMathOperator*{\amin}{arg\,min}", r"\amin_x f", r"\operatorname*{arg\,min}_x f"),
        (r"\NewDocumentCommand{\x}{m O{k} s}{#1_{#2}}", r"\x{a} \x{a}[b]", "a_{k} a_{b}"),
        (r"\NewDocumentCommand\x{+m m}{#1 + #2}", r"\x ab", "a + b"),
        (r"\newcommandtwoopt{\x}[3][a][b]{#1 #2 #3}", r"\x{c} + \x[d]{c} + \x[d][e]{c}", "a b c + d b c + d e c"),
        (r"\DeclarePairedDelimiter{\nrm}{\lVert}{\rVert}", r"\nrm{x} \nrm*{x} \nrm[\big]{x}", r"\|x\| \|x\| \|x\|"),
        (r"\DeclarePairedDelimiterX{\inn}[2]{\langle}{\rangle}{#1, #2}", r"\inn{a}{b}", r"\langle a, b\rangle"),
        (r"\newcommand{\x}{\ensuremath{\alpha}\xspace}", r"\x + 1", r"\alpha + 1"),
        (r"\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}", r"\pd{f}{X}", r"\frac{\partial f}{\partial X}"),
        (r"\newcommand{\x}{a\}b}", r"c", "c"),
        (r"% \newcommand{\x}{a}", r"x", "x"),
        (r"\newcommand{\x}[1]{\y{#1}} \newcommand{\y}[1]{\bm{#1}}", r"\x{W}^\top", r"\bm{W}^\top"),
    ],
)
def test_definitions(definition: str, use: str, same: str) -> None:
    assert parse(use, macros=read_macros(definition)).tree == parse(same).tree


def test_recursive_macros_end() -> None:
    table = read_macros(r"\def\a{\a\a} \def\b{\c}\def\c{\b}")
    assert parse(r"\a + \b", macros=table).tree is not None


def test_a_definition_in_a_comment_or_half_typed_is_none() -> None:
    assert not read_macros("% \\newcommand{\\x}{a}\n\\newcommand{\\y}{").macros


@pytest.mark.parametrize(
    ("use", "same"),
    [
        (r"\pdv{f}{x}", r"\frac{\partial f}{\partial x}"),
        (r"\pdv[2]{f}{x}", r"\frac{\partial^2 f}{\partial x^2}"),
        (r"\pdv{f}{x}{y}", r"\frac{\partial^2 f}{\partial x \partial y}"),
        (r"\pdv{f}{x,y}", r"\frac{\partial^2 f}{\partial x \partial y}"),
        (r"\pdv{x} f", r"\frac{\partial}{\partial x} f"),
        (r"\dv{f}{t}", r"\frac{d f}{d t}"),
        (r"\odv{f}{t}", r"\frac{d f}{d t}"),
        (r"\dv{t} x", r"\frac{d}{d t} x"),
        (r"\grad_x f", r"\nabla_x f"),
        (r"\tr(AB)", r"\operatorname{tr}(AB)"),
        (r"\norm{x}^2 + \abs{a}", r"\|x\|^2 + |a|"),
        (r"\qty(a + b) c", "(a + b) c"),
        (r"\mqty(a & b \\ c & d)", r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}"),
        (r"\bmqty{a & b}", r"\begin{bmatrix} a & b \end{bmatrix}"),
        (r"\dd X", r"\mathrm{d} X"),
        (r"\vb{x}^\top \vb*{y}", r"\mathbf{x}^\top \mathbf{y}"),
        (r"\eval{f}_{x=0}", r"\left. f \right|_{x=0}"),
        (r"\num{3} x", "3 x"),
    ],
)
def test_packages(use: str, same: str) -> None:
    read, wanted = parse(use), parse(same)
    assert read.problems == ()
    kinds = (Derivative, Differential, Evaluated, Fence, Matrix)
    if isinstance(wanted.tree, Differential):
        assert isinstance(read.tree, Differential) and read.tree.operand == wanted.tree.operand
    else:
        assert read.tree == wanted.tree or not isinstance(wanted.tree, kinds)


def test_the_documents_own_definition_comes_before_a_packages() -> None:
    assert parse(r"\pdv", macros=read_macros(r"\newcommand{\pdv}{q}")).tree == parse("q").tree


def spelt(text: str, node: Node) -> str:
    return text[node.span.start : node.span.end]


def test_spans_are_those_of_the_use() -> None:
    text = r"\newcommand{\mat}[1]{\mathbf{#1}} \mat{X} \mat{Y}"
    start = text.index(r"\mat{X}")
    tree = parse(text, macros=read_macros(text), start=start).tree
    assert [spelt(text, n) for n in tree.walk() if isinstance(n, Name)] == [r"\mat{X}", r"\mat{Y}"]


def test_a_star_behind_a_command_is_a_product() -> None:
    assert parse(r"\alpha*\beta").tree == parse(r"\alpha * \beta").tree
