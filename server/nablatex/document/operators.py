"""Reading word operators, fences, calls, infix products, fractions, explicit matrices and sums over an index."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

from nablatex.algebra import ops
from nablatex.algebra.dims import ONE, SCALAR, Dim, ShapeError, dim, shape_text
from nablatex.algebra.elementwise import FUNCTIONS
from nablatex.algebra.expr import Expr
from nablatex.document.base import Unsupported
from nablatex.document.drafts import Draft
from nablatex.document.names import Key, flat, is_upper, key_of, label_of
from nablatex.document.scripts import ScriptReading, transpose_mark
from nablatex.latex.tree import (
    BigOperator,
    Call,
    Fence,
    Fraction,
    Infix,
    Juxtaposition,
    List,
    Matrix,
    Name,
    Node,
    Number,
    Operator,
    Relation,
    Scripted,
)

TO_SCALAR: dict[str, Callable[[Expr], Expr]] = {"trace": ops.trace, "det": ops.det}
WORDS = {w: "trace" for w in ("tr", "Tr", "trace", "Trace")} | {w: "det" for w in ("det", "Det")}
FUNCTION_WORDS = {w: f.name for f in FUNCTIONS.values() for w in f.spellings}
FUNCTION_LETTERS = frozenset(("f", "g", "h", "\\sigma", "\\phi", "\\varphi", "\\psi", "\\rho", "F", "G", "L", "\\ell"))


class OperatorReading(ScriptReading):
    """Operators and fences."""

    def operator(self, node: Operator) -> Draft:
        word = node.word
        if word in ("max", "min"):
            return self.maximum(node)
        arguments = [self.read_node(a) for a in node.arguments]
        if len(arguments) != 1:
            raise Unsupported(f"{word} of {len(arguments)} arguments", node.span)
        x = arguments[0]
        value = self.apply_word(word, x, node)
        for _ in range(node.primes):
            raise Unsupported(f"the derivative of {word} written with a prime", node.span)
        if node.sup is None:
            return value
        if isinstance(node.sup, Name) and transpose_mark(node.sup):
            return self.transpose(value)
        if flat(node.sup) == "-1" and word not in ("tr", "Tr", "det"):
            raise Unsupported(f"the inverse function of {word}", node.span)
        exponent = self.read_node(node.sup)
        return Draft(value.shape, lambda xs: ops.hadamard_power(xs[0], xs[1]), (value, exponent))

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
            return Draft(x.shape, lambda xs: ops.elementwise(name, xs[0]), (x,))
        build_any = getattr(ops, {"LSE": "logsumexp", "lse": "logsumexp"}.get(word, word), None)
        if word in ("softmax", "logsumexp", "LSE", "lse", "vech", "pinv") and build_any is not None:
            registry_name = {"LSE": "logsumexp", "lse": "logsumexp"}.get(word, word)
            return self.node(registry_name, lambda xs: build_any(xs[0]), x)
        raise Unsupported(f"the operator {word}", node.span)

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
        """max(0, x) entry by entry; of two scalars through the absolute value."""
        if len(node.arguments) == 2 and node.sub is None:
            zero = [isinstance(a, Number) and float(a.text) == 0 for a in node.arguments]
            if any(zero):
                x = self.read_node(node.arguments[1 if zero[0] else 0])
                if node.word == "max":
                    return Draft(x.shape, lambda xs: ops.elementwise("relu", xs[0]), (x,))
                return Draft(x.shape, lambda xs: ops.mul(ops.number(-1), ops.elementwise("relu", -xs[0])), (x,))
        raise Unsupported(f"{node.word} of this kind", node.span)

    # ---- fences

    def fence(self, node: Fence) -> Draft:
        if node.kind in ("paren", "bracket", "brace"):
            if len(node.items) == 1 and not isinstance(node.items[0], Relation):
                return self.read_node(node.items[0])
            raise Unsupported("a list of things", node.span)
        if node.kind == "bar":
            return self.bars(node)
        if node.kind == "norm":
            return self.fence_with_sub(node, None)
        if node.kind == "angle" and len(node.items) == 2:
            a, b = (self.read_node(x) for x in node.items)
            if self.is_complex():
                a = self.conjugated(a)
            return self.node("inner", lambda xs: ops.inner(xs[0], xs[1]), a, b)
        raise Unsupported("brackets of this kind", node.span)

    def bars(self, node: Fence) -> Draft:
        """|X| is a determinant of a matrix, an absolute value of a scalar, entry by entry of a vector."""
        x = self.read_node(node.items[0])
        shape = self.shape(x)
        if self.scalar(x) and self.is_complex():
            return self.absolute(x)
        if self.scalar(x) or shape[1] == ONE or shape[0] == ONE:
            return Draft(x.shape, lambda xs: ops.absolute(xs[0]), (x,))
        return self.node("det", lambda xs: ops.det(xs[0]), x)

    def fence_with_sub(self, fence: Fence, sub: Node | None) -> Draft:
        if fence.kind != "norm":
            inside = self.fence(fence)
            if sub is None:
                return inside
            parts = self.entry_of(inside, sub)
            if parts is None:
                raise Unsupported("a subscript that is not understood", fence.span)
            return parts
        if len(fence.items) != 1:
            raise Unsupported("a norm of several things", fence.span)
        x = self.read_node(fence.items[0])
        kind = flat(sub) if sub is not None else ""
        vector = self.shape(x)[1] == ONE or self.shape(x)[0] == ONE
        euclidean = kind in ("", "F", "Fro", "fro", "\\mathrm{F}") or (kind == "2" and vector)
        if self.is_complex():
            if not euclidean:
                raise Unsupported("this norm of a complex quantity", fence.span)
            return self.absolute(x)
        if euclidean:
            return Draft(SCALAR, lambda xs: ops.norm(xs[0]), (x,))
        if kind == "1" and vector:
            return Draft(SCALAR, lambda xs: ops.norm1(xs[0]), (x,))
        if kind == "2" and self.choose(0.0, 1.0, once="2-norm of matrices") == 1:  # many texts mean Frobenius by it
            return Draft(SCALAR, lambda xs: ops.norm(xs[0]), (x,))
        named = {"*": "nuclear_norm", "2": "spectral_norm"}.get(kind)
        build = getattr(ops, named, None) if named else None
        if build is not None:
            return Draft(SCALAR, lambda xs: build(xs[0]), (x,))
        weighted = (
            self.read_node(sub)
            if sub is not None and isinstance(sub, (Name, Scripted)) and is_upper(key_of(sub) or Key("a"))
            else None
        )
        if weighted is not None and vector:
            product = self.product([self.transpose(x), weighted, x])
            return Draft(SCALAR, lambda xs: ops.power(xs[0], ops.number("1/2")), (product,))
        if vector and sub is not None and isinstance(sub, (Name, Number)):
            index = self.read_node(sub)
            if self.scalar(index):
                return Draft(SCALAR, lambda xs: ops.p_norm(xs[0], xs[1]), (x, index))
        raise Unsupported(f"the norm with index {kind}", fence.span)

    def entry_of(self, owner: Draft, sub: Node) -> Draft | None:
        """(A + B)_{ij}."""
        parts = sub.factors if isinstance(sub, Juxtaposition) else sub.items if isinstance(sub, List) else (sub,)
        if len(parts) == 1 and isinstance(parts[0], Number) and len(parts[0].text) == 2:
            parts = tuple(Number(sub.span, c) for c in parts[0].text)
        indices = [self.index(p) for p in parts]
        if any(i is None for i in indices) or len(indices) > 2:
            return None
        if len(indices) == 1:
            indices.append(self.leaf(ops.number(1)))
        self.note_range(list(parts), owner)
        i, j = indices
        assert i is not None and j is not None
        return Draft(SCALAR, lambda xs: ops.entry(xs[0], xs[1], xs[2]), (owner, i, j))

    # ---- calls

    def call(self, node: Call) -> Draft:
        """f(X): a defined function, a known one, an unknown one applied entry by entry, or a product."""
        if self.multiplies(node):
            return self.product([self.read_node(node.head), self.fence(node.argument)])
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
        if key is None:
            return True
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
        return not self.applies(node, key)

    def loose(self, node: Node) -> list[Draft]:
        """The factors that a factor of a product is: A x(a + b) is A, x and (a + b), from left to right."""
        if isinstance(node, Call) and self.multiplies(node):
            return [self.read_node(node.head), self.fence(node.argument)]
        if isinstance(node, Scripted) and isinstance(node.base, Call) and self.multiplies(node.base):
            argument = Scripted(node.span, node.base.argument, node.sub, node.sup, node.primes)
            return [self.read_node(node.base.head), self.scripted(argument)]
        return [self.read_node(node)]

    def applies(self, node: Call, key: Key | None) -> bool:
        """Whether f(x) applies f: it does for a function, defined or declared; else a choice by the field's letters."""
        if key is None:
            return False
        definition = self.context.definition(key)
        if definition is not None and definition.parameters:
            return True
        role = self.context.functions.get(key) or self.context.functions.get(key.plain())
        if role is None and (self.declared(key) is not None or definition is not None or self.scope(key) is not None):
            return False
        if len(node.argument.items) != 1:
            return True
        primes = isinstance(node.head, Scripted) and node.head.primes
        likely = key.base in FUNCTION_LETTERS
        product, application = (9.0, 0.0) if role or primes else (1.2, 0.0) if likely else (0.0, 1.5)
        return self.choose(application, product, once=("call", key)) == 0

    def is_dependence(self, body: Node, argument: Node) -> bool:
        wanted = key_of(argument)
        return wanted is not None and any(key_of(n) == wanted for n in body.walk() if isinstance(n, (Name, Scripted)))

    def unknown_function(self, key: Key, role: str | None, node: Call, primes: int, bare: Node) -> Draft:
        if len(node.argument.items) != 1:
            raise Unsupported("an unknown function of several arguments", node.span)
        x = self.read_node(node.argument.items[0])
        label = label_of(bare)
        if role == "sigmoid":
            if primes:
                return Draft(x.shape, lambda xs: FUNCTIONS["sigmoid"].derivative(xs[0]), (x,))
            return Draft(x.shape, lambda xs: ops.elementwise("sigmoid", xs[0]), (x,))
        if role is None and not self.scalar(x) and key.base in ("f", "F", "L", "\\ell", "G"):
            raise Unsupported(f"the function {label} is not defined", node.span)
        return Draft(x.shape, lambda xs: ops.elementwise(label, xs[0], primes), (x,))

    def apply_definition(self, parameters: tuple[Key, ...], body: Node, node: Call, primes: int, key: Key) -> Draft:
        arguments = [self.read_node(a) for a in node.argument.items]
        scope: dict[Key, Draft] = {}
        for p, a, item in zip(parameters, arguments, node.argument.items, strict=True):
            if key_of(item) != p:
                scope[p] = a
        if primes:
            return self.primed(parameters, body, arguments, primes)
        self.scopes.append(scope)
        try:
            return self.unfold(key, body, "")
        finally:
            self.scopes.pop()

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

    # ---- infix, fractions

    def infix(self, node: Infix) -> Draft:
        a, b = self.read_node(node.left), self.read_node(node.right)
        if node.op in ("\\odot", "\\circ", "\\ast", ".*", "*"):
            if self.scalar(a) or self.scalar(b):
                return self.product([a, b])
            return self.node("hadamard", lambda xs: ops.hadamard(*xs), a, b)
        if node.op == "\\oslash":
            return self.node(
                "hadamard", lambda xs: ops.hadamard(xs[0], ops.hadamard_power(xs[1], ops.number(-1))), a, b
            )
        if node.op == "\\otimes":
            return self.node("kron", lambda xs: ops.kron(xs[0], xs[1]), a, b)
        if node.op in (":", "\\bullet"):
            return self.node("inner", lambda xs: ops.inner(xs[0], xs[1]), a, b)
        raise Unsupported(f"the operation {node.op}", node.span)

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

    # ---- matrices and sums

    def matrix(self, node: Matrix) -> Draft:
        if node.env not in ("bmatrix", "pmatrix", "matrix", "Bmatrix", "smallmatrix", "vmatrix", "Vmatrix", "array"):
            raise Unsupported(f"the environment {node.env}", node.span)
        width = len(node.rows[0]) if node.rows else 0
        if not width or any(len(r) != width for r in node.rows):
            raise Unsupported("rows of different length", node.span)
        if width * len(node.rows) > 144:
            raise Unsupported("an explicit matrix this large", node.span)
        cells = [self.read_node(c) for r in node.rows for c in r]
        blocks = [c for c in cells if not self.scalar(c)]
        if blocks:
            cells = self.block_zeros(cells, width)
        literal = self.node(
            "blocks",
            lambda xs: ops.matrix_literal([xs[k : k + width] for k in range(0, len(xs), width)]),
            *cells,
            params=(len(node.rows), width),
        )
        if node.env == "vmatrix":
            return self.node("det", lambda xs: ops.det(xs[0]), literal)
        return literal

    def block_zeros(self, cells: list[Draft], width: int) -> list[Draft]:
        """A 0 among blocks has the height of its row and the width of its column; rows of zeros have any height."""
        rows = [cells[k : k + width] for k in range(0, len(cells), width)]
        heights = [next((self.shape(x)[0] for x in r if x.kind != "zero"), None) for r in rows]
        widths = [next((self.shape(r[c])[1] for r in rows if r[c].kind != "zero"), None) for c in range(width)]
        high = [self.unify.fresh() if h is None else h for h in heights]
        wide = [self.unify.fresh() if w is None else w for w in widths]
        return [
            c if c.kind != "zero" else self.sized(ops.zero, (high[k // width], wide[k % width]))
            for k, c in enumerate(cells)
        ]

    def integral(self, node: BigOperator) -> Draft:
        """An integral over a number between bounds."""
        if node.measure is None or node.lower is None or node.upper is None or node.body is None:
            raise Unsupported("an integral without its bounds or its variable", node.span)
        key = key_of(node.measure)
        if key is None:
            raise Unsupported("the variable of an integral", node.span)
        lower = self.read_node(node.lower)
        infinite = isinstance(node.upper, Name) and node.upper.base == "\\infty"
        upper = self.leaf(ops.constant("\\infty")) if infinite else self.read_node(node.upper)
        t = self.leaf(ops.symbol(label_of(node.measure), 1, 1), "symbol")
        self.scopes.append({key: t})
        try:
            body = self.read_node(node.body)
        finally:
            self.scopes.pop()
        if not (self.scalar(lower) and self.scalar(upper)):
            raise Unsupported("an integral over something else than a number", node.span)
        return Draft(body.shape, lambda xs: ops.integral(*xs), (body, t, lower, upper))

    def big(self, node: BigOperator) -> Draft:
        if node.kind == "int":
            return self.integral(node)
        if node.kind != "sum" or node.body is None or node.lower is None:
            raise Unsupported(
                {"E": "an expectation", "prod": "a product over an index"}.get(node.kind, node.kind),
                node.span,
            )
        lower: Draft = self.leaf(ops.number(1))
        upper: Draft | None = self.read_node(node.upper) if node.upper is not None else None
        names: list[Node]
        if isinstance(node.lower, Relation) and node.lower.ops == ("=",):
            names = [node.lower.sides[0]]
            lower = self.read_node(node.lower.sides[1])
        else:
            names = list(
                node.lower.factors
                if isinstance(node.lower, Juxtaposition)
                else node.lower.items
                if isinstance(node.lower, List)
                else [node.lower]
            )
        if isinstance(names[0], List):
            names = list(names[0].items)
        keys = [key_of(n) for n in names]
        if any(k is None for k in keys):
            raise Unsupported("the index of a sum", node.span)
        indices = {
            k: self.leaf(ops.symbol(flat(n), 1, 1, "index", "integer")) for k, n in zip(keys, names, strict=True) if k
        }
        self.scopes.append(indices)
        for k in indices:
            self.index_ranges.pop(k, None)
        try:
            body = self.read_node(node.body)
        finally:
            self.scopes.pop()
        if (
            not self.scalar(body)
            and any(isinstance(n, Scripted) and n.sub is not None for n in node.body.walk())
            and not self.uses(body, indices)
        ):
            raise Unsupported("a sum over named samples", node.span)
        for k, i in reversed(indices.items()):
            top = upper
            if top is None:
                extent = self.index_ranges.get(k)
                if extent is None:
                    raise Unsupported("a sum without its range", node.span)
                top = self.extent(extent)
            elif k not in self.index_ranges:
                raise Unsupported("a sum over something that is not an entry", node.span)
            elif isinstance(node.upper, Name) and node.upper.base in self.context.dimensions:
                with contextlib.suppress(ShapeError):  # a sum over a part of the entries is a sum too
                    self.unify.equate(self.index_ranges[k], dim(node.upper.base), "")
            body = Draft(body.shape, lambda xs: ops.index_sum(*xs), (body, i, lower, top))
        return body

    def extent(self, d: Dim) -> Draft:
        def build(_: object) -> Expr:
            return ops.size_of(self.unify.resolve(d))

        return Draft(SCALAR, build)

    def uses(self, body: Draft, indices: dict[Key, Draft]) -> bool:
        return any(k in self.index_ranges for k in indices)


def _unprimed(head: Node) -> tuple[int, Node]:
    """How many primes a head has, and the head without them."""
    if isinstance(head, Scripted) and head.primes:
        bare: Node = Scripted(head.span, head.base, head.sub, head.sup) if head.sub or head.sup else head.base
        return head.primes, bare
    return 0, head
