"""Layouts of derivatives that a section mixes: each claim is right, but no one layout makes all of them right."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import reduce
from operator import and_

from nablatex.document.passages import Passage
from nablatex.document.statements import Statement as Read
from nablatex.features.check import VERDICTS, Judge, moved, statement
from nablatex.features.codes import MIXED_LAYOUTS
from nablatex.features.model import Statement
from nablatex.latex.tree import Derivative

HOLDS = ("proved", "holds")
WRONG = ("fails", "ill-shaped")
"""What rules a layout out; in one that could not be decided the claim may hold."""
EVERY = ("denominator", "numerator", "mixed")
ALL = 0b111
"""Layouts as bits, in the order of EVERY."""


def mixed_layouts(judge: Judge, until: float = math.inf) -> tuple[list[Statement], int]:
    """For each section the first derivative claim that leaves every layout of those before it, with NB203; and how many
    blocks were looked at in the time there was: fewer than all, and the findings are not complete.

    Nothing where a setting or a comment states the layout.
    """
    out: list[Statement] = []
    passages = judge.reading.passages()
    if judge.layout != "auto" or MIXED_LAYOUTS in judge.ignore:
        return out, len(passages)
    notes = judge.reading.notes(("layouts", judge.key))  # 1 + the layouts that all claims of a block hold in
    compared = len(passages)
    while (number := notes.find(0)) != -1:
        if time.process_time() > until:
            compared = number
            break
        notes[number] = 1 + _common(passages[number], judge)
    if reduce(and_, (n - 1 for n in {*notes[:compared]}), ALL):
        return out, compared  # nearly always: one layout makes all of the document right
    allowed: dict[int, int] = {}
    for number, passage in enumerate(passages[:compared]):
        common = notes[number] - 1
        if common == ALL:
            continue
        section = passage.after.section
        narrowed = allowed.get(section, ALL) & common
        if narrowed:
            allowed[section] = narrowed
        else:
            out.extend(_leaving(passage, _claims(passage, judge)[1], allowed, judge, number))
    return out, compared


def _common(passage: Passage, judge: Judge) -> int:
    return _claims(passage, judge)[0] if passage.statements else ALL


def _leaving(
    passage: Passage, claims: list[tuple[Read, int]], allowed: dict[int, int], judge: Judge, number: int
) -> Iterator[Statement]:
    section = passage.after.section
    for read, layouts in claims:
        before = allowed.get(section, ALL)
        if not before:
            continue
        allowed[section] = before & layouts
        if allowed[section] or (read.silenced is not None and (not read.silenced or MIXED_LAYOUTS in read.silenced)):
            continue
        done = statement(read, passage.block.text, judge.layout, judge.notation, seed=judge.seed)
        words = f"right in {_names(layouts)} layout, while the section so far is in {_names(before)} layout"
        start = judge.reading.division.starts[number]
        yield moved(replace(done, code=MIXED_LAYOUTS, message=words, severity="information"), start)


def _claims(passage: Passage, judge: Judge) -> tuple[int, list[tuple[Read, int]]]:
    """The layouts that all derivative claims of a block which hold do hold in, and each such claim with its own."""
    kept = passage.memo.get("layouts")
    if kept is None or kept[0] != judge.key:
        kept = passage.memo["layouts"] = (judge.key, *_compared(passage, judge))
    return kept[1], kept[2]


def _compared(passage: Passage, judge: Judge) -> tuple[int, list[tuple[Read, int]]]:
    text = passage.block.text
    out: list[tuple[Read, int]] = []
    common = ALL
    for read in passage.statements:
        if read.kind != "claim" or not any(isinstance(n, Derivative) for n in read.tree.walk()):
            continue
        if VERDICTS.of(read, text, "auto", judge.notation, judge.seed).verdict.name in HOLDS:
            layouts = 0
            for k, x in enumerate(EVERY):
                if VERDICTS.of(read, text, x, judge.notation, judge.seed).verdict.name not in WRONG:
                    layouts |= 1 << k
            out.append((read, layouts))
            common &= layouts
    return common, out


def _names(layouts: int) -> str:
    return " or ".join(x for k, x in enumerate(EVERY) if layouts >> k & 1)


__all__ = ["mixed_layouts"]
