"""A document read: its statements in order, each with the context that holds where it stands."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nablatex.algebra.dims import shape_text
from nablatex.document.comments import is_ignore, layout_comment, magic_comment
from nablatex.document.context import Context, Declared
from nablatex.document.names import Key
from nablatex.document.prose import Fact, facts_of, hold
from nablatex.document.statements import Statement, after, statements_of
from nablatex.latex.macros import MacroTable
from nablatex.latex.regions import Source, scan
from nablatex.latex.tree import Span


@dataclass(frozen=True, slots=True)
class Conflict:
    """One symbol, two shapes in one section: both places, in words."""

    label: str
    first: Span
    second: Span
    shapes: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """A document read: its statements, the context at its end, a layout that a comment states, conflicting declarations.

    declared: every declaration in order of the text, also of symbols that are declared again later.
    """

    source: Source
    statements: tuple[Statement, ...]
    context: Context
    layout: str | None
    conflicts: tuple[Conflict, ...] = ()
    declared: tuple[tuple[Key, Declared], ...] = ()


class _Reader:
    """Takes a document from top to bottom; facts and comments hold from their places on."""

    def __init__(self, source: Source, context: Context) -> None:
        self.source = source
        self.text = source.text
        self.context = context
        self.layout: str | None = None
        self.ignoring = False
        self.conflicts: dict[tuple[Key, Span], Conflict] = {}
        self.declared: dict[tuple[Key, Span | None], Declared] = {}
        self.facts = list(reversed(facts_of(source, context.macros)))
        self.comments = list(reversed(source.comments))
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
        self.layout = layout_comment(words) or self.layout
        self.ignoring = self.ignoring or is_ignore(words)

    def fact(self, fact: Fact) -> None:
        self.expire(fact.begins)
        held = hold(self.context, fact)
        if fact.until is not None and held is not self.context:
            self.passing.append((fact.until, self.context))
        self.note(held, fact)

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

    def note(self, context: Context, fact: Fact | None = None) -> None:
        """Remembers new declarations, and conflicts within one section."""
        old = self.context.symbols
        for key, d in context.symbols.items():
            before = old.get(key)
            if before is d:
                continue
            if d.span is not None and (before is None or before.span != d.span or before.shape != d.shape):
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
                    shapes = (shape_text(before.shape), shape_text(d.shape))
                    self.conflicts[key, d.span] = Conflict(d.label, before.span, d.span, shapes)
        self.context = context


def read_document(text: str, preamble: MacroTable | None = None, before: Context | None = None) -> Reading:
    """All statements of a document.  Never raises: a formula that cannot be read is an expression that is not readable.

    preamble: macros that hold before the document (from files that include it); before: what is known where it begins.
    """
    source = scan(text)
    macros = source.macros if preamble is None else preamble.merged(source.macros)
    reader = _Reader(source, replace(before or Context(), macros=macros))
    out: list[Statement] = []
    for region in source.regions:
        reader.advance(region.outer.start)
        ignored = reader.ignoring
        if ignored and not region.inline:
            reader.ignoring = False
        for statement in statements_of(text, region, reader.context):
            statement = replace(statement, ignored=ignored)
            out.append(statement)
            reader.note(after(reader.context, statement))
    reader.advance(len(text))
    return Reading(
        source,
        tuple(out),
        reader.context,
        reader.layout,
        tuple(reader.conflicts.values()),
        tuple((k, d) for (k, _), d in reader.declared.items()),
    )


__all__ = ["Conflict", "Reading", "read_document"]
