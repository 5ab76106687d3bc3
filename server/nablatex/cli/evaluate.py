"""``nablatex evaluate LATEX``: one explicit formula, as LaTeX, JSON or steps."""

from __future__ import annotations

import argparse
import json
import sys

from nablatex.features.evaluate import evaluate_alone
from nablatex.features.standalone import Formula


def run(arguments: argparse.Namespace) -> int:
    """Exit status: 0 there is a result, 1 there is none, 2 usage."""
    given: dict[str, str] = {}
    for pair in arguments.set:
        name, sign, latex = pair.partition("=")
        if not sign:
            print(f"nablatex evaluate: --set wants NAME=LATEX, not {pair!r}", file=sys.stderr)
            return 2
        given[name.strip()] = latex
    formula = Formula(
        arguments.latex,
        tuple(arguments.decl),
        tuple(arguments.assume),
        tuple(arguments.context),
        arguments.preamble,
    )
    done = evaluate_alone(formula, arguments.do, arguments.by, given)
    if arguments.format == "json":
        answer = {
            "status": done.status,
            "latex": done.result or None,
            "appended": done.before + arguments.latex + done.after if done.status == "ok" else None,
            "steps": [{"latex": latex, "rule": rule} for latex, rule in done.steps],
            "message": done.message,
        }
        print(json.dumps(answer, ensure_ascii=False))
        return 0 if done.status == "ok" else 1
    if done.status != "ok":
        print(f"nablatex evaluate: {done.status}: {done.message}", file=sys.stderr)
        return 1
    if arguments.format == "steps":
        for latex, rule in done.steps:
            print(f"{latex}    % {rule}" if rule else latex)
    print(done.result)
    return 0
