"""The reader of formulas: tokens to a syntax tree.  It never raises; what it cannot read becomes a problem.

Precedence, loosest first: arrows, relations, sums, infix products (⊙ ⊗ ∘ :), juxtaposition, scripts.
"""

from __future__ import annotations

import re

from nablatex.latex.arrangement import plain, trimmed
from nablatex.latex.atoms import AtomReader
from nablatex.latex.bars import sided
from nablatex.latex.macros import MacroTable, argument, expand
from nablatex.latex.packages import package_macros, without_quantities
from nablatex.latex.plain_tex import modern
from nablatex.latex.tokens import tokenize
from nablatex.latex.tree import (
    Condition,
    Derivative,
    Differential,
    Evaluated,
    Fence,
    Infix,
    Juxtaposition,
    List,
    Missing,
    Node,
    Parsed,
    Relation,
    Scripted,
    Span,
    Sum,
    SyntaxProblem,
    Text,
    Unknown,
    Variable,
)
from nablatex.latex.vocabulary import ARROWS, CLOSERS, INFIX, RELATIONS, WORDS

MAX_TOKENS = 6000
MAX_LENGTH = 10 * MAX_TOKENS
"""Characters of a formula that is looked at."""
JOINS = frozenset(("and", "且", "和", "与", "及", "以及"))
"""Words between statements that all hold."""
QUANTIFIERS = ("\\forall",)
CONNECTIVES = re.compile(
    r"\W*(?:thus|so|so that|hence|then|and|or|therefore|also|now|finally|but|with|i\.?\s?e\.?|that is|"
    r"因此|所以|则|即|故|于是|从而|又|且|或)?\W*",
    re.I,
)
"""Words that join formulas and say nothing of them."""


def parse(
    source: str,
    *,
    macros: MacroTable | None = None,
    words: frozenset[str] = WORDS,
    start: int = 0,
    end: int | None = None,
) -> Parsed:
    """Reads source[start:end] as one formula; spans are offsets in source.

    macros: the author's, expanded first; words: names of word operators (tr, det, log, …).
    """
    end = len(source) if end is None else end
    span = Span(start, end)
    too_large = Parsed(
        Missing(span), (SyntaxProblem(span, f"too large: the formula has more than {MAX_TOKENS} tokens"),)
    )
    if end - start > MAX_LENGTH:
        return too_large
    tokens = tokenize(source, start, end)
    if len(tokens) <= MAX_TOKENS:
        tokens = expand(tokens, macros or MacroTable(), package_macros())
    if len(tokens) > MAX_TOKENS:
        return too_large
    tokens = sided(trimmed(plain(modern(without_quantities(tokens)))), source)
    reader = Reader(tokens, source, Span(start, end), words)
    tree = reader.formula()
    return Parsed(tree, tuple(reader.problems))


