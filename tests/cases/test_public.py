"""The public cases: nothing wrong, and nearly all right."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import judge

HERE = Path(__file__).parent
DECLINED: set[str] = set()


def test_public_cases_are_right_or_declined() -> None:
    result = judge.judge(HERE / "public.jsonl")
    assert result["wrong"] == []
    assert {case[0] for case in result["declined"]} <= DECLINED


def test_own_cases_are_right_or_declined() -> None:
    result = judge.judge(HERE / "own.jsonl")
    assert result["wrong"] == []
    assert len(result["right"]) >= 0.9 * sum(map(len, result.values()))


def test_identities_are_judged_right() -> None:
    """Cookbook sections 1, 9 and 10, chains in five styles, slips of students, assumptions in words."""
    result = judge.judge(HERE / "identities.jsonl")
    assert result["wrong"] == [] and result["declined"] == []


def test_derivatives_in_many_notations_are_right() -> None:
    """Control, econometrics, statistics, networks, kernels, families of samples; D_x, 'A, dv and no declarations."""
    result = judge.judge(HERE / "authors.jsonl")
    assert result["wrong"] == [] and result["declined"] == []


def test_formulas_of_forums_and_notes_are_right() -> None:
    """Questions and answers as their authors typed them: traces of inverses, masks, blocks, Kronecker and Khatri-Rao products."""
    result = judge.judge(HERE / "forums.jsonl")
    assert result["wrong"] == [] and result["declined"] == []


def test_formulas_of_many_fields_are_right() -> None:
    """Mechanics, econometrics, mixtures, networks, control, quantum theory, design of experiments, portfolios, manifolds."""
    result = judge.judge(HERE / "fields.jsonl")
    assert result["wrong"] == []
    assert len(result["right"]) >= 0.97 * sum(map(len, result.values()))
