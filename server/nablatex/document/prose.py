"""What prose says of symbols, as facts with their places: shapes, kinds, properties, roles, memberships, equations.

The patterns stand in one data file for each language (`languages/`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from nablatex.algebra.dims import ONE, SCALAR, Dim, Shape
from nablatex.document.assumptions import assume_equation, state_all
from nablatex.document.base import SQUARE
from nablatex.document.context import Context, Declared
from nablatex.document.declarations import declare_tree
from nablatex.document.factorisations import factors_of
from nablatex.document.formulas import Formulas
from nablatex.document.language import (
    MEMBER,
    NAME,
    OTHER,
    SIGNS,
    SIZE,
    Language,
    Phrase,
    functions_of_matrices,
    languages,
)
from nablatex.document.names import Key, key_of, label_of
from nablatex.document.relations import relations_in
from nablatex.document.sentences import Sentence, Worded, names_symbols, sign_of, telling_sentences, worded
from nablatex.document.sets import dimension_of, entries_listed, membership_of, sides_of_size
from nablatex.latex.macros import MacroTable
from nablatex.latex.regions import Region, Source
from nablatex.latex.tree import Annotated, Call, List, Name, Node, Relation, Scripted, Span, shifted

What = Literal["member", "shape", "kind", "property", "role", "equation"]
_BECAUSE = (
    r"(?:\b(?:where|with|since|because|such that|assum\w+|suppose|satisf\w+|given|as|and|having|due to|by|subject to|"
    r"under|use[sd]?|using)(?: that| the fact that| the constraint| the)?,? |(?:由于|因为|其中|满足|假设|又|且|约束) ?)"
)
_GIVEN = re.compile(rf"{_BECAUSE}(?P<x>{OTHER})", re.I)
_LEAD = re.compile(_BECAUSE.replace(" ", r"\s*") + r"\Z", re.I)
"""The words before a formula that a sentence tells in passing."""
_SIGN = re.compile(
    r"\\in(?![a-zA-Z])|∈|\\to(?![a-zA-Z])|\\rightarrow|\\times|\\succ|[>=]|\\geq?(?![a-z])|\\neq?(?![a-z])"
)
"""What a formula holds that may declare or tell something: the first sieve."""
_SET = re.compile(
    r"(?:\\in(?![a-zA-Z])|∈|:|\\colon)(?:[^=]*?(?:\\to|\\rightarrow)(?![a-zA-Z]))?\s*\{?\s*"
    r"(?:\\(?:mathbb|Bbb|mathcal|mathrm|bm|boldsymbol|operatorname)\s*\{?\s*[RCNZSMOGQ]|\\mathfrak\s*\{?\s*so|M\s*_|\\Re\s*\^|\\Delta\s*[_^]|\\mathbf\s*\{?\s*R|ℝ|[RS]\s*[\^_]|[\[({]|\\\{"
    r"|\\[A-Za-z]*(?:[RCNZQS]|[Rr]eals?|Sym|P?SD)[A-Za-z]{0,2}(?![a-zA-Z]))"
)
_MARK = r"(?:\^\s*\{?\s*(?:\\!)*(?:\\[a-zA-Z]+|[Tt](?![a-zA-Z]))|')"
_GRAM = re.compile(
    rf"{_MARK}[^=]*=|=[^=]*{_MARK}|\\(?:\||norm|[lV]?Vert)[^=]*=\s*1|\\succ|\\neq?(?![a-z])|=[^=]*\b[dD]iag\b"
)
"""``Q^\\top Q = I``, ``W = W^\\top``, ``\\|x\\| = 1``, ``D = \\diag(d)``: what a sentence may tell in passing."""
_SIGNED = re.compile(r"\s*[^=,]{1,40}?(?:>|\\succ(?:eq)?(?![a-z])|\\geq?(?![a-z]))\s*0\s*")
"""``\\lambda > 0`` in a sentence: taken wherever it stands, for a sign only narrows what is tried."""
_SIZED_NAME = re.compile(r"(?:[_\}]|\\underset)\s*\{?[^{}]{0,30}\\times")


_SINGULAR = re.compile(r",? (?:is|denotes|has) ")
KEPT = 1024
"""Sentences whose phrases are kept."""
LONG = 1500
"""Characters of a sentence, with its displays, in which a word may hold from its beginning on."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What a place says: holds from `begins` (to `until`, where the prose supposes it for a while); trees: of what, read at
    another place of the same spelling, `away` from this one."""

    begins: int
    span: Span
    section: int
    what: What
    trees: tuple[Node, ...]
    value: str = ""
    shape: Shape | None = None
    properties: tuple[str, ...] = ()
    until: int | None = None
    away: int = 0

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Of what, where it stands."""
        return shifted(self.trees, self.away)


