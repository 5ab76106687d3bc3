"""Reading functions of which only the arguments are known (`Context.unspecified`), for claims such as chain rules."""

from __future__ import annotations

from collections.abc import Sequence

from nablatex.algebra import ops
from nablatex.algebra.dims import ONE, SCALAR, Shape
from nablatex.algebra.expr import Expr
from nablatex.document.base import Unsupported
from nablatex.document.drafts import Draft
from nablatex.document.names import Key, key_of, label_of
from nablatex.document.scripts import ScriptReading
from nablatex.latex.tree import Call, Name, Node, Scripted

NUMBERS = frozenset(("f", "g", "h", "L", "J", "E", "\\ell", "l", "V", "Q", "C", "F"))
"""Plain letters of functions whose values are numbers, whatever their arguments are."""


class UnspecifiedReading(ScriptReading):
    """Names and calls of functions that nothing defines; the same name is the same function within a run."""

    def name(self, node: Name | Scripted) -> Draft:
        key = key_of(node)
        if key is not None and key in self.context.unspecified and key not in self.kept and self.scope(key) is None:
            return self.unspecified(key, label_of(node), [self.read_node(n) for n in self.context.unspecified[key]])
        return super().name(node)

    def owner(self, base: Name, indices: int) -> Draft | None:
        key = key_of(base)
        if key is not None and key in self.context.unspecified and self.scope(key) is None:
            value = self.name(base)
            return None if self.scalar(value) else value
        return super().owner(base, indices)

    def unspecified_call(self, node: Call) -> Draft | None:
        """z(y(x)), f(x, y): the function at these arguments; None where the head is no such function."""
        head, primes = node.head, 0
        if isinstance(head, Scripted) and head.primes:
            primes, head = head.primes, Scripted(head.span, head.base, head.sub, head.sup) if head.sub else head.base
        key = key_of(head)
        if key is None or key not in self.context.unspecified:
            return None
        if key in self.kept:
            return self.name_of_variable(head)
        values = [self.read_node(a) for a in node.argument.items]
        if not primes:
            return self.unspecified(key, label_of(head), values)
        if len(values) != 1 or not self.scalar(values[0]):
            raise Unsupported("a prime on a function of something else than one number", node.span)
        x = self.sized(lambda s: ops.symbol("\\cdot", *s), SCALAR)
        value = self.unspecified(key, label_of(head), [x])

        def build(xs: Sequence[Expr]) -> Expr:
            f, t, a = xs
            for _ in range(primes):
                f = ops.derivative(f, t)
            return ops.at(f, {t: a})

        return Draft(value.shape, build, (value, x, values[0]))

    def name_of_variable(self, head: Node) -> Draft:
        assert isinstance(head, (Name, Scripted))
        return super().name(head)

    def unspecified(self, key: Key, label: str, values: Sequence[Draft]) -> Draft:
        """The value: of the shape that is declared, or that the field's conventions give it."""
        shape = self.values_of.get(key)
        if shape is None:
            shape = self.values_of[key] = self.value_shape(key)
        return Draft(shape, lambda xs: ops.smooth(label, self.unify.shape(shape), *xs), tuple(values))

    def value_shape(self, key: Key) -> Shape:
        found = self.declared(key)
        if found is not None and found[1].shape is not None:
            return found[1].shape
        if key.font or key.base not in NUMBERS:
            return self.convention(key, self.properties(key))
        number, column = 0.0, 1.4
        return SCALAR if self.choose(number, column, once=("kind", key)) == 0 else (self.unify.fresh(), ONE)


__all__ = ["UnspecifiedReading"]
