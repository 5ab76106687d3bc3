"""Integrals in the syntax tree: where their integrand ends, and which differential belongs to which sign."""

from __future__ import annotations

from nablatex.explicit.values import NotExplicit
from nablatex.latex.tree import BigOperator, Differential, Fraction, Juxtaposition, Node, Number, Sum


def taken_apart(node: BigOperator) -> tuple[Node | None, list[tuple[Node, BigOperator]]]:
    """The integrand (None for 1) and, from inside, each variable with the integral whose bounds it has."""
    layers: list[BigOperator] = []
    body: Node | None = node
    differentials: list[Node] = []
    while isinstance(body, BigOperator) and body.kind == "int":
        layers.append(body)
        if body.measure is not None:
            differentials.insert(0, body.measure)
        body = body.body
    body, inner = without_differentials(body)
    differentials = [*inner, *differentials]
    if len(differentials) != len(layers):
        raise NotExplicit("an integral and its differentials do not match", node.span)
    return body, list(zip(differentials, reversed(layers), strict=True))


def integrals_joined(node: Sum) -> list[tuple[str, Node]]:
    """Terms of a sum; ``\\int x^2 + x \\, dx`` is one integral up to its dx."""
    out: list[tuple[str, Node]] = []
    pending: tuple[str, BigOperator, list[str], list[Node]] | None = None
    for sign, term in zip(node.signs, node.terms, strict=True):
        if pending is not None:
            pending[2].append(sign)
            rest, found = without_differentials(term)
            pending[3].append(rest if rest is not None else Number(term.span, "1"))
            if found:
                outer, big, signs, terms = pending
                body = Sum(big.span.join(term.span), tuple(signs), tuple(terms))
                joined = BigOperator(big.span.join(term.span), "int", big.lower, big.upper, body, found[-1])
                out.append((outer, joined))
                pending = None
        elif isinstance(term, BigOperator) and term.kind == "int" and not has_differential(term):
            if term.body is None:
                raise NotExplicit("an integral of what?", term.span)
            pending = (sign, term, ["+"], [term.body])
        else:
            out.append((sign, term))
    if pending is not None:
        raise NotExplicit("an integral without its differential", node.span)
    return out


def has_differential(node: BigOperator) -> bool:
    return node.measure is not None or (node.body is not None and bool(without_differentials(node.body)[1]))


def without_differentials(node: Node | None) -> tuple[Node | None, list[Node]]:
    """The integrand without the differentials at its end (or in its numerator), and those, from left to right."""
    if isinstance(node, Differential):
        inside, rest = without_differentials(node.operand)
        del inside
        return None, [node.operand, *rest] if not rest else [node.operand]
    if isinstance(node, Juxtaposition):
        factors, marks = list(node.factors), list(node.marks)
        found: list[Node] = []
        while factors and isinstance(factors[-1], Differential):
            last = factors.pop()
            assert isinstance(last, Differential)
            found.insert(0, last.operand)
            if marks:
                marks.pop()
        if not factors:
            return None, found
        if len(factors) == 1:
            return factors[0], found
        return Juxtaposition(node.span, tuple(factors), tuple(marks)), found
    if isinstance(node, Fraction):
        top, found = without_differentials(node.numerator)
        if found:
            return Fraction(node.span, top if top is not None else Number(node.span, "1"), node.denominator), found
    if isinstance(node, BigOperator) and node.kind == "int":
        return node, []
    return node, []
