"""What a derivation panel is made of: frozen data that the process which talks to the editor can load without the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nablatex.features.model import Action
from nablatex.latex.tree import Span


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as LaTeX in the author's notation and as one line of Unicode text."""

    latex: str
    text: str


@dataclass(frozen=True, slots=True)
class SymbolRow:
    """A symbol: name as text, spelling, shape with properties, where that is from; guessed where nothing was stated."""

    name: str
    latex: str
    shape: str
    origin: str
    guessed: bool
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """kind: a verdict's name; evidence: one line each; counterexample: plain JSON data."""

    kind: str
    text: str
    evidence: tuple[str, ...] = ()
    counterexample: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class StepRow:
    """A line of the derivation, the rule that leads to it, and whether it was checked."""

    formula: Formula
    rule: str
    status: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another way to write the result: its name and the formula."""

    name: str
    formula: Formula


@dataclass(frozen=True, slots=True)
class MacroRow:
    """An author's macro that the formulas use, for a typesetter: default is that of an optional first argument."""

    name: str
    parameters: int
    default: str | None
    body: str


@dataclass(frozen=True, slots=True)
class Panel:
    """What a panel shows; `reason` says why there is no result or no verdict."""

    span: Span
    formula: Formula
    reading: str
    symbols: tuple[SymbolRow, ...] = ()
    verdict: VerdictRow | None = None
    steps: tuple[StepRow, ...] = ()
    result: Formula | None = None
    styles: tuple[str, ...] = ()
    style: str | None = None
    alternatives: tuple[Alternative, ...] = ()
    actions: tuple[Action, ...] = ()
    codes: Mapping[str, str] | None = None
    macros: tuple[MacroRow, ...] = ()
    reason: str = ""
