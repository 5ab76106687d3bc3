"""The state of one elaboration run: choices, scopes, symbols; and products and sums of drafts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from nablatex.algebra import ops
from nablatex.algebra.dims import ONE, SCALAR, Shape, ShapeError, shape_text
from nablatex.algebra.expr import REGISTRY, Expr
from nablatex.document.context import Context, Declared
from nablatex.document.drafts import Build, Draft, Unifier
from nablatex.document.einstein import Summed
from nablatex.document.names import Key, is_upper
from nablatex.latex.tree import Node, Span

MAX_UNFOLD = 40
SQUARE = frozenset(
    (
        "symmetric",
        "invertible",
        "spd",
        "psd",
        "skew",
        "diagonal",
        "orthogonal",
        "lower",
        "upper",
        "square",
        "identity",
        "hollow",
        "idempotent",
    )
)
KINDS = frozenset(("guessed", "vector", "matrix", "row", "square", "unclear"))
"""Properties that speak of the shape alone, or of what is not understood: no symbol of the engine carries them."""


class Unsupported(ValueError):
    """The formula holds something that cannot be read with confidence; span says where."""

    def __init__(self, message: str, span: Span | None = None) -> None:
        super().__init__(message)
        self.span = span


class RunBase:
    """One run: follows a script of choices, then takes the cheapest options and records them."""

    def __init__(self, context: Context, layout: str, source: str, script: tuple[int, ...], slicewise: bool) -> None:
        self.context = context
        self.layout = layout
        self.source = source
        self.script = script
        self.slicewise = slicewise
        self.choices: list[tuple[int, tuple[float, ...]]] = []
        self.unify = Unifier()
        self.entries: dict[Key, Draft] = {}
        self.origins: dict[Key, tuple[Declared, Span | None]] = {}
        self.scopes: list[dict[Key, Draft]] = []
        self.kept: list[Key] = []
        self.replaced: list[tuple[Node, Draft]] = []
        self.unfolding = 0
        self.varying: tuple[Key, ...] = ()
        self.letter = "d"
        self.index_ranges: dict[Key, Any] = {}
        self.where: Span | None = None
        self.slice_indices: dict[Key, tuple[Draft, Draft]] = {}
        self.remembered: dict[object, int] = {}
        self.scalars: frozenset[Key] = frozenset()
        self.lone: frozenset[Key] = frozenset()
        """Letters that could be differentials, but stand as letters elsewhere in the formula."""
        self.standing: frozenset[Key] = frozenset()
        """Symbols of the formula, but for those in the indices of norms and inner products."""
        self.moving = False
        self.supposed: list[tuple[Shape, int, tuple[float, float, float]]] = []
        """Shapes by convention, still to be solved: matrix (0) or vector (1), and what each kind would have cost."""
        self.transposed_shapes: list[Shape] = []
        """Shapes of what is written with a transpose."""
        self.penalty = 0.0
        self.summed: Summed = {}
        self.values_of: dict[Key, Shape] = {}
        """Shapes of the values of functions that nothing defines."""
        self.layout_matters = False
        """Whether another layout could have read otherwise."""

    # ---- choices

    def choose(self, *costs: float, once: object = None) -> int:
        """The index of the option that this run takes; the same for the same `once` within a run."""
        if once is not None and once in self.remembered:
            return self.remembered[once]
        k = len(self.choices)
        order = sorted(range(len(costs)), key=lambda i: costs[i])
        rank = self.script[k] if k < len(self.script) else 0
        rank = min(rank, len(costs) - 1)
        self.choices.append((rank, tuple(costs[i] for i in order)))
        if once is not None:
            self.remembered[once] = order[rank]
        return order[rank]

    @property
    def cost(self) -> float:
        return sum(costs[c] for c, costs in self.choices) + self.penalty

    # ---- drafts

    def scalar(self, d: Draft) -> bool:
        return self.unify.scalar(d.shape)

    def shape(self, d: Draft) -> Shape:
        return self.unify.shape(d.shape)

    def leaf(self, expr: Expr, kind: str = "") -> Draft:
        return Draft(expr.shape, lambda _: expr, (), kind)

    def node(self, name: str, build: Build, *children: Draft, params: tuple[Any, ...] = ()) -> Draft:
        """A draft of an operator of the registry, typed by its own shape rule."""
        shape = REGISTRY[name].shape_rule([self.shape(c) for c in children], params, self.unify.equate)
        return Draft(shape, build, children)

    def wrap(self, build: Callable[..., Expr], *children: Draft, shape: Shape) -> Draft:
        return Draft(shape, lambda xs: build(*xs), children)

    def finish(self, d: Draft) -> Expr:
        """The expression of a draft, once every dimension is solved."""
        memo: dict[int, Expr] = {}

        def go(x: Draft) -> Expr:
            found = memo.get(id(x))
            if found is None:
                found = memo[id(x)] = x.build([go(c) for c in x.children])
            return found

        return go(d)

    def sized(self, make: Callable[[Shape], Expr], shape: Shape, kind: str = "") -> Draft:
        """A leaf that is made once its shape is known."""
        return Draft(shape, lambda _: make(self.unify.shape(shape)), (), kind)

    # ---- sums and products

    def number(self, text: str) -> Draft:
        value = ops.number(text)
        return self.leaf(value, "zero" if ops.is_zero(value) else "number")

    def negate(self, d: Draft) -> Draft:
        return Draft(d.shape, lambda xs: ops.mul(ops.number(-1), xs[0]), (d,), d.kind if d.kind == "zero" else "")

    def add(self, terms: Sequence[Draft]) -> Draft:
        """A sum; 0 fits every shape, and a literal number beside an array may be meant entry by entry."""
        shaped = [t for t in terms if t.kind != "zero"]
        if not shaped:
            return terms[0]
        arrays = [t for t in shaped if not self.scalar(t)]
        literals = arrays and len(arrays) < len(shaped) and all(t.kind == "number" for t in shaped if self.scalar(t))
        if literals and self.choose(0.0, 2.5) == 1:
            target = arrays[0].shape
            shaped = [t if not self.scalar(t) else self._spread(t, target) for t in shaped]
        shape = self.shape(shaped[0])
        for t in shaped[1:]:
            other = self.shape(t)
            why = f"a sum of {shape_text(shape)} and {shape_text(other)}"
            self.unify.equate(shape[0], other[0], why)
            self.unify.equate(shape[1], other[1], why)
        if len(shaped) == 1:
            return shaped[0]
        return Draft(shape, lambda xs: ops.add(*xs), tuple(shaped))

    def _spread(self, t: Draft, shape: Shape) -> Draft:
        return Draft(shape, lambda xs: ops.mul(xs[0], ops.ones(*self.unify.shape(shape))), (t,))

    def product(self, factors: Sequence[Draft]) -> Draft:
        """Left to right; a scalar multiplies anything; a run of factors that makes a scalar may stand anywhere."""
        done: list[Draft] = []
        open_: list[Draft] = []
        total: Draft | None = None
        failed: ShapeError | None = None
        for f in factors:
            if self.scalar(f):
                done.append(f)
                continue
            if total is None:
                total = f
            else:
                a, b = self.shape(total), self.shape(f)
                why = f"the product of {shape_text(a)} and {shape_text(b)} cannot be formed"
                try:
                    self.unify.equate(a[1], b[0], why)
                except ShapeError as error:
                    failed = failed or error
                    open_.append(total)
                    total = f
                    continue
                total = Draft((a[0], b[1]), lambda xs: ops.mul(*xs), (total, f))
            while total is not None and self.scalar(total):
                done.append(total)
                total = open_.pop() if open_ else None
        if open_:
            assert failed is not None
            raise failed
        parts = [*done, *([total] if total is not None else [])]
        if len(parts) == 1:
            return parts[0]
        shape = total.shape if total is not None else SCALAR
        zero = any(p.kind == "zero" for p in parts)
        return Draft(shape, lambda xs: ops.mul(*xs), tuple(parts), "zero" if zero else "")

    # ---- symbols

    def declared(self, key: Key) -> tuple[Key, Declared] | None:
        found = self.context.find(key)
        if found is None and key.prefix in ("\\Delta", "\\delta"):  # a change in X has the shape of X
            whole = self.context.find(replace(key, prefix=""))
            found = (key, Declared("", whole[1].shape, frozenset(), "inferred")) if whole is not None else None
        return found if found is not None and found[1].shape is not None else None

    def properties(self, key: Key) -> frozenset[str]:
        found = self.context.find(key)
        return found[1].properties if found else frozenset()

    def symbol(self, key: Key, label: str, span: Span | None = None, like: Shape | None = None) -> Draft:
        """The symbol of a key: declared, or of a shape that its formulas and the field's conventions give it."""
        found = self.declared(key)
        if found is not None:
            key, declared = found
        key = self.same_letter(key)
        got = self.entries.get(key)
        if got is not None:
            return got
        properties = self.properties(key)
        if found is not None:
            assert declared.shape is not None
            label = declared.label or label
            shape: Shape = declared.shape
            origin = declared
        elif like is not None:
            shape = like
            origin = Declared(label, None, properties, "inferred", span)
        else:
            shape = self.convention(key, properties)
            origin = Declared(label, None, properties, "inferred", span)
        if properties & SQUARE:
            why = f"{label} is {shape_text(self.unify.shape(shape))}, not square"
            self.unify.equate(shape[0], shape[1], why)
        if "ones" in properties:
            draft = self.sized(lambda s: ops.ones(*s), shape)
        elif "identity" in properties:
            draft = self.sized(lambda s: ops.identity(s[0]), shape, "identity" if found is None else "")
        else:
            kept = properties - KINDS
            if "complex" in kept and kept & {"spd", "psd"}:  # positive definite complex matrices are Hermitian
                kept = kept - {"spd", "psd", "symmetric"} | {"hermitian", "invertible"}

            def make(s: Shape) -> Expr:
                return ops.symbol(label, s[0], s[1], *kept)

            draft = self.sized(make, shape, "symbol")
        self.entries[key] = draft
        self.origins[key] = (origin, span)
        return draft

    def same_letter(self, key: Key) -> Key:
        """Of a bold A, the plain A that words alone speak of ("a square matrix $A$"): authors forget the font."""
        said = self.context.find(key) if is_upper(key) and not key.prefix else None
        return key if said is None else said[0]

    def convention(self, key: Key, properties: frozenset[str]) -> Shape:
        """Matrix, vector or scalar, by the field's conventions; shapes decide where they contradict."""
        letter = key.base.lstrip("\\")
        matrix, vector, scalar = 3.0, 3.0, 3.0
        if is_upper(key):
            matrix, vector, scalar = (0.0, 1.8, 2.4) if key not in self.scalars else (0.6, 1.8, 0.0)
            if self.context.bold_matrices and not key.font:
                matrix, scalar = 0.6, 0.0
            if letter in ("L", "E", "J", "N", "T") and key.font == "cal":
                scalar = 0.2
        elif key.font == "bold":
            vector, scalar, matrix = 0.0, 2.0, 2.6
        elif key in self.scalars or self.context.unspecified:  # chain rules of plain letters are about numbers
            scalar, vector, matrix = 0.0, 1.5, 2.6
        elif self.context.bold_vectors and not key.font:
            scalar, vector, matrix = 0.0, 0.9, 2.6
        elif letter == "c":
            vector, scalar, matrix = 0.0, 0.3, 2.6
        elif key.base.startswith("\\"):
            scalar, vector, matrix = 0.0, 0.9, 2.4
            if letter in ("beta", "mu", "theta", "xi", "phi", "eta"):
                scalar, vector = 0.3, 0.0
        elif letter in ("a", "b", "g", "p", "q", "r", "s", "u", "v", "w", "x", "y", "z"):
            vector, scalar, matrix = 0.0, 0.5, 2.6
        else:
            scalar, vector, matrix = 0.0, 0.8, 2.6
        if properties & SQUARE or "matrix" in properties:
            matrix, vector, scalar = 0.0, 9.0, 9.0
        elif "row" in properties:
            return (ONE, self.unify.fresh())
        elif "unit" in properties or "vector" in properties:
            vector, scalar, matrix = 0.0, 9.0, 9.0
        if key.script and not key.script.startswith("^"):
            scalar += 0.1
        costs = (matrix, vector, scalar)
        kind = self.choose(*costs, once=("kind", key))
        if kind == 2:
            return SCALAR
        shape = (self.unify.fresh(), self.unify.fresh() if kind == 0 else ONE)
        self.supposed.append((shape, kind, costs))
        return shape

    def collapsed(self) -> float:
        """What it costs that shapes make vectors and numbers of what was taken for a matrix or a vector, and that a
        number is transposed."""
        total = 0.9 if any(self.unify.scalar(s) for s in self.transposed_shapes) else 0.0
        for shape, kind, costs in self.supposed:
            found = self.unify.shape(shape)
            total += max(0.0, costs[2 if found == SCALAR else 1 if ONE in found else 0] - costs[kind])
        return total

    def scope(self, key: Key) -> Draft | None:
        for s in reversed(self.scopes):
            if key in s:
                return s[key]
        return None

    def size_letter(self, text: str) -> Draft | None:
        return self.leaf(ops.size(text)) if text in self.context.dimensions else None


__all__ = ["MAX_UNFOLD", "RunBase", "Unsupported"]
