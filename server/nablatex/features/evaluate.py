"""Evaluate in place: what can be done with an explicit formula or a selection, and the edits that do it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nablatex.document.context import Context
from nablatex.document.names import Key, key_of
from nablatex.document.notation import notation_of
from nablatex.explicit.plausible import numbers_only
from nablatex.features.check import document_layout, reading_of
from nablatex.features.mixed import work_out_blocks
from nablatex.features.model import Edit, Resolved, Settings
from nablatex.features.scope import scoped
from nablatex.features.simplification import asks_for_derivative, simplified
from nablatex.features.standalone import Formula
from nablatex.latex.parse import parse
from nablatex.latex.tree import (
    Condition,
    Juxtaposition,
    List,
    Matrix,
    Missing,
    Name,
    Node,
    Relation,
    Scripted,
    Span,
    Unknown,
)

OPENED = re.compile(r"\\(?:left|[bB]igg?l?)\s*\Z")
RELATION_AT_END = re.compile(
    r"(?:=|<|>|\\(?:approx|le|leq|ge|geq|equiv|sim|to|iff|implies|Rightarrow|quad|qquad))\s*\Z|(?<!\\),\s*\Z"
)
RELATION_AT_START = re.compile(
    r"=|<|>|[.,;]|\\(?:approx|le|leq|ge|geq|equiv|sim|to|iff|implies|Rightarrow|quad|qquad|text)\b"
)


MEMBERSHIP = frozenset(("\\in", "\\ni", "\\subset", "\\subseteq"))
"""Relations that declare: behind them stands no value."""


@dataclass(frozen=True, slots=True)
class Target:
    """A formula in a document: the span that is its own, its tree, what is known there, the symbol under the cursor."""

    span: Span
    tree: Node
    context: Context
    variable: Key | None = None
    whole: Node | None = None
    """The relation that the formula is a side of, for solving."""
    row: Span | None = None
    """The row of the document that the formula stands in; None where it stands alone."""
    numbers: Mapping[Key, Node] = field(default_factory=dict)
    """Letters that the text before sets to a number."""
    equals: int | None = None
    """Behind a sign of equality that still wants its right side."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """An operation's result as text: `appended` is the formula with its result, `replaced` the result alone."""

    status: str
    message: str = ""
    before: str = ""
    after: str = ""
    result: str = ""
    steps: tuple[tuple[str, str], ...] = field(default=())


def target_at(text: str, start: int, end: int) -> Target | None:
    """The selected formula, or for an empty selection the formula around the cursor (of a chain the last side)."""
    reading = reading_of(text)
    region = reading.region_at(start)
    if region is None or not (region.span.start <= start and end <= region.span.end):
        return None
    before = next(reading.between(start, end), None)
    known = before.context if before is not None else Context(macros=reading.macros)
    context, numbers = scoped(reading, start, known)
    span = Span(start, end)
    if start == end:
        rows = [r for r in region.rows if r.start <= start <= r.end]
        span = rows[0] if rows else region.span
    span = trimmed(text, span)
    if span.start >= span.end:
        return None
    parsed = parse(text, macros=context.macros, start=span.start, end=span.end)
    tree = parsed.tree
    while isinstance(tree, Condition):
        tree = tree.body
    if parsed.problems and not understood(tree):
        return None
    variable = _name_at(tree, start) if start == end else None
    whole = tree if is_equation(tree) else None
    if isinstance(tree, Relation):
        sides = [s for s in tree.sides if not isinstance(s, Missing)]
        if not sides or any(op in MEMBERSHIP for op in tree.ops):
            return None
        tree = sides[-1]
        if start == end or len(sides) > 1:
            span = trimmed(text, Span(opened(text, tree.span.start), tree.span.end))
    row = next((r for r in region.rows if r.start <= span.start and span.end <= r.end), region.span)
    equals = None
    if isinstance(parsed.tree, Relation) and isinstance(parsed.tree.sides[-1], Missing) and parsed.tree.op_spans:
        equals = parsed.tree.op_spans[-1].end
    return Target(span, tree, context, variable, whole, trimmed(text, row), numbers, equals)


def matrix_like(tree: Node, context: Context) -> bool:
    """Whether a matrix with entries or blocks stands in a formula, or in what it names."""
    keys = [key_of(n) for n in tree.walk() if isinstance(n, (Name, Scripted))]
    bodies = [d.body for k in keys if k is not None and (d := context.definition(k)) is not None]
    return any(isinstance(n, Matrix) for t in (tree, *bodies) for n in t.walk())


