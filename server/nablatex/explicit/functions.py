"""Word operators of scalar mathematics as SymPy functions: one table that the readers and the gate share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from nablatex.explicit.values import binomial

UNARY: dict[str, Callable[[Any], Any]] = {
    "sin": sympy.sin, "cos": sympy.cos, "tan": sympy.tan, "cot": sympy.cot, "sec": sympy.sec, "csc": sympy.csc,
    "arcsin": sympy.asin, "arccos": sympy.acos, "arctan": sympy.atan, "arccot": sympy.acot,
    "sinh": sympy.sinh, "cosh": sympy.cosh, "tanh": sympy.tanh, "coth": sympy.coth,
    "arsinh": sympy.asinh, "arcosh": sympy.acosh, "artanh": sympy.atanh,
    "arcsinh": sympy.asinh, "arccosh": sympy.acosh, "arctanh": sympy.atanh,
    "exp": sympy.exp, "ln": sympy.log, "log": sympy.log, "sqrt": sympy.sqrt, "abs": sympy.Abs,
    "sign": sympy.sign, "sgn": sympy.sign, "erf": sympy.erf,
}  # fmt: skip
INVERSE = {"sin": "arcsin", "cos": "arccos", "tan": "arctan", "cot": "arccot", "sinh": "arsinh", "cosh": "arcosh", "tanh": "artanh"}  # fmt: skip
"""What a word to the power -1 stands for."""
SEVERAL: dict[str, Callable[..., Any]] = {
    "max": sympy.Max, "min": sympy.Min, "gcd": sympy.gcd, "lcm": sympy.lcm, "binom": binomial,
}  # fmt: skip
"""Words with several arguments."""
OF_MATRIX = frozenset(
    [
        "tr",
        "Tr",
        "trace",
        "Trace",
        "det",
        "Det",
        "rank",
        "diag",
        "Diag",
        "vec",
        "Vec",
        "norm",
        "adj",
        "adjugate",
        "pinv",
    ]
)
