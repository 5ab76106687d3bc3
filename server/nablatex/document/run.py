"""One elaboration run: dispatch over the syntax tree, and the typed sides of a relation at its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from nablatex.algebra.dims import ShapeError
from nablatex.document.base import Unsupported
from nablatex.document.context import Context
from nablatex.document.drafts import Draft
from nablatex.document.einstein import Summed, summed_over
from nablatex.document.families import Numbered, numbered_letters
from nablatex.document.index_sets import index_set, lowered, runs_over_indices, samples, whole_sum
from nablatex.document.indicators import indicated
from nablatex.document.names import Key, is_upper, key_of, key_of_moved, label_of, transpose_mark
from nablatex.document.paths import paths_in
from nablatex.document.products import ProductReading
from nablatex.document.set_domains import fixed_letters
from nablatex.latex import tree
from nablatex.latex.tree import (
    Annotated,
    Derivative,
    Differential,
    Evaluated,
    Fence,
    Fraction,
    Juxtaposition,
    Name,
    Node,
    Number,
    Scripted,
    Sum,
)

if TYPE_CHECKING:
    from nablatex.document.elaborate import Reading


@dataclass(frozen=True, slots=True)
class Noticed:
    """What is seen of a formula before it is read, whatever is chosen then.

    context: with the letters that stand for sizes; scalars: variables that are numbers; lone: letters that are no
    differentials; numbered: what may be families; summed: sums that no Σ says; varying: what has a differential;
    standing: symbols outside the indices of norms.
    """

    context: Context
    scalars: frozenset[Key]
    lone: frozenset[Key]
    numbered: Numbered
    summed: Summed
    varying: tuple[Key, ...]
    moving: bool
    """Whether several differentials stand in one formula: then the letter d is most likely no factor."""
    standing: frozenset[Key]
    ones: bool
    """Whether a plain 1 is transposed somewhere: then 1 may be the vector of ones."""
    called: frozenset[Key]
    """Letters with an argument in parentheses behind them, as functions have."""


COUNTS = frozenset("KMNT")
"""Letters of which half, as in N/2, is a number."""


class Run(ProductReading):
    """Reads the sides of one relation under one script of choices."""

    noticed: Noticed | None = None

    def read(self, sides: tuple[Node, ...], noticed: Noticed | None = None) -> Reading:
        """The sides, typed; noticed: what another run saw before it began, which is the same for every script."""
        from nablatex.document.elaborate import Reading, SymbolInfo

        self.untied_symbols, self.formula, self.sets = {}, sides, {}
        self.noticed = noticed or self.notice(sides)
        self.context, self.scalars, self.lone = self.noticed.context, self.noticed.scalars, self.noticed.lone
        self.notice_families(self.noticed.numbered)
        self.summed, self.varying = self.noticed.summed, self.noticed.varying
        self.moving = self.noticed.moving
        self.standing, self.called = self.noticed.standing, self.noticed.called
        drafts = [self.read_node(s) for s in sides]
        first = next((d for d in drafts if d.kind != "zero"), None)
        for d in drafts:
            if first is None or d is first or d.kind == "zero":
                continue
            a, b = self.shape(first), self.shape(d)
            try:
                self.unify.equate(a[0], b[0], "")
                self.unify.equate(a[1], b[1], "")
            except ShapeError:
                break  # sides of different shapes are for the checker to tell
        conditions, equations = self.side_conditions()
        self.penalty += self.collapsed()
        self.unify.close(
            frozenset(self.context.dimensions)
            | {x for d in self.context.symbols.values() for s in (d.shape or ()) for x in s.letters()}
        )
        for k, d in self.entries.items():
            if "matrix" in self.properties(k) and self.declared(k) is None and self.scalar(d):
                raise ShapeError(f"{k.base} is a matrix, and no number")
        done = tuple(self.finish(d) for d in drafts)
        symbols = {
            k: SymbolInfo(origin.label, self.unify.shape(self.entries[k].shape), origin.origin, span)
            for k, (origin, span) in self.origins.items()
        }
        return Reading(
            done,
            self.cost,
            symbols,
            tuple((c, self.finish(d)) for c, d in conditions),
            tuple((self.finish(a), self.finish(b)) for a, b in equations),
            self.slicewise,
        )

    def side_conditions(self) -> tuple[list[tuple[str, Draft]], list[tuple[Draft, Draft]]]:
        """Assumptions on expressions, as far as they can be read in this run."""
        conditions: list[tuple[str, Draft]] = []
        equations: list[tuple[Draft, Draft]] = []
        for what, node in self.context.conditions:
            try:
                conditions.append((what, self.read_node(node)))
            except (ShapeError, Unsupported):
                continue
        here = self.varying
        for left, right in self.context.equations:
            self.varying = self.varying_symbols((left, right)) or here
            try:
                a, b = self.read_node(left), self.read_node(right)
                if "zero" not in (a.kind, b.kind):
                    for p, q in zip(self.shape(a), self.shape(b), strict=True):
                        self.unify.equate(p, q, "")
                equations.append((a, b))
            except (ShapeError, Unsupported):
                continue
        self.varying = here
        return conditions, equations

    def read_node(self, node: Node) -> Draft:
        for n, d in reversed(self.replaced):
            if n == node:
                return d
        reader = READERS.get(type(node))
        if reader is None:
            raise Unsupported(f"{type(node).__name__.lower()} is not understood", node.span)
        try:
            condition = indicated(node)
            if condition is not None:
                return self.indicator(condition)
            names = self.summed.get(id(node), ())
            if names and self.choose(0.0, 0.5, once="summation convention") == 0:
                return self.convention_sum(names, lambda: reader(self, node))
            return reader(self, node)
        except ShapeError:
            if self.where is None:
                self.where = node.span
            raise
        except Unsupported as error:
            error.span = error.span or node.span
            raise

    def number_node(self, node: Number) -> Draft:
        if node.text == "1" and self.noticed is not None and self.noticed.ones and self.choose(0.0, 0.4) == 1:
            return self.all_ones()  # beside 1^\top x
        return self.number(node.text)

    def name_node(self, node: Name) -> Draft:
        return self.name(node)

    def sum_node(self, node: Sum) -> Draft:
        if any(s not in "+-" for s in node.signs):
            raise Unsupported("± stands for two formulas", node.span)
        node = self.with_numbered(_led_by_minus(node))
        terms = [self.read_node(t) for t in node.terms]
        return self.add([self.negate(t) if s == "-" else t for s, t in zip(node.signs, terms, strict=True)])

    def with_numbered(self, node: Sum) -> Sum:
        """The sum with what an operator's index numbers in it inside that operator, where the letter is no index of the formula."""
        whole = whole_sum(node)
        if whole is node:
            return node
        rest = [tree.rewritten(s, lambda n: whole if n == node else None) for s in self.formula]
        free = frozenset[str]().union(*[fixed_letters(s) for s in rest])
        bound = {n.base for t in node.terms if isinstance(t, tree.BigOperator) for n in lowered(t)}
        return node if bound & free else whole

    def annotated_node(self, node: Annotated) -> Draft:
        return self.read_node(node.body)

    # ---- before the run

    def notice(self, sides: tuple[Node, ...]) -> Noticed:
        """Letters that the formula itself uses as sizes (I_n, sums to m), and variables of d/dx, which are numbers."""
        sizes: set[str] = set()
        scalars: set[Key] = set()
        turned: set[Key] = set()
        nodes = [n for s in self.with_bodies(sides) for n in s.walk()]
        for n in nodes:
            if (
                isinstance(n, Scripted)
                and isinstance(n.base, Name)
                and isinstance(n.sub, Name)
                and n.base.base in ("I", "1")
            ):
                sizes.add(n.sub.base)
            elif isinstance(n, tree.BigOperator) and runs_over_indices(n) and isinstance(n.upper, Name):
                sizes.add(n.upper.base)
            elif isinstance(n, tree.BigOperator) and (members := index_set(n)) is not None:
                sizes.add(f"|{members}|")
            elif (sampled := samples(n)) is not None:
                sizes.add(f"|{label_of(sampled[1])}|")
            elif isinstance(n, Fraction) and isinstance(n.numerator, Name) and isinstance(n.denominator, Number):
                scalars.update(k for k in (key_of(n.numerator),) if k is not None and n.numerator.base in COUNTS)
            elif isinstance(n, Derivative) and n.style == "d":
                scalars.update(k for v in n.variables if (k := key_of(v.target)) is not None)
            elif isinstance(n, Scripted) and isinstance(n.base, Fence) and n.base.kind == "norm" and n.sub is not None:
                scalars.update(k for k in (key_of(n.sub),) if k is not None and not is_upper(k))  # p of a p-norm
            if (
                isinstance(n, Scripted)
                and isinstance(n.sup, Name)
                and n.sup.base in "pqrs"
                and not self.is_exponential(n)
            ):
                scalars.update(k for k in (key_of(n.sup),) if k is not None)  # |x_i|^p
            if isinstance(n, Scripted) and n.sup is not None and n.sub is None and transpose_mark(n.sup):
                turned.update(k for k in (key_of(n.base),) if k is not None)
        free = {x for x in sizes if self.declared(Key(x)) is None and self.context.definition(Key(x)) is None}
        self.context = replace(
            self.context, dimensions=self.context.dimensions | free, paths=paths_in(nodes, self.context)
        )
        scalars.update(k for given in self.context.paths.values() for a in given if (k := key_of(a)) is not None)
        numbers = frozenset(scalars - turned)  # of a number nobody writes the transpose
        summed = summed_over(sides, self.names_entries, self.context.dimensions)
        varying = self.varying_symbols(sides)
        moving = any(
            sum(isinstance(n, Differential) for s in formula for n in s.walk()) > 1
            for formula in (sides, *self.context.equations)
        )
        called = frozenset(k for n in nodes if isinstance(n, tree.Call) and (k := key_of(n.head)) is not None)
        ones = any(
            isinstance(n, Scripted) and isinstance(n.base, Number) and n.base.text == "1" and transpose_mark(n.sup)
            for n in nodes
        )
        numbered, lone = numbered_letters(nodes), lone_letters(sides)
        return Noticed(self.context, numbers, lone, numbered, summed, varying, moving, _standing(nodes), ones, called)

    def varying_symbols(self, sides: tuple[Node, ...]) -> tuple[Key, ...]:
        """Symbols whose differential occurs; where none does, those that every side has inside d(...), in the end those
        in the definition of what stands in d(...), of these the ones that other lines of the display vary.

        What has no d is constant: in d(a^T X b) = a^T d(X) b, and in d(a^T X^{-1} b) = a^T d(X^{-1}) b, X varies.
        """
        explicit: dict[Key, None] = {}
        moved: list[dict[Key, None]] = []
        defined: dict[Key, None] = {}
        for side in sides:
            inside: dict[Key, None] = {}
            moved.append(inside)
            for n in side.walk():
                if not isinstance(n, Differential):
                    continue
                key = key_of_moved(self.first_factor(n.operand)[0], self.declared)
                defined_here = key is not None and (
                    self.context.definition(key) is not None or self.context.arguments(key)
                )
                if key is not None and not defined_here:
                    explicit[key] = None
                elif key is not None:
                    for k in self.parameters(key) or self.ingredients(n.operand, 0):
                        defined[k] = None
                else:
                    for k in self.ingredients(n.operand, 0):
                        inside[k] = None
        chosen = explicit or _shared(moved) or {k: None for k in defined if k in self.context.moved} or defined
        found = [self.context.find(k) for k in chosen]
        keys = [f[0] if f else k for f, k in zip(found, chosen, strict=True)]
        return tuple(k for k in dict.fromkeys(keys) if "constant" not in self.properties(k))

    def parameters(self, key: Key) -> tuple[Key, ...]:
        r"""What q varies with where q(\beta) is defined: \beta, and not the data that stand in it."""
        definition = self.context.definition(key)
        named = definition.parameters if definition is not None else ()
        return named if all(self.context.definition(p) is None for p in named) else ()

    def ingredients(self, node: Node, depth: int) -> list[Key]:
        """The undefined symbols of a formula, definitions unfolded."""
        out: list[Key] = []
        heads = {id(n.head) for n in node.walk() if isinstance(n, tree.Call)}
        powers = [n for n in node.walk() if isinstance(n, Scripted) and self.is_exponential(n)]
        exponents = {id(n.sup) for n in powers}
        skip = {id(s) for n in node.walk() if isinstance(n, Scripted) for s in (n.sup, n.sub) if s is not None}
        skip = skip - exponents | {id(n) for n in powers} | {id(n.base) for n in powers}
        for n in node.walk():
            if not isinstance(n, (Name, Scripted)) or id(n) in skip:
                continue
            key = key_of(n)
            if key is None or (isinstance(n, Name) and n.base in ("I", "1", "0", "T", "\\top")):
                continue
            definition = self.context.definition(key)
            arguments = self.context.arguments(key)
            if arguments and depth < 8:
                out.extend(k for a in arguments for k in self.ingredients(a, depth + 1))
            elif definition is not None and depth < 8:
                out.extend(self.ingredients(definition.body, depth + 1))
            elif id(n) not in heads and key not in self.context.functions and (not key.script or self.declared(key)):
                out.append(key)
        return out

    @staticmethod
    def slices(sides: tuple[Node, ...]) -> bool:
        """Whether the tensor reading is worth a try: both sides differentiate by one variable, or one is 0."""
        found = []
        for s in sides:
            targets = {key_of(v.target) for n in s.walk() if isinstance(n, Derivative) for v in n.variables}
            zero = (isinstance(s, Number) and s.text == "0") or (isinstance(s, Name) and s.base == "0")
            found.append((targets, zero))
        (a, az), (b, bz) = found
        return bool((a and a == b and len(a) == 1) or (a and bz) or (az and b))


