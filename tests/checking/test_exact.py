"""Exact evaluation over GF(2^61 - 1): what it decides, what it leaves to floating point, and its evidence."""

from __future__ import annotations

import numpy as np
import pytest
from nablatex.algebra import ops
from nablatex.algebra.expr import Expr
from nablatex.algebra.fields import PRIME, PrimeField
from nablatex.checking.exact import compare, draw_exact, integer_counterexample, solve
from nablatex.checking.precise import agree_precisely
from nablatex.checking.sampling import Assumptions
from nablatex.checking.verdict import decide, verify

X = ops.symbol("X", "n", "n")
A = ops.symbol("A", "m", "n")
B = ops.symbol("B", "n", "n")
W = ops.symbol("W", "n", "n", "symmetric")
Q = ops.symbol("Q", "n", "n", "orthogonal")
a = ops.symbol("a", "m")
b = ops.symbol("b", "n")
x = ops.symbol("x", "n")
k = ops.symbol("k")
NONE = Assumptions()


def quadratic(m: Expr) -> Expr:
    return ops.mul(x.T, m, x)


TRUE = [
    (ops.derivative(quadratic(X), x), (X + X.T) @ x),
    (ops.derivative(quadratic(W), x), 2 * (W @ x)),
    (ops.derivative(ops.inverse(X), X, "numerator"), ops.number(-1) * ops.kron(ops.inverse(X).T, ops.inverse(X))),
    (ops.derivative(ops.det(X), X), ops.det(X) * ops.inverse(X).T),
    (ops.derivative(ops.elementwise("log", ops.det(X)), X), ops.inverse(X).T),
    (ops.derivative(ops.derivative(quadratic(X), x), x), X + X.T),
    (ops.adjugate(X) @ X, ops.det(X) * ops.identity("n")),
    (Q @ Q.T, ops.identity("n")),
    (ops.derivative(ops.trace(ops.power(X, k)), X), k * ops.power(X, k + ops.number(-1)).T),
    (
        ops.derivative(ops.mul(ops.ones("m").T, ops.elementwise("f", A @ x)), x),
        A.T @ ops.elementwise("f", A @ x, 1),
    ),
    (ops.derivative(ops.power(ops.norm(x), ops.number(2)), x), 2 * x),
]


@pytest.mark.parametrize(("left", "right"), TRUE, ids=lambda e: repr(e)[:40])
def test_true_claims_agree_exactly_with_an_error_bound(left: Expr, right: Expr) -> None:
    found = compare(left, right, NONE, seed=1, budget=10)
    assert found is not None and found.agree
    assert 0 < found.error < 1e-30
    assert len({tuple(s.items()) for s in found.sizes}) == 2


@pytest.mark.parametrize(("left", "right"), TRUE[:6], ids=lambda e: repr(e)[:40])
def test_a_changed_coefficient_is_refuted(left: Expr, right: Expr) -> None:
    found = compare(left, ops.number("1000001/1000000") * right, NONE, seed=1, budget=10)
    assert found is not None and not found.agree


def test_what_holds_for_every_function_holds_and_laws_of_known_functions_are_left_to_floating_point() -> None:
    s, t = ops.symbol("s"), ops.symbol("t")
    exp_law = (ops.elementwise("exp", s + t), ops.elementwise("exp", s) * ops.elementwise("exp", t))
    found = compare(*exp_law, NONE, seed=1)
    assert found is not None and not found.agree and not found.conclusive and found.opaque == ("exp",)
    verdict = decide(*exp_law)
    assert verdict.name == "holds" and verdict.evidence["method"] == "floating point"
    assert verdict.evidence["digits"] == 40
    wrong = decide(ops.elementwise("exp", s + t), ops.elementwise("exp", s) + ops.elementwise("exp", t))
    assert wrong.name == "fails" and wrong.evidence["method"] == "floating point"


