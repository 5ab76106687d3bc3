"""The derivative of each public case, simplified, side by side with SymPy's own matrix derivative where it gives one.

Prints a row for each case and the ratio of medians; both are timed in this run, on expressions that are already built.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import sympy as sp
from nablatex.algebra.expr import Expr
from nablatex.algebra.simplify import simplify
from nablatex.calculus import expand
from nablatex.checking.sampling import Assumptions
from nablatex.checking.verdict import verify
from nablatex.document.elaborate import elaborate
from nablatex.document.suppositions import context_of
from nablatex.latex.parse import parse

CASES = Path(__file__).resolve().parent.parent / "tests" / "cases" / "public.jsonl"
ROUNDS = 7


class NoForm(Exception):
    """SymPy has no form of this expression."""


def to_sympy(e: Expr, names: dict[Expr, Any]) -> Any:
    """The expression in SymPy's matrix algebra; 1×1 products become scalars where SymPy keeps them so."""
    if e.name == "symbol":
        if e not in names:
            rows, cols = (
                sp.Symbol(str(d), positive=True, integer=True) if d.value is None else d.value for d in e.shape
            )
            label = str(e.params[0])
            names[e] = sp.Symbol(label) if e.is_scalar else sp.MatrixSymbol(label, rows, cols)
        return names[e]
    if e.name == "number":
        return sp.Rational(e.params[0].numerator, e.params[0].denominator)
    args = [to_sympy(a, names) for a in e.args]
    if e.name == "add":
        return sp.Add(*args) if e.is_scalar else sp.MatAdd(*args)
    if e.name == "mul":
        out = args[0]
        for a in args[1:]:
            out = out * a
        return out
    simple: dict[str, Callable[..., Any]] = {
        "transpose": lambda x: x.T,
        "inverse": sp.Inverse,
        "trace": sp.Trace,
        "det": sp.Determinant,
        "power": lambda x, k: x**k,
        "hadamard": sp.hadamard_product,
        "kron": sp.KroneckerProduct,
    }
    if e.name in simple:
        return simple[e.name](*args)
    if e.name == "norm":
        x = e.args[0]
        inside = args[0].T * args[0] if x.shape[1].value == 1 else sp.Trace(args[0].T * args[0])
        return sp.sqrt(inside) if not isinstance(inside, sp.MatrixExpr) else inside ** sp.Rational(1, 2)
    if e.name == "elementwise":
        f = {"log": sp.log, "exp": sp.exp, "sin": sp.sin, "cos": sp.cos, "tanh": sp.tanh}.get(e.params[0])
        if f is None or e.params[1]:
            raise NoForm
        return f(args[0]) if e.is_scalar else args[0].applyfunc(f)
    raise NoForm


def seconds(work: Callable[[Any], object], ready: Callable[[], Any]) -> float:
    """The shortest of some rounds; `ready` is not timed: it makes what is worked on, with nothing remembered."""
    times = []
    for _ in range(ROUNDS):
        given = ready()
        start = time.perf_counter()
        work(given)
        times.append(time.perf_counter() - start)
    return min(times)


def fresh(e: Expr) -> Expr:
    """A copy without anything remembered, so that each round works anew."""
    args = [fresh(a) for a in e.args]
    return type(e)(args, e.params)


def main() -> None:
    ours: list[float] = []
    checked: list[float] = []
    theirs: list[float] = []
    print(f"{'case':34}{'nablatex':>12}{'with check':>12}{'SymPy':>12}  (ms)")
    for line in CASES.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if case["kind"] != "derivative":
            continue
        context = context_of(case["decls"], case["assume"], case.get("context", []), case.get("preamble", ""))
        layout = "denominator" if case["layout"] == "any" else case["layout"]
        found = elaborate(parse(case["latex"], macros=context.macros).tree, context, layout).readings
        if not found or found[0].sides[0].name != "derivative":
            continue
        formal = found[0].sides[0]
        given = Assumptions(found[0].conditions, found[0].equations, context.ordering)
        try:
            anew = partial(fresh, formal)
            mine = seconds(lambda e: simplify(expand(e)), anew)
            both = seconds(lambda e, given=given: verify(e, simplify(expand(e)), given), anew)  # type: ignore[misc]
        except (ValueError, NotImplementedError):
            continue
        row = f"{case['id']:34}{mine * 1e3:12.3f}{both * 1e3:12.2f}"
        try:
            names: dict[Expr, Any] = {}
            f, x = to_sympy(formal.args[0], names), to_sympy(formal.args[1], names)
            answer = f.diff(x)
            if isinstance(answer, sp.Derivative) or answer.has(sp.Derivative):
                raise NoForm
            other = seconds(lambda _, f=f, x=x: f.diff(x), sp.core.cache.clear_cache)  # type: ignore[misc]
        except Exception as error:  # whatever SymPy raises on a problem: it gives no derivative
            print(row + f"{'-':>12}  {type(error).__name__}")
            continue
        print(row + f"{other * 1e3:12.2f}")
        ours.append(mine)
        checked.append(both)
        theirs.append(other)
    if not ours:
        sys.exit("no case that both solve")
    median = statistics.median
    print(f"\n{len(ours)} cases that both answer (SymPy's answers are not judged here)")
    print(
        f"median: nablatex {median(ours) * 1e3:.3f} ms, with numerical check {median(checked) * 1e3:.2f} ms, SymPy {median(theirs) * 1e3:.2f} ms"
    )
    print(
        f"ratio of medians: {median(theirs) / median(ours):.1f}; with the check {median(theirs) / median(checked):.1f}"
    )


if __name__ == "__main__":
    main()
