"""Layouts of derivatives that a section mixes: each claim is right, but no one layout makes all of them right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nablatex.document.passages import Passage
from nablatex.document.statements import Statement as Read
from nablatex.features.check import VERDICTS, Judge, moved, statement
from nablatex.features.codes import MIXED_LAYOUTS
from nablatex.features.model import Statement
from nablatex.latex.tree import Derivative

HOLDS = ("proved", "holds")
EVERY = ("denominator", "numerator", "mixed")


def mixed_layouts(judge: Judge) -> Iterator[Statement]:
    """For each section the first derivative claim that leaves every layout of those before it, with NB203.

    Nothing where a setting or a comment states the layout.
    """
    if judge.layout != "auto" or MIXED_LAYOUTS in judge.ignore:
        return
    allowed: dict[int, frozenset[str]] = {}
    for number, start in enumerate(judge.reading.division.starts):
        passage = judge.reading.passage(number)
        section = passage.after.section
        for read, layouts in _claims(passage, judge):
            before = allowed.get(section, frozenset(EVERY))
            if not before:
                continue
            allowed[section] = before & layouts
            if allowed[section] or (
                read.silenced is not None and (not read.silenced or MIXED_LAYOUTS in read.silenced)
            ):
                continue
            done = statement(read, passage.block.text, judge.layout, judge.notation, seed=judge.seed)
            words = f"right in {_names(layouts)} layout, while the section so far is in {_names(before)} layout"
            yield moved(replace(done, code=MIXED_LAYOUTS, message=words, severity="information"), start)


def _claims(passage: Passage, judge: Judge) -> tuple[tuple[Read, frozenset[str]], ...]:
    """The derivative claims of a block that hold, with the layouts that they hold in."""
    key = ("layouts", judge.notation, judge.seed)
    found: tuple[tuple[Read, frozenset[str]], ...] | None = passage.memo.get(key)
    if found is None:
        text = passage.block.text
        out = []
        for read in passage.statements:
            if read.kind != "claim" or not any(isinstance(n, Derivative) for n in read.tree.walk()):
                continue
            if VERDICTS.of(read, text, "auto", judge.notation, judge.seed).verdict.name in HOLDS:
                layouts = frozenset(
                    x for x in EVERY if VERDICTS.of(read, text, x, judge.notation, judge.seed).verdict.name in HOLDS
                )
                out.append((read, layouts))
        found = passage.memo[key] = tuple(out)
    return found


def _names(layouts: frozenset[str]) -> str:
    return " or ".join(x for x in EVERY if x in layouts)


__all__ = ["mixed_layouts"]
