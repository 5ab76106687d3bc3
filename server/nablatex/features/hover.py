"""Hover: the shape of a symbol and where it is from; the shape, the reading and the verdict of a formula."""

from __future__ import annotations

import contextlib

from nablatex.algebra.dims import shape_text
from nablatex.document.elaborate import Reading as Typed
from nablatex.document.elaborate import elaborate
from nablatex.document.names import key_of
from nablatex.document.printing import Unprintable, to_latex
from nablatex.document.statements import Statement as Read
from nablatex.features.check import at_offset, document_layout, judged_between, reading_of
from nablatex.features.engine import derive_formula
from nablatex.features.explanation import explain_step
from nablatex.features.model import HoverText, Settings
from nablatex.features.plain import plain
from nablatex.latex.tree import Derivative, Differential, Name, Node, Relation, Scripted


def hover(text: str, offset: int, settings: Settings, host: str = "latex") -> HoverText | None:
    """What is known at an offset, as Markdown without images; None outside formulas."""
    reading = reading_of(text)
    read = at_offset(reading, offset, offset)
    if read is None or not read.readable:
        return None
    layout = document_layout(text, settings)
    found = elaborate(read.tree, read.context, layout, text)
    typed = found.readings[0] if found.readings else None
    symbol = name_at(read.tree, offset)
    if symbol is not None:
        words = symbol_words(symbol, read, typed, text)
        if words is not None:
            return HoverText(symbol.span, words)
    if typed is None:
        why = found.failure.message if found.failure is not None else "not understood"
        return HoverText(read.span, f"not understood: {why}") if read.kind != "declaration" else None
    lines = [f"**shape** {shape_text(typed.sides[0].shape)} ({read.kind})"]
    notation = reading.notation
    with contextlib.suppress(Unprintable):
        lines.append("reads as `" + " = ".join(to_latex(s, notation) for s in typed.sides) + "`")
    for s in judged_between(text, offset, offset, settings) if read.kind == "claim" else ():
        if s.span == read.span and s.verdict is not None:
            lines.append(f"**{s.verdict}**: {s.message}")
            if s.verdict in ("proved", "holds") and read.left is not None and read.right is not None:
                rule = explain_step(read.left, read.right, read.context, layout, text)
                lines.extend([f"**by** {rule}"] if rule else [])
            break
    lines.extend(result(text, read, layout) if settings.hover_result else ())
    return HoverText(read.span, "\n\n".join(lines))


def result(text: str, read: Read, layout: str) -> tuple[str, ...]:
    """``= a bᵀ`` for a derivative that has no right side yet."""
    if isinstance(read.tree, Relation) or not any(isinstance(n, (Derivative, Differential)) for n in read.tree.walk()):
        return ()
    done = derive_formula(read.tree, read.context, layout, reading_of(text).notation, text)
    return (f"= `{plain(done.latex, read.context.macros)}`",) if done.latex is not None else ()


def name_at(tree: Node, offset: int) -> Name | Scripted | None:
    """The smallest name around an offset (with its subscript)."""
    best: Name | Scripted | None = None
    for n in tree.walk():
        if isinstance(n, (Name, Scripted)) and key_of(n) is not None and n.span.start <= offset <= n.span.end:
            if isinstance(n, Name) and (len(n.base) > 1 and not n.base.startswith("\\")):
                continue
            if best is None or n.span.end - n.span.start < best.span.end - best.span.start:
                best = n
    return best


def symbol_words(node: Name | Scripted, read: Read, typed: Typed | None, text: str) -> str | None:
    """``X : m×n, symmetric — declared in line 4``."""
    key = key_of(node)
    if key is None:
        return None
    found = read.context.find(key)
    spelling = text[node.span.start : node.span.end]
    if found is not None and found[1].shape is not None:
        declared = found[1]
        properties = "".join(", " + p for p in sorted(declared.properties))
        return f"`{spelling}` : {shape_text(declared.shape)}{properties} — declared in the text"  # type: ignore[arg-type]
    info = typed.symbols.get(key) if typed is not None else None
    if info is not None:
        return f"`{spelling}` : {shape_text(info.shape)} — inferred from this formula"
    definition = read.context.definition(key)
    if definition is not None:
        return f"`{spelling}` is defined as `{definition.latex}`"
    return None


__all__ = ["hover"]
