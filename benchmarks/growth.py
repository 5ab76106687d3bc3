"""How the time of a derivative grows with the problem: the gradient of a deep network and of a long trace.

Prints, for each size, the nodes of the result (each shared one once) and the time; the last column should stay flat.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from nablatex.algebra import ops
from nablatex.algebra.expr import Expr
from nablatex.algebra.simplify import simplify
from nablatex.calculus import derivative

ROUNDS = 3


def network(layers: int) -> tuple[Expr, Expr]:
    r"""½‖tanh(W_L … tanh(W_1 x)) - y‖^2 and W_1."""
    value: Expr = ops.symbol("x", "n")
    first = ops.symbol("W_{1}", "n", "n")
    for k in range(1, layers + 1):
        weight = first if k == 1 else ops.symbol(f"W_{{{k}}}", "n", "n")
        value = ops.elementwise("tanh", weight @ value)
    loss = ops.power(ops.norm(value - ops.symbol("y", "n")), ops.number(2))
    return ops.mul(ops.number("1/2"), loss), first


def long_trace(factors: int) -> tuple[Expr, Expr]:
    """tr(X A_1 X A_2 …) of so many factors, and X."""
    x = ops.symbol("X", "n", "n")
    chain = [x if k % 2 == 0 else ops.symbol(f"A_{{{k}}}", "n", "n") for k in range(factors)]
    return ops.trace(ops.mul(*chain)), x


def nodes(e: Expr) -> int:
    """Distinct nodes, and the factors and terms that they hold."""
    seen: set[Expr] = set()
    todo = [e]
    total = 0
    while todo:
        x = todo.pop()
        if x not in seen:
            seen.add(x)
            total += 1 + len(x.args)
            todo.extend(x.args)
    return total


def row(make: Callable[[int], tuple[Expr, Expr]], size: int) -> None:
    best = 1e9
    result: Expr | None = None
    for _ in range(ROUNDS):
        f, x = make(size)
        start = time.process_time()
        result = simplify(derivative(f, x))
        best = min(best, time.process_time() - start)
    assert result is not None
    count = nodes(result)
    print(f"{size:8}{count:12}{best * 1e3:12.2f}{best * 1e6 / count:16.2f}")


def main() -> None:
    for title, make, sizes in (
        ("layers of a network", network, (1, 2, 4, 6, 8, 10, 20, 40, 80)),
        ("factors of a trace", long_trace, (4, 8, 16, 30, 60, 120)),
    ):
        print(f"\n{title}\n{'size':>8}{'nodes':>12}{'ms':>12}{'µs a node':>16}")
        for size in sizes:
            row(make, size)


if __name__ == "__main__":
    main()
