"""What the lines of a derivation look like: nothing twice, every line with its rule, entries and fractions as people write them."""

from __future__ import annotations

import itertools

import pytest
from nablatex.features.derivations import Derivation
from nablatex.features.standalone import Formula, derive_with_steps

NETWORK = Formula(
    r"\frac{\partial}{\partial W} \| W_2 \sigma(W x) - y\|^2",
    (r"W_2\in\mathbb R^{k\times h}", r"W\in\mathbb R^{h\times d}", r"x\in\mathbb R^d", r"y\in\mathbb R^k"),
)
GAUSSIAN = Formula(
    r"\frac{\partial}{\partial \Sigma} \left( \frac n2 \log\det\Sigma + \frac12 \operatorname{tr}(\Sigma^{-1} S)\right)",
    (r"\Sigma, S\in\mathbb{S}^p_{++}",),
)
LOGISTIC = Formula(r"\nabla_w \sum_{i=1}^n \log(1+\exp(-y_i w^\top x_i))", (r"w,x_i\in\mathbb R^p", r"y_i\in\mathbb R"))
RAYLEIGH = Formula(
    r"\frac{\partial}{\partial x} \frac{x^\top A x}{x^\top x}", (r"A\in\mathbb{S}^n", r"x\in\mathbb R^n")
)
EVERY = {"network": NETWORK, "Gaussian": GAUSSIAN, "logistic": LOGISTIC, "Rayleigh": RAYLEIGH}


def lines(formula: Formula, style: str) -> list[str]:
    return [s.latex for s in worked(formula, style).steps]


def worked(formula: Formula, style: str) -> Derivation:
    done = derive_with_steps(formula, style)
    assert done.status == "ok", done.message
    return done


@pytest.mark.parametrize("style", ["trace", "frobenius", "perturbation", "maps", "components"])
@pytest.mark.parametrize("name", EVERY)
def test_every_line_is_new_has_its_rule_and_was_checked(name: str, style: str) -> None:
    steps = worked(EVERY[name], style).steps
    assert all(s.rule and s.status in ("proved", "holds") for s in steps)
    assert all(a.latex != b.latex for a, b in itertools.pairwise(steps) if not b.left)


def test_a_letter_with_a_subscript_is_fenced_before_another() -> None:
    assert r"(W_2)_{lp}" in lines(NETWORK, "components")[0]


def test_products_with_unit_vectors_are_entries() -> None:
    assert lines(GAUSSIAN, "components")[1].startswith(r"\frac{n}{2} (\Sigma^{-1})_{ji} - \frac{1}{2} \sum_{k=1}^p")


def test_a_scalar_is_put_under_a_trace_where_that_moves_something() -> None:
    assert next(s for s in lines(NETWORK, "trace") if r"\operatorname{tr}" in s).startswith(r"2\operatorname{tr}(x (")


def test_fractions_hold_numbers_and_vectors_stand_beside_them() -> None:
    assert lines(LOGISTIC, "trace")[-1] == r"-\sum_{i=1}^n \frac{y_i x_i}{1 + \exp(y_i w^\top x_i)}"
    gaussian = Formula(
        r"\nabla_x \exp\left(-\frac{\|x - c\|^2}{2 s^2}\right)", (r"x, c\in\mathbb R^n", r"s\in\mathbb R")
    )
    bell = r"\exp\left(-\frac{\|x - c\|^2}{2s^2}\right)"
    assert lines(gaussian, "trace")[-1] == rf"-\frac{{{bell}}}{{s^2}} (x - c)"
    assert lines(RAYLEIGH, "trace")[-1] == r"\frac{2}{x^\top x} \left(A - \frac{x^\top Ax}{x^\top x}I_n\right)x"


def test_the_argument_of_a_map_is_no_letter_that_a_sum_binds() -> None:
    bound = Formula(r"\nabla_w \sum_{v=1}^n \log(1 + \exp(w^\top x_v))", (r"w, x_v\in\mathbb R^p",))
    steps = worked(bound, "maps").steps
    assert any(r"h \mapsto" in s.latex or r"w \mapsto" in s.latex for s in steps)
    assert not any(r"v \mapsto" in s.latex for s in steps)


