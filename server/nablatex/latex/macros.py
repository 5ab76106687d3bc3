"""Authors' macros: read from definitions in the text, expanded on demand over tokens, bounded.

Tokens of an expansion carry the span of the macro's use; an argument's tokens keep their own spans.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from nablatex.latex.tokens import Token, tokenize

MAX_DEPTH = 24
MAX_TOKENS = 40_000


@dataclass(frozen=True, slots=True)
class Macro:
    """parameters: how many; default: of an optional first one (tokens) or None; body: tokens with # parameters."""

    parameters: int
    default: tuple[Token, ...] | None
    body: tuple[Token, ...]
    optional: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class MacroTable:
    macros: Mapping[str, Macro] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in self.macros

    def used_by(self, commands: frozenset[str]) -> tuple[tuple[str, Macro], ...]:
        """The macros that a text with these commands can come to use, in the order of their names."""
        if not self.macros:
            return ()
        found: dict[str, Macro] = {}
        waiting = [c for c in commands if c in self.macros]
        while waiting:
            name = waiting.pop()
            if name not in found:
                macro = self.macros[name]
                found[name] = macro
                waiting.extend(t.text for t in (*macro.body, *(macro.default or ())) if t.text in self.macros)
        return tuple(sorted(found.items()))

    def merged(self, other: MacroTable) -> MacroTable:
        return MacroTable({**self.macros, **other.macros})


_DEFINITION = re.compile(
    r"\\(?P<how>(?:re|provide)?newcommand\*?|renewcommand\*?|providecommand\*?|def|gdef|let|DeclareMathOperator\*?|"
    r"(?:New|Renew|Provide|Declare)DocumentCommand|DeclarePairedDelimiter)(?![A-Za-z])\s*\{?\s*(?P<name>\\(?:[A-Za-z@]+|.))\s*\}?"
)


def defines_macros(text: str) -> bool:
    """Whether a text may hold definitions."""
    return _DEFINITION.search(text) is not None


def read_macros(text: str) -> MacroTable:
    """All definitions in the text, later ones winning.  A malformed definition is passed over."""
    found: dict[str, Macro] = {}
    for m in _DEFINITION.finditer(text):
        how, name, at = m.group("how").rstrip("*"), m.group("name"), m.end()
        if how == "let":
            target = re.compile(r"\s*=?\s*(\\[A-Za-z@]+|\S)").match(text, at)
            if target:
                found[name] = found.get(target.group(1)) or Macro(0, None, tuple(tokenize(target.group(1))))
        elif how == "def" or how == "gdef":
            spec = re.compile(r"((?:#\d)*)").match(text, at)
            body = group_end(text, spec.end()) if spec else None
            if spec and body:
                found[name] = Macro(len(spec.group(1)) // 2, None, tuple(tokenize(text, body[0], body[1])))
        elif how == "DeclareMathOperator":
            body = group_end(text, at)
            if body:
                found[name] = Macro(0, None, tuple(tokenize("\\operatorname{" + text[body[0] : body[1]] + "}")))
        elif how == "DeclarePairedDelimiter":
            left = group_end(text, at)
            right = group_end(text, left[1] + 1) if left else None
            if left and right:
                body_text = text[left[0] : left[1]] + " #1 " + text[right[0] : right[1]]
                found[name] = Macro(1, None, tuple(tokenize(body_text)))
        elif how.endswith("DocumentCommand"):
            spec_range = group_end(text, at)
            body = group_end(text, spec_range[1] + 1) if spec_range else None
            if spec_range and body:
                letters = re.sub(r"\{[^{}]*\}", "", text[spec_range[0] : spec_range[1]])
                kinds = tuple(c in "oOs" for c in letters if c in "moOs")
                found[name] = Macro(len(kinds), None, tuple(tokenize(text, body[0], body[1])), kinds)
        else:
            count = re.compile(r"\s*\[(\d)\]\s*(?:\[([^\]]*)\])?").match(text, at)
            body = group_end(text, count.end() if count else at)
            if body is None:
                continue
            if how == "providecommand" and name in found:
                continue
            default = tuple(tokenize(count.group(2))) if count and count.group(2) is not None else None
            found[name] = Macro(int(count.group(1)) if count else 0, default, tuple(tokenize(text, body[0], body[1])))
    return MacroTable(found)


def group_end(text: str, at: int) -> tuple[int, int] | None:
    """Inside of the brace group that begins at or after white space from `at`, or None."""
    while at < len(text) and text[at].isspace():
        at += 1
    if at >= len(text) or text[at] != "{":
        return None
    depth = 0
    for k in range(at, min(len(text), at + 20_000)):
        c = text[k]
        if c == "\\":
            continue
        if text[k - 1] == "\\" and k > at:
            continue
        if c == "{":
            depth += 1
        elif c == "}":
            depth -= 1
            if not depth:
                return at + 1, k
    return None


def expand(tokens: list[Token], table: MacroTable, depth: int = 0) -> list[Token]:
    """Tokens with the macros of the table replaced; recursive macros end at a bound, softly."""
    if not table.macros or depth > MAX_DEPTH:
        return tokens
    out: list[Token] = []
    i = 0
    changed = False
    while i < len(tokens):
        t = tokens[i]
        macro = table.macros.get(t.text) if t.kind == "command" else None
        if macro is None:
            out.append(t)
            i += 1
            continue
        changed = True
        arguments, i = _arguments(tokens, i + 1, macro)
        span = t.span if i == 0 else t.span.join(tokens[i - 1].span)
        for b in macro.body:
            if b.kind == "parameter":
                k = int(b.text[1]) - 1
                if k < len(arguments):
                    out.extend(arguments[k])
            else:
                out.append(Token(b.kind, b.text, span, b.gap))
        if len(out) > MAX_TOKENS:
            return out[:MAX_TOKENS]
    return expand(out, table, depth + 1) if changed else out


def _arguments(tokens: list[Token], i: int, macro: Macro) -> tuple[list[list[Token]], int]:
    out: list[list[Token]] = []
    for k in range(macro.parameters):
        optional = macro.optional[k] if macro.optional else (k == 0 and macro.default is not None)
        if optional:
            if i < len(tokens) and tokens[i].text == "[":
                part, i = _until(tokens, i + 1, "]")
                out.append(part)
            else:
                out.append(list(macro.default or ()))
            continue
        part, i = argument(tokens, i)
        out.append(part)
    return out, i


def argument(tokens: list[Token], i: int) -> tuple[list[Token], int]:
    """The next TeX argument: a brace group's inside, or one token; and where it ends."""
    if i >= len(tokens):
        return [], i
    if tokens[i].text == "{":
        return _until(tokens, i + 1, "}")
    return [tokens[i]], i + 1


def _until(tokens: list[Token], i: int, close: str) -> tuple[list[Token], int]:
    depth = 0
    start = i
    while i < len(tokens):
        text = tokens[i].text
        if not depth and text == close:
            return tokens[start:i], i + 1
        if text == "{":
            depth += 1
        elif text == "}":
            depth -= 1
            if depth < 0:
                return tokens[start:i], i + 1
        i += 1
    return tokens[start:], i
