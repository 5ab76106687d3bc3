"""Derivatives of the Matrix Cookbook, sections 2.1 to 2.7: ours has the book's value and agrees
with differences of the function."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from nablatex.algebra import ops
from nablatex.algebra.evaluate import Evaluator
from nablatex.algebra.expr import Expr
from nablatex.algebra.simplify import simplify
from nablatex.calculus import derivative

X, A, B, C, W = (ops.symbol(name, "n", "n") for name in "XABCW")
T = ops.symbol("T", "m", "n")
a, b, x, s = (ops.symbol(name, "n") for name in "abxs")

tr, det, inv = ops.trace, ops.det, ops.inverse


def log(e: Expr) -> Expr:
    return ops.elementwise("log", e)


def power(e: Expr, k: int) -> Expr:
    return ops.power(e, ops.number(k))


def squared(e: Expr) -> Expr:
    return power(ops.norm(e), 2)


BOOK: dict[str, tuple[Expr, Expr, Callable[[], Expr]]] = {
    "determinant": (det(X), X, lambda: det(X) * inv(X).T),
    "determinant of a product": (det(A @ X @ B), X, lambda: det(A @ X @ B) * inv(X).T),
    "determinant of a Gram matrix": (det(T.T @ T), T, lambda: ops.mul(ops.number(2), det(T.T @ T), T, inv(T.T @ T))),
    "log det of a Gram matrix": (log(det(T.T @ T)), T, lambda: 2 * (T @ inv(T.T @ T))),
    "log det": (log(det(X)), X, lambda: inv(X).T),
    "determinant of a power": (det(power(X, 3)), X, lambda: ops.mul(ops.number(3), det(power(X, 3)), inv(X).T)),
    "bilinear form of an inverse": (a.T @ inv(X) @ b, X, lambda: -(inv(X).T @ a @ b.T @ inv(X).T)),
    "determinant of an inverse": (det(inv(X)), X, lambda: -(det(inv(X)) * inv(X).T)),
    "trace of A X^-1 B": (tr(A @ inv(X) @ B), X, lambda: -(inv(X) @ B @ A @ inv(X)).T),
    "trace of (X + A)^-1": (tr(inv(X + A)), X, lambda: -(inv(X + A) @ inv(X + A)).T),
    "linear form": (x.T @ a, x, lambda: a),
    "bilinear form": (a.T @ X @ b, X, lambda: a @ b.T),
    "bilinear form of a transpose": (a.T @ X.T @ b, X, lambda: b @ a.T),
    "Gram bilinear form": (b.T @ X.T @ X @ a, X, lambda: X @ (a @ b.T + b @ a.T)),
    "quadratic form": (x.T @ B @ x, x, lambda: (B + B.T) @ x),
    "Gram form with a weight": (b.T @ X.T @ C @ X @ a, X, lambda: C.T @ X @ b @ a.T + C @ X @ a @ b.T),
    "weighted residual": ((x - A @ s).T @ W @ (x - A @ s), s, lambda: -(A.T @ (W + W.T) @ (x - A @ s))),
    "trace of X A": (tr(X @ A), X, lambda: A.T),
    "trace of A X B": (tr(A @ X @ B), X, lambda: A.T @ B.T),
    "trace of A X^T B": (tr(A @ X.T @ B), X, lambda: B @ A),
    "trace of X^2": (tr(power(X, 2)), X, lambda: 2 * X.T),
    "trace of X^2 B": (tr(power(X, 2) @ B), X, lambda: (X @ B + B @ X).T),
    "trace of X^T B X": (tr(X.T @ B @ X), X, lambda: B @ X + B.T @ X),
    "trace of X^T B X C": (tr(X.T @ B @ X @ C), X, lambda: B @ X @ C + B.T @ X @ C.T),
    "squared residual": (squared(T @ A + T), T, lambda: 2 * ((T @ A + T) @ (A + ops.identity("n")).T)),
    "trace of a power": (tr(power(X, 4)), X, lambda: 4 * power(X, 3).T),
    "trace of an analytic function, e^X": (tr(ops.expm(X)), X, lambda: ops.expm(X).T),
    "trace of (X^T C X)^-1 A": (tr(inv(X.T @ C @ X) @ A), X, lambda: gram_inverse()),
    "distance": (ops.norm(x - a), x, lambda: ops.power(ops.norm(x - a), ops.number(-1)) * (x - a)),
    "squared length": (squared(x), x, lambda: 2 * x),
    "squared Frobenius norm": (squared(X), X, lambda: 2 * X),
}


def gram_inverse() -> Expr:
    """-(C X M A M + C^T X M^T A^T M^T) turned for a C that is not symmetric, with M = (X^T C X)^{-1}."""
    m = inv(X.T @ C @ X)
    return -(C @ X @ m @ A @ m) - C.T @ X @ m.T @ A.T @ m.T


def point(seed: int) -> Evaluator:
    rng = np.random.default_rng(seed)
    values = {v: np.eye(3) * 2 + 0.3 * rng.standard_normal((3, 3)) for v in (X, A, B, C, W)}
    values |= {v: rng.standard_normal((3, 1)) for v in (a, b, x, s)}
    values[T] = rng.standard_normal((4, 3))
    return Evaluator(values, {"n": 3, "m": 4})


@pytest.mark.parametrize("equation", BOOK)
def test_the_gradient_is_the_books(equation: str) -> None:
    f, variable, book = BOOK[equation]
    ours = simplify(derivative(f, variable, "denominator"))
    for seed in (0, 1):
        ev = point(seed)
        truth = ev(ops.derivative(f, variable, "denominator"))
        assert np.allclose(ev(ours), truth, rtol=1e-6, atol=1e-7)
        assert np.allclose(ev(book()), truth, rtol=1e-6, atol=1e-7)
        assert np.allclose(ev(simplify(derivative(f, variable, "numerator"))), truth.T, rtol=1e-6, atol=1e-7)


HESSIANS: dict[str, tuple[Expr, Callable[[], Expr]]] = {
    "quadratic form": (x.T @ B @ x, lambda: B + B.T),
    "log-sum-exp": (
        ops.logsumexp(x),
        lambda: ops.diag(ops.softmax(x)) - ops.softmax(x) @ ops.softmax(x).T,
    ),
    "logistic loss": (
        ops.ones("n").T @ ops.elementwise("softplus", A @ x),
        lambda: A.T @ ops.diag(ops.FUNCTIONS["sigmoid"].derivative(A @ x)) @ A,
    ),
    "squared residual": (squared(A @ x - b), lambda: 2 * (A.T @ A)),
}


@pytest.mark.parametrize("problem", HESSIANS)
def test_a_hessian_is_the_derivative_of_the_gradient(problem: str) -> None:
    f, known = HESSIANS[problem]
    hessian = simplify(derivative(ops.derivative(f, x, "denominator"), x, "numerator"))
    ev = point(2)
    gradient = derivative(f, x, "denominator")
    assert np.allclose(ev(hessian), ev(known()), atol=1e-9)
    assert np.allclose(ev(hessian), ev(ops.derivative(gradient, x, "numerator")), atol=1e-6)
    assert np.allclose(ev(hessian), ev(hessian).T)
