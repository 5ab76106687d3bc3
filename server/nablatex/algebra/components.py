"""Expressions entry by entry: (A B)_ij as the sum of A_ik B_kj, with summation indices of their own.

What the entry of an operator is stands on its class (`Expr.component`); here are the indices and the way in.
"""

from __future__ import annotations

from collections.abc import Iterator

from nablatex.algebra.atoms import Size, Symbol
from nablatex.algebra.binders import index_sum
from nablatex.algebra.build import number
from nablatex.algebra.dims import ONE, SCALAR, Dim
from nablatex.algebra.expr import Expr

LETTERS = "ijklpqrstuvwabcdefgh"


class Indices:
    """Index letters that an expression does not use."""

    def __init__(self, *exprs: Expr) -> None:
        taken = {s.label for e in exprs for s in e.walk() if isinstance(s, Symbol)}
        taken |= {x for e in exprs for s in e.walk() for d in s.shape for x in d.letters()}
        taken |= {p.label for e in exprs for s in e.walk() for p in s.params if isinstance(p, Symbol)}
        self._left: Iterator[str] = (
            f"{c}{k}" for k in ("", *(f"_{n}" for n in range(1, 99))) for c in LETTERS if f"{c}{k}" not in taken
        )

    def fresh(self, d: Dim) -> Expr:
        """A new index; 1 along a dimension of one entry."""
        if d == ONE:
            return number(1)
        return Symbol((), (next(self._left), SCALAR, frozenset(("index", "integer"))))

    def total(self, body: Expr, index: Expr, d: Dim) -> Expr:
        """The sum of body over an index that runs to d."""
        if not isinstance(index, Symbol):
            return body
        return index_sum(body, index, number(1), number(d.value) if d.value is not None else Size((), (d,)))


def component(e: Expr) -> tuple[Expr, tuple[Expr, ...]]:
    """(entry, indices): the entry of e at fresh indices (i), or (i, j); of a scalar the scalar written with sums."""
    indices = Indices(e)
    i, j = (indices.fresh(d) for d in e.shape)
    return e.component(i, j, indices), tuple(k for k in (i, j) if isinstance(k, Symbol))


__all__ = ["Indices", "component"]
