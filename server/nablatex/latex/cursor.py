"""The cursor over one formula's tokens: what every part of the reader uses."""

from __future__ import annotations

from nablatex.latex.macros import argument
from nablatex.latex.tokens import Token
from nablatex.latex.tree import (
    Derivative,
    Infix,
    List,
    Missing,
    Name,
    Node,
    Number,
    Span,
    SyntaxProblem,
    Unknown,
)
from nablatex.latex.vocabulary import CONJUNCTIONS, FONTS, FRACTIONS, MAX_DEPTH, TEXT


class Cursor:
    """Token cursor with its problems; parts of the reader extend it, and call each other through the methods at its end."""

    def __init__(self, tokens: list[Token], source: str, whole: Span, words: frozenset[str]) -> None:
        self.tokens = tokens
        self.source = source
        self.whole = whole
        self.words = words
        self.i = 0
        self.depth = 0
        self.open_bars = 0
        self.open_norms = 0
        self.inside = 0
        """How many parentheses are open, in which wide space parts nothing."""
        self.problems: list[SyntaxProblem] = []

    def peek(self, ahead: int = 0) -> str | None:
        k = self.i + ahead
        return self.tokens[k].text if k < len(self.tokens) else None

    def take(self) -> Token:
        t = self.tokens[self.i]
        self.i += 1
        return t

    def token_start(self) -> int:
        if self.i < len(self.tokens):
            return self.tokens[self.i].span.start
        return self.tokens[-1].span.end if self.tokens else self.whole.start

    def since(self, start: int) -> Span:
        end = self.tokens[self.i - 1].span.end if self.i else start
        return Span(start, max(start, end))

    def problem(self, span: Span, message: str) -> None:
        if len(self.problems) < 20:
            self.problems.append(SyntaxProblem(span, message))

    def enter(self) -> bool:
        self.depth += 1
        return self.depth <= MAX_DEPTH

    def leave(self) -> None:
        self.depth -= 1

    def too_deep(self) -> Node:
        self.depth -= 1
        self.problem(self.whole, "nested too deeply")
        self.i = len(self.tokens)
        return Unknown(self.whole, "")

    def raw_group(self) -> list[Token]:
        """The next TeX argument as tokens; a font command takes its own argument along."""
        if self.peek() in FONTS and self.peek(1) == "{":
            start = self.i
            self.take()
            _, self.i = argument(self.tokens, self.i)
            return self.tokens[start : self.i]
        if self.peek() in FRACTIONS:
            start = self.i
            self.take()
            for _ in range(2):
                _, self.i = argument(self.tokens, self.i)
            return self.tokens[start : self.i]
        out, self.i = argument(self.tokens, self.i)
        return out

    def sub_formula(self, tokens: list[Token]) -> Node:
        """Tokens of a group read as a formula of their own."""
        at = tokens[0].span.start if tokens else self.token_start()
        if not tokens:
            return Missing(Span(at, at))
        if len(tokens) == 1 and tokens[0].text in (
            "*",
            "+",
            "-",
            "'",
            "\\circ",
            "\\ast",
            "\\star",
            "\\odot",
            "\\otimes",
            "\\perp",
        ):
            return Name(tokens[0].span, tokens[0].text)
        slices = _slices(tokens)
        if slices is not None:
            return slices
        if len(tokens) == 2 and tokens[0].text == tokens[1].text and tokens[0].text in "+-*":
            return Name(tokens[0].span.join(tokens[1].span), tokens[0].text * 2)
        if tokens[0].text in TEXT and len(tokens) > 3:
            inside, end = argument(tokens, 1)
            word = "".join(t.text for t in inside)
            if end == len(tokens) and word.isalpha() and len(word) > 1:
                return Name(tokens[0].span.join(tokens[-1].span), word, "rm")
        if self.depth > MAX_DEPTH - 12:
            self.problem(self.whole, "nested too deeply")
            return Unknown(Span(at, at), "")
        inner = type(self)(tokens, self.source, Span(at, tokens[-1].span.end), self.words)
        inner.depth = self.depth + 4
        tree = inner.formula()
        for p in inner.problems:
            self.problem(p.span, p.message)
        return tree

    def at_text(self, ahead: int = 0) -> bool:
        """Words inside a formula that are not an operator: ``\\text{for symmetric }``."""
        k = self.i + ahead
        if k >= len(self.tokens) or self.tokens[k].text not in ("\\text", "\\mbox", "\\textrm", "\\textit"):
            return False
        inside, after = argument(self.tokens, k + 1)
        word = "".join(t.text for t in inside)
        joins = word.lower() in CONJUNCTIONS or (not word.isascii() and len(word) > 1)
        named = word.isalpha() and not joins and after < len(self.tokens)
        if named and self.tokens[after].text in ("(", "[") and not self.tokens[after].wide:
            return False  # a function with a long name
        if inside and inside[0].text in FONTS:
            return False  # a letter in two fonts
        return (
            len(word) > 1
            and word not in self.words
            and (any(t.gap for t in inside[1:]) or not word.isalpha() or len(word) > 3 or joins)
        )

    def at_wide(self, ahead: int = 0) -> bool:
        """Whether a wide space that parts formulas comes next."""
        k = self.i + ahead
        return not self.inside and k < len(self.tokens) and self.tokens[k].wide

    def bar_closes(self) -> bool:
        """Whether the | that comes next has a partner in its group; a lone one is the bar of a condition."""
        depth = 0
        for t in self.tokens[self.i + 1 :]:
            if t.text in ("(", "[", "{", "\\{", "\\lvert", "\\lVert"):
                depth += 1
            elif t.text in (")", "]", "}", "\\}", "\\rvert", "\\rVert"):
                depth -= 1
                if depth < 0:
                    return False
            elif t.text == "|" and not depth:
                return True
        return False

    # ---- what the parts of the reader ask of each other

    def formula(self) -> Node:
        raise NotImplementedError

    def relation(self) -> Node:
        raise NotImplementedError

    def sum(self) -> Node:
        raise NotImplementedError

    def atom(self) -> Node:
        raise NotImplementedError

    def factor(self) -> Node:
        raise NotImplementedError

    def call(self, head: Node) -> Node:
        raise NotImplementedError

    def braces(self) -> Node:
        raise NotImplementedError

    def fence(self, t: Token) -> Node:
        raise NotImplementedError

    def operator(self, word: str, span: Span) -> Node:
        raise NotImplementedError

    def big(self, kind: str, t: Token, lower: Node | None = None) -> Node:
        raise NotImplementedError

    def starts_factor(self) -> bool:
        raise NotImplementedError

    def rest_of_term(self) -> Node | None:
        raise NotImplementedError

    def applied(self, d: Derivative) -> Derivative:
        raise NotImplementedError


ALL = (":", "\\cdot", "\\bullet")


def _slices(tokens: list[Token]) -> Node | None:
    """A subscript with a colon or a dot for "all", or with ranges: ``1,:``, ``:,i``, ``\\cdot j``, ``2:n``, ``1:k,:``."""
    if len(tokens) > 8 or not any(t.text in ALL for t in tokens):
        return None
    parts: list[Node] = []
    group: list[Node] = []
    for t in [*tokens, None]:
        if t is None or t.text in (",", ";"):
            colon = len(group) == 3 and isinstance(group[1], Name) and group[1].base == ":"
            parts.extend([Infix(group[0].span.join(group[2].span), ":", group[0], group[2])] if colon else group)
            group = []
        elif t.kind == "number":
            group.append(Number(t.span, t.text))
        elif t.text in ALL or t.text.isalpha():
            group.append(Name(t.span, t.text, latex=t.text))
        else:
            return None
    span = tokens[0].span.join(tokens[-1].span)
    return parts[0] if len(parts) == 1 else List(span, tuple(parts))
