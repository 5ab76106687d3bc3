"""Where a document names a symbol: every place, also inside scripts, differentials and entries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nablatex.document.context import Context
from nablatex.document.names import Key, key_of
from nablatex.document.passages import Passage
from nablatex.document.reading import Reading
from nablatex.document.statements import Statement as Read
from nablatex.features.check import reading_of
from nablatex.latex.tree import Name, Node, Scripted, Span, shifted

_INDEX = re.compile(r"_\(?(?:[a-z0-9]|\\ell){1,2}(?:[,+-][a-z0-9]{1,2})*\)?")
_NOT_SYMBOLS = frozenset(("T", "\\top", "I", "F", "1", "0", "\\mathsf{T}", "\\partial", "\\intercal"))


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One place: the symbol, the span of its spelling, whether it is an entry written with the small letter, what is
    known there (None in a declaration)."""

    key: Key
    span: Span
    entry: bool = False
    context: Context | None = None


def occurrences(text: str) -> tuple[Occurrence, ...]:
    """All names of a document in order of the text; each place once."""
    reading = reading_of(text)
    own = _own_scripts(reading.context)
    return tuple(o for number in range(len(reading.division.blocks)) for o in _placed(reading, number, own))


def _placed(reading: Reading, number: int, own: frozenset[Key]) -> Iterator[Occurrence]:
    start = reading.division.starts[number]
    for o in _of_block(reading.passage(number), own):
        yield Occurrence(o.key, shifted(o.span, start), o.entry, o.context)


def _of_block(passage: Passage, own: frozenset[Key]) -> tuple[Occurrence, ...]:
    """The names in a block, with spans in its own text."""
    kept = passage.memo.get("names")
    if kept is not None and kept[0] == own:
        names: tuple[Occurrence, ...] = kept[1]
        return names
    found: dict[Span, Occurrence] = {}
    for read in passage.statements:
        for node, inside in _names(read.tree, read, own):
            span = _spelling(passage.block.text, node)
            if span is None or span in found or not read.span.start <= span.start or inside is None:
                continue
            key, entry = inside
            found[span] = Occurrence(key, span, entry, read.context)
    for key, declared in passage.declared:
        if declared.span is not None and declared.span not in found:
            found[declared.span] = Occurrence(key, declared.span)
    names = tuple(found[s] for s in sorted(found, key=lambda s: (s.start, s.end)))
    passage.memo["names"] = (own, names)
    return names


def _own_scripts(context: Context) -> frozenset[Key]:
    """Keys with a script that are symbols of their own, such as w_0 beside w."""
    declared = {k for k, d in context.symbols.items() if k.script and d.span is not None}
    defined = {
        d.key
        for d in context.definitions
        if d.key.script and not (_INDEX.fullmatch(d.key.script) and replace(d.key, script="") in context.symbols)
    }
    return frozenset(declared | defined)


def _names(tree: Node, read: Read, own: frozenset[Key]) -> Iterator[tuple[Name | Scripted, tuple[Key, bool] | None]]:
    """Names with the symbol that they stand for; a script that is an index leaves the name before it."""
    if isinstance(tree, Scripted) and isinstance(tree.base, Name):
        key = key_of(tree) or (key_of(Scripted(tree.span, tree.base, tree.sub)) if tree.sub is not None else None)
        if key is not None and key.script:
            whole = canonical(key, read)
            if whole in own or not (_INDEX.fullmatch(key.script) or _owner(tree.base, read)):
                node = tree if key_of(tree) is not None else Scripted(_sub_span(tree), tree.base, tree.sub)
                yield node, (whole, False)
                if tree.sup is not None and key_of(tree) is None:
                    yield from _names(tree.sup, read, own)
                return
            owner = _owner(tree.base, read)
            if owner is not None:
                yield tree.base, owner
            for part in (tree.sub, tree.sup):
                if part is not None:
                    yield from _names(part, read, own)
            return
    if isinstance(tree, Name):
        key = key_of(tree)
        if key is not None and key.base not in _NOT_SYMBOLS and (len(key.base) == 1 or key.base.startswith("\\")):
            yield tree, (canonical(replace(key, prefix=""), read), False)
        return
    for child in tree.children():
        yield from _names(child, read, own)


def _sub_span(tree: Scripted) -> Span:
    assert tree.sub is not None
    return tree.base.span.join(tree.sub.span)


def _owner(base: Name, read: Read) -> tuple[Key, bool] | None:
    """The symbol whose entry ``base_{ij}`` is: itself, or the capital letter."""
    key = key_of(base)
    if key is None:
        return None
    if read.context.find(key) is not None or read.context.definition(key) is not None:
        return canonical(key, read), False
    if len(key.base) == 1 and key.base.islower():
        capital = Key(key.base.upper(), key.font, key.accents)
        found = read.context.find(capital)
        if found is not None:
            return found[0], True
    return canonical(key, read), False


def canonical(key: Key, read: Read) -> Key:
    """The key that the document declares, where only the font differs."""
    found = read.context.find(key)
    return found[0] if found is not None else key


def _spelling(text: str, node: Name | Scripted) -> Span | None:
    """The span of the letter itself, without a prefix such as \\Delta; None where a macro hides it."""
    span = node.span
    written = text[span.start : span.end]
    if isinstance(node, Scripted):
        return Span(span.start, span.end + (1 if written.count("{") > written.count("}") else 0))
    if node.prefix:
        m = re.match(r"\\(?:Delta|delta)\s*", written)
        return Span(span.start + m.end(), span.end) if m else None
    return span if written else None


def at(text: str, offset: int) -> Occurrence | None:
    """The smallest name around an offset."""
    reading = reading_of(text)
    division = reading.division
    if not division.blocks:
        return None
    near = {division.at(max(offset - 1, 0)), division.at(offset)}
    own = _own_scripts(reading.passage(max(near)).after.context)  # what stands behind it need not be read
    around = [o for k in sorted(near) for o in _placed(reading, k, own) if o.span.start <= offset <= o.span.end]
    return min(around, key=lambda o: (o.span.end - o.span.start, o.span.start != offset), default=None)


def places_in(reading: Reading, key: Key) -> Iterator[Occurrence]:
    """Every place of a text that is read that names a symbol."""
    own = _own_scripts(reading.context)
    for number in range(len(reading.division.blocks)):
        yield from (o for o in _placed(reading, number, own) if o.key == key)


def places(text: str, key: Key) -> tuple[Occurrence, ...]:
    return tuple(o for o in occurrences(text) if o.key == key)


__all__ = ["Occurrence", "at", "canonical", "occurrences", "places", "places_in"]
