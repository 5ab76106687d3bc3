"""What speaks against calling a claim wrong in a document: it is refuted only where nothing here does.

A document knows more than its reader: symbols that stand for something said in words, conditions of an optimum,
shapes that a sentence gives in a way that is not understood.  A refuted claim is therefore tried again in the
readings that a charitable reader would admit; what holds in one of them, or rests on what is not understood, is
unknown, with the reason.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from nablatex.algebra.dims import ONE
from nablatex.algebra.expr import Expr
from nablatex.checking.conditional import condition_for
from nablatex.checking.verdict import Verdict
from nablatex.document.assumptions import assume_equation
from nablatex.document.context import Context, Declared
from nablatex.document.elaborate import Reading as Typed
from nablatex.document.elaborate import elaborate
from nablatex.document.names import Key, key_of
from nablatex.document.notation import Notation
from nablatex.document.statements import Statement as Read
from nablatex.document.variations import ingredients
from nablatex.features.engine import Checked, assumptions_of, check_claim
from nablatex.features.reservations import NOWHERE, Surroundings, reservation
from nablatex.latex.tree import (
    Derivative,
    Name,
    Node,
    Number,
    Relation,
    Scripted,
)

HOLDS = ("proved", "holds")
MAX_STATED = 4
FAR = 3
"""Sections after which a letter may well stand for something else than it was defined as."""
BUDGET = 2.5
MARKS = frozenset(("*", "\\ast", "\\star", "+", "-", "\\prime", "\\circ"))
"""Scripts that make a new name of a letter."""
ONE_READING = 1.0
"""Seconds for the points of one charitable reading: an equation that no point satisfies must not use up all."""
OLD_MEANING = "what its symbols were defined as is far away"
OTHER_MEANING = "it holds if its symbols do not mean what was defined earlier"
BEFORE = "given an equation that the text states before"


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
    reason = reservation(read, done, text, where)
    if reason is not None:
        return unknown(done, reason)
    until = time.thread_time() + BUDGET

    def again(context: Context) -> Checked:
        assert read.left is not None and read.right is not None
        return check_claim(
            read.left, read.right, context, layout, notation, text, fix=False, seed=seed, budget=ONE_READING
        )

    if done.verdict.name == "ill-shaped":
        reason = guessed_inside(read) or loosely_typed(read, read.context, layout, text)
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
        if time.thread_time() > until:
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
        k: replace(d, shape=None if _loose(k, d, where) else d.shape, properties=frozenset())
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


def as_given(done: Checked, what: str) -> Checked:
    """What holds given something that the document says: what its section says of its symbols, how they move."""
    evidence = {**done.verdict.evidence, "given": what}
    return replace(done, verdict=Verdict("holds", f"{done.verdict.message}, given {what}", evidence), evidence=evidence)


def _two(reading: Typed) -> tuple[Expr, Expr]:
    left, right = reading.sides
    return left, right


def unknown(done: Checked, reason: str) -> Checked:
    return Checked(Verdict("unknown", reason, {"doubt": reason}), (), done.layout, {"doubt": reason})


def carried_over(read: Read, layout: str, text: str) -> str | None:
    """A step is not to blame for what cannot be formed in the line above."""
    assert read.left is not None
    if read.left.span.start >= read.span.start:
        return None
    found = elaborate(read.left, read.context, _one(layout), text)
    failed = not found.readings and found.failure is not None and found.failure.kind == "ill-shaped"
    return "the line above cannot be formed" if failed else None


def guessed_inside(read: Read) -> str | None:
    """Numbered symbols that only the definitions of a claim speak of, and that nothing declares: μ_k may be of any shape."""
    own = {k for n in read.tree.walk() if (k := key_of(n)) is not None}
    for key in ingredients(read.tree, read.context):
        if key in own or not key.script.startswith("_") or read.context.definition(key) is not None:
            continue
        if read.context.find(key) is None and read.context.find(replace(key, script="")) is None:
            return f"what {key.base}{key.script} is, in a definition, is not said"
    return None


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


def charitable(read: Read, where: Surroundings) -> Iterator[tuple[Context, str]]:
    """Contexts in which a charitable reader would try the claim again, with what is said if it holds there."""
    used = frozenset(k for n in read.tree.walk() if (k := key_of(n)) is not None and isinstance(n, (Name, Scripted)))
    context = read.context
    yield from _given(context, used, where.later, read)
    near = tuple(d for d in context.definitions if not 0 <= d.section <= where.section - FAR)
    if len(near) < len(context.definitions) and any(d.key in used for d in context.definitions):
        old = {k: replace(d, shape=None) for k, d in context.symbols.items() if 0 <= d.section <= where.section - FAR}
        yield replace(context, definitions=near, symbols={**context.symbols, **old}), OLD_MEANING
    if any(d.key in used for d in context.definitions):
        kept = tuple(d for d in context.definitions if d.key not in used)
        yield replace(context, definitions=kept), OTHER_MEANING
        yield from _earlier(context, used)
        yield from _relatives(context, used)
    shapeless = {k: _shapeless(d, where) for k, d in context.symbols.items() if _loose(k, d, where)}
    if shapeless and any(context.find(k) is not None for k in used):
        yield replace(context, symbols={**context.symbols, **shapeless}), "it holds for other shapes of its symbols"


def _shapeless(d: Declared, where: Surroundings) -> Declared:
    """Without its shape; what words of this section call a matrix stays one."""
    kept = d.properties
    if d.origin == "prose" and d.section == where.section and d.shape is not None and ONE not in d.shape:
        kept = kept | {"matrix"}
    return replace(d, shape=None, properties=kept)


def _loose(key: Key, d: Declared, where: Surroundings) -> bool:
    """Whether a shape is only words', or from another section, where the symbol may mean something else.

    Words about one symbol are as good as a formula, unless the text speaks of square matrices of that name as well.
    """
    doubtful = d.origin == "prose" or (d.origin == "told" and ("square", key.base) in where.said)
    return d.shape is not None and (
        doubtful or (d.span is not None and d.origin != "comment" and d.section != where.section)
    )


def _given(
    context: Context, used: frozenset[Key], later: Sequence[tuple[Node, Node]], read: Read
) -> Iterator[tuple[Context, str]]:
    """Equations that the text states nearby, and that share a symbol with the claim."""
    for pairs, why in (
        (later, "given an equation that the text states after it"),
        (tuple(reversed(context.stated)), BEFORE),
    ):
        for pair in [p for p in pairs if used & _names(p) and not _names_a_value(p, read)][:MAX_STATED]:
            yield assume_equation(context, Relation(pair[0].span, pair, ("=",))), why


def _names_a_value(pair: tuple[Node, Node], read: Read) -> bool:
    r"""``K^\star = …``, ``P^{+} = …``: a name for a value that the claim does not speak of ties nothing in it."""
    left, right = pair
    if not isinstance(left, Scripted) or not isinstance(left.sup, Name) or left.sup.base not in MARKS:
        return False
    return all(n != left for side in (right, read.tree) for n in side.walk())


def _names(pair: tuple[Node, Node]) -> frozenset[Key]:
    return frozenset(k for side in pair for n in side.walk() if isinstance(n, Name) and (k := key_of(n)) is not None)


def _relatives(context: Context, used: frozenset[Key]) -> Iterator[tuple[Context, str]]:
    """A symbol in the meaning of one that differs from it by an index: f after f_c has been defined."""
    for key in used:
        own = [k for k, d in enumerate(context.definitions) if d.key == key]
        for d in context.definitions[own[-1] + 1 :] if own else ():
            if d.key.base == key.base and d.key != key:
                meant = (*context.definitions, replace(d, key=key))
                yield replace(context, definitions=meant), f"it holds for {d.key.base}{d.key.script}, defined after it"


def _earlier(context: Context, used: frozenset[Key]) -> Iterator[tuple[Context, str]]:
    """Symbols that were defined more than once, in their earlier meaning."""
    for key in used:
        meanings = [d for d in context.definitions if d.key == key]
        for old in meanings[:-1][-2:]:
            kept = tuple(d for d in context.definitions if d.key != key or d is old)
            yield replace(context, definitions=kept), "it holds for an earlier definition of its symbols"


__all__ = ["NOWHERE", "Surroundings", "as_given", "of_section", "reconsider"]
