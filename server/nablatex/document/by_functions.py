r"""Derivatives by a power or the inverse of a variable, ∂/∂σ^2 and ∂/∂Σ^{-1}, of what depends on the variable otherwise too.

A formula in which σ stands in σ^2 alone is differentiated as it is written, with σ^2 as a symbol.  Elsewhere that would
leave out a part, as it would of \ln\sigma + 1/\sigma^2, and the chain rule gives the whole:
∂f/∂(x^p) = (∂f/∂x)/(p x^{p-1}), and ∂f/∂(X^{-1}) = -X^T (∂f/∂X) X^T, from dX = -X d(X^{-1}) X.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nablatex.algebra import ops
from nablatex.algebra.expr import Expr
from nablatex.document.base import Unsupported
from nablatex.document.derivatives import DerivativeReading
from nablatex.document.drafts import Draft
from nablatex.document.families import bound_letters
from nablatex.document.names import Key, key_of
from nablatex.latex.tree import Fence, Name, Node, Number, Scripted, Sum

MAX_DEPTH = 8


def power_of(target: Node) -> tuple[Node, int] | None:
    """x and p of x^p, for a name x and a whole number p: 2, 3, … or -1."""
    while isinstance(target, Fence) and target.kind == "paren" and len(target.items) == 1:
        target = target.items[0]
    if not isinstance(target, Scripted) or target.sup is None or target.primes or target.left_sup is not None:
        return None
    sign, sup = 1, target.sup
    if isinstance(sup, Sum) and sup.signs == ("-",):
        sign, sup = -1, sup.terms[0]
    if not isinstance(sup, Number) or not sup.text.isdigit():
        return None
    power = sign * int(sup.text)
    base = target.base if target.sub is None else Scripted(target.base.span, target.base, target.sub)
    return (base, power) if key_of(base) is not None and (power > 1 or power == -1) else None


class FunctionReading(DerivativeReading):
    """Variables that are functions of a variable."""

    def differentiate(
        self, operand: Node, steps: Sequence[tuple[Node, bool]], nabla: bool
    ) -> tuple[Draft, list[tuple[Draft, Draft]]]:
        target, row = steps[0]
        found = power_of(target)
        if found is None or self.named(target):
            return super().differentiate(operand, steps, nabla)
        base, power = found
        bound = self.bound_in(operand, base)
        if not bound and all(k != key_of(base) for k in self._outside(operand, target, 0)):
            return super().differentiate(operand, steps, nabla)
        if len(steps) > 1:
            raise Unsupported("a higher derivative by a function of a variable", target.span)
        if power == -1 and not bound:
            return self.by_inverse(operand, target, base, row, nabla)
        value, wraps = super().differentiate(operand, [(base, row)], nabla)
        x = self.read_node(base)
        if self.scalar(x):

            def chained(xs: Sequence[Expr]) -> Expr:
                factor = ops.power(ops.number(power), ops.number(-1))
                return ops.mul(factor, ops.power(xs[1], ops.number(1 - power)), xs[0])

            return Draft(value.shape, chained, (value, x)), wraps
        if power != -1:
            raise Unsupported("a derivative by a power of a matrix", target.span)
        raised = nabla or not (row or self.layout == "numerator")
        factor = self.transpose(x) if raised else x
        return self.negate(self.product([factor, value, factor])), wraps

    def by_inverse(
        self, operand: Node, target: Node, base: Node, row: bool, nabla: bool
    ) -> tuple[Draft, list[tuple[Draft, Draft]]]:
        """By V = X^{-1}, with V^{-1} in the place of X."""
        wraps: list[tuple[Draft, Draft]] = []
        marks = (len(self.kept), len(self.replaced))
        self.turned = self.turns(operand)
        v = self.variable(target, wraps)
        self.replaced.append((base, self.inverse(v)))
        value = self.read_node(operand)
        del self.kept[marks[0] :]
        del self.replaced[marks[1] :]
        return self.one_derivative(value, v, row, "", nabla, 1, 0), wraps

    def bound_in(self, operand: Node, base: Node) -> bool:
        """Whether a sum in the operand, or in what defines it, runs over the index of x_k."""
        if not isinstance(base, Scripted) or base.sub is None:
            return False
        inside = [n for s in self.with_bodies([operand]) for n in s.walk()]
        letters = bound_letters(inside)
        alike = (n.sub for n in inside if isinstance(n, Scripted) and n.base == base.base and n.sub is not None)
        return any(isinstance(n, Name) and n.base in letters for sub in alike for n in sub.walk())

    def named(self, target: Node) -> bool:
        """Whether the document knows a symbol of this spelling."""
        key = key_of(target)
        return key is not None and self.declared(key) is not None

    def _outside(self, node: Node, target: Node, depth: int) -> Iterator[Key]:
        """The symbols of a node and of its definitions, but for those in the target itself."""
        if node == target:
            return
        key = key_of(node) if isinstance(node, (Name, Scripted)) else None
        if key is not None:
            yield key
            definition = self.context.definition(key)
            if definition is not None and depth < MAX_DEPTH:
                yield from self._outside(definition.body, target, depth + 1)
        for child in node.children():
            yield from self._outside(child, target, depth)


__all__ = ["FunctionReading", "power_of"]