SQUARE = (r"A, X\in\mathbb{R}^{n\times n}",)


def test_the_trace_of_a_matrix_function_is_differentiated_as_a_number_is() -> None:
    root = worked(Formula(r"\frac{\partial}{\partial X}\operatorname{tr}((X^\top X)^{1/2})", SQUARE), "trace")
    assert root.steps[0].rule == "trace of a matrix function"
    assert root.steps[1].rule == "linearity of the trace"
    assert root.steps[-1].latex == r"X (X^\top X)^{-1/2}"


def test_deltas_that_no_entry_bounds() -> None:
    assert lines(Formula(r"\frac{\partial}{\partial X}\operatorname{tr}(X)", SQUARE), "components")[2] == r"\delta_{ij}"


def test_maps_have_arguments_of_their_own_and_go_through_log_det_at_once() -> None:
    hidden = Formula(
        r"\frac{\partial}{\partial W} v^\top \tanh(Wx)", (r"W\in\mathbb{R}^{m\times n}", r"v\in\mathbb{R}^m")
    )
    assert any(r"\left(w \mapsto v^\top w\right)" in s for s in lines(hidden, "maps"))
    gram = worked(Formula(r"\frac{\partial}{\partial A} \log\det(A^\top A)", SQUARE), "maps")
    assert [s.latex for s in gram.steps[:2]] == [r"\log\det(Y)", r"A^\top A"]


def test_what_a_long_derivation_repeats_has_a_name() -> None:
    context = (
        r"W_1\in\mathbb R^{h\times d}",
        r"W_2\in\mathbb R^{k\times h}",
        r"b_1\in\mathbb R^h",
        r"b_2,y\in\mathbb R^k",
    )
    loss = r"\frac{\partial}{\partial W_1} \| W_2 \sigma(W_1 x + b_1) + b_2 - y\|^2"
    steps = worked(Formula(loss, (*context, r"x\in\mathbb R^d")), "trace").steps
    assert (steps[0].left, steps[0].latex) == ("r", r"W_2 \sigma(W_1x + b_1) + b_2 - y")
    assert [s.latex for s in steps[1:3]] == [
        r"2r^\top d(W_2 \sigma(W_1x + b_1) + b_2 - y)",
        r"2r^\top W_2 d(\sigma(W_1x + b_1))",
    ]
    assert steps[-1].latex == r"2(\sigma'(W_1x + b_1) \odot W_2^\top (W_2 \sigma(W_1x + b_1) + b_2 - y))x^\top"
    taken = worked(Formula(loss, (*context, r"x\in\mathbb R^d", r"r\in\mathbb R^k")), "trace").steps
    assert taken[0].left == "v"


def test_names_in_an_inserted_derivation_are_read_as_definitions() -> None:
    from nablatex.features.check import check_document
    from nablatex.features.insertion import block
    from nablatex.features.model import Settings

    formula = Formula(
        r"\frac{\partial}{\partial X} \left(\log\det(A + B X C) + \operatorname{tr}((A + BXC)^{-1} D)\right)",
        (r"A,B,C,D,X\in\mathbb R^{n\times n}",),
    )
    done = worked(formula, "trace")
    page = "Let $A, B, C, D, X \\in \\mathbb{R}^{n\\times n}$.\n" + block(done.steps, "none")
    found = [s for s in check_document(page, Settings()) if s.kind == "claim"]
    assert "R &= (A + BXC)^{-1}" in page and len(found) >= 4
    assert {s.verdict for s in found} <= {"proved", "holds"}


@pytest.mark.parametrize("style", ["trace", "perturbation", "components"])
def test_a_name_is_never_a_letter_that_a_sum_or_an_integral_binds(style: str) -> None:
    product = Formula(
        r"\frac{\partial}{\partial A} \log\det(A^\top A) \operatorname{tr}(A^{-1} X^\top X)",
        (r"A\in\mathbb{R}^{n\times n}", r"X\in\mathbb{R}^{m\times n}"),
    )
    steps = worked(product, style).steps
    named = [s.left for s in steps if s.rule == "a name for a part"]
    assert not {"s", "t", "u"} & set(named)
    assert not any(rf"\sum_{{{x}=" in s.latex for x in named for s in steps)
