"""Derivatives by structured matrices, whose entries are tied (Matrix Cookbook 2.8), and by orthogonal ones.

With parameters t_k and X = sum_k t_k E_k, the structured derivative is sum_k (∂f/∂t_k) E_k: for a symmetric X the
entries (i, j) and (j, i) hold the derivative by the one number that stands at both.  For an orthogonal X it is the
gradient along the group, sum_k df[E_k] E_k over an orthonormal basis of the tangent space.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nablatex.algebra.atoms import Symbol
from nablatex.algebra.build import add, identity, mul, number, transpose
from nablatex.algebra.core import square
from nablatex.algebra.dims import ONE, Equate, Shape
from nablatex.algebra.elementwise import hadamard
from nablatex.algebra.expr import Expr
from nablatex.algebra.triangles import DiagonalSums, triangle

if TYPE_CHECKING:
    from nablatex.algebra.evaluate import Array, Evaluator

STRUCTURES: dict[str, str] = {
    "symmetric": "the entries (i, j) and (j, i) are one number",
    "skew": "the entries (i, j) and (j, i) are one number with both signs",
    "diagonal": "only the diagonal varies",
    "lower": "only the lower triangle varies",
    "upper": "only the upper triangle varies",
    "toeplitz": "the entries of a diagonal are one number; \\alpha sums along diagonals",
    "orthogonal": "along the orthogonal matrices, as a gradient in the Frobenius inner product",
}
"""Structures by name, with what they say of the entries."""


class StructuredDerivative(Expr):
    """The derivative of a number by a structured square matrix: arguments (f, X), params are (structure,)."""

    __slots__ = ()
    name = "structured_derivative"
    binds = True

    @classmethod
    def shape_rule(cls, shapes: Sequence[Shape], params: tuple[Any, ...], equate: Equate) -> Shape:
        equate(shapes[0][0], ONE, "a structured derivative of something else than a number")
        equate(shapes[0][1], ONE, "a structured derivative of something else than a number")
        square(shapes[1], "a structured derivative", equate)
        return shapes[1]

    def substitute(self, table: dict[Expr, Expr]) -> Expr:
        from nablatex.algebra.binders import at

        f, x = self.args
        rest = {k: v for k, v in table.items() if k != x}
        inside = StructuredDerivative((f.substitute(rest), x), self.params)
        return inside if x not in table else at(inside, {x: table[x]})

    def evaluate(self, ev: Evaluator) -> Array:
        """By differences along each direction that the structure admits."""
        import numpy as np

        from nablatex.algebra.evaluate import central_difference

        f, x = self.args
        here = ev(x)
        total = np.zeros(here.shape)
        for e in directions(self.params[0], here):
            slope = central_difference(lambda t, e=e: ev.bind({x: here + t * e})(f))  # type: ignore[misc]
            total = total + slope[0, 0] * e
        return total


def directions(structure: str, x: Array) -> list[Array]:
    """The matrices E_k of a structure at X."""
    import numpy as np

    n = len(x)
    unit = np.eye(n * n).reshape(n, n, n, n)
    pairs = [(i, j) for i in range(n) for j in range(n)]
    if structure == "symmetric":
        return [unit[i, j] + (unit[j, i] if i != j else 0) for i, j in pairs if i <= j]
    if structure in ("skew", "orthogonal"):
        turns = [unit[i, j] - unit[j, i] for i, j in pairs if i < j]
        return turns if structure == "skew" else [x @ e / np.sqrt(2) for e in turns]
    if structure == "toeplitz":
        return [np.eye(n, k=k) for k in range(1 - n, n)]
    below, above = structure in ("lower", "diagonal"), structure in ("upper", "diagonal")
    return [unit[i, j] for i, j in pairs if (i >= j or not below) and (i <= j or not above)]


def tied(gradient: Expr, x: Expr, structure: str) -> Expr:
    """The structured derivative from the derivative G by independent entries: G + G^T - G ⊙ I for a symmetric X."""
    g = gradient
    eye = identity(x.shape[0])
    if structure == "symmetric":
        return add(g, transpose(g), mul(number(-1), hadamard(g, eye)))
    if structure == "skew":
        return add(g, mul(number(-1), transpose(g)))
    if structure == "diagonal":
        return hadamard(g, eye)
    if structure in ("lower", "upper"):
        return triangle(g, structure)
    if structure == "toeplitz":
        return DiagonalSums((g,))
    if structure == "orthogonal":
        return _along_the_group(g, x)
    raise ValueError(f"structure {structure!r}: expected one of {', '.join(STRUCTURES)}")


def _along_the_group(g: Expr, x: Expr) -> Expr:
    """(G - X G^T X)/2; term by term where X^T X = I then makes it simpler."""
    from nablatex.algebra.measure import measure
    from nablatex.algebra.normal import TooLarge, normal_form
    from nablatex.algebra.simplify import simplify

    def projected(e: Expr) -> Expr:
        return mul(number("1/2"), add(e, mul(number(-1), x, transpose(e), x)))

    whole = simplify(projected(g))
    try:
        spread = normal_form(g)
    except TooLarge:
        return whole
    terms = spread.args if spread.name == "add" else (spread,)
    return min(whole, simplify(add(*[simplify(projected(t)) for t in terms])), key=measure)


def structured_derivative(f: Expr, x: Expr, structure: str) -> Expr:
    """The formal derivative of f by a structured X; f is a number, X a square symbol."""
    if structure not in STRUCTURES:
        raise ValueError(f"structure {structure!r}: expected one of {', '.join(STRUCTURES)}")
    if not isinstance(x, Symbol):
        raise ValueError("a structured derivative is taken by a symbol")
    return StructuredDerivative((f, x), (structure,))


__all__ = ["STRUCTURES", "StructuredDerivative", "structured_derivative", "tied"]
