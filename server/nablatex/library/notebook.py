"""Jupyter: results and derivations typeset, and the magic ``%%nablatex`` for a cell of LaTeX text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nablatex.features.check import at_offset, check_document, reading_of
from nablatex.features.derivations import Derivation, derive_steps
from nablatex.features.insertion import block
from nablatex.features.model import Settings, Statement
from nablatex.features.programs import meant
from nablatex.latex.tree import Derivative, Differential
from nablatex.library.formulas import Checked, Result, steps

DISPLAY = re.compile(r"(?<!\\)\\[\[\]]")
"""The ends of a display, which notebooks write as $$."""
MARKS = {"proved": "✓", "holds": "✓", "conditional": "?", "fails": "✗", "ill-shaped": "✗", "unknown": "?"}


@dataclass(frozen=True, slots=True)
class Shown:
    """Markdown that a notebook typesets; printed, it is its own source."""

    markdown: str

    def _repr_markdown_(self) -> str:
        return self.markdown

    def __str__(self) -> str:
        return self.markdown


def display(what: str | Derivation | Result | Checked, wrt: str | None = None, **known: Any) -> Shown:
    """A derivation, a result or a verdict, typeset where a notebook shows it.

    LaTeX text is derived (`steps`): wrt, and declare, assume, context, preamble, layout, style as there.
    """
    if isinstance(what, str):
        what = steps(what, wrt, **known)
    if isinstance(what, Result):
        return Shown(f"$$\n{what.latex}\n$$\n")
    if isinstance(what, Checked):
        return Shown(verdict_line(what.verdict, what.message, what.fixes))
    return Shown(block(what.steps, "text", "markdown").strip() + "\n")


def verdict_line(verdict: str, message: str, fixes: Sequence[str] = ()) -> str:
    line = f"{MARKS.get(verdict, '?')} **{verdict}**: {message}"
    return line + (f"; it should be ${fixes[0]}$\n" if fixes else "\n")


def annotated(text: str) -> str:
    """A cell's text, and below it each formula's derivation or verdict."""
    parts = [DISPLAY.sub("$$", text.strip()), ""]
    for s in check_document(text, Settings()):
        if s.kind == "claim":
            parts.append(f"- ${s.latex.strip()}$ {verdict_line(s.verdict or 'unknown', s.message, _fixes(s)).strip()}")
        elif s.kind == "expression":
            parts.extend(_derived(text, s))
    return "\n".join(parts) + "\n"


def _fixes(s: Statement) -> list[str]:
    return [f.replacement for f in s.fixes]


def _derived(text: str, s: Statement) -> list[str]:
    reading = reading_of(text)
    read = at_offset(reading, s.span.start, s.span.end)
    tree = meant(read) if read is not None else None
    if read is None or tree is None or not any(isinstance(n, (Derivative, Differential)) for n in tree.walk()):
        return []
    layout = "denominator" if reading.layout in (None, "auto") else str(reading.layout)
    done = derive_steps(tree, read.context, layout, reading.notation, text)
    if done.status != "ok":
        return [f"- ${s.latex.strip()}$: {done.message}"]
    return [block(done.steps, "text", "markdown").strip(), ""]


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext nablatex``: cells that start with ``%%nablatex`` hold LaTeX text and are read, checked and derived."""

    def run(_line: str, cell: str) -> Shown:
        return Shown(annotated(cell))

    shell.register_magic_function(run, "cell", "nablatex")
