"""``nablatex check --statistics``: how much of the documents is read, and why the rest is not."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from typing import TextIO

from nablatex.cli.check import every_document
from nablatex.features.around import surrounded
from nablatex.features.model import Settings
from nablatex.features.statistics import Statistics, statistics


def run(arguments: argparse.Namespace) -> int:
    """Exit status 0; 2 where a file cannot be read or none is named."""
    if not arguments.paths:
        print("nablatex check: name a file or a folder", file=sys.stderr)
        return 2
    settings = Settings(layout=arguments.layout or "auto")
    done: list[tuple[str, Statistics]] = []
    status = 0
    try:
        for name, text, around in every_document(arguments.paths):
            if around is None:
                print(f"nablatex check: {name}: {text}", file=sys.stderr)
                status = 2
                continue
            with surrounded(around):
                done.append((name, statistics(text, settings)))
    except OSError as error:
        print(f"nablatex check: {error}", file=sys.stderr)
        status = 2
    report(done, "json" if arguments.format == "json" else "text", sys.stdout)
    return status


def report(done: list[tuple[str, Statistics]], form: str, out: TextIO) -> None:
    """Figures for each document and for all of them."""
    total = Statistics()
    for _, figures in done:
        total.add(figures)
    if form == "json":
        data = {"files": [{"path": p, **_data(f)} for p, f in done], "total": _data(total)}
        json.dump(data, out, ensure_ascii=False, indent=1)
        out.write("\n")
        return
    for path, figures in done:
        print(f"{path}: {_line(figures)}", file=out)
    if len(done) > 1:
        print(f"all: {_line(total)}", file=out)
    _causes("not read", total.not_read, out)
    _causes("claims about derivatives without a verdict", total.unknown, out)


def _line(f: Statistics) -> str:
    verdicts = ", ".join(f"{n} {v}" for v, n in f.verdicts.most_common())
    return (
        f"{f.displays} displays, {f.matrix_displays} with matrices, {_share(f.read, f.matrix_displays)} read; "
        f"{_share(f.shaped, f.symbols)} symbols with a shape; "
        f"{_share(f.decided, f.derivative_claims)} claims about derivatives with a verdict; "
        f"verdicts: {verdicts or 'none'}"
    )


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / whole:.0f} %)" if whole else "0 of 0"


def _causes(title: str, causes: Counter[str], out: TextIO) -> None:
    if causes:
        print(f"{title}:", file=out)
        for cause, count in causes.most_common():
            print(f"  {count:4}  {cause}", file=out)


def _data(f: Statistics) -> dict[str, object]:
    return {
        "displays": f.displays,
        "matrixDisplays": f.matrix_displays,
        "read": f.read,
        "symbols": f.symbols,
        "symbolsWithShape": f.shaped,
        "derivativeClaims": f.derivative_claims,
        "derivativeClaimsDecided": f.decided,
        "verdicts": dict(f.verdicts),
        "notRead": dict(f.not_read.most_common()),
        "undecided": dict(f.unknown.most_common()),
    }
