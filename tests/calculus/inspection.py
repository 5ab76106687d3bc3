"""What has to hold of every expression: shapes, derivatives in every layout, rewrites, and what is printed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from growing import DECLARATIONS, SYMBOLS, X, planted, s, x
from nablatex.algebra import chains, ops, simplify
from nablatex.algebra.dims import Dim
from nablatex.algebra.evaluate import Array, Evaluator, Unvaluable, central_difference
from nablatex.algebra.expr import Expr, NotDifferentiable
from nablatex.algebra.normal import TooLarge, normal_form
from nablatex.calculus import derivative, expand
from nablatex.document.elaborate import elaborate
from nablatex.document.notation import Notation
from nablatex.document.printing import Unprintable, to_latex
from nablatex.document.suppositions import context_of
from nablatex.latex.parse import parse

CONTEXT = context_of(*DECLARATIONS, [])
NO_VALUE = (ArithmeticError, np.linalg.LinAlgError, Unvaluable)
LAYOUTS = ("denominator", "numerator")
LARGE, SMALL = 1e5, 3e-3
"""Values beyond these bounds say little in floating point."""
MANY = 400
"""Nodes from which an expression is no formula any more."""
NOTATION = Notation(sigmoid="\\sigma")

SAID_IN_WORDS = frozenset(
    (
        "leading_vector",
        "leading_gap",
        "zero",
        "duplication",
        "elimination",
        "diagonal_sums",
        "argmax",
        "argmin",
        "logsumexp_of",
    )
)
"""u_1 and v_1, i^*, a log-sum-exp by rows, a 0 without its size, D_n and L_n, \\alpha(X): the text beside a formula says what they are."""


class Trouble(AssertionError):
    """A property that does not hold."""


class OpenSizes(Exception):
    """A text that leaves sizes open, which the reader says."""


def point(seed: int) -> Evaluator:
    rng = np.random.default_rng(seed)
    sizes = {"n": 3, "m": 4}
    values: dict[Expr, Array] = {}
    for symbol in SYMBOLS:
        shape = tuple(d.at(sizes) for d in symbol.shape)
        value = 0.6 * rng.standard_normal(shape)
        if symbol.is_scalar:
            value = rng.uniform(0.5, 1.4, (1, 1))
        elif "symmetric" in symbol.params[2]:
            value = value + value.T
        values[symbol] = value
    return Evaluator(values, sizes)


def close(left: Array, right: Array, tolerance: float) -> bool:
    scale = 1 + max(float(np.abs(right).max(initial=0.0)), float(np.abs(left).max(initial=0.0)))
    return left.shape == right.shape and bool(np.abs(left - right).max(initial=0.0) <= tolerance * scale)


def value_of(e: Expr, ev: Evaluator) -> Array | None:
    """The value, where there is one that floating point holds."""
    try:
        with np.errstate(all="ignore"):
            found = np.asarray(ev(e))
    except NO_VALUE:
        return None
    return found if np.all(np.isfinite(found)) and float(np.abs(found).max(initial=0.0)) < LARGE else None


def moved(f: Expr, v: Expr, direction: Array, ev: Evaluator) -> Array | None:
    """df[D] from values of f alone: by the complex step where f is analytic, else by differences."""
    at = ev.values[v]
    try:
        with np.errstate(all="ignore"):
            if all(e.analytic for e in f.walk()):
                step = Evaluator({**ev.values, v: at + 1e-30j * direction}, ev.sizes)
                return np.asarray(np.imag(step(f)) / 1e-30)
            return central_difference(lambda t: ev.bind({v: at + t * direction})(f), 1e-3)
    except (*NO_VALUE, TypeError):
        return None


def applied(closed: Array, f: Expr, v: Expr, layout: str, direction: Array, ev: Evaluator) -> Array:
    """df[D] from a derivative in a layout."""
    if v.is_scalar:
        return closed * direction[0, 0]
    if f.is_scalar:
        return np.array([[np.sum((closed if layout == "denominator" else closed.T) * direction)]])
    jacobian = closed if layout == "numerator" else closed.T
    shape = tuple(ev.size(d) for d in f.shape)
    return (jacobian @ direction.reshape(-1, 1, order="F")).reshape(shape, order="F")


@contextmanager
def watched(ev: Evaluator) -> Iterator[None]:
    """Every rewrite of the simplifier is looked at: it keeps the shape, and the value where there is one."""
    whole = simplify._bottom_up
    rules = dict(chains.RULES)

    def same(before: Expr, after: Expr, rule: str) -> Expr:
        if after.shape != before.shape:
            raise Trouble(f"{rule}: the shape of {before!r} changes to that of {after!r}")
        if after is not before:
            old, new = value_of(before, ev), value_of(after, ev)
            if old is not None and new is not None and not close(new, old, 1e-6):
                raise Trouble(f"{rule}: {before!r} is not {after!r}")
        return after

    def bottom_up(e: Expr) -> Expr:
        return same(e, whole(e), "simplify")

    def checked(name: str, rule: chains.Rule) -> chains.Rule:
        def apply(left: Expr, right: Expr) -> Expr | None:
            made = rule(left, right)
            return None if made is None else same(ops.mul(left, right), made, name)

        return apply

    simplify._bottom_up = bottom_up
    chains.RULES.update({name: checked(name, rule) for name, rule in rules.items()})
    try:
        yield
    finally:
        simplify._bottom_up = whole
        chains.RULES.update(rules)


def rewritten(e: Expr, ev: Evaluator, counts: Counter[str]) -> Expr:
    """e simplified; shapes, values, stability and the normal form are looked at."""
    with watched(ev):
        tidy = simplify.simplify(e)
    if tidy.shape != e.shape:
        raise Trouble(f"simplify changes the shape of {e!r}")
    if simplify.simplify(tidy) != tidy:
        raise Trouble(f"simplifying again changes {tidy!r} to {simplify.simplify(tidy)!r}")
    value = value_of(e, ev)
    if value is None:
        return tidy
    simple = value_of(tidy, ev)
    if simple is not None and not close(simple, value, 1e-6):
        raise Trouble(f"simplify: {e!r} is not {tidy!r}")
    try:
        normal = value_of(normal_form(e), ev)
    except TooLarge:
        return tidy
    if normal is not None and not close(normal, value, 1e-6):
        raise Trouble(f"the normal form of {e!r} has another value: {normal_form(e)!r}")
    counts["rewritten"] += 1
    return tidy


def differentiated(f: Expr, ev: Evaluator, seed: int, counts: Counter[str]) -> None:
    """Derivatives by X, x and s, in both layouts, against values of f alone."""
    rng = np.random.default_rng(seed)
    for v in (X, x, s):
        if v not in f.free_symbols:
            continue
        direction = rng.standard_normal(ev.values[v].shape)
        truth = moved(f, v, direction, ev)
        for layout in LAYOUTS:
            try:
                closed = derivative(f, v, layout)
            except NotDifferentiable:
                counts["declined"] += 1
                continue
            if closed.shape != ops.derivative(f, v, layout).shape:
                raise Trouble(f"the derivative of {f!r} by {v!r} has the wrong shape in {layout} layout")
            value = value_of(closed, ev)
            if value is None or truth is None:
                continue
            got = applied(value, f, v, layout, direction, ev)
            if not np.all(np.isfinite(truth)) or float(np.abs(truth).max(initial=0.0)) > LARGE:
                continue
            if not close(got, truth, 1e-6):
                raise Trouble(f"∂/∂{v!r} in {layout} layout of {f!r}: {closed!r}")
            counts["differentiated"] += 1
            if layout == "denominator" and sum(1 for _ in closed.walk()) <= MANY:
                rewritten(closed, ev, counts)


def read(latex: str, layout: str = "denominator") -> Expr:
    found = elaborate(parse(latex).tree, CONTEXT, layout, latex)
    if not found.readings and found.failure is not None and "nothing says how large" in found.failure.message:
        raise OpenSizes(latex)
    if not found.readings:
        raise Trouble(f"{latex} is not read: {found.failure}")
    return found.readings[0].sides[0]


def sized(again: Expr, e: Expr, ev: Evaluator) -> Evaluator:
    """Letters for sizes that the text alone leaves open (e_2^T, a block of zeros) take the size that is meant."""
    found = dict(ev.sizes)
    for mine, theirs in zip(again.shape, e.shape, strict=True):
        if mine.letter is not None and mine.letter not in found:
            found[mine.letter] = ev.size(theirs)
    return Evaluator(ev.values, found)


def sizes_in(e: Expr) -> set[Dim]:
    return {d for part in e.walk() for d in part.shape}


def printed(e: Expr, ev: Evaluator, counts: Counter[str]) -> str | None:
    """What is printed reads back as the same expression: equal, or equal once both are simplified or normal."""
    try:
        latex = to_latex(e, NOTATION)
    except Unprintable:
        counts["no notation"] += 1
        return None
    if any(part.name in SAID_IN_WORDS for part in e.walk()):
        counts["no notation"] += 1
        return None
    try:
        again = read(latex)
    except OpenSizes:
        counts["sizes are left open"] += 1
        return None
    counts["printed"] += 1
    if again == e:
        counts["read the same"] += 1
        return latex
    there = sized(again, e, ev)
    if any(x not in there.sizes for d in again.shape for x in d.letters()):  # blocks of zeros have any size
        return latex
    if tuple(map(there.size, again.shape)) != tuple(map(ev.size, e.shape)) and not ops.is_zero(again):
        raise Trouble(f"{latex} reads back in another shape: {again!r}")
    strange = again.free_symbols - e.free_symbols
    if strange:
        raise Trouble(f"{latex}, printed for {e!r}, reads back with {strange}")
    value = value_of(e, ev)
    if value is None or ops.is_zero(again) or any(x not in there.sizes for d in sizes_in(again) for x in d.letters()):
        return latex
    other = value_of(expand(again), there)
    if other is not None and not close(other, value, 1e-7):
        raise Trouble(f"{latex}, printed for {e!r}, reads back as {again!r}")
    counts["read in another form"] += 1
    return latex


def asked(latex: str, f: Expr, ev: Evaluator, seed: int, counts: Counter[str]) -> None:
    """An author's derivative of what is printed, in the three layouts of documents."""
    v = (X, x, s)[seed % 3]
    if v not in f.free_symbols:
        return
    direction = np.random.default_rng(seed).standard_normal(ev.values[v].shape)
    truth = moved(f, v, direction, ev)
    if truth is None or not np.all(np.isfinite(truth)) or float(np.abs(truth).max(initial=0.0)) > LARGE:
        return
    for layout in (*LAYOUTS, "mixed"):
        formal = read(f"\\frac{{\\partial}}{{\\partial {v!r}}} \\left({latex}\\right)", layout)
        if any(x not in ev.sizes for d in sizes_in(formal) for x in d.letters()):
            continue
        if formal.name == "derivative" and formal.args[0].shape != f.shape:  # |v| is a norm where that is likelier
            counts["asked of another reading"] += 1
            continue
        try:
            there = sized(formal.args[0] if formal.name == "derivative" else formal, f, ev)
            closed = value_of(expand(formal), there)
        except NotDifferentiable:
            continue
        if closed is None:
            continue
        rows = layout == "numerator" or (layout == "mixed" and not (f.is_scalar and v.shape[1] != ops.dim(1)))
        got = applied(closed, f, v, "numerator" if rows else "denominator", direction, ev)
        if not close(got, truth, 1e-6):
            raise Trouble(f"∂/∂{v!r} of {latex} in {layout} layout")
        counts["asked"] += 1


def inspect(name: str, seed: int, depth: int = 5) -> Counter[str]:
    """Everything about one random expression with the operator in it.  Trouble where something does not hold."""
    rng = random.Random(f"{name} {seed}")
    counts: Counter[str] = Counter()
    f = expand_or_none(planted(name, rng, rng.randint(1, depth)))
    if f is None or sum(1 for _ in f.walk()) > MANY:
        counts["passed over"] += 1
        return counts
    ev = point(seed)
    value = value_of(f, ev)
    if value is None:
        counts["no value"] += 1
        return counts
    if value.shape != tuple(ev.size(d) for d in f.shape):
        raise Trouble(f"the value of {f!r} has not the shape of the rule")
    tidy = rewritten(f, ev, counts)
    differentiated(f, ev, seed, counts)
    latex = printed(f, ev, counts)
    printed(tidy, ev, counts)
    if latex is not None:
        asked(latex, f, ev, seed, counts)
    counts["expressions"] += 1
    return counts


def expand_or_none(e: Expr) -> Expr | None:
    try:
        return expand(e)
    except NotDifferentiable:
        return None
