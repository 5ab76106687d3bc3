"""Mends of a refuted right side in the author's own words: the one small change of her text that makes the claim hold.

A slip is a transpose too much or too few, two factors in the wrong order, a sign, a factor 2, an inverse, an index or
a symbol mistaken for another, a factor left out.  Each candidate is her text with one such change, read anew where it
stands; it is offered only if it holds at random points and, in the end, by the checker.
"""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from nablatex.checking.mend import holds_at
from nablatex.checking.verdict import Trial, trials
from nablatex.document.context import Context
from nablatex.document.elaborate import elaborate
from nablatex.document.motion import dotted
from nablatex.document.names import is_upper, key_of, transpose_mark
from nablatex.document.notation import Notation
from nablatex.features.doubts import unknown
from nablatex.features.engine import NO_RESULT, Checked, assumptions_of, check_claim
from nablatex.latex.parse import parse
from nablatex.latex.tree import (
    Call,
    Derivative,
    Differential,
    Fence,
    Fraction,
    Infix,
    Juxtaposition,
    Name,
    Node,
    Number,
    Relation,
    Scripted,
    Span,
    Sum,
)

SECONDS = 0.8
MAX_LENGTH = 400
"""Characters of a right side that is looked through."""
OFFERED = 2
Change = tuple[int, int, str]
"""start, end, what stands there instead."""
COMMAND = re.compile(r"\\[A-Za-z]+\Z")
HOLDS = ("proved", "holds")
MOVING = "it does not hold whatever moves: there may be a law of motion elsewhere"


def with_slips(
    done: Checked, left: Node, right: Node, context: Context, layout: str, notation: Notation, text: str
) -> Checked:
    """A refuted claim, with the author's own right side after one small change before all other mends.

    A claim about x(t) or \\dot x is refuted only with such a change, or where it would hold under an assumption: it may rest on an
    equation of motion that is said elsewhere.
    """
    if done.verdict.name not in ("fails", "ill-shaped"):
        return done
    found: tuple[str, ...] = ()
    written = text[right.span.start : right.span.end]
    if len(written) <= MAX_LENGTH and written.count("{") == written.count("}"):
        with suppress(*NO_RESULT):
            found = mended(left, right, context, done.layout if layout == "auto" else layout, notation, text)
    if not found:
        moves = done.moves or dotted((left, right))
        return unknown(done, MOVING) if moves and "holds_if" not in done.evidence else done
    others = [f for f in done.fixes if parse(f, macros=context.macros).tree not in _trees(found, left, context)]
    return replace(done, fixes=(*found, *others[:1]))


def _trees(found: Sequence[str], left: Node, context: Context) -> list[Node]:
    return [left, *(parse(f, macros=context.macros).tree for f in found)]


def mended(
    left: Node, right: Node, context: Context, layout: str, notation: Notation, text: str, seconds: float = SECONDS
) -> tuple[str, ...]:
    """Texts for the right side, one change from the author's, that make left = right hold; the likeliest first."""
    until = time.thread_time() + seconds
    start, end = right.span.start, right.span.end
    written = text[start:end]
    points: dict[object, list[Trial]] = {}
    seen = {written}
    out: list[str] = []
    for a, b, new in changes(left, right, notation, text):
        if time.thread_time() > until or len(out) >= OFFERED:
            break
        if not start <= a <= b <= end:
            continue
        before = text[start:a]
        joined = before.rstrip() + new.lstrip() if before[-2:].strip().isdigit() else before + new
        candidate = " ".join((joined + text[b:end]).split())
        if candidate in seen:
            continue
        seen.add(candidate)
        parsed = parse(candidate, macros=context.macros)
        if parsed.problems or parsed.tree == left:
            continue
        relation = Relation(left.span.join(parsed.tree.span), (left, parsed.tree), ("=",))
        for reading in elaborate(relation, context, layout, text).readings[:1]:
            one, other = reading.sides
            if one.shape != other.shape:
                continue
            names = one.free_symbols | other.free_symbols
            if (one, names) not in points:
                points[one, names] = trials(one, other, assumptions_of(reading, context), budget=0.3)
            at = points[one, names]
            if at and holds_at(other, at):
                sure = check_claim(left, parsed.tree, context, layout, notation, text, fix=False, budget=0.5)
                if sure.verdict.name in HOLDS:
                    out.append(candidate)
    return tuple(out)


