"""Exported gradients and Hessians beside hand-written NumPy and JAX's compiled gradient, in one run.

    python benchmarks/export.py [--cpu] [seconds for each measurement]

Each line: milliseconds a call of the exported function, of the hand-written one and of JAX (jitted, double precision, on
CPU; `-` where JAX is not installed; --cpu counts processor time, for a machine that is shared), and the ratio exported / hand-written.  Values are compared before anything is timed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import nablatex
import numpy as np

Array = Any


@dataclass(frozen=True)
class Problem:
    """latex, wrt and declare: as an author writes it; by_hand and by_jax take the same arrays as the exported function.

    arrays: from a size, by argument name; value: the function in terms of a module (for JAX to differentiate).
    """

    name: str
    latex: str
    wrt: str
    declare: Sequence[str]
    assume: Sequence[str]
    arrays: Callable[[int], dict[str, Array]]
    by_hand: Callable[..., Array]
    value: Callable[..., Any]
    hessian: bool = False


ROUNDS = 9
clock = time.process_time if "--cpu" in sys.argv else time.perf_counter
RNG = np.random.default_rng(0)


def spd(n: int) -> Array:
    x = RNG.standard_normal((n, 2 * n))
    return x @ x.T / n + np.eye(n)


def by_hand_logistic(X: Array, w: Array, y: Array) -> Array:
    p = 1 / (1 + np.exp(-(X @ w)))
    return X.T @ (p - y)


def by_hand_factors(Y: Array, U: Array, V: Array) -> Array:
    return 2 * ((U @ V.T - Y) @ V)


def by_hand_gaussian(Sigma: Array, S: Array) -> Array:
    """-(log det Σ + tr(Σ^{-1} S))/2 by Σ."""
    inverse = np.linalg.inv(Sigma)
    return -0.5 * (inverse - inverse @ S @ inverse)


def by_hand_logistic_hessian(X: Array, w: Array) -> Array:
    p = 1 / (1 + np.exp(-(X @ w)))
    return X.T @ ((p * (1 - p))[:, None] * X)


def by_hand_factor_hessian(V: Array, U: Array) -> Array:
    return 2 * np.kron(V.T @ V, np.eye(len(U)))


def logistic_arrays(n: int) -> dict[str, Array]:
    return {
        "X": RNG.standard_normal((2 * n, n)) / np.sqrt(n),
        "w": RNG.standard_normal(n),
        "y": RNG.integers(0, 2, 2 * n) * 1.0,
    }


def factor_arrays(n: int) -> dict[str, Array]:
    k = max(2, n // 10)
    return {
        "Y": RNG.standard_normal((n, n)),
        "U": RNG.standard_normal((n, k)),
        "V": RNG.standard_normal((n, k)),
    }


def small_factor_arrays(n: int) -> dict[str, Array]:
    """For a Hessian of mk rows: m = n/10, k = n/50."""
    m, k = max(2, n // 10), max(2, n // 50)
    return {
        "Y": RNG.standard_normal((m, m)),
        "U": RNG.standard_normal((m, k)),
        "V": RNG.standard_normal((m, k)),
    }


def logistic_value(np: Any, X: Any, w: Any, y: Any = 0.0) -> Any:
    z = X @ w
    return np.sum(np.logaddexp(0.0, z)) - np.sum(y * z)


LOGISTIC = (r"X \in \mathbb{R}^{m \times n}", r"w \in \mathbb{R}^n", r"y \in \mathbb{R}^m")
FACTORS = (r"Y \in \mathbb{R}^{m \times n}", r"U \in \mathbb{R}^{m \times k}", r"V \in \mathbb{R}^{n \times k}")

PROBLEMS = (
    Problem(
        "logistic regression",
        r"\mathbf{1}^\top \operatorname{softplus}(Xw) - y^\top X w",
        "w",
        LOGISTIC,
        (),
        logistic_arrays,
        by_hand_logistic,
        logistic_value,
    ),
    Problem(
        "matrix factorisation",
        r"\|Y - U V^\top\|_F^2",
        "U",
        FACTORS,
        (),
        factor_arrays,
        by_hand_factors,
        lambda np, Y, U, V: np.sum((Y - U @ V.T) ** 2),
    ),
    Problem(
        "Gaussian log-likelihood",
        r"-\frac{1}{2}(\log\det \Sigma + \operatorname{tr}(\Sigma^{-1} S))",
        r"\Sigma",
        (r"\Sigma, S \in \mathbb{R}^{n \times n}",),
        (r"$\Sigma$ is symmetric positive definite", "$S$ is symmetric"),
        lambda n: {"Sigma": spd(n), "S": spd(n)},
        by_hand_gaussian,
        lambda np, Sigma, S: -0.5 * (np.linalg.slogdet(Sigma)[1] + np.trace(np.linalg.solve(Sigma, S))),
    ),
    Problem(
        "Hessian: quadratic form",
        r"\nabla_x^2 (x^\top A x)",
        "",
        (r"A \in \mathbb{R}^{n \times n}", r"x \in \mathbb{R}^n"),
        (),
        lambda n: {"A": RNG.standard_normal((n, n)), "x": RNG.standard_normal(n)},
        lambda A, x: A + A.T,
        lambda np, A, x: x @ A @ x,
        True,
    ),
    Problem(
        "Hessian: logistic regression",
        r"\nabla_w^2 (\mathbf{1}^\top \operatorname{softplus}(Xw))",
        "",
        LOGISTIC[:2],
        (),
        lambda n: {k: v for k, v in logistic_arrays(n).items() if k != "y"},
        by_hand_logistic_hessian,
        logistic_value,
        True,
    ),
    Problem(
        "Hessian: matrix factorisation",
        r"\nabla_U^2 \|Y - U V^\top\|_F^2",
        "",
        FACTORS,
        (),
        small_factor_arrays,
        lambda Y, U, V: by_hand_factor_hessian(V, U),
        lambda np, Y, U, V: np.sum((Y - U @ V.T) ** 2),
        True,
    ),
)  # fmt: skip


def exported(problem: Problem) -> Callable[..., Array]:
    code = nablatex.export(problem.latex, "numpy", problem.wrt or None, declare=problem.declare, assume=problem.assume)
    space: dict[str, Any] = {}
    exec(code, space)  # our own generated code
    function: Callable[..., Array] = space["derivative"]
    return function


def best(calls: Sequence[Callable[[], Any]], seconds: float) -> list[float]:
    """The fastest of several rounds of each, in milliseconds a call; the calls take turns, so that they share the noise."""
    counts = []
    for call in calls:
        call()
        start = clock()
        call()
        counts.append(max(1, min(2000, int(seconds / ROUNDS / max(clock() - start, 1e-7)))))
    rounds: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for k, call in enumerate(calls):
            start = clock()
            for _ in range(counts[k]):
                call()
            rounds[k].append((clock() - start) / counts[k])
    return [1e3 * min(times) for times in rounds]


def jax_gradient(problem: Problem, names: tuple[str, ...], arrays: dict[str, Array]) -> Callable[[], Any] | None:
    try:
        import jax
    except ImportError:
        return None
    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp

    variable = {"": "x" if "x" in names else "w" if "w" in names else "U", r"\Sigma": "Sigma"}.get(
        problem.wrt, problem.wrt
    )
    given = [jnp.asarray(arrays[n]) for n in names]

    def value(*xs: Any) -> Any:
        return problem.value(jnp, **dict(zip(names, xs, strict=True)))

    transform = jax.hessian if problem.hessian else jax.grad
    compiled = jax.jit(transform(value, argnums=names.index(variable)))
    return lambda: compiled(*given).block_until_ready()


def arguments_of(function: Callable[..., Array]) -> tuple[str, ...]:
    return function.__code__.co_varnames[: function.__code__.co_argcount]


def run(seconds: float) -> None:
    print(f"{'problem':32} {'n':>5} {'exported':>10} {'by hand':>10} {'JAX':>10}   exported / by hand")
    for problem in PROBLEMS:
        function = exported(problem)
        names = arguments_of(function)
        for n in (10, 100, 1000):
            arrays = problem.arrays(n)
            given = [arrays[x] for x in names]
            by_hand = [arrays[x] for x in arguments_of(problem.by_hand)]
            assert np.allclose(np.ravel(function(*given)), np.ravel(problem.by_hand(*by_hand))), problem.name
            calls = [lambda g=given: function(*g), lambda g=by_hand: problem.by_hand(*g)]  # noqa: B023
            compiled = jax_gradient(problem, names, arrays)
            mine, hand, *other = best([*calls, compiled] if compiled is not None else calls, seconds)
            jax_time = f"{other[0]:10.4f}" if other else f"{'-':>10}"
            print(f"{problem.name:32} {n:5} {mine:10.4f} {hand:10.4f} {jax_time}   {mine / hand:.2f}", flush=True)


if __name__ == "__main__":
    given = [x for x in sys.argv[1:] if x != "--cpu"]
    run(float(given[0]) if given else 0.5)
