"""``nablatex derive LATEX``: one derivative, as LaTeX, JSON or NumPy."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from nablatex.features.engine import symbols_table
from nablatex.features.insertion import block
from nablatex.features.standalone import Formula, derive, derive_with_steps


def run(arguments: argparse.Namespace) -> int:
    if not arguments.latex:
        print("nablatex derive: give a formula, or use --batch", file=sys.stderr)
        return 2
    formula = Formula(
        arguments.latex,
        tuple(arguments.decl),
        tuple(arguments.assume),
        tuple(arguments.context),
        arguments.preamble,
        arguments.layout or "auto",
    )
    if arguments.steps:
        return with_steps(formula, arguments)
    done = derive(formula, arguments.wrt)
    if arguments.format == "json":
        answer = {
            "status": done.status,
            "latex": done.latex,
            "shape": list(done.shape) if done.shape else None,
            "layout": done.layout,
            "numpy": symbols_table(done.code),
            "message": done.message,
        }
        print(json.dumps(answer, ensure_ascii=False))
        return 0 if done.status == "ok" else 1
    if done.status != "ok":
        print(f"nablatex derive: {done.status}: {done.message}", file=sys.stderr)
        return 1
    if arguments.format == "numpy":
        if done.code is None:
            print("nablatex derive: this result has no NumPy form", file=sys.stderr)
            return 1
        print(done.code.code, end="")
    else:
        print(done.latex)
    return 0


def with_steps(formula: Formula, arguments: argparse.Namespace) -> int:
    """The derivation as an align environment, or its steps as JSON."""
    done = derive_with_steps(formula, arguments.steps, arguments.wrt)
    if arguments.format == "json":
        print(json.dumps(asdict(done), ensure_ascii=False))
        return 0 if done.status == "ok" else 1
    if done.status != "ok":
        print(f"nablatex derive: {done.status}: {done.message}", file=sys.stderr)
        return 1
    print(block(done.steps, arguments.notes).strip())
    return 0
