r"""A matrix raised to a matrix: both readings are offered, A^B = e^{(\log A) B} and e^{B \log A}."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nablatex.document.elaborate import elaborate
from nablatex.document.scripts import AMBIGUOUS_POWER
from nablatex.document.statements import Statement
from nablatex.features.model import Action, Edit, Resolved
from nablatex.latex.tree import Scripted, Span, Sum

TITLES = {
    "before": "Read as the exponential of log times exponent",
    "behind": "Read as the exponential of exponent times log",
}


def power_actions(read: Statement) -> list[Action]:
    """One action for each reading of the power that keeps the formula from being understood; none where there is none."""
    power = _power(read)
    if power is None:
        return []
    span = {"start": read.span.start, "end": read.span.end}
    return [Action("quickfix", title, {"do": "power", "log": place, **span}) for place, title in TITLES.items()]


def resolve_power(text: str, read: Statement, data: Mapping[str, Any]) -> Resolved:
    """The power, written as the exponential that is chosen."""
    power = _power(read)
    if power is None or power.sup is None:
        return Resolved((), "there is no power of a matrix by a matrix here", "warning")
    base, exponent = (text[n.span.start : n.span.end] for n in (power.base, power.sup))
    if isinstance(power.sup, Sum):
        exponent = f"({exponent})"
    log = "\\operatorname{logm}" + (base if base.startswith("(") else f"({base})")
    product = f"{log} {exponent}" if data["log"] == "before" else f"{exponent} {log}"
    at = Span(power.span.start, _end(text, power))
    return Resolved((Edit(at, f"e^{{{product}}}"),), f"{text[at.start : at.end]} as {TITLES[data['log']][8:]}")


def _power(read: Statement) -> Scripted | None:
    found = elaborate(read.tree, read.context)
    if found.readings or found.failure is None or found.failure.message != AMBIGUOUS_POWER:
        return None
    powers = (n for n in read.tree.walk() if isinstance(n, Scripted) and n.sup is not None)
    return next((n for n in powers if n.span == found.failure.span and n.sub is None and not n.primes), None)


def _end(text: str, power: Scripted) -> int:
    """Behind the brace that closes the exponent, where its span stops before it."""
    assert power.sup is not None
    end = max(power.span.end, power.sup.span.end)
    return end + 1 if text[power.sup.span.start - 1] == "{" and power.span.end == power.sup.span.end else end


__all__ = ["power_actions", "resolve_power"]
