r"""Reading derivatives that name no variable: ∇f, ∇f(x, y), ∇²f(0, 0), J_f(x), H_f: by the arguments of f."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nablatex.algebra import ops
from nablatex.algebra.dims import ONE, ShapeError
from nablatex.algebra.expr import Expr
from nablatex.document.base import Unsupported
from nablatex.document.by_functions import FunctionReading
from nablatex.document.context import Definition
from nablatex.document.drafts import Draft
from nablatex.document.names import Key, flat, key_of, transpose_mark
from nablatex.latex.tree import Call, Derivative, Fence, Juxtaposition, Name, Node, Operator, Scripted, Variable

MAX_ARGUMENTS = 6


class GradientReading(FunctionReading):
    """Gradients, Jacobian matrices and Hessians of a function, by all that it depends on."""

    def derivative(self, node: Derivative) -> Draft:
        nearer = self.first_alone(node)
        if nearer is not None:
            return self.read_node(nearer)
        value = self.by_implied(node)
        if node.style == "jacobian" and self.choose(0.0, 1.2, once="jacobian") == 1:
            return self.transpose(value)  # some write a gradient as a column here too
        return value

    def first_alone(self, node: Derivative) -> Node | None:
        r"""(∇f(x))^T d for ``\nabla f(x)^\top d``, and the same for the other factors that stand behind a gradient or a
        Hessian; None where the whole product is differentiated.

        Of a number nobody writes the transpose: the gradient is meant.  A product with another ∇ in it is one of gradients.
        """
        operand = node.operand
        turned = node.style == "jacobian" or any(
            isinstance(v.target, Scripted) and _transposed(v.target) for v in node.variables
        )
        if (node.style != "nabla" and not turned) or operand is None:
            return None
        factors, marks = _factors(operand)
        following = next((k for k, f in enumerate(factors) if isinstance(f, Derivative)), 0)
        first, *others = factors
        marked = isinstance(first, Scripted) and (
            _transposed(first) or _numbered(first) or (node.order == 2 and _inverse(first))
        )
        of = first.base if marked and isinstance(first, Scripted) else first
        called = isinstance(of, Call) or self.function(of) is not None or (marked and isinstance(of, Operator))
        if following > 1 or (following and not called):
            until = factors[following - 1].span
            near: Node = Juxtaposition(first.span.join(until), factors[:following], marks[: following - 1])
            near = replace(node, span=node.operator.join(until), operand=near if following > 1 else first)
            return Juxtaposition(node.span, (near, *factors[following:]), marks[following - 1 :])
        if not called or not (others or marked):
            return None
        if not following and not ((marked or turned) and self.scalar(self.read_node(of))):
            product = node.order == 1 and (marked or bool(node.variables) or any(isinstance(f, Call) for f in others))
            if self.choose(*((0.5, 0.0) if product else (0.0, 0.5)), once=("reach", node.span)) == 1:
                return None
        inner: Node = replace(node, span=node.operator.join(of.span), operand=of)
        if marked and isinstance(first, Scripted):
            inner = replace(first, base=Fence(inner.span, "paren", (inner,)))
        return Juxtaposition(node.span, (inner, *others), marks) if others else inner

    def by_implied(self, node: Derivative) -> Draft:
        if node.variables or node.operand is None:
            return super().derivative(node)
        variable = self.implied_variable(node.operand)
        if variable is not None:
            if node.style == "jacobian":
                variable = Variable(variable.span, Scripted(node.span, variable.target, None, Name(node.span, "\\top")))
            named = Derivative(
                node.span, node.style, node.operand, (variable,), node.order, node.applied, node.operator
            )
            return super().derivative(named)
        definition = self.function(node.operand)
        if definition is None or node.order > 2:
            raise Unsupported("∇ without its variable", node.span)
        return self.by_arguments(node, node.operand, definition)

    def function(self, operand: Node) -> Definition | None:
        """The defined function that an operand names or calls with as many arguments as it has."""
        key = key_of(operand.head if isinstance(operand, Call) else operand)
        found = self.context.definition(key) if key is not None else None
        if found is None or not 0 < len(found.parameters) <= MAX_ARGUMENTS:
            return None
        given = len(operand.argument.items) if isinstance(operand, Call) else len(found.parameters)
        return found if given == len(found.parameters) else None

    def implied_variable(self, operand: Node) -> Variable | None:
        r"""x of f(x), of a defined f of one argument, and of E_x = … where the definition speaks of x."""
        if isinstance(operand, Call):
            items = operand.argument.items
            return Variable(operand.span, items[0]) if len(items) == 1 and key_of(items[0]) is not None else None
        if key_of(operand) is None:
            calls = [n for n in operand.walk() if isinstance(n, Call) and self.function(n) is not None]
            points = {n.argument.items for n in calls}
            return self.implied_variable(calls[0]) if len(points) == 1 else None
        key = key_of(operand)
        arguments = (self.context.arguments(key) or ()) if key is not None else ()
        if len(arguments) == 1:
            return Variable(operand.span, arguments[0])
        definition = self.context.definition(key) if key is not None else None
        if definition is None:
            return None
        if len(definition.parameters) == 1:
            return _variable(operand, definition.parameters[0])
        named = key_of(operand.sub) if isinstance(operand, Scripted) and operand.sub is not None else None
        if named is None or definition.parameters:
            return None
        occurs = any(key_of(n) == named for n in definition.body.walk() if isinstance(n, (Name, Scripted)))
        return _variable(operand, named) if occurs else None

    def by_arguments(self, node: Derivative, operand: Node, definition: Definition) -> Draft:
        """The derivative by all arguments at once, one below the other, at the values that a call puts in."""
        if isinstance(operand, Call):
            points = [self.read_node(a) for a in operand.argument.items]
        else:
            points = [self.name(_variable(operand, p).target) for p in definition.parameters]  # type: ignore[arg-type]
        symbols = [self.argument(p, x) for p, x in zip(definition.parameters, points, strict=True)]
        self.scopes.append(dict(zip(definition.parameters, symbols, strict=True)))
        try:
            value = self.unfold(definition.key, definition.body, "")
        finally:
            self.scopes.pop()
        whole = self.second(value, symbols) if node.order == 2 else self.first(value, symbols, node.style == "jacobian")
        moved = [(s, x) for s, x in zip(symbols, points, strict=True) if s is not x]
        flat = tuple(d for pair in moved for d in pair)
        return Draft(whole.shape, lambda xs: ops.at(xs[0], dict(zip(xs[1::2], xs[2::2], strict=True))), (whole, *flat))

    def argument(self, parameter: Key, point: Draft) -> Draft:
        """The symbol that is differentiated by: that of the point itself, or one of the parameter's name."""
        if point.kind == "symbol":
            return point
        return self.sized(lambda s: ops.symbol(parameter.base + parameter.script, *s), self.shape(point), "symbol")

    def first(self, f: Draft, xs: Sequence[Draft], rows: bool) -> Draft:
        """The gradient of a number, the Jacobian matrix otherwise."""
        if not rows:
            self.number_of(f, "the gradient of something that is no number")
        return self.grid([[self.by(f, x, "numerator") for x in xs]] if rows else [[self.by(f, x)] for x in xs])

    def second(self, f: Draft, xs: Sequence[Draft]) -> Draft:
        self.number_of(f, "the Hessian of something that is no number")
        return self.grid([[self.by(self.by(f, x), y, "numerator") for y in xs] for x in xs])

    def number_of(self, f: Draft, why: str) -> None:
        """A value whose shape is open is a number; one that has another shape is not understood here."""
        try:
            for d in self.shape(f):
                self.unify.equate(d, ONE, why)
        except ShapeError as error:
            raise Unsupported(why) from error

    def by(self, f: Draft, x: Draft, layout: str = "denominator") -> Draft:
        def build(ys: Sequence[Expr]) -> Expr:
            return ops.derivative(ys[0], ys[1], layout)

        return self.node("derivative", build, f, x, params=(layout,))

    def grid(self, rows: Sequence[Sequence[Draft]]) -> Draft:
        width = len(rows[0])

        def build(xs: Sequence[Expr]) -> Expr:
            return ops.matrix_literal([xs[k : k + width] for k in range(0, len(xs), width)])

        cells = [c for row in rows for c in row]
        if len(cells) == 1:
            return cells[0]
        return self.node("blocks", build, *cells, params=(len(rows), width))