def opened(text: str, start: int) -> int:
    """A parenthesis begins at the \\left or \\big before it."""
    m = OPENED.search(text, max(0, start - 12), start)
    return m.start() if m is not None else start


def alone(text: str, target: Target) -> bool:
    """Whether the formula is a whole side: only then a result may be appended to it."""
    row = target.row or target.span
    before = text[row.start : target.span.start].rstrip(" \t\n&")
    behind = text[target.span.end : row.end].lstrip(" \t\n&")
    return (not before or RELATION_AT_END.search(before) is not None) and (
        not behind or RELATION_AT_START.match(behind) is not None
    )


def replacement(text: str, target: Target, result: str) -> str:
    """The result as it may stand in the formula's place: in parentheses where a factor or a script is beside it."""
    row = target.row or target.span
    before = text[row.start : target.span.start].rstrip(" \t\n&")
    behind = text[target.span.end : row.end].lstrip(" \t\n&")
    free = not before or before[-1] in "([{+," or RELATION_AT_END.search(before) is not None
    free = free and (not behind or behind[0] in ")]}+-," or RELATION_AT_START.match(behind) is not None)
    one = result.startswith("\\begin{") and result.endswith("}") and result.count("\\begin{") == 1
    return result if free or one else f"\\left({result}\\right)"


def whole_part(text: str, target: Target) -> bool:
    """Whether a selection is a formula of its own inside its row: a node, or neighbouring factors of one product."""
    if target.row is None or alone(text, target):
        return True
    tree = parse(text, macros=target.context.macros, start=target.row.start, end=target.row.end).tree
    for n in tree.walk():
        start = opened(text, n.span.start)
        if trimmed(text, Span(start, n.span.end)) == target.span:
            return True
        if isinstance(n, Juxtaposition) and "/" not in n.marks:
            starts = {opened(text, f.span.start) for f in n.factors}
            if target.span.start in starts and target.span.end in {f.span.end for f in n.factors}:
                return True
    return False


def is_equation(tree: Node) -> bool:
    """Whether there is something to solve: an equation with both sides, several of them, or a system in braces."""
    if isinstance(tree, Relation):
        return all(op == "=" for op in tree.ops) and not any(isinstance(s, Missing) for s in tree.sides)
    if isinstance(tree, List):
        return all(is_equation(x) for x in tree.items)
    return isinstance(tree, Matrix) and tree.env == "cases" and any(isinstance(n, Relation) for n in tree.walk())


def understood(tree: Node) -> bool:
    """Whether nothing is missing but the right side of the formula, or left sides behind an alignment mark."""
    missing = {id(n) for n in tree.walk() if isinstance(n, Missing)}
    if isinstance(tree, Relation):
        missing.discard(id(tree.sides[-1]))
    for n in tree.walk():
        if isinstance(n, Matrix):
            missing -= {id(c.sides[0]) for row in n.rows for c in row if isinstance(c, Relation)}
    return not missing and not any(isinstance(n, Unknown) and n.text != "!" for n in tree.walk())


def trimmed(text: str, span: Span) -> Span:
    """Without white space, punctuation and a relation sign at the end that still wants its right side."""
    start, end = span.start, span.end
    while start < end and text[start] in " \t\n&":
        start += 1
    while end > start and text[end - 1] in " \t\n.,;&":
        end -= 1
    return Span(start, end)


def _name_at(tree: Node, offset: int) -> Key | None:
    found = [n for n in tree.walk() if isinstance(n, (Name, Scripted)) and n.span.start <= offset <= n.span.end]
    keys = [k for n in sorted(found, key=lambda n: n.span.end - n.span.start) if (k := key_of(n)) is not None]
    return keys[0] if keys else None


