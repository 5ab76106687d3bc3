"""Reading what a subscript picks: sizes and indices, entries X_{ij}, parts X_{1:k} of matrices and of formulas."""

from __future__ import annotations

from collections.abc import Sequence

from nablatex.algebra import ops
from nablatex.algebra.dims import ONE, SCALAR, Dim, dim
from nablatex.algebra.expr import Expr
from nablatex.document.drafts import Draft
from nablatex.document.families import FamilyReading
from nablatex.document.index_sets import RANKING
from nablatex.document.names import Key, flat, is_upper, key_of, label_of
from nablatex.document.sets import dimension_of
from nablatex.latex.cursor import ALL
from nablatex.latex.tree import BigOperator, Infix, Juxtaposition, List, Name, Node, Number, Scripted, Sum

Pick = tuple[Dim, Dim] | Draft
"""(rows or columns before, how many), or one index."""
ALL_OF_IT: Pick = (dim(0), dim(0))


class EntryReading(FamilyReading):
    """Entries and parts."""

    def name(self, node: Name | Scripted) -> Draft:
        raise NotImplementedError

    def read_node(self, node: Node) -> Draft:
        raise NotImplementedError

    def dimension(self, sub: Node | None) -> Dim | None:
        if sub is None:
            return None
        text = flat(sub)
        if isinstance(sub, Number):
            return dim(int(text)) if text.isdigit() else None
        if isinstance(sub, Juxtaposition) and any(m == "\\times" for m in sub.marks):
            first = sub.factors[0]
            return self.dimension(first)
        if isinstance(sub, Scripted) and sub.sup is not None:
            return dimension_of(sub)  # I_{n^2}
        if isinstance(sub, (Name, Scripted)) and "?" not in text:
            return dim(text)
        if isinstance(sub, Sum) and set(sub.signs) <= {"+", "-"}:
            parts = [self.dimension(t) for t in sub.terms]
            known = [p if s == "+" else -p for s, p in zip(sub.signs, parts, strict=True) if p is not None]
            return sum(known[1:], known[0]) if len(known) == len(parts) else None
        if isinstance(sub, Juxtaposition) and all(isinstance(f, (Name, Number)) for f in sub.factors):
            total = dim(1)
            for f in sub.factors:
                part = self.dimension(f)
                total = total * part  # type: ignore[operator]
            return total
        return None

    def index(self, node: Node) -> Draft | None:
        """An index: a number, a letter (bound, or free and arbitrary), or a dimension letter."""
        if isinstance(node, Number) and node.text.isdigit():
            return self.leaf(ops.number(node.text))
        if isinstance(node, Name) and not node.accents:
            key = key_of(node)
            assert key is not None
            local = self.scope(key)
            if local is not None:
                return local
            if key.base in self.context.dimensions and self.declared(key) is None:
                return self.leaf(ops.size(key.base))
            if len(node.base) > 1 or node.base.isupper() or node.base in ALL:
                return None
            return self.leaf(ops.symbol(node.base, 1, 1, "index", "integer"))
        if isinstance(node, BigOperator) and node.kind in ("argmax", "argmin"):
            return self.read_node(node)
        if isinstance(node, Scripted):  # i^* = \arg\max_i x_i
            named = key_of(node)
            known = None if named is None else self.context.definition(named)
            ranked = known is not None and isinstance(known.body, BigOperator) and known.body.kind in RANKING
            return self.read_node(known.body) if known is not None and ranked else None
        if isinstance(node, Sum):
            parts = [self.index(t) for t in node.terms]
            if any(p is None for p in parts):
                return None
            signed = [
                self.negate(p) if s == "-" else p for s, p in zip(node.signs, parts, strict=True) if p is not None
            ]
            return self.add(signed)
        return None

    def entry(self, base: Node, sub: Node) -> Draft | None:
        """X_{ij}, a_{ij} of a declared A, X_{11}, x_i; None where the subscript is part of a name."""
        if not isinstance(base, Name):
            return None
        parts = [
            p
            for p in (sub.factors if isinstance(sub, Juxtaposition) else sub.items if isinstance(sub, List) else (sub,))
        ]
        if isinstance(sub, Juxtaposition) and any(sub.marks):
            return None
        if len(parts) == 1 and isinstance(parts[0], Number) and len(parts[0].text) == 2:
            parts = [Number(sub.span, parts[0].text[0]), Number(sub.span, parts[0].text[1])]
        owner = self.owner(base, len(parts))
        if owner is None or len(parts) > 2:
            return None
        indices = [self.index(p) for p in parts]
        if any(i is None for i in indices):
            return None
        if len(parts) == 1:
            shape = self.shape(owner)
            if shape[1] != ONE:
                return None
            indices.append(self.leaf(ops.number(1)))
        self.note_range(parts, owner)
        i, j = indices
        assert i is not None and j is not None
        return Draft(SCALAR, lambda xs: ops.entry(xs[0], xs[1], xs[2]), (owner, i, j))

    def owner(self, base: Name, indices: int) -> Draft | None:
        """The matrix or vector whose entries a base letter names."""
        key = key_of(base)
        assert key is not None
        candidates = [key]
        letter = key.base
        if letter.isalpha() and letter.islower():
            candidates.append(Key(letter.upper(), key.font, key.accents))
            if indices == 2 and self.two_sided(candidates[1]) and not self.two_sided(key):
                candidates.reverse()  # x_{ij} beside a vector x and a matrix X is an entry of X
        for k in candidates:
            local = self.scope(k)
            if local is not None:
                return local
            found = self.declared(k)
            if found is not None and not self.unify.scalar(found[1].shape or SCALAR):
                return self.name(base) if k == key else self.symbol(k, found[1].label)
            vector = self.said_vector(k) if indices == 1 else None
            if vector is not None:
                return vector
            if found is None and self.context.definition(k) is not None and k == key:
                value = self.name(base)
                return None if self.scalar(value) else value
        if indices == 2 and self.declared(key) is None and letter.isalpha():
            upper = Key(letter.upper(), key.font, key.accents)
            return self.symbol(
                upper, letter.upper() if not key.font else label_of(base).replace(letter, letter.upper())
            )
        return None

    def names_entries(self, base: Name, sub: Node, indices: int) -> bool:
        """Whether a letter with so many indices is an entry: of a declared matrix or vector, or a_{ij} of nothing known."""
        key, whole = key_of(base), key_of(Scripted(base.span, base, sub))
        if whole is not None and (self.declared(whole) is not None or self.context.definition(whole) is not None):
            return False  # w_b beside w
        if key is None or indices > 2 or base.base == "e":
            return False
        if base.base == "\\delta":
            return indices == 2
        found = self.declared(key)
        if found is None and key.base.islower():
            found = self.declared(Key(key.base.upper(), key.font, key.accents)) if indices == 2 else None
        if found is None:
            if indices == 1:
                return self.is_said_vector(key)
            known = key.base in ("I", "J", "E", "K", "D", "L")  # constant matrices, and what their sizes stand below
            return indices == 2 and key.base.isalpha() and not known and self.context.definition(key) is None
        shape = self.unify.shape(found[1].shape or SCALAR)
        return shape[0] != ONE and (shape[1] == ONE) == (indices == 1)

    def two_sided(self, key: Key) -> bool:
        """Whether a symbol is declared as something with rows and columns."""
        found = self.declared(key)
        return found is not None and found[1].shape is not None and ONE not in self.unify.shape(found[1].shape)

    def note_range(self, parts: list[Node], owner: Draft) -> None:
        shape = self.shape(owner)
        for p, d in zip(parts, shape, strict=False):
            if isinstance(p, Name):
                self.bound_by(p, d)

    def entry_of(self, owner: Draft, sub: Node) -> Draft | None:
        """(A + B)_{ij}, or a part (A + B)_{1:k}."""
        picks = self.picks(sub)
        if picks:
            return self.part_of(owner, picks)
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

    def part(self, base: Node, sub: Node) -> Draft | None:
        r"""X_{k \times l} (the leading part), X_{1:k}, X_{i:j,k:l} of a declared matrix or vector."""
        key = key_of(base)
        if key is None or not (is_upper(key) or self.declared(key) is not None) or not isinstance(base, Name):
            return None
        picks = self.picks(sub)
        return self.part_of(self.name(base), picks) if picks else None

    def picks(self, sub: Node) -> list[Pick]:
        r"""What k \times l, 1:k, (i:j, :) or (:, j) pick of each side; empty where the subscript names entries."""
        found: list[Pick | None] = []
        if isinstance(sub, Juxtaposition) and sub.marks == ("\\times",):
            sizes = [self.dimension(f) for f in sub.factors]
            found = [None if d is None else (dim(0), d) for d in sizes]
        elif isinstance(sub, (Infix, List, Sum)):
            found = [self.pick(p) for p in (sub.items if isinstance(sub, List) else (sub,))]
        known = [p for p in found if p is not None]
        return known if len(known) == len(found) <= 2 and not all(isinstance(p, Draft) for p in known) else []

    def part_of(self, whole: Draft, picks: list[Pick]) -> Draft | None:
        """A part of anything; one range alone picks rows, one index a row or a column."""
        shape = self.shape(whole)
        if len(picks) == 1:
            if picks[0] == ALL_OF_IT:
                return None
            picks = [*picks, ALL_OF_IT]
        spans: list[tuple[Dim, Dim]] = []
        sizes: list[Dim] = []
        for pick, d in zip(picks, shape, strict=True):
            spans.append((dim(0), d) if isinstance(pick, Draft) or pick == ALL_OF_IT else pick)
            sizes.append(ONE if isinstance(pick, Draft) else spans[-1][1])
        indices = tuple(p for p in picks if isinstance(p, Draft))
        by_row, by_column = (isinstance(p, Draft) for p in picks)

        def build(xs: Sequence[Expr]) -> Expr:
            (r, p), (c, q) = ((self.unify.resolve(a), self.unify.resolve(b)) for a, b in spans)
            out = ops.submatrix(xs[0], r, p, c, q)
            if by_row:
                out = ops.mul(ops.transpose(ops.unit_vector(xs[1], out.shape[0])), out)
            return ops.mul(out, ops.unit_vector(xs[1], out.shape[1])) if by_column else out

        return Draft((sizes[0], sizes[1]), build, (whole, *indices))

    def pick(self, node: Node) -> Pick | None:
        """Of i:j (first - 1, length); of a colon or a dot, all; an index."""
        node = _range(node)
        if isinstance(node, Name) and node.base in ALL:
            return ALL_OF_IT
        if not isinstance(node, Infix) or node.op != ":":
            return self.index(node)
        first, last = self.dimension(node.left), self.dimension(node.right)
        return None if first is None or last is None else (first - ONE, last - first + ONE)


def _range(node: Node) -> Node:
    """k + 1:n - 1, where the colon that other formulas have binds tighter, as the range that it is."""
    places = [k for k, t in enumerate(node.terms) if isinstance(t, Infix)] if isinstance(node, Sum) else []
    if not isinstance(node, Sum) or len(places) != 1:
        return node
    k = places[0]
    middle = node.terms[k]
    assert isinstance(middle, Infix)
    low, high = (*node.terms[:k], middle.left), (middle.right, *node.terms[k + 1 :])
    left = Sum(node.span, node.signs[: k + 1], low) if k else middle.left
    right = Sum(node.span, ("+", *node.signs[k + 1 :]), high) if len(high) > 1 else middle.right
    return Infix(node.span, middle.op, left, right)


__all__ = ["EntryReading"]
