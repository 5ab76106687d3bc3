"""Code lenses at chains of steps: ``5 of 6 steps proved``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nablatex.features.check import around, reading_of, statement
from nablatex.features.model import Lens, Settings, Statement
from nablatex.latex.tree import Span, shifted

GOOD = ("proved", "holds")


def chains(text: str) -> Iterator[tuple[Span, int, tuple[int, ...]]]:
    """Display formulas that claim two steps or more: the place, the block, and which of its statements the steps are."""
    reading = reading_of(text)
    for number, passage in enumerate(reading.passages()):
        claims = [k for k, s in enumerate(passage.statements) if s.kind == "claim" and not s.ignored]
        for region in passage.block.source.regions if len(claims) > 1 else ():
            inside = region.span
            steps = [k for k in claims if inside.start <= passage.statements[k].span.start < inside.end]
            if len(steps) > 1 and not region.inline:
                span = Span(passage.statements[steps[0]].span.start, passage.statements[steps[-1]].span.end)
                yield shifted(span, reading.division.starts[number]), number, tuple(steps)


def lenses(text: str, settings: Settings, host: str = "latex") -> tuple[Lens, ...]:
    """A lens over each chain, without a title: `title` judges its steps when the lens comes into view."""
    if not settings.code_lens:
        return ()
    return tuple(Lens(span, "") for span, _, _ in chains(text))


def lens_title(text: str, start: int, end: int, settings: Settings, host: str = "latex") -> Lens | None:
    """The lens of the chain at a place with its title; None where there is no such chain any more.

    Its span is that of the first step that is not right, else of the first step: there the panel opens.
    """
    reading = reading_of(text)
    found = next(((number, steps) for span, number, steps in chains(text) if span == Span(start, end)), None)
    if found is None:
        return None
    number, chosen = found
    steps = [reading.placed(number)[k] for k in chosen]
    layout, notation = reading.layout or settings.layout, reading.notation
    done = [statement(s, text, layout, notation, where=around(reading, s)) for s in steps]
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
