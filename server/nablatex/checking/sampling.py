"""Random draws that honour what is known: shapes, properties, domains, equations that hold by assumption."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from nablatex.algebra.atoms import Symbol, UnitVector
from nablatex.algebra.dims import ONE, Dim, shape_text
from nablatex.algebra.evaluate import Array, Evaluator, Unvaluable, jacobian_of
from nablatex.algebra.expr import Expr
from nablatex.algebra.indices import Member
from nablatex.algebra.normal import TooLarge

SIZES = (3, 4, 2, 5, 6, 7, 8)
NO_VALUE = (ArithmeticError, np.linalg.LinAlgError, Unvaluable, NotImplementedError, ValueError, KeyError)
"""What evaluation raises where an expression has no value."""


@dataclass(frozen=True, slots=True)
class Assumptions:
    """conditions: (spd | positive | nonzero | invertible | full-column-rank, expression); equations hold; ordering: m > n.

    supposed: what functions depend on is a guess, so that what fails for them is not wrong.
    """

    conditions: tuple[tuple[str, Expr], ...] = ()
    equations: tuple[tuple[Expr, Expr], ...] = ()
    ordering: tuple[tuple[str, str], ...] = field(default=())
    supposed: bool = False


POSITIVE_ENTRIES = frozenset(("symmetric", "spd", "psd", "invertible"))
"""Properties that a matrix with positive entries can have."""
SMALL, MAX_ENTRIES = 4, 250_000
"""The size at which values are measured, and how many entries one can have."""


def symbols_of(exprs: Sequence[Expr]) -> list[Symbol]:
    """Free symbols in a fixed order."""
    found = {s for e in exprs for s in e.free_symbols if isinstance(s, Symbol)}
    return sorted(found, key=lambda s: (s.label, s.shape[0].terms, s.shape[1].terms))


def nodes_of(exprs: Sequence[Expr]) -> list[Expr]:
    """Every node once, however often it stands in the expressions, outermost and leftmost first."""
    seen: dict[Expr, None] = {}
    waiting = list(reversed(exprs))
    while waiting:
        e = waiting.pop()
        if e not in seen:
            seen[e] = None
            waiting.extend(reversed(e.args))
    return list(seen)


def letters_of(exprs: Sequence[Expr]) -> list[str]:
    """Dimension letters in order of first appearance."""
    return _letters(nodes_of(exprs))


def _letters(nodes: Sequence[Expr]) -> list[str]:
    dims: dict[Dim, None] = {}
    for x in nodes:
        rows, cols = x.shape
        dims[rows] = dims[cols] = None
        for p in x.params:
            if isinstance(p, tuple):
                dims.update((d, None) for d in p if isinstance(d, Dim))
            elif isinstance(p, Dim):
                dims[p] = None
    return list(dict.fromkeys(x for d in dims for x in sorted(d.letters())))


def measure(exprs: Sequence[Expr]) -> list[str]:
    """The dimension letters; TooLarge where a value would have too many entries at small sizes for them."""
    nodes = nodes_of(exprs)
    letters = _letters(nodes)
    small = dict.fromkeys(letters, SMALL)
    for m, n in {x.shape for x in nodes}:
        if m.at(small) * n.at(small) > MAX_ENTRIES:
            raise TooLarge(f"too large: a value has {shape_text((m, n))} entries")
    return letters


def assignments(
    letters: Sequence[str], ordering: Sequence[tuple[str, str]], limit: int = 10
) -> Iterator[dict[str, int]]:
    """Sizes for the letters, all different, small, in several orders; `ordering` pairs (m, n) ask for m > n."""
    if not letters:
        yield {}
        return
    count = 0
    pool = SIZES[: max(4, len(letters))] if len(letters) <= len(SIZES) else tuple(range(2, 2 + len(letters)))
    seen: list[tuple[int, ...]] = []
    rng = np.random.default_rng(7)
    perms = list(itertools.islice(itertools.permutations(pool, len(letters)), 400))
    order = [0, *rng.permutation(len(perms)).tolist()]
    for k in order:
        perm = perms[k]
        sizes = dict(zip(letters, perm, strict=True))
        if perm in seen or any(a in sizes and b in sizes and sizes[a] <= sizes[b] for a, b in ordering):
            continue
        seen.append(perm)
        yield sizes
        count += 1
        if count >= limit:
            return


def draw_symbol(s: Symbol, sizes: Mapping[str, int], rng: np.random.Generator, style: str) -> Array:
    """One value; style: generic (square matrices well conditioned), plain, posspec (square matrices with positive
    spectrum), positive (in every entry), integer."""
    m, n = s.shape[0].at(sizes), s.shape[1].at(sizes)
    p = s.properties
    one = s.each()
    if one is not None:
        return np.concatenate([draw_symbol(one, sizes, rng, style) for _ in range(m // n)])
    if "index" in p:
        return np.array([[float(rng.integers(1, 3))]])
    if style == "integer":
        x = rng.integers(-3, 4, (m, n)).astype(float)
        if p & {"nonzero", "positive"}:
            x = np.where(x == 0, 1.0, x)
    else:
        x = rng.standard_normal((m, n))
    square = m == n and s.shape != (ONE, ONE)
    if square and style == "posspec" and not p:
        b = 0.25 * rng.standard_normal((n, n))
        x = _spd(n, rng) + b - b.T
    if square and style == "positive" and not p:  # so that log(X), entry by entry, has a value
        x = rng.uniform(0.1, 0.5, (n, n)) + np.diag(rng.uniform(0.7, 1.9, n))
    if square and style == "generic":  # well conditioned: differences near a singular matrix say little
        q, r = _orthogonal(n, rng), _orthogonal(n, rng)
        x = q @ np.diag(rng.uniform(0.7, 1.9, n)) @ r
    if "symmetric" in p:
        x = x + x.T if style == "integer" else (x + x.T) / 2
        if style in ("posspec", "positive"):
            x = _spd(n, rng)
    if p & {"spd", "psd"}:
        x = _spd(n, rng) if style != "integer" else np.eye(n) * 2 + np.ones((n, n))
    if style == "positive" and square and p and p <= POSITIVE_ENTRIES:
        y = rng.uniform(0.2, 1.0, (m, n))
        x = y + y.T + n * np.eye(n)
    if "skew" in p:
        x = x - x.T
    if "diagonal" in p:
        x = np.diag(np.diag(x)) if style == "integer" else np.diag(rng.uniform(0.6, 2.0, n))
    if "positive" in p:
        x = np.abs(x) + (1.0 if style == "integer" else 0.3)
    elif style == "positive" and not square:
        x = rng.uniform(0.2, 1.5, (m, n))
    if "probability" in p:
        x = x / x.sum()
    if "orthogonal" in p:
        x = np.eye(n)[rng.permutation(n)] if "permutation" in p else _orthogonal(n, rng)
        if "rotation" in p and np.linalg.det(x) < 0:
            x[0] *= -1
    if "orthonormal-columns" in p:
        if m < n:
            raise Unvaluable("orthonormal columns need more rows than columns")
        x = _orthogonal(m, rng)[:, :n]
    if "selection" in p:
        if m > n:
            raise Unvaluable("more rows are selected than there are")
        x = np.eye(n)[:m]
    if "hollow" in p:
        x = x * (1.0 - np.eye(m, n))
    if "lower" in p:
        x = np.tril(x)
    if "upper" in p:
        x = np.triu(x)
    if p & {"positive-diagonal", "unit-diagonal"}:
        on = np.eye(m, n, dtype=bool)
        x = np.where(
            on, 1.0 if "unit-diagonal" in p else np.abs(x) + (style == "integer") + 0.3 * (style != "integer"), x
        )
    if "unit" in p:
        x = x / np.linalg.norm(x)
    if "set" in p:  # the indicator of a set that is not empty
        x = rng.integers(0, 2, (m, n)).astype(float)
        x[rng.integers(m), rng.integers(n)] = 1.0
    if "one-hot" in p:
        x = np.zeros((m, n))
        x[rng.integers(m), :] = 1.0
    if "idempotent" in p:
        q = _orthogonal(n, rng)[:, : max(1, n - 1)]
        r = q if "symmetric" in p else q + 0.4 * rng.standard_normal(q.shape)
        x = q @ np.linalg.inv(r.T @ q) @ r.T
    if "full-column-rank" in p and m < n:
        raise Unvaluable("full column rank needs more rows than columns")
    if "full-row-rank" in p and m > n:
        raise Unvaluable("full row rank needs more columns than rows")
    if "integer" in p:
        x = rng.integers(1, 4, (m, n)).astype(float)
    if "nonzero" in p and style != "integer":
        x = np.sign(x) * (0.25 + np.abs(x))
    return x


def _orthogonal(n: int, rng: np.random.Generator) -> Array:
    return np.asarray(np.linalg.qr(rng.standard_normal((n, n)))[0])


def _spd(n: int, rng: np.random.Generator) -> Array:
    q = _orthogonal(n, rng)
    return np.asarray(q @ np.diag(rng.uniform(0.6, 2.0, n)) @ q.T)


def draw(
    exprs: Sequence[Expr], given: Assumptions, sizes: Mapping[str, int], rng: np.random.Generator, style: str
) -> Evaluator:
    """An evaluator at a random point that satisfies the assumptions; Unvaluable where none is found."""
    sides = [e for pair in given.equations for e in pair] + [e for _, e in given.conditions]
    values: dict[Expr, Array] = {s: draw_symbol(s, sizes, rng, style) for s in symbols_of([*exprs, *sides])}
    for index, i in fit_indices(exprs, values.keys(), sizes, rng).items():
        values[index] = np.array([[float(i)]])
    ev = Evaluator(values, sizes)
    for left, right in given.equations:
        ev = _satisfy(left, right, ev, given)
    for what, e in given.conditions:
        if not condition_holds(what, ev(e)):
            raise Unvaluable(f"the condition {what} does not hold at this point")
    return ev


def fit_indices(
    exprs: Sequence[Expr], known: Collection[Expr], sizes: Mapping[str, int], rng: np.random.Generator
) -> dict[Expr, int]:
    """Free indices (those of `known` that index something), drawn within the bounds of what they index."""
    bounds: dict[Expr, int] = {}
    for e in exprs:
        for x in e.walk():
            pairs: list[tuple[Expr, Dim]] = []
            if x.name == "entry":
                pairs = [(x.args[1], x.args[0].shape[0]), (x.args[2], x.args[0].shape[1])]
            elif isinstance(x, Member):
                pairs = [(x.args[1], x.count)]
            elif isinstance(x, UnitVector):
                pairs = [(x.args[0], x.params[0])]
            for i, d in pairs:
                if i in known:
                    n = d.at(sizes)
                    bounds[i] = min(bounds.get(i, n), n)
    return {i: int(rng.integers(1, n + 1)) for i, n in bounds.items()}


def condition_holds(what: str, value: Array) -> bool:
    if what in ("spd", "psd"):
        return bool(value.shape[0] == value.shape[1] and np.all(np.linalg.eigvalsh((value + value.T) / 2) > 1e-6))
    if what == "positive":
        return bool(np.all(value > 1e-9))
    if what in ("nonzero",):
        return bool(np.any(np.abs(value) > 1e-9))
    if what == "invertible":
        return bool(value.shape[0] == value.shape[1] and np.linalg.matrix_rank(value) == value.shape[0])
    if what == "full-column-rank":
        return bool(np.linalg.matrix_rank(value) == value.shape[1])
    if what == "full-row-rank":
        return bool(np.linalg.matrix_rank(value) == value.shape[0])
    return True


PATIENCE = 5
"""Steps in which Newton's method must halve what is left of an equation; it is given up where it does not."""


