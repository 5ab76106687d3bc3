"""Authors' macros, expanded on demand over tokens, bounded; `definitions` reads them.

Tokens of an expansion carry the span of the macro's use; an argument's tokens keep their own spans.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nablatex.latex.tokens import Token

MAX_DEPTH = 24
MAX_TOKENS = 40_000


@dataclass(frozen=True, slots=True)
class Macro:
    """parameters: how many; default: of an optional first one (tokens) or None; body: tokens with # parameters.

    kinds: of each parameter as in ``\\NewDocumentCommand``: m, o (optional, in brackets), s (a star), d (in parentheses);
    defaults: of each.  Without kinds all are m but a first one with a default.
    """

    parameters: int
    default: tuple[Token, ...] | None
    body: tuple[Token, ...]
    kinds: str = ""
    defaults: tuple[tuple[Token, ...], ...] = ()

    def kind(self, k: int) -> str:
        if self.kinds:
            return self.kinds[k]
        return "o" if k == 0 and self.default is not None else "m"

    def default_of(self, k: int) -> tuple[Token, ...]:
        if k < len(self.defaults):
            return self.defaults[k]
        return self.default or () if k == 0 else ()


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


def expand(
    tokens: list[Token], table: MacroTable, packages: Mapping[str, Macro] | None = None, depth: int = 0
) -> list[Token]:
    """Tokens with the macros of the table, and else those of packages, replaced; recursive macros end at a bound, softly."""
    packages = packages or {}
    if depth > MAX_DEPTH or not (table.macros or packages):
        return tokens
    out: list[Token] = []
    i = 0
    changed = False
    while i < len(tokens):
        t = tokens[i]
        macro = (table.macros.get(t.text) or packages.get(t.text)) if t.kind == "command" else None
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
    return expand(out, table, packages, depth + 1) if changed else out


def _arguments(tokens: list[Token], i: int, macro: Macro) -> tuple[list[list[Token]], int]:
    out: list[list[Token]] = []
    for k in range(macro.parameters):
        kind = macro.kind(k)
        here = tokens[i].text if i < len(tokens) else ""
        if kind == "s":
            out.append([tokens[i]] if here == "*" else [])
            i += here == "*"
        elif kind in "od":
            opening, closing = ("[", "]") if kind == "o" else ("(", ")")
            if here == opening:
                part, i = _until(tokens, i + 1, closing)
                out.append(part)
            else:
                out.append(list(macro.default_of(k)))
        else:
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
