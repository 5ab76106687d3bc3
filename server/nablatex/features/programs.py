"""A document's formula as a program: what *Export as NumPy* and `nablatex/code` answer."""

from __future__ import annotations

from nablatex.codegen.languages import LANGUAGES
from nablatex.document.statements import Statement as Read
from nablatex.features.check import document_layout, reading_of
from nablatex.features.evaluate import target_at
from nablatex.features.export import Exported, Wanted, export_formula, formula_of
from nablatex.features.model import EXPORT, Action, Settings
from nablatex.latex.tree import Derivative, Differential, Node, Relation


def program_at(
    text: str, start: int, end: int, language: str, value: bool, check: bool, settings: Settings, host: str = "latex"
) -> Exported:
    """The formula at a range, or the part of it that is selected, as a program; an Exported that says why not.

    A check and the function beside its derivative are given where there is a derivative by a symbol.
    """
    read = next((s for s in reading_of(text).between(start, end) if meant(s) is not None), None)
    tree = meant(read) if read is not None else None
    if read is None or tree is None:
        return Exported("unsupported", "there is no formula here that has a value", language)
    context = read.context
    if start < end and (read.span.start < start or end < read.span.end):
        part = target_at(text, start, end)
        if part is None:
            return Exported("unsupported", "what is selected cannot be read as a formula", language)
        tree, context = part.tree, part.context
    layout = document_layout(text, settings)
    found = formula_of(tree, context, layout, reading_of(text).notation, text)
    if isinstance(found, Exported):
        return found
    return export_formula(found, Wanted(language, value, check and found.checkable))


def meant(read: Read) -> Node | None:
    """What is computed: a derivative on the left side, else what a name or a left side is said to be."""
    if not read.readable or read.kind == "declaration":
        return None
    tree = read.tree
    if not isinstance(tree, Relation):
        return tree
    if any(isinstance(n, (Derivative, Differential)) for n in tree.sides[0].walk()):
        return tree.sides[0]
    return tree.sides[1]


def export_actions(read: Read, settings: Settings, chosen: bool) -> list[Action]:
    """*Export as …* for the languages of the settings: at derivatives, definitions and claims, or what is `chosen`.

    Not at every symbol in the text, where a lightbulb would say nothing.
    """
    tree = meant(read)
    if tree is None or read.kind not in ("expression", "definition", "claim"):
        return []
    if not chosen and read.kind == "expression" and not any(isinstance(n, Derivative) for n in tree.walk()):
        return []
    data = {"do": "export", "start": read.span.start, "end": read.span.end}
    return [
        Action(EXPORT, f"Export as {LANGUAGES[name].title}", {**data, "language": name})
        for name in settings.export_languages
    ]


__all__ = ["export_actions", "meant", "program_at"]
