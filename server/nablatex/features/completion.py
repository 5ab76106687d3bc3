"""Completion: the derivative behind ``=``, the variables of a derivative, the author's macros for known operators."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nablatex.algebra.dims import shape_text
from nablatex.document.context import Context
from nablatex.document.names import Key, key_of
from nablatex.document.notation import notation_of
from nablatex.features.check import document_layout, reading_of
from nablatex.features.cues import Cue, cue
from nablatex.features.engine import derive_formula
from nablatex.features.insertion import derivation_of
from nablatex.features.model import Completion, Settings
from nablatex.features.plain import plain
from nablatex.latex.macros import Macro, MacroTable, expand
from nablatex.latex.parse import WORDS, parse
from nablatex.latex.tokens import Token
from nablatex.latex.tree import Derivative, Differential, Missing, Name, Node, Relation, Scripted, Span

MAX_ITEMS = 60
OPERATORS = frozenset(
    r"\top \intercal \odot \otimes \circ \| \lVert \rVert \partial \nabla \det \log \ln \exp \operatorname \dagger"
    r" \mathbb \langle \rangle \sum".split()
)
"""Commands that make a macro worth offering: it stands for an operator, a set or a fence that the reader knows."""


def complete(text: str, offset: int, settings: Settings, host: str = "latex") -> tuple[Completion, ...]:
    """What can stand at an offset, the likeliest first; nothing outside formulas."""
    found = cue(text, offset)
    region = reading_of(text).region_at(offset) if found is not None else None
    if found is None or region is None or not region.span.start <= offset <= region.span.end:
        return ()
    if found.kind == "result":
        return tuple(result(text, offset, settings))
    if found.kind == "variable":
        return tuple(variables(text, found, region.span))[:MAX_ITEMS]
    return tuple(macros(found, reading_of(text).macros))[:MAX_ITEMS]


def result(text: str, offset: int, settings: Settings) -> Iterator[Completion]:
    """The derivative, where the formula before ``=`` asks for one and nothing stands behind."""
    target, place = asked_for(text, offset)
    if target is None or place is None:
        return
    context = context_at(text, place)
    done = derive_formula(target, context, document_layout(text, settings), notation_of(text), text)
    if done.status != "ok" or done.latex is None:
        return
    space = "" if text[offset - 1 : offset].isspace() else " "
    shape = "×".join(done.shape) if done.shape is not None else ""
    yield Completion(
        label=done.latex,
        insert=space + done.latex,
        span=Span(offset, offset),
        kind="result",
        detail=f"{plain(text[target.span.start : target.span.end], context.macros)}, {shape}, {done.layout} layout",
        data={"do": "explain", "start": place.start, "end": place.end, "offset": offset},
    )


def asked_for(text: str, offset: int) -> tuple[Node | None, Span | None]:
    """The side before the relation that ends at an offset, if it asks for a derivative, and its statement's span."""
    for read in reading_of(text).between(offset, offset):
        tree = read.tree
        if not isinstance(tree, Relation):
            continue
        for k, op in enumerate(tree.op_spans):
            behind = text[op.end : offset].replace("&", "").strip()
            if op.end <= offset and not behind and isinstance(tree.sides[k + 1], Missing):
                side = tree.sides[k]
                if any(isinstance(n, (Derivative, Differential)) for n in side.walk()):
                    return side, read.span
    return None, None


def context_at(text: str, span: Span) -> Context:
    """What is known where a formula stands."""
    reading = reading_of(text)
    return next((s.context for s in reading.between(span.start, span.end)), reading.context)


def explain(text: str, offset: int, settings: Settings, host: str = "latex") -> str:
    """The derivation of the result that is offered at an offset, a line each: for the documentation beside it."""
    target, place = asked_for(text, offset)
    if target is None or place is None:
        return ""
    read = next((s for s in reading_of(text).between(place.start, place.end) if s.span == place), None)
    if read is None:
        return ""
    steps = derivation_of(text, read, settings, settings.derivation_style).steps
    table = read.context.macros
    return "\n".join(f"{plain(f'{s.left} = {s.latex}'.strip(), table)}   ({s.rule})" for s in steps)


def variables(text: str, found: Cue, region: Span) -> Iterator[Completion]:
    """Known symbols, those first that the differentiated formula holds."""
    context = context_at(text, region)
    inside = dict.fromkeys(held(text, found, context)) if found.above is not None else {}
    known: dict[Key, str] = {k: shape_text(d.shape) if d.shape is not None else "" for k, d in context.symbols.items()}
    labels = {k: d.label for k, d in context.symbols.items()}
    first = [k for k in inside if k in known]
    prefix = text[found.span.start : found.span.end]
    for rank, key in enumerate([*first, *(k for k in known if k not in inside)]):
        label = labels[key]
        if label and not key.prefix and label.startswith(prefix):
            yield Completion(label, label, found.span, "symbol", known[key], rank=rank)


def held(text: str, found: Cue, context: Context) -> Iterator[Key]:
    """Symbols of the numerator, definitions unfolded."""
    assert found.above is not None
    inner = text[found.above.start + 1 : found.above.end - 1]
    tree: Node | None = parse(inner.replace("\\partial", " ").strip(), macros=context.macros).tree
    waiting: list[Node] = [tree] if tree is not None else []
    seen: set[Key] = set()
    while waiting and len(seen) < 200:
        for node in waiting.pop().walk():
            key = key_of(node) if isinstance(node, (Name, Scripted)) else None
            if key is None or key in seen:
                continue
            seen.add(key)
            known = context.find(key)
            yield known[0] if known is not None else key
            definition = context.definition(key)
            if definition is not None:
                waiting.append(definition.body)


def macros(found: Cue, table: MacroTable) -> Iterator[Completion]:
    """The document's own macros that stand for something the reader knows."""
    for name, macro in sorted(table.macros.items()):
        if name[1:].isalpha() and knows(macro, table):
            body = plain(" ".join(t.text for t in macro.body), table)
            snippet = name + "".join(f"{{${k + 1}}}" for k in range(macro.parameters - (macro.default is not None)))
            yield Completion(name, name, found.span, "macro", body, snippet=snippet if snippet != name else None)


def knows(macro: Macro, table: MacroTable) -> bool:
    """Whether a macro's expansion holds an operator of the reader's vocabulary."""
    tokens: list[Token] = expand(list(macro.body), table)
    if any(t.text in OPERATORS for t in tokens):
        return True
    return bool(words(tokens) & WORDS)


def words(tokens: Iterable[Token]) -> set[str]:
    """The words that single letters spell: ``\\mathrm { t r }`` → tr."""
    found: set[str] = set()
    word = ""
    for t in tokens:
        if t.kind == "char" and t.text.isalpha() and not t.gap:
            word += t.text
            continue
        found.add(word)
        word = t.text if t.kind == "char" and t.text.isalpha() else ""
    return found | {word}


__all__ = ["complete", "explain"]
