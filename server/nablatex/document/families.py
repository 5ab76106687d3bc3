r"""Numbered families: x_1, …, x_N, samples (x_i, y_i) under a sum, x^{(i)}.

A subscript that a sum binds is either the number of an entry (of a declared vector) or of one member of a family.
A family is declared by one of its members (``x_i \in \mathbb{R}^n``, ``x_1, \dots, x_N \in \mathbb{R}^n``); without
a declaration, shapes decide between numbers and columns.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from nablatex.algebra import ops
from nablatex.algebra.atoms import EACH
from nablatex.algebra.dims import ONE, SCALAR, Dim, Shape, ShapeError
from nablatex.algebra.expr import Expr
from nablatex.document.base import KINDS
from nablatex.document.complexes import ComplexReading
from nablatex.document.context import Declared
from nablatex.document.drafts import Draft
from nablatex.document.index_sets import lowered, runs_over_indices
from nablatex.document.names import Key, key_of, label_of
from nablatex.latex.tree import (
    BigOperator,
    Derivative,
    Fence,
    Juxtaposition,
    List,
    Name,
    Node,
    Number,
    Operator,
    Scripted,
)


def mark_of(node: Node) -> tuple[Key, Node, bool] | None:
    """(base, number, whether it is raised) of x_i or x^{(i)}."""
    if not isinstance(node, Scripted) or not isinstance(node.base, Name):
        return None
    base = key_of(node.base)
    if base is None:
        return None
    if isinstance(node.sup, Fence) and node.sup.kind == "paren":
        return (base, node.sup.items[0], True) if len(node.sup.items) == 1 and node.sub is None else None
    return (base, node.sub, False) if node.sub is not None else None


def bound_letters(nodes: Iterable[Node]) -> frozenset[str]:
    """The indices of the sums and products among the nodes of a formula."""
    out: set[str] = set()
    for n in nodes:
        if isinstance(n, BigOperator) and runs_over_indices(n):
            out.update(name.base for name in lowered(n))
    return frozenset(out)


@dataclass(frozen=True, slots=True)
class Numbered:
    """Letters that an index of a sum numbers in a formula, in its order; whether it writes vech, vec or one of its kin;
    variables that it speaks of by their entries; families whose members it takes entries of, x_j^{(i)}."""

    letters: tuple[Key, ...]
    vech: bool
    vec: bool
    by_entries: frozenset[Key]
    of_columns: frozenset[Key]


def numbered_letters(nodes: Sequence[Node]) -> Numbered:
    """Of all the nodes of a formula."""
    indices = bound_letters(nodes)
    marks = [m for n in nodes if (m := mark_of(n)) is not None]
    letters = [base for base, number, _ in marks if isinstance(number, Name) and number.base in indices]
    words = {n.word for n in nodes if isinstance(n, Operator)}
    vec = not words.isdisjoint(("vec", "Vec", "vech"))
    entries = {m[0] for n in nodes if (e := entry_of_member(n)) is not None and (m := mark_of(e[0])) is not None}
    of_columns = frozenset(entries & set(letters))
    return Numbered(tuple(dict.fromkeys(letters)), "vech" in words, vec, written_entrywise(nodes, indices), of_columns)


def entry_of_member(node: Node) -> tuple[Scripted, Node] | None:
    """(x^{(i)}, j) of x_j^{(i)}, and (x_i, j) of x_{ij}."""
    if not isinstance(node, Scripted) or not isinstance(node.base, Name) or node.sub is None or node.primes:
        return None
    if isinstance(node.sup, Fence) and node.sup.kind == "paren":
        return replace(node, sub=None), node.sub
    if node.sup is not None or not isinstance(node.sub, (Juxtaposition, List)):
        return None
    parts = node.sub.factors if isinstance(node.sub, Juxtaposition) else node.sub.items
    return (replace(node, sub=parts[0]), parts[1]) if len(parts) == 2 else None


def written_entrywise(nodes: Sequence[Node], letters: frozenset[str]) -> frozenset[Key]:
    r"""Variables of derivatives that the sums speak of by their entries alone: x of ``\nabla_x \sum_i e^{x_i}``."""
    variables: set[Key] = set()
    numbered: set[Key] = set()
    whole: set[Key] = set()
    for n in nodes:
        if isinstance(n, Derivative):
            variables.update(k for v in n.variables if isinstance(v.target, Name) and (k := key_of(v.target)))
        elif isinstance(n, BigOperator) and runs_over_indices(n) and n.body is not None:
            inside = list(n.body.walk())
            marks = [m for x in inside if (m := mark_of(x)) and isinstance(m[1], Name) and m[1].base in letters]
            numbered.update(m[0] for m in marks if not m[2])
            parts = {id(x.base) for x in inside if isinstance(x, Scripted) and x.sub is not None}
            whole.update(k for x in inside if isinstance(x, Name) and id(x) not in parts and (k := key_of(x)))
    return frozenset(variables & numbered - whole)


OF_ENTRIES = frozenset(("positive", "nonzero", "nonnegative", "integer", "complex"))
"""Properties that a stack has where its members have them."""


class FamilyReading(ComplexReading):
    """Members of families."""

    by_entries: frozenset[Key] = frozenset()
    families: frozenset[Key] = frozenset()
    of_columns: frozenset[Key] = frozenset()
    vech_occurs: bool = False
    vec_occurs: bool = False
    """Whether D_n and L_n stand beside vech, where they are the duplication and the elimination matrix."""
    counts: dict[Key, tuple[Draft, Shape, Dim]]
    compared: set[Key]
    """Indices that stand in a Kronecker delta."""

    def index(self, node: Node) -> Draft | None:
        raise NotImplementedError

    def with_bodies(self, sides: Sequence[Node]) -> list[Node]:
        """The sides and the definitions of what stands in them."""
        used = {k for s in sides for n in s.walk() if isinstance(n, (Name, Scripted)) and (k := key_of(n)) is not None}
        return [*sides, *(d.body for d in self.context.definitions if d.key in used)]

    def said_vector(self, key: Key) -> Draft | None:
        """A symbol that is said to be a vector of no size in particular; in bold, x_i may be one of several as well."""
        if key in self.by_entries and self.declared(key) is None and self.context.definition(key) is None:
            return self.symbol(key, key.base, like=(self.unify.fresh(), ONE))
        said = self.context.find(key)
        return self.symbol(said[0], said[1].label) if said is not None and self.is_said_vector(key) else None

    def is_said_vector(self, key: Key) -> bool:
        """Whether words make a vector of it, and nothing gives its size."""
        said = self.context.find(key)
        if said is None or said[1].shape is not None or key.font == "bold" or "vector" not in said[1].properties:
            return False
        return self.context.definition(said[0]) is None

    def notice_families(self, numbered: Numbered) -> None:
        """Letters that a sum numbers in this formula, or in a definition that it uses, and that are no declared vector or
        matrix."""
        self.by_entries = numbered.by_entries
        found: set[Key] = set()
        for base in numbered.letters:
            owner = self.declared(base)
            whole = owner is not None and not self.unify.scalar(owner[1].shape or SCALAR)
            whole = (whole or self.said_vector(base) is not None) and not self.columns(base)
            defined = self.context.definition(base) is not None and not self.columns(base)  # F(x) beside F_1, …, F_m
            if not whole and not defined and base.base != "e":
                found.add(base)
        self.vech_occurs, self.vec_occurs = numbered.vech, numbered.vec
        self.families, self.of_columns = frozenset(found), numbered.of_columns
        self.counts = {}
        self.compared = set()

    def member(self, node: Node) -> Draft | None:
        """x_i of a family in this formula."""
        marked = mark_of(node)
        if marked is None or marked[0] not in self.families:
            return None
        base, number, raised = marked
        i = self.index(number)
        if i is None:
            return None
        assert isinstance(node, Scripted)
        stack, shape, count = self.stack(base, node, raised)
        own = key_of(node)
        if isinstance(number, Number) and number.text == "0" and own is not None:
            return self.symbol(own, label_of(node), node.span, shape)  # F_0 beside F_1, …, F_m is none of them
        self.bound_by(number, count)
        if self.unify.scalar(shape):
            return Draft(SCALAR, lambda xs: ops.entry(xs[0], xs[1], ops.number(1)), (stack, i))
        return Draft(shape, lambda xs: ops.member(xs[0], xs[1], self.unify.shape(shape)), (stack, i))

    def member_entry(self, node: Node) -> Draft | None:
        """x_j^{(i)} and x_{ij} where x^{(i)} and x_i are columns; no such name is declared, no matrix X is."""
        found, key = entry_of_member(node), key_of(node)
        if found is None or key is None or self.declared(key) is not None or self.context.definition(key) is not None:
            return None
        whole, number = found
        base, named = key_of(whole.base), key_of(whole)
        assert base is not None and named is not None
        declared = self.declared(named) if whole.sup is not None else None
        if whole.sup is None and self.declared(Key(base.base.upper(), base.font, base.accents)) is not None:
            return None
        value = self.member(whole)
        if value is None and declared is not None:
            value = self.symbol(named, label_of(whole))
        return None if value is None or self.scalar(value) else self.entry_of(value, number)

    def entry_of(self, owner: Draft, sub: Node) -> Draft | None:
        raise NotImplementedError

    def bound_by(self, index: Node, extent: Dim) -> None:
        """An index runs as far as what it numbers: x_1, …, x_N beside y in R^N."""
        key = key_of(index)
        if key is not None and key not in self.index_ranges:
            self.index_ranges[key] = extent
        elif key is not None:
            with contextlib.suppress(ShapeError):
                self.unify.equate(extent, self.index_ranges[key], "")

    def declared_member(self, base: Key) -> Declared | None:
        """What is said of x_i, for the letter x."""
        said = [
            (k, d)
            for k, d in self.context.symbols.items()
            if (k.base, k.font, k.accents) == (base.base, base.font, base.accents) and k.script and k.script != "_0"
        ]
        found = next((d for _, d in said if d.shape is not None), None)
        if found is None:
            return None
        general = [d.properties for k, d in said if k.script[1:].isalpha()]  # of x_i, not of x_1
        declared = [d.properties for _, d in said if d.shape is not None]
        return replace(found, properties=frozenset.intersection(*declared).union(*general))

    def columns(self, base: Key) -> bool:
        """Whether x_i is declared as a vector or a matrix: beside a vector x it is no entry of that."""
        found = self.declared_member(base)
        return found is not None and found.shape is not None and not self.unify.scalar(found.shape)

    def stack(self, base: Key, node: Scripted, raised: bool) -> tuple[Draft, Shape, Dim]:
        """The symbol that holds the whole family, the shape of a member, and their number."""
        found = self.counts.get(base)
        if found is not None:
            return found
        declared = self.declared_member(base)
        if declared is not None and declared.shape is not None:
            shape = declared.shape
        elif base not in self.of_columns and self.choose(0.0, 0.4, once=("family", base)) == 0:
            shape = SCALAR
        else:
            shape = (self.unify.fresh(), ONE)
        count = self.unify.fresh()
        label = label_of(node.base)
        whole = (count * shape[0], shape[1])
        said = declared.properties - KINDS if declared is not None else frozenset()
        matrices = ONE not in self.unify.shape(shape)
        properties = {"family", *(EACH + p if matrices and p not in OF_ENTRIES else p for p in said)}
        if raised:
            properties.add("raised")

        def make(s: Shape) -> Expr:
            return ops.symbol(label, s[0], s[1], *properties)

        draft = self.sized(make, whole, "symbol")
        key = Key(base.base, base.font, base.accents, base.prefix, "_·")
        self.entries[key] = draft
        self.origins[key] = (declared or Declared(label, None, frozenset(), "inferred", node.span), node.span)
        self.counts[base] = (draft, shape, count)
        return self.counts[base]


__all__ = ["FamilyReading", "Numbered", "bound_letters", "numbered_letters"]
