"""A passage carried over to another state: read anew it would say the same, for what differs is nothing that it names.

So an edit that declares, defines or takes back costs the blocks that name what changed, and not all that follow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from nablatex.document.context import Context
from nablatex.document.passages import Passage, State
from nablatex.document.relevance import letters_of, relevant
from nablatex.document.statements import MAX_STATED
from nablatex.latex.tree import Node

T = TypeVar("T")


def touched(old: Context, new: Context) -> frozenset[str]:
    """The letters of which two contexts say different things; what the text states without claiming it apart."""
    letters: set[str] = set()
    pairs: tuple[tuple[Mapping[Any, Any], Mapping[Any, Any]], ...] = (
        (old.symbols, new.symbols),
        (old.functions, new.functions),
    )
    for a, b in pairs:
        if a is not b:
            letters.update(k.base for k in a.keys() | b.keys() if a.get(k) is not b.get(k) and a.get(k) != b.get(k))
    letters.update(d.key.base for d in _differ(old.definitions, new.definitions))
    for left, right in _differ(old.equations, new.equations):
        letters |= letters_of(left) | letters_of(right)
    for condition in _differ(old.conditions, new.conditions):
        letters.update(x for part in condition if isinstance(part, Node) for x in letters_of(part))
    letters |= old.dimensions ^ new.dimensions
    letters.update(x for pair in _differ(old.ordering, new.ordering) for x in pair)
    return frozenset(letters)


def _differ(old: Sequence[T], new: Sequence[T]) -> list[T]:
    """What is left of both without their common beginning and end."""
    if old is new:
        return []
    start = 0
    while start < len(old) and start < len(new) and (old[start] is new[start] or old[start] == new[start]):
        start += 1
    a, b = len(old), len(new)
    while a > start and b > start and (old[a - 1] is new[b - 1] or old[a - 1] == new[b - 1]):
        a, b = a - 1, b - 1
    return [*old[start:a], *new[start:b]]


def names_in(passage: Passage) -> frozenset[str]:
    """The letters and words that a block can speak of, those of its macros too."""
    found: frozenset[str] | None = passage.memo.get("letters")
    if found is None:
        bodies = (t.text for _, m in passage.macros for t in (*m.body, *(m.default or ())))
        found = passage.memo["letters"] = passage.block.letters.union(bodies)
    return found


def reach_of(passage: Passage) -> frozenset[str]:
    """The letters that the verdicts on its claims depend on."""
    found: frozenset[str] | None = passage.memo.get("reach")
    if found is None:
        letters: set[str] = set()
        for s in passage.statements:
            if s.kind == "claim" and s.left is not None and s.right is not None:
                seen = relevant(s.context, s.left, s.right)
                letters |= letters_of(s.left) | letters_of(s.right) | seen.dimensions
                letters.update(k.base for k in seen.symbols)
                for d in seen.definitions:
                    letters |= letters_of(d.body)
        found = passage.memo["reach"] = frozenset(letters)
    return found


def carried(passage: Passage, state: State, differ: frozenset[str]) -> Passage | None:
    """The passage as it reads in another state; None where it has to be read to know.  differ: what `touched` says."""
    old = passage.before
    if (old.ignoring, old.section) != (state.ignoring, state.section) or not differ.isdisjoint(names_in(passage)):
        return None
    known: dict[int, Context] = {}
    for context in (*(s.context for s in passage.statements), passage.after.context):
        if id(context) not in known:
            moved = _rebased(context, old.context, state.context)
            if moved is None:
                return None
            known[id(context)] = moved
    after = State(known[id(passage.after.context)], passage.after.ignoring, passage.after.section)
    statements = tuple(replace(s, context=known[id(s.context)]) for s in passage.statements)
    memo: dict[object, Any] = {"letters": names_in(passage)}
    if differ.isdisjoint(reach_of(passage)):
        memo = passage.memo
    return replace(passage, before=state, statements=statements, after=after, memo=memo)


def _rebased(context: Context, old: Context, new: Context) -> Context | None:
    """What `context` adds to `old`, added to `new`."""
    definitions = _appended(context.definitions, old.definitions, new.definitions)
    equations = _appended(context.equations, old.equations, new.equations)
    conditions = _appended(context.conditions, old.conditions, new.conditions)
    ordering = _appended(context.ordering, old.ordering, new.ordering)
    if definitions is None or equations is None or conditions is None or ordering is None:
        return None
    return replace(
        context,
        symbols=_entries(context.symbols, old.symbols, new.symbols),
        functions=_entries(context.functions, old.functions, new.functions),
        definitions=definitions,
        equations=equations,
        conditions=conditions,
        ordering=ordering,
        dimensions=new.dimensions | (context.dimensions - old.dimensions),
        stated=_window(context.stated, old.stated, new.stated),
        not_understood=_appended(context.not_understood, old.not_understood, new.not_understood) or (),
    )


def _appended(here: tuple[T, ...], old: tuple[T, ...], new: tuple[T, ...]) -> tuple[T, ...] | None:
    if here is old:
        return new
    size = len(old)
    if len(here) < size or any(a is not b for a, b in zip(here, old, strict=False)):
        return None
    return (*new, *here[size:])


def _window(here: tuple[T, ...], old: tuple[T, ...], new: tuple[T, ...]) -> tuple[T, ...]:
    """The same of the last so many: here begins with an end of old."""
    if here is old:
        return new
    for skipped in range(len(old) + 1):
        kept = old[skipped:]
        if len(kept) <= len(here) and all(a is b for a, b in zip(here, kept, strict=False)):
            return (*new, *here[len(kept) :])[-MAX_STATED:]
    return here


def _entries(here: Mapping[Any, T], old: Mapping[Any, T], new: Mapping[Any, T]) -> Mapping[Any, T]:
    if here is old:
        return new
    gone = old.keys() - here.keys()
    out = {k: v for k, v in new.items() if k not in gone}
    for k, v in here.items():
        before = old.get(k)
        # the same again, in another place, is a declaration too
        if before is not v and (before != v or getattr(before, "span", None) is not getattr(v, "span", None)):
            out[k] = v
    return out


__all__ = ["carried", "touched"]
