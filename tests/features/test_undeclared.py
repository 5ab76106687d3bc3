"""Formulas without a declaration: the kinds of letters that an author most likely means, and how far an operator reaches."""

from __future__ import annotations

import pytest
from nablatex.features.check import check_document
from nablatex.features.model import Settings
from nablatex.features.standalone import Formula, derive


def derived(formula: str, *declarations: str) -> str:
    done = derive(Formula(formula, declarations))
    assert done.status == "ok", done.message
    return done.latex


@pytest.mark.parametrize(
    ("formula", "seen"),
    [
        # a vector is not added to a number: the operator reaches over the sum
        (
            r"\nabla_\theta \frac12\|y - X\theta\|^2 + \lambda\|\theta\|^2",
            r"2\lambda \theta - X^\top (y - X \theta)",
        ),
        (r"\frac{\partial}{\partial w} w^\top A w + b^\top w", r"(A + A^\top)w + b"),
        # where both can be formed it reaches to the next plus
        (r"\frac{d}{dt} t^2 + 3t", "5t"),
        # a number is not transposed: x_i are vectors
        (r"\nabla_w \sum_{i=1}^n (y_i - w^\top x_i)^2", r"-2\sum_{i=1}^n (y_i - w^\top x_i)x_i"),
        # entries of the variable
        (r"\nabla_x \sum_i x_i^2", "2x"),
        (r"\nabla_x \log\sum_i e^{x_i}", r"\frac{\exp(x)}{\mathbf{1}_p^\top \exp(x)}"),
    ],
)
def test_the_likelier_reading_is_derived(formula: str, seen: str) -> None:
    assert derived(formula) == seen


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{d}{dt} t^2 + 3t = 2t + 3", "proved"),
        (r"\frac{d}{dt} t^2 + 3t = 5t", "proved"),
        (r"\frac{d}{dt} t^2 + 3t = 2t + 4", "fails"),
        (r"\nabla_\theta \|y - X\theta\|^2 + \|\theta\|^2 = 2X^\top(X\theta - y) + 2\theta", "proved"),
    ],
)
def test_a_claim_is_right_in_either_reach(claim: str, verdict: str) -> None:
    (found,) = [s for s in check_document(f"\\[ {claim} \\]", Settings()) if s.kind == "claim"]
    assert found.verdict == verdict


def test_a_reach_that_is_undecided_refutes_nothing() -> None:
    """A column and a number have no sum; the derivative of the whole sum has no value that is real."""
    text = r"Let $a, x \in \mathbb{R}^n$. \[ \nabla_x a^\top x + \log(-x^\top x) = a \]"
    (found,) = [s for s in check_document(text, Settings()) if s.kind == "claim"]
    assert (found.verdict, found.code) == ("unknown", None)


@pytest.mark.parametrize(
    ("formula", "seen"),
    [
        (r"\nabla_w -\|w\|^2", "-2w"),
        (
            r"\frac{\partial}{\partial z} \operatorname{softmax}(z)_k",
            r"(\operatorname{softmax}(z))_k (e_k - \operatorname{softmax}(z))",
        ),
    ],
)
def test_an_operator_before_a_minus_and_an_entry_of_a_value(formula: str, seen: str) -> None:
    assert derived(formula, r"z \in \mathbb{R}^n") == seen


INDICATORS = [
    r"\mathbb{1}[Wx > 0]",
    r"\mathbf{1}_{\{Wx > 0\}}",
    r"I(Wx \ge 0)",
    r"(Wx > 0)",
    r"\mathbf{1}\{0 < Wx\}",
]


@pytest.mark.parametrize("indicator", INDICATORS)
def test_indicators_are_read(indicator: str) -> None:
    head = r"Let $W\in\mathbb{R}^{m\times n}$, $x\in\mathbb{R}^n$, $a\in\mathbb{R}^m$. "
    claim = r"\[ \frac{\partial}{\partial W} a^\top\max(0, Wx) = (a \odot " + indicator + r") x^\top \]"
    assert [s.verdict for s in check_document(head + claim, Settings()) if s.kind == "claim"] == ["proved"]


def test_a_condition_in_brackets_is_no_factor() -> None:
    text = r"\[ \frac{d}{dt} \log t = \frac1t \quad (t > 0) \]"
    assert "fails" not in [s.verdict for s in check_document(text, Settings())]