def facts_of(source: Source, macros: MacroTable) -> tuple[Fact, ...]:
    """All facts of a document, by the place where they begin to hold.  Sentences without a telling word cost next to nothing."""
    if not source.regions and not (" be " in source.text and names_symbols(source.text, Span(0, len(source.text)))):
        return ()
    formulas, tells = _telling_formulas(source)
    tells = sorted({*tells, *_telling_words(source.text)})
    by_region = {r: source.regions[r] for r in formulas}
    read = Formulas(source, macros)
    out: list[Fact] = []
    waiting = sorted(by_region)
    k = 0
    for sentence, telling in telling_sentences(source, tells):
        first, last = sentence.regions
        while k < len(waiting) and waiting[k] < last:
            if waiting[k] >= first:
                out.extend(_formula_facts(read, by_region[waiting[k]], sentence))
            k += 1
        if telling and (first < last or names_symbols(source.text, sentence.span)):
            out.extend(_sentence_facts(read, sentence))
    for m, name, how in functions_of_matrices(source.text):
        span = Span(*m.span())
        out.append(Fact(m.start(), span, 0, "role", (Name(span, name),), how))
    out.sort(key=lambda f: (f.begins, f.what != "member", f.span.start))
    return tuple(out)


def _telling_formulas(source: Source) -> tuple[list[int], list[int]]:
    """Numbers of the formulas that may declare something, and the offsets of those that may tell something."""
    text = source.text
    numbers: list[int] = []
    offsets: list[int] = []
    for k, region in enumerate(source.regions):
        start, end = region.span.start, region.span.end
        if end - start > 4000:
            continue
        latex = text[start:end]  # most formulas are a letter, or declare nothing: cheap looks come first
        if not ("\\" in latex or "=" in latex or ">" in latex or "∈" in latex) or _SIGN.search(latex) is None:
            continue
        times = "times" in latex
        if (
            (("in" in latex or "∈" in latex or ":" in latex or "colon" in latex) and _SET.search(text, start, end))
            or (times and _SIZED_NAME.search(text, start, end))
            or (region.inline and "0" in latex and _SIGNED.fullmatch(text, start, end))
            or ("=" in latex and "dots" in latex and "_" in latex)
        ):
            numbers.append(k)
            offsets.append(region.outer.start)
        elif region.inline and (
            (_GRAM.search(text, start, end) and _LEAD.search(text, max(0, region.outer.start - 40), region.outer.start))
            or ((times or "×" in latex) and sign_of(text, region) == SIZE)
        ):
            offsets.append(region.outer.start)
    return numbers, offsets


def _telling_words(text: str) -> Iterator[int]:
    """Offsets of words of some language that make a sentence worth reading."""
    for stem in dict.fromkeys(s for language in languages() for s in language.stems):
        first, rest = (stem[0] + stem[0].upper(), stem[1:]) if stem.isascii() else ("", stem)
        at = text.find(rest)
        while at != -1:
            if not first or text[at - 1 : at] in first:
                yield at
            at = text.find(rest, at + len(rest))


def _begins(sentence: Sentence, place: int) -> int:
    """Where what stands at a place begins to hold: with its sentence, unless that is too long to be one."""
    return min(sentence.begins, place) if place - sentence.begins <= LONG else place