def changes(left: Node, right: Node, notation: Notation, text: str) -> Iterator[Change]:
    """One slip undone at each place, the likelier kinds first."""
    nodes = [n for n in right.walk() if not isinstance(n, (Derivative, Differential))]
    inside = _scripts(right)
    yield from _signs(right, nodes, text)
    yield from _transposes(nodes, inside, notation, text)
    yield from _orders(nodes, text)
    yield from _factors(right, nodes, text)
    yield from _inverses(nodes, inside, text)
    yield from _primes(nodes, text)
    yield from _left_out(left, right, nodes, notation, text)
    yield from _mistaken(left, nodes, inside, text)


def _scripts(right: Node) -> frozenset[int]:
    """What stands in superscripts and subscripts: marks and indices, no factors."""
    scripts = (s for n in right.walk() if isinstance(n, Scripted) for s in (n.sub, n.sup, n.left_sup) if s is not None)
    return frozenset(id(x) for s in scripts for x in s.walk())


def _terms(right: Node, nodes: Sequence[Node]) -> list[Node]:
    """The whole, the terms of its sums, and what stands in parentheses."""
    out = [right] if not isinstance(right, Sum) else []
    for n in nodes:
        if isinstance(n, Sum):
            out.extend(n.terms)
    return out


def _signs(right: Node, nodes: Sequence[Node], text: str) -> Iterator[Change]:
    for n in nodes:
        if not isinstance(n, Sum):
            continue
        for k, (sign, term) in enumerate(zip(n.signs, n.terms, strict=True)):
            begin = n.span.start if k == 0 else n.terms[k - 1].span.end
            at = text.rfind(sign, begin, term.span.start)
            if at != -1 and sign in "+-":
                yield at, at + 1, "-" if sign == "+" else ("+" if k else "")
            elif k == 0 and sign == "+":
                yield term.span.start, term.span.start, "-"
    if not isinstance(right, Sum):
        yield right.span.start, right.span.start, "-"


def _transposed(source: str, notation: Notation) -> str:
    if notation.suffix:
        return source + notation.suffix + " "
    if notation.transpose == "'":
        return source + "'"
    mark = notation.transpose
    return f"{source}^{{{mark}}}" if len(mark) > 1 and not mark[1:].isalpha() else f"{source}^{mark} "


def _transposes(nodes: Sequence[Node], inside: frozenset[int], notation: Notation, text: str) -> Iterator[Change]:
    turned = {id(n.base) for n in nodes if isinstance(n, Scripted)}
    for n in nodes:
        span = n.span
        if isinstance(n, Scripted) and id(n) not in inside:
            if n.sup is None and not n.primes and n.left_sup is None:  # W_2
                yield span.start, span.end, _transposed(text[span.start : span.end], notation)
            elif (n.primes and n.sup is None) or transpose_mark(n.sup):
                yield n.base.span.end, span.end, " "
            elif n.sup is not None and text[n.sup.span.start : n.sup.span.end].strip() == "-1":
                yield (
                    n.sup.span.start,
                    n.sup.span.end,
                    f"-{'T' if notation.transpose in ('', chr(39)) else notation.transpose}",
                )
        elif isinstance(n, (Name, Fence)) and id(n) not in inside and id(n) not in turned and span.end > span.start:
            if isinstance(n, Name) and (len(n.base) > 1 and not n.base.startswith("\\")):
                continue
            yield span.start, span.end, _transposed(text[span.start : span.end], notation)


def _orders(nodes: Sequence[Node], text: str) -> Iterator[Change]:
    for n in nodes:
        parts: Sequence[Node] = ()
        if isinstance(n, Juxtaposition):
            parts = [f for f in n.factors if not isinstance(f, (Number, Fraction))]
        elif isinstance(n, Infix):
            parts = (n.left, n.right)
        elif isinstance(n, Call):
            parts = (n.head, n.argument)
        for a, b in itertools.pairwise(parts):
            between = text[a.span.end : b.span.start]
            one, other = _of(b, text), _of(a, text)
            gap = between or (" " if COMMAND.search(one) else "")
            yield a.span.start, b.span.end, one + gap + other
        for first, _, last in zip(parts, parts[1:], parts[2:], strict=False):  # X^T D X for X D X^T
            middle = text[first.span.end : last.span.start]
            yield first.span.start, last.span.end, _of(last, text) + " " + middle + " " + _of(first, text)


