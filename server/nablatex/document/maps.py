r"""What authors write for short, written out: J_f, H_f, \mathbf{H} f of a defined function f; letters without their font."""

from __future__ import annotations

from dataclasses import replace

from nablatex.document.context import Context
from nablatex.document.names import Key, key_of
from nablatex.latex.tree import Call, Derivative, Fence, Juxtaposition, Name, Node, Scripted, rewritten

LETTERS = frozenset("JHD")
"""Jacobian matrix, Hessian, derivative."""


def with_maps(node: Node, context: Context) -> Node:
    """The formula with J_f(x) and H_f(x) as derivatives, where f is a defined function and J_f, H_f are nothing else."""
    functions = frozenset(d.key for d in context.definitions if d.parameters)
    if not functions or not any(isinstance(n, Name) and n.base in LETTERS for n in node.walk()):
        return node

    def written_out(n: Node) -> Node | None:
        if isinstance(n, Call):
            letter = _letter(n.head, functions, context)
            if letter is not None:
                assert isinstance(n.head, Scripted) and n.head.sub is not None
                return _derivative(letter, n, Call(n.span, n.head.sub, n.argument))
        elif isinstance(n, Scripted):
            letter = _letter(n, functions, context)
            if letter is not None:
                assert n.sub is not None
                made = _derivative(letter, n, n.sub)
                if n.sup is None and not n.primes:
                    return made
                return Scripted(n.span, Fence(n.span, "paren", (made,)), None, n.sup, n.primes)
        elif isinstance(n, Juxtaposition):
            return _product(n, functions, context)
        return None

    return rewritten(node, written_out)


def _product(node: Juxtaposition, functions: frozenset[Key], context: Context) -> Node | None:
    """A product in which H f(x), or D f, is one factor; None where there is no such factor."""
    for k, f in enumerate(node.factors[:-1]):
        g = node.factors[k + 1]
        if not isinstance(f, Name) or f.base not in ("H", "D") or node.marks[k]:
            continue
        named = g.head if isinstance(g, Call) and f.base == "H" else g if f.base == "D" else None
        if named is not None and key_of(named) in functions and _free(f, context):
            factors = (*node.factors[:k], _derivative(f.base, f, g), *node.factors[k + 2 :])
            marks = (*node.marks[:k], *node.marks[k + 1 :])
            return with_maps(factors[0] if len(factors) == 1 else replace(node, factors=factors, marks=marks), context)
    return None


def _letter(head: Node, functions: frozenset[Key], context: Context) -> str | None:
    """J or H of J_f and H_f."""
    if not isinstance(head, Scripted) or not isinstance(head.base, Name) or head.sub is None:
        return None
    if head.base.base not in "JH" or head.base.accents or key_of(head.sub) not in functions:
        return None
    return head.base.base if _free(Scripted(head.span, head.base, head.sub), context) else None


def _free(node: Node, context: Context) -> bool:
    """Whether the document says nothing of this name."""
    key = key_of(node)
    return key is not None and key not in context.symbols and context.definition(key) is None


def _derivative(letter: str, node: Node, operand: Node) -> Derivative:
    style, order = ("nabla", 2) if letter == "H" else ("jacobian", 1)
    return Derivative(node.span.join(operand.span), style, operand, (), order, False, node.span)


def in_declared_fonts(node: Node, context: Context) -> Node:
    r"""The formula with \mathbf{x} for the x of x_i, where that is what the document declares."""

    def named(n: Node) -> Node | None:
        key = key_of(n) if isinstance(n, Name) else None
        found = context.find(key) if key is not None and key not in context.symbols else None
        if found is None or not isinstance(n, Name) or found[0] == key:
            return None
        return replace(n, font=found[0].font, latex="")

    return rewritten(node, named)


__all__ = ["in_declared_fonts", "with_maps"]
