"""Reading word operators, fences, infix products and fractions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import isqrt

from nablatex.algebra import ops
from nablatex.algebra.arrangements import COLUMNS, ROWS
from nablatex.algebra.dims import ONE, SCALAR, dim, shape_text
from nablatex.algebra.elementwise import FUNCTIONS
from nablatex.algebra.expr import Expr
from nablatex.algebra.softmax import Ambiguous
from nablatex.document.base import Unsupported
from nablatex.document.context import BY_ROWS, OF_MATRICES
from nablatex.document.drafts import Draft
from nablatex.document.fences import FenceReading
from nablatex.document.indicators import condition_in
from nablatex.document.names import Key, flat, transpose_mark
from nablatex.latex.tree import (
    Fence,
    Fraction,
    Infix,
    Juxtaposition,
    Name,
    Node,
    Number,
    Operator,
    Relation,
)

TO_SCALAR: dict[str, Callable[[Expr], Expr]] = {"trace": ops.trace, "det": ops.det}
ARRANGED: dict[str, Callable[[Expr, str], Expr]] = {
    "softmax": ops.softmax_of,
    "logsumexp": ops.logsumexp_of,
    "LSE": ops.logsumexp_of,
    "lse": ops.logsumexp_of,
}
MATRIX_FUNCTIONS: dict[str, Callable[[Expr], Expr]] = {"exp": ops.expm, "log": ops.logm}
ENTRYWISE = frozenset(("\\odot", "\\circ", "\\ast", ".*", "*"))
WORDS = {w: "trace" for w in ("tr", "Tr", "trace", "Trace", "Sp", "Spur")} | {w: "det" for w in ("det", "Det")}
FUNCTION_WORDS = {w: f.name for f in FUNCTIONS.values() for w in f.spellings}


OF_NUMBERS = frozenset(("log", "ln", "sin", "cos", "tan", "sinh", "cosh", "tanh"))
INNER = frozenset((":", "\\bullet"))
"""Signs of the Frobenius product."""


class OperatorReading(FenceReading):
    """Operators and fences."""

    def operator(self, node: Operator) -> Draft:
        word = node.word
        if word in ("max", "min"):
            return self.maximum(node)
        number = self.of_number(node)
        if number is not None:
            return number
        volume = self.volume(node)
        arguments = [volume] if volume is not None else [self.read_node(a) for a in node.arguments]
        if len(arguments) != 1:
            raise Unsupported(f"{word} of {len(arguments)} arguments", node.span)
        x = arguments[0]
        if word in ("vec", "Vec") and node.sup is not None and flat(node.sup) == "-1" and not node.primes:
            return self.unvec(x, node)
        if node.primes:
            if word not in FUNCTION_WORDS or node.sub is not None or node.sup is not None:
                raise Unsupported(f"the derivative of {word} written with a prime", node.span)
            return self.entry_by_entry(FUNCTION_WORDS[word], node.primes, x)
        value = self.apply_word(word, x, node)
        if node.sup is None:
            return value
        if isinstance(node.sup, Name) and transpose_mark(node.sup):
            return self.transpose(value)
        if flat(node.sup) == "-1" and word not in ("tr", "Tr", "det"):
            raise Unsupported(f"the inverse function of {word}", node.span)
        exponent = self.read_node(node.sup)
        return Draft(value.shape, lambda xs: ops.hadamard_power(xs[0], xs[1]), (value, exponent))

    def of_number(self, node: Operator) -> Draft | None:
        r"""``\ln J F^{-T}``, ``\cos\theta\, v``: without parentheses the function is of the number, and not of the product."""
        inside = node.arguments[0] if not node.fenced and node.word in OF_NUMBERS and len(node.arguments) == 1 else None
        if not isinstance(inside, Juxtaposition) or any(inside.marks) or isinstance(inside.factors[0], Fence):
            return None
        first, second, *_ = inside.factors
        if isinstance(first, Number) or not self.scalar(self.read_node(first)):
            return None  # \log 2x
        if self.scalar(self.read_node(second)) and (not isinstance(second, Fraction) or self.choose(0.0, 0.5) == 0):
            return None  # \ln J\,\frac{1}{J} may be either
        value = self.operator(replace(node, arguments=(first,)))
        rest = Juxtaposition(inside.span, inside.factors[1:], inside.marks[1:]) if len(inside.factors) > 2 else second
        return self.product([value, self.read_node(rest)])

    def apply_word(self, word: str, x: Draft, node: Node) -> Draft:
        if word in WORDS:
            name = WORDS[word]
            build = TO_SCALAR[name]
            return self.node(name, lambda xs: build(xs[0]), x)
        if word == "logdet":
            return self.node("det", lambda xs: ops.elementwise("log", ops.det(xs[0])), x)
        if word == "etr":
            return self.node("trace", lambda xs: ops.elementwise("exp", ops.trace(xs[0])), x)
        if word in ("diag", "Diag", "dg"):
            return self.diagonal(x)
        if word in ("vec", "Vec"):
            return self.node("vec", lambda xs: ops.vec(xs[0]), x)
        if word in ("adj", "adjugate"):
            return self.node("adjugate", lambda xs: ops.adjugate(xs[0]), x)
        if word == "cof":
            return self.transpose(self.node("adjugate", lambda xs: ops.adjugate(xs[0]), x))
        if word in ("expm", "logm", "sqrtm"):
            shape = self.shape(x)
            self.unify.equate(shape[0], shape[1], f"{word} of a {shape_text(shape)} matrix: it is not square")
            function = {"expm": ops.expm, "logm": ops.logm, "sqrtm": ops.sqrtm}[word]
            return Draft(x.shape, lambda xs: function(xs[0]), (x,))
        if word in ("tril", "triu"):
            which = "lower" if word == "tril" else "upper"
            return self.node("triangle", lambda xs: ops.triangle(xs[0], which), x, params=(which,))
        if word == "norm":
            return Draft(SCALAR, lambda xs: ops.norm(xs[0]), (x,))
        if word == "sqrt":
            return self.root(x, node)
        if word in FUNCTION_WORDS:
            name = FUNCTION_WORDS[word]
            if isinstance(node, Operator) and node.sub is not None and word in ("log", "ln"):
                base = self.read_node(node.sub)
                return Draft(
                    x.shape,
                    lambda xs: ops.mul(
                        ops.elementwise("log", xs[0]), ops.power(ops.elementwise("log", xs[1]), ops.number(-1))
                    ),
                    (x, base),
                )
            if name in MATRIX_FUNCTIONS and self.of_matrix(x, name):
                return Draft(x.shape, lambda xs: MATRIX_FUNCTIONS[name](xs[0]), (x,))
            return Draft(x.shape, lambda xs: ops.elementwise(name, xs[0]), (x,))
        build_any = getattr(ops, {"LSE": "logsumexp", "lse": "logsumexp"}.get(word, word), None)
        if word in ARRANGED and ONE not in self.shape(x):
            return self.arranged(word, x)
        if word in ("softmax", "logsumexp", "LSE", "lse", "vech", "pinv") and build_any is not None:
            registry_name = {"LSE": "logsumexp", "lse": "logsumexp"}.get(word, word)
            return self.node(registry_name, lambda xs: build_any(xs[0]), x)
        raise Unsupported(f"the operator {word}", node.span)

    def arranged(self, word: str, x: Draft) -> Draft:
        """softmax of a matrix: as the document says, or by rows, as most texts take it; log-sum-exp as the document says."""
        said = self.context.functions.get(Key(word))
        if said is None and word != "softmax":
            raise Ambiguous("the log-sum-exp of a matrix: by rows, by columns or over all entries?")
        by_rows = (
            self.choose(*((0.0, 9.0) if said == BY_ROWS else (9.0, 0.0) if said else (0.0, 1.0)), once=("by", word))
            == 0
        )
        by, function = (ROWS if by_rows else COLUMNS), ARRANGED[word]
        shape = self.shape(x)
        if word != "softmax":
            shape = (shape[0], ONE) if by_rows else (ONE, shape[1])
        return Draft(shape, lambda xs: function(xs[0], by), (x,))

    def of_matrix(self, x: Draft, name: str) -> bool:
        """Whether exp(X) or log(X) of a square matrix is read as the function of the matrix, and not of its entries."""
        rows, cols = self.shape(x)
        if rows != cols or rows == ONE:
            return False
        said = self.context.functions.get(Key(name)) == OF_MATRICES
        return self.choose(*((0.8, 0.0) if said else (0.0, 0.8)), once=("function of a matrix", name)) == 1

    def unvec(self, x: Draft, node: Node) -> Draft:
        r"""\operatorname{vec}^{-1} of a column of length pq, where the formula asks for p×q or q×p; of n^2 for n×n."""
        length = self.shape(x)[0]
        self.unify.equate(self.shape(x)[1], ONE, f"vec^{{-1}} of a {shape_text(self.shape(x))} matrix: it is no column")
        (letters, k), *more = length.terms
        root = isqrt(int(k))
        if not more and not letters and root * root == k:
            p = q = dim(root)
        elif not more and k == 1 and len(letters) == 2:
            p, q = (dim(letter) for letter in letters)
        else:
            raise Unsupported(f"vec^{{-1}} of a column of length {length}: of which shape?", node.span)
        if p != q and self.choose(0.0, 0.0) == 1:
            p, q = q, p
        return Draft((p, q), lambda xs: ops.unvec(xs[0], self.unify.resolve(p), self.unify.resolve(q)), (x,))

    def root(self, x: Draft, node: Node) -> Draft:
        if isinstance(node, Operator) and node.sub is not None:
            k = self.read_node(node.sub)
            return Draft(SCALAR, lambda xs: ops.power(xs[0], ops.power(xs[1], ops.number(-1))), (x, k))
        if self.scalar(x) or self.shape(x)[1] == ONE:
            return Draft(x.shape, lambda xs: ops.elementwise("sqrt", xs[0]), (x,))
        raise Unsupported("the square root of a matrix: entry by entry or of the matrix?", node.span)

    def diagonal(self, x: Draft) -> Draft:
        """diag goes both ways: a vector makes a matrix, a matrix gives its diagonal."""
        shape = self.shape(x)
        if self.scalar(x):
            return x
        if shape[1] == ONE or shape[0] == ONE:
            n = shape[0] if shape[1] == ONE else shape[1]
            return Draft((n, n), lambda xs: ops.diag(xs[0]), (x,))
        self.unify.equate(shape[0], shape[1], f"the diagonal of a {shape_text(shape)} matrix: it is not square")
        return Draft((shape[0], ONE), lambda xs: ops.diag_part(xs[0]), (x,))

    def maximum(self, node: Operator) -> Draft:
        """max(0, x) and max(x, y), entry by entry."""
        if len(node.arguments) == 2 and node.sub is None:
            zero = [isinstance(a, Number) and float(a.text) == 0 for a in node.arguments]
            if any(zero):
                x = self.read_node(node.arguments[1 if zero[0] else 0])
                if node.word == "max":
                    return Draft(x.shape, lambda xs: ops.elementwise("relu", xs[0]), (x,))
                return Draft(x.shape, lambda xs: ops.mul(ops.number(-1), ops.elementwise("relu", -xs[0])), (x,))
            a, b = (self.read_node(x) for x in node.arguments)
            difference = self.add([a, self.negate(b)])  # max(a, b) is b + max(0, a - b), min(a, b) is a - max(0, a - b)
            above = Draft(difference.shape, lambda xs: ops.elementwise("relu", xs[0]), (difference,))
            return self.add([b, above] if node.word == "max" else [a, self.negate(above)])
        if len(node.arguments) == 1 and node.sub is None:
            x = self.read_node(node.arguments[0])
            shape = self.shape(x)
            if ONE in shape:
                return Draft(SCALAR, lambda xs: self.extreme_entry(xs[0], node.word), (x,))
        raise Unsupported(f"{node.word} of this kind", node.span)

    def infix(self, node: Infix) -> Draft:
        first = node.left
        if isinstance(first, Infix) and first.op in INNER and node.op not in INNER and self.choose(0.0, 1.0) == 0:
            # A : B ⊙ X is A : (B ⊙ X), for nobody multiplies a number by it
            inside = Infix(first.right.span.join(node.span), node.op, first.right, node.right)
            return self.infix(Infix(node.span, first.op, first.left, inside))
        a, b = self.entrywise_operand(node.left, node.op), self.entrywise_operand(node.right, node.op)
        if node.op in ENTRYWISE:
            if self.scalar(a) or self.scalar(b):
                return self.product([a, b])
            if self.by_columns(a, b, node.op) and self.choose(0.0, 0.5) == 1:
                return self.node("khatri_rao", lambda xs: ops.khatri_rao(xs[0], xs[1]), a, b)
            return self.node("hadamard", lambda xs: ops.hadamard(*xs), a, b)
        if node.op == "\\oslash":
            return self.node(
                "hadamard", lambda xs: ops.hadamard(xs[0], ops.hadamard_power(xs[1], ops.number(-1))), a, b
            )
        if node.op == "\\otimes":
            return self.node("kron", lambda xs: ops.kron(xs[0], xs[1]), a, b)
        if node.op in INNER:
            return self.node("inner", lambda xs: ops.inner(xs[0], xs[1]), a, b)
        raise Unsupported(f"the operation {node.op}", node.span)

    def by_columns(self, a: Draft, b: Draft, op: str) -> bool:
        """Whether an entry-wise product, which these shapes have none of, could be the one of matching columns."""
        (m, n), (p, q) = self.shape(a), self.shape(b)
        sizes = (m, n, p, q)
        known = all(not x.startswith("?") for d in sizes for x in d.letters())
        return known and n == q != ONE and m != p and ONE not in (m, p) and op != "\\circ"

    def entrywise_operand(self, node: Node, op: str) -> Draft:
        """One side of a product entry by entry, where [z > 0] is the indicator of z > 0."""
        condition = condition_in(node) if op in ENTRYWISE and isinstance(node, Fence) else None
        return self.read_node(node) if condition is None else self.indicator(condition)

    def indicator(self, condition: Relation) -> Draft:
        raise NotImplementedError

    def fraction(self, node: Fraction) -> Draft:
        return self.quotient(self.read_node(node.numerator), self.read_node(node.denominator), node)

    def quotient(self, a: Draft, b: Draft, node: Node) -> Draft:
        if self.scalar(b):
            inverted = Draft(SCALAR, lambda xs: ops.power(xs[0], ops.number(-1)), (b,))
            return self.product([inverted, a])
        if (self.scalar(a) or self.shape(a) == self.shape(b)) and self.choose(9.0, 1.0) == 1:
            build = lambda xs: ops.hadamard(xs[0], ops.hadamard_power(xs[1], ops.number(-1)))  # noqa: E731
            return Draft(b.shape, build, (a, b))
        raise Unsupported("division by a matrix", node.span)
