"""What is known of symbols, what a formula means, and how it is written back."""

from __future__ import annotations

from typing import Any

import nablatex.document.elaborate as elaborate_module
import pytest
from nablatex.algebra.dims import shape_text
from nablatex.algebra.simplify import simplify
from nablatex.calculus import expand
from nablatex.checking.verdict import decide
from nablatex.document.elaborate import elaborate
from nablatex.document.notation import notation_of
from nablatex.document.printing import to_latex
from nablatex.document.reading import read_document
from nablatex.document.suppositions import context_of
from nablatex.latex.parse import parse


def read(
    latex: str, *decls: str, assume: tuple[str, ...] = (), context: tuple[str, ...] = (), layout: str = "denominator"
):  # type: ignore[no-untyped-def]
    return elaborate(parse(latex).tree, context_of(list(decls), list(assume), list(context)), layout, latex)


@pytest.mark.parametrize(
    ("latex", "decls", "shape"),
    [
        ("a^T X b", ["X \\in \\mathbb{R}^{m \\times n}"], "scalar"),
        ("X a^T b", ["X \\in \\mathbb{R}^{m \\times n}", "a, b \\in \\mathbb{R}^n"], "m×n"),
        ("f(X)", [], "p×q"),
        ("|X|", ["X \\in \\mathbb{R}^{n \\times n}"], "scalar"),
        ("\\operatorname{diag}(x)", ["x \\in \\mathbb{R}^n"], "n×n"),
        ("x x'", ["x \\in \\mathbb{R}^n"], "n×n"),
        ("\\frac{\\partial Ax}{\\partial x}", ["A \\in \\mathbb{R}^{p \\times n}", "x \\in \\mathbb{R}^n"], "n×p"),
        ("\\nabla^2_x \\|x\\|^2", ["x \\in \\mathbb{R}^n"], "n×n"),
        ("X_{12}", ["X \\in \\mathbb{R}^{3 \\times 3}"], "scalar"),
        ("d\\sigma(X)", ["X \\in \\mathbb{R}^{m \\times n}"], "m×n"),
    ],
)
def test_shapes(latex: str, decls: list[str], shape: str) -> None:
    readings = read(latex, *decls).readings
    if latex == "f(X)":
        assert not readings or shape_text(readings[0].sides[0].shape)
        return
    assert shape_text(readings[0].sides[0].shape) == shape


def test_ill_shaped_says_which_product() -> None:
    failure = read("WX - Y", "X \\in \\mathbb{R}^{m \\times n}", "W \\in \\mathbb{R}^{n \\times k}").failure
    assert (
        failure is not None and failure.kind == "ill-shaped" and "n×k" in failure.message and "m×n" in failure.message
    )


@pytest.mark.parametrize("latex", ["X^{Y}", "\\mathbb{E}[x]", "\\oint x dx", "X \\cup Y"])
def test_what_is_not_understood_is_declined(latex: str) -> None:
    found = read(latex, "X, Y \\in \\mathbb{R}^{n \\times n}")
    assert found.readings == () and found.failure is not None


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        (r"\frac{\partial a' X^{-1} b}{\partial X}", "-(X^{-1})'a b' (X^{-1})'"),
        (r"\nabla_X\, a^\intercal X^{-1} b", r"-X^{-\intercal}a b^\intercal X^{-\intercal}"),
        (r"\frac{\partial}{\partial x} (Ax - b)^T (Ax - b)", "2A^T (Ax - b)"),
        (r"\nabla_x\, x^\top A x", r"(A + A^\top)x"),
    ],
)
def test_results_are_in_the_notation_of_the_page(text: str, printed: str) -> None:
    found = read(
        text, "X \\in \\mathbb{R}^{n \\times n}", "a, b, x \\in \\mathbb{R}^n", "A \\in \\mathbb{R}^{n \\times n}"
    )
    closed = simplify(expand(found.readings[0].sides[0]))
    assert to_latex(closed, notation_of(text)) == printed


@pytest.mark.parametrize(
    "latex",
    [
        r"2X^\top (XW - Y)", r"-X^{-\top}a b^\top X^{-\top}", r"\frac{x}{\|x\|}", r"\det(X)X^{-\top}", r"(A \odot X)^\top x",
        r"\operatorname{tr}(AX) x^\top", r"\frac{2}{\|Ax\|^2}A^\top Ax", r"\exp(Ax) \odot x", r"I_n \otimes A", r"\operatorname{diag}(x)A",
    ],
)  # fmt: skip
def test_what_is_printed_reads_back_as_the_same(latex: str) -> None:
    decls = [r"X, A \in \mathbb{R}^{n \times n}", r"W, Y \in \mathbb{R}^{n \times n}", r"a, b, x \in \mathbb{R}^n"]
    first = read(latex, *decls).readings[0].sides[0]
    again = read(to_latex(first), *decls).readings[0].sides[0]
    assert again == first


def kinds(text: str) -> list[str]:
    return [s.kind for s in read_document(text).statements]


def test_what_a_formula_is() -> None:
    head = "Let $X \\in \\mathbb{R}^{m\\times n}$, $w \\in \\mathbb{R}^n$, $y \\in \\mathbb{R}^m$. "
    assert kinds(head)[-1] == "declaration"
    assert kinds(head + "\\[ f = \\|Xw - y\\|^2 \\]")[-1] == "definition"
    assert kinds(head + "\\[ X^\\top X w = X^\\top y \\]")[-1] == "condition"
    assert kinds(head + "\\[ 2 X^\\top (Xw - y) = 0 \\]")[-1] == "condition"
    assert kinds(head + "\\[ w_{k+1} = w_k - \\eta X^\\top (Xw_k - y) \\]")[-1] in ("definition", "condition")
    assert kinds(head + "\\[ Xw \\approx y \\]")[-1] == "condition"
    assert kinds(head + "\\[ \\nabla_w \\|Xw\\|^2 = 2 X^\\top X w \\]")[-1] == "claim"
    assert kinds(head + "\\[ \\|Xw\\|^2 = w^\\top X^\\top X w \\]")[-1] == "claim"


