"""Which space stands between the factors of a product: none, a blank for the eye, a thin space around a differential."""

from __future__ import annotations

import re
from collections.abc import Iterable

DIFFERENTIAL = re.compile(
    r"(?:^|(?<![A-Za-z\\]))(?:d|\\mathrm\{d\}|\\Delta )(?:[A-Za-z]|\s*\\[A-Za-z]+(?:\{[^{}]*\})?)(?:_[A-Za-z0-9]|_\{[^{}]*\})?(?:\^\S+)?$"
)
"""dX or dX^T at the end of a factor: what follows is set off by a thin space."""


def beside(factors: Iterable[str]) -> str:
    """The factors in one line, as they are typed."""
    out = ""
    for f in factors:
        out += _between(out, f) + f if out else f
    return out


def _between(before: str, f: str) -> str:
    if DIFFERENTIAL.search(before) or DIFFERENTIAL.match(f):
        return "\\, "
    if re.search(r"(?:\\[A-Za-z]+|\^[A-Za-z0-9])$", before) and f[:1].isalpha():
        return " "
    if before[-1].isdigit() and f[:1].isdigit():
        return " \\cdot "
    if f.startswith(("(", "\\left(")):
        called = re.search(r"(?:[a-z]|\\[a-z]+|\})$", before) and not before.endswith("\\top}")
        if called:
            return " "
    if before.isdigit():
        return ""
    return " " if f.startswith("\\") or (not before.endswith(("}", ")")) and len(f) > 1) else ""


__all__ = ["DIFFERENTIAL", "beside"]
