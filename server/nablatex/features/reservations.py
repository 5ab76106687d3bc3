"""Reasons that a formula itself gives not to call it wrong: what is not understood in it, or may be meant otherwise."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from nablatex.algebra.atoms import Symbol
from nablatex.algebra.dims import SCALAR
from nablatex.algebra.elementwise import FUNCTIONS
from nablatex.algebra.expr import Expr
from nablatex.document.base import SQUARE
from nablatex.document.context import Context
from nablatex.document.names import TRANSPOSES, Key, flat, key_of, label_of
from nablatex.document.statements import Statement as Read
from nablatex.document.vector_calculus import LAPLACIAN
from nablatex.features.engine import Checked
from nablatex.latex.tree import (
    BigOperator,
    Call,
    Derivative,
    Differential,
    Fence,
    Infix,
    Juxtaposition,
    List,
    Matrix,
    Name,
    Node,
    Number,
    Operator,
    Scripted,
    Sum,
)
from nablatex.latex.vocabulary import SYMBOLS, WHOLE_OPERAND

MANIFOLDS = re.compile(r"manifold|Riemann|Stiefel|Grassmann|geodesic|tangent space", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a claim: equations that the text states soon after it, the number of its section."""

    later: tuple[tuple[Node, Node], ...] = ()
    section: int = 0
    said: frozenset[tuple[str, str]] = frozenset()
    """Usual assumptions (symmetric, orthogonal, …) with the letters that the document names beside their words."""
    points: frozenset[Key] = frozenset()
    """Symbols that the paragraph gives a value before the claim: "at $x = 0$"."""


NOWHERE = Surroundings()
APPLIED = "a differential before brackets: is it applied to something?"


def reservation(read: Read, done: Checked, text: str, where: Surroundings) -> str | None:
    """The first reason not to refute a claim that is found in it."""
    reason = (
        unknown_command(read)
        or odd_identity(read)
        or unclear_symbol(read)
        or difference(read)
        or at_a_point(read, where)
        or summed(read, done)
        or loosely_written(read)
        or cofactors(read)
        or to_be_solved(read, text)
        or other_gradient(read, text)
    )
    if reason is None and done.reading is not None:
        sides = done.reading.sides
        return (
            members_of_sets(sides)
            or primed_number(read, sides)
            or no_matrices(read, sides, where)
            or newcomer(read, sides)
        )
    return other_letters(read) if reason is None and done.verdict.name == "fails" else reason


def unknown_command(read: Read) -> str | None:
    """A command that neither TeX nor the document defines may stand for anything."""
    for node in read.tree.walk():
        if isinstance(node, Name) and node.base.startswith("\\") and node.base not in SYMBOLS:
            return f"{node.base} is not defined in this document"
    return None


def difference(read: Read) -> str | None:
    r"""\Delta f, which is read as a Laplacian where f is a function, may be what f changes by."""
    laplacians = (n for n in read.tree.walk() if isinstance(n, Operator) and n.word == LAPLACIAN)
    return "Δ: the Laplace operator, or a difference?" if any(n.sub is None for n in laplacians) else None


def unclear_symbol(read: Read) -> str | None:
    """What words say of a symbol in a way that is not understood (nilpotent, circulant) may be why a claim holds."""
    if not any("unclear" in d.properties for d in read.context.symbols.values()):
        return None
    for node in read.tree.walk():
        key = key_of(node) if isinstance(node, (Name, Scripted)) else None
        found = read.context.find(key) if key is not None else None
        if found is not None and "unclear" in found[1].properties:
            return f"what is said of {found[1].label or label_of(node)} is not understood"
    return None


def at_a_point(read: Read, where: Surroundings) -> str | None:
    """A derivative that may be meant at the point that its paragraph names."""
    if any(isinstance(n, (Derivative, Differential)) for n in read.tree.walk()):
        for node in read.tree.walk():
            if isinstance(node, (Name, Scripted)) and key_of(node) in where.points:
                return f"{label_of(node)} has a value in this paragraph: at that point?"
    return None


