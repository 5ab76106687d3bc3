"""Inlay hints: the shape behind each symbol where a formula first uses it."""

from __future__ import annotations

from nablatex.algebra.dims import SCALAR, shape_text
from nablatex.document.context import STATED
from nablatex.document.elaborate import elaborate
from nablatex.document.names import key_of
from nablatex.features.check import reading_of
from nablatex.features.model import Inlay, Settings
from nablatex.latex.tree import Name, Scripted

MAX_STATEMENTS = 60


def inlays(text: str, start: int, end: int, settings: Settings, host: str = "latex") -> tuple[Inlay, ...]:
    """Shapes for the symbols of the formulas in a range; scalars and declarations stay bare."""
    if not settings.inlay_hints:
        return ()
    out: dict[int, Inlay] = {}
    count = 0
    for read in reading_of(text).between(start, end):
        if read.kind == "declaration" or not read.readable:
            continue
        count += 1
        if count > MAX_STATEMENTS:
            break
        found = elaborate(read.tree, read.context, "denominator", text)
        if not found.readings:
            continue
        shown: set[object] = set()
        for node in read.tree.walk():
            key = key_of(node) if isinstance(node, (Name, Scripted)) else None
            info = found.readings[0].symbols.get(key) if key is not None else None
            if (
                info is None
                or key in shown
                or info.shape == SCALAR
                or not read.span.start <= node.span.start < read.span.end
            ):
                continue
            shown.add(key)
            origin = "declared in the text" if info.origin in STATED else "inferred from the formula"
            out[node.span.end] = Inlay(node.span.end, f": {shape_text(info.shape)}", origin)
    return tuple(out[k] for k in sorted(out))
