"""Runs cases through the two batch commands and judges the answers by the numerical oracle.

Usage: python tests/cases/judge.py [cases.jsonl …]; prints every wrong or declined case and the totals.
"""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
import oracle  # noqa: E402
from nablatex.cli import batch  # noqa: E402

FIELDS = ("id", "latex", "decls", "assume", "preamble", "context", "layout", "structured")


def load(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def answers(cases: list[dict[str, Any]], derive: bool) -> list[dict[str, Any]]:
    lines = "".join(json.dumps({k: c[k] for k in FIELDS if k in c}) + "\n" for c in cases)
    out = io.StringIO()
    if derive:
        batch.run(batch.derive_record, batch.DERIVE_FAILED, None, io.StringIO(lines), out)
    else:
        batch.run(batch.check_record, batch.CHECK_FAILED, None, io.StringIO(lines), out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def variable_of(label: str, env: dict[str, Any]) -> Any:
    """The oracle's variable for an author's label: fonts and backslashes taken off."""
    primes = len(label) - len(label.rstrip("'"))
    text = re.sub(
        r"\\(?:mathbf|bm|bf|pmb|boldsymbol|textbf|mathrm|hat|bar|tilde|mathcal|vec)(?![A-Za-z])|[{}_^\\ ]",
        "",
        label.rstrip("'"),
    )
    text = {"lambda": "lam", "1": "one"}.get(text, text) + ("_" + "p" * primes if primes else "")
    text = {"Deltaw": "dW", "DeltaW": "dW"}.get(text, text)
    for name in (text, text.lower(), text.upper()):
        if name in env:
            return env[name]
    raise KeyError(label)


def judge_derivative(case: dict[str, Any], answer: dict[str, Any]) -> tuple[str, str]:
    """(right | declined | wrong, why)."""
    if answer["status"] != "ok":
        return (
            "right" if case.get("verdict") == "unsupported" else "declined"
        ), f"{answer['status']}: {answer['message']}"
    if case.get("verdict") == "unsupported":
        return "wrong", f"answered {answer['latex']}"
    if not answer["numpy"]:
        return "declined", "no code"
    space: dict[str, Any] = {}
    exec(answer["numpy"]["code"], space)  # our own generated code
    ok, why, values = oracle.run_case(case)
    if not ok:
        return "declined", f"the oracle itself: {why}"
    for env, left, _right, _fix in values:
        table = answer["numpy"]["symbols"]
        by_name = {v: k for k, v in table.items()}
        try:
            arguments = [variable_of(by_name[a], env) for a in answer["numpy"]["arguments"]]
            counted = case["oracle"].get("index", {})  # the oracle counts from 0
            arguments = [
                x + 1 if by_name[a] in counted else x
                for a, x in zip(answer["numpy"]["arguments"], arguments, strict=True)
            ]
        except KeyError as error:
            return "declined", f"no value for {error}"
        try:
            got = space[answer["numpy"]["function"]](*arguments)
        except (ValueError, TypeError, IndexError, ArithmeticError) as error:
            return "wrong", f"{answer['latex']}: its code fails: {error}"
        difference = oracle.reldiff(got, left)
        if difference is None or difference > 2e-6:
            return "wrong", f"{answer['latex']} ({difference}; {np.shape(got)} for {left.shape})"
    return "right", ""


def judge_identity(case: dict[str, Any], answer: dict[str, Any]) -> tuple[str, str]:
    wanted, got = case["verdict"], answer["verdict"]
    good = {True: ("proved", "holds"), False: ("fails",), "ill-shaped": ("ill-shaped",), "unsupported": ("unknown",)}[
        wanted
    ]
    if "conditional" in case.get("tags", []):
        good = (*good, "conditional")
    if got in good or got in case.get("also_ok", []):
        return "right", ""
    return ("declined" if got == "unknown" else "wrong"), f"{got}: {answer['message']}"


def judge(path: Path) -> dict[str, list[tuple[str, str, str]]]:
    """Cases by outcome: (id, latex, why)."""
    cases = load(path)
    out: dict[str, list[tuple[str, str, str]]] = {"right": [], "declined": [], "wrong": []}
    for derive, kind, judged in ((True, "derivative", judge_derivative), (False, "identity", judge_identity)):
        chosen = [c for c in cases if c["kind"] == kind]
        for case, answer in zip(chosen, answers(chosen, derive), strict=True):
            outcome, why = judged(case, answer)
            out[outcome].append((case["id"], case["latex"], why))
    return out


if __name__ == "__main__":
    for name in sys.argv[1:] or [str(HERE / "public.jsonl")]:
        result = judge(Path(name))
        for outcome in ("wrong", "declined"):
            for identity, latex, why in result[outcome]:
                print(f"{outcome.upper():9}{identity}  {latex}\n         {why}")
        print(name, {k: len(v) for k, v in result.items()})
