"""How far a value reaches: what an example or exercise sets is over when it ends, and when a letter is declared anew."""

from __future__ import annotations

import re
from dataclasses import replace

from nablatex.document.context import Context
from nablatex.document.names import Key, key_of
from nablatex.document.reading import Reading
from nablatex.latex.tree import Call, Fence, Fraction, Name, Node, Number, Relation, Scripted, Span, Sum

MARK = re.compile(
    r"\\(?P<what>begin|end)\{(?P<env>example|exercise|problem|question|solution|answer|proof|remark|case)s?\*?\}"
)
SEQUELS = frozenset(("solution", "answer", "proof"))
"""What may use the values of the exercise that it follows."""
NUMERAL = (Number, Sum, Fraction, Fence)


def closed(text: str, offset: int) -> list[Span]:
    """Examples and exercises that have ended before an offset; an exercise goes on in its solution."""
    open_: list[tuple[str, int]] = []
    out: list[tuple[str, Span]] = []
    for m in MARK.finditer(text, 0, offset):
        if m.group("what") == "begin":
            before = out[-1][1] if out else None
            sequel = m.group("env") in SEQUELS and before is not None and not text[before.end : m.start()].strip()
            open_.append((m.group("env"), out.pop()[1].start if sequel else m.start()))
        elif open_ and open_[-1][0] == m.group("env"):
            env, start = open_.pop()
            out.append((env, Span(start, m.end())))
    return [s for _, s in out]


def scoped(reading: Reading, offset: int, context: Context) -> tuple[Context, dict[Key, Node]]:
    """The context at an offset without what has ended, and the letters that are set to a number there (``x = 2``)."""
    over = closed(reading.text, offset)
    numbers: dict[Key, Node] = {}
    ended: set[Key] = set()
    for s in reading.between(0, offset):
        if s.span.end > offset or not isinstance(s.tree, Relation):
            continue
        left = s.tree.sides[0]
        if s.kind == "declaration":
            names = [key_of(n) for n in left.walk() if isinstance(n, (Name, Scripted))]
            for key in names:
                if key is not None:
                    numbers.pop(key, None)
            continue
        head = left.head if isinstance(left, Call) else left
        key = key_of(head) if isinstance(head, (Name, Scripted)) and s.tree.ops == ("=",) else None
        if key is None:
            continue
        gone = any(r.start <= s.span.start and s.span.end <= r.end for r in over)
        if s.readable and all(isinstance(n, NUMERAL) for n in s.tree.sides[1].walk()):
            if not gone:
                numbers[key] = s.tree.sides[1]
        elif s.kind == "definition":
            numbers.pop(key, None)
            (ended.add if gone else ended.discard)(key)
    if ended:
        context = replace(context, definitions=tuple(d for d in context.definitions if d.key not in ended))
    return context, numbers
