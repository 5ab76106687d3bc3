"""The program of a formula: a graph of kernels in which equal work is one node.

Values are numbers, vectors (one-dimensional; a row is the vector of its entries) and matrices; an expression's
shape says which.  What is computed once is one node, however often the formula says it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any

from nablatex.algebra.dims import ONE, SCALAR, Dim, Shape
from nablatex.algebra.elementwise import FUNCTIONS
from nablatex.algebra.expr import REGISTRY
from nablatex.algebra.spelling import Kernels, Spelling


class NotExportable(ValueError):
    """A formula that the language has no words for; the message says which operator."""


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One operation.  kernel: its name; shape: of a column for a vector; data: further fields of the template.

    Nodes are made by `Graph.node` alone, which makes equal ones the same, so they are compared by identity.
    """

    kernel: str
    args: tuple[Node, ...]
    shape: Shape
    data: tuple[tuple[str, Any], ...] = ()
    index: frozenset[str] = frozenset()
    """The loop variables that the value depends on."""

    @property
    def kind(self) -> str:
        return kind_of(self.shape)

    def get(self, key: str) -> Any:
        return dict(self.data).get(key)


def kind_of(shape: Shape) -> str:
    """number, vector or matrix."""
    return "number" if shape == SCALAR else "vector" if ONE in shape else "matrix"


def kernels() -> Kernels:
    """Every kernel of every operator, and of every elementwise function (fn_exp, fn_log, …)."""
    return _kernels(len(REGISTRY))


@lru_cache(maxsize=1)
def _kernels(_operators: int) -> Kernels:
    """For a number of operators, so that one that is added is found."""
    out = {name: spelling for cls in REGISTRY.values() for name, spelling in cls.code.items()}
    return out | {f"fn_{name}": f.code for name, f in FUNCTIONS.items()}


@dataclass(slots=True)
class Graph:
    """The nodes that were made, for one language."""

    language: str
    spellings: Kernels = field(default_factory=kernels)
    made: dict[tuple[Any, ...], Node] = field(default_factory=dict)

    def can(self, kernel: str) -> bool:
        return self.language in self.spellings.get(kernel, {})

    def node(self, kernel: str, *args: Node, shape: Shape = SCALAR, **data: Any) -> Node:
        """The node of a kernel on these arguments; NotExportable where the language cannot say it."""
        spelling: Spelling | None = self.spellings.get(kernel)
        if spelling is not None and self.language not in spelling:
            raise NotExportable(f"{kernel.replace('_', ' ')} has no form in {self.language}")
        if shape[0] == ONE and shape[1] != ONE:
            shape = (shape[1], ONE)
        fields = tuple(sorted(data.items()))
        key = (kernel, tuple(id(a) for a in args), shape, fields)
        found = self.made.get(key)
        if found is None:
            index = frozenset[str]().union(*[a.index for a in args])
            if kernel == "index":
                index = frozenset((data["name"],))
            if kernel == "loop":
                index -= {data["name"]}
            found = self.made[key] = Node(kernel, args, shape, fields, index)
        return found

    # ---- leaves

    def number(self, value: Fraction | int) -> Node:
        return self.node("number", value=Fraction(value))

    def size(self, d: Dim) -> Node:
        return self.node("size", dim=d)

    # ---- what every rule needs

    def times(self, k: Node, x: Node) -> Node:
        """A number times anything, with 1, -1 and products of literals worked out."""
        literal = k.get("value") if k.kernel == "number" else None
        if literal is not None:
            if literal == 1:
                return x
            if x.kernel == "number":
                return self.number(literal * x.get("value"))
            if literal == -1:
                return self.negate(x)
            if literal < 0:
                return self.negate(self.times(self.number(-literal), x))
            if literal.numerator == 1:
                return self.divide(x, self.number(literal.denominator))
        if x.kernel == "number" and x.get("value") == 1:
            return k
        return self.node("scale", k, x, shape=x.shape)

    def negate(self, x: Node) -> Node:
        if x.kernel == "negate":
            return x.args[0]
        if x.kernel == "number":
            return self.number(-x.get("value"))
        return self.node("negate", x, shape=x.shape)

    def signed(self, x: Node) -> Node:
        """-2 x rather than -(2 x), for a value that stands alone."""
        if x.kernel == "negate" and x.args[0].kernel == "outer":
            u, v = x.args[0].args
            return self.node("outer", self.signed(self.negate(u)), v, shape=x.shape)
        if x.kernel == "negate" and x.args[0].kernel == "scale" and x.args[0].args[0].kernel == "number":
            k, rest = x.args[0].args
            return self.node("scale", self.number(-k.get("value")), rest, shape=x.shape)
        return x

    def divide(self, x: Node, k: Node) -> Node:
        if k.kernel == "number" and k.get("value") == 1:
            return x
        return self.node("divide", x, k, shape=x.shape)

    def transpose(self, x: Node) -> Node:
        if x.kind != "matrix":
            return x
        if x.kernel == "transpose":
            return x.args[0]
        return self.node("transpose", x, shape=(x.shape[1], x.shape[0]))

    def plus(self, a: Node, b: Node) -> Node:
        if b.kernel == "negate":
            return self.node("minus", a, b.args[0], shape=a.shape)
        return self.node("plus", a, b, shape=a.shape)


Sizes = Mapping[str, int]
"""What sizes are expected, by dimension letter, to associate products by."""

__all__ = ["Graph", "Node", "NotExportable", "Sizes", "kernels", "kind_of"]
