"""Random well-shaped expressions: derivatives agree with differences, simplification keeps value and shape."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from nablatex.algebra import ops
from nablatex.algebra.evaluate import Array, Evaluator, Unvaluable
from nablatex.algebra.expr import Expr, NotDifferentiable
from nablatex.algebra.normal import TooLarge, normal_form
from nablatex.algebra.simplify import simplify
from nablatex.calculus import derivative
from nablatex.document.assumptions import context_of
from nablatex.document.elaborate import elaborate
from nablatex.document.notation import Notation
from nablatex.document.printing import to_latex
from nablatex.latex.parse import parse

X, A = ops.symbol("X", "n", "n"), ops.symbol("A", "n", "n")
x, a = ops.symbol("x", "n"), ops.symbol("a", "n")
NO_VALUE = (ArithmeticError, np.linalg.LinAlgError, Unvaluable)


def grow(smaller: st.SearchStrategy[tuple[Expr, Expr, Expr]]) -> st.SearchStrategy[tuple[Expr, Expr, Expr]]:
    """From (scalar, vector, matrix) expressions, larger ones, each by one operator."""

    @st.composite
    def step(draw: st.DrawFn) -> tuple[Expr, Expr, Expr]:
        s, v, m = draw(smaller)
        t, w, k = draw(smaller)
        scalar = draw(
            st.sampled_from(
                [
                    lambda: ops.inner(v, w),
                    lambda: ops.trace(m @ k),
                    lambda: ops.logsumexp(v),
                    lambda: ops.norm(v),
                    lambda: ops.power(ops.norm(m), ops.number(2)),
                    lambda: ops.elementwise("tanh", s),
                    lambda: s * t,
                    lambda: s - t,
                    lambda: ops.det(m),
                ]
            )
        )()
        vector = draw(
            st.sampled_from(
                [
                    lambda: m @ v,
                    lambda: v + w,
                    lambda: ops.hadamard(v, w),
                    lambda: ops.softmax(v),
                    lambda: ops.elementwise("sin", v),
                    lambda: ops.diag_part(m),
                    lambda: s * w,
                ]
            )
        )()
        matrix = draw(
            st.sampled_from(
                [
                    lambda: m @ k,
                    lambda: m.T,
                    lambda: m - k,
                    lambda: v @ w.T,
                    lambda: ops.diag(v),
                    lambda: ops.hadamard(m, k),
                    lambda: ops.inverse(m + 5 * ops.identity("n")),
                    lambda: s * k,
                    lambda: ops.elementwise("sigmoid", m),
                ]
            )
        )()
        return scalar, vector, matrix

    return step()


LEAVES = st.tuples(
    st.sampled_from([a.T @ x, ops.trace(X)]), st.sampled_from([x, a, X @ a]), st.sampled_from([X, A, X.T, A @ X])
)
FORMS = st.recursive(LEAVES, grow, max_leaves=5)


def point(seed: int) -> Evaluator:
    rng = np.random.default_rng(seed)
    values: dict[Expr, Array] = {v: 0.4 * rng.standard_normal((3, 3)) for v in (X, A)}
    values |= {v: 0.6 * rng.standard_normal((3, 1)) for v in (x, a)}
    return Evaluator(values, {"n": 3})


def close(left: Array, right: Array, tolerance: float) -> bool:
    return left.shape == right.shape and np.allclose(
        left, right, rtol=tolerance, atol=tolerance * (1 + np.abs(right).max())
    )


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(FORMS, st.integers(0, 2), st.sampled_from(["denominator", "numerator"]), st.sampled_from([X, x]))
def test_a_derivative_agrees_with_differences(
    forms: tuple[Expr, Expr, Expr], which: int, layout: str, variable: Expr
) -> None:
    f = forms[which]
    ev = point(4)
    try:
        truth = ev(ops.derivative(f, variable, layout))
        closed = derivative(f, variable, layout)
        value = ev(closed)
    except (*NO_VALUE, NotDifferentiable):
        assume(False)
    assume(np.abs(truth).max() < 1e4)
    assert close(value, truth, 1e-5)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(FORMS, st.integers(0, 2))
def test_simplification_keeps_shape_and_value_and_is_stable(forms: tuple[Expr, Expr, Expr], which: int) -> None:
    f = forms[which]
    ev = point(5)
    tidy = simplify(f)
    assert tidy.shape == f.shape
    assert simplify(tidy) == tidy
    try:
        value = ev(f)
    except NO_VALUE:
        assume(False)
    assert close(ev(tidy), value, 1e-8)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(FORMS, st.integers(0, 2))
def test_a_normal_form_keeps_the_value(forms: tuple[Expr, Expr, Expr], which: int) -> None:
    f = forms[which]
    ev = point(6)
    try:
        value, normal = ev(f), ev(normal_form(f))
    except (*NO_VALUE, TooLarge):
        assume(False)
    assert close(normal, value, 1e-8)


CONTEXT = context_of(
    [r"X, A \in \mathbb{R}^{n \times n}", r"x, a \in \mathbb{R}^n"], [r"\sigma is the sigmoid, applied elementwise"], []
)


@settings(max_examples=120, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(FORMS, st.integers(0, 2), st.booleans())
def test_what_is_printed_reads_back_as_the_same_expression(
    forms: tuple[Expr, Expr, Expr], which: int, simplified: bool
) -> None:
    e = simplify(forms[which]) if simplified else forms[which]
    latex = to_latex(e, Notation(sigmoid="\\sigma"))
    found = elaborate(parse(latex).tree, CONTEXT, "denominator", latex)
    assert found.readings, (latex, found.failure)
    again = found.readings[0].sides[0]
    if again == e or ops.is_zero(again):
        return
    ev = point(5)
    try:
        value = ev(e)
    except NO_VALUE:
        return
    assert close(ev(again), value, 1e-8), latex
