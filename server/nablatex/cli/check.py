"""``nablatex check PATH…``: documents checked, reported as text, JSON or SARIF."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nablatex.cli import output
from nablatex.features.around import Around, surrounded
from nablatex.features.check import check_document
from nablatex.features.disk import Disk, decoded
from nablatex.features.model import Settings, Statement
from nablatex.features.workspace import around

BATCH_BUDGET = 600.0
ENDINGS = (".tex", ".md", ".Rmd", ".qmd", ".markdown", ".rst", ".org", ".ipynb")


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


def documents_of(path: Path, disk: Disk) -> Iterator[tuple[str, str, Around]]:
    """(name, text, surroundings) of what a file holds: itself, or the Markdown cells of a notebook.  OSError, ValueError."""
    text = decoded(path.read_bytes())
    if path.suffix != ".ipynb":
        whole = path.resolve().as_posix()
        yield str(path), text, around(whole, text, disk)
        return
    earlier: list[tuple[str, str]] = []
    for k, cell in enumerate(json.loads(text).get("cells", ()), 1):
        if cell.get("cell_type") == "markdown":
            source = cell.get("source", "")
            source = source if isinstance(source, str) else "".join(source)
            yield f"{path}#{k}", source, Around("markdown", tuple(earlier))
            earlier.append((f"{k}.md", source))


def every_document(paths: list[str]) -> Iterator[tuple[str, str, Around | None]]:
    """All documents of the files that are named; without surroundings what comes is the reason why a file is not read."""
    disk = library(paths)
    for path in files_of(paths):
        try:
            yield from documents_of(path, disk)
        except OSError as error:
            yield str(path), error.strerror or "cannot be read", None
        except (ValueError, AttributeError) as error:
            yield str(path), f"not a notebook: {error}", None


def library(paths: list[str]) -> Disk:
    """Files in the folders that are named, and in those of the files that are named."""
    folders = [Path(p) if Path(p).is_dir() else Path(p).resolve().parent for p in paths]
    here = Path.cwd()
    inside = any(f.resolve().is_relative_to(here) for f in folders)
    return Disk([*folders, here] if inside else folders)


def run(arguments: argparse.Namespace) -> int:
    if not arguments.paths:
        print("nablatex check: name a file or a folder, or use --batch", file=sys.stderr)
        return 2
    settings = Settings(layout=arguments.layout or "auto", ignore=tuple(arguments.ignore), seed=arguments.replay)
    done: list[Document] = []
    status = 0
    bar = sys.stderr.isatty()
    try:
        for name, text, surroundings in every_document(arguments.paths):
            if surroundings is None:
                print(f"nablatex check: {name}: {text}", file=sys.stderr)
                status = 2
                continue
            tell = (lambda k, n, p=name: output.progress(p, k, n)) if bar else None
            with surrounded(surroundings):
                found = check_document(text, settings, surroundings.host, tell, BATCH_BUDGET)
            document = Document(name, text, found)
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
