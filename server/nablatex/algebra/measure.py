"""The stated measure of simplicity: roughly what a reader has to take in, smaller is simpler."""

from __future__ import annotations

from nablatex.algebra.atoms import Identity, Number, Ones, Symbol, Zero
from nablatex.algebra.core import Add, Inverse, Mul, Power, Transpose
from nablatex.algebra.expr import Expr

WEIGHTS: dict[str, float] = {
    "kron": 1.5,
    "commutation": 1.5,
    "vec": 1.0,
    "vech": 1.0,
    "duplication": 1.5,
    "elimination": 1.5,
    "unvec": 2.0,
    "diag": 1.2,
    "diag_part": 1.2,
    "diag_selection": 3.0,
    "index_sum": 3.0,
    "index_product": 3.0,
    "index_max": 3.0,
    "index_min": 3.0,
    "set_sum": 3.0,
    "set_product": 3.0,
    "argmax": 1.0,
    "argmin": 1.0,
    "integral": 4.0,
    "entry": 0.8,
    "unit": 1.0,
    "hadamard": 0.3,
}


def measure(e: Expr) -> float:
    """Weight of an expression, additive over its parts; parentheses, transposes and inverses cost a little."""
    found: float | None = e.cached("measure")
    if found is None:
        found = e.cache("measure", _measure(e))
    return found


def _measure(e: Expr) -> float:
    if isinstance(e, (Symbol, Identity, Ones, Zero)):
        return 1.0
    if isinstance(e, Number):
        return 0.8 if abs(e.value) != 1 else 0.2
    inside = sum(measure(a) for a in e.args)
    if isinstance(e, Add):
        return inside + 0.5 * (len(e.args) - 1)
    if isinstance(e, Mul):
        return inside + 0.5 * sum(_nesting(a) for a in e.args if isinstance(a, Add))
    if isinstance(e, (Transpose, Inverse)):
        body = e.args[0]
        bare = isinstance(body, (Symbol, Inverse, Transpose))
        if isinstance(e, Transpose) and isinstance(body, Add):  # (XW - Y)^T, but not (XA + AX)^T
            return inside + (0.5 if any(_letter(t) for t in body.args) else 2.0)
        return inside + (0.3 if bare else 0.8)
    if isinstance(e, Power):
        return inside + 0.3
    if e.name == "index_sum" and isinstance(e.args[0], Mul):  # what does not depend on the index stands before it
        inside += 0.1 * len(e.args[0].args)
    return inside + WEIGHTS.get(e.name, 0.5)


def _nesting(e: Add) -> int:
    """How deep sums stand in products in sums."""
    found: int | None = e.cached("nesting")
    if found is None:
        factors = [f for t in e.args if isinstance(t, Mul) for f in t.args if isinstance(f, Add)]
        found = e.cache("nesting", 1 + max(map(_nesting, factors), default=0))
    return found


def _letter(term: Expr) -> bool:
    """A term of one letter, numbers aside."""
    if isinstance(term, Mul) and len(term.args) == 2 and term.args[0].is_scalar:
        term = term.args[1]
    return not term.args or (isinstance(term, (Transpose, Inverse)) and not term.args[0].args)
