"""What surrounds a text: its host, and the texts that stand before it in the document that it is a part of.

The worker and the command line set it around a request; every feature then reads the text in its surroundings.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Around:
    """host: as in `latex.hosts`; before: (path, text) of what stands before, in order, as far as it is read; after: the
    same of what comes later, for those who ask for places in the whole document alone."""

    host: str = "latex"
    before: tuple[tuple[str, str], ...] = ()
    after: tuple[tuple[str, str], ...] = ()


_AROUND: ContextVar[Around] = ContextVar("around", default=Around())  # noqa: B039  (a frozen value)


def current() -> Around:
    return _AROUND.get()


@contextmanager
def surrounded(around: Around) -> Iterator[None]:
    """Within it every text is read in these surroundings."""
    token = _AROUND.set(around)
    try:
        yield
    finally:
        _AROUND.reset(token)


__all__ = ["Around", "current", "surrounded"]
