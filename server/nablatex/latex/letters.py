"""Reading names: letters, fonts, accents, increments, calls, and the scripts on anything."""

from __future__ import annotations

from dataclasses import fields, replace

from nablatex.latex.derivatives import DerivativeReader
from nablatex.latex.tokens import Token
from nablatex.latex.tree import (
    Call,
    Fence,
    Juxtaposition,
    Missing,
    Name,
    Node,
    Number,
    Scripted,
    Text,
)
from nablatex.latex.vocabulary import ACCENTS, CLOSERS, FONTS, GRADIENTS, INFIX, RELATIONS, SPELLED
from nablatex.latex.words import big_word

STARS = frozenset(("*", "\\ast", "\\star"))


def _starred(tokens: list[Token]) -> bool:
    return tokens[0].text in STARS and tokens[1].text not in STARS


class NameReader(DerivativeReader):
    """Names and scripts."""

    def scripts(self, base: Node) -> Node:
        while True:
            sub: Node | None = None
            sup: Node | None = None
            mark: list[Token] = []
            primes = 0
            start = self.i
            while self.peek() in ("_", "^", "'", "\\prime"):
                t = self.take().text
                if t in ("'", "\\prime"):
                    primes += 1
                    continue
                if self.peek() is None:
                    self.problem(self.since(self.token_start()), "a script is missing")
                    break
                tokens = self.raw_group()
                if t == "^" and sup is None and not primes and len(tokens) > 1 and _starred(tokens):
                    base = Scripted(base.span.join(tokens[0].span), base, sub, self.sub_formula(tokens[:1]))
                    sub, tokens = None, tokens[1:]  # w^{*\top} is the transpose of w^*
                if t == "^" and tokens and all(x.text in ("\\prime", "'") for x in tokens):
                    primes += len(tokens)
                elif t == "^" and sup is None:
                    if tokens and tokens[-1].text == "-" and len(tokens) == 1 and self.peek() == "^":
                        self.take()
                        tokens = [*tokens, *self.raw_group()]
                    if len(tokens) > 1 and tokens[0].text in ("\\odot", "\\circ"):  # X^{\odot 2}, entry by entry
                        power = self.sub_formula(tokens[1:])
                        sup = Fence(power.span, "odot", (power,))
                    else:
                        tokens, mark = _parted(tokens)
                        sup = self.sub_formula(tokens)
                elif t == "_" and sub is None:
                    sub = self.sub_formula(tokens)
                else:
                    self.problem(self.since(self.token_start()), "two scripts of one kind")
                    break
            if self.i == start:
                return base
            span = base.span.join(self.since(base.span.start))
            if isinstance(base, Missing):  # {}^tA
                if sup is not None and sub is None and not primes and self.starts():
                    inner = self.factor()
                    return Scripted(span.join(inner.span), inner, left_sup=sup)
                self.problem(span, "a script without a base")
            scripted = Scripted(span, base, sub, sup, primes)
            if mark:  # W^{(2)\top} is the transpose of W^{(2)}
                primed = all(x.text in ("'", "\\prime") for x in mark)
                turned = None if primed else self.sub_formula(mark)
                scripted = Scripted(span, scripted, None, turned, len(mark) if primed else 0)
            if isinstance(base, Name) and sup is None and self.peek() == "(":
                base = self.call(scripted)
                continue
            return scripted

    def starts(self) -> bool:
        text = self.peek()
        return (
            text is not None
            and text not in CLOSERS
            and text not in RELATIONS
            and text not in INFIX
            and text not in "+-,;|"
        )

    def letter(self, t: Token) -> Node:
        word = self.word_ahead(t)
        if word:
            span = t.span.join(self.tokens[self.i + len(word) - 2].span)
            self.i += len(word) - 1
            return self.operator(word, span)
        spelled = next((x for x in SPELLED if t.text == x[0] and self.spells(x)), None)
        if spelled is not None:
            self.i += len(spelled) - 1
            span = self.since(t.span.start)
            return Name(span, spelled, "rm", latex=self.source[span.start : span.end])
        name = Name(t.span, t.text, latex=t.text)
        if t.text == "d" and self.peek() == "/" and self.peek(1) == "d" and self.starts_after(2) and self.close_up(3):
            return self.slash("d", 2, t)
        if t.text == "d" and self.differential_follows():
            return self.differential(name, "d", False)
        return self.call(name) if self.peek() == "(" else name

    def spells(self, word: str) -> bool:
        """Whether italic letters spell a name of several letters that has scripts: ``d i s t_{ij}``."""
        ahead = [x.text for x in self.tokens[self.i : self.i + len(word)]]
        return ahead[:-1] == list(word[1:]) and ahead[-1] in ("_", "^")

    def close_up(self, ahead: int) -> bool:
        """Whether nothing parts this token and the next ones."""
        return not any(x.gap for x in self.tokens[self.i : self.i + ahead])

    def word_ahead(self, t: Token) -> str:
        """Bare italic letters that spell an operator before a fence: ``tr(``, ``det(``."""
        letters = t.text
        k = self.i
        while (
            k < len(self.tokens)
            and self.tokens[k].kind == "char"
            and self.tokens[k].text.isalpha()
            and not self.tokens[k].gap
        ):
            letters += self.tokens[k].text
            k += 1
            if len(letters) > 10:
                return ""
        fenced = k < len(self.tokens) and self.tokens[k].text in ("(", "[", "\\{")
        return letters if len(letters) > 1 and fenced and letters in self.words else ""

    def call(self, head: Node) -> Node:
        t = self.take()
        argument_ = self.fence(t)
        assert isinstance(argument_, Fence)
        return Call(head.span.join(argument_.span), head, argument_)

    def font(self, t: Token) -> Node:
        font = FONTS[t.text]
        tokens = self.raw_group()
        span = self.since(t.span.start)
        latex = self.source[span.start : span.end]
        if len(tokens) > 3 and tokens[0].text in FONTS and tokens[1].text == "{" and tokens[-1].text == "}":
            inside = tokens[2:-1]  # \mathop{\mathrm{tr}}
            if all(x.kind == "char" and x.text.isalpha() for x in inside):
                tokens = inside
        word = "".join(x.text for x in tokens)
        kind = big_word(tokens) if len(tokens) > 1 else None
        if kind is not None and (kind.startswith("arg") or self.peek() == "_"):
            return self.big(kind, t)
        if word in self.words and len(word) > 1:
            return self.operator(word, span)
        if font == "rm" and word in GRADIENTS:
            return self.nabla(t, GRADIENTS[word])
        if not tokens:
            return Missing(span)
        if t.text == "\\mathbb" and word == "E" and self.peek() in ("[", "(", "_", "\\{"):
            return self.big("E", t)
        if font == "rm" and word == "d" and self.differential_follows():
            return self.differential(Name(span, "d", "rm", latex=latex), "\\mathrm{d}", True)
        if len(tokens) > 1 and (font == "rm" or word.isalpha()) and all(x.kind == "char" for x in tokens):
            if font == "rm" and not word.isalpha():
                return Text(span, latex)
            if font in ("rm", "sf", "tt", "cal", "it"):
                name = Name(span, word, font, latex=latex)
                return self.call(name) if self.peek() == "(" else name
        if len(tokens) == 1 or (tokens[0].text in ACCENTS):
            inner = type(self)(tokens, self.source, span, self.words).atom() if tokens[0].kind != "number" else None
            if inner is None:
                return Name(span, tokens[0].text, font or "rm", latex=latex)
            if isinstance(inner, Name):
                name = Name(span, inner.base, font or inner.font, inner.accents, latex=latex)
                return self.call(name) if self.peek() == "(" else name
        styled = _with_font(self.sub_formula(tokens), font, t.text)
        if isinstance(styled, Juxtaposition) and self.peek() in ("_", "^", "'"):
            # \mathbf{AB}^T looks like, and is, A B^T: the script belongs to the last letter
            last = self.scripts(styled.factors[-1])
            span = self.since(t.span.start)
            styled = Juxtaposition(span, (*styled.factors[:-1], last), styled.marks)
        return Fence(span, "paren", (styled,))

    def accent(self, t: Token) -> Node:
        tokens = self.raw_group()
        span = self.since(t.span.start)
        latex = self.source[span.start : span.end]
        inner = self.sub_formula(tokens)
        if isinstance(inner, Name):
            name = Name(span, inner.base, inner.font, (*inner.accents, ACCENTS[t.text]), latex=latex)
            return self.call(name) if self.peek() == "(" else name
        return Name(span, latex, accents=(ACCENTS[t.text],), latex=latex)

    def increment(self, t: Token) -> Node:
        """``\\Delta W`` is one name where a name follows."""
        following = self.peek()
        if following is not None and (following.isalpha() or following in FONTS):
            mark = self.i
            inner = self.atom()
            if isinstance(inner, Name):
                span = t.span.join(inner.span)
                latex = self.source[span.start : span.end]
                return Name(span, inner.base, inner.font, inner.accents, t.text, latex)
            self.i = mark
        name = Name(t.span, t.text, latex=t.text)
        return self.call(name) if self.peek() == "(" else name


