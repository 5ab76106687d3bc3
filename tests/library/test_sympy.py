"""To SymPy and back: the same values, operator by operator."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy

sys.path.insert(0, str(Path(__file__).parent.parent / "algebra"))
import nablatex
import test_registry as registry
from nablatex.algebra.atoms import Symbol
from nablatex.calculus import expand
from nablatex.library.from_sympy import from_sympy
from nablatex.library.to_sympy import RULES, to_sympy

CASES = [(name, e) for name, e in registry.every_sample() if name in RULES]


def convert(e: Any) -> Any:
    try:
        return to_sympy(e)
    except nablatex.CalculusError:
        return None


@pytest.mark.parametrize(("name", "e"), CASES, ids=lambda v: v if isinstance(v, str) else "")
def test_there_and_back_the_value_is_the_same(name: str, e: Any) -> None:
    worked = expand(e)
    there = convert(worked)
    if there is None:
        pytest.skip("SymPy has no word for a part of it")
    known = {s.label: tuple(s.properties) for s in worked.free_symbols if isinstance(s, Symbol)}
    back = from_sympy(there, known)
    ev = registry.point()
    assert back.shape == worked.shape
    assert np.allclose(ev(back), ev(worked)), (there, back)


def explicit(e: Any) -> Any:
    """The value of a SymPy expression at the point of the registry's tests, by SymPy alone."""
    ev = registry.point()
    table: dict[Any, Any] = {}
    for s, x in ev.values.items():
        if isinstance(s, Symbol):
            value = sympy.ImmutableMatrix(x.tolist())
            table[to_sympy(s, ev.sizes)] = value if x.size > 1 else (int(x[0, 0]) if s.has("index") else value[0])
    out = e.subs(table)
    out = out.doit().as_explicit() if hasattr(out.doit(), "as_explicit") else out.doit()
    return np.array(out.evalf().tolist() if hasattr(out, "tolist") else [[out.evalf()]], dtype=float)


SHOWN = {"add", "mul", "transpose", "trace", "det", "hadamard", "norm", "inner", "inverse", "kron", "diag", "entry", "power"}  # fmt: skip


@pytest.mark.parametrize("name", sorted(SHOWN))
def test_sympy_computes_the_same_value(name: str) -> None:
    ev = registry.point()
    e = next(e for n, e in CASES if n == name and not (n == "power" and not e.is_scalar))
    assert np.allclose(explicit(to_sympy(e, ev.sizes)), ev(e), atol=1e-8)


def test_a_derivative_that_sympy_has_not_worked_out_is() -> None:
    n = sympy.Symbol("n", integer=True, positive=True)
    a, x = sympy.MatrixSymbol("A", n, n), sympy.MatrixSymbol("x", n, 1)
    answer = nablatex.simplify(from_sympy(sympy.Derivative(sympy.Trace(x.T * a * x), x)))
    assert answer.latex == "(A + A^\\top)x"
    written_out = from_sympy(sympy.Derivative((x.T * a * x)[0, 0], x))  # SymPy makes a double sum of it
    assert nablatex.check(written_out, answer.expr).right


def test_what_has_no_word_is_named() -> None:
    with pytest.raises(nablatex.CalculusError, match="SymPy has no softmax"):
        to_sympy(nablatex.ops.softmax(nablatex.symbol("x", "n")))
    with pytest.raises(nablatex.CalculusError, match="gamma"):
        from_sympy(sympy.gamma(sympy.Symbol("t")))
