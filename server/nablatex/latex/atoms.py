"""One factor of a product: which reader a token calls for."""

from __future__ import annotations

from nablatex.latex.letters import NameReader
from nablatex.latex.packages import DERIVATIVES, PackageReader
from nablatex.latex.tree import (
    Dots,
    Missing,
    Name,
    Node,
    Number,
    Span,
    Unknown,
)
from nablatex.latex.vocabulary import ACCENTS, BIG, FONTS, FRACTIONS, NO_NAMES, OPENERS
from nablatex.latex.words import OperatorReader


class AtomReader(NameReader, PackageReader, OperatorReader):
    """Factors; `Reader` adds the operators between them."""

    def factor(self) -> Node:
        if not self.enter():
            return self.too_deep()
        node = self.scripts(self.atom())
        self.leave()
        return node

    def atom(self) -> Node:
        t = self.take()
        text = t.text
        if t.kind == "number":
            return Number(t.span, text)
        if text in OPENERS:
            return self.fence(t)
        if text == "|":
            return self.double_bar(t) if self.peek() == "|" and not self.tokens[self.i].gap else self.bars(t)
        if text == "\\|":
            return self.norm(t, "\\|")
        if text == "\\left.":
            return self.evaluated(t)
        if text == "{":
            self.i -= 1
            return self.braces()
        if text in FRACTIONS:
            return self.fraction(t)
        if text in ("\\partial", "\\nabla"):
            return self.partial(t) if text == "\\partial" else self.nabla(t)
        if text == "\\begin":
            return self.matrix(t)
        if text in BIG:
            return self.big(BIG[text], t)
        if text in ("\\max", "\\min") and self.peek() not in ("(", "[", "\\{", "{", "^"):
            return self.big(text[1:], t)
        if text == "\\arg" and self.peek() in ("\\min", "\\max"):
            return self.big("arg" + self.take().text[1:], t)
        if text in ("\\underset", "\\overset"):
            return self.under(t)
        if text in ("?", "\\square", "\\Box"):
            return Missing(t.span)
        if text == "." and self.peek() == ".":
            while self.peek() == ".":
                self.take()
            return Dots(self.since(t.span.start))
        if text in FONTS:
            return self.font(t)
        if text == "\\vec" and self.peek() in ("(", "["):
            return self.operator("vec", t.span)
        if text in ACCENTS:
            return self.accent(t)
        if text in ("\\Delta", "\\delta"):
            return self.increment(t)
        if text in ("\\dots", "\\ldots", "\\cdots", "\\vdots", "\\ddots", "\\dotsc", "\\dotsb"):
            return Dots(t.span)
        if text in ("\\underbrace", "\\overbrace", "\\boxed", "\\fbox", "\\textcolor", "\\mathclose"):
            return self.annotated(t)
        if text == "\\sqrt":
            return self.root(t)
        if text == "\\grad":
            return self.nabla(t)
        if text in ("\\norm", "\\abs", "\\eval") or text in DERIVATIVES:
            return self.package(t)
        if text in ("\\binom", "\\dbinom", "\\tbinom"):
            return self.binomial(t)
        if t.kind == "command" and text[1:].rstrip("*") in self.words:
            return self.operator(text[1:].rstrip("*"), t.span)
        if t.kind == "char" and text.isalpha():
            return self.letter(t)
        if t.kind == "command" and text[1:2].isalpha() and text not in NO_NAMES:
            name = Name(t.span, text, latex=text)
            return self.call(name) if self.peek() == "(" else name
        if text == "^" or text == "_":
            self.i -= 1
            return Missing(Span(t.span.start, t.span.start))
        if text in ("'", "!"):
            return Unknown(t.span, text)
        self.problem(t.span, f"{text!r} is not understood here")
        return Unknown(t.span, text)
