r"""Fences: |X|, norms and their indices, inner products, and how far ``\log`` reaches over bars."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nablatex.algebra import ops
from nablatex.algebra.binders import fresh_index
from nablatex.algebra.dims import ONE, SCALAR, shape_text
from nablatex.algebra.expr import Expr
from nablatex.document.aggregates import AggregateReading
from nablatex.document.base import Unsupported
from nablatex.document.drafts import Draft
from nablatex.document.names import flat, is_upper, key_of, label_of, transpose_mark
from nablatex.latex.tree import Fence, Juxtaposition, Matrix, Name, Node, Number, Operator, Relation, Scripted

NORMS = {
    **dict.fromkeys(("", "F", "Fro", "fro", "Frob", "HS", "S_2", "2,2"), "norm"),
    **dict.fromkeys(("*", "\\ast", "\\star", "tr", "nuc", "S_1"), "nuclear_norm"),
    **dict.fromkeys(("op", "\\mathrm{op}", "S_\\infty"), "spectral_norm"),
    "1,1": "norm1",
}
"""Norms by their index; in \\|A\\|_1 of a matrix and \\|A\\|_{2,1} conventions differ."""


def in_bars(node: Node) -> bool:
    """Whether a factor is a determinant, an absolute value or a norm, perhaps with scripts."""
    base = node.base if isinstance(node, Scripted) else node
    return isinstance(base, Fence) and base.kind in ("bar", "norm")


class FenceReading(AggregateReading):
    """Delimiters."""

    def commutator(self, node: Fence) -> Draft:
        """[A, B] is AB - BA of square matrices of one size, and A beside B where they are as high."""
        a, b = (self.read_node(x) for x in node.items)
        if self.scalar(a) or self.scalar(b) or self.shape(a)[0] != self.shape(b)[0]:
            raise Unsupported("a list of things", node.span)
        square = len({*self.shape(a), *self.shape(b)}) == 1
        if self.choose(*((0.0, 0.6) if square else (0.6, 0.0)), once="brackets"):
            return self.matrix(Matrix(node.span, "bmatrix", (node.items,)))
        for d in (*self.shape(a)[1:], *self.shape(b)):
            self.unify.equate(self.shape(a)[0], d, f"the commutator of {shape_text(a.shape)} and {shape_text(b.shape)}")
        return self.add([self.product([a, b]), self.negate(self.product([b, a]))])

    def fence(self, node: Fence) -> Draft:
        if node.kind in ("paren", "bracket", "brace"):
            if len(node.items) == 1 and not isinstance(node.items[0], Relation):
                return self.read_node(node.items[0])
            if node.kind == "bracket" and len(node.items) == 2:
                return self.commutator(node)
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
        """|X| is a determinant of a matrix, an absolute value of a scalar; of a vector entry by entry, or its length."""
        if isinstance(node.items[0], Name) and f"|{label_of(node.items[0])}|" in self.context.dimensions:
            return self.leaf(ops.size(f"|{label_of(node.items[0])}|"))  # how many indices a set holds
        counted = self.cardinality(node.items[0])
        if counted is not None:
            return counted
        x = self.read_node(node.items[0])
        shape = self.shape(x)
        if self.scalar(x) and self.is_complex():
            return self.absolute(x)
        if self.scalar(x) or shape[1] == ONE or shape[0] == ONE:
            if not self.scalar(x) and self.choose(0.0, 0.5, once="bars of vectors") == 1:
                return Draft(SCALAR, lambda xs: ops.norm(xs[0]), (x,))
            return Draft(x.shape, lambda xs: ops.absolute(xs[0]), (x,))
        return self.node("det", lambda xs: ops.det(xs[0]), x)

    def volume(self, node: Operator) -> Draft | None:
        r"""``\log ||X||`` of a square X, as some write what others write ``\log |\det X|``."""
        inside = node.arguments[0]
        if node.word not in ("log", "ln") or not isinstance(inside, Fence) or inside.kind != "norm":
            return None
        x = self.read_node(inside.items[0])
        rows, columns = self.shape(x)
        if rows != columns or self.scalar(x) or self.choose(0.0, 1.0, once="double bars of a determinant") == 0:
            return None
        return self.node("det", lambda xs: ops.absolute(ops.det(xs[0])), x)

    def over_bars(self, node: Juxtaposition, k: int) -> tuple[Node, int]:
        r"""Factor k of a product, and how many more belong to it: ``\log |A||B|`` is the logarithm of both, or of the first."""
        n, end = node.factors[k], k + 1
        if isinstance(n, Operator) and not n.fenced and in_bars(n.arguments[0]):
            while end < len(node.factors) and not node.marks[end - 1] and in_bars(node.factors[end]):
                end += 1
        if end == k + 1 or not isinstance(n, Operator) or self.choose(0.0, 0.7) == 1:
            return n, 0
        span = n.span.join(node.factors[end - 1].span)
        whole = Juxtaposition(span, (n.arguments[0], *node.factors[k + 1 : end]), ("",) * (end - k - 1))
        return replace(n, span=span, arguments=(whole,)), end - k - 1

    def fence_with_sub(self, fence: Fence, sub: Node | None) -> Draft:
        if (
            fence.kind == "bar"
            and sub is not None
            and flat(sub) in ("1", "2", "F", "\\infty")
            and len(fence.items) == 1
        ):
            x = self.read_node(fence.items[0])
            if not self.scalar(x) and not self.is_complex() and self.choose(0.0, 1.0, once="bars of norms") == 0:
                return self.norm_of(x, sub, fence)
        if fence.kind != "norm":
            weighted = self.weighted_inner(fence, sub)
            if weighted is not None:
                return weighted
            inside = self.fence(fence)
            if sub is None:
                return inside
            parts = self.entry_of(inside, sub)
            if parts is None:
                raise Unsupported("a subscript that is not understood", fence.span)
            return parts
        if len(fence.items) != 1:
            raise Unsupported("a norm of several things", fence.span)
        return self.norm_of(self.read_node(fence.items[0]), sub, fence)

    def weighted_inner(self, fence: Fence, sub: Node | None) -> Draft | None:
        r"""``\langle A, B\rangle_F``, and ``\langle x, y\rangle_W`` of columns, x^T W y."""
        if fence.kind != "angle" or len(fence.items) != 2 or sub is None:
            return None
        if NORMS.get(flat(sub)) == "norm" or flat(sub) == "2":
            return self.fence(fence)
        key = key_of(_powered(sub)) if isinstance(sub, (Name, Scripted)) else None
        if key is None or not is_upper(key) or (self.declared(key) is None and key not in self.standing):
            raise Unsupported("an inner product of a space", fence.span)
        a, b = (self.read_node(x) for x in fence.items)
        if self.is_complex() or self.shape(a)[1] != ONE or self.shape(b)[1] != ONE:
            raise Unsupported("an inner product of a space", fence.span)
        return self.product([self.transpose(a), self.read_node(sub), b])

    def norm_of(self, x: Draft, sub: Node | None, fence: Fence) -> Draft:
        """The norm that an index names: of vectors by p, of matrices by a name; weighted by a matrix."""
        sub = self.of_space(sub)
        kind = flat(sub) if sub is not None else ""
        vector = self.shape(x)[1] == ONE or self.shape(x)[0] == ONE
        name = NORMS.get(kind, "norm" if kind == "2" and vector else "norm1" if kind == "1" and vector else "")
        if self.is_complex():
            if name != "norm":
                raise Unsupported("this norm of a complex quantity", fence.span)
            return self.absolute(x)
        if kind == "2" and not vector:  # many texts mean Frobenius by it
            name = "norm" if self.choose(0.0, 1.0, once="2-norm of matrices") == 1 else "spectral_norm"
        if name:
            build: Callable[[Expr], Expr] = getattr(ops, name)
            return Draft(SCALAR, lambda xs: build(xs[0]), (x,))
        if kind in ("\\infty", "max", "\\max") and vector:
            return Draft(SCALAR, lambda xs: self.extreme_entry(ops.absolute(xs[0]), "max"), (x,))
        if sub is None or not vector:
            raise Unsupported(f"the norm with index {kind}", fence.span)
        key = key_of(_powered(sub)) if isinstance(sub, (Name, Scripted)) else None
        if key is not None and is_upper(key):
            if self.declared(key) is None and self.context.definition(key) is None and key not in self.standing:
                raise Unsupported(f"the norm of a space {kind}", fence.span)
            product = self.product([self.transpose(x), self.read_node(sub), x])
            return Draft(SCALAR, lambda xs: ops.power(xs[0], ops.number("1/2")), (product,))
        key = key_of(sub) if isinstance(sub, Name) else None
        free = key is not None and self.declared(key) is None and self.context.definition(key) is None
        index = self.symbol(key, label_of(sub), sub.span, SCALAR) if key and free else self.read_node(sub)
        if self.scalar(index):
            return Draft(SCALAR, lambda xs: ops.p_norm(xs[0], xs[1]), (x, index))
        raise Unsupported(f"the norm with index {kind}", fence.span)

    def of_space(self, sub: Node | None) -> Node | None:
        r"""p of ``\|x\|_{\ell_p}`` and ``\|x\|_{L^p}``, where these letters are nothing else; any other index as it is."""
        if not isinstance(sub, Scripted) or not isinstance(sub.base, Name) or sub.base.base not in ("\\ell", "l", "L"):
            return sub
        key, which = key_of(sub.base), sub.sub or sub.sup
        named = key is not None and (self.declared(key) is not None or key in self.standing)
        if named or (sub.sub and sub.sup) or not isinstance(which, (Name, Number)) or transpose_mark(which):
            return sub
        return which

    def extreme_entry(self, x: Expr, word: str) -> Expr:
        """The largest or the smallest entry of a vector."""
        i = fresh_index("i", x)
        return ops.largest_entry(x, i) if word == "max" else ops.smallest_entry(x, i)

    # ---- fences

    # ---- infix, fractions


def _powered(sub: Node) -> Node:
    """P of the index P^{-1} of a norm."""
    return sub.base if isinstance(sub, Scripted) and sub.sub is None and sub.sup is not None else sub
