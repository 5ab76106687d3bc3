"""Code actions: insert a derivative behind its formula, check an identity, put a right side in place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from nablatex.document.names import key_of, label_of
from nablatex.document.statements import Statement as Read
from nablatex.features.check import around, document_layout, judged_between, reading_of, statement
from nablatex.features.declarations import declare_action, resolve_declare
from nablatex.features.engine import derive_formula
from nablatex.features.evaluate import resolve_evaluation
from nablatex.features.evaluations import evaluations
from nablatex.features.forms import derive_form, form_actions
from nablatex.features.hover import name_at
from nablatex.features.insertion import (
    insert_continuation,
    insert_derivation,
    insert_rule,
    insert_solution,
    insert_stationary,
)
from nablatex.features.model import Action, Edit, Resolved, Settings
from nablatex.features.powers import power_actions, resolve_power
from nablatex.features.programs import export_actions
from nablatex.features.switches import switch, switch_actions
from nablatex.latex.tree import BigOperator, Derivative, Differential, Juxtaposition, Missing, Node, Relation, Span


def actions(text: str, start: int, end: int, settings: Settings, host: str = "latex") -> tuple[Action, ...]:
    """What can be done at a range; edits are made by `resolve`."""
    out: list[Action] = []
    for read in _at(text, start, end):
        target = derivable(read)
        if target is not None:
            title = "Insert derivative" if has_derivative(read) else "Work the integral out"
            out.append(Action("refactor.rewrite", title, {"do": "insert", "start": target.start, "end": target.end}))
        if has_derivative(read):
            data = {"do": "derivation", "start": read.span.start, "end": read.span.end}
            out.append(Action("refactor.rewrite", "Insert derivation", data))
        if goes_on(read):
            for title, whole in (("Continue the derivation", False), ("Finish the derivation", True)):
                data = {"do": "continue", "start": read.span.start, "end": read.span.end, "whole": whole}
                out.append(Action("refactor.rewrite", title, data))
        if read.kind == "claim" and read.right is not None:
            data = {"do": "rule", "start": read.span.start, "end": read.span.end}
            out.append(Action("refactor.rewrite", "Note the rule of this step", data))
        unknown = unknown_at(read, start)
        if unknown is not None:
            data = {"do": "solve for", "start": read.span.start, "end": read.span.end, "label": unknown}
            out.append(Action("refactor.rewrite", f"Solve for {unknown}", data))
        if may_be_stationary(read):
            data = {"do": "stationary", "start": read.span.start, "end": read.span.end}
            out.append(Action("refactor.rewrite", "Solve for the stationary point", data))
        if isinstance(read.tree, Relation) and read.kind != "declaration":
            data = {"do": "check", "start": read.span.start, "end": read.span.end}
            out.append(Action("refactor.rewrite", "Check this identity", data))  # VS Code hides "source"
        out.extend(power_actions(read))
        out.extend(export_actions(read, settings, start != end))
    declare = declare_action(text, start, end)
    if declare is not None:
        out.append(declare)
    for read in _at(text, start, end):
        if derivable(read) is not None and has_derivative(read):
            out.extend(form_actions(read))
    for s in judged_between(text, start, end, settings):
        for k, fix in enumerate(s.fixes):
            data = {"do": "fix", "start": s.span.start, "end": s.span.end, "replacement": fix.replacement}
            out.append(Action("quickfix", fix.title, data, preferred=k == 0))
        out.extend(switch_actions(s))
    worked = evaluations(text, start, end)
    if any(
        a.data["operation"] == "solve" for a in worked
    ):  # between numbers there are other solutions than linear ones
        out = [a for a in out if a.data["do"] != "solve for"]
    return (*out, *worked)


def _at(text: str, start: int, end: int) -> Iterator[Read]:
    seen: set[Span] = set()
    for s in reading_of(text).between(start, end):
        if s.span not in seen:
            seen.add(s.span)
            yield s


def derivable(read: Read) -> Span | None:
    """The formula behind which a result can stand: a derivative or differential that has no right side yet."""
    if read.kind == "claim" or asked_for(read) is None or (read.kind != "expression" and asked_for(read) is read.tree):
        return None
    return read.span if has_derivative(read) or has_integral(read) else None


def asked_for(read: Read) -> Node | None:
    """What is to be worked out: the formula, or the left side of an equation that has no right side, or ``?`` there."""
    tree = read.tree
    if not isinstance(tree, Relation):
        return tree
    return tree.sides[0] if tree.ops == ("=",) and isinstance(tree.sides[1], Missing) else None


def has_integral(read: Read) -> bool:
    """Whether the formula is an integral, perhaps with factors around it."""
    tree = asked_for(read)
    factors = tree.factors if isinstance(tree, Juxtaposition) else (tree,)
    return any(isinstance(n, BigOperator) and n.kind == "int" for n in factors)


def has_derivative(read: Read) -> bool:
    """Whether the formula (of an equation, its left side) asks for a derivative or differential."""
    tree = read.tree.sides[0] if isinstance(read.tree, Relation) else read.tree
    return any(isinstance(n, (Derivative, Differential)) for n in tree.walk())


def goes_on(read: Read) -> bool:
    """A step whose right side still holds differentials or derivatives: the author is on her way."""
    right = read.right
    return right is not None and any(isinstance(n, (Derivative, Differential)) for n in right.walk())


def unknown_at(read: Read, offset: int) -> str | None:
    """The symbol under the cursor in an equation that is to be satisfied: AX = B."""
    if read.kind != "condition" or not isinstance(read.tree, Relation) or read.tree.ops != ("=",):
        return None
    if any(isinstance(n, (Derivative, Differential)) for n in read.tree.walk()):
        return None
    node = name_at(read.tree, offset)
    key = key_of(node) if node is not None else None
    if node is None or key is None:
        return None
    known = read.context.find(key)
    return known[1].label if known is not None and known[1].shape is not None else label_of(node)


def may_be_stationary(read: Read) -> bool:
    """A first derivative by one variable, standing alone or set to something: its zero may be wanted."""
    tree = read.tree.sides[0] if isinstance(read.tree, Relation) else read.tree
    return isinstance(tree, Derivative) and tree.order == 1 and len(tree.variables) <= 1


def resolve(text: str, data: Mapping[str, Any], settings: Settings, host: str = "latex") -> Resolved:
    """The edits of an action for the text as it is now; none where the place has changed, with the reason."""
    if data["do"] == "declare":
        return resolve_declare(text, data, host)
    span = Span(int(data["start"]), int(data["end"]))
    if data["do"] == "evaluate":
        return resolve_evaluation(text, data, settings)
    read = next((s for s in reading_of(text).between(span.start, span.end) if s.span == span), None)
    if read is None:
        return Resolved((), "the formula is not there any more", "warning")
    if data["do"] in ("ignore", "assume"):
        return switch(text, read, data, host)
    if data["do"] == "power":
        return resolve_power(text, read, data)
    if data["do"] == "insert":
        return insert_derivative(text, read, settings)
    if data["do"] == "form":
        return insert_derivative(text, read, settings, str(data["form"]))
    if data["do"] == "derivation":
        return insert_derivation(text, read, settings, data.get("style"), host)
    if data["do"] == "continue":
        return insert_continuation(text, read, settings, bool(data.get("whole")), host)
    if data["do"] == "rule":
        return insert_rule(text, read, settings)
    if data["do"] == "solve for":
        return insert_solution(text, read, str(data["label"]), settings, host)
    if data["do"] == "stationary":
        return insert_stationary(text, read, settings, host)
    layout = reading_of(text).layout or settings.layout
    done = statement(_as_claim(read), text, layout, reading_of(text).notation, where=around(reading_of(text), read))
    if data["do"] == "fix":
        for fix in done.fixes:
            if fix.replacement == data["replacement"]:
                return Resolved(fix.edits, fix.title)
        return Resolved((), "this fix does not apply any more", "warning")
    level = {"fails": "error", "ill-shaped": "error", "unknown": "warning"}.get(done.verdict or "", "info")
    words = f"{done.verdict}: {done.message}"
    if level == "info" and done.evidence.get("points"):
        words += f" (seed {done.evidence.get('seed')}, largest difference {done.evidence['largest_difference']:.1e})"
    return Resolved((), words, level)  # type: ignore[arg-type]


def _as_claim(read: Read) -> Read:
    from dataclasses import replace

    return replace(read, kind="claim", silenced=None)


def insert_derivative(text: str, read: Read, settings: Settings, form: str = "") -> Resolved:
    """`` = …`` behind the formula, in the author's notation and the document's layout; form as of `features.forms`."""
    if derivable(read) is None:
        return Resolved((), "there is no derivative without a right side here", "warning")
    tree = asked_for(read)
    if tree is None:
        return Resolved((), "there is something behind the sign of equality", "warning")
    layout, notation = document_layout(text, settings), reading_of(text).notation
    if form:
        done = derive_form(tree, read.context, form, layout, notation, text)
    else:
        done = derive_formula(tree, read.context, layout, notation, text)
    if done.status != "ok" or done.latex is None:
        return Resolved((), f"{done.status}: {done.message}", "warning")
    return Resolved(
        (_as_right_side(text, read, done.latex),),
        f"inserted in {done.layout} layout" + (f", {done.message}" if done.message else ""),
    )


def _as_right_side(text: str, read: Read, latex: str) -> Edit:
    """The edit that puts a result behind the formula, or behind the sign of equality that the formula ends with."""
    if isinstance(read.tree, Relation):
        asked = read.tree.sides[1].span
        if asked.start < asked.end:
            return Edit(asked, latex)
        end = read.tree.op_spans[0].end
        mark = re.compile(r"\s*&").match(text, end)
        end = mark.end() if mark is not None else end
        return Edit(Span(end, end), " " + latex)
    end = _end_of_formula(text, read)
    return Edit(Span(end, end), f" = {latex}")


def _end_of_formula(text: str, read: Read) -> int:
    """Behind the last token of the formula, before punctuation and white space."""
    end = read.span.end
    while end > read.span.start and text[end - 1] in " \t\n.,;":
        end -= 1
    return end


__all__ = ["actions", "resolve"]