def loosely_written(read: Read) -> str | None:
    """``\\operatorname{tr}(A)^{-1}B``, of the trace or of A?  ``df(x)(u)``, a differential that is applied?"""
    for node in read.tree.walk():
        if isinstance(node, Differential) and isinstance(node.operand, Call):  # nobody writes dx(u) for dx u
            key, argument = key_of(node.operand.head), node.operand.argument.items[0]
            if key in read.context.symbols and isinstance(argument, (Name, Scripted)):
                return APPLIED
        if not isinstance(node, Juxtaposition):
            continue
        for a, b in zip(node.factors, node.factors[1:], strict=False):
            inner = a.base if isinstance(a, Scripted) and a.sup is not None else None
            if isinstance(inner, Operator) and inner.fenced and inner.word in ("tr", "Tr", "trace", "Trace"):
                return "a power of a trace before other factors: or of the matrix in it?"
            if isinstance(a, Differential) and isinstance(a.operand, Call) and isinstance(b, Fence):
                return APPLIED
    return None


def summed(read: Read, done: Checked) -> str | None:
    """A letter that is an index twice on one side, and not on the other, may be summed over (Einstein's convention)."""
    assert read.left is not None and read.right is not None
    known: set[str] | None = None
    if done.reading is not None:
        free = [s for side in done.reading.sides for s in side.free_symbols]
        known = {s.label for s in free if isinstance(s, Symbol) and "index" in s.properties}
    left, right = _indices(read.left, read.context), _indices(read.right, read.context)
    for here, there in ((left, right), (right, left)):
        for letter, count in here.items():
            index = letter in known if known is not None else letter not in read.context.dimensions
            if count > 1 and not there.get(letter) and index:
                return f"the index {letter} stands twice on one side: is it summed over?"
    return None


def _indices(side: Node, context: Context) -> Counter[str]:
    """How often letters stand below others, those of sums and of symbols that are known with their subscript left out."""
    bound = {
        n.base
        for s in side.walk()
        if isinstance(s, BigOperator) and s.lower
        for n in s.lower.walk()
        if isinstance(n, Name)
    }
    marked = [n for n in side.walk() if isinstance(n, Scripted) and n.sub is not None]
    subs = [n.sub for n in marked if n.sub is not None and not _is_symbol(n, context)]
    return Counter(n.base for s in subs for n in s.walk() if isinstance(n, Name) and n.base not in bound)


def _is_symbol(node: Scripted, context: Context) -> bool:
    """W_O, declared or defined beside W."""
    key = key_of(Scripted(node.base.span, node.base, node.sub))
    return key is not None and (key in context.symbols or any(d.key == key for d in context.definitions))


def cofactors(read: Read) -> str | None:
    """a_{ij} beside A_{ij}: the small letter has the entries, and the capital may well be the cofactor."""
    letters = {
        n.base.base
        for n in read.tree.walk()
        if isinstance(n, Scripted)
        and isinstance(n.base, Name)
        and isinstance(n.sub, (Juxtaposition, List))
        and len(list(n.sub.walk())) == 3
    }
    found = next((x for x in sorted(letters) if x.isalpha() and x.islower() and x.upper() in letters), None)
    return f"{found}_{{ij}} beside {found.upper()}_{{ij}}: a cofactor?" if found is not None else None


def odd_identity(read: Read) -> str | None:
    """I_i, where i is no dimension that is known, may be a column, a sample or an indicator."""
    context = read.context
    for node in read.tree.walk():
        if not isinstance(node, Scripted) or not isinstance(node.base, Name) or node.base.base != "I":
            continue
        key = key_of(node)
        known = key is not None and context.find(key) is not None
        if isinstance(node.sub, Name) and not known and node.sub.base not in context.dimensions:
            return f"I with {node.sub.base} below: an identity matrix, or another symbol?"
    return None