class Reader(AtomReader):
    """Recursive descent over one formula's tokens."""

    def formula(self) -> Node:
        at = Span(self.token_start(), self.token_start())
        first = Missing(at) if self.peek() in ARROWS else self.statement()  # it goes on from the line above
        sides, ops, spans = [first], [], []
        while self.peek() in ARROWS:
            t = self.take()
            ops.append(t.text)
            spans.append(t.span)
            sides.append(self.statement())
        tree: Node = first
        if ops:
            tree = Relation(sides[0].span.join(sides[-1].span), tuple(sides), tuple(ops), tuple(spans))
        if self.at_text():
            words = self.source[self.token_start() : self.whole.end]
            self.i = len(self.tokens)
            return Condition(tree.span, tree, words)
        if self.i < len(self.tokens):
            rest = self.tokens[self.i]
            self.problem(rest.span, f"{rest.text} is not expected here")
            return Unknown(self.whole, self.source[self.whole.start : self.whole.end])
        return tree

    def statement(self) -> Node:
        """One relation, or several between commas."""
        while self.peek() in QUANTIFIERS:
            self.take()
        items = [self.relation()]
        while self.parts() or (self.at_wide() and self.goes_on()) or self.skip_join():
            while self.parts():
                self.take()
            self.skip_join()
            if self.peek() is None or self.at_text() or self.peek() in ARROWS:
                break
            items.append(self.relation())
        return items[0] if len(items) == 1 else List(items[0].span.join(items[-1].span), tuple(items))

    def skip_join(self) -> bool:
        r"""Passes over ``\text{ and }`` where a statement follows."""
        if self.at_text():
            inside, after = argument(self.tokens, self.i + 1)
            words = self.source[inside[0].span.start : inside[-1].span.end].strip(" ,~") if inside else ""
            if words in JOINS and after < len(self.tokens) and not self.at_text(after - self.i):
                self.i = after
                return True
        return False

    def parts(self) -> bool:
        """Whether a sign that parts statements comes next; a full stop does before a wide space."""
        return self.peek() in (",", ";", *QUANTIFIERS) or (self.peek() == "." and self.at_wide(1))

    def goes_on(self) -> bool:
        return self.peek() is not None and not self.at_text() and self.peek() not in ARROWS and self.starts_factor()

    def relation(self) -> Node:
        """A chain of relations; one that begins with its sign goes on from the line above."""
        if not self.i and self.peek() in RELATIONS:
            sides: list[Node] = [Missing(Span(self.token_start(), self.token_start()))]
        else:
            sides = [self.side()]
        ops: list[str] = []
        spans: list[Span] = []
        while True:
            op = self.relation_op()
            if op is None:
                break
            ops.append(op[0])
            spans.append(op[1])
            sides.append(self.side())
        if not ops:
            return sides[0]
        return Relation(sides[0].span.join(sides[-1].span), tuple(sides), tuple(ops), tuple(spans))

    def side(self) -> Node:
        first = self.sum()
        items = [first]
        mark = self.i
        while self.peek() == "," and not self.at_text(1) and not (self.at_wide(1) and not self.inside):
            self.take()
            if self.peek() is None:
                break
            items.append(self.sum())
        if len(items) > 1:
            if self.peek() in RELATIONS or self.peek() is None:
                return List(items[0].span.join(items[-1].span), tuple(items))
            self.i = mark
        return first

    def relation_op(self) -> tuple[str, Span] | None:
        text = self.peek()
        if text is None:
            return None
        if text == ":" and self.peek(1) == "=":
            a, b = self.take(), self.take()
            return ":=", a.span.join(b.span)
        if text == ":" and self.maps_to():
            t = self.take()
            return ":", t.span
        if text in ("\\stackrel", "\\overset"):
            t = self.take()
            note = self.raw_group()
            op = self.raw_group()
            base = "".join(x.text for x in op)
            return (":=" if "def" in "".join(x.text for x in note) and base == "=" else base or "="), t.span
        if text == "=" and self.peek(1) == ":":
            a, b = self.take(), self.take()
            return "=:", a.span.join(b.span)
        if text in RELATIONS:
            t = self.take()
            return t.text, t.span
        if text == "|" and not self.open_bars and self.peek(1) != "_" and not self.bar_closes():
            return "\\mid", self.take().span
        return None

    def maps_to(self) -> bool:
        """Whether a colon begins ``f : A \\to B``."""
        for t in self.tokens[self.i + 1 :]:
            if t.text in ("\\to", "\\rightarrow", "\\mapsto", "\\longrightarrow"):
                return True
            if t.text == "=":
                return False
        return False

    def sum(self) -> Node:
        if not self.enter():
            return self.too_deep()
        signs: list[str] = []
        terms: list[Node] = []
        begin = self.token_start()
        while True:
            sign = "+"
            explicit = False
            while self.peek() in ("+", "-", "\\pm", "\\mp"):
                t = self.take().text
                explicit = True
                sign = {"+-": "-", "--": "+"}.get(sign + t, t)
            if terms and not explicit:
                break
            term = self.term()
            signs.append(sign)
            terms.append(term)
            if self.peek() not in ("+", "-", "\\pm", "\\mp"):
                break
        self.leave()
        if len(terms) == 1 and signs[0] == "+":
            return terms[0]
        return Sum(Span(begin, max(terms[-1].span.end, begin)), tuple(signs), tuple(terms))

    def term(self) -> Node:
        node = self.infix()
        while self.peek() == "|" and self.peek(1) == "_" and not self.open_bars:
            self.take()
            self.take()
            at = self.sub_formula(self.raw_group())
            if isinstance(node, Derivative) and node.operand is None:  # an operator: what follows is differentiated
                node = self.applied(node)
            node = Evaluated(node.span.join(at.span), node, at)
        return node

    def infix(self) -> Node:
        left = self.juxtaposition()
        while True:
            op = self.peek()
            if op == ":" and (self.peek(1) == "=" or self.maps_to()):
                return left
            if op == "." and self.peek(1) == "*":
                self.take()
                op = ".*"
            if op not in INFIX:
                return left
            self.take()
            right = self.juxtaposition()
            left = Infix(left.span.join(right.span), op, left, right)

    def juxtaposition(self) -> Node:
        if not self.enter():
            return self.too_deep()
        factors: list[Node] = []
        marks: list[str] = []
        words = self.words_here()
        if words is not None:
            factors.append(words)
        while True:
            mark = ""
            while factors and self.peek() == "{" and self.peek(1) == "}" and self.peek(2) not in ("^", "_"):
                self.i += 2  # an empty group is a mark for TeX
            if factors and [self.peek(k) for k in range(3)] == ["{", "}", "^"] and self.turns_what_precedes():
                self.i += 2
                factors[-1] = self.scripts(factors[-1])
                continue
            if factors and self.peek() == "{" and self.peek(2) == "}" and self.peek(1) in (*INFIX, *RELATIONS):
                self.tokens[self.i : self.i + 3] = [self.tokens[self.i + 1]]  # braces that set the space around a sign
            if factors and (self.at_wide() or (words is not None and not self.starts_factor())):
                break
            if factors and self.peek() in ("\\cdot", "\\times", "*", "/"):
                mark = self.take().text
            if not self.starts_factor():
                if mark or not factors:
                    at = self.token_start()
                    if not factors:
                        self.problem(Span(at, at), "something is missing here")
                    if mark:
                        marks.append(mark)
                    factors.append(Missing(Span(at, at)))
                break
            before = self.i
            factor = self.factor()
            if factors:
                marks.append(mark)
            factors.append(factor)
            if self.i == before:
                break
        self.leave()
        factors, marks = _slash_derivatives(factors, marks)
        if len(factors) == 1:
            return factors[0]
        return Juxtaposition(factors[0].span.join(factors[-1].span), tuple(factors), tuple(marks))

    def turns_what_precedes(self) -> bool:
        r"""Whether ``{}^\top`` belongs to the factor before it, as in ``W^{(2)}{}^\top``, and not to the one behind, as in ``{}^tA``."""
        script, after = argument(self.tokens, self.i + 3)
        lone = after >= len(self.tokens) or not self.tokens[self.i].gap
        return lone and [t.text for t in script] != ["t"] and not self.tokens[self.i].wide

    def words_here(self) -> Text | None:
        """Words in the place of a term: ``\\text{const}``, ``s.t.``; those that only join sentences drop out."""
        if self.peek() not in ("s", "\\text", "\\mbox", "\\textrm", "\\textit"):
            return None
        start = self.token_start()
        while self.at_text():
            self.take()
            inside, self.i = argument(self.tokens, self.i)
            words = " ".join(self.source[inside[0].span.start : inside[-1].span.end].split()) if inside else ""
            if not CONNECTIVES.fullmatch(words) or self.i >= len(self.tokens):
                return Text(self.since(start), words)
        if self.peek() == "s" and self.peek(1) == "." and self.peek(2) == "t":
            self.i += 4 if self.peek(3) == "." else 3
            return Text(self.since(start), "s.t.")
        return None

    def starts_factor(self) -> bool:
        text = self.peek()
        if text is None or text in CLOSERS or text in RELATIONS or text in ARROWS or text in INFIX:
            return False
        if text in (
            "+",
            "-",
            "\\pm",
            "\\mp",
            ",",
            ";",
            "&",
            "\\\\",
            "\\cdot",
            "\\times",
            "*",
            "/",
            "\\stackrel",
            "\\overset",
        ):
            return False
        if text == "|":
            return not self.open_bars and self.peek(1) != "_" and self.bar_closes()
        if text == "\\|":
            return not self.open_norms
        if text == ".":
            return self.peek(1) == "."
        return text not in QUANTIFIERS and not self.at_text()

    def rest_of_term(self) -> Node | None:
        """What an operator takes: the whole term that follows, up to + or - or a relation."""
        return self.infix() if self.starts_factor() else None

    def applied(self, d: Derivative) -> Derivative:
        operand = self.rest_of_term()
        if operand is None:
            return d
        return Derivative(d.span.join(operand.span), d.style, operand, d.variables, d.order, True, d.operator)


