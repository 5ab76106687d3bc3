"""Reading f(x): a defined function, a known one, an unknown one applied entry by entry, or a product."""

from __future__ import annotations

from collections.abc import Sequence

from nablatex.algebra import ops
from nablatex.algebra.dims import SCALAR, ShapeError
from nablatex.algebra.elementwise import FUNCTIONS
from nablatex.algebra.expr import Expr
from nablatex.document.base import Unsupported
from nablatex.document.drafts import Draft
from nablatex.document.names import Key, is_word, key_of, label_of
from nablatex.document.paths import FUNCTION_LETTERS, dotted
from nablatex.document.recognise import known_function
from nablatex.document.unspecified import UnspecifiedReading
from nablatex.latex.tree import (
    Call,
    Name,
    Node,
    Scripted,
)

HALVES = {"sym": "+", "Sym": "+", "symm": "+", "skew": "-", "Skew": "-"}
"""Words for the symmetric and the skew part of a matrix, with the sign before its transpose."""


class CallReading(UnspecifiedReading):
    """Calls."""

    def call(self, node: Call) -> Draft:
        """f(X): a defined function, a known one, an unknown one applied entry by entry, or a product."""
        unspecified = self.unspecified_call(node)
        if unspecified is not None:
            return unspecified
        if self.multiplies(node):
            return self.product([self.read_node(node.head), self.read_node(node.argument)])
        primes, bare = _unprimed(node.head)
        key = key_of(bare)
        assert key is not None
        definition = self.context.definition(key)
        if definition is not None and definition.parameters and len(definition.parameters) == len(node.argument.items):
            return self.apply_definition(definition.parameters, definition.body, node, primes, key)
        if definition is not None and not definition.parameters:
            return self.read_node(bare)  # \mu(x) where \mu = ... x ... was defined without its argument
        role = self.context.functions.get(key) or self.context.functions.get(key.plain())
        return self.unknown_function(key, role, node, primes, bare)

    def multiplies(self, node: Call) -> bool:
        """Whether x(a + b) is x times (a + b)."""
        key = key_of(_unprimed(node.head)[1])
        if key is None or stands_in(key, node.argument):
            return True
        if self.context.arguments(dotted(key)[0]) is not None:
            return False
        definition = self.context.definition(key)
        if definition is not None:
            if definition.parameters and len(definition.parameters) == len(node.argument.items):
                return False
            if (
                not definition.parameters
                and len(node.argument.items) == 1
                and self.is_dependence(definition.body, node.argument.items[0])
            ):
                return False
        if isinstance(node.head, Scripted) and self.declared(key) is None and self.constant(node.head, key) is not None:
            return True  # L_n (A ⊗ A), beside vech
        return not self.applies(node, key)

    def loose(self, node: Node) -> list[Draft]:
        """The factors that a factor of a product is: A x(a + b) is A, x and (a + b), from left to right."""
        if isinstance(node, Call) and self.multiplies(node):
            return [self.read_node(node.head), self.read_node(node.argument)]
        if isinstance(node, Scripted) and isinstance(node.base, Call) and self.multiplies(node.base):
            argument = Scripted(node.span, node.base.argument, node.sub, node.sup, node.primes)
            return [self.read_node(node.base.head), self.scripted(argument)]
        return [self.read_node(node)]

    def is_entry(self, head: Node, key: Key) -> bool:
        """F_i of a declared vector or matrix F, which is a number whatever stands behind it."""
        if not isinstance(head, Scripted) or head.sub is None or self.declared(key) is not None:
            return False
        base = key_of(head.base)
        owner = self.declared(base) if base is not None else None
        return owner is not None and not self.unify.scalar(owner[1].shape or SCALAR)

    def applies(self, node: Call, key: Key | None) -> bool:
        """Whether f(x) applies f: it does for a function, defined or declared; else a choice by the field's letters."""
        if key is not None and self.context.arguments(dotted(key)[0]) is not None:
            return True
        if key is None or self.is_entry(node.head, key):
            return False
        definition = self.context.definition(key)
        if definition is not None and definition.parameters:
            return True
        role = self.context.functions.get(key) or self.context.functions.get(key.plain())
        if role is None and (self.declared(key) is not None or definition is not None or self.scope(key) is not None):
            return False
        if len(node.argument.items) != 1 or (role is None and is_word(key)):
            return True
        primes = isinstance(node.head, Scripted) and node.head.primes
        likely = key.base in FUNCTION_LETTERS
        if primes and not role and not likely:  # x'(A + B) is a transpose, as it is in x'A
            product, application = 0.0, 1.5
        else:
            product, application = (9.0, 0.0) if role or primes else (1.2, 0.0) if likely else (0.0, 1.5)
        return self.choose(application, product, once=("call", key)) == 0

    def is_dependence(self, body: Node, argument: Node) -> bool:
        wanted = key_of(argument)
        return wanted is not None and any(key_of(n) == wanted for n in body.walk() if isinstance(n, (Name, Scripted)))

    def half(self, sign: str, x: Draft) -> Draft:
        """The symmetric or the skew part of a square matrix."""
        turned = self.transpose(x)
        whole = self.add([x, turned if sign == "+" else self.negate(turned)])
        return Draft(whole.shape, lambda xs: ops.mul(ops.power(ops.number(2), ops.number(-1)), xs[0]), (whole,))

    def unknown_function(self, key: Key, role: str | None, node: Call, primes: int, bare: Node) -> Draft:
        if len(node.argument.items) != 1:
            raise Unsupported("an unknown function of several arguments", node.span)
        x = self.read_node(node.argument.items[0])
        if role is None and not primes and key.font == "rm" and key.base in HALVES and not self.scalar(x):
            return self.half(HALVES[key.base], x)
        label = label_of(bare)
        if role == "sigmoid":
            return self.entry_by_entry("sigmoid", primes, x)
        if role == "map" and not self.scalar(x):
            raise Unsupported(f"the function {label} is not defined", node.span)
        if role is None and not self.scalar(x) and (is_word(key) or key.base in ("f", "F", "L", "\\ell", "G")):
            raise Unsupported(f"the function {label} is not defined", node.span)
        return Draft(x.shape, lambda xs: ops.elementwise(label, xs[0], primes), (x,))

    def apply_definition(self, parameters: tuple[Key, ...], body: Node, node: Call, primes: int, key: Key) -> Draft:
        arguments = [self.read_node(a) for a in node.argument.items]
        scope: dict[Key, Draft] = {}
        for p, a, item in zip(parameters, arguments, node.argument.items, strict=True):
            if key_of(item) != p:
                scope[p] = a
        if len(parameters) == 1 and not self.scalar(arguments[0]):
            known = self.recognised(parameters[0], body, key)
            if known is not None:
                return self.entry_by_entry(known, primes, arguments[0])
        if primes:
            return self.primed(parameters, body, arguments, primes)
        self.scopes.append(scope)
        try:
            return self.unfold(key, body, "")
        finally:
            self.scopes.pop()

    def recognised(self, parameter: Key, body: Node, key: Key) -> str | None:
        """The function of numbers that a definition is, where it is one that is known."""
        x = self.sized(lambda s: ops.symbol("\\cdot", *s), SCALAR)
        self.scopes.append({parameter: x})
        try:
            return known_function(self.unfold(key, body, ""), x)
        except (Unsupported, ShapeError):
            return None
        finally:
            self.scopes.pop()

    def entry_by_entry(self, name: str, primes: int, x: Draft) -> Draft:
        if primes > 1:
            raise Unsupported(f"a higher derivative of {name}")
        if primes:
            return Draft(x.shape, lambda xs: FUNCTIONS[name].derivative(xs[0]), (x,))
        return Draft(x.shape, lambda xs: ops.elementwise(name, xs[0]), (x,))

    def primed(self, parameters: tuple[Key, ...], body: Node, arguments: list[Draft], primes: int) -> Draft:
        """f'(x) of a defined function of one scalar."""
        if len(parameters) != 1 or not self.scalar(arguments[0]):
            raise Unsupported("a prime on a function of something else than one number")
        x = self.sized(lambda s: ops.symbol("\\cdot", *s), SCALAR)
        self.scopes.append({parameters[0]: x})
        try:
            value = self.read_node(body)
        finally:
            self.scopes.pop()

        def build(xs: Sequence[Expr]) -> Expr:
            f, t, a = xs
            for _ in range(primes):
                f = ops.derivative(f, t)
            return ops.at(f, {t: a})

        return Draft(value.shape, build, (value, x, arguments[0]))


def stands_in(key: Key, argument: Node) -> bool:
    r"""Whether a letter stands in its own parentheses: then it is a value, as in \sigma(1 - \sigma), and multiplies."""
    nodes = list(argument.walk())
    heads = {id(m) for n in nodes if isinstance(n, Call) for m in n.head.walk()}
    return any(isinstance(n, (Name, Scripted)) and id(n) not in heads and key_of(n) == key for n in nodes)


def _unprimed(head: Node) -> tuple[int, Node]:
    """How many primes a head has, and the head without them."""
    if isinstance(head, Scripted) and head.primes:
        bare: Node = Scripted(head.span, head.base, head.sub, head.sup) if head.sub or head.sup else head.base
        return head.primes, bare
    return 0, head