def _factors(operand: Node) -> tuple[tuple[Node, ...], tuple[str, ...]]:
    r"""The factors of a product and what stands between them; of \log f(x)^\top d, (\log f(x))^\top and d."""
    if isinstance(operand, Juxtaposition):
        return operand.factors, operand.marks
    if isinstance(operand, Operator) and len(operand.arguments) == 1 and not operand.fenced:
        (first, *others), marks = _factors(operand.arguments[0])
        if isinstance(first, Scripted) and _transposed(first):
            return (replace(first, base=replace(operand, arguments=(first.base,))), *others), marks
    return (operand,), ()


def _transposed(node: Scripted) -> bool:
    return transpose_mark(node.sup) or (node.primes == 1 and node.sup is None)


def _numbered(node: Scripted) -> bool:
    """f(x)_i"""
    return isinstance(node.base, Call) and node.sub is not None and node.sup is None and not node.primes


def _inverse(node: Scripted) -> bool:
    return node.sup is not None and flat(node.sup).startswith("-")


def _variable(node: Node, key: Key) -> Variable:
    """The variable that a key is the name of."""
    base: Node = Name(node.span, key.base, key.font, key.accents, key.prefix)
    if key.script.startswith("_"):
        base = Scripted(node.span, base, Name(node.span, key.script[1:]))
    return Variable(node.span, base)


__all__ = ["GradientReading"]