def test_assumed_equations_are_solved_exactly() -> None:
    normal = Assumptions(equations=((A.T @ (A @ x - a), ops.zero(x.shape)),), ordering=(("m", "n"),))
    solution = ops.mul(ops.inverse(A.T @ A), A.T, a)
    found = compare(x, solution, normal, seed=3, budget=5)
    assert found is not None and found.agree
    without = compare(x, solution, Assumptions(ordering=(("m", "n"),)), seed=3, budget=5)
    assert without is not None and not without.agree


def test_a_refutation_shows_small_integers_and_exact_values() -> None:
    verdict = decide(ops.inverse(X + B), ops.inverse(X) + ops.inverse(B))
    assert verdict.name == "fails"
    shown = verdict.evidence["counterexample"]
    assert all(isinstance(v, int) and abs(v) < 10 for m in shown["values"].values() for row in m for v in row)
    assert any(isinstance(v, str) and "/" in v for row in [*shown["left"], *shown["right"]] for v in row)
    left = np.linalg.inv(sum(np.array(m, dtype=float) for m in shown["values"].values()))
    told = [
        [float(v) if not isinstance(v, str) else int(v.split("/")[0]) / int(v.split("/")[1]) for v in row]
        for row in shown["left"]
    ]
    assert np.allclose(left, told)


def test_the_same_seed_gives_the_same_evidence() -> None:
    claim = (ops.derivative(quadratic(X), x), 2 * (X @ x))
    assert decide(*claim, seed=7).evidence == decide(*claim, seed=7).evidence
    assert decide(*claim, seed=7).evidence["seed"] == 7
    assert decide(*claim, seed=7).name == decide(*claim, seed=8).name == "fails"


def test_what_is_not_the_derivative_is_not_verified() -> None:
    formal = ops.derivative(quadratic(X), x)
    assert verify(formal, (X + X.T) @ x) is None
    assert "dual numbers" in str(verify(formal, ops.number("10000001/10000000") * ((X + X.T) @ x)))


@pytest.mark.parametrize(
    ("properties", "holds"),
    [
        (("symmetric",), lambda m: np.all(m == m.T)),
        (("skew",), lambda m: not np.any((m + m.T) % PRIME)),
        (("diagonal",), lambda m: not np.any(m - m * np.eye(3, dtype=int))),
        (("orthogonal",), lambda m: np.all((m @ m.T) % PRIME == np.eye(3))),
        (("idempotent",), lambda m: np.all((m @ m) % PRIME == m)),
    ],
)
def test_draws_satisfy_what_is_known_of_a_symbol(properties: tuple[str, ...], holds: object) -> None:
    s = ops.symbol("S", "n", "n", *properties)
    value = draw_exact(s, {"n": 3}, np.random.default_rng(2), PrimeField())
    assert callable(holds) and holds(value.parts[0])


def test_linear_systems_over_the_field() -> None:
    rng = np.random.default_rng(4)
    m = rng.integers(0, PRIME, (3, 4)).astype(object)
    y = (m @ rng.integers(0, PRIME, (4, 1)).astype(object)) % PRIME
    assert np.all((m @ solve(PrimeField(), m, y)) % PRIME == y)
    with pytest.raises(ZeroDivisionError):
        solve(PrimeField(), m * 0, y)


def test_more_digits_tell_what_double_precision_cannot() -> None:
    s = ops.symbol("s")
    almost = ops.elementwise("sin", s) * ops.number("1000000000001/1000000000000")
    points = [({s: np.array([[0.7]])}, {})]
    assert agree_precisely(ops.elementwise("sin", s), almost, points, tied=False) == 0
    assert decide(ops.elementwise("sin", s), almost).name == "unknown"


def test_no_counterexample_is_made_up_where_assumptions_tie_the_values() -> None:
    given = Assumptions(equations=((x, X @ x),))
    assert integer_counterexample(x, X @ x, given, seed=1) is None
