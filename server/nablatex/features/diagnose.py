"""What is wrong in a document, as far as there is time: the formula at the cursor first, the rest in slices.

A server asks again until the findings are complete; what was judged is kept with the blocks, so asking again goes on.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from nablatex.features.check import Judge, moved, reading_of
from nablatex.features.model import Settings, Statement
from nablatex.latex.tree import Span

SLICE = 0.03
"""Seconds for one answer, besides the block at the cursor."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong, in order; pending: the parts of the text that are not judged yet; how many blocks are, and of how many."""

    wrong: tuple[Statement, ...]
    pending: tuple[Span, ...]
    done: int
    total: int

    @property
    def complete(self) -> bool:
        return not self.pending


def diagnose(text: str, at: int | None, settings: Settings, host: str = "latex", seconds: float = SLICE) -> Findings:
    """The findings so far; `at`, where the author writes, is among them."""
    until = time.monotonic() + seconds
    reading = reading_of(text)
    division = reading.division
    judge = Judge(reading, settings)
    if at is not None and division.blocks:
        judge.block(division.at(at))
    wrong: list[Statement] = []
    pending: list[Span] = []
    done = 0
    for number, start in enumerate(division.starts):
        end = start + len(division.blocks[number].text)
        in_time = time.monotonic() < until
        if not in_time and number >= reading.read_so_far:
            pending.append(Span(start, len(text)))
            break
        found = judge.done(number)
        if found is None and in_time:
            judge.block(number, until)
            found = judge.done(number)
        if found is None:
            pending.append(Span(start, end))
            continue
        done += 1
        wrong.extend(moved(s, start) for s in found if s.code is not None)
    return Findings(tuple(wrong), _merged(pending), done, len(division.blocks))


def _merged(spans: list[Span]) -> tuple[Span, ...]:
    out: list[Span] = []
    for s in spans:
        if out and out[-1].end == s.start:
            out[-1] = Span(out[-1].start, s.end)
        else:
            out.append(s)
    return tuple(out)


__all__ = ["Findings", "diagnose"]
