"""Matrix calculus: derivatives, checks, simplification and programs, of LaTeX formulas and of expressions built in Python.

    >>> import nablatex
    >>> nablatex.derivative(r"a^T X b", "X").latex
    'a b^T'

What is used is loaded when it is used: importing the package costs nothing.  docs/library.md tells the rest.
"""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"

_PLACES = {
    "CalculusError": "nablatex.library.formulas",
    "Checked": "nablatex.library.formulas",
    "Result": "nablatex.library.formulas",
    "check": "nablatex.library.formulas",
    "derivative": "nablatex.library.formulas",
    "display": "nablatex.library.notebook",
    "export": "nablatex.library.formulas",
    "from_sympy": "nablatex.library.from_sympy",
    "load_ipython_extension": "nablatex.library.notebook",
    "parse": "nablatex.library.formulas",
    "simplify": "nablatex.library.formulas",
    "steps": "nablatex.library.formulas",
    "symbol": "nablatex.algebra.ops",
    "to_sympy": "nablatex.library.to_sympy",
}

__all__ = sorted([*_PLACES, "ops"])


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name == "ops":
        return import_module("nablatex.algebra.ops")
    if name not in _PLACES:
        raise AttributeError(f"module 'nablatex' has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    return __all__
