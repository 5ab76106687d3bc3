"""What is wrong in a document, as far as there is time: the formula at the cursor first, the rest in slices.

A server asks again until the findings are complete; what was judged is kept with the blocks, so asking again goes on.
"""

from __future__ import annotations

import time

from nablatex.features.check import Judge, moved, reading_of
from nablatex.features.conflicts import conflicting
from nablatex.features.layouts import mixed_layouts
from nablatex.features.model import Findings, Settings, Statement
from nablatex.latex.tree import Span


def diagnose(text: str, at: int | None, seconds: float, settings: Settings, host: str = "latex") -> Findings:
    """The findings after so many seconds of the processor more; `at`, where the author writes, is among them."""
    until = time.process_time() + seconds
    reading = reading_of(text)
    division = reading.division
    judge = Judge(reading, settings)
    if at is not None and division.blocks:
        near = division.at(at)
        while reading.read_so_far <= near and time.process_time() < until:
            reading.passage(reading.read_so_far)
        if reading.read_so_far > near:
            judge.block(near)
    wrong: list[Statement] = []
    pending: list[Span] = []
    done = number = 0
    while number < len(division.blocks):
        if number < reading.read_so_far:
            well = judge.blameless(number)
            done, number = done + well, number + well
        if number == len(division.blocks):
            break
        start = division.starts[number]
        in_time = time.process_time() < until
        if not in_time and number >= reading.read_so_far:
            pending.append(Span(start, len(text)))
            break
        found = judge.done(number)
        if found is None and in_time:
            judge.block(number, until)
            found = judge.done(number)
        if found is None:
            pending.append(Span(start, start + len(division.blocks[number].text)))
        else:
            done += 1
            wrong.extend(moved(s, start) for s in found if s.code is not None)
        number += 1
    if not pending and division.blocks:
        mixed, compared = mixed_layouts(judge, until)
        if compared == len(division.blocks):
            mixed += conflicting(reading, judge.ignore)
            wrong = sorted([*wrong, *mixed], key=lambda s: s.span.start)
        else:
            pending.append(Span(division.starts[compared], len(text)))
    return Findings(tuple(wrong), _merged(pending), done, len(division.blocks))


def _merged(spans: list[Span]) -> tuple[Span, ...]:
    out: list[Span] = []
    for s in spans:
        if out and out[-1].end == s.start:
            out[-1] = Span(out[-1].start, s.end)
        else:
            out.append(s)
    return tuple(out)


__all__ = ["diagnose"]
