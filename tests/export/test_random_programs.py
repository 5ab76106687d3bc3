"""Random well-shaped expressions and derivatives as programs: each has the value of its expression.

A failure names its seed: `expression(random.Random(seed), …)` builds the expression again.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import runners
from nablatex.algebra import ops
from nablatex.algebra.atoms import Symbol
from nablatex.algebra.evaluate import Evaluator
from nablatex.algebra.expr import Expr, NotDifferentiable
from nablatex.algebra.simplify import simplify
from nablatex.calculus import derivative
from nablatex.codegen.program import Program, numpy_function, write
from runners import Call, function_of, needed, same

SIZES = {"n": 4, "m": 3}
A, B = ops.symbol("A", "m", "n"), ops.symbol("B", "n", "m")
X, S = ops.symbol("X", "n", "n"), ops.symbol("S", "n", "n", "spd", "symmetric")
a, b, u = ops.symbol("a", "n"), ops.symbol("b", "n"), ops.symbol("u", "m")
s, t = ops.symbol("s"), ops.symbol("t", 1, 1, "positive")
SYMBOLS = (A, B, X, S, a, b, u, s, t)
Size = str | int


def leaf(rng: random.Random, rows: Size, cols: Size) -> Expr:
    shape = ops.symbol("?", rows, cols).shape
    found: list[Expr] = [x for x in SYMBOLS if x.shape == shape]
    found += [ops.transpose(x) for x in SYMBOLS if (x.shape[1], x.shape[0]) == shape and rows != cols]
    if rows == cols == 1:
        found += [ops.number(2), ops.number("-1/3"), ops.size("n")]
    else:
        found += [ops.ones(rows, cols), *([ops.identity(rows)] if rows == cols else [])]
    return rng.choice(found)


def expression(rng: random.Random, rows: Size, cols: Size, depth: int) -> Expr:
    """A random expression of a shape."""

    def of(r: Size, c: Size) -> Expr:
        return expression(rng, r, c, depth - 1)

    if depth <= 0 or rng.random() < 0.15:
        return leaf(rng, rows, cols)
    inner = rng.choice([1, "m", "n", "n"])
    made = [
        lambda: ops.add(of(rows, cols), of(rows, cols)),
        lambda: ops.add(of(rows, cols), ops.mul(ops.number(-1), of(rows, cols))),
        lambda: ops.mul(of(rows, inner), of(inner, cols)),
        lambda: ops.mul(of(rows, inner), of(inner, "n"), of("n", cols)),
        lambda: ops.mul(of(1, 1), of(rows, cols)),
        lambda: ops.elementwise(rng.choice(["tanh", "sigmoid", "sin", "softplus"]), of(rows, cols)),
        lambda: ops.transpose(of(cols, rows)),
    ]
    if (rows, cols) != (1, 1):
        made.append(lambda: ops.hadamard(of(rows, cols), of(rows, cols)))
    if rows == cols and rows != 1:
        made += [lambda: ops.diag(of(rows, 1)), lambda: ops.power(of(rows, cols), ops.number(2))]
    if rows == cols == "n":
        made += [lambda: ops.inverse(rng.choice([X, S])), lambda: ops.inverse(ops.transpose(X) @ X + ops.identity("n"))]
    if rows == cols == 1:
        made += [
            lambda: ops.trace(of("n", "n")),
            lambda: ops.inner(of("m", "n"), of("m", "n")),
            lambda: ops.power(ops.norm(of("n", 1)), ops.number(2)),
            lambda: ops.power(t, ops.number(rng.choice(["-1", "1/2", "-1/2", "-2"]))),
            lambda: ops.entry(of("n", "n"), ops.number(1), ops.number(2)),
            lambda: ops.elementwise("log", ops.det(S)),
        ]
    if cols == 1 and rows != 1:
        made += [
            lambda: ops.diag_part(of(rows, rows)),
            lambda: ops.mul(of(rows, rows), ops.unit_vector(ops.number(2), rows)),
            lambda: ops.softmax(of(rows, 1)),
            lambda: ops.hadamard_power(
                ops.hadamard_power(of(rows, 1), ops.number(2)) + ops.ones(rows), ops.number("-1")
            ),
        ]
    return rng.choice(made)()


def point() -> Evaluator:
    rng = np.random.default_rng(2)
    values: dict[Expr, Any] = {}
    for x in SYMBOLS:
        m, n = (d.at(SIZES) for d in x.shape)
        values[x] = 0.5 * rng.standard_normal((m, n)) + (2 * np.eye(n) if x is X else 0)
        if x is S:
            values[x] = values[x] @ values[x].T + np.eye(n)
        if 1 in (m, n):
            values[x] = np.abs(values[x]) + 0.2
    return Evaluator(values, SIZES)


SHAPES: tuple[tuple[Size, Size], ...] = ((1, 1), ("n", 1), ("m", 1), (1, "n"), ("n", "n"), ("m", "n"))


def cases(seeds: range, derive: bool) -> list[tuple[int, Expr, Any]]:
    """(seed, expression, value) for those that have a value that is not huge."""
    ev, out = point(), []
    for seed in seeds:
        rng = random.Random(seed)
        e = expression(rng, *rng.choice(SHAPES[:2] if derive else SHAPES), rng.choice([2, 3, 4]))
        if derive:
            try:
                e = simplify(derivative(e, rng.choice([X, a, A, s]), rng.choice(["denominator", "numerator"])))
            except NotDifferentiable:
                continue
        with np.errstate(all="ignore"):
            value = ev(e)
        if np.all(np.isfinite(value)) and np.abs(value).max() < 1e6 and sum(1 for _ in e.walk()) < 400:
            out.append((seed, e, value))
    return out


def program(e: Expr, language: str) -> Call:
    used: list[Symbol] = [x for x in SYMBOLS if x in e.free_symbols]
    code = write(Program((e,), used), language)
    ev = point()
    return Call(code, [*(ev.values[x] for x in used), *(SIZES[x] for x in code.symbols if x in SIZES)])


@pytest.mark.parametrize("derive", [False, True], ids=["values", "derivatives"])
def test_numpy_has_the_value(derive: bool) -> None:
    found = cases(range(60) if derive else range(150), derive)
    assert len(found) > 30
    for seed, e, value in found:
        call = program(e, "numpy")
        assert same(runners.run_numpy(call), value, 1e-6), (seed, e, call.code.code)
        used = [x for x in SYMBOLS if x in e.free_symbols]
        whole = function_of(numpy_function(e, used))(*call.arguments)
        assert whole.shape == value.shape and np.allclose(whole, value, rtol=1e-6, atol=1e-6), (seed, e)


def test_octave_has_the_value() -> None:
    if not runners.has_octave():
        needed("Octave")
    found = {str(seed): (program(e, "matlab"), value) for seed, e, value in cases(range(200, 260), False)}
    for seed, got in runners.run_octave({k: c for k, (c, _) in found.items()}).items():
        assert not isinstance(got, str) and same(got, found[seed][1], 1e-6), (seed, got, found[seed][0].code.code)
