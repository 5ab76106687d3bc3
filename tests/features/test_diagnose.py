"""What is wrong is found in slices, first where the author writes, and judged anew only where it depends on an edit."""

from __future__ import annotations

import sys
from pathlib import Path

from nablatex.document.relevance import relevant
from nablatex.document.suppositions import context_of
from nablatex.features import check
from nablatex.features.check import READINGS, check_document
from nablatex.features.diagnose import diagnose
from nablatex.features.model import Settings
from nablatex.latex.parse import parse

sys.path.insert(0, str(Path(__file__).parent.parent / "document"))
from edits import PAGE, edits

WRONG = "\n\n".join(
    f"Let $x_{{{k}}} \\in \\mathbb{{R}}^n$.\n\\[ \\nabla_{{x_{k}}} x_{k}^\\top x_{k} = {2 + k % 2} x_{k} \\]"
    for k in range(6)
)


def test_slices_add_up_to_the_whole() -> None:
    READINGS.kept.clear()
    found = diagnose(WRONG, None, 0, Settings())
    assert found.pending[0].start == 0 and not found.complete
    assert check.reading_of(WRONG).passages()
    at = WRONG.rindex("x_5")
    first = diagnose(WRONG, at, 0, Settings())
    assert [s.span.start < at <= s.span.end for s in first.wrong] == [True]
    while not found.complete:
        found = diagnose(WRONG, None, 0.001, Settings())
    assert list(found.wrong) == [s for s in check_document(WRONG, Settings()) if s.code]
    assert len(found.wrong) == 3


def test_findings_after_edits_are_those_of_the_final_text() -> None:
    for k, (start, _, _, text) in enumerate(edits(11, 30)):
        found = diagnose(text, start, 60, Settings())
        if k % 6 == 0:
            READINGS.kept.clear()
            assert found == diagnose(text, None, 60, Settings()), f"edit {k}"


def test_a_verdict_outlives_what_it_cannot_see(monkeypatch: object) -> None:
    check_document(PAGE, Settings())
    text = PAGE.replace("The trace is cyclic", "Let $Z \\in \\R^{p \\times p}$. The trace is cyclic")
    judged: list[str] = []
    of = check.check_claim

    def counting(*arguments: object, **named: object) -> object:
        judged.append(str(arguments[0]))
        return of(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(check, "check_claim", counting)  # type: ignore[attr-defined]
    check_document(text, Settings())
    assert judged == []
    check_document(text.replace("and $b, x \\in \\R^n$", "and $b, x \\in \\R^p$"), Settings())
    assert judged


def test_a_formula_sees_through_definitions_and_equations() -> None:
    context = context_of(
        [r"A, B, Z \in \mathbb{R}^{n\times n}", r"x, z \in \mathbb{R}^n"], [r"A x = B x"], [r"f = x^\top x", r"g = z"]
    )
    seen = relevant(context, parse("\\nabla_x f").tree)
    assert {k.base for k in seen.symbols} == {"A", "B", "x"}
    assert [d.key.base for d in seen.definitions] == ["f"]
