"""How far a value reaches: what an example or exercise sets is over when it ends, and when a letter is declared anew."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from nablatex.document.context import Context
from nablatex.document.names import Key, key_of
from nablatex.document.passages import Passage
from nablatex.document.reading import Reading
from nablatex.document.statements import Statement
from nablatex.latex.tree import Call, Fence, Fraction, Name, Node, Number, Relation, Scripted, Span, Sum, shifted

MARK = re.compile(
    r"\\(?P<what>begin|end)\{(?P<env>example|exercise|problem|question|solution|answer|proof|remark|case)s?\*?\}"
)
SEQUELS = frozenset(("solution", "answer", "proof"))
"""What may use the values of the exercise that it follows."""
NUMERAL = (Number, Sum, Fraction, Fence)


@dataclass(frozen=True, slots=True)
class Mark:
    """Where an environment begins or ends."""

    env: str
    begins: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Told:
    """What a statement does to the values of letters: declares them anew, sets one to a number, defines one otherwise."""

    end: int
    start: int
    what: str
    keys: tuple[Key, ...]
    value: Node | None = None


def closed(text: str, marks: Iterable[Mark]) -> list[Span]:
    """Examples and exercises that have ended at the last of the marks; an exercise goes on in its solution."""
    open_: list[tuple[str, int]] = []
    out: list[tuple[str, Span]] = []
    for m in marks:
        if m.begins:
            before = out[-1][1] if out else None
            sequel = m.env in SEQUELS and before is not None and not text[before.end : m.start].strip()
            open_.append((m.env, out.pop()[1].start if sequel else m.start))
        elif open_ and open_[-1][0] == m.env:
            env, start = open_.pop()
            out.append((env, Span(start, m.end)))
    return [s for _, s in out]


def scoped(reading: Reading, offset: int, context: Context) -> tuple[Context, dict[Key, Node]]:
    """The context at an offset without what has ended, and the letters that are set to a number there (``x = 2``)."""
    numbers: dict[Key, Node] = {}
    first = _first(reading, offset)
    if first is None:
        return context, numbers
    last = reading.division.at(offset)
    starts = reading.division.starts
    marks = [
        Mark(m.env, m.begins, m.start + starts[k], m.end + starts[k])
        for k in range(first, last + 1)
        for m in _marks(reading.passage(k))
        if m.end + starts[k] <= offset
    ]
    over = closed(reading.text, marks)
    ended: set[Key] = set()
    for k in range(first, last + 1):
        for told in _told(reading.passage(k)):
            start = told.start + starts[k]
            if told.end + starts[k] > offset:
                continue
            gone = any(r.start <= start and told.end + starts[k] <= r.end for r in over)
            if told.value is not None:
                if not gone:
                    numbers[told.keys[0]] = shifted(told.value, starts[k])
                continue
            for key in told.keys:
                numbers.pop(key, None)
            if told.what == "definition":
                (ended.update if gone else ended.difference_update)(told.keys)
    if ended:
        context = replace(context, definitions=tuple(d for d in context.definitions if d.key not in ended))
    return context, numbers


def _first(reading: Reading, offset: int) -> int | None:
    """The first block before an offset that sets a letter to a number or begins an example: before it there is nothing
    that could end."""
    if not reading.division.blocks:
        return None
    last = reading.division.at(offset)
    reading.passage(last)
    plain = reading.notes("plain")
    at = 0
    while (at := plain.find(0, at, last + 1)) != -1:
        passage = reading.passage(at)
        if _marks(passage) or any(t.value is not None for t in _told(passage)):
            return at
        plain[at] = 1
    return None


def _marks(passage: Passage) -> tuple[Mark, ...]:
    found: tuple[Mark, ...] | None = passage.memo.get("marks")
    if found is None:
        text = passage.block.text
        found = tuple(Mark(m["env"], m["what"] == "begin", m.start(), m.end()) for m in MARK.finditer(text))
        passage.memo["marks"] = found
    return found


def _told(passage: Passage) -> tuple[Told, ...]:
    found: tuple[Told, ...] | None = passage.memo.get("told")
    if found is None:
        found = passage.memo["told"] = tuple(t for s in passage.statements for t in _of(s))
    return found


def _of(s: Statement) -> Iterator[Told]:
    if not isinstance(s.tree, Relation):
        return
    left = s.tree.sides[0]
    if s.kind == "declaration":
        names = [key_of(n) for n in left.walk() if isinstance(n, (Name, Scripted))]
        yield Told(s.span.end, s.span.start, "declaration", tuple(k for k in names if k is not None))
        return
    head = left.head if isinstance(left, Call) else left
    key = key_of(head) if isinstance(head, (Name, Scripted)) and s.tree.ops == ("=",) else None
    if key is None:
        return
    if s.readable and all(isinstance(n, NUMERAL) for n in s.tree.sides[1].walk()):
        yield Told(s.span.end, s.span.start, "number", (key,), s.tree.sides[1])
    elif s.kind == "definition":
        yield Told(s.span.end, s.span.start, "definition", (key,))
