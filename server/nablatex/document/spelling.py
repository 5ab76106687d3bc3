r"""An author's own macros in what is written: ``\tran``, ``\Id``, ``\norm{…}`` where the document defines and uses them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from nablatex.document.blocks import Block
from nablatex.document.notation import Notation
from nablatex.latex.macros import Macro, MacroTable

_MARKS = frozenset(
    ("\\top", "T", "\\intercal", "\\mathsf{T}", "\\mathsf T", "\\mathrm{T}", "\\mathrm T", "\\text{T}", "{\\top}")
)
_WHOLE = {
    "trace": ("\\operatorname{tr}", "\\operatorname{Tr}", "\\mathrm{tr}", "\\mathrm{Tr}", "\\text{tr}", "\\text{Tr}"),
    "det": ("\\operatorname{det}", "\\mathrm{det}", "\\det"),
    "hadamard": ("\\odot", "\\circ"),
    "kron": ("\\otimes",),
    "identity": ("\\mathbf{I}", "\\bm{I}", "\\boldsymbol{I}", "\\mathbb{I}", "I", "\\mathrm{I}"),
    "ones": ("\\mathbf{1}", "\\mathbb{1}", "\\bm{1}", "\\boldsymbol{1}"),
    "differential": ("\\mathrm{d}", "\\mathrm d", "\\operatorname{d}"),
}
_NORM = re.compile(r"(?:\\lVert|\\\||\\left\\\||\\lVert )\s*(?:#\d)\s*(?:\\rVert|\\\|)\Z")


def in_macros(notation: Notation, macros: MacroTable, blocks: Sequence[Block]) -> Notation:
    """The notation with the author's macros for what they stand for, where she uses them.

    blocks: of the text."""
    found: dict[str, object] = {}
    for field, value, name in _candidates(macros):
        if any(name in b.commands and _uses(b.text, name, field) for b in blocks):
            found.setdefault(field, value)
    return replace(notation, **found) if found else notation  # type: ignore[arg-type]


def _candidates(macros: MacroTable) -> Iterator[tuple[str, object, str]]:
    for name, macro in macros.macros.items():
        body = _body(macro)
        if not macro.parameters:
            if body in _MARKS:
                yield "transpose", name, name
            elif body.startswith("^") and body[1:] in _MARKS:
                yield "suffix", name, name
            for field, spellings in _WHOLE.items():
                if body in spellings:
                    yield field, name, name
        elif "m" in (macro.kinds or "m") and _NORM.fullmatch(body):
            yield "norm", (name + "{", "}"), name


def _body(macro: Macro) -> str:
    """The body as it is written without spaces; ``^{\\top}`` loses its braces."""
    text = "".join(t.text for t in macro.body)
    text = re.sub(r"(\\math(?:rm|sf))T(?![A-Za-z])", r"\1{T}", text)  # {\mathrm T} without its space
    m = re.fullmatch(r"\^\{(.*)\}", text)
    return "^" + m.group(1) if m else text


def _uses(text: str, name: str, field: str) -> int:
    """How often a document uses a macro, its definitions aside; a transpose mark counts behind ^ alone."""
    end = r"(?![A-Za-z])" if name[-1].isalpha() else ""
    before = (
        r"\^\{?\s*"
        if field == "transpose"
        else r"(?<!command\{)(?<!command)(?<!Operator\{)(?<!def)(?<!Delimiter\{)(?<!Delimiter)"
    )
    return len(re.findall(before + re.escape(name) + end, text))


__all__ = ["in_macros"]
