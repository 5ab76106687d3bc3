"""``nablatex check PATH…``: documents checked, reported as text, JSON or SARIF."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nablatex.cli import output
from nablatex.features.check import check_document
from nablatex.features.model import Settings, Statement

BATCH_BUDGET = 600.0
ENDINGS = (".tex", ".md", ".Rmd", ".qmd")


@dataclass(frozen=True, slots=True)
class Document:
    path: str
    text: str
    statements: tuple[Statement, ...]


def files_of(paths: list[str]) -> Iterator[Path]:
    """Files as named, and the documents in folders, in a fixed order.  OSError names what is not there."""
    for name in paths:
        path = Path(name)
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.suffix in ENDINGS and p.is_file())
        elif path.exists():
            yield path
        else:
            raise OSError(f"{name}: no such file or folder")


def read_text(path: Path) -> str:
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def run(arguments: argparse.Namespace) -> int:
    if not arguments.paths:
        print("nablatex check: name a file or a folder, or use --batch", file=sys.stderr)
        return 2
    settings = Settings(layout=arguments.layout or "auto", ignore=tuple(arguments.ignore), seed=arguments.replay)
    done: list[Document] = []
    status = 0
    bar = sys.stderr.isatty()
    try:
        for path in files_of(arguments.paths):
            try:
                text = read_text(path)
            except OSError as error:
                print(f"nablatex check: {path}: {error.strerror}", file=sys.stderr)
                status = 2
                continue
            host = "latex" if path.suffix == ".tex" else "markdown"
            tell = (lambda k, n, p=path: output.progress(str(p), k, n)) if bar else None
            document = Document(str(path), text, check_document(text, settings, host, tell, BATCH_BUDGET))
            done.append(document)
            if arguments.format == "text":
                output.clear_progress(bar)
                if arguments.replay is not None or arguments.line is not None:
                    output.explain(document, arguments.line, sys.stdout)
                else:
                    output.text(document, sys.stdout)
    except OSError as error:
        print(f"nablatex check: {error}", file=sys.stderr)
        status = 2
    except KeyboardInterrupt:
        print("nablatex check: interrupted; this is what was done", file=sys.stderr)
        status = 130
    if arguments.format == "json":
        output.json_report(done, sys.stdout)
    elif arguments.format == "sarif":
        output.sarif_report(done, sys.stdout)
    else:
        output.summary_line(done, sys.stdout)
    if status:
        return status
    return 1 if any(s.code and s.severity == "error" for d in done for s in d.statements) else 0
