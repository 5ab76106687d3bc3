"""Every derivative of the public cases, derived in a document: each inserted line is read again and judged."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from nablatex.features.actions import actions, resolve
from nablatex.features.check import check_document
from nablatex.features.derivations import derive_steps
from nablatex.features.engine import derive_formula
from nablatex.features.model import STYLES, Settings
from nablatex.features.standalone import Formula, only_expression, read

CASES = [
    case
    for line in (Path(__file__).parents[1] / "cases" / "public.jsonl").read_text().splitlines()
    if (case := json.loads(line))["kind"] == "derivative" and case.get("verdict") != "unsupported"
]
CHOSEN = [
    pytest.param(style, case, id=f"{case['id']}-{style}")
    for style in STYLES
    for k, case in enumerate(CASES)
    if style == "trace" or k % 4 == STYLES.index(style) % 4
]
"""Every case in the usual style, every fourth in the others."""


HEAVY = {"pub-001-polar"}
"""An integral to infinity of matrix exponentials: confirmed when it is derived, too large for the check of a page."""


def document(case: dict[str, object]) -> tuple[str, int]:
    """The case as an author's page, and the place of its formula."""
    layout = "denominator" if case["layout"] == "any" else case["layout"]
    lines = [str(case.get("preamble", "")), f"% nablatex: layout {layout}"]
    lines += [f"Let ${x}$." for x in [*case.get("decls", ()), *case.get("assume", ())] if "$" not in x]  # type: ignore[misc]
    lines += [f"\\[ {x} \\]" for x in case.get("context", ())]  # type: ignore[attr-defined]
    head = "\n".join(lines) + "\n"
    return f"{head}\\[ {case['latex']} \\]\nas wanted.\n", len(head) + 4


def inserted(case: dict[str, object], style: str) -> tuple[str, int]:
    """The page with the derivation put in by the action, and where it begins."""
    text, at = document(case)
    settings = Settings(derivation_style=style)
    offered = [a for a in actions(text, at, at, settings) if a.title == "Insert derivation"]
    assert len(offered) == 1
    done = resolve(text, offered[0].data, settings)
    if style == "components" and not done.edits:
        assert re.search("four indices|nothing to take", done.message)
        return text, len(text)
    (edit,) = done.edits
    return text[: edit.span.start] + edit.new + text[edit.span.end :], edit.span.start


@pytest.mark.parametrize(("style", "case"), CHOSEN)
def test_each_inserted_line_reads_back_and_holds(case: dict[str, object], style: str) -> None:
    text, start = inserted(case, style)
    found = [s for s in check_document(text, Settings(), budget=60) if s.span.start >= start]
    claims = [s for s in found if s.kind == "claim"]
    assert [s.latex for s in claims if s.code is not None] == []
    open_ones = [s for s in claims if s.verdict not in ("proved", "holds")]
    assert style == "components" or not open_ones or (case["id"] in HEAVY and "too large" in open_ones[0].message)
    if style in ("trace", "frobenius"):
        named = [s for s in found if s.kind == "definition"]  # parts that are repeated
        assert claims and len(claims) + len(named) == len(found)
    # limits, remainders and maps are quiet; the result at the end is a claim in every style
    assert not found or claims[-1] == found[-1]


@pytest.mark.parametrize(("style", "case"), CHOSEN)
def test_a_derivation_ends_in_the_result_that_is_inserted(case: dict[str, object], style: str) -> None:
    layout = "denominator" if case["layout"] == "any" else str(case["layout"])
    formula = Formula(
        str(case["latex"]), case.get("decls", ()), case.get("assume", ()), case.get("context", ()),  # type: ignore[arg-type]
        str(case.get("preamble", "")), layout,
    )  # fmt: skip
    context = formula.known()
    tree = only_expression(read(formula, context)[0])
    done = derive_steps(tree, context, layout, None, formula.latex, style)
    closed = derive_formula(tree, context, layout, None, formula.latex)
    if style == "components" and done.status != "ok":
        assert re.search("four indices|nothing to take", done.message)
    else:
        assert done.status == "ok", done.message
        assert done.result == closed.latex
        assert done.steps[-1].latex == closed.latex


LATEX = r"""\documentclass{article}
\usepackage{amsmath,amssymb,bm}
\DeclareUnicodeCharacter{22A4}{\ensuremath{\top}}
\DeclareUnicodeCharacter{2202}{\ensuremath{\partial}}
\begin{document}
%s
\end{document}
"""


@pytest.mark.parametrize("style", STYLES)
def test_pdflatex_sets_what_is_inserted(style: str, tmp_path: Path) -> None:
    pdflatex = shutil.which("pdflatex")
    if pdflatex is None:
        assert "CI" not in os.environ, "pdflatex is missing: .ci/run installs texlive-latex-base"
        pytest.skip("PDFLATEX IS NOT INSTALLED: that inserted LaTeX compiles was not tested")
    pages = [f"{{{inserted(case, style)[0]}}}\n\n" for case in CASES]
    (tmp_path / "page.tex").write_text(LATEX % "\n".join(pages))
    command = [pdflatex, "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace")
    assert done.returncode == 0, done.stdout[-1500:]