def _formula_facts(read: Formulas, region: Region, sentence: Sentence) -> Iterator[Fact]:
    """``X \\in \\mathbb{R}^{m\\times n}``, ``f: A \\to B``, ``X_{m\\times n}``, ``\\underbrace{X}_{m\\times n}``."""
    begins = _begins(sentence, region.span.start)
    for row in region.rows:
        tree, away = read.spelt(row)
        spaces = {id(n.head) for n in tree.walk() if isinstance(n, Call)} if region.inline else set()

        def fact(what: What, node: Node, of: Node, value: str = "", shape: Shape | None = None, by: int = away) -> Fact:
            return Fact(begins, shifted(node.span, by), sentence.section, what, (of,), value, shape, away=by)

        if region.inline and isinstance(tree, Relation) and _SIGNED.match(read.source.text[row.start : row.end]):
            yield fact("equation", tree, tree)
        listed = entries_listed(tree)
        if listed is not None:
            yield fact("shape", listed[0], listed[0], "matrix", listed[1])
        for node in tree.walk():
            if id(node) in spaces:
                continue  # M_{m \\times n}(\\mathbb{R})
            if isinstance(node, Relation) and ("\\in" in node.ops or (node.ops[0] == ":" and len(node.ops) > 1)):
                yield fact("member", node, node)
            size = node.note if isinstance(node, Annotated) else node.sub if isinstance(node, Scripted) else None
            if isinstance(node, Scripted) and isinstance(size, List):
                continue  # \Sigma_{t,k} is one of several
            shape = sides_of_size(size) if size is not None else None
            if shape is not None and isinstance(node, (Annotated, Scripted)):
                target = node.body if isinstance(node, Annotated) else node.base
                key = key_of(target)
                if key is not None and not key.prefix and key.base not in ("0", "1", "I", "K"):
                    yield fact("shape", node, target, "matrix", shape)


@lru_cache(maxsize=KEPT)
def _phrases(words: str) -> tuple[tuple[Language, Phrase, re.Match[str], bool], ...]:
    """The phrases of a sentence, and whether each is supposed for a while.  With signs for formulas sentences are much alike
    ("where \ue000 is \ue003."), and an edit leaves those around it as they are."""
    out: list[tuple[Language, Phrase, re.Match[str], bool]] = []
    lowered = words.lower()
    for language in languages():
        present = {n for n in language.needs if n.lower() in lowered}
        if not present:
            continue
        supposed = language.conditional.search(words)
        for phrase in language.phrases:
            if present.isdisjoint(phrase.needs):
                continue
            for m in phrase.regex.finditer(words):
                if not language.negation.search(re.sub(r"(?i)non-?(?:singular|zero)", "", m.group())):
                    out.append((language, phrase, m, supposed is not None and supposed.start() <= m.start()))
    return tuple(out)


def _sentence_facts(read: Formulas, sentence: Sentence) -> Iterator[Fact]:
    told = worded(read.source, sentence)
    for language, phrase, m, supposed in _phrases(told.words):
        if phrase.what == "factorisation":
            yield from _factorised(phrase.value, told, read, sentence)
            continue
        fact = _fact(phrase, m, told, read, sentence, language.properties_in)
        for one in _respectively(fact, m, told, read) if fact is not None else ():
            yield replace(one, until=sentence.paragraph_end) if supposed else one
    yield from _listed(told, read, sentence)
    for m in _GIVEN.finditer(told.words):
        region = told.at(m.start("x"))
        tree = read.of(region)
        for relation in relations_in(tree):
            if isinstance(relation, Relation):
                yield Fact(sentence.begins, region.span, sentence.section, "equation", (relation,))


_LISTED = re.compile(
    r"(?:\b(?:let|where|here|for|given|suppose|assume|with|vectors?|matrices|denotes?)\b[a-z ]{0,20}|[设其中令记给定对][^"
    rf"{SIGNS}]{{0,6}})(?P<names>{NAME}(?: ?[,，、] ?{NAME})*)(?: ?,? and | ?[,，、和与] ?)(?P<member>{MEMBER})",
    re.I,
)
r"""$x$, $y \in \mathbb{R}^n$: a list of symbols of which the last is declared."""


def _listed(told: Worded, read: Formulas, sentence: Sentence) -> Iterator[Fact]:
    """What the last of a list is declared as, of those before it that look like it."""
    for m in _LISTED.finditer(told.words):
        tree = read.of(told.at(m.start("member")))
        if not isinstance(tree, Relation) or tree.ops[0] != "\\in":
            continue
        said, last = membership_of(tree.sides[1]), key_of(tree.sides[0])
        names = read.names(told.within(*m.span("names")))
        alike = tuple(n for n in names if last is not None and (k := key_of(n)) is not None and _alike(k, last))
        if said is not None and alike and len(alike) == len(names):
            begins = _begins(sentence, alike[0].span.start)
            span = alike[0].span.join(tree.span)
            yield Fact(begins, span, sentence.section, "shape", alike, "matrix", said.shape)


