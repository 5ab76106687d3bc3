"""Reading derivatives and differentials: fractions of ∂ and d, nabla, subscripted ∂, dX."""

from __future__ import annotations

from dataclasses import replace

from nablatex.latex.cursor import Cursor
from nablatex.latex.macros import argument
from nablatex.latex.tokens import Token
from nablatex.latex.tree import (
    Derivative,
    Differential,
    Fence,
    Fraction,
    Juxtaposition,
    Name,
    Node,
    Number,
    Scripted,
    Span,
    Variable,
)
from nablatex.latex.vocabulary import CLOSERS, INFIX, RELATIONS

TURNED = frozenset(("T", "t", "\\top", "\\intercal", "\\prime"))
"""What makes a row of a gradient: ∇^⊤ f."""


class DerivativeReader(Cursor):
    """Fractions, derivatives, differentials."""

    def fraction(self, t: Token) -> Node:
        self.split_number()
        top = self.raw_group()
        self.split_number()
        bottom = self.raw_group()
        span = self.since(t.span.start)
        if not top or not bottom:
            self.problem(span, "a part of the fraction is missing")
        d = self.derivative_fraction(top, bottom, span)
        if d is not None:
            return d if d.operand is not None else self.applied(d)
        return Fraction(span, self.sub_formula(top), self.sub_formula(bottom))

    def split_number(self) -> None:
        """``\\frac12`` is one over two: an argument without braces is one digit."""
        if self.i < len(self.tokens) and self.tokens[self.i].kind == "number" and len(self.tokens[self.i].text) > 1:
            t = self.tokens[self.i]
            at = t.span.start
            digit = Token(t.kind, t.text[0], Span(at, min(at + 1, t.span.end)), t.gap)
            rest = Token(t.kind, t.text[1:], Span(min(at + 1, t.span.end), t.span.end))
            self.tokens = [*self.tokens[: self.i], digit, rest, *self.tokens[self.i + 1 :]]

    def derivative_fraction(self, top: list[Token], bottom: list[Token], span: Span) -> Derivative | None:
        head, after = _marker(top, 0)
        if head is None or not bottom:
            return None
        order = 1
        if after < len(top) and top[after].text == "^":
            power, after = argument(top, after + 1)
            if len(power) == 1 and power[0].text.isdigit():
                order = min(int(power[0].text), 8)
        first, start = _marker(bottom, 0)
        if first != head:
            return None
        variables: list[Variable] = []
        while start < len(bottom):
            end = start
            depth = 0
            while end < len(bottom):
                depth += (bottom[end].text in "{([") - (bottom[end].text in "})]")
                again, _ = _marker(bottom, end)
                if not depth and end > start and again == head:
                    break
                end += 1
            target = self.sub_formula(bottom[start:end])
            count = 1
            if (
                isinstance(target, Scripted)
                and isinstance(target.sup, Number)
                and target.sup.text.isdigit()
                and order > 1
            ):
                count = int(target.sup.text)
                target = target.base if target.sub is None else Scripted(target.span, target.base, target.sub)
            variables.append(Variable(target.span, target, count))
            if end >= len(bottom):
                break
            _, start = _marker(bottom, end)
        operand = self.sub_formula(top[after:]) if after < len(top) else None
        style = "d" if head == "d" else "partial"
        return Derivative(span, style, operand, tuple(variables), order, False, span)

    def nabla(self, t: Token, order: int = 1) -> Node:
        variables: tuple[Variable, ...] = ()
        row: Node | None = None
        while self.peek() in ("_", "^"):
            if self.take().text == "_":
                target = self.sub_formula(self.raw_group())
                twice = isinstance(target, Juxtaposition) and len(target.factors) == 2 and not any(target.marks)
                named = target.factors if isinstance(target, Juxtaposition) and twice else (target,)
                variables = tuple(Variable(x.span, x) for x in named)
            else:
                tokens = self.raw_group()
                if len(tokens) == 1 and tokens[0].text.isdigit():
                    order = int(tokens[0].text)
                else:
                    row = self.sub_formula(tokens)
        span = self.since(t.span.start)
        if row is not None and not (isinstance(row, Name) and row.base in TURNED and order == 1):
            self.problem(span, "this superscript of ∇ is not understood")
        if row is not None and variables:
            variables = tuple(replace(v, target=Scripted(v.span, v.target, None, row)) for v in variables)
        style = "jacobian" if row is not None and not variables else "nabla"
        return self.applied(Derivative(span, style, None, variables, min(order, 8), False, span))

    def partial(self, t: Token) -> Node:
        """``\\partial_X f`` is a derivative, ``\\partial X`` a differential."""
        if self.peek() == "_":
            self.take()
            target = self.sub_formula(self.raw_group())
            span = self.since(t.span.start)

            return self.applied(Derivative(span, "partial", None, (Variable(target.span, target),), 1, False, span))
        if self.peek() == "/" and self.peek(1) == "\\partial" and self.starts_after(2):
            return self.slash("partial", 2, t)
        name = Name(t.span, "\\partial", latex="\\partial")
        if self.differential_follows():
            return self.differential(name, "\\partial", True)
        self.problem(t.span, "∂ of what?")
        return name

    def slash(self, style: str, past: int, t: Token) -> Node:
        """``\\partial/\\partial X`` and ``d/dX`` in a line, as operators."""
        for _ in range(past):
            self.take()
        target = self.factor()
        span = self.since(t.span.start)
        return self.applied(Derivative(span, style, None, (Variable(target.span, target),), 1, False, span))

    def differential_follows(self) -> bool:
        text = self.peek()
        if text is None or text in CLOSERS or self.tokens[self.i].kind == "number":
            return False
        if text == "\\|":  # d‖x‖ outside a norm; inside one it is what closes it
            return sum(t.text == "\\|" for t in self.tokens[: self.i]) % 2 == 0
        if text in ("^",):
            return self.peek(1) is not None and self.tokens[self.i + 1].kind == "number" and self.starts_after(2)
        return text[0].isalpha() or text in ("(", "[", "{", "|") or (
            text.startswith("\\") and text not in RELATIONS and text not in INFIX
            and text not in ("\\cdot", "\\times", "\\|", "\\\\", "\\dots", "\\pm", "\\mp", "\\partial")
        )  # fmt: skip

    def starts_after(self, ahead: int) -> bool:
        text = self.peek(ahead)
        return text is not None and (
            text[0].isalpha() or text in ("(", "[", "|") or (text.startswith("\\") and text not in RELATIONS)
        )

    def differential(self, name: Name, marker: str, certain: bool) -> Node:
        order = 1
        if self.peek() == "^":
            self.take()
            tokens = self.raw_group()
            order = int(tokens[0].text) if len(tokens) == 1 and tokens[0].text.isdigit() else 1
        operand = self.factor()
        if order > 1:
            operand = self.whole_term(operand)
        return Differential(name.span.join(operand.span), marker, operand, certain, name, order)

    def whole_term(self, first: Node) -> Node:
        """What a second differential takes, as that of a variable alone is zero: d^2 x^T A x."""
        factors = [first]
        before = self.i
        while self.starts_factor() and not (isinstance(first, Fence) or self.at_wide()):
            last = self.i
            factor = self.factor()
            if isinstance(factor, Differential) or (isinstance(factor, Fence) and factor.kind == "bracket"):
                self.i = last
                break
            factors.append(factor)
        if self.peek() == "/":  # d^2 x / dt^2
            self.i = before
            return first
        if len(factors) == 1:
            return first
        return Juxtaposition(first.span.join(factors[-1].span), tuple(factors), ("",) * (len(factors) - 1))


def _marker(tokens: list[Token], i: int) -> tuple[str | None, int]:
    """∂, d or \\mathrm d at i: its kind, and where it ends."""
    if i >= len(tokens):
        return None, i
    if tokens[i].text in ("\\partial", "\\delta"):
        return tokens[i].text, i + 1
    if tokens[i].text == "d":
        return "d", i + 1
    if tokens[i].text in ("\\mathrm", "\\operatorname", "\\text", "\\rm"):
        inside, end = argument(tokens, i + 1)
        if len(inside) == 1 and inside[0].text == "d":
            return "d", end
    return None, i
