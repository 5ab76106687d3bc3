"""What the features return: frozen data in offsets (code points) of the text, for lsp and cli alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from nablatex.latex.tree import Span

Layout = Literal["denominator", "numerator", "mixed", "auto"]
Kind = Literal["claim", "definition", "condition", "assumption", "declaration", "expression"]
VerdictName = Literal["proved", "holds", "conditional", "fails", "ill-shaped", "unknown"]

Notes = Literal["text", "tag", "comment", "none"]
"""Where the rule of a derivation's step is written: beside it, as its tag, as a TeX comment, or not at all."""

NOTES: tuple[str, ...] = ("text", "tag", "comment", "none")
STYLES: tuple[str, ...] = ("trace", "frobenius", "perturbation", "maps", "components")
"""The styles of derivation, the usual one first."""
LANGUAGES: tuple[str, ...] = ("numpy", "jax", "torch", "julia", "matlab", "sympy")
"""The programming languages that a formula can be exported to."""
LAYOUTS: tuple[str, ...] = ("denominator", "numerator", "mixed", "auto")


@dataclass(frozen=True, slots=True)
class Settings:
    """An author's settings; `layout` auto means: what the document's own claims show, else denominator."""

    layout: Layout = "auto"
    diagnostics: bool = True
    hover: bool = True
    inlay_hints: bool = True
    marks: bool = True
    code_lens: bool = True
    hover_result: bool = False
    """Whether the hover says the result of a derivative as text; clients that typeset it show it themselves."""
    completion: bool = True
    derivation_style: str = "trace"
    derivation_notes: Notes = "text"
    export_languages: tuple[str, ...] = ("numpy",)
    """The languages that the menu of actions offers to export a formula to."""
    ignore: tuple[str, ...] = ()
    """Codes that are never shown."""
    seed: int | None = None
    """The random seed of the checks; None is the usual one.  Evidence names it, so that a check can be repeated."""
    cache: bool = False
    """Whether verdicts that hold are kept in the user's cache folder from one run to the next."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text of span (empty: insert) by new."""

    span: Span
    new: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A mend that was checked: title for the menu, replacement of the wrong part, the edits that make it."""

    title: str
    replacement: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One formula (or one step of a chain) of a document and what is said of it.

    span: the formula or step; focus: the part that a squiggle marks (the wrong right side);
    code: NB... where something is wrong, else None; evidence: plain JSON data (method, sizes, seed,
    counterexample, error probability, assumptions ...).
    """

    span: Span
    focus: Span
    latex: str
    kind: Kind
    verdict: VerdictName | None
    code: str | None
    message: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    fixes: tuple[Fix, ...] = ()
    severity: Literal["error", "warning", "information"] = "information"
    """How loudly it is said, where there is a code."""
    related: tuple[tuple[Span, str], ...] = ()
    """Other places of the document that it is about, in words."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A place in another file: its path, a piece of its text, and the span in that piece."""

    path: str
    piece: str
    span: Span


@dataclass(frozen=True, slots=True)
class HoverText:
    span: Span
    markdown: str


@dataclass(frozen=True, slots=True)
class Inlay:
    """A shape shown behind a symbol: offset, label such as ``: m×n``, tooltip (where it is from)."""

    offset: int
    label: str
    tooltip: str


@dataclass(frozen=True, slots=True)
class Completion:
    """A text that can stand at span: kind is ``result``, ``symbol`` or ``macro``; a lower rank comes first.

    snippet: the text with places for arguments, for clients that can; data: what `explain` needs.
    """

    label: str
    insert: str
    span: Span
    kind: Literal["result", "symbol", "macro"]
    detail: str = ""
    snippet: str | None = None
    data: Mapping[str, Any] | None = None
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Lens:
    """A line over a chain of steps; the title is empty until it is worked out."""

    span: Span
    title: str


EXPORT = "refactor.export"
"""Kind of the actions *Export as …*: VS Code's lightbulb shows what is under "refactor", and hides what is under "source"."""


@dataclass(frozen=True, slots=True)
class Action:
    """A code action before it is resolved: data is all that `resolve` needs besides the text.

    kind: ``refactor.rewrite`` (insert derivative, check this identity), ``quickfix`` or `EXPORT`.
    """

    kind: str
    title: str
    data: Mapping[str, Any]
    preferred: bool = False


@dataclass(frozen=True, slots=True)
class EditsIn:
    """Edits in a part of another file: its path, the part as it was read, the edits in it."""

    path: str
    part: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Resolved:
    """Result of an action: edits to apply, or none and a message that says why; message is also what a check found."""

    edits: tuple[Edit, ...]
    message: str
    level: Literal["info", "warning", "error"] = "info"
    others: tuple[EditsIn, ...] = ()
    """Edits in other files of the document."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong, in order; pending: the parts of the text that are not judged yet; how many blocks are, and of how many."""

    wrong: tuple[Statement, ...]
    pending: tuple[Span, ...]
    done: int
    total: int

    @property
    def complete(self) -> bool:
        return not self.pending
