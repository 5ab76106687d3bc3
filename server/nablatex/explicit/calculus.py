"""Word operators, derivatives, integrals, sums, products and limits of explicit formulas, as unevaluated SymPy objects."""

from __future__ import annotations

from typing import Any

import sympy

from nablatex.document.names import Key, key_of, label_of
from nablatex.explicit import values
from nablatex.explicit.functions import INVERSE, SEVERAL, UNARY
from nablatex.explicit.integrals import taken_apart
from nablatex.explicit.names import NameReading
from nablatex.explicit.values import Doubtful, NotExplicit, Value, is_matrix, is_scalar, number_of
from nablatex.latex.tree import (
    BigOperator,
    Derivative,
    Evaluated,
    Fraction,
    Juxtaposition,
    Name,
    Node,
    Number,
    Operator,
    Relation,
    Scripted,
    Sum,
    Variable,
)

MAX_TERMS = 400


class CalculusReading(NameReading):
    """Functions and operators that bind a variable.  What they stand for is worked out later, by `doit`."""

    # ---- word operators

    def operator(self, node: Operator) -> Value:
        if node.primes:
            raise NotExplicit("the derivative of a function written with a prime", node.span)
        word = node.word
        if word in UNARY and len(node.arguments) == 1:
            return self.function(word, node)
        if word in SEVERAL and node.sub is None and node.sup is None:
            return self.several(word, [self.scalar(a) for a in node.arguments], node)
        if len(node.arguments) == 1 and node.sub is None:
            value = self.of_matrix(word, self.read(node.arguments[0]), node)
        elif word in ("diag", "Diag"):
            value = values.matrix(sympy.diag(*[self.scalar(a) for a in node.arguments]))
        else:
            raise NotExplicit(f"{word} of {len(node.arguments)} arguments", node.span)
        if node.sup is None:
            return value
        return values.power(value, self.scalar(node.sup))

    def several(self, word: str, arguments: list[Any], node: Node) -> Value:
        if word in ("gcd", "lcm") and not all(a.is_Integer for a in arguments):
            raise NotExplicit(f"{word} of what are no given integers", node.span)
        if word in ("gcd", "lcm"):
            return getattr(sympy, "igcd" if word == "gcd" else "ilcm")(*arguments) * sympy.S.One
        return SEVERAL[word](*arguments)

    def function(self, word: str, node: Operator) -> Value:
        operand, rest = self.operand(node)
        if rest is not None:
            inner = Operator(node.span, word, (operand,), True, node.sub, node.sup, node.primes, node.latex)
            return values.multiply(self.function(word, inner), self.read(rest))
        argument = number_of(self.read(operand))
        if is_matrix(argument):
            if word == "exp" and node.sup is None:
                values.square_side(argument, "the exponential")
                return sympy.simplify(argument.exp())
            raise NotExplicit(f"{word} of a matrix: entry by entry or of the matrix?", node.span)
        if not is_scalar(argument):
            raise NotExplicit(f"{word} of a matrix", node.span)
        if word == "sqrt":
            index = sympy.S(2) if node.sub is None else self.scalar(node.sub)
            value = sympy.real_root(argument, index) if index.is_odd else sympy.root(argument, index)
        elif word in ("log", "ln") and node.sub is not None:
            value = sympy.log(argument) / sympy.log(self.scalar(node.sub))
        elif word == "log" and node.sub is None and self.log_base is not None:
            value = sympy.log(argument) / sympy.log(self.log_base)
        elif node.sub is not None:
            raise NotExplicit(f"a subscript on {word}", node.span)
        elif isinstance(node.sup, Sum) and self.scalar(node.sup) == -1:
            if word not in INVERSE:
                raise NotExplicit(f"{word} to the -1: the inverse function or the reciprocal?", node.span)
            return UNARY[INVERSE[word]](argument)
        else:
            value = UNARY[word](argument)
        return value if node.sup is None else values.power(value, self.scalar(node.sup))

    def operand(self, node: Operator) -> tuple[Node, Node | None]:
        """What a function without parentheses applies to, and what an explicit space sets apart from that.

        Letters and numerals that follow belong to it (``\\cos 2 \\pi x``); where an exponential, a fraction or a
        parenthesis follows, readers differ, and it is not read.
        """
        argument = node.arguments[0]
        if node.fenced or not isinstance(argument, Juxtaposition):
            return argument, None
        factors, marks = argument.factors, argument.marks
        if self.source is None and sum(not isinstance(f, Number) for f in factors) > 1:
            raise NotExplicit(f"what does {node.word} apply to? write parentheses", node.span)
        for k in range(1, len(factors) if self.source is not None else 0):
            assert self.source is not None
            between = self.source[factors[k - 1].span.end : factors[k].span.start]
            if "\\" in between or "~" in between:
                return _part(factors[:k], marks[: k - 1]), _part(factors[k:], marks[k:])
        for k, f in enumerate(factors):
            base = f.base if isinstance(f, Scripted) else f
            numeral = (
                isinstance(base, Fraction)
                and not k
                and not any(isinstance(n, Name) and n.base != "\\pi" for n in base.walk())
            )
            plain = isinstance(base, (Name, Number)) and not (k and isinstance(base, Name) and base.base == "e")
            if not (plain or numeral):
                raise NotExplicit(f"what does {node.word} apply to? write parentheses", node.span)
        return argument, None

    def of_matrix(self, word: str, value: Value, node: Node) -> Value:
        if not is_matrix(value):
            raise NotExplicit(f"{word} of what is no explicit matrix", node.span)
        if word in ("tr", "Tr", "trace", "Trace"):
            values.square_side(value, "the trace")
            return value.trace()
        if word in ("det", "Det"):
            return values.determinant(value)
        if word == "rank":
            if value.free_symbols:
                raise NotExplicit("the rank depends on the symbols", node.span)
            return sympy.Integer(value.rank(simplify=True))
        if word in ("diag", "Diag"):
            if value.cols == 1:
                return values.matrix(sympy.diag(*list(value)))
            return values.matrix([value[i, i] for i in range(values.square_side(value, "the diagonal"))])
        if word in ("vec", "Vec"):
            return values.matrix(value.vec())
        if word in ("adj", "adjugate"):
            values.square_side(value, "the adjugate")
            return value.adjugate()
        if word == "norm":
            return self.norm(value)
        if word == "pinv":
            return sympy.simplify(value.pinv())
        raise NotExplicit(f"{word} is not understood here", node.span)

    def norm(self, value: Value) -> Value:
        raise NotImplementedError

    # ---- operators that bind

    def bound(self, target: Node, **assumptions: bool) -> tuple[Key, Any]:
        """A variable that an operator binds; what the document says of that letter does not reach in."""
        key = key_of(target)
        if key is None:
            raise NotExplicit("a variable that is no name", target.span)
        for scope in reversed(self.scopes):
            found = scope.get(key)
            if found is not None and getattr(found, "is_Symbol", False) and not assumptions:
                return key, found
        if not assumptions:
            return key, self.symbol(key, label_of(target))
        found = sympy.Symbol(label_of(target), **assumptions)
        self.labels[found] = label_of(target)
        return key, found

    def within(self, key: Key, symbol: Any, body: Node) -> Value:
        self.scopes.append({key: symbol})
        try:
            return self.read(body)
        finally:
            self.scopes.pop()

    def derivative(self, node: Derivative) -> Value:
        """d/dx and ∂/∂x of a number or of a matrix, entry by entry, for scalar x."""
        if node.operand is None or not node.variables or node.style not in ("partial", "d", "nabla"):
            raise NotExplicit("a derivative of what, or with respect to what?", node.span)
        inside = [key_of(n) for n in node.operand.walk() if isinstance(n, (Name, Scripted))]
        for key in inside:
            if key in self.noticed.dependent and self.context.definition(key) is None:
                raise Doubtful("a derivative of what may depend on the variable", node.span)
        variables = [self.variable(v) for v in node.variables]
        counts = [v.order if len(node.variables) > 1 or v.order > 1 else node.order for v in node.variables]
        if sum(counts) != node.order:
            raise NotExplicit("the orders of the derivative do not agree", node.span)
        self.scopes.append(dict(variables))
        try:
            value = self.read(node.operand)
        finally:
            self.scopes.pop()
        pairs = [(symbol, count) for (_, symbol), count in zip(variables, counts, strict=True)]
        if is_matrix(value):
            return value.applyfunc(lambda x: sympy.Derivative(x, *pairs))
        if not is_scalar(value):
            raise NotExplicit("the derivative of what is not explicit", node.span)
        return sympy.Derivative(value, *pairs)

    def variable(self, v: Variable) -> tuple[Key, Any]:
        key = key_of(v.target)
        found = self.context.find(key) if key is not None else None
        if found is not None and found[1].shape is not None and not all(d.value == 1 for d in found[1].shape):
            raise NotExplicit("a derivative with respect to a vector or matrix", v.span)
        return self.bound(v.target)

    def evaluated(self, node: Evaluated) -> Value:
        at = node.at
        if not isinstance(at, Relation) or at.ops != ("=",):
            raise NotExplicit("evaluated where?", node.at.span)
        key, symbol = self.bound(at.sides[0])
        point = self.scalar(at.sides[1])
        value = self.within(key, symbol, node.body)
        return value.doit().subs(symbol, point)

    def big(self, node: BigOperator) -> Value:
        if node.kind in ("sum", "prod"):
            return self.series(node)
        if node.kind == "int":
            return self.integral(node)
        if node.kind == "lim":
            return self.limit(node)
        raise NotExplicit(f"{node.kind} is not explicit", node.span)

    def series(self, node: BigOperator) -> Value:
        """A sum or product over an index with bounds; of matrices only with given bounds."""
        low = node.lower
        if node.body is None or node.upper is None or not isinstance(low, Relation) or low.ops != ("=",):
            raise NotExplicit("a sum needs its index and both bounds", node.span)
        key, index = self.bound(low.sides[0], integer=True)
        start, end = self.scalar(low.sides[1]), self.scalar(node.upper)
        body = self.within(key, index, node.body)
        if is_scalar(body):
            if start.is_Integer and end.is_Integer and end < start:
                raise NotExplicit("a sum whose end is before its start", node.span)
            return (sympy.Sum if node.kind == "sum" else sympy.Product)(body, (index, start, end))
        if not (is_matrix(body) and start.is_Integer and end.is_Integer and 0 <= end - start < MAX_TERMS):
            raise NotExplicit("a sum of matrices without given bounds", node.span)
        total = body.subs(index, start)
        for k in range(int(start) + 1, int(end) + 1):
            term = body.subs(index, k)
            total = values.add(total, term) if node.kind == "sum" else values.multiply(total, term)
        return total

    def integral(self, node: BigOperator) -> Value:
        """∫ f dx, ∫_a^b f dx, repeated integrals with their differentials in order from inside."""
        body, layers = taken_apart(node)
        bound = [self.bound(variable) for variable, _ in layers]
        limits = []
        for (_, layer), (_, symbol) in zip(layers, bound, strict=True):
            if (layer.lower is None) != (layer.upper is None):
                raise NotExplicit("an integral with one bound, or over a set", layer.span)
            limits.append((symbol, layer))
        self.scopes.append(dict(bound))
        try:
            value = sympy.S.One if body is None else self.scalar(body)
            ranges = [
                (s,) if x.lower is None or x.upper is None else (s, self.scalar(x.lower), self.scalar(x.upper))
                for s, x in limits
            ]
        finally:
            self.scopes.pop()
        return sympy.Integral(value, *ranges)

    def limit(self, node: BigOperator) -> Value:
        """lim as x → a, from both sides unless a sign says which; ``\\pm\\infty`` from inside."""
        low = node.lower
        if node.body is None or not isinstance(low, Relation) or low.ops[0] not in ("\\to", "\\rightarrow"):
            raise NotExplicit("a limit needs its variable and where it goes", node.span)
        key, symbol = self.bound(low.sides[0])
        target, direction = low.sides[1], "+-"
        if isinstance(target, Scripted) and isinstance(target.sup, Name) and target.sup.base in ("+", "-"):
            direction = target.sup.base
            target = target.base
        point = self.scalar(target)
        value = self.within(key, symbol, node.body)
        if not is_scalar(value):
            raise NotExplicit("the limit of a matrix", node.span)
        if point in (sympy.oo, -sympy.oo):
            return sympy.Limit(value, symbol, point, "-" if point is sympy.oo else "+")
        return sympy.Limit(value, symbol, point, direction)


def _part(factors: tuple[Node, ...], marks: tuple[str, ...]) -> Node:
    span = factors[0].span.join(factors[-1].span)
    return factors[0] if len(factors) == 1 else Juxtaposition(span, factors, marks)


__all__ = ["CalculusReading"]
