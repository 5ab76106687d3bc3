"""What speaks against calling a claim wrong in a document: it is refuted only where nothing here does.

A document knows more than its reader: symbols that stand for something said in words, conditions of an optimum,
shapes that a sentence gives in a way that is not understood.  A refuted claim is therefore tried again in the
readings that a charitable reader would admit; what holds in one of them, or rests on what is not understood, is
unknown, with the reason.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from nablatex.algebra.atoms import Symbol
from nablatex.algebra.dims import ONE, SCALAR
from nablatex.algebra.expr import Expr
from nablatex.checking.conditional import condition_for
from nablatex.checking.verdict import Verdict
from nablatex.document.assumptions import assume_equation
from nablatex.document.context import Context, Declared
from nablatex.document.elaborate import Reading as Typed
from nablatex.document.elaborate import elaborate
from nablatex.document.names import TRANSPOSES, Key, key_of, label_of
from nablatex.document.notation import Notation
from nablatex.document.statements import Statement as Read
from nablatex.features.engine import Checked, assumptions_of, check_claim
from nablatex.latex.tree import (
    BigOperator,
    Call,
    Derivative,
    Differential,
    Fence,
    Juxtaposition,
    Matrix,
    Name,
    Node,
    Number,
    Operator,
    Relation,
    Scripted,
)
from nablatex.latex.vocabulary import SYMBOLS, WHOLE_OPERAND

HOLDS = ("proved", "holds")
MAX_STATED = 4
FAR = 3
"""Sections after which a letter may well stand for something else than it was defined as."""
BUDGET = 2.5
OLD_MEANING = "what its symbols were defined as is far away"
OTHER_MEANING = "it holds if its symbols do not mean what was defined earlier"
BEFORE = "given an equation that the text states before"


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


def reconsider(
    read: Read,
    done: Checked,
    layout: str,
    notation: Notation,
    text: str,
    seed: int,
    where: Surroundings = NOWHERE,
) -> Checked:
    """The verdict once doubts are heard; what is not refuted comes back as it is."""
    if done.verdict.name not in ("fails", "ill-shaped"):
        return done
    reason = (
        unknown_command(read)
        or odd_identity(read)
        or unclear_symbol(read)
        or at_a_point(read, where)
        or summed(read)
        or loosely_written(read)
        or to_be_solved(read, text)
    )
    if reason is None and done.reading is not None:
        reason = no_matrices(read, done.reading.sides, where) or newcomer(read, done.reading.sides)
    elif reason is None and done.verdict.name == "fails":
        reason = other_letters(read)
    if reason is not None:
        return unknown(done, reason)
    until = time.monotonic() + BUDGET

    def again(context: Context) -> Checked:
        assert read.left is not None and read.right is not None
        return check_claim(read.left, read.right, context, layout, notation, text, fix=False, seed=seed)

    if done.verdict.name == "ill-shaped":
        reason = loosely_typed(read, read.context, layout, text)
        if reason is not None:
            return unknown(done, reason)
        for looser in _loosened(read, where):
            reason = loosely_typed(read, looser, layout, text)
            if reason is not None:
                return unknown(done, reason)
            if again(looser).verdict.name != "ill-shaped":
                return unknown(done, "it can be formed for other shapes or meanings of its symbols")
        reason = carried_over(read, layout, text)
        if reason is not None:
            return unknown(done, reason)
    for context, why in charitable(read, where):
        if time.monotonic() > until:
            return unknown(done, "not all readings could be tried in time")
        tried = again(context)
        if tried.verdict.name in HOLDS:
            if why.startswith("given"):
                assert read.left is not None and read.right is not None
                nothing = Number(read.right.span, "0")
                if check_claim(read.left, nothing, context, layout, notation, text, fix=False).verdict.name in HOLDS:
                    return unknown(done, "both sides vanish where an equation holds that the text states")
                evidence = {**tried.evidence, "given": why.removeprefix("given ")}
                return replace(tried, verdict=Verdict("holds", f"holds {why}", evidence), evidence=evidence)
            return unknown(done, why)
        if why == OLD_MEANING and tried.verdict.name == "unknown":
            return unknown(done, why)
        if tried.reading is not None and why == OTHER_MEANING and tried.verdict.name == "fails":
            helped = condition_for(*_two(tried.reading), assumptions_of(tried.reading, context))
            if helped is not None and helped.usual:
                return unknown(done, f"it would hold for {helped.words}, with other meanings of its symbols")
    return done


def _loosened(read: Read, where: Surroundings) -> Iterator[Context]:
    """The context without loose shapes and the properties that sentences give; without definitions of other sections."""
    symbols = {
        k: replace(d, shape=None if _loose(d, where) else d.shape, properties=frozenset())
        for k, d in read.context.symbols.items()
        if d.origin != "comment"
    }
    loose = replace(read.context, symbols={**read.context.symbols, **symbols})
    yield loose
    defined = {d.key for d in loose.definitions}
    stated = {k for k in defined if k in read.context.symbols and read.context.symbols[k].shape is not None}
    if stated:
        yield replace(loose, definitions=tuple(d for d in loose.definitions if d.key not in stated))
    here = tuple(d for d in loose.definitions if d.section == where.section)
    if len(here) < len(loose.definitions):
        yield replace(loose, definitions=here)


def of_section(context: Context, section: int) -> Context:
    """The context without the shapes and values that other sections give its symbols; itself where they give none.

    A letter has one meaning in a section; in another it may be taken anew without a word.
    """
    if not section:
        return context
    definitions = tuple(d for d in context.definitions if d.section in (-1, section))
    symbols = {
        k: d if d.section == section or d.origin == "comment" or d.shape is None else replace(d, shape=None)
        for k, d in context.symbols.items()
    }
    if len(definitions) == len(context.definitions) and symbols == context.symbols:
        return context
    return replace(context, definitions=definitions, symbols=symbols)


def as_in_section(done: Checked) -> Checked:
    """What holds where its symbols mean what their section says of them."""
    verdict = done.verdict
    message = f"{verdict.message}, with its symbols as this section has them"
    evidence = {**verdict.evidence, "given": "the meanings of this section"}
    return replace(done, verdict=Verdict("holds", message, evidence), evidence=evidence)


def _two(reading: Typed) -> tuple[Expr, Expr]:
    left, right = reading.sides
    return left, right


def unknown(done: Checked, reason: str) -> Checked:
    return Checked(Verdict("unknown", reason, {"doubt": reason}), (), done.layout, {"doubt": reason})


def unknown_command(read: Read) -> str | None:
    """A command that neither TeX nor the document defines may stand for anything."""
    for node in read.tree.walk():
        if isinstance(node, Name) and node.base.startswith("\\") and node.base not in SYMBOLS:
            return f"{node.base} is not defined in this document"
    return None


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
        if not isinstance(node, Juxtaposition):
            continue
        for a, b in zip(node.factors, node.factors[1:], strict=False):
            inner = a.base if isinstance(a, Scripted) and a.sup is not None else None
            if isinstance(inner, Operator) and inner.fenced and inner.word in ("tr", "Tr", "trace", "Trace"):
                return "a power of a trace before other factors: or of the matrix in it?"
            if isinstance(a, Differential) and isinstance(a.operand, Call) and isinstance(b, Fence):
                return "a differential before brackets: is it applied to something?"
    return None


def summed(read: Read) -> str | None:
    """A letter that is an index twice on one side, and not on the other, may be summed over (Einstein's convention)."""
    assert read.left is not None and read.right is not None
    left, right = _indices(read.left), _indices(read.right)
    for here, there in ((left, right), (right, left)):
        for letter, count in here.items():
            if count > 1 and not there.get(letter) and letter not in read.context.dimensions:
                return f"the index {letter} stands twice on one side: is it summed over?"
    return None


def _indices(side: Node) -> Counter[str]:
    """How often letters stand below others, those of sums left out."""
    bound = {
        n.base
        for s in side.walk()
        if isinstance(s, BigOperator) and s.lower
        for n in s.lower.walk()
        if isinstance(n, Name)
    }
    subs = [n.sub for n in side.walk() if isinstance(n, Scripted) and n.sub is not None]
    return Counter(n.base for s in subs for n in s.walk() if isinstance(n, Name) and n.base not in bound)


def carried_over(read: Read, layout: str, text: str) -> str | None:
    """A step is not to blame for what cannot be formed in the line above."""
    assert read.left is not None
    if read.left.span.start >= read.span.start:
        return None
    found = elaborate(read.left, read.context, _one(layout), text)
    failed = not found.readings and found.failure is not None and found.failure.kind == "ill-shaped"
    return "the line above cannot be formed" if failed else None


def loosely_typed(read: Read, context: Context, layout: str, text: str) -> str | None:
    """A derivative of a matrix by a matrix beside other factors: texts have a convention of their own for each."""
    for node in read.tree.walk():
        if isinstance(node, Derivative):
            for reading in elaborate(node, context, _one(layout), text).readings[:1]:
                formal = reading.sides[0]
                formal = formal.args[0] if formal.name == "at" else formal
                if formal.name == "derivative" and sum(d != ONE for a in formal.args for d in a.shape) > 2:
                    return "a derivative of a matrix by a matrix: conventions differ"
    return None


def _one(layout: str) -> str:
    return "denominator" if layout == "auto" else layout


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


def all_numbers(read: Read) -> bool:
    """Whether every letter is said to be a number: then scalar algebra is meant, and can be judged."""
    names = [n for n in read.tree.walk() if isinstance(n, Name) and n.base not in ("e", "i", "\\pi")]
    found = [read.context.find(k) for n in names if (k := key_of(n)) is not None]
    return bool(names) and all(f is not None and f[1].shape == SCALAR for f in found) and len(found) == len(names)


def no_matrices(read: Read, sides: tuple[Expr, ...], where: Surroundings) -> str | None:
    """Without a derivative, an operation on matrices, or a vector or matrix declared here, it is other mathematics."""
    nodes = list(read.tree.walk())
    if any(isinstance(n, (Derivative, Differential, Matrix)) for n in nodes) or all_numbers(read):
        return None
    shown = any(
        (isinstance(n, Scripted) and isinstance(n.sup, Name) and n.sup.base in TRANSPOSES)
        or (isinstance(n, Operator) and n.word in WHOLE_OPERAND)
        or (isinstance(n, Fence) and n.kind == "norm")
        for n in nodes
    )
    here = {d.label for d in read.context.symbols.values() if d.shape is not None and d.section in (-1, where.section)}
    for s in sides[0].free_symbols | sides[1].free_symbols:
        if isinstance(s, Symbol) and not s.is_scalar and (shown or s.label in here):
            return None
    return "no vector or matrix that is declared stands in it"


def newcomer(read: Read, sides: tuple[Expr, ...]) -> str | None:
    """A symbol that one side has and the other cannot know of: the text relates them, perhaps in words."""
    assert read.right is not None
    left, right = ({s for s in side.free_symbols if isinstance(s, Symbol)} for side in sides)
    before = {label_of(n) for side in read.premise or () for n in side.walk() if isinstance(n, Name)}
    new = sorted(s.label for s in right - left if "index" not in s.properties and s.label not in before)
    if new:
        return f"{new[0]} is not on the left side: what relates the two sides is said elsewhere"
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


def charitable(read: Read, where: Surroundings) -> Iterator[tuple[Context, str]]:
    """Contexts in which a charitable reader would try the claim again, with what is said if it holds there."""
    used = frozenset(k for n in read.tree.walk() if (k := key_of(n)) is not None and isinstance(n, (Name, Scripted)))
    context = read.context
    yield from _given(context, used, where.later)
    near = tuple(d for d in context.definitions if not 0 <= d.section <= where.section - FAR)
    if len(near) < len(context.definitions) and any(d.key in used for d in context.definitions):
        old = {k: replace(d, shape=None) for k, d in context.symbols.items() if 0 <= d.section <= where.section - FAR}
        yield replace(context, definitions=near, symbols={**context.symbols, **old}), OLD_MEANING
    if any(d.key in used for d in context.definitions):
        kept = tuple(d for d in context.definitions if d.key not in used)
        yield replace(context, definitions=kept), OTHER_MEANING
        yield from _earlier(context, used)
    shapeless = {k: replace(d, shape=None) for k, d in context.symbols.items() if _loose(d, where)}
    if shapeless and any(context.find(k) is not None for k in used):
        yield replace(context, symbols={**context.symbols, **shapeless}), "it holds for other shapes of its symbols"


def _loose(d: Declared, where: Surroundings) -> bool:
    """Whether a shape is only words', or from another section, where the symbol may mean something else."""
    return d.shape is not None and (
        d.origin == "prose" or (d.span is not None and d.origin != "comment" and d.section != where.section)
    )


def _given(context: Context, used: frozenset[Key], later: Sequence[tuple[Node, Node]]) -> Iterator[tuple[Context, str]]:
    """Equations that the text states nearby, and that share a symbol with the claim."""
    for pairs, why in (
        (later, "given an equation that the text states after it"),
        (tuple(reversed(context.stated)), BEFORE),
    ):
        for pair in [p for p in pairs if used & _names(p)][:MAX_STATED]:
            yield assume_equation(context, Relation(pair[0].span, pair, ("=",))), why


def _names(pair: tuple[Node, Node]) -> frozenset[Key]:
    return frozenset(k for side in pair for n in side.walk() if isinstance(n, Name) and (k := key_of(n)) is not None)


def _earlier(context: Context, used: frozenset[Key]) -> Iterator[tuple[Context, str]]:
    """Symbols that were defined more than once, in their earlier meaning."""
    for key in used:
        meanings = [d for d in context.definitions if d.key == key]
        for old in meanings[:-1][-2:]:
            kept = tuple(d for d in context.definitions if d.key != key or d is old)
            yield replace(context, definitions=kept), "it holds for an earlier definition of its symbols"


__all__ = ["NOWHERE", "Surroundings", "as_in_section", "of_section", "reconsider"]