def _of(n: Node, text: str) -> str:
    return text[n.span.start : n.span.end]


def _factors(right: Node, nodes: Sequence[Node], text: str) -> Iterator[Change]:
    """A factor 2 or 1/2 before a term, or none; another whole number; a factor that does not belong there."""
    for t in _terms(right, nodes):
        first = t.factors[0] if isinstance(t, Juxtaposition) else t
        if isinstance(t, Juxtaposition) and isinstance(first, (Number, Fraction)):
            yield first.span.start, first.span.end, " "
        for new in ("2", "\\frac{1}{2}", "3"):
            yield t.span.start, t.span.start, new + (" " if new[0] == "\\" else "")
        if isinstance(first, Number):
            yield first.span.start, first.span.end, "4" if first.text == "2" else "2"
    for n in nodes:
        if isinstance(n, Scripted) and isinstance(n.sup, Number) and n.sup.text.isdigit():
            for k in (int(n.sup.text) + 1, int(n.sup.text) - 1):
                if k > 1:
                    yield n.sup.span.start, n.sup.span.end, str(k)
                elif k == 1:
                    yield n.base.span.end, n.span.end, " "
        if isinstance(n, Juxtaposition) and len(n.factors) > 1:
            for f in n.factors:
                yield f.span.start, f.span.end, " "


def _inverses(nodes: Sequence[Node], inside: frozenset[int], text: str) -> Iterator[Change]:
    scripted = {id(n.base) for n in nodes if isinstance(n, Scripted)}
    for n in nodes:
        if id(n) in inside or id(n) in scripted:
            continue
        if isinstance(n, Scripted) and n.sup is not None and _of(n.sup, text).strip() == "-1":
            yield n.base.span.end, n.span.end, " "
        elif isinstance(n, (Name, Fence)) and n.span.end > n.span.start:
            yield n.span.end, n.span.end, "^{-1}"


def _primes(nodes: Sequence[Node], text: str) -> Iterator[Change]:
    """σ'(z) for σ(z), and the other way round."""
    for n in nodes:
        if isinstance(n, Call):
            if isinstance(n.head, Scripted) and n.head.primes:
                yield n.head.base.span.end, n.head.span.end, ""
            elif isinstance(n.head, Name) and (key := key_of(n.head)) is not None and not is_upper(key):
                yield n.head.span.end, n.head.span.end, "'"


def _symbols(sides: Sequence[Node], text: str) -> list[str]:
    """The symbols of the claim as they are written, without marks."""
    out: dict[str, None] = {}
    for side in sides:
        scripts = _scripts(side)
        for n in side.walk():
            if isinstance(n, Name) and id(n) not in scripts and key_of(n) is not None:
                out[_of(n, text)] = None
    return [x for x in out if x.strip()]


def _left_out(left: Node, right: Node, nodes: Sequence[Node], notation: Notation, text: str) -> Iterator[Change]:
    """A symbol that a product lacks, transposed or not."""
    for t in _terms(right, nodes):
        parts = [p for p in t.factors if not isinstance(p, Number)] if isinstance(t, Juxtaposition) else [t]
        places = [*(p.span.start for p in parts), t.span.end]
        for symbol in _symbols((left, right), text):
            for new in (symbol, _transposed(symbol, notation)):
                yield from ((at, at, f" {new} ") for at in places)


def _mistaken(left: Node, nodes: Sequence[Node], inside: frozenset[int], text: str) -> Iterator[Change]:
    """One symbol for another of the claim."""
    known = _symbols((left, *nodes[:1]), text)
    for n in nodes:
        if isinstance(n, Name) and id(n) not in inside:
            span: Span = n.span
            yield from ((span.start, span.end, f" {new} ") for new in known if new != _of(n, text))


__all__ = ["mended", "with_slips"]
