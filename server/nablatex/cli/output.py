"""Reports: compiler-like text, JSON, SARIF 2.1.0.  Lines and columns count from 1 in code points."""

from __future__ import annotations

import bisect
import json
import sys
from typing import TYPE_CHECKING, Any, TextIO

from nablatex.features.codes import PAGES, page_of
from nablatex.features.model import Statement
from nablatex.latex.tree import Span

if TYPE_CHECKING:
    from nablatex.cli.jobs import Document


COLOURS = {"error": 31, "warning": 33, "information": 36}


class Lines:
    """Offsets to lines and columns."""

    def __init__(self, text: str) -> None:
        self.starts = [0, *[i + 1 for i, c in enumerate(text) if c == "\n"]]

    def at(self, offset: int) -> dict[str, int]:
        k = bisect.bisect_right(self.starts, offset) - 1
        return {"line": k + 1, "column": offset - self.starts[k] + 1}

    def range(self, span: Span) -> dict[str, dict[str, int]]:
        return {"start": self.at(span.start), "end": self.at(span.end)}


def text(document: Document, out: TextIO) -> None:
    """path:line:col: severity: message [code], as compilers print it."""
    lines = Lines(document.text)
    colour = out.isatty()
    for s in document.statements:
        if s.code is None:
            continue
        at = lines.at(s.focus.start)
        word = "note" if s.severity == "information" else s.severity
        shown = f"\x1b[{COLOURS[s.severity]};1m{word}\x1b[0m" if colour else word
        print(f"{document.path}:{at['line']}:{at['column']}: {shown}: {s.message} [{s.code}]", file=out)
        if s.fixes:
            print(f"    use instead: {s.fixes[0].replacement}", file=out)


def explain(document: Document, line: int | None, out: TextIO) -> None:
    """Every claim (of one line) with its verdict and the evidence for it."""
    lines = Lines(document.text)
    for s in document.statements:
        first, last = lines.at(s.span.start)["line"], lines.at(s.span.end)["line"]
        if s.verdict is None or (line is not None and not first <= line <= last):
            continue
        print(f"{document.path}:{first}: {s.verdict}: {s.message}", file=out)
        for name, value in s.evidence.items():
            print(f"    {name}: {json.dumps(value, ensure_ascii=False)}", file=out)


def summary(documents: list[Document]) -> dict[str, int]:
    counts: dict[str, int] = {"files": len(documents), "statements": 0, "claims": 0}
    for d in documents:
        for s in d.statements:
            counts["statements"] += 1
            counts["claims"] += s.kind == "claim"
            if s.verdict is not None:
                counts[s.verdict] = counts.get(s.verdict, 0) + 1
    return counts


def summary_line(documents: list[Document], out: TextIO) -> None:
    counts = summary(documents)
    words = ", ".join(
        f"{counts[v]} {v}"
        for v in ("proved", "holds", "conditional", "fails", "ill-shaped", "unknown")
        if counts.get(v)
    )
    print(f"{counts['claims']} claims in {counts['files']} files: {words or 'none'}", file=out)


def statement_json(s: Statement, lines: Lines) -> dict[str, Any]:
    return {
        "range": lines.range(s.span),
        "latex": s.latex,
        "kind": s.kind,
        "verdict": s.verdict,
        "code": s.code,
        "message": s.message,
        "evidence": dict(s.evidence),
        "fixes": [{"title": f.title, "replacement": f.replacement} for f in s.fixes],
    }


def json_report(documents: list[Document], out: TextIO) -> None:
    files = []
    for d in documents:
        lines = Lines(d.text)
        files.append({"path": d.path, "statements": [statement_json(s, lines) for s in d.statements]})
    json.dump({"files": files, "summary": summary(documents)}, out, ensure_ascii=False, indent=1)
    out.write("\n")


def sarif_report(documents: list[Document], out: TextIO) -> None:
    """SARIF 2.1.0, for code hosts that show findings in a review."""
    results = []
    for d in documents:
        lines = Lines(d.text)
        for s in d.statements:
            if s.code is None:
                continue
            a, b = lines.at(s.focus.start), lines.at(s.focus.end)
            region = {
                "startLine": a["line"],
                "startColumn": a["column"],
                "endLine": b["line"],
                "endColumn": b["column"],
            }
            place = {"physicalLocation": {"artifactLocation": {"uri": d.path}, "region": region}}
            results.append(
                {
                    "ruleId": s.code,
                    "level": "note" if s.severity == "information" else s.severity,
                    "message": {"text": s.message},
                    "locations": [place],
                }
            )
    rules = [{"id": code, "helpUri": page_of(code)} for code in PAGES]
    tool = {"driver": {"name": "nablatex", "rules": rules}}
    report = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": tool, "results": results, "columnKind": "unicodeCodePoints"}],
    }
    json.dump(report, out, ensure_ascii=False, indent=1)
    out.write("\n")


def progress(path: str, done: int, total: int) -> None:
    width = 24
    filled = width * done // max(total, 1)
    sys.stderr.write(f"\r{path} [{'#' * filled}{'.' * (width - filled)}] {done}/{total}\x1b[K")
    sys.stderr.flush()


def clear_progress(bar: bool) -> None:
    if bar:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
