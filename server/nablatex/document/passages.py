"""A block of a document read: its statements, each with the context that holds where it stands.

What one block leaves for the next is its `State`, and nothing else: sentences, and what a sentence supposes for a
while, end with the paragraph.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from nablatex.document.blocks import Block
from nablatex.document.comments import ignored_codes, ignored_on_line, magic_comment
from nablatex.document.context import Context, Declared
from nablatex.document.names import Key
from nablatex.document.prose import Fact, facts_of, hold
from nablatex.document.statements import Statement, after, statements_of
from nablatex.latex.macros import Macro, MacroTable
from nablatex.latex.tree import Span, shifted

Macros = tuple[tuple[str, Macro], ...]


@dataclass(frozen=True, slots=True)
class State:
    """What is known behind a block, what a comment says to ignore of the next display, the number of the section.

    ignoring: codes; all of them where it is empty, nothing where it is None.
    """

    context: Context
    ignoring: frozenset[str] | None = None
    section: int = 0


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A symbol is declared again, with another shape than the section gave it before."""

    key: Key
    before: Declared
    now: Declared


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Passage:
    """A block read.  Spans are in its own text; contexts know the macros that it uses and no others.

    declared: every declaration, also of symbols that are declared again later.
    """

    block: Block
    before: State
    macros: Macros
    statements: tuple[Statement, ...]
    after: State
    declared: tuple[tuple[Key, Declared], ...]
    contradictions: tuple[Contradiction, ...]
    memo: dict[object, Any] = field(default_factory=dict)
    """What features have worked out about it; it goes with the passage."""


class _Reader:
    """Takes a block from top to bottom; facts and comments hold from their places on."""

    def __init__(self, block: Block, state: State, macros: Macros) -> None:
        self.text = block.text
        self.context = replace(state.context, macros=MacroTable(dict(macros)))
        self.ignoring = state.ignoring
        self.contradictions: dict[tuple[Key, Span], Contradiction] = {}
        self.declared: dict[tuple[Key, Span], Declared] = {}
        facts = facts_of(block.source, self.context.macros)
        self.facts = [replace(f, section=f.section + state.section) for f in reversed(facts)]
        self.comments = list(reversed(block.source.comments))
        self.passing: list[tuple[int, Context]] = []

    def advance(self, to: int) -> None:
        """Everything that holds before an offset."""
        while True:
            fact = self.facts[-1].begins if self.facts else None
            comment = self.comments[-1].start if self.comments else None
            if comment is not None and comment < to and (fact is None or comment <= fact):
                self.comment(self.comments.pop())
            elif fact is not None and fact <= to:
                self.fact(self.facts.pop())
            else:
                break
        self.expire(to)

    def comment(self, span: Span) -> None:
        words = self.text[span.start : span.end]
        if "nablatex" not in words:
            return
        self.note(magic_comment(self.context, self.text, span.start, span.end))
        codes = ignored_codes(words)
        alone = not self.text[self.text.rfind("\n", 0, span.start) + 1 : span.start].strip()
        if codes is not None and alone:  # behind other things on its line it speaks of that line
            self.ignoring = codes if not self.ignoring or not codes else self.ignoring | codes

    def fact(self, fact: Fact) -> None:
        self.expire(fact.begins)
        held = hold(self.context, fact)
        if fact.until is not None and held is not self.context:
            self.passing.append((fact.until, self.context))
        self.note(held)

    def expire(self, to: int) -> None:
        """What was supposed for a while holds no longer: the properties that symbols had before come back."""
        while self.passing and any(until <= to for until, _ in self.passing):
            k = next(i for i, (until, _) in enumerate(self.passing) if until <= to)
            _, before = self.passing.pop(k)
            restored: dict[Key, Declared] = {}
            for key, d in self.context.symbols.items():
                old = before.symbols.get(key)
                if old is not None and old.shape == d.shape:
                    restored[key] = replace(d, properties=old.properties)
                elif old is not None or d.shape is not None:
                    restored[key] = d
            self.context = replace(self.context, symbols=restored, conditions=before.conditions)

    def note(self, context: Context) -> None:
        """Remembers new declarations, and contradictions within one section."""
        old = self.context.symbols
        for key, d in context.symbols.items() if context.symbols is not old else ():
            before = old.get(key)
            # a declaration is told by its very span: spans of other blocks may be equal
            if before is d or d.span is None or (before and before.span is d.span and before.shape == d.shape):
                continue
            self.declared[key, d.span] = d
            if (
                before is not None
                and before.span is not None
                and before.section == d.section
                and before.shape is not None
                and d.shape is not None
                and before.shape != d.shape
                and d.origin != "comment"
            ):
                self.contradictions[key, d.span] = Contradiction(key, before, d)
        self.context = context


def read_block(block: Block, state: State, macros: Macros) -> Passage:
    """All statements of a block.  Never raises: a formula that cannot be read is an expression that is not readable."""
    reader = _Reader(block, state, macros)
    out: list[Statement] = []
    section = state.section + block.sections
    for region in block.source.regions:
        reader.advance(region.outer.start)
        ignored = reader.ignoring
        if ignored is not None and not region.inline:
            reader.ignoring = None
        for statement in statements_of(block.text, region, reader.context):
            statement = replace(statement, silenced=_both(ignored, ignored_on_line(block.text, statement.span.end)))
            out.append(statement)
            reader.note(_dated(after(reader.context, statement, block.text), reader.context, section))
    reader.advance(len(block.text))
    left = State(replace(reader.context, macros=MacroTable()), reader.ignoring, state.section + block.sections)
    declared = tuple((k, d) for (k, _), d in reader.declared.items())
    return Passage(block, state, macros, tuple(out), left, declared, tuple(reader.contradictions.values()))


def _both(a: frozenset[str] | None, b: frozenset[str] | None) -> frozenset[str] | None:
    if a is None or b is None:
        return a if b is None else b
    return a | b if a and b else frozenset()


def _dated(context: Context, before: Context, section: int) -> Context:
    """The context with the number of the section on a definition that is new in it."""
    if context.definitions is before.definitions or not context.definitions:
        return context
    return replace(context, definitions=(*context.definitions[:-1], replace(context.definitions[-1], section=section)))


def placed(statements: Sequence[Statement], start: int, macros: MacroTable) -> tuple[Statement, ...]:
    """The statements of a block that starts at an offset, with spans in the whole text.

    Spans in their contexts stay as they are: what is known may come from any block."""
    contexts: dict[int, Context] = {}
    out: list[Statement] = []
    for s in statements:
        context = contexts.get(id(s.context))
        if context is None:
            context = contexts[id(s.context)] = replace(s.context, macros=macros)
        out.append(
            replace(
                s,
                span=shifted(s.span, start),
                tree=shifted(s.tree, start),
                context=context,
                left=shifted(s.left, start),
                right=shifted(s.right, start),
            )
        )
    return tuple(out)


__all__ = ["Contradiction", "Passage", "State", "placed", "read_block"]