@pytest.mark.parametrize(
    ("formula", "seen"),
    [
        (r"\nabla_x \operatorname{ReLU}(x)", r"\operatorname{diag}(\mathbf{1}[x > 0])"),
        (r"\nabla_x \|\max(0, x)\|^2", r"2\max(0, x)"),
        (r"\nabla_x |a^\top x|^2", r"2(a^\top x)a"),
        (r"\nabla_x y^\top\max(x, y)", r"\mathbf{1}[x - y > 0] \odot y"),
    ],
)
def test_indicators_are_written_where_nothing_implies_them(formula: str, seen: str) -> None:
    assert derived(formula, r"x, y, a \in \mathbb{R}^n") == seen


@pytest.mark.parametrize(
    ("formula", "seen"),
    [
        (r"\frac{d}{dt} \frac{1}{1+e^{-t}}", r"\frac{\exp(-t)}{(1 + \exp(-t))^2}"),
        (r"\frac{d}{dt} \frac{t}{1+t}", r"\frac{1}{(1 + t)^2}"),
        (
            r"\nabla^2_w \log(1+\exp(-y w^\top x))",
            r"\frac{y^2 \exp(y w^\top x)}{(1 + \exp(y w^\top x))^2}x x^\top",
        ),
        # but not where a fraction would stand in a fraction
        (r"\frac{d}{dt} (a\log t + (1-a)\log(1-t))", r"\frac{a}{t} - \frac{1 - a}{1 - t}"),
        (
            r"\nabla^2_w (y \log \operatorname{sigmoid}(w^\top x) + (1-y)\log(1 - \operatorname{sigmoid}(w^\top x)))",
            r"\operatorname{sigmoid}(w^\top x)(\operatorname{sigmoid}(w^\top x) - 1)x x^\top",
        ),
        (
            r"\nabla_x \frac{x^\top A x}{x^\top x}",
            r"\frac{1}{x^\top x} \left(A + A^\top - \frac{2(x^\top Ax)}{x^\top x}I_p\right)x",
        ),
    ],
)
def test_fractions_have_a_common_denominator_where_that_cancels(formula: str, seen: str) -> None:
    assert derived(formula) == seen


ROTATION = r"\frac{d}{dt} \exp(tA) = A \exp(tA)"


def test_exp_of_a_matrix_may_be_its_exponential() -> None:
    head = r"Let $A\in\mathbb{R}^{n\times n}$. "
    verdicts = [s.verdict for s in check_document(head + f"\\[ {ROTATION} \\]", Settings()) if s.kind == "claim"]
    assert verdicts == ["proved"]


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ((), r"\exp(tA) \odot A"),
        ((r"$\exp$ denotes the matrix exponential",), r"A e^{tA}"),
        (("the entrywise exponential, not the matrix exponential",), r"\exp(tA) \odot A"),
    ],
)
def test_where_the_text_says_which_it_is_derived(said: tuple[str, ...], seen: str) -> None:
    done = derive(Formula(r"\frac{d}{dt}\exp(tA)", (r"A \in \mathbb{R}^{n\times n}",), said))
    assert done.latex == seen


def test_a_fix_takes_exp_as_the_document_does() -> None:
    text = r"""Let $A\in\mathbb{R}^{n\times n}$, and let $\exp$ be the matrix exponential.
    \[ \frac{d}{dt} \exp(tA) = A + \exp(tA) \]"""
    (found,) = [s for s in check_document(text, Settings()) if s.kind == "claim"]
    assert (found.verdict, found.fixes[0].replacement) == ("fails", r"A e^{tA}")


def test_a_transposed_function_is_one_still() -> None:
    text = r"""Let $x^{(i)} \in \mathbb{R}^d$.
    \[ L = \sum_{i=1}^N y^{(i)} \Big(\sum_{j=1}^N \alpha_j \phi(x^{(j)})^\top \phi(x^{(i)}) + b\Big)
         = \sum_{i=1}^N y^{(i)} \Big(\sum_{j=1}^N \alpha_j \phi^\top(x^{(j)}) \phi(x^{(i)}) + b\Big) \]"""
    assert "ill-shaped" not in [s.verdict for s in check_document(text, Settings())]
