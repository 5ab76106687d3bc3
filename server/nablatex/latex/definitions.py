"""Definitions of macros in a text: every form that authors use.  A malformed definition is passed over."""

from __future__ import annotations

import re
from collections.abc import Callable

from nablatex.latex.macros import Macro, MacroTable
from nablatex.latex.tokens import Token, tokenize

_HOW = (
    r"(?:re|provide)?newcommand|renewcommand|providecommand|newrobustcmd|renewrobustcmd|DeclareRobustCommand|"
    r"[gex]?def|let|DeclareMathOperator|DeclareMathSymbol|(?:New|Renew|Provide|Declare)DocumentCommand|"
    r"(?:new|renew|provide)commandtwoopt|DeclarePairedDelimiterXPP|DeclarePairedDelimiterX|DeclarePairedDelimiter"
)
_DEFINITION = re.compile(
    rf"\\(?P<how>{_HOW})(?![A-Za-z])\*?\s*(?:\{{\s*(?P<braced>\\(?:[A-Za-z@]+|.))\s*\}}|(?P<bare>\\(?:[A-Za-z@]+|.)))"
)
_SKIPPED = re.compile(
    r"\\%|%[^\n]*|(?P<definition>\\(?:[a-zA-Z]*(?:def|let|command|Command|cmd|Operator|Delimiter)[a-zA-Z]*)(?![A-Za-z]))"
)
_BRACE = re.compile(r"\\.|%[^\n]*|[{}]", re.S)
_COUNT = re.compile(r"\s*\[(\d)\]")
_OPTION = re.compile(r"\s*\[([^\]]*)\]")
_LET = re.compile(r"\s*=?\s*(\\[A-Za-z@]+|\S)")
_SPEC = re.compile(r"\s*((?:\#\d)*)")
_LETTER = re.compile(r"\s*(?P<kind>[mosOdDtrRgGvbe+!>])")
MAX_BODY = 20_000


def defines_macros(text: str) -> bool:
    """Whether a text may hold definitions."""
    return any(m.group("definition") for m in _SKIPPED.finditer(text))


def read_macros(text: str) -> MacroTable:
    """All definitions in the text, later ones winning; those in comments are none."""
    found: dict[str, Macro] = {}
    position = 0
    for place in _SKIPPED.finditer(text):
        if not place.group("definition") or place.start() < position:
            continue
        m = _DEFINITION.match(text, place.start())
        if m is None:
            continue
        how, name = m.group("how"), m.group("braced") or m.group("bare")
        if how == "let":
            target = _LET.match(text, m.end())
            if target:
                found[name] = found.get(target.group(1)) or Macro(0, None, tuple(tokenize(target.group(1))))
            continue
        if how == "providecommand" and name in found:
            continue
        read = _READERS.get(how, _command)(text, m.end())
        if read is not None:
            found[name], position = read
    return MacroTable(found)


Read = tuple[Macro, int] | None


def _command(text: str, at: int) -> Read:
    r"""``\newcommand\x[n][default]{body}``."""
    count = _COUNT.match(text, at)
    at = count.end() if count else at
    option = _OPTION.match(text, at) if count else None
    body = group_end(text, option.end() if option else at)
    if body is None:
        return None
    default = tuple(tokenize(option.group(1))) if option else None
    return Macro(int(count.group(1)) if count else 0, default, _tokens(text, body)), body[1]


def _two_options(text: str, at: int) -> Read:
    r"""``\newcommandtwoopt\x[n][first][second]{body}``."""
    count = _COUNT.match(text, at)
    first = _OPTION.match(text, count.end()) if count else None
    second = _OPTION.match(text, first.end()) if first else None
    body = group_end(text, second.end()) if second else None
    if count is None or first is None or second is None or body is None:
        return None
    number = max(int(count.group(1)), 2)
    defaults = (tuple(tokenize(first.group(1))), tuple(tokenize(second.group(1))))
    return Macro(number, None, _tokens(text, body), "oo" + "m" * (number - 2), defaults), body[1]


