"""What an operation answers: LaTeX templates, the values that fill them, and what was checked before anyone sees it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from nablatex.document.names import Key
from nablatex.explicit import numeric
from nablatex.explicit.values import Value

Kind = Literal["scalar", "matrix", "any", "equation"]


class Declined(ValueError):
    """The operation has no answer here; the words say why."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a derivation: LaTeX, and the rule that gave it from the line before."""

    latex: str
    rule: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What an operation works on: the value as read (integrals and the like still unevaluated).

    symbols: the free symbols by key; key and variable: the one that the author pointed at, or the only one;
    sides: left and right where the formula is an equation (several for a system); fresh: makes a symbol with a label
    that the formula does not use; reads: the value of an argument such as a point or an order.
    """

    value: Value
    symbols: dict[Key, Any]
    variable: Any | None
    sides: tuple[tuple[Value, Value], ...]
    fresh: Callable[..., Any]
    show: Callable[[Any], str]
    arguments: dict[str, Any] = field(default_factory=dict)
    text: str = ""

    def needs_variable(self) -> Any:
        if self.variable is None:
            raise Declined("by which symbol? put the cursor on it")
        return self.variable


@dataclass(frozen=True, slots=True)
class Answer:
    """before and after stand around the formula when the result is appended; result replaces it.

    ⟦0⟧, ⟦1⟧, … in the templates stand for values.  checks: pairs that must agree numerically, each with the
    least number of points at which they must have been seen to agree.
    """

    after: str
    result: str
    values: tuple[Value, ...]
    checks: tuple[tuple[Value, Value], ...]
    before: str = ""
    steps: tuple[Step, ...] = ()
    note: str = ""
    read_back: bool = True
    domain: Any = None
    """A condition of SymPy under which the answer holds, which it then says."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing to do with a formula; kind says with which."""

    name: str
    title: str
    kind: Kind
    run: Callable[[Subject], Answer]
    variable: bool = False
    arguments: tuple[str, ...] = ()


OPERATIONS: dict[str, Operation] = {}


def place(k: int) -> str:
    """Where value k goes in a template."""
    return f"⟦{k}⟧"


def filled(template: str, texts: list[str]) -> str:
    """A template with its values."""
    return re.sub(r"⟦(\d+)⟧", lambda m: texts[int(m.group(1))], template)


def operation(
    name: str, title: str, kind: Kind, variable: bool = False, arguments: tuple[str, ...] = ()
) -> Callable[[Callable[[Subject], Answer]], Callable[[Subject], Answer]]:
    """Registers a function as an operation."""

    def register(run: Callable[[Subject], Answer]) -> Callable[[Subject], Answer]:
        OPERATIONS[name] = Operation(name, title, kind, run, variable, arguments)
        return run

    return register


def equals(value: Value, of: Value, note: str = "", steps: tuple[Step, ...] = ()) -> Answer:
    """`` = value``, checked against what it stands for."""
    return Answer(" = ⟦0⟧", "⟦0⟧", (value,), ((value, of),), steps=steps, note=note)


def confirmed(answer: Answer) -> str | None:
    """Why an answer must not be shown, or None: every pair agreed at random points and differed at none."""
    rng = random.Random(2024)
    for a, b in answer.checks:
        agreed, where = numeric.compare(a, b, rng, domain=answer.domain)
        if where is not None:
            return "the result did not agree numerically with the formula"
        if not agreed:
            return "the result could not be confirmed numerically"
    return None