def test_prose_declares() -> None:
    text = "Here $A$ is a $m \\times n$ matrix and $W$ is symmetric, with an $n \\times n$ matrix $W$. % nablatex: v : n vector\n$v$"
    context = read_document(text).context
    shapes = {k.base: shape_text(d.shape) for k, d in context.symbols.items() if d.shape is not None}
    assert shapes["A"] == "m×n" and shapes["W"] == "n×n"
    assert "symmetric" in next(d for k, d in context.symbols.items() if k.base == "W").properties


@pytest.mark.parametrize(
    ("preamble", "claim", "inserted"),
    [
        (r"\newcommand{\tran}{\top}", r"\frac{\partial a^\tran x}{\partial x^\tran}", r"a^\tran"),
        (r"\newcommand{\T}{^{\top}}", r"\frac{\partial a\T x}{\partial x^\top}", r"a\T"),
        (r"\newcommand{\vw}{\mathbf{w}}", r"\frac{\partial \|\vw\|^2}{\partial \vw}", r"2\vw"),
        (r"\newcommand{\norm}[1]{\lVert #1 \rVert}", r"\frac{\partial \norm{x}}{\partial x}", r"\norm{x}"),
        (r"\newcommand{\Id}{\mathbf{I}}", r"\Id + \frac{\partial x}{\partial x}", r"\Id_n"),
    ],
)
def test_what_is_inserted_uses_the_authors_macros(preamble: str, claim: str, inserted: str) -> None:
    text = f"{preamble}\nLet $a, x \\in \\mathbb{{R}}^n$. \\[ {claim} \\]"
    reading = read_document(text)
    read = reading.statements[-1]
    formal = elaborate(read.tree, read.context, "denominator", text).readings[0].sides[0]
    assert inserted in to_latex(simplify(expand(formal)), reading.notation)


def test_values_that_a_symbol_runs_through_do_not_define_it() -> None:
    context = read_document("Look at $x = -1, 0, 2$ and let $f = x^2$.").context
    assert [d.key.base for d in context.definitions] == ["f"]


@pytest.mark.parametrize(
    ("latex", "means"),
    [
        ("X_{:,2}", "X e_2"),
        ("X_{1,:} b", "e_1^T X b"),
        ("(A X)_{:,2}", "A X e_2"),
        ("\\mathbf{1}^T X_{\\cdot, 1}", "\\mathbf{1}^T X e_1"),
        ("b_{1:2}^T b_{2:3}", "b_1 b_2 + b_2 b_3"),
        ("\\operatorname{vec}^{-1}(\\operatorname{vec}(A X B))", "A X B"),
        ("\\operatorname{tril}(A) + \\operatorname{triu}(A)", "A + \\operatorname{diag}(\\operatorname{diag}(A))"),
        ("\\int_0^1 2 t\\,dt\\, A X", "A X"),
        ("\\int_0^1 dt\\, 2 t A X", "A X"),
        ("\\|\\operatorname{vec}(X)\\|_1", "\\mathbf{1}_3^T \\operatorname{abs}(X) \\mathbf{1}_3"),
    ],
)  # fmt: skip
def test_parts_rows_columns_and_words(latex: str, means: str) -> None:
    """Parts of a matrix and of formulas; every pair has one value."""
    decls = ["A, B, X \\in \\mathbb{R}^{3 \\times 3}", "b \\in \\mathbb{R}^3"]
    found = read(latex, *decls).readings
    assert found, read(latex, *decls).failure
    assert decide(found[0].sides[0], read(means, *decls).readings[0].sides[0]).name in ("proved", "holds")


@pytest.mark.parametrize(
    "latex",
    [
        "-\\frac{2}{3(1 + \\|x\\|^2)^2}",
        "\\lVert \\|A\\|_*x\\rVert",
        "\\lVert \\|x\\|_1A\\rVert_*",
        "\\lvert \\|x\\| - 1\\rvert",
    ],
)
def test_fractions_and_bars_within_bars_are_written_as_they_were_read(latex: str) -> None:
    decls = ["A \\in \\mathbb{R}^{n \\times n}", "x \\in \\mathbb{R}^n"]
    e = read(latex, *decls).readings[0].sides[0]
    assert to_latex(e) == latex


def test_a_formula_is_worked_out_once_for_all_questions_about_it(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[str] = []

    class Counted(elaborate_module.Run):
        def read(self, *arguments: Any) -> Any:
            runs.append(self.layout)
            return super().read(*arguments)

    monkeypatch.setattr(elaborate_module, "Run", Counted)
    latex = r"\nabla_x x^\top A x"
    tree = parse(latex).tree
    context = context_of([r"A \in \mathbb{R}^{n\times n}", r"x \in \mathbb{R}^n"], [], [])
    first = elaborate(tree, context, "denominator", latex)
    count = len(runs)
    assert count and elaborate(tree, context, "denominator", latex) is first and len(runs) == count
    elaborate(tree, context, "numerator", latex)
    assert "numerator" in runs
    further = parse("so " + latex, start=3).tree  # the same formula in another place
    assert further == tree
    spans = [
        s.span.start
        for s in elaborate(further, context, "denominator", "so " + latex).readings[0].symbols.values()
        if s.span
    ]
    assert spans and min(spans) >= 3
    other = context_of([r"A \in \mathbb{R}^{n\times n}", r"x \in \mathbb{R}^{n \times n}"], [], [])
    assert elaborate(tree, other, "denominator", latex) != first
