"""Assumptions under which a claim that fails as it is stated would hold: W symmetric, Q orthogonal, A and B commute."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations

from nablatex.algebra.atoms import Symbol
from nablatex.algebra.build import add, identity, mul, transpose
from nablatex.algebra.dims import ONE
from nablatex.algebra.expr import Expr
from nablatex.algebra.fields import NotExact
from nablatex.algebra.smooth import Smooth, smooth
from nablatex.checking.exact import compare
from nablatex.checking.sampling import Assumptions, symbols_of
from nablatex.checking.verdict import SEED, decide

MAX_SYMBOLS = 4
FIXED = frozenset(("family", "symmetric", "spd", "psd", "diagonal", "orthogonal", "identity", "ones"))


@dataclass(frozen=True, slots=True)
class Condition:
    """An assumption in words; usual: texts often leave it unsaid or say it in passing, so that it is no mistake to use it.

    table replaces symbols by such as have the property; equations are assumed besides.
    """

    words: str
    usual: bool
    table: Mapping[Expr, Expr]
    equations: tuple[tuple[Expr, Expr], ...] = ()

    @property
    def symbols(self) -> tuple[str, ...]:
        """Labels of the symbols and the functions that it speaks of."""
        found = [*self.table, *(s for pair in self.equations for e in pair for s in e.free_symbols)]
        return tuple(dict.fromkeys(s.label for s in found if isinstance(s, (Symbol, Smooth))))


def condition_for(left: Expr, right: Expr, given: Assumptions, budget: float = 2.0) -> Condition | None:
    """The first natural assumption under which left = right holds; None where none of those helps."""
    if left.shape != right.shape:
        return None
    until = time.thread_time() + budget
    for condition in candidates(left, right):
        if time.thread_time() > until:
            return None
        assumed = replace(given, equations=(*given.equations, *condition.equations))
        try:
            a, b = put_in(left, condition.table), put_in(right, condition.table)
            quick = compare(a, b, assumed, SEED, 0.5)
            if quick is not None and quick.conclusive and not quick.agree:
                continue
            if decide(a, b, assumed, budget=1.0).name in ("proved", "holds"):
                return condition
        except (ValueError, NotImplementedError, NotExact):
            continue
    return None


def candidates(left: Expr, right: Expr) -> Iterator[Condition]:
    """Natural assumptions on the symbols of a claim, the commonest first."""
    varied = _varied(left) | _varied(right)
    names = [s for s in symbols_of([left, right]) if not (s.label.startswith("d") and len(s.label) > 1)]
    free = [s for s in names if not s.properties & FIXED]
    square = [s for s in free if s.shape[0] == s.shape[1] != ONE][:MAX_SYMBOLS]
    for s in square:
        yield Condition(f"{s.label} symmetric", True, {s: _with(s, "symmetric")})
    fixed = [s for s in square if s not in varied]
    if len(fixed) > 1:
        together = ", ".join(s.label for s in fixed[:-1]) + f" and {fixed[-1].label}"
        yield Condition(f"{together} symmetric", True, {s: _with(s, "symmetric") for s in fixed})
    for s in free:
        if s in varied or ONE in s.shape:
            continue
        if s in square:
            yield Condition(f"{s.label} orthogonal", True, {s: _with(s, "orthogonal", "invertible")})
            continue
        yield Condition(f"orthonormal columns of {s.label}", True, {s: _with(s, "orthonormal-columns")})
        turned = Symbol((), (s.label, (s.shape[1], s.shape[0]), s.properties | {"orthonormal-columns"}))
        yield Condition(f"orthonormal rows of {s.label}", True, {s: transpose(turned)})
    for s in free:
        if s not in varied and s.shape[0] != ONE and s.shape[1] == ONE:
            yield Condition(f"entries of {s.label} that add up to 1", True, {s: _with(s, "probability")})
            yield Condition(f"{s.label} of length 1", True, {s: _with(s, "unit")})
    yield from _of_paths(left, right)
    for a, b in combinations(square, 2):
        if a.shape == b.shape:
            yield Condition(f"{a.label} and {b.label} that commute", False, {}, ((mul(a, b), mul(b, a)),))


def _of_paths(left: Expr, right: Expr) -> Iterator[Condition]:
    """What the values of a matrix function A(t) may be like: symmetric, or such as commute with their derivatives."""
    nodes: dict[str, dict[Smooth, None]] = {}
    for e in (x for side in (left, right) for x in side.walk()):
        if isinstance(e, Smooth) and e.shape[0] == e.shape[1] != ONE:
            nodes.setdefault(e.label, {})[e] = None
    for label, found in list(nodes.items())[:MAX_SYMBOLS]:
        called = next(iter(found)).called
        if not any(e.turned for e in found):
            yield Condition(f"{called} symmetric", True, {e: e.with_values("symmetric") for e in found})
        table: dict[Expr, Expr] = {}
        for e in found:
            n = e.shape[0]
            direction = Symbol((), (f"{label}_0", e.shape, frozenset()))
            one, other = (smooth(label + mark, (ONE, ONE), *e.args, order=e.order) for mark in "12")
            table[e] = add(mul(one, identity(n)), mul(other, direction))
        yield Condition(f"{called} that commutes with its derivative", False, table)


def _varied(e: Expr) -> frozenset[Expr]:
    """Symbols by which something is differentiated."""
    out: frozenset[Expr] = frozenset()
    for x in e.walk():
        if x.name == "derivative":
            out |= x.args[1].free_symbols
        elif x.name == "directional":
            out |= frozenset(x.params)
    return out


def _with(s: Symbol, *properties: str) -> Symbol:
    name, shape, props = s.params
    return Symbol((), (name, shape, props | set(properties)))


def put_in(e: Expr, table: Mapping[Expr, Expr]) -> Expr:
    """Replacement of a symbol by another, also where it is the variable of a derivative."""
    if e in table:
        return table[e]
    params = tuple(table.get(p, p) if isinstance(p, Expr) else p for p in e.params)
    if not e.args:
        return e
    args = [put_in(a, table) for a in e.args]
    return type(e)(args, params) if e.binds else e.rebuild(args)