def _alike(a: Key, b: Key) -> bool:
    """Letters of one alphabet, font and case."""
    greek = a.base.startswith("\\"), b.base.startswith("\\")
    small = a.base.lstrip("\\")[:1].islower(), b.base.lstrip("\\")[:1].islower()
    return a.font == b.font and greek[0] == greek[1] and small[0] == small[1]


def _factorised(kind: str, told: Worded, read: Formulas, sentence: Sentence) -> Iterator[Fact]:
    """The first formula of a sentence that has the form of the factorisation that the sentence names."""
    for region in told.formulas:
        found = list(factors_of(kind, read.of(region)))
        for node, properties in found:
            yield Fact(sentence.begins, region.span, sentence.section, "property", (node,), "", None, properties)
        if found:
            return


def _fact(
    phrase: Phrase,
    m: re.Match[str],
    told: Worded,
    read: Formulas,
    sentence: Sentence,
    properties_in: Callable[[str, int, int], tuple[str, ...]],
) -> Fact | None:
    regions = _spoken_of(phrase, m, told, read)
    nodes = read.names(regions)
    if not nodes:
        return None
    span = Span(regions[0].outer.start, regions[-1].outer.end)
    groups = m.groupdict()
    shape: Shape | None = None
    properties: tuple[str, ...] = ()
    if phrase.what == "shape":
        size = read.of(told.at(m.start("size"))) if groups.get("size") else None
        one = dimension_of(read.of(told.at(m.start("n")))) if groups.get("n") else None
        two = dimension_of(read.of(told.at(m.start("p")))) if groups.get("p") else None
        sides = sides_of_size(size) if size is not None else (one, two) if one is not None and two is not None else None
        shape = _shape(phrase.value, sides, one)
        if groups.get("set"):
            member = membership_of(read.of(told.at(m.start("set"))))
            shape = member.shape if member is not None else None
        if shape is None:
            return None
        nodes = tuple(n for n in nodes if isinstance(n, (Name, Scripted)))
    elif phrase.what == "property":
        properties = properties_in(told.words, *m.span("property"))
    elif phrase.what == "named":
        properties = tuple(phrase.value.split())
    what: What = "property" if phrase.what == "named" else phrase.what  # type: ignore[assignment]
    begins = _begins(sentence, span.start)
    return Fact(begins, span, sentence.section, what, nodes, phrase.value, shape, properties)


_SIZES = re.compile(rf"{SIZE}(?:(?:,| and|, and|，|、|和|与)? ?{SIZE})+")
"""Several sizes in a row."""


def _respectively(fact: Fact, m: re.Match[str], told: Worded, read: Formulas) -> Iterator[Fact]:
    """The fact; of several sizes to several names, a size to each, or nothing where they do not match."""
    places = [x.span() for x in _SIZES.finditer(told.words)] if fact.what == "shape" and "size" in m.groupdict() else []
    row = next(((a, b) for a, b in places if a <= m.start("size") < b), None)
    if row is None:
        yield fact
        return
    sizes = [sides_of_size(read.of(r)) for r in told.within(*row)]
    if len(sizes) == len(fact.trees):
        for node, shape in zip(fact.trees, sizes, strict=True):
            if shape is not None:
                yield replace(fact, trees=(node,), shape=shape)


_ALL = re.compile(r"\b(?:are|both|all|each)\b|[均都]")
_OF = re.compile(r"\b(?:of|in|on|from|to|by|than|over|with|at)(?: (?:length|size|order|dimension))? \Z", re.I)
_PARTS_OF = re.compile(
    r"\b(?:entries|elements|components|coefficients|each|both|all|some|any|one|value|norm|rank) of \Z", re.I
)


