"""Pages typed key by key, as people type: nobody is told that a right page is wrong, at no moment."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from nablatex.features.diagnose import diagnose
from nablatex.features.model import Settings, Statement
from nablatex.features.pace import held_back

PAIRS = {"{": "}", "(": ")", "[": "]", "$": "$"}
STRAIGHT = r"""Let $A \in \mathbb{R}^{n\times n}$ and $x, b \in \mathbb{R}^n$.
For $f = x^\top A x - b^\top x$ the gradient is
\[ \nabla_x f = (A + A^\top) x - b . \]
If $A$ is symmetric, this is
\begin{align}
  \nabla_x f &= 2 A x - b \\
             &= A x + A^\top x - b .
\end{align}
"""
PAIRED = r"""Let $X \in \mathbb{R}^{m\times n}$, $w \in \mathbb{R}^n$ and $y \in \mathbb{R}^m$.
The loss $L = \|X w - y\|^2$ has
\[ \frac{\partial L}{\partial w} = 2 X^\top \left( X w - y \right) \]
so that $\nabla_w^2 L = 2 X^\top X$.
"""
MENDED = r"""Let $a, b \in \mathbb{R}^n$ and $S \in \mathbb{R}^{n\times n}$.
\[ \frac{\partial \operatorname{tr}(S^\top S)}{\partial S} = 2 S \]
\[ \frac{\partial a^\top S b}{\partial S} = <b a^\top|a b^\top> \]
"""


def straight(page: str) -> Iterator[tuple[str, int]]:
    """(text, caret) after each key, at the end of the text."""
    for k in range(1, len(page) + 1):
        yield page[:k], k


def paired(page: str) -> Iterator[tuple[str, int]]:
    """An editor closes each bracket as it is opened, and is typed over."""
    text, caret = "", 0
    for c in page:
        if text[caret : caret + 1] == c and c in PAIRS.values():
            caret += 1
        else:
            closing = PAIRS.get(c, "") if not text.endswith("\\") or c != "$" else ""
            text = text[:caret] + c + closing + text[caret:]
            caret += 1
        yield text, caret


def mended(page: str) -> Iterator[tuple[str, int]]:
    """<wrong|right>: the author types the first, takes it back letter by letter, and types the second."""
    text = ""
    for part in re.split(r"(<[^|<>]*\|[^<>]*>)", page):
        wrong, right = part[1:-1].split("|") if part.startswith("<") else ("", part)
        for c in wrong:
            text += c
            yield text, len(text)
        for _ in wrong:
            text = text[:-1]
            yield text, len(text)
        for c in right:
            text += c
            yield text, len(text)


@pytest.mark.parametrize(
    ("keys"), [straight(STRAIGHT), paired(PAIRED), mended(MENDED)], ids=["straight", "paired", "mended"]
)
def test_while_it_is_typed_a_right_page_shows_nothing(keys: Iterator[tuple[str, int]]) -> None:
    """The author pauses at the end of each line, when all is shown."""
    shown: list[Statement] = []
    wrong: tuple[Statement, ...] = ()
    for text, caret in keys:
        wrong = diagnose(text, caret, 60, Settings()).wrong
        held = [] if text[:caret].endswith("\n") else held_back(caret, wrong, shown)
        shown = [s for s in wrong if s not in held]
        assert [(s.latex, s.message) for s in shown] == [], text
    assert wrong == ()


def test_a_wrong_page_shows_what_is_wrong_once_its_author_goes_on() -> None:
    page = MENDED.replace("<b a^\\top|a b^\\top>", "2 a b^\\top") + "\nThen"
    found = diagnose(page, len(page), 60, Settings()).wrong
    assert [s.code for s in found] == ["NB201"]
    end = page.index("\\top \\]\n\nThen") + len("\\top")
    assert held_back(end, found, ()) == list(found)
    assert held_back(None, found, ()) == []
