"""Code lenses at chains of steps: ``5 of 6 steps proved``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nablatex.document.notation import notation_of
from nablatex.document.statements import Statement as Read
from nablatex.features.check import reading_of, statement
from nablatex.features.model import Lens, Settings, Statement
from nablatex.latex.tree import Span

GOOD = ("proved", "holds")


def chains(text: str) -> Iterator[tuple[Span, tuple[Read, ...]]]:
    """Display formulas that claim two steps or more: the place of the first step, and the steps."""
    reading = reading_of(text)
    waiting = iter(s for s in reading.statements if s.kind == "claim" and not s.ignored)
    step = next(waiting, None)
    for region in reading.source.regions:
        steps: list[Read] = []
        while step is not None and step.span.start < region.span.end:
            if step.span.start >= region.span.start:
                steps.append(step)
            step = next(waiting, None)
        if len(steps) > 1 and not region.inline:
            yield Span(steps[0].span.start, steps[-1].span.end), tuple(steps)


def lenses(text: str, settings: Settings, host: str = "latex") -> tuple[Lens, ...]:
    """A lens over each chain, without a title: `title` judges its steps when the lens comes into view."""
    if not settings.code_lens:
        return ()
    return tuple(Lens(span, "") for span, _ in chains(text))


def lens_title(text: str, start: int, end: int, settings: Settings, host: str = "latex") -> Lens | None:
    """The lens of the chain at a place with its title; None where there is no such chain any more.

    Its span is that of the first step that is not right, else of the first step: there the panel opens.
    """
    steps = next((s for span, s in chains(text) if span == Span(start, end)), None)
    if steps is None:
        return None
    layout, notation = reading_of(text).layout or settings.layout, notation_of(text)
    done = [statement(s, text, layout, notation) for s in steps]
    first = next((s for s in done if s.verdict not in GOOD), done[0])
    return Lens(first.span, summary(done))


def summary(steps: Sequence[Statement]) -> str:
    """``6 steps proved``, ``4 of 6 steps proved, 1 holds, 1 fails``."""
    of = len(steps)
    count = {v: sum(s.verdict == v for s in steps) for v in ("proved", "holds", "conditional", "fails", "ill-shaped")}
    proved = count.pop("proved")
    parts = [f"{of} steps proved" if proved == of else f"{proved} of {of} steps proved"] if proved else []
    words = {"holds": "holds" if count["holds"] == 1 else "hold", "fails": "fails" if count["fails"] == 1 else "fail"}
    for name, k in count.items():
        if k:
            parts.append(f"{k} {words.get(name, name)}" if parts else f"{k} of {of} steps {words.get(name, name)}")
    unknown = sum(s.verdict in (None, "unknown") for s in steps)
    if unknown:
        parts.append(f"{unknown} not decided" if parts else f"{unknown} of {of} steps not decided")
    return ", ".join(parts)


__all__ = ["lens_title", "lenses"]
