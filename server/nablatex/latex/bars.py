r"""Bars that open and bars that close: ``| |a| - |b| |``, ``||x||``, ``\left||x\right||``, ``p(x | |y|)``.

LaTeX writes both sides of an absolute value alike.  Which side a bar is follows from what stands before and behind it
in its group; those that stay alone (conditions, points of evaluation) are left to the reader.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from nablatex.latex.tokens import Token
from nablatex.latex.tree import Span
from nablatex.latex.vocabulary import ARROWS, BIG, INFIX, RELATIONS, WORDS

SIDES = {"|": ("\\lvert", "\\rvert"), "\\|": ("\\lVert", "\\rVert"), "\\mid": ("\\lvert", "\\rvert")}
SIDES["\\parallel"] = SIDES["\\|"]
_OPENING = frozenset(
    ("(", "[", "{", "\\{", "\\lbrace", "\\langle", "\\lvert", "\\lVert", "\\lfloor", "\\lceil", "\\begin")
)
_CLOSING = frozenset(
    (")", "]", "}", "\\}", "\\rbrace", "\\rangle", "\\rvert", "\\rVert", "\\rfloor", "\\rceil", "\\end")
)
_BETWEEN = (
    RELATIONS
    | ARROWS
    | INFIX
    | frozenset(("+", "-", "\\pm", "\\mp", ",", ";", "\\cdot", "\\times", "/", "*", "&", "\\\\"))
)
_OPERATORS = frozenset((*BIG, *("\\" + w for w in WORDS), "\\nabla", "\\partial", "\\arg", "\\left."))
_LEFT = tuple("\\" + size + "l" for size in ("big", "Big", "bigg", "Bigg"))
_RIGHT = tuple("\\" + size + "r" for size in ("big", "Big", "bigg", "Bigg"))


@dataclass(slots=True)
class _Group:
    """What is open in one group: places of bars; after: whether a factor ends before the next token."""

    angle: bool = False
    waiting: list[int] = field(default_factory=list)
    after: bool = False
    base: bool | None = None
    """Whether a factor ended before the script that is being read."""

    def passed(self, factor: bool) -> None:
        self.after = factor if self.base is None else self.base
        self.base = None


def sided(tokens: list[Token], source: str) -> list[Token]:
    """The tokens with every bar that has a partner as an opening or a closing one."""
    if not any(t.text in SIDES or t.text == "\\lvert" for t in tokens):
        return tokens
    tokens = _drawn_whole(tokens)
    return _written(tokens, dict(_pairs(tokens, source)))


def _drawn_whole(tokens: list[Token]) -> list[Token]:
    r"""``\left||x\right||`` as a norm: only the first bar of each side is drawn to size."""
    out = list(tokens)
    opened: list[int] = []
    for k, t in enumerate(tokens):
        if t.text == "\\lvert":
            opened.append(k)
        elif t.text == "\\rvert" and opened:
            i = opened.pop()
            inside, behind = tokens[i + 1], tokens[k + 1] if k + 1 < len(tokens) else t
            if inside.text == "|" == behind.text and _close_up(tokens[i], inside) and _close_up(t, behind):
                out[i] = _norm("\\lVert", tokens[i], inside)
                out[k] = _norm("\\rVert", t, behind)
                out[i + 1] = out[k + 1] = _DROPPED
    return [t for t in out if t is not _DROPPED]


_DROPPED = Token("char", "", Span(0, 0))


def _norm(text: str, a: Token, b: Token) -> Token:
    return replace(a, kind="command", text=text, span=a.span.join(b.span))


def _close_up(a: Token, b: Token) -> bool:
    """Whether nothing stands between two tokens; those of one macro have the span of its use."""
    return a.span.end == b.span.start or (a.span == b.span and not b.gap)


def _pairs(tokens: list[Token], source: str) -> Iterator[tuple[int, int]]:
    """Places of bars that belong together."""
    groups = [_Group()]
    given: list[int] = []
    for k, t in enumerate(tokens):
        here = groups[-1]
        if t.text in SIDES:
            pair = _bar(tokens, k, here, source)
            if pair is not None:
                yield pair
        elif t.text in _OPENING:
            if t.text in ("\\lvert", "\\lVert"):
                given.append(k)
            groups.append(_Group(angle=t.text == "\\langle"))
        elif t.text in _CLOSING:
            if t.text in ("\\rvert", "\\rVert") and given:
                yield given.pop(), k
            if len(groups) > 1:
                groups.pop()
            groups[-1].passed(True)
        elif t.text in ("^", "_"):
            here.base = here.after
        elif t.text in _BETWEEN and here.base is None:
            here.after = False
            if t.text in ("&", "\\\\"):
                here.waiting.clear()
        else:
            here.passed(t.text not in _OPERATORS)
            if t.text == "\\left.":
                here.waiting.append(k)


def _bar(tokens: list[Token], k: int, here: _Group, source: str) -> tuple[int, int] | None:
    """Opens a bar, or gives the pair that it closes, or leaves it alone."""
    t = tokens[k]
    following = tokens[k + 1].text if k + 1 < len(tokens) else ""
    drawn = source[t.span.start : t.span.end]
    if here.after and not drawn.startswith(_LEFT):
        partner = next(
            (i for i in reversed(here.waiting) if tokens[i].text == t.text or tokens[i].text == "\\left."), None
        )
        if partner is not None:
            del here.waiting[here.waiting.index(partner) :]
            here.passed(True)
            return (partner, k) if tokens[partner].text == t.text else None
        opens = t.text in ("|", "\\|") and following and following not in _CLOSING and following not in _BETWEEN
        if not opens or following in ("_", "^") or here.angle or drawn.startswith(_RIGHT):
            here.after = t.text not in ("\\mid", "\\parallel") and not opens
            return None
    here.waiting.append(k)
    here.after, here.base = False, None
    return None


def _written(tokens: list[Token], pairs: dict[int, int]) -> list[Token]:
    """Bars with their sides; two close together on both sides are those of a norm, three are left as they are."""
    out = list(tokens)
    done: set[int] = set()
    for i, j in sorted(pairs.items()):
        if i in done:
            continue
        n = 1
        while pairs.get(i + n) == j - n and _single(tokens, i + n - 1, i + n) and _single(tokens, j - n, j - n + 1):
            n += 1
        done.update(range(i, i + n))
        if n == 1:
            left, right = SIDES.get(tokens[i].text, (tokens[i].text, tokens[j].text))
            out[i] = replace(tokens[i], kind="command", text=left)
            out[j] = replace(tokens[j], kind="command", text=right)
        elif n == 2:
            out[i] = _norm("\\lVert", tokens[i], tokens[i + 1])
            out[j - 1] = _norm("\\rVert", tokens[j - 1], tokens[j])
            out[i + 1] = out[j] = _DROPPED
    return [t for t in out if t is not _DROPPED]


def _single(tokens: list[Token], a: int, b: int) -> bool:
    """Whether two single bars stand close together."""
    return {tokens[a].text, tokens[b].text} <= {"|", "\\lvert", "\\rvert"} and _close_up(tokens[a], tokens[b])


__all__ = ["sided"]
