"""``nablatex derive LATEX``: one derivative, as LaTeX, JSON or NumPy."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from nablatex.cli.batch import derived_record
from nablatex.features.export import Wanted
from nablatex.features.insertion import block
from nablatex.features.standalone import Formula, derive, derive_with_steps, export


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
    if arguments.code:
        return as_program(formula, arguments)
    if arguments.steps:
        return with_steps(formula, arguments)
    done = derive(formula, arguments.wrt)
    if arguments.format == "json":
        print(json.dumps(derived_record(done), ensure_ascii=False))
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


def as_program(formula: Formula, arguments: argparse.Namespace) -> int:
    """The formula or its derivative in a programming language, to standard output or a file."""
    try:
        sizes = {name: int(value) for name, value in (x.split("=") for x in arguments.sizes.split(",") if x)}
    except ValueError:
        print("nablatex derive: --sizes is written m=1000,n=10", file=sys.stderr)
        return 2
    done = export(formula, Wanted(arguments.code, arguments.value, arguments.gradient_check, sizes), arguments.wrt)
    if done.status != "ok":
        print(f"nablatex derive: {done.status}: {done.message}", file=sys.stderr)
        return 1
    if arguments.output is None:
        print(done.code, end="")
        return 0
    try:
        Path(arguments.output).write_text(done.code, encoding="utf-8")
    except OSError as error:
        print(f"nablatex derive: {arguments.output}: {error.strerror}", file=sys.stderr)
        return 2
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