def _led_by_minus(node: Sum) -> Sum:
    r"""``\nabla_w -f + g`` as -\nabla_w f + g: an operator before a minus has what follows the minus."""
    first = node.terms[0]
    if not isinstance(first, Derivative) or first.operand is not None or node.signs[:2] != ("+", "-"):
        return node
    led = replace(first, span=first.span.join(node.terms[1].span), operand=node.terms[1], applied=True)
    return replace(node, signs=("-", *node.signs[2:]), terms=(led, *node.terms[2:]))


def lone_letters(sides: Sequence[Node]) -> frozenset[Key]:
    """d, where it stands as a letter of its own in the formula: beside a, b, c it is no differential."""
    operators = {n.letter for s in sides for n in s.walk() if isinstance(n, Differential)}
    names = {n for s in sides for n in s.walk() if isinstance(n, Name)} - {o for o in operators}
    return frozenset(k for n in names if (k := key_of(n)) is not None and n.base == "d") if operators else frozenset()


READERS: dict[type[Node], Callable[[Any, Any], Draft]] = {
    Number: Run.number_node,
    Name: Run.name_node,
    Scripted: Run.scripted,
    Sum: Run.sum_node,
    Juxtaposition: Run.product_node,
    tree.Infix: Run.infix,
    Fence: Run.fence,
    tree.Call: Run.call,
    tree.Operator: Run.operator,
    Fraction: Run.fraction,
    Derivative: Run.derivative,
    Differential: Run.differential,
    tree.BigOperator: Run.big,
    tree.Matrix: Run.matrix,
    Evaluated: Run.evaluated,
    Annotated: Run.annotated_node,
}

__all__ = ["Run", "Unsupported"]


def _standing(nodes: list[Node]) -> frozenset[Key]:
    """Symbols that stand somewhere else than in the index of a norm or an inner product."""
    fenced = [n for n in nodes if isinstance(n, Scripted) and isinstance(n.base, Fence) and n.sub is not None]
    inside = {id(m) for n in fenced for m in (n.sub.walk() if n.sub is not None else ())}
    found = (key_of(n) for n in nodes if isinstance(n, (Name, Scripted)) and id(n) not in inside)
    return frozenset(k for k in found if k is not None)


def _shared(moved: Sequence[dict[Key, None]]) -> dict[Key, None]:
    """The keys that all sides with a d(...) have in common; all of them where there is none in common."""
    given = [m for m in moved if m]
    shared = {k: None for k in (given[0] if given else ()) if all(k in m for m in given)}
    return shared or {k: None for m in given for k in m}
