"""Claims about functions that the document does not define: chain rules, total differentials, symmetric Hessians."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from nablatex.checking.verdict import Verdict
from nablatex.document.context import Context
from nablatex.document.dependences import dependences, speaks_of_functions
from nablatex.document.names import label_of
from nablatex.latex.tree import Name, Node, Scripted

if TYPE_CHECKING:
    from nablatex.features.engine import Checked

BUDGET = 2.5


def for_every_function(
    left: Node, right: Node, context: Context, found: Checked, judge: Callable[[Context], Checked]
) -> Checked:
    """A claim that is not understood, tried for arbitrary smooth functions.

    It is never refuted so: what the functions depend on is taken from the claim itself.
    """
    if found.verdict.name != "unknown" or found.verdict.evidence or not speaks_of_functions(left, right):
        return found
    until = time.thread_time() + BUDGET
    for supposed in dependences(left, right, context):
        done = judge(supposed)
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
        f"${k.base}({', '.join(label_of(a) for a in arguments if isinstance(a, (Name, Scripted)))})$"
        for k, arguments in context.unspecified.items()
    )


__all__ = ["for_every_function"]
