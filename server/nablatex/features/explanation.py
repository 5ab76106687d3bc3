"""Explain this step: the rules that lead from one side of a step to the other, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from nablatex.calculus.explain import MAX_RULES, explain
from nablatex.checking.sampling import Assumptions
from nablatex.checking.verdict import Verdict, decide
from nablatex.document.context import Context
from nablatex.document.elaborate import Reading, elaborate
from nablatex.document.names import key_of, transpose_mark
from nablatex.features.engine import NO_RESULT, assumptions_of, layouts_of
from nablatex.latex.tree import (
    Derivative,
    Differential,
    Fence,
    Infix,
    Juxtaposition,
    Node,
    Number,
    Operator,
    Relation,
    Scripted,
    Sum,
)

FOLLOWS_NOT = "does not follow"


def explain_step(left: Node, right: Node, context: Context, layout: str = "auto", source: str = "") -> str:
    """``cyclic property of the trace, transpose of a scalar``; ``does not follow`` only where the checker refutes.

    Empty where the step holds but no short sequence of rules is found, or where it is not understood.
    """
    relation = Relation(left.span.join(right.span), (left, right), ("=",))
    refuted = False
    for choice in layouts_of(layout):
        found = elaborate(relation, context, choice, source)
        for reading in found.readings[:2]:
            given = assumptions_of(reading, context)
            try:
                verdict = decide(reading.sides[0], reading.sides[1], given)
                if verdict.name in ("proved", "holds"):
                    return ", ".join(_rules(reading, given, left, right, context))
            except NO_RESULT:
                return ""
            refuted = refuted or verdict.name == "fails"
            if verdict.name == "unknown":
                return ""
    return FOLLOWS_NOT if refuted else ""


def _rules(reading: Reading, given: Assumptions, left: Node, right: Node, context: Context) -> tuple[str, ...]:
    rules = explain(reading.sides[0], reading.sides[1])
    seen = tuple(_written(left, right, context))
    if rules is None:
        if given.equations and _needs_equations(reading, given).name not in ("proved", "holds"):
            return ("by what the text assumes",)
        return ()
    return rules or seen[:MAX_RULES] or ("the same, written differently",)


def _needs_equations(reading: Reading, given: Assumptions) -> Verdict:
    """The verdict without the equations that the text supposes."""
    return decide(reading.sides[0], reading.sides[1], replace(given, equations=()))


def _written(left: Node, right: Node, context: Context) -> Iterator[str]:
    """Rules that the way of writing shows: they leave no trace in expressions, which keep transposes at the leaves."""
    counts = [Counter(_marks(side)) + Counter(_symmetries(side, context)) for side in (left, right)]
    for name in dict.fromkeys([*counts[0], *counts[1]]):
        if name != "trace" and counts[0][name] != counts[1][name]:
            yield name
    traces = (counts[0]["trace"], counts[1]["trace"])
    if 0 in traces and any(traces):
        yield "a scalar is its own trace"
    elif any(traces) and counts[0] == counts[1] and left != right:
        yield "cyclic property of the trace"


def _marks(tree: Node) -> Iterator[str]:
    """Names of what stands in a formula and is written in another way by a rule."""
    for n in tree.walk():
        if isinstance(n, Scripted):
            base = n.base
            while isinstance(base, Fence) and base.kind == "paren" and len(base.items) == 1:
                base = base.items[0]
            if _is_transposed(n):
                if isinstance(base, Juxtaposition):
                    yield "transpose of a product"
                elif isinstance(base, Sum):
                    yield "transpose of a sum"
                elif isinstance(base, (Differential, Derivative)):
                    yield "transpose of a differential"
            elif isinstance(n.sup, Sum) and isinstance(base, Juxtaposition):
                yield "inverse of a product"
        elif isinstance(n, Operator) and n.word.lower() in ("tr", "trace"):
            yield "trace"
            argument = n.arguments[0] if n.arguments else None
            if isinstance(argument, Scripted) and _is_transposed(argument):
                yield "trace of a transpose"
        elif (isinstance(n, Infix) and n.op == ":") or (isinstance(n, Fence) and n.kind == "angle"):
            yield "definition of the Frobenius product"
        elif isinstance(n, Fence) and n.kind == "norm":
            yield "definition of the norm"


def _symmetries(tree: Node, context: Context) -> Iterator[str]:
    """W^T where W is symmetric."""
    for n in tree.walk():
        key = key_of(n.base) if isinstance(n, Scripted) and _is_transposed(n) else None
        known = context.find(key) if key is not None else None
        if known is not None and "symmetric" in known[1].properties:
            yield f"symmetry of ${known[1].label}$"


def _is_transposed(n: Scripted) -> bool:
    return bool(transpose_mark(n.sup)) or (n.primes == 1 and n.sup is None and not isinstance(n.base, Number))


__all__ = ["FOLLOWS_NOT", "explain_step"]
