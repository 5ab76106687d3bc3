"""Reading delimiters: parentheses, bars, norms, braces, the point of evaluation."""

from __future__ import annotations

from nablatex.latex.cursor import Cursor
from nablatex.latex.tokens import Token
from nablatex.latex.tree import (
    Derivative,
    Evaluated,
    Fence,
    Missing,
    Name,
    Node,
    Number,
    Scripted,
)
from nablatex.latex.vocabulary import OPENERS


class FenceReader(Cursor):
    """Fences."""

    def braces(self) -> Node:
        start = self.token_start()
        tokens = self.raw_group()
        span = self.since(start)
        if not tokens:
            return Missing(span)
        inner = self.sub_formula(tokens)
        return inner if isinstance(inner, (Name, Number, Scripted)) else Fence(span, "paren", (inner,))

    def fence(self, t: Token) -> Node:
        kind, close = OPENERS[t.text]
        bars, norms, inside = self.open_bars, self.open_norms, self.inside
        self.open_bars = self.open_norms = 0
        self.inside = inside + 1 if kind in ("paren", "bar", "norm") else 0
        if kind == "bar":
            self.open_bars = 1
        items = self.items(close, split_bar=kind == "angle")
        self.open_bars, self.open_norms, self.inside = bars, norms, inside
        if self.peek() == close or self.peek() == "\\right.":
            self.take()
        else:
            self.problem(t.span, f"{t.text} is not closed")
        return Fence(self.since(t.span.start), kind, items)

    def items(self, close: str, split_bar: bool = False) -> tuple[Node, ...]:

        out: list[Node] = []
        if split_bar:
            self.open_bars = 1
        while True:
            out.append(self.relation())
            if self.at_wide() and self.starts_factor():
                continue
            if self.peek() in (",", ";") or (split_bar and self.peek() in ("|", "\\mid")):
                self.take()
                continue
            return tuple(out)

    def bars(self, t: Token) -> Node:

        self.open_bars += 1
        inner = self.relation()
        self.open_bars -= 1
        if self.peek() == "|":
            self.take()
        else:
            self.problem(t.span, "| is not closed")
        return Fence(self.since(t.span.start), "bar", (inner,))

    def double_bar(self, t: Token) -> Node:
        self.take()

        self.open_bars += 1
        inner = self.relation()
        self.open_bars -= 1
        if self.peek() == "|" and self.peek(1) == "|":
            self.take()
            self.take()
        else:
            self.problem(t.span, "|| is not closed")
        return Fence(self.since(t.span.start), "norm", (inner,))

    def norm(self, t: Token, close: str) -> Node:

        bars, self.open_bars = self.open_bars, 0
        self.open_norms += 1
        inner = self.relation()
        self.open_norms -= 1
        self.open_bars = bars
        if self.peek() == close:
            self.take()
        else:
            self.problem(t.span, "the norm is not closed")
        return Fence(self.since(t.span.start), "norm", (inner,))

    def evaluated(self, t: Token) -> Node:
        """``\\left. body \\right|_{at}``."""

        self.open_bars += 1
        body = self.sum()
        self.open_bars -= 1
        if self.peek() == "|":
            self.take()
        if self.peek() == "_":
            self.take()
            at = self.sub_formula(self.raw_group())
            if isinstance(body, Derivative) and body.operand is None:  # an operator: what follows is differentiated
                body = self.applied(body)
            return Evaluated(self.since(t.span.start), body, at)
        self.problem(t.span, "the point of evaluation is missing")
        return body
