r"""Reading derivatives that are written D: ``D_x f``, ``D f(x)``, ``D f(X)[H]``."""

from __future__ import annotations

from collections.abc import Sequence

from nablatex.algebra import ops
from nablatex.algebra.dims import SCALAR, shape_text
from nablatex.document.drafts import Draft
from nablatex.document.names import key_of
from nablatex.document.vector_calculus import VectorCalculusReading
from nablatex.latex.tree import Call, Derivative, Fence, Juxtaposition, Name, Node, Number, Scripted, Variable


class TotalReading(VectorCalculusReading):
    """The letter D as an operator."""

    def subscripted(self, head: Node) -> Variable | None:
        r"""The variable of ``D_x``: a D that nothing declares or defines, with a declared vector or matrix below."""
        if not isinstance(head, Scripted) or head.sub is None or head.sup is not None or head.primes:
            return None
        if not isinstance(head.base, Name) or head.base.base != "D" or head.base.accents:
            return None
        keys = [k for k in (key_of(head), key_of(head.base)) if k is not None]
        if any(self.declared(k) is not None or self.context.definition(k) is not None for k in keys):
            return None
        target = key_of(head.sub)
        found = self.declared(target) if target is not None else None
        if found is None or self.unify.scalar(found[1].shape or SCALAR):
            return None
        return Variable(head.sub.span, head.sub)

    def call(self, node: Call) -> Draft:
        variable = self.subscripted(node.head)
        if variable is None:
            return super().call(node)
        return self.derivative(Derivative(node.span, "partial", node.argument, (variable,), 1, False, node.span))

    def by_subscript(self, node: Juxtaposition, k: int) -> Draft | None:
        """``D_x f``, of all that follows in the term."""
        variable = self.subscripted(node.factors[k]) if k + 1 < len(node.factors) else None
        if variable is None:
            return None
        rest = node.factors[k + 1 :]
        operand = (
            rest[0] if len(rest) == 1 else Juxtaposition(rest[0].span.join(rest[-1].span), rest, node.marks[k + 1 :])
        )
        return self.derivative(Derivative(node.span, "partial", operand, (variable,), 1, False, node.span))

    def total_derivative(self, factors: Sequence[Node]) -> tuple[Draft | None, int]:
        """``D f(X)[H]``, along H, and ``D f(x)``, the Jacobian, of a defined function; how many factors that takes."""
        sign, order = factors[0], 1
        if isinstance(sign, Scripted) and isinstance(sign.sup, Number) and sign.sub is None and not sign.primes:
            order = int(sign.sup.text) if sign.sup.text in ("2", "3") else 0
            sign = sign.base
        if len(factors) < 2 or not isinstance(sign, Name) or sign.base != "D" or not order:
            return None, 1
        letter, call = key_of(sign), factors[1]
        if letter is None or self.declared(letter) is not None or self.context.definition(letter) is not None:
            return None, 1
        head = key_of(call.head) if isinstance(call, Call) else None
        definition = self.context.definition(head) if head is not None else None
        if not isinstance(call, Call) or definition is None or len(definition.parameters) != 1:
            return None, 1
        point = call.argument.items[0]
        behind = factors[2] if len(factors) > 2 else None
        if isinstance(behind, Fence) and behind.kind in ("bracket", "paren") and len(behind.items) == order:
            return self.along(call, point, behind.items), 3
        if order > 1:
            return None, 1
        value, wraps = self.differentiate(call, [(point, True)], False)
        for symbol, at in reversed(wraps):
            value = Draft(value.shape, lambda xs: ops.at(xs[0], {xs[1]: xs[2]}), (value, symbol, at))
        return value, 2

    def along(self, operand: Node, point: Node, directions: Sequence[Node]) -> Draft:
        """The derivative of an operand along one direction after the other in which a symbol, or what stands for one, moves."""
        wraps: list[tuple[Draft, Draft]] = []
        marks = (len(self.kept), len(self.replaced))
        x = self.variable(point, wraps)
        value = self.read_node(operand)
        del self.kept[marks[0] :]
        del self.replaced[marks[1] :]
        for h in [self.read_node(d) for d in directions]:
            a, b = self.shape(x), self.shape(h)
            why = f"a direction that is {shape_text(b)} for something that is {shape_text(a)}"
            self.unify.equate(a[0], b[0], why)
            self.unify.equate(a[1], b[1], why)
            value = Draft(value.shape, lambda xs: ops.directional(xs[0], {xs[1]: xs[2]}), (value, x, h))
        for symbol, at in reversed(wraps):
            value = Draft(value.shape, lambda xs: ops.at(xs[0], {xs[1]: xs[2]}), (value, symbol, at))
        return value