def run(
    text: str,
    target: Target,
    operation: str,
    variable: str | None = None,
    arguments: Mapping[str, str] | None = None,
    layout: str = "denominator",
) -> Evaluated:
    """One operation on one formula of a text; derivatives by vectors and matrices are worked out in a layout."""
    from nablatex.explicit.perform import Task, perform

    key = target.variable
    if variable:
        key = key_of(parse(variable, macros=target.context.macros).tree)
    tree = target.whole if operation == "solve" and target.whole is not None else target.tree
    nodes: dict[str, Node] = {}
    for name, latex in (arguments or {}).items():
        parsed = parse(latex, macros=target.context.macros)
        if parsed.problems:
            return Evaluated("unsupported", f"{name}: {parsed.problems[0].message}")
        nodes[name] = parsed.tree
    own = text[target.span.start : target.span.end]
    if operation in ("evaluate", "simplify") and not numbers_only(tree, target.context):
        rules = ""
        try:
            if operation == "simplify" or asks_for_derivative(tree) or not matrix_like(tree, target.context):
                latex = simplified(tree, target.context, layout, notation_of(text), text)
            else:
                latex, rules = work_out_blocks(tree, target.context, notation_of(text), text)
        except ValueError as error:
            return Evaluated("unsupported", str(error))
        return Evaluated("ok", rules, "", f" = {latex}", latex)
    done = perform(Task(operation, own, tree, target.context, text, key, nodes, target.numbers))
    steps = tuple((s.latex, s.rule) for s in done.steps)
    return Evaluated(done.status, done.message, done.before, done.after, done.result, steps)


def evaluate_alone(
    formula: Formula,
    operation: str = "evaluate",
    variable: str | None = None,
    arguments: Mapping[str, str] | None = None,
) -> Evaluated:
    """One operation on a formula that stands alone with its declarations."""
    context = formula.known()
    parsed = parse(formula.latex, macros=context.macros)
    tree = parsed.tree
    while isinstance(tree, Condition):
        tree = tree.body
    if parsed.problems and not understood(tree):
        return Evaluated("unsupported", f"not read: {parsed.problems[0].message}")
    whole = tree if is_equation(tree) else None
    target = Target(Span(0, len(formula.latex)), tree, context, None, whole)
    return run(formula.latex, target, operation, variable, arguments)


def evaluate_at(
    text: str, start: int, end: int, data: Mapping[str, Any], settings: Settings, host: str = "latex"
) -> Evaluated:
    """One operation on the formula at a range, as data for a client."""
    target = target_at(text, start, end)
    if target is None:
        return Evaluated("unsupported", "there is no formula here that can be worked out")
    layout = document_layout(text, settings)
    return run(text, target, str(data["operation"]), data.get("variable"), data.get("arguments"), layout)


def resolve_evaluation(text: str, data: Mapping[str, Any], settings: Settings) -> Resolved:
    """The edits of an evaluation for the text as it is now."""
    target = target_at(text, int(data["start"]), int(data["end"]))
    if target is None:
        return Resolved((), "there is no formula here that can be worked out", "warning")
    operation = str(data["operation"])
    arguments = data.get("arguments")
    given = arguments if isinstance(arguments, dict) else None
    done = run(text, target, operation, data.get("variable"), given, document_layout(text, settings))
    if done.status != "ok":
        return Resolved((), done.message, "warning")
    span = target.span
    if not whole_part(text, target):
        return Resolved((), "select a whole term or factor", "warning")
    if data.get("how") == "replace" or (data.get("how") == "either" and not alone(text, target)):
        return Resolved((Edit(span, replacement(text, target, done.result)),), done.message)
    if not alone(text, target):
        return Resolved((), "this is a part of a formula: its result can replace it, not stand behind it", "warning")
    if data.get("how") == "steps":
        if not done.steps:
            return Resolved((), "there are no steps to show", "warning")
        return Resolved((Edit(Span(span.end, span.end), lines(done.steps)),), done.message)
    if target.equals is not None:
        if done.before or not done.after.startswith(" = "):
            return Resolved((), "the formula ends with =: put the cursor before it", "warning")
        return Resolved((Edit(Span(target.equals, target.equals), done.after[2:]),), done.message)
    edits = [Edit(Span(span.end, span.end), done.after)]
    if done.before:
        edits.insert(0, Edit(Span(span.start, span.start), done.before))
    return Resolved(tuple(edits), done.message)


def lines(steps: tuple[tuple[str, str], ...]) -> str:
    """Steps as rows of an aligned derivation, each with its rule."""
    rows = []
    for latex, rule in steps[1:]:
        relation = "" if latex.startswith(("=", "\\sim")) else "= "
        rows.append(f"&{relation}{latex}" + (f" && \\text{{{_words(rule)}}}" if rule else ""))
    return " \\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"


def _words(rule: str) -> str:
    return f"${rule}$" if "\\" in rule or "_" in rule else rule


__all__ = ["Evaluated", "Target", "evaluate_alone", "resolve_evaluation", "run", "target_at"]
