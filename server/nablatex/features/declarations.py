"""What is known of each symbol, from where, and what was guessed; where a symbol is declared; a comment that declares it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from nablatex.algebra.dims import ONE, SCALAR, Shape, shape_text
from nablatex.document.context import Context, Declared
from nablatex.document.declarations import definition_of
from nablatex.document.names import Key, is_upper
from nablatex.document.partial import symbols_in
from nablatex.document.reading import Reading
from nablatex.features.around import Around, current
from nablatex.features.check import reading_of
from nablatex.features.model import Action, Edit, Resolved
from nablatex.features.occurrences import Occurrence, at, places
from nablatex.latex.hosts import HOSTS
from nablatex.latex.tree import Span

Origin = Literal["comment", "declared", "defined", "inferred", "guessed"]
MAX_STATEMENTS = 400
HIDDEN = frozenset(("guessed", "vector", "matrix", "row", "square", "unclear"))


@dataclass(frozen=True, slots=True)
class Known:
    """One symbol: its spelling, shape (``m×n``) or None, properties, where that is from, the place, and the line's words.

    origin: comment, declared (prose or a formula), defined (an equation), inferred (formulas with declared symbols
    force it) or guessed (the field's conventions).
    """

    label: str
    shape: str | None
    properties: tuple[str, ...]
    origin: Origin
    span: Span | None
    detail: str = ""


def declarations(text: str) -> tuple[Known, ...]:
    """Every symbol of a document, declared ones in order of the text, then defined, inferred and guessed ones."""
    return _declarations(text, current())


@lru_cache(maxsize=8)
def _declarations(text: str, around: Around) -> tuple[Known, ...]:
    reading = reading_of(text)
    out: list[Known] = []
    seen: set[Key] = set()
    for key, d in reading.declared:
        seen.add(key)
        out.append(_declared(text, d))
    for key, place in _defined(reading):
        if key in seen:
            continue
        seen.add(key)
        words = " ".join(text[place.start : place.end].split())
        out.append(Known(words.split("=")[0].strip(" &:"), None, (), "defined", place, words))
    sizes = reading.context.dimensions
    for key, label, shape, span in _inferred(text):
        if key in seen or key.base in sizes:
            continue
        seen.add(key)
        free = any(x not in sizes for side in shape for x in side.letters())
        origin: Origin = "guessed" if free or shape == SCALAR else "inferred"
        words = _convention(key, shape, reading.context) if origin == "guessed" else ""
        out.append(Known(label, shape_text(shape), (), origin, span, words))
    return tuple(out)


def _convention(key: Key, shape: Shape, context: Context) -> str:
    """What a shape was guessed by, where the document has a convention that says so."""
    if is_upper(key):
        if not context.bold_matrices:
            return ""
        if key.font == "bold" and ONE not in shape:
            return "bold capitals are matrices here"
        return (
            "plain capitals are numbers here, where nothing else fits better"
            if not key.font and shape == SCALAR
            else ""
        )
    if not context.bold_vectors:
        return ""
    if key.font == "bold" and shape[1] == ONE != shape[0]:
        return "bold small letters are vectors here"
    return "plain small letters are numbers here" if not key.font and shape == SCALAR else ""


def _defined(reading: Reading) -> Iterator[tuple[Key, Span]]:
    """Definitions with their places, in order."""
    for s in reading.statements:
        found = definition_of(s.tree) if s.kind == "definition" else None
        if found is not None:
            yield found.key, s.span


def _declared(text: str, d: Declared) -> Known:
    origin: Origin = "comment" if d.origin == "comment" else "declared"
    shape = shape_text(d.shape) if d.shape is not None else None
    line = _line(text, d.span) if d.span is not None else ""
    return Known(d.label, shape, tuple(sorted(d.properties - HIDDEN)), origin, d.span, line)


def _line(text: str, span: Span) -> str:
    start = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.end)
    return " ".join(text[start : end if end != -1 else len(text)].split())[:160]


def _inferred(text: str) -> list[tuple[Key, str, Shape, Span | None]]:
    """Symbols that elaboration gives a shape, from the first formula that does."""
    found: dict[Key, tuple[Key, str, Shape, Span | None]] = {}
    reading = reading_of(text)
    for read in [s for s in reading.statements if s.readable and s.kind != "declaration"][:MAX_STATEMENTS]:
        for key, info in symbols_in(read.tree, read.context, text).items():
            if key not in found and info.span is not None and read.span.start <= info.span.start:
                found[key] = (key, info.label, info.shape, info.span)
    return list(found.values())


def declaration_of(text: str, offset: int) -> tuple[Span, ...]:
    """Where the symbol at an offset is declared and defined: the nearest places before it, else the first behind it."""
    here = at(text, offset)
    if here is None:
        return ()
    return _nearest_of(reading_of(text), here.key, here.span)


def declared_in(reading: Reading, key: Key) -> tuple[Span, ...]:
    """Where a text that is read declares and defines a symbol last."""
    return _nearest_of(reading, key, Span(len(reading.text), len(reading.text)))


def _nearest_of(reading: Reading, key: Key, to: Span) -> tuple[Span, ...]:
    declared = [d.span for k, d in reading.declared if k == key and d.span is not None]
    defined = [span for k, span in _defined(reading) if k == key]
    out = [s for s in (_nearest(declared, to), _nearest(defined, to)) if s is not None]
    return tuple(dict.fromkeys(out))


def _nearest(spans: list[Span], to: Span) -> Span | None:
    before = [s for s in spans if s.start <= to.start]
    return before[-1] if before else spans[0] if spans else None


def references_to(text: str, offset: int) -> tuple[Span, ...]:
    """Every place that names the symbol at an offset: entries, differentials and declarations too."""
    here = at(text, offset)
    return tuple(o.span for o in places(text, here.key)) if here is not None else ()


def declare_action(text: str, start: int, end: int) -> Action | None:
    """*Declare X …* for the symbol at a range that the document does not declare."""
    here = _undeclared(text, start)
    if here is None:
        return None
    return Action(
        "refactor.rewrite",
        f"Declare {text[here.span.start : here.span.end]} …",
        {"do": "declare", "start": here.span.start, "end": here.span.end},
    )


def _undeclared(text: str, offset: int) -> Occurrence | None:
    here = at(text, offset)
    if here is None or here.context is None or here.entry:
        return None
    found = here.context.symbols.get(here.key)
    known = found is not None and found.shape is not None
    return None if known or here.context.definition(here.key) is not None else here


def resolve_declare(text: str, data: Mapping[str, Any], host: str = "latex") -> Resolved:
    """A magic comment on a line of its own above the formula, with the shape that the formula suggests."""
    here = _undeclared(text, int(data["start"]))
    if here is None or here.context is None:
        return Resolved((), "the symbol is declared already", "warning")
    shape = next((s for k, _, s, _ in _inferred(text) if k == here.key), None)
    words = _comment_words(shape)
    label = text[here.span.start : here.span.end]
    region = reading_of(text).region_at(here.span.start)
    line = text.rfind("\n", 0, region.outer.start if region is not None else here.span.start) + 1
    body = f"nablatex: {label} : {words}"
    return Resolved((Edit(Span(line, line), HOSTS[host].comment.format(body)),), f"{label} is declared as {words}")


def _comment_words(shape: Shape | None) -> str:
    if shape is None:
        return "m x n"
    if shape == SCALAR:
        return "scalar"
    return f"{shape[0]} x {shape[1]}".replace("·", " ") if shape[1].value != 1 else f"{shape[0]} vector"


__all__ = [
    "Known",
    "declaration_of",
    "declarations",
    "declare_action",
    "declared_in",
    "references_to",
    "resolve_declare",
]