def _satisfy(left: Expr, right: Expr, ev: Evaluator, given: Assumptions) -> Evaluator:
    """Moves one symbol onto the solutions of left = right by Gauss-Newton steps; one step where it is linear."""

    def residual(e: Evaluator) -> Array:
        a, b = e(left), e(right)
        return np.asarray(a - b if a.shape == b.shape else a - b * np.ones_like(a)).reshape(-1, 1, order="F")

    names = [s for s in symbols_of([left, right]) if "index" not in s.properties and "constant" not in s.properties]
    for s in sorted(names, key=lambda s: (s.shape[1] != ONE, s.label)):
        trial = ev
        sizes: list[float] = []
        for _ in range(25):
            r = residual(trial)
            sizes.append(float(np.max(np.abs(r))))
            if sizes[-1] < 1e-11 or (len(sizes) > PATIENCE and not sizes[-1] < 0.5 * sizes[-PATIENCE]):
                break
            jac = jacobian_of(lambda x, t=trial, s=s: residual(t.bind({s: x})), trial.values[s])  # type: ignore[misc]
            step = np.linalg.pinv(jac, rcond=1e-9) @ r
            x = trial.values[s] - step.reshape(trial.values[s].shape, order="F")
            if "symmetric" in s.properties:
                x = (x + x.T) / 2
            trial = trial.bind({s: x})
        if float(np.max(np.abs(residual(trial)))) < 1e-9 and float(np.max(np.abs(trial.values[s]))) > 1e-6:
            return trial
    raise Unvaluable("an assumed equation cannot be satisfied")