_MARKS = frozenset(
    ("\\top", "T", "\\intercal", "\\mathsf{T}", "\\mathrm{T}", "\\text{T}", "\\textsf{T}", "\\mathsf{\\top}", "\\operatorname{T}",
     "'", "\\prime", "H", "\\dagger", "-1", "-\\top", "-T", "-\\mathsf{T}", "-\\mathrm{T}")
)  # fmt: skip


def _parted(tokens: list[Token]) -> tuple[list[Token], list[Token]]:
    r"""The script and the mark behind it, of ``(2)\top``, ``[l]T``, ``(k)-1``, ``l\top``; no mark in other scripts."""
    texts = [t.text for t in tokens]
    end = 1
    if texts and texts[0] in ("(", "["):
        end = next((k for k, text in enumerate(texts, 1) if text in (")", "]")), len(texts))
    elif len(texts) != 2 or texts[1] not in ("\\top", "\\intercal") or not texts[0].isalnum():
        return tokens, []
    rest = end + 1 if texts[end : end + 1] == [","] else end
    return (tokens[:end], tokens[rest:]) if "".join(texts[rest:]) in _MARKS else (tokens, [])


def _with_font(node: Node, font: str, command: str) -> Node:
    """Letters of a font group: ``\\mathbf{Ax}`` is bold A times bold x; scripts keep their own."""
    if isinstance(node, Name):
        if node.font:
            return node
        return Name(node.span, node.base, font, node.accents, node.prefix, f"{command}{{{node.latex}}}")
    if isinstance(node, (Number, Text)):
        return node

    def styled(value: object) -> object:
        if isinstance(value, Node):
            return _with_font(value, font, command)
        return tuple(map(styled, value)) if isinstance(value, tuple) else value

    changed = {
        f.name: styled(getattr(node, f.name))
        for f in fields(node)
        if f.name not in ("span", "sub", "sup", "left_sup", "letter")
    }
    return replace(node, **changed)  # type: ignore[arg-type]
