"""All that is known of the formula at an offset: what a derivation panel shows, beside the text or below it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from nablatex.algebra.dims import Shape, shape_text
from nablatex.algebra.normal import normal_form
from nablatex.document.elaborate import Elaboration, elaborate
from nablatex.document.names import Key, key_of
from nablatex.document.printing import Unprintable, to_latex
from nablatex.document.statements import Statement as Read
from nablatex.features.actions import actions
from nablatex.features.around import Around, current
from nablatex.features.check import around, at_offset, document_layout, reading_of, statement
from nablatex.features.declarations import HIDDEN
from nablatex.features.engine import NO_RESULT, Derived, assumptions_of, derive_formula, disagreement
from nablatex.features.explanation import explain_step
from nablatex.features.export import codes_of, exportable
from nablatex.features.insertion import derivation_of
from nablatex.features.model import EXPORT, STYLES, Settings
from nablatex.features.model import Statement as Judged
from nablatex.features.panel_model import Alternative, Formula, MacroRow, Panel, StepRow, SymbolRow, VerdictRow
from nablatex.features.plain import plain
from nablatex.latex.macros import MacroTable
from nablatex.latex.tokens import Token
from nablatex.latex.tree import Derivative, Differential, Matrix, Name, Node, Relation, Scripted, Span

KEPT = 64
NEED_A_READING = frozenset(("insert", "derivation", "form", "stationary", "continue"))
"""Actions that lead to nothing where a formula cannot be formed."""


@lru_cache(maxsize=KEPT)
def _panel(text: str, span: Span, settings: Settings, host: str, style: str | None, around: Around) -> Panel | None:
    read = next((s for s in reading_of(text).between(span.start, span.end) if s.span == span), None)
    return None if read is None else _Builder(text, read, settings, host, style).panel()


def panel(text: str, offset: int, style: str | None, settings: Settings, host: str = "latex") -> Panel | None:
    """The panel for the formula or the step at an offset; None outside formulas.

    The same answer for every offset of one formula, so that a cursor that moves inside it costs nothing.
    """
    read = statement_at(text, offset)
    return None if read is None else _panel(text, read.span, settings, host, style, current())


def statement_at(text: str, offset: int) -> Read | None:
    """The statement that holds an offset, else the nearest one of the formula around it."""
    reading = reading_of(text)
    found = at_offset(reading, offset, offset)
    if found is not None:
        return found
    region = reading.region_at(offset)
    if region is None:
        return None
    inside = [s for s in reading.between(region.span.start, region.span.end) if region.span.start <= s.span.start]
    return min(inside, key=lambda s: max(s.span.start - offset, offset - s.span.end), default=None)


class _Builder:
    """Gathers the parts of one panel."""

    def __init__(self, text: str, read: Read, settings: Settings, host: str, style: str | None) -> None:
        self.text, self.read, self.settings, self.host, self.style = text, read, settings, host, style
        self.notation = reading_of(text).notation
        self.layout = document_layout(text, settings)

    def panel(self) -> Panel:
        read = self.read
        formula = self.formula(formula_of(self.text, read))
        every = actions(self.text, read.span.start, read.span.end, self.settings, self.host)
        offered = tuple(a for a in every if a.kind != EXPORT)  # the panel has the programs themselves
        if not read.readable:
            return Panel(
                span=read.span,
                formula=formula,
                reading="not read",
                actions=offered,
                macros=tuple(macros_in([formula.latex], read.context.macros)),
                reason="the formula is incomplete here",
            )
        said = self.said()
        found = elaborate(said, read.context, self.layout, self.text) if said is not None else Elaboration(())
        reading = reading_of(self.text)
        layout = reading.layout or self.settings.layout
        judged = statement(read, self.text, layout, self.notation, where=around(reading, read))
        verdict = verdict_row(judged, self.explanation(judged))
        derived = self.derive(self.layout)
        exported = exportable(derived) if derived is not None else None
        result = self.formula(derived.latex) if derived is not None and derived.latex is not None else None
        style = self.style if self.style in STYLES else self.settings.derivation_style
        steps = tuple(self.steps(style)) if result is not None else ()
        shown = [formula.latex, *([result.latex] if result else ()), *(s.formula.latex for s in steps)]
        return Panel(
            span=read.span,
            formula=formula,
            reading=self.reading(found),
            symbols=tuple(self.symbols(found)),
            verdict=verdict,
            steps=steps,
            result=result,
            styles=STYLES if steps else (),
            style=style if steps else None,
            alternatives=(*self.alternatives(result), *self.forms(result, derived, found)),
            actions=offered if found.readings else tuple(a for a in offered if a.data["do"] not in NEED_A_READING),
            codes=codes_of(exported) if exported is not None else {},
            macros=tuple(macros_in(shown, read.context.macros)),
            reason=self.reason(found, derived),
        )

    def formula(self, latex: str) -> Formula:
        return Formula(latex, plain(latex, self.read.context.macros))

    def said(self) -> Node | None:
        """What has a shape: of a definition its right side; a declaration has none."""
        if self.read.kind == "declaration":
            return None
        return self.read.right if self.read.kind == "definition" and self.read.right is not None else self.read.tree

    def explanation(self, judged: Judged) -> str:
        """The rules that lead over a step that holds; a derivative is explained by its derivation."""
        read = self.read
        if judged.verdict not in ("proved", "holds") or self.target() is not None or not (read.left and read.right):
            return ""
        return explain_step(read.left, read.right, read.context, self.layout, self.text)

    def target(self) -> Node | None:
        """What the result is of: a derivative, standing alone or on the left of a claim."""
        tree: Node | None = self.read.left if isinstance(self.read.tree, Relation) else self.read.tree
        if tree is None or not any(isinstance(n, (Derivative, Differential)) for n in tree.walk()):
            return None
        return tree

    def derive(self, layout: str) -> Derived | None:
        tree = self.target()
        if tree is None:
            return None
        return derive_formula(tree, self.read.context, layout, self.notation, self.text)

    def steps(self, style: str) -> Iterator[StepRow]:
        """The derivation, each line with its left side, or going on from the line above."""
        for step in derivation_of(self.text, self.read, self.settings, style).steps:
            yield StepRow(self.formula(f"{step.left} = {step.latex}".strip()), step.rule, step.status)

    def alternatives(self, result: Formula | None) -> Iterator[Alternative]:
        """The result in the other layout, where it is another formula there; mixed layouts say what one of these says."""
        seen = {result.latex} if result is not None else set()
        for layout in ("denominator", "numerator") if result is not None else ():
            derived = self.derive(layout) if layout != self.layout else None
            if derived is not None and derived.latex is not None and derived.latex not in seen:
                seen.add(derived.latex)
                yield Alternative(f"{layout} layout", self.formula(derived.latex))

    def forms(self, result: Formula | None, derived: Derived | None, found: Elaboration) -> Iterator[Alternative]:
        """The result multiplied out, where that is another formula; confirmed like the result itself."""
        if result is None or derived is None or derived.expr is None or not found.readings:
            return
        try:
            form = normal_form(derived.expr)
            latex = to_latex(form, self.notation)
            given = assumptions_of(found.readings[0], self.read.context)
            agrees = latex != result.latex and disagreement(derived.expr, form, given) is None
        except (Unprintable, *NO_RESULT):
            return
        if agrees:
            yield Alternative("multiplied out", self.formula(latex))

    def reading(self, found: Elaboration) -> str:
        if not found.readings:
            if self.read.kind == "declaration":
                return "declaration"
            shaped = found.failure is not None and found.failure.kind == "ill-shaped"
            return f"{self.read.kind}, {'cannot be formed' if shaped else 'not understood'}"
        first = found.readings[0]
        shapes = list(dict.fromkeys(shape_text(s.shape) for s in first.sides))
        words = f"{self.read.kind}, {' = '.join(shapes)}"
        if self.target() is not None:
            words += f", {self.layout} layout"
        others = len(found.readings) - 1
        return words + (f"; {others} other reading{'s' if others > 1 else ''}" if others else "")

    def symbols(self, found: Elaboration) -> Iterator[SymbolRow]:
        if found.readings:
            for key, info in found.readings[0].symbols.items():
                known = self.read.context.find(key)
                if known is not None and known[1].shape is not None:
                    yield self.stated(known[0], info.label, info.shape, known[1].properties)
                else:
                    properties = known[1].properties if known is not None else frozenset()
                    yield self.row(info.label, info.shape, properties, "inferred", True, None)
        elif self.read.kind == "declaration":
            here = self.read.span
            for key, d in reading_of(self.text).declared:
                if d.span is not None and d.shape is not None and here.start <= d.span.start < here.end:
                    yield self.stated(key, d.label, d.shape, d.properties)
        else:  # what is declared is known also where the formula cannot be formed
            names = (key_of(n) for n in self.read.tree.walk() if isinstance(n, (Name, Scripted)))
            for key in dict.fromkeys(k for k in names if k is not None):
                known = self.read.context.find(key)
                if known is not None and known[1].shape is not None:
                    yield self.stated(known[0], known[1].label, known[1].shape, known[1].properties)

    def stated(self, key: Key, label: str, shape: Shape, properties: frozenset[str]) -> SymbolRow:
        span = self.declaration(key, label)
        line = f" in line {self.text.count(chr(10), 0, span.start) + 1}" if span is not None else ""
        return self.row(label, shape, properties, "declared" + line, False, span)

    def row(
        self, label: str, shape: Shape, properties: frozenset[str], origin: str, guessed: bool, span: Span | None
    ) -> SymbolRow:
        words = ", ".join([shape_text(shape), *sorted(properties - HIDDEN)])
        return SymbolRow(plain(label, self.read.context.macros), label, words, origin, guessed, span)

    def declaration(self, key: Key, label: str) -> Span | None:
        """Where a symbol is declared, if its spelling stands there (a declaration in prose may have no place)."""
        span = reading_of(self.text).declaration(key, self.read.span.start)
        return span if span is not None and self.text[span.start : span.end].strip() == label else None

    def reason(self, found: Elaboration, derived: Derived | None) -> str:
        if not found.readings and self.read.kind != "declaration":
            return found.failure.message if found.failure is not None else "not understood"
        return derived.message if derived is not None else ""


def formula_of(text: str, read: Read) -> str:
    """The formula as written; a step that goes on from the line above, with its left side."""

    def source(node: Node) -> str:
        latex = text[node.span.start : node.span.end].strip()
        return latex if any(isinstance(n, Matrix) for n in node.walk()) else latex.replace("&", "")

    if read.left is None or read.right is None or not isinstance(read.tree, Relation):
        return source(read.tree) if read.readable else text[read.span.start : read.span.end].strip()
    return f"{source(read.left)} {read.tree.ops[0]} {source(read.right)}"


def verdict_row(s: Judged, explanation: str = "") -> VerdictRow | None:
    """A verdict with its evidence in words, the rules first that lead over the step."""
    if s.verdict is None:
        return None
    e = s.evidence
    lines: list[str] = [f"because: {explanation}"] if explanation else []
    if e.get("method"):
        lines.append(f"method: {e['method']}")
    if e.get("points"):
        lines.append(f"{e['points']} random points, seed {e.get('seed')}")
    if e.get("sizes"):
        lines.append("sizes: " + "; ".join(", ".join(f"{k} = {v}" for k, v in z.items()) for z in e["sizes"] if z))
    if "largest_difference" in e:
        lines.append(f"largest relative difference: {e['largest_difference']:.1e}")
    if e.get("holds_if"):
        lines.append(f"it would hold for {e['holds_if']}")
    return VerdictRow(s.verdict, s.message, tuple(x for x in lines if x != "sizes: "), e.get("counterexample"))


_COMMAND = re.compile(r"\\(?:[A-Za-z@]+|.)")


def macros_in(formulas: list[str], table: MacroTable) -> Iterator[MacroRow]:
    """The macros that formulas use, and those that these use."""
    waiting = [c for f in formulas for c in _COMMAND.findall(f)]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        macro = table.macros.get(name)
        if name in seen or macro is None:
            continue
        seen.add(name)
        body = _source(macro.body)
        default = _source(macro.default) if macro.default is not None else None
        waiting.extend(_COMMAND.findall(body))
        yield MacroRow(name, macro.parameters, default, body)


def _source(tokens: tuple[Token, ...]) -> str:
    """Tokens as LaTeX again: a space where one stood, and behind a command word that a letter follows."""
    out = ""
    for t in tokens:
        word = out and re.search(r"\\[A-Za-z@]+\Z", out) and t.text[:1].isalpha()
        out += (" " if t.gap or word else "") + t.text
    return out


__all__ = ["Panel", "panel"]
