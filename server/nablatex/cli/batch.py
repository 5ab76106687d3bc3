"""``--batch``: JSON Lines in, JSON Lines out, one answer for each line whatever is in it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from nablatex.features.budget import ringing
from nablatex.features.engine import Derived, symbols_table
from nablatex.features.standalone import Formula, check, derive

BUDGET = 12


class OutOfTime(Exception):
    """A case took longer than its budget."""


@contextmanager
def budget(seconds: int) -> Iterator[None]:
    """Raises OutOfTime in the block after so many seconds of the processor, where the platform has alarms."""
    with ringing(seconds, OutOfTime):
        yield


def formula_of(record: dict[str, Any], layout: str | None) -> Formula:
    """A formula from a record; ValueError names the field that is not right."""
    latex = record.get("latex")
    if not isinstance(latex, str):
        raise ValueError("field latex: a string is needed")
    lists: dict[str, tuple[str, ...]] = {}
    for name in ("decls", "assume", "context"):
        value = record.get(name) or []
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list) or not all(isinstance(x, str) for x in value):
            raise ValueError(f"field {name}: a list of strings is needed")
        lists[name] = tuple(value)
    preamble = record.get("preamble") or ""
    chosen = record.get("layout") or layout or "auto"
    if chosen not in ("denominator", "numerator", "mixed", "auto", "any"):
        raise ValueError(f"field layout: {chosen!r} is none of denominator, numerator, mixed, auto")
    structured = str(record.get("structured") or "")
    return Formula(latex, lists["decls"], lists["assume"], lists["context"], str(preamble), str(chosen), structured)


def check_record(record: dict[str, Any], layout: str | None) -> dict[str, Any]:
    done = check(formula_of(record, layout))
    fix = done.fixes[0] if done.fixes and done.verdict.name == "fails" else None
    return {
        "id": record.get("id"),
        "verdict": done.verdict.name,
        "message": done.verdict.message,
        "evidence": {**done.verdict.evidence, "layout": done.layout},
        "fix": fix,
    }


def derive_record(record: dict[str, Any], layout: str | None) -> dict[str, Any]:
    done = derive(formula_of(record, layout), record.get("wrt"))
    return {"id": record.get("id"), **derived_record(done)}


def derived_record(done: Derived) -> dict[str, Any]:
    """A derivative as JSON: the answer of ``derive --format json``, and of ``--batch`` beside the id."""
    return {
        "status": done.status,
        "latex": done.latex,
        "shape": list(done.shape) if done.shape else None,
        "layout": done.layout,
        "numpy": symbols_table(done.code),
        "message": done.message,
    }


def run(
    answer: Callable[[dict[str, Any], str | None], dict[str, Any]],
    failed: dict[str, Any],
    layout: str | None,
    lines: TextIO | None = None,
    out: TextIO | None = None,
) -> int:
    """Answers each line; a line that cannot be answered gets `failed` with a message that says why."""
    out = out or sys.stdout
    for line in lines or sys.stdin:
        if not line.strip():
            continue
        identity: Any = None
        try:
            record = json.loads(line)
            if not isinstance(record, dict):
                raise ValueError("an object is needed")
            identity = record.get("id")
            with budget(BUDGET):
                result = answer(record, layout)
        except OutOfTime:
            result = {"id": identity, **failed, "message": f"not decided within {BUDGET} seconds"}
        except json.JSONDecodeError as error:
            result = {"id": identity, **failed, "message": f"not JSON: {error}"}
        except Exception as error:  # one bad line must not cost the others their answers
            result = {"id": identity, **failed, "message": f"{type(error).__name__}: {error}"}
        out.write(json.dumps(result, ensure_ascii=False) + "\n")
        out.flush()
    return 0


CHECK_FAILED: dict[str, Any] = {"verdict": "unknown", "evidence": {}, "fix": None}
DERIVE_FAILED: dict[str, Any] = {"status": "error", "latex": None, "shape": None, "layout": None, "numpy": None}