def to_be_solved(read: Read, text: str) -> str | None:
    """An equation between numbers that begins a chain may ask for those for which it holds: sin x = cos x.

    A derivative, an integral, a sum or a matrix on its left says that something is worked out.
    """
    left = read.left
    if left is None or not all_numbers(read):
        return None
    if read.span.start > left.span.start or text[: left.span.start].rstrip(" \t\n&").endswith("="):
        return None
    if any(isinstance(n, (Derivative, Differential, BigOperator, Matrix)) for n in left.walk()):
        return None
    return "an equation may ask for the numbers for which it holds"


def other_gradient(read: Read, text: str) -> str | None:
    """grad f is the Riemannian gradient in a text on manifolds."""
    for n in read.tree.walk():
        if isinstance(n, Derivative) and "grad" in text[n.operator.start : n.operator.end] and MANIFOLDS.search(text):
            return "the gradient of a function on a manifold is the projection of ∇f"
    return None


def all_numbers(read: Read) -> bool:
    """Whether every letter is said to be a number: then scalar algebra is meant, and can be judged."""
    names = [n for n in read.tree.walk() if isinstance(n, Name) and n.base not in ("e", "i", "\\pi")]
    found = [read.context.find(k) for n in names if (k := key_of(n)) is not None]
    return bool(names) and all(f is not None and f[1].shape == SCALAR for f in found) and len(found) == len(names)


def members_of_sets(sides: tuple[Expr, ...]) -> str | None:
    """Whether an index is a member of a set, or the pairs of a set have an order, is said elsewhere."""
    symbols = [[s for s in e.free_symbols if isinstance(s, Symbol)] for e in sides]
    named = [{s.label for s in found if s.has("set")} for found in symbols]
    if any(n != named[0] for n in named):
        return f"what is in {min(set().union(*named))} is said elsewhere"
    if named and named[0] and any(s.has("index") for found in symbols for s in found):
        return f"which indices are in {min(named[0])}, and whether its pairs are ordered, is said elsewhere"
    return None


def primed_number(read: Read, sides: tuple[Expr, ...]) -> str | None:
    """(x'Ax)' = 2Ax: of a number some write the derivative so."""
    primed = isinstance(read.left, Scripted) and read.left.primes and isinstance(read.left.base, Fence)
    return "a prime on a number: its transpose, or a derivative?" if primed and sides[0].is_scalar else None


def no_matrices(read: Read, sides: tuple[Expr, ...], where: Surroundings) -> str | None:
    """Without a derivative, an operation on matrices, or a vector or matrix declared here, it is other mathematics."""
    nodes = list(read.tree.walk())
    if any(isinstance(n, (Derivative, Differential, Matrix)) for n in nodes) or all_numbers(read):
        return None
    if any(_primed(n, read.context) for n in nodes):
        return None
    shown = any(
        (isinstance(n, Scripted) and isinstance(n.sup, Name) and n.sup.base in TRANSPOSES)
        or (isinstance(n, Operator) and n.word in WHOLE_OPERAND)
        or (isinstance(n, Fence) and n.kind == "norm")
        or _inverse_of_sum(n)
        or _of_matrices(n)
        for n in nodes
    )
    here = {
        d.label
        for d in read.context.symbols.values()
        if (d.shape is not None or not SQUARE.isdisjoint(d.properties)) and d.section in (-1, where.section)
    }
    for s in sides[0].free_symbols | sides[1].free_symbols:
        if isinstance(s, Symbol) and not s.is_scalar and (shown or s.label in here):
            return None
    return "no vector or matrix that is declared stands in it"


def _of_matrices(node: Node) -> bool:
    r"""A^{-T}, [A, B], A \otimes B, A \odot B."""
    if isinstance(node, Scripted) and isinstance(node.sup, Sum) and node.sup.signs == ("-",):
        return isinstance(node.sup.terms[0], Name) and node.sup.terms[0].base in TRANSPOSES
    if isinstance(node, Fence):
        return node.kind == "bracket" and len(node.items) == 2
    return isinstance(node, Infix) and node.op in ("\\otimes", "\\odot")


