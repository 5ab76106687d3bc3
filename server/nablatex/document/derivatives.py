"""Reading derivatives, differentials and evaluations at a point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nablatex.algebra import ops
from nablatex.algebra.binders import derivative_shape
from nablatex.algebra.dims import ONE, SCALAR, Shape, half_square, shape_text
from nablatex.algebra.expr import Expr
from nablatex.algebra.indices import quotient
from nablatex.document.base import Unsupported
from nablatex.document.drafts import Draft
from nablatex.document.names import Key, flat, key_of, label_of, transpose_mark
from nablatex.document.operators import OperatorReading
from nablatex.latex.tree import (
    Call,
    Derivative,
    Differential,
    Evaluated,
    Fence,
    Infix,
    Juxtaposition,
    Name,
    Node,
    Operator,
    Relation,
    Scripted,
)

MAX_ORDER = 4
"""The highest order of a differential that is read."""


TIED = frozenset(("symmetric", "spd", "psd", "skew", "diagonal", "orthogonal"))
"""Properties by which a transpose or an inverse is another expression of the same matrix."""


LETTERS = {"\\mathrm{d}": "\\mathrm{d}", "\\delta": "\\delta ", "\\dot": "\\dot "}
"""What is written before a symbol for its differential, by the marker."""


class DerivativeReading(OperatorReading):
    """Operators that differentiate."""

    turned: bool = False
    untied_symbols: dict[Key, Draft]

    def derivative(self, node: Derivative) -> Draft:
        if node.operand is None:
            raise Unsupported("a derivative of nothing", node.span)
        variables = node.variables
        steps: list[tuple[Node, bool]] = []
        for v in variables:
            target, row = _row(v.target)
            steps.extend([(target, row)] * v.order)
        if len(steps) == 1 and node.order == 2:
            steps = [(steps[0][0], False), (steps[0][0], True)]
        elif len(steps) == 2 and node.style != "d":
            steps = [(steps[0][0], False), (steps[1][0], True)]
        if not steps or len(steps) > 4 or (node.style in ("nabla", "jacobian") and node.order > 2):
            raise Unsupported("a derivative of this order", node.span)
        value, wraps = self.differentiate(node.operand, steps, node.style == "nabla")
        for symbol, point in reversed(wraps):
            value = Draft(value.shape, lambda xs: ops.at(xs[0], {xs[1]: xs[2]}), (value, symbol, point))
        return value

    def differentiate(
        self, operand: Node, steps: Sequence[tuple[Node, bool]], nabla: bool
    ) -> tuple[Draft, list[tuple[Draft, Draft]]]:
        """The derivative draft, and (symbol, value) for variables that stand for something defined."""
        wraps: list[tuple[Draft, Draft]] = []
        variables: list[tuple[Draft, bool, str]] = []
        marks = (len(self.kept), len(self.replaced), len(self.scopes))
        self.turned = len(steps) > 1 or self.turns(operand)  # a gradient turns its variable, whatever it is of
        for target, row in steps:
            target = _bare(target)
            vectorised = target.word.lower() if isinstance(target, Operator) else ""
            if isinstance(target, Operator) and vectorised in ("vec", "vech"):
                target = target.arguments[0]
                key = key_of(target)
                if vectorised == "vech" and not (
                    key and self.properties(key) & {"symmetric", "spd", "psd", "diagonal"}
                ):
                    raise Unsupported(
                        "the derivative by vech of a matrix that is not said to be symmetric", target.span
                    )
            variables.append((self.variable(target, wraps), row, vectorised))
        self.keep_arguments(operand, [t for t, _ in steps], wraps)
        value = self.read_node(operand)
        del self.kept[marks[0] :]
        del self.replaced[marks[1] :]
        del self.scopes[marks[2] :]
        for k, (x, row, vectorised) in enumerate(variables):
            value = self.one_derivative(value, x, row, vectorised, nabla, len(variables), k)
        return value, wraps

    def keep_arguments(self, operand: Node, targets: Sequence[Node], wraps: list[tuple[Draft, Draft]]) -> None:
        """The derivative of an unspecified function by one of its own arguments is partial: the others stay as they are."""
        while isinstance(operand, Fence) and operand.kind == "paren" and len(operand.items) == 1:
            operand = operand.items[0]
        call = isinstance(operand, Call)
        key = key_of(operand.head if isinstance(operand, Call) else operand)
        given = self.context.arguments(key) if key is not None else None
        if not given:
            return
        arguments = operand.argument.items if isinstance(operand, Call) else given
        names = [a for a in arguments if key_of(a) is not None]
        wanted = {key_of(t) for t in targets} | {key_of(t.base) for t in targets if isinstance(t, Scripted)}
        if (call and len(arguments) == 1) or not wanted & {key_of(a) for a in names}:
            return
        for a in names:
            if key_of(a) not in self.kept:
                self.variable(a, wraps)

    def by_half(self, f: Draft, x: Draft, row: bool, whole: Draft) -> Draft:
        """By vech X of a symmetric X, through vec X = D_n vech X (Magnus & Neudecker 3.8)."""
        n = self.shape(x)[0]
        double = self.sized(lambda s: ops.duplication(s[0]), (n, n))
        half = half_square(n)
        if self.scalar(f):
            column = Draft((half, ONE), lambda xs: ops.transpose(xs[1]) @ ops.vec(xs[0]), (whole, double))
            return self.transpose(column) if row or self.layout == "numerator" else column
        self.penalty += 0.9
        rows = self.shape(f)[0] * self.shape(f)[1]
        jacobian = Draft((rows, half), lambda xs: ops.mul(xs[0], xs[1]), (whole, double))
        return jacobian if row or self.layout != "denominator" else self.transpose(jacobian)

    def one_derivative(self, f: Draft, x: Draft, row: bool, vectorised: str, nabla: bool, count: int, k: int) -> Draft:
        if vectorised == "vech" and not self.scalar(x):
            layout = "denominator" if self.scalar(f) else "numerator"
            whole = Draft(
                derivative_shape(self.shape(f), self.shape(x), layout),
                lambda ys: depending(ys[0], ys[1], layout),
                (f, x),
            )
            return self.by_half(f, x, row, whole)
        fs, xs = self.shape(f), self.shape(x)
        if self.slicewise and xs != SCALAR and x.kind == "symbol":
            return self.slice(f, x)
        if fs != SCALAR and xs != SCALAR and xs[1] != ONE:
            self.penalty += 0.9  # a vector or matrix by a matrix is rarer than a scalar by one
        layout = self.layout
        if layout == "mixed":
            layout = "denominator" if fs == SCALAR and xs[1] != ONE else "numerator"
        if row and nabla and count == 1 and fs != SCALAR:
            raise Unsupported("∇ᵀ of a vector: its divergence, or its Jacobian matrix?")
        if row:
            layout = "numerator"
        elif (count > 1 and k == 0) or (nabla and fs == SCALAR):
            layout = "denominator"
        else:
            self.layout_matters = True
        shape = derivative_shape(fs, xs, layout)
        out = Draft(shape, lambda ys: depending(ys[0], ys[1], layout), (f, x))
        if vectorised == "vec" and fs == SCALAR and xs[1] != ONE:
            flat_shape = (xs[0] * xs[1], ONE)
            column = Draft(shape, lambda ys: depending(ys[0], ys[1], "denominator"), (f, x))
            out = Draft(flat_shape, lambda ys: ops.vec(ys[0]), (column,))
            return self.transpose(out) if layout == "numerator" else out
        return out

    def slice(self, f: Draft, x: Draft) -> Draft:
        """The tensor reading: the derivative by an arbitrary entry x_{ij}, the same on both sides."""
        key = next((k for k, d in self.entries.items() if d is x), Key("?"))
        if key not in self.slice_indices:
            i = self.leaf(ops.symbol("i'", 1, 1, "index", "integer"))
            j = self.leaf(ops.symbol("j'", 1, 1, "index", "integer"))
            self.slice_indices[key] = (i, j)
        i, j = self.slice_indices[key]

        def by_entry(ys: Sequence[Expr]) -> Expr:
            told(ys[0], ys[1])
            return ops.derivative(ys[0], ops.entry(ys[1], ys[2], ys[3]))

        return Draft(f.shape, by_entry, (f, x, i, j))

    def variable(self, target: Node, wraps: list[tuple[Draft, Draft]]) -> Draft:
        """What is differentiated by: a symbol, an entry of one, or a sub-expression that stands for a symbol."""
        target = _bare(target)
        conjugate = self.conjugate_of(target)
        if conjugate is not None:
            return conjugate
        key = key_of(target)
        if key is not None:
            local = self.scope(key)
            if local is not None:
                if local.kind == "symbol":
                    return local
                raise Unsupported("a derivative by something that is not a variable", target.span)
            definition = self.meant(key)
            if key not in self.kept and (definition is not None or self.context.arguments(key)):
                point = self.read_node(target) if definition is None else self.unfold(key, definition.body, "")
                symbol = self.symbol(key, label_of(target), target.span, like=self.shape(point))
                a, b = self.shape(symbol), self.shape(point)
                why = f"{label_of(target)} is {shape_text(a)}, but its definition is {shape_text(b)}"
                self.unify.equate(a[0], b[0], why)
                self.unify.equate(a[1], b[1], why)
                self.kept.append(key)
                wraps.append((symbol, point))
                if definition is not None:
                    self.turn_round(definition.body, symbol)
                return symbol
            if isinstance(target, Scripted) and target.sub is not None and self.declared(key) is None:
                owner = key_of(target.base)
                if owner is not None and self.context.arguments(owner) and owner not in self.kept:
                    self.variable(target.base, wraps)
                entry = self.entry(target.base, target.sub)
                if entry is not None:
                    if entry.children[0].kind != "symbol":
                        raise Unsupported("a derivative by an entry of something that is not a variable", target.span)
                    return entry
            member = self.member(target)
            if member is not None:
                return member
            self.kept.append(key)
            symbol = self.symbol(key, label_of(target), target.span)
            if symbol.kind != "symbol":
                raise Unsupported("a derivative by a constant", target.span)
            return self.untied(target, key, symbol, wraps)
        value = self.read_node(target)
        shape = self.shape(value)
        label = self.source[target.span.start : target.span.end] or "V"

        def make(s: Shape) -> Expr:
            return ops.symbol(label, *s)

        symbol = self.sized(make, shape, "symbol")
        self.replaced.append((target, symbol))
        wraps.append((symbol, value))
        return symbol

    def turn_round(self, meaning: Node, symbol: Draft) -> None:
        """Where a Λ that is defined as Σ^{-1} is differentiated by, Σ is Λ^{-1} (by Σ^{-1} itself: `by_functions`)."""
        if not isinstance(meaning, Scripted) or meaning.sub is not None or meaning.sup is None or self.scalar(symbol):
            return
        key = key_of(meaning.base)
        if key is not None and flat(meaning.sup) == "-1" and self.context.definition(key) is None:
            self.scopes.append({key: self.node("inverse", lambda xs: ops.inverse(xs[0]), symbol)})

    def turns(self, node: Node, depth: int = 0) -> bool:
        """Whether a transpose or an inner product occurs, in the formula or in what it is defined by."""
        for n in node.walk():
            if isinstance(n, Scripted) and (n.primes or n.left_sup or (n.sup is not None and _transposing(n.sup))):
                return True
            if (isinstance(n, Infix) and n.op in (":", "\\bullet")) or (isinstance(n, Fence) and n.kind == "angle"):
                return True
            key = key_of(n) if isinstance(n, (Name, Scripted)) else None
            definition = self.context.definition(key) if key is not None and key not in self.kept else None
            if definition is not None and depth < 8 and self.turns(definition.body, depth + 1):
                return True
        return False

    def untied(self, target: Node, key: Key, symbol: Draft, wraps: list[tuple[Draft, Draft]]) -> Draft:
        """The variable of a derivative whose entries are independent, although it is said to be symmetric, say.

        The derivative is taken by a symbol without that structure, and evaluated at the structured one: only where
        a transpose occurs does that make a difference.
        """
        found = self.declared(key)
        properties = self.properties(found[0] if found is not None else key)
        if not self.turned or not properties & TIED or self.scalar(symbol):
            return symbol
        known = self.untied_symbols.get(key)
        if known is None:
            label = self.origins[self.same_letter(found[0] if found is not None else key)][0].label

            def make(s: Shape) -> Expr:
                return ops.symbol(label, s[0], s[1], *(properties - TIED - {"guessed"}))

            known = self.untied_symbols[key] = self.sized(make, symbol.shape, "symbol")
        if not any(d is known for _, d in self.replaced):
            self.replaced.append((target, known))
            wraps.append((known, symbol))
        return known

    # ---- differentials

    def differential(self, node: Differential) -> Draft:
        letter = key_of(node.letter)
        if node.marker in LETTERS:
            self.letter = LETTERS[node.marker]  # dX is written as she writes it
        if not node.certain and letter is not None:
            product = (
                self.scope(letter) is not None
                or self.declared(letter) is not None
                or letter.base in self.context.dimensions
                or letter in self.lone
            )
            if product and self.moving and letter not in self.lone and self.declared(letter) is None:
                costs = (0.0, 0.7)  # beside other differentials; what names a size is no factor before them
            else:
                costs = (1.5, 0.0) if product else (0.0, 6.0)
            if self.choose(*costs, once=("d",)) == 1:
                return self.product([self.read_node(node.letter), self.read_node(node.operand)])
        if node.order > 1 and isinstance(node.operand, Juxtaposition) and self.choose(0.0, 1.0) == 1:
            factors = node.operand.factors  # (d^2 x)^T A x, where x depends on something
            alone = self.differential(replace(node, operand=factors[0]))
            return self.product([alone, *[self.read_node(f) for f in factors[1:]]])
        first, rest = self.first_factor(node.operand)
        if rest is not None:  # dX(A + B) and dX'(A + B) are products, where X is no function
            return self.product([self.differential(replace(node, operand=first)), self.read_node(rest)])
        operand, turned = node.operand, False
        if (isinstance(operand, Scripted) and transpose_mark(operand.sup) and not operand.primes) or (
            isinstance(operand, Scripted) and operand.primes == 1 and operand.sup is None
        ):
            operand, turned = (Scripted(operand.span, operand.base, operand.sub) if operand.sub else operand.base), True
        inner = operand
        while isinstance(inner, Fence) and inner.kind == "paren" and len(inner.items) == 1:
            inner = inner.items[0]
        key = None if self.is_exponential(inner) else key_of(inner)
        if node.order > MAX_ORDER:
            raise Unsupported("a differential of this order", node.span)
        if key is not None and self.context.definition(key) is None and not self.context.arguments(key):
            out = self.tangent_or_entry(inner, key)
            if node.order > 1:  # the differential of an independent variable is constant
                out = Draft(out.shape, lambda xs: ops.zero(xs[0].shape), (out,), "zero")
        else:
            value = self.read_node(inner)
            moving = [(self.symbol(k, ""), self.tangent(k)) for k in self.varying]
            children = (value, *[d for pair in moving for d in pair])

            def build(ys: Sequence[Expr]) -> Expr:
                out, moves = ys[0], dict(zip(ys[1::2], ys[2::2], strict=True))
                for _ in range(node.order):
                    out = ops.directional(out, moves)
                return out

            out = Draft(value.shape, build, children)
        return self.transpose(out) if turned else out

    def first_factor(self, operand: Node) -> tuple[Node, Node | None]:
        """X and (a + b) of X(a + b), which reads as a call may be and is a product; else the operand, and nothing."""
        if isinstance(operand, Call) and self.multiplies(operand):
            return operand.head, operand.argument
        if isinstance(operand, Scripted) and isinstance(operand.base, Call) and self.multiplies(operand.base):
            return operand.base.head, replace(operand, base=operand.base.argument)
        return operand, None

    def tangent_or_entry(self, node: Node, key: Key) -> Draft:
        if isinstance(node, Scripted) and node.sub is not None and self.declared(key) is None:
            part = self.part(node.base, node.sub)
            if part is not None:
                whole = next((k for k, d in self.entries.items() if d is part.children[0]), None)
                if whole is not None:
                    return Draft(part.shape, part.build, (self.tangent(whole), *part.children[1:]))
            entry = self.entry(node.base, node.sub)
            if entry is not None:
                owner, i, j = entry.children
                owner_key = next((k for k, d in self.entries.items() if d is owner), None)
                if owner_key is not None:
                    return Draft(SCALAR, lambda xs: ops.entry(xs[0], xs[1], xs[2]), (self.tangent(owner_key), i, j))
        if key not in self.varying and self.context.find(key) is not None and "constant" in self.properties(key):
            return self.sized(ops.zero, self.symbol(key, label_of(node), node.span).shape, "zero")
        found = self.declared(key)
        if key not in self.entries:
            self.symbol(found[0] if found else key, label_of(node), node.span)
        return self.tangent(found[0] if found else key)

    def tangent(self, key: Key) -> Draft:
        """dX: an arbitrary matrix of the shape of X."""
        key = self.same_letter(key)
        found = self.declared(key.differential)
        if found is not None:
            return self.symbol(key.differential, found[1].label)
        symbol = self.entries.get(key) or self.symbol(key, key.base)
        got = self.entries.get(key.differential)
        if got is None:
            label = self.origins[key][0].label
            got = self.sized(lambda s: ops.symbol(self.letter + label, *s), symbol.shape, "symbol")
            self.entries[key.differential] = got
        return got

    # ---- evaluation at a point

    def evaluated(self, node: Evaluated) -> Draft:
        at = node.at
        if not isinstance(at, Relation) or at.ops != ("=",):
            raise Unsupported("the point of an evaluation", node.span)
        key = key_of(at.sides[0])
        if key is None:
            raise Unsupported("the point of an evaluation", node.span)
        self.kept.append(key)
        body = self.read_node(node.body)
        symbol = self.symbol(key, label_of(at.sides[0]), at.sides[0].span)
        self.kept.pop()
        value = self.read_node(at.sides[1])
        if value.kind != "zero":
            a, b = self.shape(symbol), self.shape(value)
            why = f"{shape_text(b)} put in for something that is {shape_text(a)}"
            self.unify.equate(a[0], b[0], why)
            self.unify.equate(a[1], b[1], why)
        return Draft(body.shape, lambda xs: ops.at(xs[0], {xs[1]: xs[2]}), (body, symbol, value))


def depending(f: Expr, x: Expr, layout: str) -> Expr:
    """The derivative node.  Where x does not occur in f, the text has not said how f depends on it: no zero then."""
    told(f, x if x.name == "symbol" else x.args[0])
    return by_member(f, x, layout) if x.name == "member" else ops.derivative(f, x, layout)


def told(f: Expr, x: Expr) -> None:
    """Unsupported where x does not occur in f, which is no number."""
    if f.free_symbols and x not in f.free_symbols:
        raise Unsupported(f"how this depends on {x!r} is not said")


def by_member(f: Expr, x: Expr, layout: str) -> Expr:
    """By x_k of a family: that part of the derivative by all of its members, stacked in one matrix."""
    stack, k = x.args
    if f.is_scalar:
        part = ops.member(ops.derivative(f, stack), k, x.shape)
        return part if layout == "denominator" else ops.transpose(part)
    if x.shape[1] != ONE:
        raise Unsupported("a derivative of a vector by one matrix of a family")
    count = quotient(stack.shape[0], x.shape[0])
    pick = ops.kron(ops.unit_vector(k, count), ops.identity(x.shape[0]))
    part = ops.mul(ops.derivative(f, stack, "numerator"), pick)
    return part if layout == "numerator" else ops.transpose(part)


def _bare(target: Node) -> Node:
    """Without parentheses around it."""
    while isinstance(target, Fence) and target.kind == "paren" and len(target.items) == 1:
        target = target.items[0]
    return target


def _transposing(sup: Node) -> bool:
    return transpose_mark(sup) or any(transpose_mark(n) for n in sup.walk() if isinstance(n, Name))


def _row(target: Node) -> tuple[Node, bool]:
    """∂x^\\top: the variable x, in row form."""
    if isinstance(target, Scripted) and (transpose_mark(target.sup) or (target.primes == 1 and target.sup is None)):
        if target.sub is None:
            return target.base, True
        return Scripted(target.span, target.base, target.sub), True
    return target, False
