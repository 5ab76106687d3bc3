"""Claims at random points of a prime field: a difference refutes, agreement errs with a probability that is known.

The points honour what is assumed of a symbol where that is an algebraic condition (symmetric, triangular,
orthogonal by Cayley's transform, …) and leave out what only an order can say (positive definite): a rational
identity that holds on an open set holds everywhere.  Equations that hold by assumption are solved where they are
linear in one of their symbols.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from nablatex.algebra.atoms import Number, Symbol
from nablatex.algebra.binders import derivative
from nablatex.algebra.build import add, is_zero, scale
from nablatex.algebra.dims import ONE
from nablatex.algebra.evaluate import Array, Unvaluable
from nablatex.algebra.exact import ExactEvaluator, Jet, beside
from nablatex.algebra.expr import Expr
from nablatex.algebra.fields import PRIME, Field, NotExact, PrimeField, Rationals
from nablatex.checking.sampling import Assumptions, assignments, fit_indices, letters_of, measure, symbols_of

NO_EXACT = (ArithmeticError, NotExact, Unvaluable, NotImplementedError, ValueError, KeyError, IndexError)
BRANCHING = frozenset(("sqrt", "sign", "step"))
"""Functions whose value was drawn among several: that sides agree may be luck, as for |x| = x."""
SIZE_LIMIT = 1600
"""Entries of the largest matrix of an exact trial: Hessians and Kronecker products grow with powers of the sizes."""


@dataclass(frozen=True, slots=True)
class ExactResult:
    """agree: at every point; conclusive: a difference refutes, as nothing stood for a known function.

    error: a bound of the probability that sides which differ agree at all these points.
    """

    agree: bool
    conclusive: bool
    points: int
    sizes: tuple[Mapping[str, int], ...]
    error: float
    opaque: tuple[str, ...]
    settled: bool = False

    @property
    def settles(self) -> bool:
        """Whether it shows alone that the claim holds: sizes enough, and no root or sign whose branch was drawn."""
        return self.agree and self.settled and not BRANCHING.intersection(self.opaque)


def compare(
    left: Expr, right: Expr, given: Assumptions, seed: int, budget: float = 1.0, wanted: int = 2
) -> ExactResult | None:
    """Both sides at points of several sizes over GF(2^61 - 1); None where they have no exact value."""
    until = time.thread_time() + budget
    exprs = [left, right, *[e for pair in given.equations for e in pair]]
    letters = measure(exprs)
    exponents = _exponents(exprs)
    done: list[Mapping[str, int]] = []
    error = 1.0
    opaque: set[str] = set()
    agree = True
    for k, sizes in enumerate(assignments(letters, given.ordering, limit=6)):
        for attempt in range(3):
            field = PrimeField(seed + 31 * k + attempt)
            try:
                a, b = _values(left, right, given, sizes, field, exponents, (seed, k, attempt), until)
            except NotExact:
                return None if not done else _result(agree, done, error, opaque)
            except NO_EXACT:
                if time.thread_time() > until:
                    return None if not done else _result(agree, done, error, opaque)
                continue
            opaque |= field.opaque
            (n, d), (m, e) = a.degree, b.degree
            error *= min(1.0, max(1, n + e, m + d) / PRIME)
            done.append(sizes)
            agree = bool(np.all(a.parts[0] == b.parts[0]))
            break
        if not agree or len({tuple(s.items()) for s in done}) >= (wanted if letters else 1):
            break
    if not done:
        return None
    enough = len({tuple(s.items()) for s in done}) >= (wanted if letters else 1)
    return replace(_result(agree, done, error, opaque), settled=enough)


def _result(agree: bool, done: Sequence[Mapping[str, int]], error: float, opaque: set[str]) -> ExactResult:
    return ExactResult(agree, not opaque, len(done), tuple(done), error if agree else 0.0, tuple(sorted(opaque)))


def _exponents(exprs: Sequence[Expr]) -> frozenset[Expr]:
    """Symbols that stand in exponents: small integers stand for them, as x^k has a value for those."""
    out: frozenset[Expr] = frozenset()
    for e in exprs:
        for x in e.walk():
            if x.name in ("power", "hadamard_power") and not isinstance(x.args[1], Number):
                out |= x.args[1].free_symbols
    return out


def _values(
    left: Expr,
    right: Expr,
    given: Assumptions,
    sizes: Mapping[str, int],
    field: Field,
    exponents: frozenset[Expr],
    seed: tuple[int, ...],
    until: float,
) -> tuple[Jet, Jet]:
    for e in (*left.walk(), *right.walk()):
        if e.shape[0].at(sizes) * e.shape[1].at(sizes) > SIZE_LIMIT:
            raise NotExact("too large")
    rng = np.random.default_rng(seed)
    exprs = [left, right, *[e for pair in given.equations for e in pair]]
    values: dict[Expr, Jet] = {s: draw_exact(s, sizes, rng, field, s in exponents) for s in symbols_of(exprs)}
    for index, i in fit_indices(exprs, values.keys(), sizes, rng).items():
        values[index] = _jet(field, np.array([[i]]))
    ev = ExactEvaluator(field, values, sizes, until=until)
    for a, b in given.equations:
        ev = _satisfy(a, b, ev)
    return ev(left), ev(right)


def _jet(field: Field, x: Array, degree: int = 0) -> Jet:
    return Jet(field, {0: field.each(lambda v: field.number(Fraction(int(v))), x)}, (degree, 0))


def draw_exact(
    s: Symbol, sizes: Mapping[str, int], rng: np.random.Generator, field: Field, exponent: bool = False
) -> Jet:
    """A generic element of the variety that the properties of s describe.  NotExact where they are no equations."""
    m, n = s.shape[0].at(sizes), s.shape[1].at(sizes)
    p = s.properties
    one = s.each()
    if one is not None:
        return beside([draw_exact(one, sizes, rng, field) for _ in range(m // n)], -2)
    if "index" in p and not exponent:  # an index that stands in no entry: within every size
        return _jet(field, rng.integers(1, 3, (m, n)))
    if exponent or p & {"index", "integer"}:
        return _jet(field, rng.integers(2, 9 if exponent else 4, (m, n)))
    if "set" in p:  # the indicator of a set
        return _jet(field, rng.integers(0, 2, (m, n)))
    high = PRIME if isinstance(field, PrimeField) else 4
    low = 0 if isinstance(field, PrimeField) else -3

    def uniform(rows: int, cols: int) -> Jet:
        return _jet(field, rng.integers(low, high, (rows, cols)), 1)

    x = uniform(m, n)
    if "selection" in p:
        raise NotExact("no exact draw")
    if p & {"spd", "psd"}:
        x = x @ x.T if not isinstance(field, PrimeField) else x + x.T
    elif "symmetric" in p:
        x = x + x.T
    if "skew" in p:
        x = x - x.T
    for name, keep in (
        ("diagonal", np.eye(m, n)),
        ("hollow", 1 - np.eye(m, n)),
        ("lower", np.tril(np.ones((m, n)))),
        ("upper", np.triu(np.ones((m, n)))),
    ):
        if name in p:
            x = x * _jet(field, keep)
    if "unit-diagonal" in p:
        x = x * _jet(field, 1 - np.eye(m, n)) + _jet(field, np.eye(m, n))
    if "orthogonal" in p:
        x = _orthogonal(field, uniform(n, n), "rotation" not in p and bool(rng.integers(2)))
    if "permutation" in p:
        x = _jet(field, np.eye(n)[rng.permutation(n)])
    if "one-hot" in p:
        hot = np.zeros((m, n), dtype=int)
        hot[rng.integers(m), :] = 1
        x = _jet(field, hot)
    if "orthonormal-columns" in p:
        if m < n:
            raise Unvaluable("orthonormal columns need more rows than columns")
        x = _orthogonal(field, uniform(m, m)).map(lambda v: v[..., :n])
    if "unit" in p:
        k = max(m, n)
        x = _orthogonal(field, uniform(k, k)).map(lambda v: v[..., :m, :n] if s.shape[1] == ONE else v[..., :1, :])
    if "idempotent" in p:
        q = _orthogonal(field, uniform(n, n)).map(lambda v: v[..., : max(1, n - 1)])
        r = q.T if "symmetric" in p else x.map(lambda v: v[..., : max(1, n - 1), :])
        x = q @ (r @ q).inverse() @ r
    if "probability" in p:
        x = x.total().reciprocal() * x
    if ("full-column-rank" in p and m < n) or ("full-row-rank" in p and m > n):
        raise Unvaluable("the sizes do not allow the rank")
    return x


def _orthogonal(field: Field, x: Jet, turned: bool = False) -> Jet:
    """(I - S)(I + S)^{-1} with S skew (Cayley), with one column's sign changed where `turned`."""
    skew = x - x.T
    eye = np.eye(x.shape[0])
    one = _jet(field, eye)
    q = (one - skew) @ (one + skew).inverse()
    if turned:
        eye[0, 0] = -1
        q = q @ _jet(field, eye)
    return q


