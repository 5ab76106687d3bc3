"""Layouts of derivatives that a section mixes: each claim is right, but no one layout makes all of them right."""

from __future__ import annotations

import time
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
_EVERY = frozenset(EVERY)


def mixed_layouts(judge: Judge) -> Iterator[Statement]:
    """For each section the first derivative claim that leaves every layout of those before it, with NB203.

    Nothing where a setting or a comment states the layout.
    """
    if judge.layout != "auto" or MIXED_LAYOUTS in judge.ignore:
        return
    allowed: dict[int, frozenset[str]] = {}
    for number, passage in enumerate(judge.reading.passages()):
        claims, common = _claims(passage, judge)
        if not claims:
            continue
        section = passage.after.section
        narrowed = allowed.get(section, _EVERY) & common
        if narrowed:  # nearly always: no claim of this block leaves them
            allowed[section] = narrowed
            continue
        start = judge.reading.division.starts[number]
        for read, layouts in claims:
            before = allowed.get(section, _EVERY)
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


Claims = tuple[tuple[tuple[Read, frozenset[str]], ...], frozenset[str]]


def _claims(passage: Passage, judge: Judge) -> Claims:
    """The derivative claims of a block that hold, with the layouts that they hold in, and those that all of them do."""
    if not passage.statements:
        return (), _EVERY
    kept: tuple[int, Claims] | None = passage.memo.get("layouts")
    if kept is not None and kept[0] == judge.key:
        return kept[1]
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
    found = (tuple(out), _EVERY.intersection(*(layouts for _, layouts in out)))
    passage.memo["layouts"] = (judge.key, found)
    return found


def looked_at(judge: Judge, until: float) -> int:
    """How many blocks from the first on have had their layouts looked at, with what is done in the time there is."""
    if judge.layout != "auto" or MIXED_LAYOUTS in judge.ignore:
        return len(judge.reading.division.blocks)
    for number, passage in enumerate(judge.reading.passages()):
        kept = passage.memo.get("layouts") if passage.statements else (judge.key,)
        if kept is None or kept[0] != judge.key:
            if time.monotonic() > until:
                return number
            _claims(passage, judge)
    return len(judge.reading.division.blocks)


def _names(layouts: frozenset[str]) -> str:
    return " or ".join(x for x in EVERY if x in layouts)


__all__ = ["looked_at", "mixed_layouts"]
