"""Every derivative of the public cases, derived in a document: each inserted line is read again and judged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from nablatex.features.actions import actions, resolve
from nablatex.features.check import check_document
from nablatex.features.derivations import derive_steps
from nablatex.features.model import Settings
from nablatex.features.standalone import Formula, only_expression, read

CASES = [
    case
    for line in (Path(__file__).parents[1] / "cases" / "public.jsonl").read_text().splitlines()
    if (case := json.loads(line))["kind"] == "derivative" and case.get("verdict") != "unsupported"
]
DECLINED = {"pub-001-polar"}
"""What cannot be derived at all has no derivation either; see the cases' own test."""


def document(case: dict[str, object]) -> tuple[str, int]:
    """The case as an author's page, and the place of its formula."""
    layout = "denominator" if case["layout"] == "any" else case["layout"]
    lines = [str(case.get("preamble", "")), f"% nablatex: layout {layout}"]
    lines += [f"Let ${x}$." for x in [*case.get("decls", ()), *case.get("assume", ())] if "$" not in x]  # type: ignore[misc]
    lines += [f"\\[ {x} \\]" for x in case.get("context", ())]  # type: ignore[attr-defined]
    head = "\n".join(lines) + "\n"
    return f"{head}\\[ {case['latex']} \\]\nas wanted.\n", len(head) + 4


@pytest.mark.parametrize("style", ["trace", "frobenius"])
@pytest.mark.parametrize("case", CASES, ids=lambda c: c["id"])
def test_each_inserted_line_reads_back_and_holds(case: dict[str, object], style: str) -> None:
    text, at = document(case)
    settings = Settings(derivation_style=style)
    offered = [a for a in actions(text, at, at, settings) if a.title == "Insert derivation"]
    assert len(offered) == 1
    done = resolve(text, offered[0].data, settings)
    if case["id"] in DECLINED:
        assert not done.edits and done.message
        return
    (edit,) = done.edits
    new = text[: edit.span.start] + edit.new + text[edit.span.end :]
    inserted = [s for s in check_document(new, settings, budget=60) if s.span.start >= edit.span.start]
    assert inserted, edit.new
    assert [s.latex for s in inserted if s.verdict not in ("proved", "holds")] == []


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["id"])
def test_a_derivation_ends_in_the_result_that_is_inserted(case: dict[str, object]) -> None:
    from nablatex.features.engine import derive_formula

    layout = "denominator" if case["layout"] == "any" else str(case["layout"])
    formula = Formula(
        str(case["latex"]), case.get("decls", ()), case.get("assume", ()), case.get("context", ()),  # type: ignore[arg-type]
        str(case.get("preamble", "")), layout,
    )  # fmt: skip
    context = formula.known()
    tree = only_expression(read(formula, context)[0])
    done = derive_steps(tree, context, layout, None, formula.latex)
    closed = derive_formula(tree, context, layout, None, formula.latex)
    if case["id"] not in DECLINED:
        assert done.status == "ok", done.message
        assert done.result == closed.latex
        assert done.steps[-1].latex == closed.latex