def _satisfy(left: Expr, right: Expr, ev: ExactEvaluator) -> ExactEvaluator:
    """Moves one symbol onto left = right where the equation is affine in it.  NotExact where there is none."""
    if is_zero(left) or is_zero(right):
        residual = right if is_zero(left) else left
    elif left.shape != right.shape:
        raise NotExact("an assumed equation of different shapes")
    else:
        residual = add(left, scale(-1, right))
    names = [s for s in symbols_of([left, right]) if not s.properties]
    for s in sorted(names, key=lambda s: (s.shape[1] != ONE, s.label)):
        try:
            slope = ev(derivative(residual, s, "numerator"))
            r, x = ev(residual), ev(s)
            rows, cols = r.shape[0] * r.shape[1], x.shape[0] * x.shape[1]
            jac = slope.parts[0]
            if r.shape == (1, 1):
                jac = jac.T.reshape(1, cols, order="F")
            elif x.shape == (1, 1):
                jac = jac.reshape(rows, 1, order="F")
            step = solve(ev.field, jac, r.parts[0].reshape(rows, 1, order="F"))
        except (ZeroDivisionError, NotExact):
            continue
        moved = x - Jet(ev.field, {0: step.reshape(x.shape, order="F")}, slope.degree)
        there = ev.bind({s: moved})
        if not np.any(there(residual).parts[0]):
            return there
    raise NotExact("an assumed equation is not affine in a symbol")