def _spoken_of(phrase: Phrase, m: re.Match[str], told: Worded, read: Formulas) -> tuple[Region, ...]:
    """The formulas that a phrase speaks of, among the names beside it."""
    regions = told.within(*m.span("names"))
    words = told.words
    first = m.start("names") == m.start()
    if phrase.what not in ("named", "property", "kind", "shape"):
        return regions
    if first and (before := _OF.search(words, 0, m.start())) and not _PARTS_OF.search(words, 0, m.start()):
        # "of length $n$, and $M$ is …" speaks of M, "the product of $A$ and $B$ is …" of neither
        joint = words[m.start("names") : m.end("names")]
        if len(regions) > 1 and "," in joint and not before.group().lower().startswith("with"):
            return regions[-1:]
        return regions if before.group().lower().startswith(("with", "in")) else ()
    members = [isinstance(read.of(r), Relation) for r in regions]
    if (
        any(members)
        and phrase.what != "shape"
        and not (phrase.what != "named" and _ALL.search(m.group()[m.end("names") - m.start() :]))
    ):
        # "X \in ..., W \in ..., and I \in ... is the identity": the words beside the last speak of it alone
        return regions[-1:] if first else regions[:1]
    if first and _SINGULAR.match(m.group()[len(m.group("names")) :]):
        return regions[-1:]  # "$\\mu \in …$ and $\\Sigma$ is a matrix": the verb says that it speaks of one
    return regions


def _shape(kind: str, size: Shape | None, one: Dim | None) -> Shape | None:
    if kind == "matrix":
        return size
    if kind == "scalar":
        return SCALAR
    if one is None:
        return None
    return {"square": (one, one), "vector": (one, ONE), "row": (ONE, one)}[kind]


def hold(context: Context, fact: Fact) -> Context:
    """The context once a fact holds.  A shape in words does not replace one that a formula of the same section gives."""
    if fact.what == "member":
        return declare_tree(context, fact.nodes[0], section=fact.section)
    if fact.what == "equation":
        relation = fact.nodes[0]
        assert isinstance(relation, Relation)
        return assume_equation(context, relation, told=True)
    if fact.what == "property":
        return _described(context, fact)
    for node in fact.nodes:
        key = key_of(node)
        if key is None:
            continue
        elif fact.what == "role":
            context = replace(context, functions={**context.functions, key: fact.value})
        elif fact.what == "kind":
            context = _kind(context, key, node, fact)
        elif fact.shape is not None:
            # "$X$ is $n \\times k$" is as clear as a formula; of a list the words may speak in part
            origin = "told" if len(fact.nodes) == 1 else "prose"
            context = shaped(context, key, node, fact.shape, fact.section, origin)
    return context


def _described(context: Context, fact: Fact) -> Context:
    """Properties of symbols.  Where only square matrices have them, one of another shape is left out of a list that
    gives its shape ("invertible $A \\in …$, $U \\in …$"), and means something new where the text speaks of it again."""
    nodes = []
    for node in fact.nodes:
        key = key_of(node)
        found = context.find(key) if key is not None and not SQUARE.isdisjoint(fact.properties) else None
        shape = found[1].shape if found is not None else None
        if found is not None and shape is not None and not _may_be_square(shape):
            declared = found[1]
            if shape[1] == ONE and declared.section == fact.section and len(fact.nodes) > 1:
                continue  # "positive definite $A \\in …$ and $b \\in …$" says it of A
            if declared.span is not None and declared.section == fact.section and _within(declared.span, fact.span):
                continue
            context = context.declare(found[0], replace(declared, shape=None, properties=frozenset(), origin="prose"))
        nodes.append(node)
    return state_all(context, nodes, fact.properties)


def _may_be_square(shape: Shape) -> bool:
    return shape[0] == shape[1]


def _within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _kind(context: Context, key: Key, node: Node, fact: Fact) -> Context:
    found = context.symbols.get(key)
    if found is not None and found.shape is not None:
        return context
    properties = (found.properties if found is not None else frozenset()) - {"vector", "matrix", "row"}
    return context.declare(
        key, Declared(label_of(node), None, properties | {fact.value}, "prose", node.span, fact.section)
    )


def shaped(context: Context, key: Key, node: Node, shape: Shape, section: int = 0, origin: str = "prose") -> Context:
    """Names that words give a shape, unless a formula of the same section has given one."""
    letters = shape[0].letters() | shape[1].letters()
    context = replace(context, dimensions=context.dimensions | letters)
    found = context.symbols.get(key)
    if found is not None and found.shape is not None and found.section == section:
        return context
    kept = found.properties if found is not None and (found.shape is None or found.section == section) else frozenset()
    return context.declare(
        key, Declared(label_of(node), shape, kept - {"vector", "matrix", "row"}, origin, node.span, section)
    )


__all__ = ["Fact", "facts_of", "hold", "shaped"]
