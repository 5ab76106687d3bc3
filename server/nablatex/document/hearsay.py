"""Usual assumptions that a document speaks of in words, in whatever place: that a claim needs one of them is then no news."""

from __future__ import annotations

import re

SAID = {
    "symmetric": re.compile(r"symmetr|Hermitian|对称", re.I),
    "orthogonal": re.compile(r"orthogonal|orthonormal|unitary|rotation|正交", re.I),
    "columns": re.compile(r"orthogonal|orthonormal|正交", re.I),
    "rows": re.compile(r"orthogonal|orthonormal|正交", re.I),
    "add up": re.compile(r"sums? (?:up )?to|one-?hot|probabilit|simplex|softmax|label|独热|概率", re.I),
    "square": re.compile(r"\bsquare|\border\b|invertib|singular|方阵|可逆|奇异", re.I),
    "commute": re.compile(r"commut(?!at)|交换", re.I),
    "length": re.compile(r"unit|normali[sz]|length|单位|归一", re.I),
}
"""Words of a condition (checking.conditional), and how texts say it."""
NEAR = 80
"""Characters around such a word in which a letter counts as what it is said of."""
_LETTER = re.compile(r"(?<![A-Za-z\\])[A-Za-z](?![A-Za-z])|\\[A-Za-z]+")
_END = re.compile(r"\.\s|。|\n\s*\n|\\\[|\$\$|\\begin\{")


def assumptions_in_words(text: str) -> frozenset[tuple[str, str]]:
    """The usual assumptions of a text with the letters that stand beside their words, in the same paragraph."""
    found: set[tuple[str, str]] = set()
    for name, pattern in SAID.items():
        for m in pattern.finditer(text):
            before = _END.split(text[max(0, m.start() - NEAR) : m.start()])[-1]
            behind = _END.split(text[m.end() : m.end() + NEAR])[0]
            found.update((name, letter) for letter in _LETTER.findall(before + " " + behind))
    return frozenset(found)


def said_in_words(condition: str, symbols: tuple[str, ...], said: frozenset[tuple[str, str]]) -> bool:
    """Whether the document says a condition of the symbols with these labels, as far as words and letters tell."""
    names = [name for name in SAID if name in condition]
    return bool(names) and all(
        any((name, letter) in said for name in names for letter in _LETTER.findall(label)) for label in symbols
    )


__all__ = ["assumptions_in_words", "said_in_words"]
