"""A sample of the mutation benchmark: slips in true claims are refuted, slips that change nothing are not."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_mutants_that_are_wrong_are_refuted_and_those_that_hold_are_not() -> None:
    spec = importlib.util.spec_from_file_location("mutations", ROOT / "benchmarks" / "mutations.py")
    assert spec is not None and spec.loader is not None
    mutations = importlib.util.module_from_spec(spec)
    sys.modules["mutations"] = mutations
    spec.loader.exec_module(mutations)
    done = list(mutations.judge(ROOT / "tests" / "cases" / "public.jsonl", every=9))
    wrong = [j for j in done if j.truth == "wrong"]
    assert len(wrong) > 30 and len({j.kind for j in wrong}) >= 3
    assert [j for j in wrong if j.verdict not in ("fails", "ill-shaped")] == []
    assert [j for j in done if j.truth == "right" and j.verdict in ("fails", "ill-shaped")] == []
