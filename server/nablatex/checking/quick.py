"""A cheap check of a derivative by the complex step: f(x + i h D) has the imaginary part h df[D], without cancellation.

It evaluates the function alone, so that no rule of the calculus takes part, and confirms or says nothing: what it
cannot confirm is for `verdict.verify`.  A random direction exposes a wrong gradient with probability one.
"""

from __future__ import annotations

import numpy as np

from nablatex.algebra.binders import Derivative, is_analytic
from nablatex.algebra.evaluate import Array, Evaluator
from nablatex.algebra.expr import Expr
from nablatex.checking.sampling import (
    NO_VALUE,
    Assumptions,
    condition_holds,
    draw_symbol,
    measure,
    symbols_of,
)

STEP = 1e-30
AGREE = 1e-8
SIZES = ((3, 2, 4, 5, 6, 7, 8), (2, 4, 3, 6, 5, 8, 7))
STYLES = ("plain", "posspec", "positive")
"""A complex step has no cancellation: matrices need not be well conditioned, and any will do where a value exists."""


def confirmed(formal: Expr, closed: Expr, given: Assumptions, seed: int) -> bool:
    """Whether the closed form is the first derivative that formal stands for, at points of two sizes."""
    if not isinstance(formal, Derivative) or formal.args[1].name != "symbol" or closed.shape != formal.shape:
        return False
    f, x = formal.args
    if given.equations or given.ordering or not is_analytic(f) or closed.has_binders:
        return False
    letters = measure((f, closed))
    if len(letters) > len(SIZES[0]):
        return False
    symbols = [s for s in symbols_of((f, closed, *[e for _, e in given.conditions])) if "index" not in s.properties]
    rng = np.random.default_rng(seed)
    with np.errstate(all="ignore"):
        for choice in SIZES if letters else SIZES[:1]:
            sizes = dict(zip(letters, choice, strict=False))
            for style in STYLES:
                try:
                    values: dict[Expr, Array] = {s: draw_symbol(s, sizes, rng, style) for s in symbols}
                    ev = Evaluator(values, sizes)
                    if not all(condition_holds(what, ev(e)) for what, e in given.conditions):
                        continue
                    wanted, got = _both(ev, f, x, closed, formal.params[0], rng)
                except (*NO_VALUE, TypeError):
                    continue
                scale = max(1e-3, float(abs(wanted).max()))
                if not float(abs(wanted - got).max()) <= AGREE * scale < np.inf:  # nor where one is not a number
                    return False
                break
            else:
                return False
    return True


def _both(ev: Evaluator, f: Expr, x: Expr, closed: Expr, layout: str, rng: np.random.Generator) -> tuple[Array, Array]:
    """df[D] for a random D, by the complex step and by the closed form."""
    point = ev.values[x]
    direction = rng.standard_normal(point.shape)
    moved = Evaluator({**ev.values, x: point + 1j * STEP * direction}, ev.sizes)
    wanted = np.imag(moved(f)) / STEP
    matrix = ev(closed)
    if point.shape == (1, 1):
        return wanted, matrix * direction[0, 0]
    if wanted.shape == (1, 1):
        gradient = matrix if layout == "denominator" else matrix.T
        return wanted, np.array([[np.sum(gradient * direction)]])
    jacobian = matrix if layout == "numerator" else matrix.T
    return wanted.reshape(-1, 1, order="F"), jacobian @ direction.reshape(-1, 1, order="F")


__all__ = ["confirmed"]
