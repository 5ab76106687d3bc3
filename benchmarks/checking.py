"""Checks per second by method, and what a check costs against the size of the claim.

Usage: python benchmarks/checking.py.  The claims are the true identities of tests/cases; every figure is from this run.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

from mutations import claims
from nablatex.algebra import ops
from nablatex.algebra.expr import Expr
from nablatex.checking.exact import compare
from nablatex.checking.precise import agree_precisely
from nablatex.checking.sampling import Assumptions
from nablatex.checking.verdict import SEED, decide, same_normal_form, trials
from nablatex.document.elaborate import elaborate
from nablatex.features.engine import assumptions_of
from nablatex.latex.tree import Relation

CASES = Path(__file__).resolve().parent.parent / "tests" / "cases" / "public.jsonl"
Claim = tuple[Expr, Expr, Assumptions]


def typed() -> list[Claim]:
    out = []
    for case, left, right, context in claims(CASES):
        layout = "denominator" if case["layout"] == "any" else case["layout"]
        found = elaborate(Relation(left.span, (left, right), ("=",)), context, layout, case["latex"])
        for reading in found.readings[:1]:
            a, b = reading.sides
            if a.shape == b.shape:
                out.append((a, b, assumptions_of(reading, context)))
    return out


def seconds(run: Callable[[], object], rounds: int = 3) -> float:
    best = float("inf")
    for _ in range(rounds):
        begin = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - begin)
    return best


def in_digits(a: Expr, b: Expr, given: Assumptions) -> object:
    points = trials(a, b, given)[:1]
    return agree_precisely(a, b, [(t.ev.values, t.sizes) for t in points], tied=False)


METHODS: dict[str, Callable[[Expr, Expr, Assumptions], object]] = {
    "normal form": lambda a, b, g: same_normal_form(a, b),
    "exact over GF(2^61-1)": lambda a, b, g: compare(a, b, g, SEED),
    "floating point": lambda a, b, g: trials(a, b, g),
    "40 digits, one point": in_digits,
    "verdict (all it takes)": lambda a, b, g: decide(a, b, g),
}


def chain(k: int) -> Claim:
    """The gradient of tr(X A_1 X A_2 ... X A_k), a claim that grows with k."""
    x = ops.symbol("X", "n", "n")
    factors = [f for i in range(k) for f in (x, ops.symbol(f"A_{i}", "n", "n"))]
    terms = [ops.transpose(ops.mul(*factors[2 * i + 1 :], *factors[: 2 * i])) for i in range(k)]
    return ops.derivative(ops.trace(ops.mul(*factors)), x), ops.add(*terms), Assumptions()


def main() -> None:
    every = typed()
    print(f"{len(every)} claims, best of 3 rounds each")
    print(f"{'method':26} {'median ms':>10} {'slowest ms':>11} {'checks/s':>9}")
    for name, method in METHODS.items():
        times = [seconds(lambda c=c, m=method: m(*c)) for c in every]  # type: ignore[misc]
        total = sum(times)
        print(f"{name:26} {1e3 * statistics.median(times):10.2f} {1e3 * max(times):11.1f} {len(times) / total:9.0f}")
    print("\ngradient of tr(X A_1 ... X A_k)")
    print(f"{'k':>3} {'nodes':>6} " + " ".join(f"{name:>24}" for name in METHODS))
    for k in (1, 2, 4, 8, 16):
        claim = chain(k)
        nodes = sum(1 for side in claim[:2] for _ in side.walk())
        cells = [f"{1e3 * seconds(lambda c=claim, m=method: m(*c)):21.2f} ms" for method in METHODS.values()]  # type: ignore[misc]
        print(f"{k:3} {nodes:6} " + " ".join(cells))


if __name__ == "__main__":
    main()
