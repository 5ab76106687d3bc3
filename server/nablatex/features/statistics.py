"""How much of a document is read: displayed formulas, shapes of symbols, verdicts of claims about derivatives."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from nablatex.algebra.dims import SCALAR, Shape
from nablatex.document.names import Key, key_of
from nablatex.document.partial import symbols_in
from nablatex.document.reading import Reading
from nablatex.document.statements import Statement as Read
from nablatex.features.check import around, reading_of, statement
from nablatex.features.model import Settings
from nablatex.latex.parse import WORDS, parse
from nablatex.latex.regions import Region
from nablatex.latex.tree import (
    Call,
    Derivative,
    Differential,
    Fence,
    Matrix,
    Name,
    Node,
    Operator,
    Scripted,
    Span,
)

_MATRIX_WORDS = frozenset(("tr", "Tr", "trace", "Trace", "det", "Det", "logdet", "vec", "Vec", "diag", "Diag"))
_TRANSPOSES = frozenset(("T", "\\top", "\\intercal", "\\mathsf{T}"))
_CONSTANTS = frozenset(
    (
        "I",
        "0",
        "1",
        "e",
        "\\pi",
        "\\infty",
        "F",
        "d",
        "T",
        "\\top",
        "\\partial",
        "\\nabla",
        "\\infty",
        ":",
        "+",
        "-",
        "*",
    )
)


@dataclass(slots=True)
class Statistics:
    """Counts for a document or, added up, for several."""

    displays: int = 0
    matrix_displays: int = 0
    read: int = 0
    symbols: int = 0
    shaped: int = 0
    derivative_claims: int = 0
    decided: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    not_read: Counter[str] = field(default_factory=Counter)
    """Causes of displays with matrices that are not read."""
    unknown: Counter[str] = field(default_factory=Counter)
    """Causes of claims about derivatives without a verdict."""

    def add(self, other: Statistics) -> None:
        for name in ("displays", "matrix_displays", "read", "symbols", "shaped", "derivative_claims", "decided"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.verdicts.update(other.verdicts)
        self.not_read.update(other.not_read)
        self.unknown.update(other.unknown)


def statistics(text: str, settings: Settings) -> Statistics:
    """The figures of one document."""
    reading = reading_of(text)
    out = Statistics()
    known: dict[Key, Shape] = {}
    named: dict[Key, Read] = {}
    for k, block in enumerate(reading.division.blocks):
        start = reading.division.starts[k]
        placed = reading.placed(k)
        for region in block.source.regions:
            if region.inline:
                continue
            out.displays += 1
            span = Span(region.span.start + start, region.span.end + start)
            inside = [s for s in placed if span.start <= s.span.start <= span.end]
            shapes, holds = _shapes(inside, text)
            if not (holds or any(s != SCALAR for s in shapes.values())):
                continue
            out.matrix_displays += 1
            cause = _problem(text, region, start, reading)
            if cause is None:
                out.read += 1
            else:
                out.not_read[cause] += 1
            for key, shape in shapes.items():
                known.setdefault(key, shape)
            for s in inside:
                for key in _symbols(s.tree):
                    named.setdefault(key, s)
    out.symbols = len(named)
    out.shaped = sum(_is_shaped(key, s, known) for key, s in named.items())
    _claims(reading, text, settings, out)
    return out


def _shapes(inside: list[Read], text: str) -> tuple[dict[Key, Shape], bool]:
    """Shapes that the formulas of a display give its symbols, and whether it is written with signs of matrices."""
    shapes: dict[Key, Shape] = {}
    holds = False
    for s in inside:
        holds = holds or any(_matrix_sign(n) for n in s.tree.walk())
        if s.readable and s.kind != "declaration":
            for key, info in symbols_in(s.tree, s.context, text).items():
                shapes.setdefault(key, info.shape)
        for key in _symbols(s.tree):
            found = s.context.find(key)
            if found is not None and found[1].shape is not None:
                shapes.setdefault(key, found[1].shape)
    return shapes, holds


def _matrix_sign(node: Node) -> bool:
    """Transposes, bold letters, determinants, norms, explicit matrices."""
    if isinstance(node, Name):
        return node.font == "bold" and len(node.base.lstrip("\\")) >= 1 and node.base not in "01"
    if isinstance(node, Scripted):
        return isinstance(node.sup, Name) and node.sup.base in _TRANSPOSES
    if isinstance(node, Operator):
        return node.word in _MATRIX_WORDS
    if isinstance(node, Matrix):
        return node.env != "cases"
    return isinstance(node, Fence) and node.kind == "norm"


def _problem(text: str, region: Region, start: int, reading: Reading) -> str | None:
    """The first cause why a display is not read."""
    for row in region.rows:
        parsed = parse(text, macros=reading.macros, start=row.start + start, end=row.end + start)
        if parsed.problems:
            return re.sub(r"'[^']{12,}'", "…", parsed.problems[0].message)
    return None


def _symbols(tree: Node) -> Iterator[Key]:
    """Keys of the symbols of a formula: names with their scripts, without words, indices and constants."""
    if isinstance(tree, Scripted) and isinstance(tree.base, Name):
        key = key_of(tree) or key_of(tree.base)
        if key is not None and _is_symbol(key):
            yield key
        return
    if isinstance(tree, Name):
        key = key_of(tree)
        if key is not None and _is_symbol(key):
            yield key
        return
    for child in (tree.argument,) if isinstance(tree, Call) else tree.children():  # a function's name has no shape
        yield from _symbols(child)


def _is_symbol(key: Key) -> bool:
    return (
        key.font != "bb"
        and (len(key.base) == 1 or key.base.startswith("\\"))
        and key.base not in _CONSTANTS
        and key.base not in WORDS
    )


def _is_shaped(key: Key, s: Read, known: dict[Key, Shape]) -> bool:
    if key in known or Key(key.base, key.font, key.accents) in known:
        return True
    if s.context.find(key) is not None or s.context.definition(key) is not None or key in s.context.functions:
        return True
    if key.base in s.context.dimensions:
        return True
    owner = Key(key.base, key.font, key.accents)
    capital = Key(key.base.upper(), key.font, key.accents) if len(key.base) == 1 else owner
    return bool(key.script) and any(k in known or s.context.find(k) is not None for k in (owner, capital))


def _claims(reading: Reading, text: str, settings: Settings, out: Statistics) -> None:
    layout = reading.layout or settings.layout
    for s in reading.statements:
        if s.kind != "claim" or s.ignored or s.left is None or s.right is None:
            continue
        done = statement(s, text, layout, reading.notation, where=around(reading, s))
        verdict = done.verdict or "unknown"
        out.verdicts[verdict] += 1
        nodes = [*s.left.walk(), *s.right.walk()]
        if any(isinstance(n, (Derivative, Differential)) for n in nodes):
            out.derivative_claims += 1
            out.decided += verdict != "unknown"
            if verdict == "unknown":
                out.unknown[re.sub(r"[\\{}^_$]\S*", "…", done.message)[:70]] += 1


__all__ = ["Statistics", "statistics"]
