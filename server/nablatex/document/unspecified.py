"""Reading functions of which only the arguments are known (`Context.unspecified`), for claims such as chain rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nablatex.algebra import ops
from nablatex.algebra.dims import ONE, SCALAR, Shape
from nablatex.algebra.expr import Expr
from nablatex.document.base import Unsupported
from nablatex.document.drafts import Draft
from nablatex.document.names import Key, key_of, label_of
from nablatex.document.paths import dotted, unprimed
from nablatex.document.scripts import ScriptReading
from nablatex.latex.tree import Call, Name, Node, Scripted

NUMBERS = frozenset(("f", "g", "h", "L", "J", "E", "\\ell", "l", "V", "Q", "C", "F"))
"""Plain letters of functions whose values are numbers, whatever their arguments are."""
SYMMETRIC = frozenset(("symmetric", "spd", "psd", "diagonal"))


class UnspecifiedReading(ScriptReading):
    """Names and calls of functions that nothing defines; the same name is the same function within a run."""

    def name(self, node: Name | Scripted) -> Draft:
        key = key_of(node)
        whole, dots = dotted(key) if key is not None else (None, 0)
        if whole is None or whole in self.kept or self.scope(whole) is not None:
            return super().name(node)
        given = self.context.arguments(whole)
        if not given or (dots and key in self.context.symbols):
            return super().name(node)
        return self.unspecified(whole, self.label_under(node, dots), [self.read_node(n) for n in given], dots)

    def owner(self, base: Name, indices: int) -> Draft | None:
        key = key_of(base)
        if key is not None and self.context.arguments(key) and self.scope(key) is None:
            value = self.name(base)
            return None if self.scalar(value) else value
        return super().owner(base, indices)

    def label_under(self, node: Node, dots: int) -> str:
        """The label of what stands under the dots."""
        return (
            label_of(replace(node, accents=node.accents[:-1], latex=""))
            if dots and isinstance(node, Name)
            else label_of(node)
        )

    def unspecified_call(self, node: Call) -> Draft | None:
        """z(y(x)), f(x, y): the function at these arguments; None where the head is no such function."""
        head, primes = unprimed(node.head)
        key = key_of(head)
        key, dots = dotted(key) if key is not None else (None, 0)
        given = self.context.arguments(key) if key is not None else None
        if key is None or given is None:
            return None
        if key in self.kept or not given:
            return self.name_of_variable(head)
        values = [self.read_node(a) for a in node.argument.items]
        if primes + dots and (len(values) != 1 or not self.scalar(values[0])):
            raise Unsupported("a prime on a function of something else than one number", node.span)
        return self.unspecified(key, self.label_under(head, dots), values, primes + dots)

    def name_of_variable(self, head: Node) -> Draft:
        assert isinstance(head, (Name, Scripted))
        return super().name(head)

    def unspecified(self, key: Key, label: str, values: Sequence[Draft], order: int = 0) -> Draft:
        """The value, or a derivative by its one argument: of the shape that is declared, or that conventions give it."""
        shape = self.values_of.get(key)
        if shape is None:
            shape = self.values_of[key] = self.value_shape(key)
        kept = self.properties(key)
        turned = "symmetric" if kept & SYMMETRIC else "skew" if "skew" in kept else ""

        def make(xs: Sequence[Expr]) -> Expr:
            return ops.smooth(label, self.unify.shape(shape), *xs, order=order, turned=turned)

        return Draft(shape, make, tuple(values))

    def value_shape(self, key: Key) -> Shape:
        found = self.declared(key)
        if found is not None and found[1].shape is not None:
            return found[1].shape
        if key.font or key.base not in NUMBERS:
            return self.convention(key, self.properties(key))
        number, column = 0.0, 1.4
        return SCALAR if self.choose(number, column, once=("kind", key)) == 0 else (self.unify.fresh(), ONE)


__all__ = ["UnspecifiedReading"]
