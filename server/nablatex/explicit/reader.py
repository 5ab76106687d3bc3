"""Our own reader of explicit formulas: a syntax tree and what is known become a SymPy expression or matrix.

It keeps the order of products, transposes and inverses, and unfolds what the document defined.  No text is ever
handed to SymPy: numbers, names and structure come from the tree.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from nablatex.document.names import key_of
from nablatex.explicit import values
from nablatex.explicit.calculus import CalculusReading
from nablatex.explicit.integrals import integrals_joined
from nablatex.explicit.names import MAX_UNFOLD
from nablatex.explicit.values import Doubtful, Identity, NotExplicit, Value, is_matrix, is_scalar, number_of
from nablatex.latex import tree
from nablatex.latex.tree import (
    Annotated,
    Call,
    Differential,
    Fence,
    Fraction,
    Juxtaposition,
    Matrix,
    Name,
    Node,
    Number,
    Scripted,
    Sum,
    Unknown,
)

TRANSPOSES = frozenset(("T", "\\top", "\\intercal", "t", "\\transpose", "\\tran", "\\trans"))
FUNCTION_LETTERS = frozenset(("f", "g", "h", "F", "G", "\\phi", "\\varphi", "\\psi"))


class Reader(CalculusReading):
    """Reads trees under one context."""

    def read(self, node: Node) -> Value:
        """The value of a formula; NotExplicit with the place where it has none."""
        reader = READERS.get(type(node))
        if reader is None:
            raise NotExplicit(f"{type(node).__name__.lower()} is not an explicit formula", node.span)
        try:
            return reader(self, node)
        except NotExplicit as error:
            error.span = error.span or node.span
            raise
        except RecursionError:
            raise NotExplicit("nested too deeply", node.span) from None

    # ---- sums and products

    def sum(self, node: Sum) -> Value:
        terms = integrals_joined(node)
        total: Value = sympy.S.Zero
        for k, (sign, term) in enumerate(terms):
            if sign not in "+-":
                raise NotExplicit("± stands for two formulas", node.span)
            value = self.read(term)
            value = values.negate(value) if sign == "-" else value
            total = value if not k else values.add(total, value)
        return total

    def product(self, node: Juxtaposition) -> Value:
        return self.factors(node.factors, node.marks)

    def factors(self, factors: tuple[Node, ...], marks: tuple[str, ...]) -> Value:
        total: Value | None = None
        after_slash = False
        skip = False
        for k, (mark, factor) in enumerate(zip(("", *marks), factors, strict=True)):
            if skip:
                skip = False
                continue
            value = self.read(factor)
            following = factors[k + 1] if k + 1 < len(factors) else None
            if isinstance(following, Unknown) and following.text == "!":
                value = self.factorial(factor, value)
                skip = True
            if total is None:
                total = value
            elif mark == "/":
                total = values.divide(total, value)
                numbers = isinstance(factor, Number) and isinstance(factors[k - 1], Number)
                end = factors[k + 1].span.start if k + 1 < len(factors) else factor.span.end
                after_slash = not (numbers and self.source is not None and self.source[factor.span.end : end])
            else:
                if after_slash and not mark:
                    raise NotExplicit("a/bc may be a over bc: write a fraction", factor.span)
                total = self.times(total, value, mark)
                after_slash = False
        assert total is not None
        return total

    def factorial(self, node: Node, value: Value) -> Value:
        """n!, and n(n-1)!, where the sign belongs to the parenthesis alone."""
        if isinstance(node, Call) and not self.applies(node):
            return values.multiply(self.read(node.head), values.factorial(self.scalar(node.argument)))
        return values.factorial(value)

    def times(self, a: Value, b: Value, mark: str) -> Value:
        """A product; between columns · is the inner and × the cross product."""
        if is_matrix(a) and is_matrix(b) and a.shape == b.shape and a.cols == 1 and a.rows > 1:
            if mark == "\\cdot":
                return (a.T * b)[0, 0]
            if mark == "\\times" and a.rows == 3:
                return a.cross(b)
        if mark == "\\times" and is_matrix(a) and is_matrix(b):
            raise NotExplicit("× between matrices")
        return values.multiply(a, b)

    def fraction(self, node: Fraction) -> Value:
        return values.divide(self.read(node.numerator), self.read(node.denominator))

    def infix(self, node: tree.Infix) -> Value:
        a, b = self.read(node.left), self.read(node.right)
        if not (is_matrix(a) and is_matrix(b)):
            raise NotExplicit(f"{node.op} of what are no matrices", node.span)
        if node.op in ("\\odot", "\\circ", ".*", "\\oslash"):
            if a.shape != b.shape:
                raise NotExplicit(f"{node.op} of {values.size_text(a)} and {values.size_text(b)}", node.span)
            op = values.divide if node.op == "\\oslash" else values.multiply
            return values.matrix(a.rows, a.cols, lambda i, j: op(a[i, j], b[i, j]))
        if node.op == "\\otimes":
            return values.matrix(sympy.kronecker_product(a, b))
        if node.op == ":" and a.shape == b.shape:
            return (a.T * b).trace()
        raise NotExplicit(f"{node.op} is not understood here", node.span)

    # ---- scripts

    def scripted(self, node: Scripted) -> Value:
        if node.left_sup is not None:
            if isinstance(node.left_sup, Name) and node.left_sup.base in TRANSPOSES:
                return self.transpose(self.read(node.base), node)
            raise NotExplicit("a script to the left", node.span)
        if isinstance(node.base, Name):
            if key_of(node) is not None and not (node.sup is not None and self.is_e(node.base)):
                return self.name(node)
            base: Node = node.base if node.sub is None else Scripted(node.span, node.base, node.sub)
            if isinstance(base, Name) and self.is_e(base):
                return self.exponential(node)
            return self.raised(self.read(base), node)
        if node.sub is not None:
            raise NotExplicit("a subscript of a formula", node.span)
        if isinstance(node.base, Call) and not self.applies(node.base):
            tail = Scripted(node.span, node.base.argument, None, node.sup, node.primes)
            return values.multiply(self.read(node.base.head), self.read(tail))
        return self.raised(self.read(node.base), node)

    def is_e(self, base: Name) -> bool:
        return base.base == "e" and self.read(base) is sympy.E

    def exponential(self, node: Scripted) -> Value:
        if node.sup is None or node.primes:
            raise NotExplicit("a prime on a number", node.span)
        exponent = self.read(node.sup)
        if is_matrix(exponent) and exponent.shape != (1, 1):
            values.square_side(exponent, "the exponential")
            return sympy.simplify(exponent.exp())
        return sympy.exp(self.scalar(node.sup))

    def raised(self, base: Value, node: Scripted) -> Value:
        for _ in range(node.primes):
            base = self.transpose(base, node)
        sup = node.sup
        if sup is None:
            return base
        if isinstance(sup, Name) and sup.base in TRANSPOSES and not self.is_number(sup):
            return self.transpose(base, node)
        if isinstance(sup, Sum) and len(sup.terms) == 1 and sup.signs == ("-",):
            mark = sup.terms[0]
            if isinstance(mark, Name) and mark.base in TRANSPOSES and not self.is_number(mark):
                return self.transpose(values.inverse(base), node)
        if isinstance(sup, Name) and sup.base in ("\\dagger", "*", "H", "\\ast", "+"):
            raise NotExplicit(f"{sup.base} in a superscript", node.span)
        exponent = self.scalar(sup)
        if is_matrix(base) and exponent == -1:
            return values.inverse(base)
        return values.power(number_of(base) if is_matrix(base) and not exponent.is_Integer else base, exponent)

    def transpose(self, value: Value, node: Node) -> Value:
        if isinstance(value, Identity):
            return value
        if is_matrix(value):
            return value.T
        raise NotExplicit("the transpose of a number, or a new symbol?", node.span)

    # ---- fences, calls, matrices

    def fence(self, node: Fence) -> Value:
        if node.kind == "angle" and len(node.items) == 2:
            a, b = (self.read(x) for x in node.items)
            if is_matrix(a) and is_matrix(b) and a.shape == b.shape:
                return (a.T * b).trace()
        if len(node.items) != 1:
            raise NotExplicit("a list is no explicit formula", node.span)
        inner = node.items[0]
        value = self.read(inner)
        if node.kind in ("paren", "bracket", "brace"):
            if isinstance(inner, Matrix) and inner.env in ("array", "matrix"):
                self.environments.append({"paren": "pmatrix", "bracket": "bmatrix", "brace": "Bmatrix"}[node.kind])
            return value
        if node.kind == "bar":
            return sympy.Abs(value) if is_scalar(value) else values.determinant(value)
        if node.kind == "norm":
            return self.norm(value)
        if node.kind in ("floor", "ceil") and is_scalar(value):
            return sympy.floor(value) if node.kind == "floor" else sympy.ceiling(value)
        raise NotExplicit(f"{node.kind} is not understood here", node.span)

    def norm(self, value: Value) -> Value:
        """Euclidean of a vector, Frobenius of a matrix."""
        if is_scalar(value):
            return sympy.Abs(value)
        if isinstance(value, Identity):
            raise NotExplicit("the size of the identity is not known")
        return sympy.sqrt(sum(x**2 if x.is_real else sympy.Abs(x) ** 2 for x in value))

    def applies(self, node: Call) -> bool:
        """Whether a call applies a function; otherwise it is a product."""
        key = key_of(node.head)
        if key is None or len(node.argument.items) > 1:
            return True
        if any(key in s for s in self.scopes):
            return False
        if key.base in ("o", "O"):
            raise Doubtful("an order of magnitude is no value", node.span)
        definition = self.context.definition(key)
        if definition is not None:
            return bool(definition.parameters)
        if self.context.find(key) is not None and key not in self.context.functions:
            return False
        known = self.context.functions.keys() | self.noticed.functions
        return key in known or key.base in FUNCTION_LETTERS

    def call(self, node: Call) -> Value:
        if not self.applies(node):
            return values.multiply(self.read(node.head), self.read(node.argument))
        key = key_of(node.head)
        definition = self.context.definition(key) if key is not None else None
        if definition is None and key is not None and key.base.startswith("\\"):
            raise Doubtful("a function of this name", node.span)
        if key is None or definition is None or len(definition.parameters) != len(node.argument.items):
            raise NotExplicit("a function that is not defined", node.span)
        if len(self.unfolding) > MAX_UNFOLD or key in self.unfolding:
            raise NotExplicit("definitions that go round in a circle", node.span)
        arguments = dict(zip(definition.parameters, map(self.read, node.argument.items), strict=True))
        return self.elsewhere(key, definition.body, [arguments])

    def matrix(self, node: Matrix) -> Value:
        """An explicit matrix; matrices as cells are blocks."""
        env = node.env.rstrip("*")
        if env == "cases":
            raise NotExplicit("a definition by cases", node.span)
        rows = [[self.read(c) for c in row] for row in node.rows]
        if len({len(r) for r in rows}) != 1:
            raise NotExplicit("rows of different lengths", node.span)
        if max(len(rows), len(rows[0])) > values.MAX_SIDE:
            raise NotExplicit("the matrix is too large", node.span)
        self.environments.append(env)
        if any(isinstance(c, Identity) for row in rows for c in row):
            raise NotExplicit("a block whose size is not known", node.span)
        if any(is_matrix(c) for row in rows for c in row):
            rows = [[c if is_matrix(c) else values.matrix([[c]]) for c in row] for row in rows]
            try:
                value = values.matrix(sympy.Matrix(sympy.BlockMatrix(rows)))
            except (ValueError, TypeError, sympy.matrices.exceptions.ShapeError) as error:
                raise NotExplicit("blocks that do not fit", node.span) from error
        else:
            value = values.matrix(rows)
        return values.determinant(value) if env == "vmatrix" else self.norm(value) if env == "Vmatrix" else value

    def differential(self, node: Differential) -> Value:
        """An italic d that is a letter in a product."""
        if node.certain or node.order != 1:
            raise NotExplicit("a differential is no explicit formula", node.span)
        return values.multiply(self.read(node.letter), self.read(node.operand))

    def annotated(self, node: Annotated) -> Value:
        return self.read(node.body)


READERS: dict[type[Node], Callable[[Any, Any], Value]] = {
    Number: Reader.number,
    Name: Reader.name,
    Scripted: Reader.scripted,
    Sum: Reader.sum,
    Juxtaposition: Reader.product,
    tree.Infix: Reader.infix,
    Fence: Reader.fence,
    Call: Reader.call,
    tree.Operator: Reader.operator,
    Fraction: Reader.fraction,
    tree.Derivative: Reader.derivative,
    Differential: Reader.differential,
    tree.BigOperator: Reader.big,
    Matrix: Reader.matrix,
    tree.Evaluated: Reader.evaluated,
    Annotated: Reader.annotated,
}

__all__ = ["Reader"]
