r"""Complex quantities: A^H, \bar A, norms and absolute values where the document says \mathbb{C}.

A formula that is built from analytic operations on X and on its conjugate holds for all complex X exactly if it holds
with X and its conjugate independent of each other (and of any value): so the conjugate is a symbol of its own.
That is also what Wirtinger derivatives say: ∂/∂X keeps \bar X constant, ∂/∂\bar X keeps X.  A Hermitian matrix has
its transpose for its conjugate, a unitary one the inverse of its transpose.
"""

from __future__ import annotations

from dataclasses import replace

from nablatex.algebra import ops
from nablatex.algebra.atoms import Symbol
from nablatex.algebra.expr import Expr
from nablatex.document.base import RunBase, Unsupported
from nablatex.document.drafts import Draft
from nablatex.document.names import STARS, Key, key_of
from nablatex.latex.tree import Name, Node, Scripted

COMPLEX = frozenset(("complex", "hermitian", "unitary"))
CONJUGATE = "conjugate"


def conjugate(e: Expr) -> Expr:
    """The complex conjugate, entry by entry, of an expression of analytic operations with real coefficients."""
    table: dict[Expr, Expr] = {
        s: partner(s) for s in e.free_symbols if isinstance(s, Symbol) and s.properties & (COMPLEX | {CONJUGATE})
    }
    return e.substitute(table)


def partner(s: Symbol) -> Expr:
    """What stands for the conjugate of a symbol."""
    if s.has("hermitian"):
        return ops.transpose(s)
    if s.has("unitary"):
        return ops.inverse(ops.transpose(s))
    rest = s.properties - {"complex", CONJUGATE}
    kept = rest | ({"complex"} if s.has(CONJUGATE) else {CONJUGATE})
    return ops.symbol(s.label, s.shape[0], s.shape[1], *kept)


class ComplexReading(RunBase):
    """Conjugates, where a symbol of the formula is complex."""

    def is_complex(self) -> bool:
        """Whether a symbol that has been read so far is complex."""
        return any(self.properties(k) & COMPLEX for k in self.entries)

    def adjoint_mark(self, sup: Node | None) -> bool:
        """H, and among complex quantities a dagger."""
        return isinstance(sup, Name) and (sup.base == "H" or sup.base == "\\dagger") and self.is_complex()

    def bar(self, node: Node, key: Key) -> Key | None:
        r"""X of \bar X and X^*, where X is complex and the marked letter is not declared as a symbol of its own."""
        if key.accents and key.accents[-1] in ("bar", "overline") and self.declared(key) is None:
            inner = replace(key, accents=key.accents[:-1])
            return inner if self.context.definition(key) is None and self.complex_key(inner) else None
        return None

    def conjugate_of(self, target: Node) -> Draft | None:
        r"""The symbol of \bar X or X^*, as the variable of a Wirtinger derivative."""
        inner: Key | None = None
        if (
            isinstance(target, Scripted)
            and isinstance(target.sup, Name)
            and target.sup.base in STARS
            and not target.sub
        ):
            base = key_of(target.base)
            inner = base if base is not None and self.complex_key(base) else None
        else:
            key = key_of(target)
            inner = self.bar(target, key) if key is not None else None
        if inner is None:
            return None
        symbol = self.symbol(inner, inner.base)
        if self.properties(inner) & {"hermitian", "unitary"}:
            raise Unsupported(
                "a derivative by the conjugate of a matrix whose conjugate is not independent", target.span
            )
        return Draft(symbol.shape, lambda xs: conjugate(xs[0]), (symbol,), "symbol")

    def complex_key(self, key: Key) -> bool:
        found = self.declared(key)
        return bool(self.properties(found[0] if found is not None else key) & COMPLEX)

    def conjugated(self, d: Draft) -> Draft:
        return Draft(d.shape, lambda xs: conjugate(xs[0]), (d,), d.kind if d.kind in ("zero", "number") else "")

    def adjoint(self, d: Draft) -> Draft:
        """A^H; A^T of a real matrix."""
        rows, cols = self.shape(d)
        return Draft((cols, rows), lambda xs: ops.transpose(conjugate(xs[0])), (d,), "zero" if d.kind == "zero" else "")

    def absolute(self, d: Draft) -> Draft:
        """|z| of a number, ‖x‖ of an array: the root of the sum of z times its conjugate."""

        def build(xs: list[Expr]) -> Expr:
            x = xs[0]
            other = conjugate(x)
            if other == x:
                return ops.absolute(x) if x.is_scalar else ops.norm(x)
            return ops.power(ops.inner(other, x), ops.number("1/2"))

        return Draft(ops.number(1).shape, lambda xs: build(list(xs)), (d,))


__all__ = ["COMPLEX", "CONJUGATE", "ComplexReading", "conjugate"]