def _primed(node: Node, context: Context) -> bool:
    """f'(x) of a function that is defined."""
    head = node.head if isinstance(node, Call) else None
    if not isinstance(head, Scripted) or not head.primes:
        return False
    key = key_of(head.base)
    definition = context.definition(key) if key is not None else None
    return definition is not None and bool(definition.parameters)


def _inverse_of_sum(node: Node) -> bool:
    """(I + X)^{-1}: of matrices only."""
    if not isinstance(node, Scripted) or not isinstance(node.base, Fence) or node.sup is None or flat(node.sup) != "-1":
        return False
    return any(isinstance(t, Name) and t.base == "I" for n in node.base.walk() if isinstance(n, Sum) for t in n.terms)


def newcomer(read: Read, sides: tuple[Expr, ...]) -> str | None:
    """A symbol that one side has and the other cannot know of: the text relates them, perhaps in words."""
    assert read.right is not None
    left, right = ({s for s in side.free_symbols if isinstance(s, Symbol)} for side in sides)
    told = [*(read.premise or ()), *(side for pair in read.context.equations for side in pair)]
    before = {label_of(n) for side in told for n in side.walk() if isinstance(n, Name)}
    new = sorted(s.label for s in right - left if "index" not in s.properties and s.label not in before)
    if new:
        return f"{new[0]} is not on the left side: what relates the two sides is said elsewhere"
    functions = [
        {str(e.params[0]) for e in side.walk() if e.name == "elementwise"} - FUNCTIONS.keys() for side in sides
    ]
    if functions[1] - functions[0] - before:
        return f"{min(functions[1] - functions[0])} is not on the left side: which function it is is said elsewhere"
    moving = [{s.label for s in side if s.label.startswith("d")} - {"d"} for side in (left, right)]
    if any(s.label == "d" for s in left | right if not _declared(read.context, "d")):
        return "d: a differential, or a symbol?"
    if moving[0] != moving[1] and (moving[1] or any(isinstance(n, Differential) for n in read.right.walk())):
        return "the two sides do not vary the same symbols"
    if any(isinstance(n, (Derivative, Differential)) for n in read.tree.walk()):
        return None
    gone = sorted(s.label for s in left - right if not _declared(read.context, s.label))
    if gone:
        return f"{gone[0]} is not on the right side, and not declared"
    if left and isinstance(read.right, Number):
        return "a value that is a number: what makes it so is said elsewhere"
    if read.premise is not None:
        return None
    assert read.left is not None
    written = [{n.base for n in side.walk() if isinstance(n, Name)} for side in (read.left, read.right)]
    put_in = any(
        key_of(n) is not None and _defined_or_declared(read.context, n) for n in _new_names(read.right, written[0])
    )
    lost = sorted(s.label for s in left - right)
    return f"{lost[0]} has gone: what stands for it now is said elsewhere" if put_in and lost else None


def _new_names(side: Node, before: set[str]) -> Iterator[Name]:
    """Letters that the other side is not written with; no marks of transposes."""
    marks = {id(n.sup) for n in side.walk() if isinstance(n, Scripted)}
    for n in side.walk():
        if isinstance(n, Name) and n.base not in before and id(n) not in marks and n.base not in ("I", "1", "0"):
            yield n


def _defined_or_declared(context: Context, name: Name) -> bool:
    key = key_of(name)
    return key is not None and (context.definition(key) is not None or context.find(key) is not None)


def other_letters(read: Read) -> str | None:
    """A claim between numbers or explicit matrices: refuted where no differential and no letter stands in it that is new."""
    assert read.left is not None and read.right is not None
    if any(isinstance(n, Differential) for n in read.tree.walk()):
        return "a differential among numbers"
    left, right = (
        {k for n in side.walk() if isinstance(n, Name) and (k := key_of(n))} for side in (read.left, read.right)
    )
    return "a letter that the left side does not have" if right - left else None


def _declared(context: Context, label: str) -> bool:
    """Whether a symbol has been spoken of: it has a shape, or a property."""
    return any(d.label == label and (d.shape is not None or d.properties) for d in context.symbols.values())


__all__ = [
    "NOWHERE",
    "Surroundings",
    "reservation",
]