def solve(field: Field, a: Array, b: Array) -> Array:
    """One solution of a x = b by elimination, free unknowns zero.  ZeroDivisionError where there is none."""
    m, n = a.shape
    t = np.concatenate([a, b], axis=1).astype(object)
    pivots: list[int] = []
    for j in range(n):
        i = next((i for i in range(len(pivots), m) if t[i, j]), None)
        if i is None:
            continue
        k = len(pivots)
        t[[k, i]] = t[[i, k]]
        t[k] = field.reduce(t[k] * field.reciprocal(t[k, j : j + 1])[0])
        for r in range(m):
            if r != k and t[r, j]:
                t[r] = field.reduce(t[r] - t[k] * t[r, j])
        pivots.append(j)
    if np.any(t[len(pivots) :, n]):
        raise ZeroDivisionError("the equation has no solution")
    x = np.zeros((n, 1), dtype=object)
    for k, j in enumerate(pivots):
        x[j, 0] = t[k, n]
    return x


def integer_counterexample(
    left: Expr, right: Expr, given: Assumptions, seed: int, budget: float = 0.5
) -> dict[str, Any] | None:
    """Small integer matrices where the sides differ, with the exact values of both, as plain data; None if none."""
    if given.equations or given.conditions:
        return None
    until = time.thread_time() + budget
    letters = letters_of([left, right])
    exponents = _exponents([left, right])
    names = symbols_of([left, right])
    for k, sizes in enumerate(assignments(letters, given.ordering, 2)):
        small = {x: 2 + (n > 3) if len(letters) > 1 else 2 for x, n in sizes.items()} if k == 0 else sizes
        for attempt in range(4):
            field = Rationals()
            try:
                rng = np.random.default_rng((seed, k, attempt))
                drawn: dict[Expr, Jet] = {s: draw_exact(s, small, rng, field, s in exponents) for s in names}
                for index, i in fit_indices([left, right], drawn.keys(), small, rng).items():
                    drawn[index] = _jet(field, np.array([[i]]))
                _require_signs(names, drawn)
                ev = ExactEvaluator(field, drawn, small, until=until)
                a, b = ev(left).parts[0], ev(right).parts[0]
            except NotExact:
                return None
            except NO_EXACT:
                continue
            a, b = np.broadcast_arrays(a, b)
            if np.any(a != b):
                values = {s.label: plain_exact(drawn[s].parts[0]) for s in names}
                return {"values": values, "left": plain_exact(a), "right": plain_exact(b), "sizes": dict(small)}
    return None


def _require_signs(names: Sequence[Symbol], drawn: Mapping[Expr, Jet]) -> None:
    for s in names:
        x = drawn[s].parts[0]
        if "positive" in s.properties:
            drawn[s].parts[0] = np.vectorize(lambda v: abs(v) or Fraction(1), otypes=[object])(x)
        elif "positive-diagonal" in s.properties and not np.all(x.diagonal() > 0):
            raise Unvaluable("a diagonal that is not positive")
        elif s.properties & {"nonzero", "diagonal"} and not np.all(x.diagonal() != 0):
            raise Unvaluable("zero where it may not be")


def plain_exact(x: Array) -> Any:
    """An exact array as a number, a list or a list of rows; fractions as text."""
    cells = [[int(v) if Fraction(v).denominator == 1 else str(Fraction(v)) for v in row] for row in x]
    if x.shape == (1, 1):
        return cells[0][0]
    return [row[0] for row in cells] if x.shape[1] == 1 else cells
