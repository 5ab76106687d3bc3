"""Where a document holds mathematics: regions with their rows, prose between them, comments.  Linear time, never raises."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nablatex.latex.definitions import read_macros
from nablatex.latex.hosts import DISPLAYED, HOSTS, INLINE
from nablatex.latex.macros import MacroTable
from nablatex.latex.tree import Span

_LABEL = r"(?:\s|\\(?:label|tag)\*?\{[^}]*\})*"
INNER = re.compile(
    r"\s*\\begin\{(?:(?P<env>aligned|split|gathered|multlined|alignedat|(?:align|flalign|alignat|eqnarray|gather|multline|equation)\*?)\}"
    r"(?:\[[tcb]\])?(?:\{\d+\})?(?P<body>.*)\\end\{(?P=env)\}"
    # an array whose rows are relations
    r"|array\}(?:\[[tcb]\])?\{[rlc@{}!\\;,: ]+\}(?=(?:[^\\=]|\\[^\\])*=)(?P<cells>(?:(?!\\end\{array\}).)*)\\end\{array\})"
    + _LABEL + r"[.,;]?" + _LABEL + r"\Z",
    re.S,
)  # fmt: skip
_ARGUMENTS = {
    env: re.compile(pattern)
    for envs, pattern in (
        ("alignat xalignat", r"\s*\{\d+\}"),
        ("IEEEeqnarray", r"\s*(?:\[[^\]\n]*\])?\s*\{[^{}\n]*\}"),
        ("empheq", r"\s*(?:\[[^\]\n]*\])?\s*\{[^{}\n]*(?:=\d)?\}"),
    )
    for env in envs.split()
}
"""What stands behind the name of an environment and is no part of the formula."""
_ROW = re.compile(
    r"\\begin\{[^}]*\}|\\end\{[^}]*\}|\{|\}|\\\\(?:\[[^\]]*\])?|\\(?:inter|shortinter)text\{[^}]*\}|\\.|%[^\n]*", re.S
)


@dataclass(frozen=True, slots=True)
class Region:
    """A formula: span of its content, env (``inline``, ``display`` or the environment), spans of its rows, delimiters too."""

    span: Span
    env: str
    rows: tuple[Span, ...]
    outer: Span

    @property
    def inline(self) -> bool:
        return self.env == "inline"


@dataclass(frozen=True, slots=True)
class Source:
    """A document taken apart; `text` is where the spans point."""

    text: str
    regions: tuple[Region, ...]
    comments: tuple[Span, ...]
    macros: MacroTable
    skipped: tuple[Span, ...] = ()


def scan(text: str, host: str = "latex") -> Source:
    """Regions, comments and macros of a document in one of the hosts."""
    regions: list[Region] = []
    comments: list[Span] = []
    skipped: list[Span] = []
    for m in HOSTS[host].scan.finditer(text):
        kind = m.lastgroup or ""
        if kind in INLINE:
            span = Span(*m.span(kind + "_body"))
            if span.end - span.start > 3 or text[span.start : span.end].strip():
                regions.append(Region(span, "inline", (span,), Span(*m.span())))
        elif kind == "environment":
            regions.append(_region(text, m, "environment_body", m.group("env")))
        elif kind in DISPLAYED:
            regions.append(_region(text, m, kind + "_body", "shorthand" if kind == "shorthand" else "display"))
        elif kind == "comment":
            comments.append(Span(m.start(), m.end()))
        elif kind.startswith("skip"):
            skipped.append(Span(m.start(), m.end()))
    return Source(text, tuple(regions), tuple(comments), read_macros(text), tuple(skipped))


def _region(text: str, m: re.Match[str], group: str, env: str) -> Region:
    start, end = m.span(group)
    arguments = _ARGUMENTS[env].match(text, start, end) if env in _ARGUMENTS else None
    if arguments is not None:
        start = arguments.end()
    span, outer = Span(start, end), Span(*m.span())
    inner = INNER.match(text, start, end)
    if inner is not None:
        body = inner.span("body" if inner.group("env") else "cells")
        return Region(span, inner.group("env") or "array", rows(text, *body), outer)
    if group == "directive_body":  # options, then formulas between blank lines
        start = _OPTIONS.match(text, start, end).end()  # type: ignore[union-attr]
        return Region(Span(start, end), env, _paragraphs(text, start, end), outer)
    return Region(span, env, rows(text, start, end), outer)


_OPTION = re.compile(r"\s*:[a-z-]+:")
_OPTIONS = re.compile(r"(?:[^\S\n]*\n[ \t]+:[a-z-]+:[^\n]*)*")


def _paragraphs(text: str, start: int, end: int) -> tuple[Span, ...]:
    """Rows of formulas that blank lines part, as in a directive of reStructuredText."""
    out: list[Span] = []
    for m in re.compile(r"(?:[^\n]|\n(?![ \t]*\n|[ \t]+:[a-z-]+:))+").finditer(text, start, end):
        if m.group().strip() and _OPTION.match(m.group()) is None:
            out.extend(rows(text, m.start(), m.end()))
    return tuple(out)


def rows(text: str, start: int, end: int) -> tuple[Span, ...]:
    """Rows between ``\\\\`` that stand outside braces and inner environments."""
    out: list[Span] = []
    depth = 0
    begin = start
    for m in _ROW.finditer(text, start, end):
        token = m.group()
        if token == "{" or token.startswith("\\begin"):
            depth += 1
        elif token == "}" or token.startswith("\\end"):
            depth -= 1
        elif not depth and (token.startswith("\\\\") or "intertext" in token):
            out.append(Span(begin, m.start()))
            begin = m.end()
    out.append(Span(begin, end))
    return _joined(text, [s for s in out if _EMPTY.fullmatch(text, s.start, s.end) is None])


_EMPTY = re.compile(r"(?:\s|&|\\nonumber|\\notag|\\hline|%[^\n]*|\\(?:label|tag)\*?\{[^}]*\})*")
_GOES_ON = re.compile(
    r"(?P<mark>(?:\s|&|\\q?quad|\\[,;:! ]|\\hspace\*?\{[^}]*\}|\\phantom\{[^}]*\}|\{\})*)"
    r"(?:[+)\]]|-|\\(?:cdot|times|odot|otimes|circ|pm|mp|right|\})(?![A-Za-z]))"
)
_UNFINISHED = re.compile(r"(?:[+\-(\[=]|\\(?:cdot|times|odot|otimes|circ|\{|left[(\[]))\s*\Z")
_STATED = re.compile(r"[^\s&][^&]*&\s*(?:=|\\(?:approx|leq?|geq?|equiv|propto)(?![A-Za-z]))")
"""A row that says what its left side is: it does not go on from a row that is still being typed."""
_RELATION = re.compile(r"=|\\(?:approx|leq?|geq?|propto|in|to|Rightarrow|iff)(?![A-Za-z])|[<>]")
_BRACKET = re.compile(r"\\[{}]|[()\[\]]")


def _joined(text: str, parts: list[Span]) -> tuple[Span, ...]:
    """Rows that one expression goes over are one: a sum that goes on, a bracket that is still open."""
    out: list[Span] = []
    for s in parts:
        row = text[s.start : s.end]
        m = _GOES_ON.match(row)
        goes_on = m is not None and ("&" in m.group("mark") or _RELATION.search(row) is None)
        if out and (goes_on or _open(text[out[-1].start : out[-1].end]) or _goes_into(text, out[-1], row)):
            out[-1] = Span(out[-1].start, s.end)
        else:
            out.append(s)
    return tuple(out)


def _open(row: str) -> bool:
    """Whether a row leaves a bracket open that it should close (half-open intervals are rare in rows of chains)."""
    depth = 0
    for b in _BRACKET.findall(row):
        depth += 1 if b in ("(", "[", "\\{") else -1
    return depth > 0


def _goes_into(text: str, row: Span, below: str) -> bool:
    return _unfinished(text, row) and _STATED.match(below.lstrip()) is None


def _unfinished(text: str, row: Span) -> bool:
    return _UNFINISHED.search(re.sub(r"(?:\\nonumber|\\notag|&|\s)+\Z", "", text[row.start : row.end])) is not None
