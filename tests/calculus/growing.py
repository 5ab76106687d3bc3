"""Random well-shaped expressions: for each operator of the registry a way to build it from smaller expressions.

A `Garden` grows an expression of a kind (scalar, vector, square, rect) from operators drawn at random; `planted` puts
one operator at a random level of it.  What has a domain (logarithms, roots) is given arguments that lie in it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

from nablatex.algebra import ops
from nablatex.algebra.blocks import Selection
from nablatex.algebra.elementwise import FUNCTIONS
from nablatex.algebra.expr import Expr
from nablatex.algebra.matrix_functions import FrechetMatrix, frechet
from nablatex.algebra.norms import LeadingGap, LeadingVector, PolarFactor
from nablatex.algebra.structure import DiagSelection
from nablatex.algebra.structured import STRUCTURES
from nablatex.algebra.triangles import DiagonalSums, Mask, SameDiagonal

N, M = ops.dim("n"), ops.dim("m")
X, A, B = (ops.symbol(k, "n", "n") for k in "XAB")
R, Q = ops.symbol("R", "m", "n"), ops.symbol("Q", "m", "n")
S = ops.symbol("S", "n", "n", "symmetric")
x, a, b = (ops.symbol(k, "n") for k in "xab")
y = ops.symbol("y", "m")
s, c = ops.symbol("s"), ops.symbol("c")
INDEX = ops.symbol("i", 1, 1, "index", "integer")
OTHER = ops.symbol("j", 1, 1, "index", "integer")
SYMBOLS = (X, A, B, R, Q, S, x, a, b, y, s, c)
DECLARATIONS = (
    [
        r"X, A, B, S \in \mathbb{R}^{n \times n}",
        r"R, Q \in \mathbb{R}^{m \times n}",
        r"x, a, b \in \mathbb{R}^n",
        r"y \in \mathbb{R}^m",
        r"s, c \in \mathbb{R}",
    ],
    [r"$S$ symmetric", r"\sigma is the sigmoid, applied elementwise"],
)
LEAVES: dict[str, tuple[Expr, ...]] = {
    "scalar": (s, c, s, ops.number(2), ops.number("1/3")),
    "vector": (x, a, b, x),
    "square": (X, A, B, S, X),
    "rect": (R, Q),
}
ENTRYWISE = [f for f in FUNCTIONS if f not in ("log", "logabs", "sqrt", "step", "sign", "tan")]

Build = Callable[["Garden"], Expr]


class Garden:
    """Grows expressions of a depth; one that is planted is handed out for the first demand of its kind."""

    def __init__(self, rng: random.Random, depth: int, plant: tuple[str, Expr] | None = None) -> None:
        self.rng, self.depth, self.plant = rng, depth, plant

    def grow(self, kind: str) -> Expr:
        if self.plant is not None and self.plant[0] == kind:
            (_, out), self.plant = self.plant, None
            return out
        if self.depth <= 0 or self.rng.random() < 0.35:
            return self.rng.choice(LEAVES[kind])
        self.depth -= 1
        try:
            _, build = self.rng.choice(BY_KIND[kind])
            return build(self)
        finally:
            self.depth += 1

    @property
    def scalar(self) -> Expr:
        return self.grow("scalar")

    @property
    def vector(self) -> Expr:
        return self.grow("vector")

    @property
    def square(self) -> Expr:
        return self.grow("square")

    @property
    def rect(self) -> Expr:
        return self.grow("rect")

    @property
    def any(self) -> Expr:
        return self.grow(self.rng.choice(list(LEAVES)))

    @property
    def solid(self) -> Expr:
        """A square matrix that is invertible near the points that are drawn."""
        return self.square + 5 * ops.identity("n")

    @property
    def definite(self) -> Expr:
        """A positive definite matrix."""
        m = self.square
        return m.T @ m + ops.identity("n")

    @property
    def positive(self) -> Expr:
        """A number above zero."""
        return ops.number(1) + ops.power(self.scalar, ops.number(2))

    @property
    def above(self) -> Expr:
        """A vector of positive entries."""
        v = self.vector
        return ops.ones("n") + ops.hadamard(v, v)


def summed(g: Garden) -> Expr:
    """A sum over i of something that i picks."""
    i = ops.symbol("i", 1, 1, "index", "integer")
    body = g.rng.choice(
        [
            lambda: ops.entry(g.vector, i, ops.number(1)) * ops.entry(g.vector, i, ops.number(1)),
            lambda: ops.power(ops.entry(g.rect @ g.vector, ops.number(1), ops.number(1)) - ops.entry(x, i, ops.number(1)), ops.number(2)),
            lambda: ops.entry(g.square, i, i),
            lambda: ops.elementwise("exp", ops.entry(g.vector, i, ops.number(1))),
        ]
    )()  # fmt: skip
    return ops.index_sum(body, i, ops.number(1), ops.size("n"))


def integrated(g: Garden) -> Expr:
    t = ops.symbol("t")
    body = g.rng.choice(
        [
            lambda: ops.inner(g.square, ops.expm(ops.mul(t, A))),
            lambda: ops.elementwise("exp", ops.mul(t, ops.elementwise("sin", g.scalar))),
            lambda: ops.norm(g.vector + ops.mul(t, ops.ones("n"))),
        ]
    )()
    return ops.integral(body, t, ops.number(0), ops.number(1))


def at_index(g: Garden, *indices: int) -> tuple[Expr, ...]:
    return tuple(ops.number(g.rng.choice((1, 2))) for _ in indices)


def part(g: Garden) -> Expr:
    r, c0 = g.rng.choice([(0, 0), (1, 0), (0, 1)])
    return ops.trace(
        ops.submatrix(g.square, ops.dim(r) if r else ops.dim(0), ops.dim(2), ops.dim(c0) if c0 else ops.dim(0), ops.dim(2))
    )  # fmt: skip


def padded(g: Garden) -> Expr:
    """A matrix in a larger one of zeros, asked for its part again beside another."""
    big = ops.pad(g.square, ops.dim(0), N + ops.dim(1), ops.dim(0), N + ops.dim(1))
    return ops.trace(big @ big)


def family(g: Garden) -> Expr:
    """A member of a family that is stacked: rows of vec."""
    i = at_index(g, 0)[0]
    return ops.member(ops.vec(g.square), i, (N, ops.dim(1)))


BUILDS: dict[str, list[tuple[str, Build]]] = {
    "symbol": [("scalar", lambda g: s), ("vector", lambda g: x), ("square", lambda g: X), ("rect", lambda g: R)],
    "number": [("scalar", lambda g: ops.number(g.rng.choice(["2", "-1", "3/2", "-2/3"])) @ g.scalar), ("square", lambda g: 3 * g.square)],
    "constant": [("scalar", lambda g: ops.mul(ops.constant("\\pi"), g.scalar))],
    "size": [("scalar", lambda g: ops.mul(ops.size("n"), g.scalar)), ("vector", lambda g: ops.mul(ops.power(ops.size("n"), ops.number(-1)), g.vector))],
    "identity": [("square", lambda g: g.square + ops.identity("n"))],
    "zero": [("rect", lambda g: ops.zero((M, N)) + g.rect)],
    "ones": [("square", lambda g: ops.ones("n") @ g.vector.T), ("scalar", lambda g: ops.ones("n").T @ g.vector), ("vector", lambda g: g.vector + ops.ones("n"))],
    "unit": [("square", lambda g: g.vector @ ops.unit_vector(at_index(g, 0)[0], "n").T), ("scalar", lambda g: g.vector.T @ g.square @ ops.unit_vector(ops.number(1), "n"))],
    "commutation": [("scalar", lambda g: ops.vec(g.square).T @ ops.commutation("n", "n") @ ops.vec(g.square)), ("vector", lambda g: g.vector @ (ops.vec(g.rect).T @ ops.commutation("n", "m") @ ops.vec(g.rect.T)))],
    "add": [(k, lambda g, k=k: g.grow(k) + g.grow(k)) for k in LEAVES] + [(k, lambda g, k=k: g.grow(k) - 2 * g.grow(k)) for k in LEAVES] + [("square", lambda g: g.square + g.square.T)],
    "mul": [("scalar", lambda g: g.scalar @ g.scalar), ("scalar", lambda g: g.vector.T @ g.square @ g.vector), ("vector", lambda g: g.square @ g.vector), ("vector", lambda g: g.rect.T @ g.rect @ g.vector), ("square", lambda g: g.square @ g.square), ("square", lambda g: g.scalar @ g.square), ("square", lambda g: g.vector @ g.vector.T), ("rect", lambda g: g.rect @ g.square), ("square", lambda g: g.rect.T @ g.rect)],
    "transpose": [("square", lambda g: g.square.T), ("square", lambda g: (g.square + g.square).T @ g.square)],
    "inverse": [("square", lambda g: ops.inverse(g.solid)), ("vector", lambda g: ops.inverse(g.definite) @ g.vector), ("square", lambda g: ops.inverse(g.solid).T @ g.square)],
    "power": [("scalar", lambda g: ops.power(g.positive, ops.number(g.rng.choice(["1/2", "-1", "-1/2", "3", "-2"])))), ("square", lambda g: ops.power(g.square, ops.number(g.rng.choice(["2", "3"])))), ("square", lambda g: ops.power(g.solid, ops.number(-2))), ("square", lambda g: ops.power(g.definite, ops.number(g.rng.choice(["1/2", "-1/2"])))), ("scalar", lambda g: ops.power(g.positive, g.scalar))],
    "trace": [("scalar", lambda g: ops.trace(g.square)), ("scalar", lambda g: ops.trace(g.square @ g.square)), ("scalar", lambda g: ops.trace(g.square.T @ g.square @ g.square))],
    "det": [("scalar", lambda g: ops.det(g.square)), ("scalar", lambda g: ops.elementwise("log", ops.det(g.definite)))],
    "adjugate": [("square", lambda g: ops.adjugate(g.square))],
    "norm": [("scalar", lambda g: ops.norm(g.vector)), ("scalar", lambda g: ops.power(ops.norm(g.rect), ops.number(2))), ("scalar", lambda g: ops.power(ops.norm(g.square @ g.vector - g.vector), ops.number(2))), ("vector", lambda g: ops.power(ops.norm(g.vector), ops.number(-1)) @ g.vector)],
    "norm1": [("scalar", lambda g: ops.norm1(g.vector)), ("scalar", lambda g: ops.norm1(g.rect))],
    "p_norm": [("scalar", lambda g: ops.p_norm(g.vector, ops.number(g.rng.choice(["3", "4", "3/2"])))), ("scalar", lambda g: ops.power(ops.p_norm(g.vector, ops.number(3)), ops.number(3)))],
    "inner": [("scalar", lambda g: ops.inner(g.square, g.square)), ("scalar", lambda g: ops.inner(g.rect, g.rect)), ("scalar", lambda g: ops.inner(g.vector, g.vector))],
    "elementwise": [(k, lambda g, k=k: ops.elementwise(g.rng.choice(ENTRYWISE), g.grow(k))) for k in LEAVES] + [("vector", lambda g: ops.elementwise(g.rng.choice(["log", "sqrt"]), g.above)), ("scalar", lambda g: ops.elementwise("log", g.positive)), ("vector", lambda g: ops.elementwise("\\phi", g.vector))],
    "hadamard": [("vector", lambda g: ops.hadamard(g.vector, g.vector)), ("square", lambda g: ops.hadamard(g.square, g.square)), ("rect", lambda g: ops.hadamard(g.rect, g.rect)), ("vector", lambda g: ops.hadamard(g.square @ g.vector, g.vector))],
    "hadamard_power": [("vector", lambda g: ops.hadamard_power(g.vector, ops.number(g.rng.choice([2, 3])))), ("vector", lambda g: ops.hadamard_power(g.above, ops.number(g.rng.choice(["-1", "1/2", "-2"])))), ("square", lambda g: ops.hadamard_power(g.square, ops.number(2)))],
    "diag": [("square", lambda g: ops.diag(g.vector)), ("square", lambda g: ops.diag(g.vector) @ g.square)],
    "diag_part": [("vector", lambda g: ops.diag_part(g.square)), ("vector", lambda g: ops.diag_part(g.square @ g.square))],
    "diag_selection": [("vector", lambda g: DiagSelection((), (N,)) @ ops.vec(g.square))],
    "delta": [("square", lambda g: ops.mul(ops.delta(*at_index(g, 0, 1)), g.square) + g.square)],
    "member": [("vector", family)],
    "submatrix": [("scalar", part), ("scalar", lambda g: ops.norm(ops.submatrix(g.vector, ops.dim(1), ops.dim(2), ops.dim(0), ops.dim(1)))), ("scalar", lambda g: ops.det(ops.submatrix(g.square, ops.dim(0), ops.dim(2), ops.dim(0), ops.dim(2))))],
    "pad": [("scalar", padded)],
    "selection": [("square", lambda g: Selection((), (ops.dim(0), N, N)) @ g.square), ("scalar", lambda g: ops.norm(Selection((), (ops.dim(1), ops.dim(2), N)) @ g.vector))],
    "kron": [("scalar", lambda g: ops.trace(ops.kron(g.square, g.square))), ("scalar", lambda g: ops.vec(g.square).T @ ops.kron(g.square, g.square) @ ops.vec(g.square)), ("vector", lambda g: ops.kron(g.vector.T, ops.identity("n")) @ ops.vec(g.square))],
    "vec": [("scalar", lambda g: ops.vec(g.square).T @ ops.vec(g.square)), ("scalar", lambda g: ops.norm(ops.vec(g.rect)))],
    "unvec": [("square", lambda g: ops.unvec(ops.kron(g.square, g.square) @ ops.vec(g.square), N, N))],
    "entry": [("scalar", lambda g: ops.entry(g.square, *at_index(g, 0, 1))), ("scalar", lambda g: ops.entry(g.vector, *at_index(g, 0), ops.number(1)))],
    "blocks": [("scalar", lambda g: ops.trace(ops.matrix_literal([[g.square, g.square], [g.square, g.square]]))), ("scalar", lambda g: ops.norm(ops.matrix_literal([[g.vector], [g.vector]]))), ("scalar", lambda g: ops.det(ops.matrix_literal([[g.scalar, g.scalar], [g.scalar, g.scalar]])))],
    "derivative": [("square", lambda g: ops.derivative(g.scalar, X)), ("vector", lambda g: ops.derivative(g.scalar, x)), ("square", lambda g: ops.derivative(g.vector, x, "numerator"))],
    "directional": [("square", lambda g: ops.directional(g.square, {X: B})), ("scalar", lambda g: ops.directional(g.scalar, {x: b, X: A}))],
    "at": [("square", lambda g: ops.at(ops.derivative(g.scalar, A), {A: X})), ("vector", lambda g: ops.at(ops.derivative(g.scalar, a), {a: x}))],
    "index_sum": [("scalar", summed)],
    "index_product": [("scalar", lambda g: ops.index_product(ops.number(2) + ops.elementwise("sin", ops.entry(g.vector, INDEX, ops.number(1))), INDEX, ops.number(1), ops.size("n")))],
    "set_sum": [("scalar", lambda g: ops.set_sum(ops.entry(g.vector, INDEX, ops.number(1)) @ ops.entry(g.vector, OTHER, ops.number(1)), [INDEX, OTHER], ops.related(g.rng.choice(["ne", "lt", "le"]), N))), ("vector", lambda g: ops.set_sum(ops.entry(g.vector, INDEX, ops.number(1)) @ (ops.unit_vector(INDEX, "n") - ops.unit_vector(OTHER, "n")), [INDEX, OTHER], ops.related("lt", N)))],
    "set_product": [("scalar", lambda g: ops.set_product(ops.number(2) + ops.elementwise("sin", ops.entry(g.vector, INDEX, ops.number(1))), [INDEX], ops.related("ne", N) @ ops.unit_vector(at_index(g, 0)[0], "n")))],
    "related": [("square", lambda g: ops.related(g.rng.choice(["ne", "lt", "le"]), N) @ g.square)],
    "cardinality": [("scalar", lambda g: ops.cardinality(ops.related("lt", N)) @ g.scalar)],
    "index_max": [("scalar", lambda g: ops.largest_entry(g.vector, INDEX)), ("scalar", lambda g: ops.index_max(ops.power(ops.entry(g.vector, INDEX, ops.number(1)), ops.number(2)), INDEX, ops.number(1), ops.size("n")))],
    "index_min": [("scalar", lambda g: ops.smallest_entry(g.vector, INDEX))],
    "argmax": [("scalar", lambda g: ops.entry(g.vector, ops.argmax(ops.entry(a, INDEX, ops.number(1)), INDEX, ops.number(1), ops.size("n")), ops.number(1)))],
    "argmin": [("vector", lambda g: g.square @ ops.unit_vector(ops.argmin(ops.entry(b, INDEX, ops.number(1)), INDEX, ops.number(1), ops.size("n")), "n"))],
    "integral": [("scalar", integrated)],
    "vech": [("scalar", lambda g: ops.vech(g.square).T @ ops.vech(g.square))],
    "duplication": [("scalar", lambda g: ops.norm(ops.duplication("n") @ ops.vech(g.square)))],
    "elimination": [("scalar", lambda g: ops.norm(ops.elimination("n") @ ops.vec(g.square)))],
    "triangle": [("square", lambda g: ops.triangle(g.square, g.rng.choice(["lower", "upper"])))],
    "mask": [("square", lambda g: Mask((), (N, g.rng.choice(["lower", "upper"]))) @ g.square)],
    "diagonal_sums": [("square", lambda g: DiagonalSums((g.square,)))],
    "same_diagonal": [("square", lambda g: ops.unvec(SameDiagonal((), (N,)) @ ops.vec(g.square), N, N))],
    "structured_derivative": [("square", lambda g: ops.structured_derivative(g.scalar, X, g.rng.choice([k for k in STRUCTURES if k != "orthogonal"])))],
    "smooth": [("vector", lambda g: ops.smooth("f", ("n", 1), a, A) + g.vector), ("square", lambda g: ops.smooth("F", ("n", "n"), a) @ g.square)],
    "softmax": [("vector", lambda g: ops.softmax(g.vector)), ("vector", lambda g: ops.softmax(g.square @ g.vector))],
    "logsumexp": [("scalar", lambda g: ops.logsumexp(g.vector)), ("scalar", lambda g: ops.logsumexp(g.square @ g.vector))],
    "softmax_of": [("square", lambda g: ops.softmax_of(g.square, "rows")), ("rect", lambda g: ops.softmax_of(g.rect, "rows"))],
    "logsumexp_of": [("vector", lambda g: ops.logsumexp_of(g.square, "rows"))],
    "pinv": [("square", lambda g: ops.pinv(ops.matrix_literal([[g.solid], [g.square]])) @ ops.matrix_literal([[g.square], [g.square]])), ("vector", lambda g: ops.pinv(ops.pinv(R)).T @ y), ("square", lambda g: ops.pinv(g.solid))],
    "khatri_rao": [("scalar", lambda g: ops.norm(ops.khatri_rao(g.square, g.rect))), ("scalar", lambda g: ops.norm(ops.khatri_rao(g.square, g.square) @ g.vector))],
    "nuclear_norm": [("scalar", lambda g: ops.nuclear_norm(g.square)), ("scalar", lambda g: ops.nuclear_norm(g.rect))],
    "spectral_norm": [("scalar", lambda g: ops.spectral_norm(g.square)), ("scalar", lambda g: ops.spectral_norm(g.rect))],
    "polar_factor": [("square", lambda g: PolarFactor((A,)) @ g.square)],
    "leading_vector": [("square", lambda g: LeadingVector((A,), ("left",)) @ (LeadingVector((A,), ("right",)).T @ g.square))],
    "leading_gap": [("square", lambda g: LeadingGap((A,), ("left",)) @ g.square)],
    "matrix_function": [("square", lambda g: ops.expm(g.square)), ("scalar", lambda g: ops.trace(ops.expm(g.square))), ("square", lambda g: ops.logm(g.definite))],
    "sylvester": [("square", lambda g: ops.sylvester(g.definite, g.definite, g.square)), ("vector", lambda g: ops.sylvester(A @ A.T + ops.identity("n"), B.T @ B + ops.identity("n"), g.square) @ g.vector)],
    "frechet": [("square", lambda g: frechet(("exp",), A, g.square)), ("square", lambda g: frechet(("power", Fraction(1, 2)), A @ A.T + ops.identity("n"), g.square))],
    "frechet_matrix": [("square", lambda g: ops.unvec(FrechetMatrix((A,), ("exp",)) @ ops.vec(g.square), N, N))],
}  # fmt: skip
"""How each operator is built; the garden draws from them all, except from those of `RARE`."""

RARE = frozenset(
    "derivative directional at structured_derivative zero symbol mask same_diagonal diag_selection selection pad "
    "integral sylvester smooth polar_factor leading_vector leading_gap frechet frechet_matrix argmax argmin related".split()
)
"""Operators that no author nests in others: they stand at most once in an expression."""

BY_KIND: dict[str, list[tuple[str, Build]]] = {
    kind: [(name, build) for name, ways in BUILDS.items() if name not in RARE for k, build in ways if k == kind]
    for kind in LEAVES
}


def planted(name: str, rng: random.Random, depth: int) -> Expr:
    """An expression of at most that depth with the operator at a random level, built from it and the others."""
    below = rng.randint(0, depth - 1)
    kind, build = rng.choice(BUILDS[name])
    out = build(Garden(rng, below))
    for _ in range(rng.randint(0, depth - 1 - below)):
        for _ in range(40):
            outer = rng.choice(list(LEAVES))
            _, around = rng.choice(BY_KIND[outer])
            g = Garden(rng, 0, (kind, out))
            made = around(g)
            if g.plant is None:
                kind, out = outer, made
                break
    return out
