"""Reading names and scripts: symbols, entries, transposes, inverses, powers, the constant matrices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nablatex.algebra import ops
from nablatex.algebra.dims import ONE, SCALAR, shape_text
from nablatex.algebra.expr import Expr
from nablatex.document.base import MAX_UNFOLD, Unsupported
from nablatex.document.context import Definition
from nablatex.document.drafts import Draft
from nablatex.document.entries import EntryReading
from nablatex.document.names import (
    MARKS,
    STARS,
    Key,
    flat,
    flat_marks,
    key_of,
    label_of,
    mark_above,
    raised_key,
    transpose_mark,
    two_dims,
)
from nablatex.latex.tree import (
    Call,
    Fence,
    Juxtaposition,
    List,
    Name,
    Node,
    Number,
    Operator,
    Scripted,
    Sum,
)

AMBIGUOUS_POWER = "a matrix raised to a matrix is ambiguous: e^{B log A} or e^{(log A) B}"


INDICES = frozenset("ijkl")
"""Letters that number entries where nothing makes sizes of them."""


class ScriptReading(EntryReading):
    """Names with their scripts."""

    def read_node(self, node: Node) -> Draft:
        raise NotImplementedError

    def name(self, node: Name | Scripted) -> Draft:
        """A name (perhaps with a subscript): in scope, defined, declared, a constant, an entry, or new."""
        key = key_of(node)
        if key is None:
            raise Unsupported("a name that is not understood", node.span)
        local = self.scope(key) or self.member(node) or self.member_entry(node)
        if local is not None:
            return local
        barred = self.bar(node, key)
        if barred is not None:
            return self.conjugated(self.symbol(barred, label_of(node)))
        if key in self.kept:
            return self.symbol(key, label_of(node), node.span)
        definition = self.meant(key)
        if definition is not None:
            return self.unfold(key, definition.body, label_of(node))
        if self.declared(key) is not None:
            return self.numbered(node, key) or self.symbol(key, label_of(node), node.span)
        constant = self.constant(node, key)
        if constant is not None:
            return constant
        if isinstance(node, Scripted) and node.sub is not None:
            entry = self.part(node.base, node.sub) or self.entry(node.base, node.sub)
            if entry is not None:
                return entry
        if isinstance(node, Scripted) and node.sub is not None:
            bound = [n for n in node.sub.walk() if isinstance(n, Name) and self.scope(key_of(n) or key) is not None]
            if bound:
                raise Unsupported(f"{label_of(node)}: an entry of a vector, or one of several samples?", node.span)
            owner = self.declared(key_of(node.base) or key)
            if owner is not None and not self.unify.scalar(owner[1].shape or SCALAR):
                raise Unsupported(f"{label_of(node)}: a part of {owner[1].label}, or another symbol?", node.span)
        if key in self.context.functions:
            raise Unsupported("a function without its argument", node.span)
        return self.symbol(key, label_of(node), node.span)

    def numbered(self, node: Name | Scripted, key: Key) -> Draft | None:
        r"""x_i and r_{ij} of numbers $r_{ij} \in \mathbb{R}$ where an operator binds an index: entries of x, and of their matrix r."""
        found = self.declared(key)
        if found is None or not isinstance(node, Scripted) or not isinstance(node.base, Name) or node.sub is None:
            return None
        parts = node.sub.factors if isinstance(node.sub, Juxtaposition) else getattr(node.sub, "items", ())
        bound = [p for p in parts if isinstance(p, Name) and self.scope(key_of(p) or key) is not None]
        alone = isinstance(node.sub, Name) and self.scope(key_of(node.sub) or key) is not None
        if not (bound or alone) or not self.unify.scalar(found[1].shape or SCALAR):
            return None
        base = key_of(node.base)
        if alone or len(parts) != 2:
            return self.entry(node.base, node.sub) if base is not None and self.declared(base) is not None else None
        if base is None or self.declared(base) is not None:
            return None
        indices = [self.index(p) for p in parts]
        i, j = indices
        if i is None or j is None:
            return None
        whole = self.symbol(base, label_of(node.base), None, (self.unify.fresh(), self.unify.fresh()))
        self.note_range(list(parts), whole)
        return Draft(SCALAR, lambda xs: ops.entry(xs[0], xs[1], xs[2]), (whole, i, j))

    def meant(self, key: Key) -> Definition | None:
        """The definition that a bare name stands for: u where u = … or u(a, b) = … is defined, and not declared besides."""
        definition = self.context.definition(key)
        if definition is None:
            return None
        declared = self.declared(key)
        if definition.parameters:
            return definition if declared is None else None
        return definition if declared is None or key not in self.context.symbols or definition.key == key else None

    def unfold(self, key: Key, body: Node, label: str) -> Draft:
        """A defined symbol is its definition; inside it the same symbol means itself."""
        self.unfolding += 1
        if self.unfolding > MAX_UNFOLD:
            raise Unsupported("definitions that go round in a circle")
        self.kept.append(key)
        try:
            return self.read_node(body)
        finally:
            self.kept.pop()
            self.unfolding -= 1

    def constant(self, node: Name | Scripted, key: Key) -> Draft | None:
        """I, I_n, 0, 1 (ones), e_i, J^{ij}, K_{mn}, π, e: unless the document declares them."""
        sub = node.sub if isinstance(node, Scripted) else None
        base = node.base if isinstance(node, Scripted) else node
        assert isinstance(base, Name)
        size = self.dimension(sub)
        if base.base == "I" and not base.accents and not base.prefix and (sub is None or size is not None):
            d = size if size is not None else self.unify.fresh()
            return self.sized(lambda s: ops.identity(s[0]), (d, d), "identity" if size is None else "")
        if base.base == "1" and base.font:
            if sub is not None and "\\times" in str(flat_marks(sub)):
                parts = two_dims(sub)
                if parts:
                    return self.leaf(ops.ones(*parts))
            d = size if size is not None else self.unify.fresh()
            return self.sized(lambda s: ops.ones(*s), (d, ONE))
        if base.base == "0" and base.font:
            return self.leaf(ops.number(0), "zero")
        if base.base == "e" and base.font in ("", "bold") and sub is not None and not isinstance(sub, List):
            index = self.index(sub)
            d = self.unify.fresh()
            if index is not None:
                self.bound_by(sub, d)
                return Draft((d, ONE), lambda xs: ops.unit_vector(xs[0], self.unify.resolve(d)), (index,))
        if base.base == "\\delta" and isinstance(sub, (Juxtaposition, List)):
            marks = sub.factors if isinstance(sub, Juxtaposition) else sub.items
            indices = [i for m in marks if (i := self.index(m)) is not None]
            if len(indices) == len(marks) == 2:
                self.compared.update(k for m in marks if (k := key_of(m)) is not None)
                return Draft(SCALAR, lambda xs: ops.delta(xs[0], xs[1]), tuple(indices))
        if base.base in ("D", "L") and size is not None and not base.accents:
            wanted = {"D": "duplication", "L": "elimination"}[base.base]
            if wanted in self.properties(key) or self.vech_occurs:
                return self.leaf(ops.duplication(size) if base.base == "D" else ops.elimination(size))
        if base.base == "K" and sub is not None:
            pair = two_dims(sub)
            if pair and self.are_sizes(base, sub):
                return self.leaf(ops.commutation(*pair))
            if size is not None and self.vec_occurs:  # K_n is K_{nn} (Magnus & Neudecker 3.7)
                return self.leaf(ops.commutation(size, size))
        if base.base == "\\pi" and sub is None:
            return self.leaf(ops.constant("\\pi"))
        if sub is None and not base.font and not base.accents and not base.prefix:
            return self.size_letter(base.base)
        return None

    def all_ones(self) -> Draft:
        """The vector of ones, of the length that the formula asks for."""
        return self.sized(lambda s: ops.ones(*s), (self.unify.fresh(), ONE))

    def are_sizes(self, base: Name, sub: Node) -> bool:
        """Whether mn of K_{mn} are sizes: letters that are bound, or i and j of nothing, are indices; a declared K has entries."""
        key = key_of(base)
        letters = [n for n in sub.walk() if isinstance(n, Name)]
        if key is not None and self.declared(key) is not None:
            return False
        if any((k := key_of(n)) is not None and self.scope(k) is not None for n in letters):
            return False
        return not letters or any(n.base not in INDICES or n.base in self.context.dimensions for n in letters)

    # ---- superscripts

    def scripted(self, node: Scripted) -> Draft:
        if node.left_sup is not None:
            return self.transpose(self.read_node(node.base))
        if isinstance(node.base, Call) and (node.sup is not None or node.sub is not None or node.primes):
            head = node.base.head
            bare = head.base if isinstance(head, Scripted) and head.primes and head.sub is None else head
            if not self.applies(node.base, key_of(bare)):  # a (b + c)^2 is a times (b + c)^2
                argument = Scripted(node.span, node.base.argument, node.sub, node.sup, node.primes)
                return self.product([self.read_node(head), self.scripted(argument)])
        if isinstance(node.base, Number) and node.base.text == "1" and node.sub is None and transpose_mark(node.sup):
            return self.transpose(self.all_ones())
        if key_of(node) is not None and (node.sup is None or self.known(node)):
            return self.name(node)
        raised = self.numbered_above(node)
        if raised is not None:
            return raised
        entry = self.member_entry(node)
        if entry is not None:
            return entry
        base_node: Node = node.base
        turned = self.turned_entry(node)
        if turned is not None:
            return turned
        if node.sub is not None:
            base_node = Scripted(node.base.span, node.base, node.sub)
        if node.sup is not None or node.primes:
            if self.is_exponential(node):
                assert node.sup is not None
                return self.exponential(node.sup)
            if isinstance(base_node, Scripted) and isinstance(node.base, Fence):
                base = self.fence_with_sub(node.base, node.sub)
            elif (
                isinstance(base_node, Name)
                and node.sup is not None
                and (single := self.single_entry(base_node, node.sup))
            ):
                return single
            else:
                base = self.read_node(base_node)
        elif isinstance(node.base, Fence):
            base = self.fence_with_sub(node.base, node.sub)
        else:
            base = self.entry_of_value(node) or self.block(node)
        for _ in range(node.primes):
            base = self.transpose(base)
        if node.sup is None:
            return base
        return self.raised(base, node.sup, node)

    def numbered_above(self, node: Scripted) -> Draft | None:
        r"""``W^{\ell-1}``, where ``W^\ell`` is declared: what stands above is a number."""
        key = raised_key(node)
        if key is None:
            return None
        own = key.script.partition("^")[0] + "^{"
        alike = [
            d
            for k, d in self.context.symbols.items()
            if (k.base, k.font, k.accents) == (key.base, key.font, key.accents) and k.script.startswith(own)
        ]
        return self.symbol(key, label_of(node), node.span, alike[0].shape) if alike else None

    def entry_of_value(self, node: Scripted) -> Draft | None:
        r"""``\operatorname{softmax}(z)_i`` and f(x)_i: an entry of what a function gives."""
        if not isinstance(node.base, Call) and not (isinstance(node.base, Operator) and node.base.fenced):
            return None
        value = self.read_node(node.base)
        return None if self.scalar(value) or node.sub is None else self.entry_of(value, node.sub)

    def turned_entry(self, node: Scripted) -> Draft | None:
        """X_{ij}^T is the entry ij of X^T: of a number nobody writes the transpose."""
        sub = node.sub
        if not isinstance(sub, (Juxtaposition, List)) or not transpose_mark(node.sup) or node.primes:
            return None
        if isinstance(node.base, Name) and (key := key_of(node.base)) is not None and self.declared(key) is None:
            whole = Scripted(node.base.span.join(sub.span), node.base, sub)
            if (named := key_of(whole)) is not None and self.constant(whole, named) is not None:  # K_{nn}^T
                return None
        if isinstance(sub, Juxtaposition):
            if len(sub.factors) != 2 or any(sub.marks):
                return None
            back: Node = Juxtaposition(sub.span, sub.factors[::-1], sub.marks)
        elif len(sub.items) == 2:
            back = List(sub.span, sub.items[::-1])
        else:
            return None
        if isinstance(node.base, Fence):
            found = self.fence_with_sub(node.base, back) if node.base.kind != "norm" else None
        else:
            found = self.entry(node.base, back)
        if found is None or self.choose(0.0, 1.0, once="transposed entries") == 1:
            return None
        return found

    def applies(self, node: Call, key: Key | None) -> bool:
        raise NotImplementedError

    def known(self, node: Scripted) -> bool:
        key = key_of(node)
        if key is None:
            return False
        numbered = isinstance(node.sup, Fence) and "?" not in key.script  # x^{(i)}, but not e^{(A + B)}
        return (
            numbered or self.declared(key) is not None or (mark_above(node) is not None and self.meant(key) is not None)
        )

    def single_entry(self, base: Name, sup: Node) -> Draft | None:
        """J^{ij} = e_i e_j^T of an undeclared J or E, of the shape that the formula asks for (Matrix Cookbook 9.7)."""
        if base.base not in ("J", "E") or self.declared(key_of(base) or Key("")) is not None:
            return None
        parts = sup.factors if isinstance(sup, Juxtaposition) else sup.items if isinstance(sup, List) else ()
        if len(parts) != 2 or (isinstance(sup, Juxtaposition) and any(sup.marks)):
            return None
        indices = [self.index(p) for p in parts]
        i, j = indices
        if i is None or j is None:
            return None
        m, n = self.unify.fresh(), self.unify.fresh()

        def build(xs: Sequence[Expr]) -> Expr:
            row, column = self.unify.resolve(m), self.unify.resolve(n)
            return ops.mul(ops.unit_vector(xs[0], row), ops.transpose(ops.unit_vector(xs[1], column)))

        return Draft((m, n), build, (i, j))

    def block(self, node: Scripted) -> Draft:
        raise Unsupported("a subscript that is not understood", node.span)

    def fence_with_sub(self, fence: Fence, sub: Node | None) -> Draft:
        raise NotImplementedError

    def transpose(self, d: Draft) -> Draft:
        shape = self.shape(d)
        self.transposed_shapes.append(shape)
        return Draft((shape[1], shape[0]), lambda xs: ops.transpose(xs[0]), (d,), "zero" if d.kind == "zero" else "")

    def raised(self, base: Draft, sup: Node, node: Scripted) -> Draft:
        """base^{sup}: transpose, inverse, inverse transpose, power, adjugate."""
        if self.adjoint_mark(sup):
            return self.adjoint(base)
        if transpose_mark(sup):
            letter = key_of(sup)
            if self.scalar(base) and letter is not None and self.declared(letter) is not None:
                return self.power(base, self.read_node(sup))
            return self.transpose(base)
        if isinstance(sup, Fence) and sup.kind == "odot":
            exponent = self.read_node(sup.items[0])
            if self.scalar(base):
                return self.power(base, exponent)
            return Draft(base.shape, lambda xs: ops.hadamard_power(xs[0], xs[1]), (base, exponent))
        if isinstance(sup, Fence) and len(sup.items) == 1 and transpose_mark(sup.items[0]):
            return self.transpose(base)
        if isinstance(sup, Juxtaposition) and all(transpose_mark(f) for f in sup.factors):
            return self.transpose(base)
        if isinstance(sup, Sum) and sup.signs == ("-",):
            inner = sup.terms[0]
            if self.adjoint_mark(inner):
                return self.adjoint(self.inverse(base))
            if transpose_mark(inner) or (isinstance(inner, Scripted) and inner.primes) or flat(inner) == "'":
                return self.transpose(self.inverse(base))
            if isinstance(inner, Number) and inner.text == "1":
                return self.inverse(base)
            if isinstance(inner, Juxtaposition) and flat(inner) in ("1T", "1\\top", "T1"):
                return self.transpose(self.inverse(base))
        if isinstance(sup, Name):
            if sup.base in ("adjoint", "adj"):
                return self.node("adjugate", lambda xs: ops.adjugate(xs[0]), base)
            if sup.base in MARKS or sup.base in ("\\dagger", "\\circ", "\\perp"):
                return self.marked(base, sup, node)
        return self.power(base, self.read_node(sup))

    def marked(self, base: Draft, sup: Name, node: Scripted) -> Draft:
        if sup.base in STARS and self.is_complex():
            if self.scalar(base):
                return self.conjugated(base)
            return self.adjoint(base) if self.choose(0.0, 0.3, once=("star",)) == 0 else self.conjugated(base)
        pinv = getattr(ops, "pinv", None)
        shape = self.shape(base)
        inverted = not self.scalar(base) if sup.base == "\\dagger" else sup.base == "+" and shape[1] != ONE
        if inverted and pinv is not None:
            if sup.base == "\\dagger" and self.choose(0.0, 0.8, once=("dagger",)) == 1:
                return self.transpose(base)  # the adjoint, as in physics
            return Draft((shape[1], shape[0]), lambda xs: pinv(xs[0]), (base,))
        key = key_of(node.base) if isinstance(node.base, (Name, Scripted)) else None
        if key is not None and sup.base in STARS:
            optimum = Scripted(node.span, node.base, None, sup)
            known = self.known(optimum)
            if not known and not self.scalar(base) and self.choose(0.0, 0.8, once=("star",)) == 1:
                return self.transpose(base)
            starred = replace(key, script=key.script + MARKS[sup.base])
            label = label_of(node.base) + "^" + sup.base
            like = self.shape(base) if node.sub is None else None
            symbol = self.name(optimum) if known else self.symbol(starred, label, node.span, like)
            picked = self.entry_of(symbol, node.sub) if node.sub is not None and not self.scalar(symbol) else None
            return symbol if picked is None else picked
        raise Unsupported(f"the mark ^{sup.base}", node.span)

    def inverse(self, base: Draft) -> Draft:
        if self.scalar(base):
            return self.power(base, self.leaf(ops.number(-1)))
        shape = self.shape(base)
        why = f"the inverse of a {shape_text(shape)} matrix: it is not square"
        self.unify.equate(shape[0], shape[1], why)
        return Draft(base.shape, lambda xs: ops.inverse(xs[0]), (base,))

    def power(self, base: Draft, exponent: Draft) -> Draft:
        if not self.scalar(exponent):
            if self.scalar(base):
                raise Unsupported("a number raised to a matrix")
            raise Unsupported(AMBIGUOUS_POWER)
        if self.scalar(base):
            return Draft(SCALAR, lambda xs: ops.power(xs[0], xs[1]), (base, exponent))
        shape = self.shape(base)
        if shape[1] == ONE:
            raise_why = f"a power of a {shape_text(shape)} vector"
            if self.choose(1.2, 0.0) == 0:  # entry by entry
                return Draft(base.shape, lambda xs: ops.hadamard_power(xs[0], xs[1]), (base, exponent))
            self.unify.equate(shape[0], ONE, raise_why)
        why = f"a power of a {shape_text(shape)} matrix: it is not square"
        self.unify.equate(shape[0], shape[1], why)
        return Draft(base.shape, lambda xs: ops.power(xs[0], xs[1]), (base, exponent))

    def is_exponential(self, node: Node) -> bool:
        """e^X, where e is nothing else."""
        if not isinstance(node, Scripted) or not isinstance(node.base, Name) or node.sub is not None:
            return False
        if node.base.base != "e" or node.base.accents or node.sup is None or transpose_mark(node.sup):
            return False
        if node.base.font in ("", "rm"):
            key: Key | None = Key("e")
        else:
            key = key_of(node.base)
            letters = [k for n in node.sup.walk() if isinstance(n, Name) and (k := key_of(n)) is not None]
            known = any(self.declared(k) is not None or self.context.definition(k) is not None for k in letters)
            negative = isinstance(node.sup, Sum) and node.sup.signs[0] == "-" and bool(letters)
            if isinstance(node.sup, Fence) or not (
                known or negative
            ):  # \mathbf{e}^{(k)}, \mathbf{e}^{k+1}: errors of steps
                return False
        return key is not None and self.declared(key) is None and self.context.definition(key) is None

    def exponential(self, sup: Node) -> Draft:
        x = self.read_node(sup)
        if self.scalar(x) or self.shape(x)[1] == ONE:
            return Draft(x.shape, lambda xs: ops.elementwise("exp", xs[0]), (x,))
        shape = self.shape(x)
        if shape[0] != shape[1] and not any(v.startswith("?") for d in shape for v in d.letters()):
            return Draft(x.shape, lambda xs: ops.elementwise("exp", xs[0]), (x,))  # there is no other
        self.unify.equate(shape[0], shape[1], f"the exponential of a {shape_text(shape)} matrix: it is not square")
        return Draft(x.shape, lambda xs: ops.expm(xs[0]), (x,))


__all__ = ["AMBIGUOUS_POWER", "ScriptReading"]
