"""Prose cut into sentences, each with the formulas that stand in it.

A sentence goes on over a displayed formula; "where …" behind a display belongs to the sentence of the display.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from nablatex.document.language import MEMBER, NAME, OTHER, SHOWN, SIZE, languages
from nablatex.latex.regions import Region, Source
from nablatex.latex.tree import Span

MAX_WORDS = 3000
WHOLE = 20_000
"""A text shorter than this is cut into sentences as a whole."""
_SECTION = r"\\(?:part|chapter|(?:sub)*section)\b\*?|^[ \t]*\#{1,6}[ \t]"
_OPEN = r"(?:(?<=[a-z,)])|(?<=[^$]\$)|(?<=[a-z,)] )|(?<=[^$]\$ ))"
UNFINISHED = rf"(?!{_OPEN}\n(?:[ \t\r]*\n)+[ \t]*(?:\$\$|\\\[))"
"""Before blank lines: no sentence that a display behind them goes on, as Markdown has it ("is", blank, the display)."""
_BREAK = r"\n[ \t\r]*\n|\\(?:paragraph|item|caption|begin|end)\b|\\\\|^[ \t]*(?:[-*+]|\d+\.)[ \t]|^[ \t]*\|"
_MARKUP = re.compile(
    r"%[^\n]*|\\(?:label|cite[a-z]*|ref|eqref|index|footnote|begin|end)\*?(?:\[[^\]]*\])?\{[^{}]*\}(?:\{[^{}]*\})?|"
    r"\\(?:emph|text[a-z]{2}|firstgls|gls[a-z]*|underline)\s*\{([^{}]*)\}|\\item(?:\[[^\]]*\])?|\\[,;:!> ]|\\[a-zA-Z]+\*?|[{}*_`~]|\\."
)
_TABLE = re.compile(r"\s*[&|]\s*")
_SIZE = re.compile(r"\s*\{?\s*[^\s{},=\\]{1,4}\s*(?:\\times|×)\s*[^\s{},=\\]{1,4}\s*\}?\s*")
_MEMBER = re.compile(r"\\in(?![a-zA-Z])|∈|:[^=]*(?:\\to|\\rightarrow)(?![a-zA-Z])")
_WRITTEN_OUT = re.compile(
    r"\s*\\?[A-Za-z{}\\]+\s*=\s*(?:\\left)?\s*[\[(]\s*(?:\\?[A-Za-z{}\\]+_[^=]*)(?:\\right)?\s*[\])]\s*(?:\^.{1,16}|')?\s*"
)
"""``A = (a_{ij})``, ``x = (x_1, \\dots, x_n)^\\top``: a symbol and what its entries are called."""
_EQUATION = re.compile(r"=|\\succ|[<>]|\\(?:leq?|geq?|neq?|approx|sim|propto)(?![a-zA-Z])")


_BARE = re.compile(
    r"(?i:\b(?:let|suppose|assume|assume that|suppose that)) (?P<name>[A-HJ-Zb-hj-z])(?= (?:be|and)\b)"
    r"|(?<![\w$\\^_{-])(?P<size>(?:[a-z]|\d{1,4})(?: ?[×x] ?| by )(?:[a-z]|\d{1,4}))(?=[ -](?:[a-z-]+ ){0,3}?matri)"
    r"|(?<![\w$\\^_{-])(?P<n>[a-z])(?=-(?:vector|dimensional))"
)
"""Symbols and sizes that an author writes among the words: "let X be an m x n matrix"."""
_BESIDE = (" be ", " and ", "matri", "-vector", "-dimensional")
"""Words of which one stands beside such a symbol."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """span; first and last region (half-open); section number; begins: where what it says begins to hold."""

    span: Span
    regions: tuple[int, int]
    section: int
    begins: int
    paragraph_end: int


@dataclass(frozen=True, slots=True)
class Worded:
    """A sentence as patterns see it: words with a sign for each formula, and the formulas in that order."""

    words: str
    formulas: tuple[Region, ...]
    places: tuple[int, ...]

    def at(self, place: int) -> Region:
        return self.formulas[bisect_right(self.places, place) - 1]

    def within(self, start: int, end: int) -> tuple[Region, ...]:
        return tuple(f for f, p in zip(self.formulas, self.places, strict=True) if start <= p < end)


@lru_cache(maxsize=1)
def _breaks() -> re.Pattern[str]:
    ends = "|".join(x.ends for x in languages())
    return re.compile(rf"(?P<section>{_SECTION})|(?P<end>{ends})|(?P<break>{_BREAK})", re.M)


def sentences(source: Source, start: int = 0, end: int | None = None, section: int = 0) -> tuple[Sentence, ...]:
    """All sentences of a document, or of a range that begins in a section, in order.  Linear time."""
    text = source.text
    end = len(text) if end is None else end
    low, high = (bisect_left(source.regions, at, key=lambda r: r.outer.start) for at in (start, end))
    regions = source.regions[low:high]
    cuts: list[tuple[int, int, bool]] = []
    position = start
    first = section
    pattern = _breaks()
    for k in range(len(regions) + 1):
        until = regions[k].outer.start if k < len(regions) else end
        for m in pattern.finditer(text, position, max(until, position)):
            if m.group()[0] == "\n" and k < len(regions) and _goes_on(text, m.start(), regions[k]):
                continue
            section += m.lastgroup == "section"
            at = m.end() if m.lastgroup == "end" else m.start()
            cuts.append((at, section, m.lastgroup != "end" and m.group().startswith("\n")))
        if k < len(regions):
            position = regions[k].outer.end
            if not regions[k].inline and _ends(text, regions[k]):
                cuts.append((position, section, False))
    return _sentences(text, regions, cuts, (start, end), first, low)


_COMMANDED = re.compile(r"\\(?:part|chapter|(?:sub)*section)\b")
_MARKED = re.compile(r"\#{1,6}[ \t]")


def _section_starts(text: str) -> list[int]:
    """Where sections begin, sorted.  Looked for by what headings hold for sure: that is several times as fast as `_SECTION`."""
    found = [m.start() for m in _COMMANDED.finditer(text)]
    for m in _MARKED.finditer(text):
        line = text.rfind("\n", 0, m.start()) + 1
        if not text[line : m.start()].strip(" \t"):
            found.append(line)
    return sorted(found)


def telling_sentences(source: Source, tells: Sequence[int]) -> Iterator[tuple[Sentence, bool]]:
    """The sentences of the paragraphs that hold one of the offsets (sorted), each with whether it holds one itself."""
    text = source.text
    if len(text) < WHOLE:
        ranges = [(0, len(text))] if tells else []
    else:
        ranges = []
        for at in tells:
            if not ranges or at >= ranges[-1][1]:
                ranges.append(_paragraph(text, at))
    sections = _section_starts(text) if len(text) >= WHOLE else []
    k = 0
    for start, end in ranges:
        for sentence in sentences(source, start, end, bisect_left(sections, start)):
            while k < len(tells) and tells[k] < sentence.span.start:
                k += 1
            yield sentence, k < len(tells) and tells[k] < sentence.span.end


def _paragraph(text: str, at: int) -> tuple[int, int]:
    """The paragraph around an offset, with those before it that it goes on from."""
    end = text.find("\n\n", at)
    start = text.rfind("\n\n", 0, at) + 1
    for _ in range(3):
        head = text[start : start + 40].lstrip()
        if not start or not any(x.continues.match(head) for x in languages()):
            break
        start = text.rfind("\n\n", 0, start - 1) + 1
    return start, end if end != -1 else len(text)


def sections_in(source: Source) -> int:
    """How many sections begin in a text, as `sentences` counts them."""
    text = source.text
    edges = [0, *(e for r in source.regions for e in (r.outer.start, r.outer.end)), len(text)]
    between = zip(edges[::2], edges[1::2], strict=True)
    return sum(m.lastgroup == "section" for a, b in between for m in _breaks().finditer(text, a, max(a, b)))


_LEFT_OPEN = re.compile(_OPEN)


def _goes_on(text: str, blank: int, region: Region) -> bool:
    """Whether a display behind a blank line goes on the sentence before it."""
    shown = not region.inline and not text[blank : region.outer.start].strip()
    return shown and _LEFT_OPEN.match(text, blank) is not None


def _ends(text: str, region: Region) -> bool:
    """Whether a display ends its sentence: by a full stop, or because a capital letter follows."""
    body = text[region.span.start : region.span.end].rstrip()
    if body.endswith((".", "。")):
        return True
    after = text[region.outer.end : region.outer.end + 80].lstrip()
    return after[:1].isupper()


def _sentences(
    text: str,
    regions: tuple[Region, ...],
    cuts: list[tuple[int, int, bool]],
    bounds: tuple[int, int],
    section: int,
    offset: int,
) -> tuple[Sentence, ...]:
    out: list[Sentence] = []
    continues = [x.continues for x in languages()]
    start, k = bounds[0], 0
    paragraphs = [c[0] for c in cuts if c[2]]
    for at, next_section, _ in [*cuts, (bounds[1], section, True)]:
        if at <= start and out:
            section = next_section
            continue
        first = k
        while k < len(regions) and regions[k].outer.start < at:
            k += 1
        span = Span(start, at)
        if first < k or text[start:at].strip():
            begins = start
            previous = out[-1] if out else None
            if previous is not None and previous.regions[0] < previous.regions[1]:
                last = regions[previous.regions[1] - 1 - offset]
                head = text[start : start + 40].lstrip()
                if not last.inline and any(c.match(head) for c in continues):
                    begins = previous.begins
            p = bisect_left(paragraphs, at)
            end = paragraphs[p] if p < len(paragraphs) else bounds[1]
            out.append(Sentence(span, (first + offset, k + offset), section, begins, end))
        start, section = at, next_section
    return tuple(out)


def worded(source: Source, sentence: Sentence) -> Worded:
    """The sentence as patterns see it."""
    text = source.text
    parts: list[str] = []
    formulas: list[Region] = []
    position = sentence.span.start
    for region in source.regions[sentence.regions[0] : sentence.regions[1]]:
        _words(text, position, region.outer.start, parts, formulas)
        parts.append(sign_of(text, region))
        formulas.append(region)
        position = region.outer.end
    _words(text, position, sentence.span.end, parts, formulas)
    words = re.sub(r"\s+", " ", "".join(parts))[:MAX_WORDS]
    places = tuple(i for i, c in enumerate(words) if "\ue000" <= c <= "\ue004")
    return Worded(words, tuple(formulas[: len(places)]), places)


def _words(text: str, start: int, end: int, parts: list[str], formulas: list[Region]) -> None:
    """Words between formulas, with signs for the symbols that stand among them."""
    piece = text[start:end]
    for m in _BARE.finditer(text, start, end) if any(w in piece for w in _BESIDE) else ():
        kind = m.lastgroup or ""
        span = Span(*m.span(kind))
        parts.append(_clean(text[start : span.start]))
        parts.append(SIZE if kind == "size" else NAME)
        formulas.append(Region(span, "words", (span,), span))
        start = span.end
    parts.append(_clean(text[start:end]))


def names_symbols(text: str, span: Span) -> bool:
    """Whether symbols stand among the words of a sentence."""
    return (
        any(text.find(w, span.start, span.end) != -1 for w in _BESIDE)
        and _BARE.search(text, span.start, span.end) is not None
    )


def sign_of(text: str, region: Region) -> str:
    if not region.inline:
        return SHOWN
    body = text[region.span.start : region.span.end]
    if _MEMBER.search(body):
        return MEMBER
    if _SIZE.fullmatch(body):
        return SIZE
    return OTHER if _EQUATION.search(body) and _WRITTEN_OUT.fullmatch(body) is None else NAME


def _clean(text: str) -> str:
    """Words without markup; a cell of a table says what the cell before it is."""
    text = _MARKUP.sub(lambda m: m.group(1) or (" " if m.group() in ("\\ ", "~", "\\,") else ""), text)
    return _TABLE.sub(" is ", text)


__all__ = ["Sentence", "Worded", "names_symbols", "sentences", "sign_of", "telling_sentences", "worded"]
