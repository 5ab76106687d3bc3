"""All statements of a document with their verdicts: what the diagnostics, the marks and the command line show."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import cast

from nablatex.checking.verdict import SEED
from nablatex.document.notation import Notation
from nablatex.document.reading import Reading, Readings
from nablatex.document.statements import Statement as Read
from nablatex.features.codes import code_of
from nablatex.features.engine import Checked, check_claim
from nablatex.features.model import Edit, Fix, Settings, Statement, VerdictName
from nablatex.latex.tree import Derivative, Span

BUDGET = 6.0
"""Seconds for a document while its author types: what is left says so, and is found when it is asked again."""


READINGS = Readings()


def reading_of(text: str) -> Reading:
    """The document read; kept for the texts that were asked for last, and read from them where it is near."""
    return READINGS.of(text)


class Verdicts:
    """Verdicts by what they depend on, so that a keystroke costs one statement: text, context, layout."""

    def __init__(self, limit: int = 4096) -> None:
        self.limit = limit
        self.found: dict[tuple[object, ...], Checked] = {}

    def of(self, read: Read, text: str, layout: str, notation: Notation, seed: int = SEED) -> Checked:
        key = (read.left, read.right, _fingerprint(read), layout, notation.transpose, seed)
        got = self.found.get(key)
        if got is None:
            assert read.left is not None and read.right is not None
            got = check_claim(read.left, read.right, read.context, layout, notation, text, seed=seed)
            if len(self.found) >= self.limit:
                self.found.clear()
            self.found[key] = got
        return got


def _fingerprint(read: Read) -> tuple[object, ...]:
    c = read.context
    return (
        tuple((k, d.shape, d.properties) for k, d in c.symbols.items()),
        tuple((d.key, d.parameters, d.body) for d in c.definitions),
        tuple(c.functions.items()),
        c.equations,
        c.conditions,
    )


VERDICTS = Verdicts()


def check_document(
    text: str,
    settings: Settings,
    host: str = "latex",
    progress: Callable[[int, int], None] | None = None,
    budget: float = BUDGET,
) -> tuple[Statement, ...]:
    """Every statement of a document, claims with a verdict; progress is told (done, of)."""
    reading = reading_of(text)
    notation = reading.notation
    layout = reading.layout or settings.layout
    until = time.monotonic() + budget
    seed = SEED if settings.seed is None else settings.seed
    out: list[Statement] = []
    for k, read in enumerate(reading.statements):
        if progress is not None:
            progress(k, len(reading.statements))
        out.append(statement(read, text, layout, notation, time.monotonic() > until, seed))
    return tuple(out)


def statement(
    read: Read, text: str, layout: str, notation: Notation, late: bool = False, seed: int = SEED
) -> Statement:
    """One statement with its verdict."""
    latex = text[read.span.start : read.span.end]
    focus = read.right.span if read.right is not None else read.span
    if read.kind != "claim" or read.ignored:
        return Statement(read.span, focus, latex, read.kind, None, None, "")
    if late:
        return Statement(read.span, focus, latex, "claim", "unknown", None, "not checked: out of time")
    try:
        done = VERDICTS.of(read, text, layout, notation, seed)
    except Exception as error:  # a bug in one formula is an unknown for it, never a lost document
        return Statement(read.span, focus, latex, "claim", "unknown", None, f"{type(error).__name__} while checking")
    name = cast(VerdictName, done.verdict.name)
    message = done.verdict.message
    if name == "fails":
        message = "this step does not hold: " + message
    if name == "ill-shaped":
        message = "this cannot be formed: " + message
    fixes = tuple(Fix(f"Replace by {f}", f, (Edit(focus, f),)) for f in done.fixes)
    return Statement(read.span, focus, latex, "claim", name, code_of(name), message, done.evidence, fixes)


def document_layout(text: str, settings: Settings) -> str:
    """The layout for what is inserted: stated, set, or what the document's own derivative claims show."""
    reading = reading_of(text)
    stated = reading.layout or settings.layout
    if stated != "auto":
        return stated
    notation = reading.notation
    votes: dict[str, int] = {}
    for read in reading.statements[:200]:
        if read.kind == "claim" and read.left is not None and any(isinstance(n, Derivative) for n in read.left.walk()):
            done = VERDICTS.of(read, text, "auto", notation)
            if done.verdict.name in ("proved", "holds") and done.layout != "denominator":
                votes[done.layout] = votes.get(done.layout, 0) + 1
    return max(votes, key=lambda k: votes[k]) if votes else "denominator"


def at_offset(reading: Reading, start: int, end: int) -> Read | None:
    """The smallest statement that holds a range."""
    found = [s for s in reading.between(start, end) if s.span.start <= start and end <= s.span.end]
    return min(found, key=lambda s: s.span.end - s.span.start, default=None)


def within(span: Span, start: int, end: int) -> bool:
    return span.start <= end and start <= span.end
