"""Elaboration: a syntax tree and what is known become typed expressions.

LaTeX is ambiguous, so elaboration is nondeterministic: at each ambiguous place the elaborator *chooses* among
options with costs.  A run follows a script of choices; runs are replayed best-first, a run whose shapes
contradict dies, and the cheapest that type are the readings.  What decides is shapes, as in a proof assistant.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field

from nablatex.algebra.dims import Shape, ShapeError
from nablatex.algebra.expr import Expr
from nablatex.document.context import Context
from nablatex.document.names import Key
from nablatex.document.run import Noticed, Run, Unsupported
from nablatex.document.vector_calculus import written_out
from nablatex.latex.tree import Condition, Missing, Node, Relation, Span, Text, Unknown

MAX_RUNS = 240
MARGIN = 1.6
MAX_KEPT = 64
NESTED = "nested too deeply"
FARFETCHED = 5.0
"""What costs as much is no reading that speaks against what the others say."""


@dataclass(frozen=True, slots=True)
class SymbolInfo:
    """A symbol of a reading: its shape and where that is from (declared, inferred, guessed)."""

    label: str
    shape: Shape
    origin: str
    span: Span | None


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a formula: the sides of its relation (one for a bare expression), typed."""

    sides: tuple[Expr, ...]
    cost: float
    symbols: Mapping[Key, SymbolInfo]
    conditions: tuple[tuple[str, Expr], ...] = ()
    equations: tuple[tuple[Expr, Expr], ...] = ()
    slicewise: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no reading: ``ill-shaped``, ``unsupported`` or ``syntax``, in words, and where."""

    kind: str
    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class Elaboration:
    readings: tuple[Reading, ...]
    failure: Failure | None = None
    notes: tuple[str, ...] = field(default=())
    layout_matters: bool = True
    """Whether the formula could read otherwise in another layout."""


_KEPT: dict[tuple[object, ...], tuple[Context, Elaboration]] = {}
"""The elaborations that were asked for last."""


def elaborate(tree: Node, context: Context, layout: str = "denominator", source: str = "") -> Elaboration:
    """Readings of a formula or of one relation, best first; layout is denominator, numerator or mixed.

    Never raises: an Elaboration without readings says why in `failure`.  Kept for a while: an author asks several questions
    about one formula, and one that makes no sense is tried in all ways there are.
    """
    # a context is known by what it is, not by what it says: it is kept here, so that its number is not given away
    key = (id(context), tree.span, layout, source[tree.span.start : tree.span.end], tree)
    try:
        kept = _KEPT.pop(key, None)
    except RecursionError:
        return _elaborated(tree, context, layout, source)
    if kept is None:
        kept = context, _elaborated(tree, context, layout, source)
    if kept[1].failure is None or kept[1].failure.message != NESTED:  # how deep is too deep depends on who asks
        if len(_KEPT) >= MAX_KEPT:
            _KEPT.pop(next(iter(_KEPT)), None)
        _KEPT[key] = kept
    return kept[1]


def _elaborated(tree: Node, context: Context, layout: str, source: str) -> Elaboration:
    while isinstance(tree, Condition):
        tree = tree.body
    tree = written_out(tree, context)
    sides = tree.sides if isinstance(tree, Relation) else (tree,)
    bad = next((n for s in sides for n in s.walk() if isinstance(n, (Missing, Unknown, Text))), None)
    if bad is not None:
        return Elaboration((), Failure("syntax", "the formula is incomplete or not understood here", bad.span))
    readings, failure, matters = _search(sides, context, layout, source, False)
    if len(sides) == 2 and Run.slices(sides):
        extra, _, also = _search(sides, context, layout, source, True)
        readings, matters = readings + extra, matters or also
    return Elaboration(tuple(readings), None if readings else failure, layout_matters=matters)


def _search(
    sides: tuple[Node, ...], context: Context, layout: str, source: str, slicewise: bool
) -> tuple[list[Reading], Failure | None, bool]:
    queue: list[tuple[float, int, tuple[int, ...]]] = [(0.0, 0, ())]
    count = 0
    readings: list[Reading] = []
    seen: set[tuple[Expr, ...]] = set()
    failure: Failure | None = None
    best: float | None = None
    matters = False
    noticed: Noticed | None = None
    while queue and count < MAX_RUNS:
        cost, _, script = heapq.heappop(queue)
        if best is not None and cost > best + MARGIN:
            break
        count += 1
        run = Run(context, layout, source, script, slicewise)
        try:
            try:
                made = run.read(sides, noticed)
            finally:
                noticed = run.noticed
                matters = matters or run.layout_matters
        except ShapeError as error:
            if failure is None or failure.kind != "ill-shaped":
                failure = Failure("ill-shaped", str(error), run.where or sides[0].span)
        except Unsupported as error:
            if not readings:  # a likelier reading that is not understood is not replaced by a less likely one
                if failure is not None and failure.kind == "ill-shaped" and cost >= FARFETCHED:
                    return [], failure, matters
                return [], Failure("unsupported", str(error), error.span or sides[0].span), matters
        except RecursionError:
            return readings, Failure("unsupported", NESTED, sides[0].span), matters
        except (ValueError, KeyError, ArithmeticError, IndexError, TypeError, AssertionError) as error:
            if failure is None:
                failure = Failure("unsupported", f"not understood: {error}", sides[0].span)
        else:
            if made.sides not in seen:
                seen.add(made.sides)
                best = made.cost if best is None else best
                readings.append(made)
        for k in range(len(script), len(run.choices)):
            chosen = [c for c, _ in run.choices[:k]]
            costs = run.choices[k][1]
            for option in range(1, len(costs)):
                total = sum(run.choices[j][1][c] for j, c in enumerate(chosen)) + costs[option]
                heapq.heappush(queue, (total, count * 100 + k, (*chosen, option)))
    readings.sort(key=lambda r: r.cost)
    return readings, failure, matters


__all__ = ["Elaboration", "Failure", "Reading", "SymbolInfo", "elaborate"]