def _def(text: str, at: int) -> Read:
    r"""``\def\x#1#2{body}``; delimited parameters are not followed."""
    spec = _SPEC.match(text, at)
    body = group_end(text, spec.end()) if spec else None
    if spec is None or body is None:
        return None
    return Macro(len(spec.group(1)) // 2, None, _tokens(text, body)), body[1]


def _operator(text: str, at: int) -> Read:
    body = group_end(text, at)
    if body is None:
        return None
    return Macro(0, None, tuple(tokenize("\\operatorname{" + text[body[0] : body[1]] + "}"))), body[1]


def _delimiter(text: str, at: int) -> Read:
    r"""``\DeclarePairedDelimiter\x{left}{right}``: used as ``\x{a}``, ``\x*{a}``, ``\x[\big]{a}``."""
    left = group_end(text, at)
    right = group_end(text, left[1] + 1) if left else None
    if left is None or right is None:
        return None
    body = (*_tokens(text, left), *tokenize(" #3 "), *_tokens(text, right))
    return Macro(3, None, tuple(body), "som"), right[1]


def _delimiter_x(text: str, at: int) -> Read:
    r"""``\DeclarePairedDelimiterX\x[n]{left}{right}{body}``."""
    count = _COUNT.match(text, at)
    left = group_end(text, count.end()) if count else None
    right = group_end(text, left[1] + 1) if left else None
    body = group_end(text, right[1] + 1) if right else None
    if count is None or left is None or right is None or body is None:
        return None
    inner = [_moved(t, 2) for t in _tokens(text, body) if t.text != "\\delimsize"]
    number = int(count.group(1))
    return Macro(number + 2, None, (*_tokens(text, left), *inner, *_tokens(text, right)), "so" + "m" * number), body[1]


def _document_command(text: str, at: int) -> Read:
    r"""``\NewDocumentCommand\x{s O{default} m}{body}``."""
    spec = group_end(text, at)
    body = group_end(text, spec[1] + 1) if spec else None
    if spec is None or body is None:
        return None
    kinds = ""
    defaults: list[tuple[Token, ...]] = []
    k = spec[0]
    while k < spec[1]:
        m = _LETTER.match(text, k, spec[1])
        if m is None:
            k += 1
            continue
        letter, k = m.group("kind"), m.end()
        if letter in "+!>":
            continue
        default: tuple[Token, ...] = ()
        if letter in "OG":
            group = group_end(text, k)
            if group is not None:
                default, k = _tokens(text, group), group[1] + 1
        elif letter in "dDrRt":
            k += 1 if letter == "t" else 2
        kinds += {"O": "o", "D": "d", "r": "d", "R": "d", "t": "s"}.get(letter, letter if letter in "mosd" else "m")
        defaults.append(default)
    return Macro(len(kinds), None, _tokens(text, body), kinds, tuple(defaults)), body[1]


_READERS: dict[str, Callable[[str, int], Read]] = {
    **dict.fromkeys(("def", "gdef", "edef", "xdef"), _def),
    **dict.fromkeys((w + "commandtwoopt" for w in ("new", "renew", "provide")), _two_options),
    **dict.fromkeys((w + "DocumentCommand" for w in ("New", "Renew", "Provide", "Declare")), _document_command),
    "DeclareMathOperator": _operator,
    "DeclarePairedDelimiter": _delimiter,
    "DeclarePairedDelimiterX": _delimiter_x,
    "DeclarePairedDelimiterXPP": lambda text, at: None,
    "DeclareMathSymbol": lambda text, at: None,
}


def _tokens(text: str, span: tuple[int, int]) -> tuple[Token, ...]:
    return tuple(tokenize(text, span[0], span[1]))


def _moved(t: Token, by: int) -> Token:
    return Token(t.kind, f"#{int(t.text[1]) + by}", t.span, t.gap) if t.kind == "parameter" else t


def group_end(text: str, at: int) -> tuple[int, int] | None:
    """Inside of the brace group that begins at or after white space from `at`, or None."""
    while at < len(text) and text[at].isspace():
        at += 1
    if at >= len(text) or text[at] != "{":
        return None
    depth = 0
    for m in _BRACE.finditer(text, at, at + MAX_BODY):
        if m.group() == "{":
            depth += 1
        elif m.group() == "}":
            depth -= 1
            if not depth:
                return at + 1, m.start()
    return None


__all__ = ["defines_macros", "group_end", "read_macros"]
