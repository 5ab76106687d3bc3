"""``nablatex check PATH…``: documents checked, reported as text, JSON or SARIF."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Generator, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from nablatex.cli import output
from nablatex.cli.jobs import BUDGET, Document, Given, cores, on_cluster, on_cores
from nablatex.features.around import Around, surrounded
from nablatex.features.check import check_document
from nablatex.features.disk import Disk, decoded
from nablatex.features.model import Settings
from nablatex.features.workspace import around

ENDINGS = (".tex", ".md", ".Rmd", ".qmd", ".markdown", ".rst", ".org", ".ipynb")


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
    settings = Settings(
        layout=arguments.layout or "auto",
        ignore=tuple(arguments.ignore),
        seed=arguments.replay,
        cache=arguments.cache,
    )
    done: list[Document] = []
    status = 0
    try:
        given, status = all_documents(arguments.paths)
        with closing(checked(given, settings, arguments)) as documents:
            for document in documents:
                done.append(document)
                output.clear_progress(sys.stderr.isatty())
                if document.failure:
                    print(f"nablatex check: {document.path}: {document.failure}", file=sys.stderr)
                    status = 2
                if arguments.format == "text":
                    if arguments.replay is not None or arguments.line is not None:
                        output.explain(document, arguments.line, sys.stdout)
                    else:
                        output.text(document, sys.stdout)
    except (OSError, ImportError) as error:
        print(f"nablatex check: {error}", file=sys.stderr)
        status = 2
    except KeyboardInterrupt:
        output.clear_progress(sys.stderr.isatty())
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


def all_documents(paths: list[str]) -> tuple[list[Given], int]:
    """Each document with what is around it, and the exit status so far: what cannot be read is named and left out."""
    given: list[Given] = []
    status = 0
    for name, text, surroundings in every_document(paths):
        if surroundings is None:
            print(f"nablatex check: {name}: {text}", file=sys.stderr)
            status = 2
        else:
            given.append(Given(name, text, surroundings))
    return given, status


def checked(given: list[Given], settings: Settings, arguments: argparse.Namespace) -> Generator[Document, None, None]:
    """Each document checked, in order: here, on the cores of this machine, or on a cluster."""
    bar = sys.stderr.isatty()
    tell = partial(output.progress, "documents") if bar else None
    if arguments.dask is not None:
        yield from on_cluster(given, settings, arguments.dask, tell)
        return
    jobs = cores(arguments.jobs, given)
    if jobs > 1:
        yield from on_cores(given, settings, jobs, tell)
        return
    for g in given:
        each = partial(output.progress, g.path) if bar else None
        with surrounded(g.around):
            found = check_document(g.text, settings, g.around.host, each, BUDGET)
        yield Document(g.path, g.text, found)
