"""All that a server does with a document, at places drawn at random."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from nablatex.explicit.perform import OPERATIONS
from nablatex.features.actions import actions, resolve
from nablatex.features.around import Around, surrounded
from nablatex.features.check import READINGS, VERDICTS, check_document
from nablatex.features.completion import complete, explain
from nablatex.features.evaluate import evaluate_at
from nablatex.features.hover import hover
from nablatex.features.inlay import inlays
from nablatex.features.lens import lens_title, lenses
from nablatex.features.model import Settings, Statement
from nablatex.features.navigation import definition, known, prepare, references, renamed
from nablatex.features.panel import panel
from nablatex.features.programs import program_at

SETTINGS = Settings()
LANGUAGES = ("numpy", "jax", "torch", "julia", "matlab", "sympy")

FEATURES: dict[str, Callable[[str, int, str, random.Random], Any]] = {
    "hover": lambda text, at, host, r: hover(text, at, SETTINGS, host),
    "inlays": lambda text, at, host, r: inlays(text, 0, len(text), SETTINGS, host),
    "lenses": lambda text, at, host, r: [
        lens_title(text, x.span.start, x.span.end, SETTINGS, host) for x in lenses(text, SETTINGS, host)
    ],
    "complete": lambda text, at, host, r: complete(text, at, SETTINGS, host),
    "explain": lambda text, at, host, r: explain(text, at, SETTINGS, host),
    "panel": lambda text, at, host, r: panel(text, at, None, SETTINGS, host),
    "code": lambda text, at, host, r: program_at(text, at, at, r.choice(LANGUAGES), True, True, SETTINGS, host),
    "evaluate": lambda text, at, host, r: evaluate_at(
        text, at, at, {"operation": r.choice([*OPERATIONS])}, SETTINGS, host
    ),
    "known": lambda text, at, host, r: known(text, SETTINGS, host),
    "navigation": lambda text, at, host, r: (
        definition(text, at, SETTINGS, host),
        references(text, at, True, SETTINGS, host),
        prepare(text, at, SETTINGS, host),
        renamed(text, at, r.choice(("z", "\\beta", "", "{", "x_1")), SETTINGS, host),
    ),
    "an action": lambda text, at, host, r: [
        resolve(text, a.data, SETTINGS, host) for a in some_of(r, actions(text, at, at, SETTINGS, host))
    ],
}
"""What an author can ask for at a place."""


def some_of(r: random.Random, found: Any) -> list[Any]:
    return [r.choice(found)] if found else []


def place(r: random.Random, text: str, statements: tuple[Statement, ...]) -> int:
    """As a rule one in a formula."""
    if statements and r.random() < 0.8:
        span = r.choice(statements).span
        return r.randint(span.start, span.end)
    return r.randint(0, len(text))


def exercise(r: random.Random, text: str, host: str, asked: int, note: Callable[[str], None]) -> list[Statement]:
    """The statements of a document after all are judged and so many features are asked for; what is at work is noted.
    A verdict that hides an exception is a bug too."""
    with surrounded(Around(host)):
        note("check")
        found = check_document(text, SETTINGS, host, budget=60.0)
        for s in found:
            assert 0 <= s.span.start <= s.span.end <= len(text)
            assert "while checking" not in s.message, s.message
        for name in r.sample([*FEATURES], asked):
            note(name)
            FEATURES[name](text, place(r, text, found), host, r)
    return [*found]


def forget() -> None:
    """Nothing of one document helps the next."""
    READINGS.kept.clear()
    if len(VERDICTS.found) > 1000:
        VERDICTS.found.clear()


__all__ = ["FEATURES", "exercise", "forget"]