def _unwrapped(node: Node) -> Node:
    r"""∂f of ``{\partial f}`` and ``(\partial f)``."""
    if (
        isinstance(node, Fence)
        and node.kind == "paren"
        and len(node.items) == 1
        and isinstance(node.items[0], Differential)
    ):
        return node.items[0]
    return node


def _slash_derivatives(factors: list[Node], marks: list[str]) -> tuple[list[Node], list[str]]:
    """``\\partial f / \\partial x`` and ``df/dx`` are derivatives."""
    for k, mark in enumerate(marks):
        if mark == "/" and k + 1 < len(factors):
            a, b = (_unwrapped(x) for x in factors[k : k + 2])
            if isinstance(a, Differential) and isinstance(b, Differential) and a.marker == b.marker:
                style = "partial" if a.marker == "\\partial" else "d"
                span = a.span.join(b.span)
                target, order = b.operand, 1
                if isinstance(target, Scripted) and a.order > 1:
                    target, order = target.base, a.order
                d = Derivative(span, style, a.operand, (Variable(b.span, target, order),), a.order, False, span)
                return _slash_derivatives([*factors[:k], d, *factors[k + 2 :]], [*marks[:k], *marks[k + 1 :]])
    return factors, marks


__all__ = ["WORDS", "parse"]
