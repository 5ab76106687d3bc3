"""Claims about functions that the document does not define: chain rules, total differentials, symmetric Hessians."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from nablatex.checking.verdict import Verdict
from nablatex.document.context import Context
from nablatex.document.dependences import dependences, speaks_of_functions
from nablatex.document.maps import in_declared_fonts
from nablatex.document.names import Key, label_of
from nablatex.latex.tree import Name, Node, Scripted, Span

if TYPE_CHECKING:
    from nablatex.features.engine import Checked

BUDGET = 2.5


def for_every_function(
    left: Node, right: Node, context: Context, found: Checked, judge: Callable[[Node, Node, Context], Checked]
) -> Checked:
    """A claim that is not understood, tried for arbitrary smooth functions.

    It is never refuted so: what the functions depend on is taken from the claim itself.
    """
    if found.verdict.name != "unknown" or found.verdict.evidence or not speaks_of_functions(left, right):
        return found
    until = time.thread_time() + BUDGET
    left, right = (in_declared_fonts(side, context) for side in (left, right))
    for supposed in dependences(left, right, context):
        done = judge(left, right, supposed)
        if done.verdict.name in ("proved", "holds"):
            said = words(supposed)
            evidence = {**done.verdict.evidence, "functions": said}
            message = f"{done.verdict.message}, for every smooth {said}"
            return replace(done, verdict=Verdict(done.verdict.name, message, evidence), evidence=evidence)
        if time.thread_time() > until:
            break
    return found


def words(context: Context) -> str:
    """$z(y)$, $y(x)$."""
    return ", ".join(
        f"${_spelled(k)}({', '.join(label_of(a) for a in arguments if isinstance(a, (Name, Scripted)))})$"
        for k, arguments in context.unspecified.items()
    )


def _spelled(key: Key) -> str:
    return label_of(Name(Span(0, 0), key.base, key.font, key.accents, key.prefix))


__all__ = ["for_every_function"]
