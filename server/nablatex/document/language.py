"""The languages that prose is read in: one data file each, compiled once.

In a sentence that the patterns see, every formula is one sign of Unicode's private area, by what it looks like: a name,
a membership, a size, something else, or a display.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import combinations, takewhile
from typing import Any

from nablatex.document.context import OF_MATRICES

NAME, MEMBER, SIZE, OTHER, SHOWN = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
SIGNS = NAME + MEMBER + SIZE + OTHER + SHOWN
LANGUAGES = ("en", "zh")
SHARED = 5
"""Letters that words have in common at their beginnings to be looked for by them: ``unit norm`` and ``unit length``."""
_WHOLE = "(?![A-Za-z])"
"""The end of a word."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way to say something: regex over a sentence; what it says (shape, kind, property, role, named, factorisation) and the value."""

    what: str
    value: str
    regex: re.Pattern[str]
    needs: tuple[str, ...]
    """Words one of which a sentence must hold for the pattern to be tried."""


@dataclass(frozen=True, slots=True)
class Language:
    name: str
    phrases: tuple[Phrase, ...]
    properties: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]
    functions: tuple[tuple[tuple[str, ...], re.Pattern[str], tuple[str, ...], str], ...]
    """How functions work on matrices, in words: what a text must hold, the pattern, the functions, how they work."""
    needs: frozenset[str]
    """All that its patterns need."""
    stems: tuple[str, ...]
    """Beginnings of words that make a sentence worth reading."""
    continues: re.Pattern[str]
    conditional: re.Pattern[str]
    negation: re.Pattern[str]
    ends: str

    def properties_in(self, words: str, start: int = 0, end: int | None = None) -> tuple[str, ...]:
        """All properties that a run of words (in a sentence) names, the more specific word winning at its place."""
        return _properties_in(self.name, words, start, len(words) if end is None else end)


@lru_cache(maxsize=4096)
def _properties_in(language: str, words: str, start: int, end: int) -> tuple[str, ...]:
    out: dict[str, None] = {}
    taken: list[tuple[int, int]] = []
    for pattern, properties in languages()[LANGUAGES.index(language)].properties:
        for m in pattern.finditer(words, start):
            if m.end() <= end and not any(a < m.end() and m.start() < b for a, b in taken):
                taken.append(m.span())
                out.update(dict.fromkeys(properties))
    return tuple(out)


@lru_cache(maxsize=1)
def languages() -> tuple[Language, ...]:
    """All languages, in a fixed order."""
    return tuple(_load(name) for name in LANGUAGES)


def _load(name: str) -> Language:
    data = tomllib.loads((files("nablatex.document") / "languages" / f"{name}.toml").read_text(encoding="utf-8"))
    stated = "|".join(data["properties"])
    join = data["and"]
    slots = {
        "{names}": f"(?P<names>[{NAME}{MEMBER}](?:{join}[{NAME}{MEMBER}])*)",
        "{size}": f"(?P<size>{SIZE})",
        "{n}": f"(?P<n>{NAME})",
        "{p}": f"(?P<p>{NAME})",
        "{set}": f"(?P<set>{NAME})",
        "{property}": f"(?P<property>(?:{stated}){_WHOLE}(?:(?:,? and |, | |且|并且|、)?(?:{stated}){_WHOLE})*)",
    }
    phrases = [
        Phrase(what, _value(entry), regex, tuple(entry["needs"]))
        for what in ("shape", "kind", "property", "role", "named", "factorisation")
        for entry in data.get(what, ())
        for regex in (_compile(p, slots) for p in entry["patterns"])
    ]
    return Language(
        name,
        tuple(phrases),
        tuple((_word(p), tuple(v)) for p, v in data["properties"].items()),
        tuple(
            (tuple(e["needs"]), _word("|".join(e["patterns"])), tuple(e["names"]), e.get("by", OF_MATRICES))
            for e in data["function"]
        ),
        frozenset(n for p in phrases for n in p.needs),
        _stems([n for p in phrases for n in p.needs if n != SIZE]),
        re.compile(r"\W{0,3}" + data["continues"], re.I),
        re.compile(data["conditional"], re.I),
        re.compile(data["negation"], re.I),
        data["ends"],
    )


def _stems(needs: list[str]) -> tuple[str, ...]:
    """Without those that hold another; of those that begin alike, what they begin with."""
    every = dict.fromkeys(needs)
    for a, b in combinations(tuple(every), 2):
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))
        if shared >= SHARED:
            every[a[:shared]] = None
    return tuple(n for n in every if not any(o != n and o in n for o in every))


def _value(entry: dict[str, Any]) -> str:
    return str(
        entry.get("shape")
        or entry.get("kind")
        or entry.get("role")
        or entry.get("property")
        or entry.get("factorisation")
        or ""
    )


def _word(pattern: str) -> re.Pattern[str]:
    """Whole words, where the language has words between spaces: what is diagonalizable need not be diagonal."""
    return re.compile(rf"(?<![A-Za-z-])(?:{pattern}){_WHOLE}", re.I)


def _compile(pattern: str, slots: dict[str, str]) -> re.Pattern[str]:
    """Slots filled in; a slot that occurs twice counts once as a group."""
    for slot, regex in slots.items():
        first, *rest = pattern.split(slot)
        group = re.sub(r"\?P<\w+>", "?:", regex)
        pattern = first + (regex + group.join(rest) if rest else "")
    begin = r"(?<![A-Za-z-])" if pattern[0].isascii() and not pattern.startswith("(?P<n") else ""
    return re.compile(begin + pattern, re.I)


def functions_of_matrices(text: str) -> Iterator[tuple[re.Match[str], str, str]]:
    """Where a text says how a function works on a matrix ("the matrix exponential", "softmax by rows"), its name, and how."""
    for language in languages():
        for needs, pattern, names, how in language.functions:
            for m in pattern.finditer(text) if any(n in text for n in needs) else ():
                if not language.negation.search(text, max(0, m.start() - 12), m.start()):
                    yield from ((m, name, how) for name in names)


def properties_of(words: str) -> tuple[str, ...]:
    """Properties that words in any of the languages name."""
    found: dict[str, Any] = {}
    for language in languages():
        found.update(dict.fromkeys(language.properties_in(words)))
    return tuple(found)


__all__ = [
    "MEMBER",
    "NAME",
    "OTHER",
    "SHOWN",
    "SIGNS",
    "SIZE",
    "Language",
    "Phrase",
    "functions_of_matrices",
    "languages",
    "properties_of",
]
