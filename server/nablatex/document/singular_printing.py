"""How polar factors and singular vectors are written."""

from __future__ import annotations

from nablatex.algebra.atoms import Symbol
from nablatex.algebra.build import mul, number, power, transpose
from nablatex.algebra.core import Transpose
from nablatex.algebra.expr import Expr
from nablatex.algebra.norms import LeadingGap, LeadingVector, PolarFactor
from nablatex.document.index_printing import ATOM, PRODUCT, Unprintable
from nablatex.document.infix_printing import InfixPrinting


class SingularPrinting(InfixPrinting):
    """The part of the printer that writes what a singular value decomposition gives."""

    def polar_factor(self, e: Expr) -> tuple[str, int]:
        assert isinstance(e, PolarFactor)
        return self.print(e.written()), PRODUCT

    def leading_gap(self, e: Expr) -> tuple[str, int]:
        assert isinstance(e, LeadingGap)
        return self.print(e.written()), ATOM

    def leading_vector(self, e: Expr) -> tuple[str, int]:
        """u_1 and v_1; the operator's proviso says what they are."""
        assert isinstance(e, LeadingVector)
        taken = {s.label for s in e.walk() if isinstance(s, Symbol)}
        if taken & {"u_1", "v_1", "u", "v"} or self.places.setdefault("σ", e.args[0]) != e.args[0]:
            raise Unprintable("the singular vectors have no letters of their own here")
        return e.letter, ATOM


def with_roots(chain: tuple[Expr, ...]) -> list[Expr]:
    """Factors of which W^T X and X W^T, of the polar factor W of X, and their transposes, are written as (X^T X)^{1/2} and
    (X X^T)^{1/2}, which they are."""
    out: list[Expr] = []
    for c in chain:
        root = _root(out[-1], c) if out else None
        if root is None:
            out.append(c)
        else:
            out[-1] = root
    return out


def _root(a: Expr, b: Expr) -> Expr | None:
    for w, x in ((a, b), (b, a)):
        turned = isinstance(w, Transpose)
        polar = w.args[0] if isinstance(w, Transpose) else w
        if isinstance(polar, PolarFactor) and x == (polar.args[0] if turned else transpose(polar.args[0])):
            y = polar.args[0]
            inner = (w is a) == turned  # W^T X and X^T W
            return power(mul(transpose(y), y) if inner else mul(y, transpose(y)), number("1/2"))
    return None


__all__ = ["SingularPrinting", "with_roots"]
