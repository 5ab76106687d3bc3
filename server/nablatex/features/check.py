"""All statements of a document with their verdicts: what the diagnostics, the marks and the command line show."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import cast

from nablatex.checking.verdict import SEED, Verdict
from nablatex.document.context import Context
from nablatex.document.hearsay import said_in_words
from nablatex.document.motion import under_laws
from nablatex.document.notation import Notation
from nablatex.document.passages import Passage
from nablatex.document.reading import Reading, Readings
from nablatex.document.relevance import fingerprint, relevant
from nablatex.document.statements import Statement as Read
from nablatex.document.statements import given_value, stated_by
from nablatex.features.around import current
from nablatex.features.budget import OutOfTime, limit
from nablatex.features.codes import code_of, severity_of
from nablatex.features.doubts import MAX_STATED, NOWHERE, Surroundings, as_given, of_section, reconsider
from nablatex.features.engine import Checked, check_claim, with_derivative, with_mends, with_value
from nablatex.features.model import Edit, Fix, Settings, Statement, VerdictName
from nablatex.features.slips import with_slips
from nablatex.features.store import Store
from nablatex.latex.hosts import host_of
from nablatex.latex.tree import Derivative, Node, Span, shifted

BUDGET = 6.0
"""Seconds of the processor for a document while its author types: what is left says so, and is found when it is asked
again."""


VOTERS = 200
"""How many statements of a document are asked for its layout."""
READINGS = Readings()


def reading_of(text: str) -> Reading:
    """The document read in its surroundings; kept for the texts that were asked for last, and read from them if near."""
    around = current()
    before: Reading | None = None
    for path, earlier in around.before:
        before = READINGS.of(earlier, host_of(path), before)
    return READINGS.of(text, around.host, before)


class Verdicts:
    """Verdicts by what they depend on, so that a keystroke costs one statement: text, what it can see, layout."""

    def __init__(self, limit: int = 4096) -> None:
        self.limit = limit
        self.found: dict[tuple[object, ...], Checked] = {}
        self.store: Store | None = None

    def on_disk(self, wanted: bool) -> None:
        """Whether verdicts that hold are kept from one run to the next."""
        if wanted and self.store is None:
            self.store = Store()
        elif not wanted and self.store is not None:
            self.store.close()
            self.store = None

    def of(
        self,
        read: Read,
        text: str,
        layout: str,
        notation: Notation,
        seed: int = SEED,
        where: Surroundings = NOWHERE,
    ) -> Checked:
        assert read.left is not None and read.right is not None
        context = relevant(read.context, read.left, read.right)
        key = (read.left, read.right, fingerprint(context), layout, notation, seed)
        got = self.found.pop(key, None)
        if got is None:
            left, right = read.left, read.right
            got = self.stored(key)
        if got is None:
            got = in_time(lambda: check_claim(left, right, context, layout, notation, text, fix=False, seed=seed))
            if self.store is not None:
                self.store.put(key, (got.verdict.name, got.verdict.message, got.layout, dict(got.evidence)))
        self.keep(key, got)
        if got.verdict.name in ("proved", "holds"):
            return got
        here = self.here(read, text, context, layout, notation, seed, where, key)
        if here is not None:
            return here
        along = under_laws(read.context, (read.left, read.right))
        if along is not None:
            moved = self.along(read, along, text, layout, notation, seed, key)
            if moved.verdict.name in ("proved", "holds"):
                return moved
            if moved.verdict.name != "unknown":
                read, context, got = replace(read, context=along), along, moved
        if got.verdict.name == "unknown":
            return got
        again = (*key, context.equations, read.context.stated, where)
        heard = self.found.pop(again, None)
        if heard is None:
            heard = in_time(lambda: self.heard(read, got, context, layout, notation, text, seed, where))
        self.keep(again, heard)
        return heard

    def here(
        self,
        read: Read,
        text: str,
        context: Context,
        layout: str,
        notation: Notation,
        seed: int,
        where: Surroundings,
        key: tuple[object, ...],
    ) -> Checked | None:
        """The claim where its symbols mean what its own section says of them, if it holds then."""
        assert read.left is not None and read.right is not None
        left, right, local = read.left, read.right, of_section(context, where.section)
        if local is context:
            return None
        again = (*key, "section", where.section)
        got = self.found.pop(again, None)
        if got is None:
            got = in_time(lambda: check_claim(left, right, local, layout, notation, text, fix=False, seed=seed))
        self.keep(again, got)
        return as_given(got, "the meanings of this section") if got.verdict.name in ("proved", "holds") else None

    def along(
        self,
        read: Read,
        context: Context,
        text: str,
        layout: str,
        notation: Notation,
        seed: int,
        key: tuple[object, ...],
    ) -> Checked:
        """The claim where things move as the document says."""
        assert read.left is not None and read.right is not None
        left, right = read.left, read.right
        again = (*key, "along", context.equations)
        got = self.found.pop(again, None)
        if got is None:
            got = in_time(lambda: check_claim(left, right, context, layout, notation, text, fix=False, seed=seed))
        self.keep(again, got)
        return as_given(got, "the law of motion") if got.verdict.name in ("proved", "holds") else got

    @staticmethod
    def heard(
        read: Read,
        got: Checked,
        context: Context,
        layout: str,
        notation: Notation,
        text: str,
        seed: int,
        where: Surroundings,
    ) -> Checked:
        """A refuted claim after all that speaks for it, with mends if it is refuted still."""
        assert read.left is not None
        done = with_mends(reconsider(read, got, layout, notation, text, seed, where), context, notation)
        done = with_derivative(with_value(done, read.left, context, text), read.left, context, notation, text)
        assert read.right is not None
        return with_slips(done, read.left, read.right, context, layout, notation, text)

    def stored(self, key: tuple[object, ...]) -> Checked | None:
        """A verdict of an earlier run."""
        entry = self.store.get(key) if self.store is not None else None
        if entry is None:
            return None
        name, message, layout, evidence = entry
        return Checked(Verdict(name, message, evidence), (), layout, evidence)

    def keep(self, key: tuple[object, ...], got: Checked) -> None:
        """The one that was asked for last goes last, the oldest goes."""
        if len(self.found) >= self.limit:
            del self.found[next(iter(self.found))]
        self.found[key] = got


def in_time(work: Callable[[], Checked]) -> Checked:
    """What the work finds, or unknown where it fails or takes more than a formula may; that is remembered as any verdict is."""
    try:
        with limit():
            return work()
    except (OutOfTime, MemoryError):
        return Checked(Verdict("unknown", "too large to be checked here"))
    except Exception as error:  # a bug in one formula is an unknown for it, never a lost document
        return Checked(Verdict("unknown", f"{type(error).__name__} while checking"))


VERDICTS = Verdicts()
BLOCKS_AFTER = 2
"""Blocks behind a claim in which an equation may say what it rests on."""


def surroundings(reading: Reading, number: int, behind: int = 0) -> Surroundings:
    """What stands around the statements of a block from place `behind` of its text on."""
    later: list[tuple[Node, Node]] = []
    for k in range(number, min(number + 1 + BLOCKS_AFTER, len(reading.division.blocks))):
        for s in reading.passage(k).statements:
            if k > number or s.span.start >= behind:
                later.extend(stated_by(s))
    passage = reading.passage(number)
    points = frozenset(v for s in passage.statements if s.span.end < behind and (v := given_value(s)) is not None)
    return Surroundings(tuple(later[:MAX_STATED]), passage.after.section, reading.said, points)


def around(reading: Reading, read: Read) -> Surroundings:
    """What stands around a statement with spans in the whole text."""
    number = reading.division.at(read.span.start)
    return surroundings(reading, number, read.span.end - reading.division.starts[number])


def check_document(
    text: str,
    settings: Settings,
    host: str = "latex",
    progress: Callable[[int, int], None] | None = None,
    budget: float = BUDGET,
) -> tuple[Statement, ...]:
    """Every statement of a document, claims with a verdict; progress is told (done, of)."""
    reading = reading_of(text)
    until = time.process_time() + budget
    judge = Judge(reading, settings)
    passages = reading.passages()
    total = sum(len(p.statements) for p in passages) if progress is not None else 0
    out: list[Statement] = []
    for number in range(len(passages)):
        if progress is not None:
            progress(len(out), total)
        out.extend(judge.statements(number, until))
    from nablatex.features.layouts import mixed_layouts  # it judges with what stands here

    told = {s.span: s for s in mixed_layouts(judge, until)[0]}
    return tuple(told.get(s.span, s) if s.code is None and s.kind == "claim" else s for s in out)


_KEYS: dict[tuple[Notation, str, int, frozenset[str]], int] = {}
"""A number for each way to judge, for quick look-ups in what is kept with a block."""


class Judge:
    """Judges the blocks of a reading; what was judged stays with the block as long as what it depends on."""

    def __init__(self, reading: Reading, settings: Settings) -> None:
        self.reading = reading
        self.notation = reading.notation
        self.layout = reading.layout or settings.layout
        self.seed = SEED if settings.seed is None else settings.seed
        self.ignore = frozenset(settings.ignore)
        VERDICTS.on_disk(settings.cache)
        self.key = _KEYS.setdefault((self.notation, self.layout, self.seed, self.ignore), len(_KEYS))

    def surroundings(self, number: int, behind: int = 0) -> Surroundings:
        """What stands around the statements of a block from place `behind` of its text on."""
        return surroundings(self.reading, number, behind)

    def blameless(self, number: int) -> int:
        """How many blocks from this one on are judged, and right whatever stands around them: most of a document."""
        right = self.reading.notes(("right", self.key))
        so_far = self.reading.so_far
        at = number
        while True:
            at = right.find(0, at, len(so_far))
            if at == -1:
                return len(so_far) - number
            kept = so_far[at].memo.get(self.key)
            if so_far[at].statements and (kept is None or kept[1] is not None):
                return at - number
            right[at] = 1

    def rests_on(self, number: int) -> tuple[object, ...]:
        """What the verdict on a claim that does not hold by itself depends on besides what the claim can see."""
        return self.surroundings(number), self.reading.passage(number).before.context.stated

    def done(self, number: int) -> tuple[Statement, ...] | None:
        """The statements of a block as they are judged already, with spans in its own text; None if they are not."""
        passage = self.reading.passage(number)
        if not passage.statements:
            return ()
        kept = passage.memo.get(self.key)
        if kept is None or (kept[1] is not None and kept[1] != self.rests_on(number)):
            return None
        found: tuple[Statement, ...] = kept[0]
        return found

    def block(self, number: int, until: float = math.inf) -> tuple[Statement, ...]:
        """The same, judged now as far as there is time."""
        found = self.done(number)
        if found is None:
            passage = self.reading.passage(number)
            out = []
            late = False
            for read in passage.statements:
                late = late or time.process_time() > until
                where = self.surroundings(number, read.span.end)
                done = statement(read, passage.block.text, self.layout, self.notation, late, self.seed, where)
                out.append(replace(done, code=None, fixes=()) if done.code in self.ignore else done)
            found = tuple(out)
            if not late:
                for old in [k for k in passage.memo if isinstance(k, int)]:
                    del passage.memo[old]
                # what stands around matters to what does not hold by itself
                matters = any(s.kind == "claim" and s.verdict not in ("proved", "holds") for s in found)
                passage.memo[self.key] = (found, self.rests_on(number) if matters else None)
        return found

    def statements(self, number: int, until: float = math.inf) -> tuple[Statement, ...]:
        """The statements of a block with spans in the text."""
        start = self.reading.division.starts[number]
        return tuple(moved(s, start) for s in self.block(number, until))


def judged_between(text: str, start: int, end: int, settings: Settings) -> Iterator[Statement]:
    """The statements that touch a range, judged."""
    reading = reading_of(text)
    judge = Judge(reading, settings)
    division = reading.division
    for number in range(division.at(max(start - 1, 0)), division.at(end) + 1) if division.blocks else ():
        yield from (s for s in judge.statements(number) if within(s.span, start, end))


def moved(s: Statement, by: int) -> Statement:
    """A statement with its places moved."""
    if not by:
        return s
    fixes = tuple(
        Fix(f.title, f.replacement, tuple(Edit(shifted(e.span, by), e.new) for e in f.edits)) for f in s.fixes
    )
    return replace(s, span=shifted(s.span, by), focus=shifted(s.focus, by), fixes=fixes)


def statement(
    read: Read,
    text: str,
    layout: str,
    notation: Notation,
    late: bool = False,
    seed: int = SEED,
    where: Surroundings = NOWHERE,
) -> Statement:
    """One statement with its verdict; where: what stands around it."""
    latex = text[read.span.start : read.span.end]
    focus = read.right.span if read.right is not None else read.span
    if read.kind != "claim" or read.ignored:
        return Statement(read.span, focus, latex, read.kind, None, None, "")
    if late:
        return Statement(read.span, focus, latex, "claim", "unknown", None, "not checked: out of time")
    try:
        done = VERDICTS.of(read, text, layout, notation, seed, where)
    except Exception as error:  # a bug in one formula is an unknown for it, never a lost document
        return Statement(read.span, focus, latex, "claim", "unknown", None, f"{type(error).__name__} while checking")
    name = cast(VerdictName, done.verdict.name)
    message = done.verdict.message
    only = str(done.evidence.get("holds_if", "")) if name == "fails" else ""
    said = said_in_words(only, tuple(done.evidence.get("symbols", ())), where.said)
    if read.premise is not None and name in ("proved", "holds"):
        message = "follows from the equation before: " + message
    if name == "fails" and (said or done.evidence.get("usual")):
        name = "conditional"
        message = f"this holds only for {only}, which is not said here"
        if said:
            message = f"this holds for {only}, of which the text speaks"
    elif name == "fails":
        message = "this step does not hold: " + message
    elif name == "ill-shaped":
        message = "this cannot be formed: " + message
    code = None if said else code_of(name)
    names = set(done.evidence.get("symbols", ()))
    firm = all(d.origin == "declared" for d in read.context.symbols.values() if d.label in names) and names <= {
        d.label for d in read.context.symbols.values() if d.shape is not None
    }
    if code is not None and read.silenced is not None and code in read.silenced:
        return Statement(read.span, focus, latex, "claim", name, None, message, done.evidence)
    fixes = tuple(Fix(f"Replace by {f}", f, (Edit(focus, f),)) for f in done.fixes)
    return Statement(
        read.span, focus, latex, "claim", name, code, message, done.evidence, fixes, severity_of(code, firm)
    )


def document_layout(text: str, settings: Settings) -> str:
    """The layout for what is inserted: stated, set, or what the document's own derivative claims show."""
    reading = reading_of(text)
    stated = reading.layout or settings.layout
    if stated != "auto":
        return stated
    judge = Judge(reading, replace(settings, layout="auto"))
    votes: dict[str, int] = {}
    seen = 0
    for number in range(len(reading.division.blocks)):
        if seen >= VOTERS:
            break
        passage = reading.passage(number)
        seen += len(passage.statements)
        if "votes" not in passage.memo:
            passage.memo["votes"] = _votes(passage, judge)
        for name in passage.memo["votes"]:
            votes[name] = votes.get(name, 0) + 1
    return max(votes, key=lambda k: votes[k]) if votes else "denominator"


def _votes(passage: Passage, judge: Judge) -> tuple[str, ...]:
    """The layouts that the derivative claims of a block are right in, where that is not the usual one."""
    out = []
    for read in passage.statements:
        if read.kind == "claim" and read.left is not None and any(isinstance(n, Derivative) for n in read.left.walk()):
            done = VERDICTS.of(read, passage.block.text, "auto", judge.notation, judge.seed)
            if done.verdict.name in ("proved", "holds") and done.layout != "denominator":
                out.append(done.layout)
    return tuple(out)


def at_offset(reading: Reading, start: int, end: int) -> Read | None:
    """The smallest statement that holds a range."""
    found = [s for s in reading.between(start, end) if s.span.start <= start and end <= s.span.end]
    return min(found, key=lambda s: s.span.end - s.span.start, default=None)


def within(span: Span, start: int, end: int) -> bool:
    return span.start <= end and start <= span.end
