"""The complex step confirms right derivatives and no wrong one; what it cannot judge it leaves to differences."""

from __future__ import annotations

import pytest
from nablatex.algebra import ops
from nablatex.algebra.expr import Expr
from nablatex.calculus import derivative
from nablatex.checking.quick import confirmed
from nablatex.checking.sampling import Assumptions

X, A = (ops.symbol(k, "n", "n") for k in "XA")
R = ops.symbol("R", "m", "n")
x = ops.symbol("x", "n")

RIGHT = [
    (ops.trace(A @ X @ X), X),
    (ops.elementwise("log", ops.det(X)), X),
    (ops.norm(R @ x), x),
    (ops.elementwise("tanh", R @ x), x),
    (ops.inverse(X), X),
    (ops.logsumexp(A @ x), x),
]


@pytest.mark.parametrize(("f", "variable"), RIGHT)
@pytest.mark.parametrize("layout", ["denominator", "numerator"])
def test_a_right_derivative_is_confirmed_and_twice_or_its_negative_is_not(f: Expr, variable: Expr, layout: str) -> None:
    formal = ops.derivative(f, variable, layout)
    closed = derivative(f, variable, layout)
    assert confirmed(formal, closed, Assumptions(), 1)
    assert not confirmed(formal, 2 * closed, Assumptions(), 1)
    assert not confirmed(formal, -closed, Assumptions(), 1)


def test_the_transpose_of_a_gradient_is_not_confirmed() -> None:
    formal = ops.derivative(ops.trace(A @ X), X, "denominator")
    assert confirmed(formal, A.T, Assumptions(), 1) and not confirmed(formal, A, Assumptions(), 1)


def test_kinks_are_not_for_the_complex_step() -> None:
    f = ops.norm1(x)
    assert not confirmed(ops.derivative(f, x), derivative(f, x), Assumptions(), 1)
