"""Every operator in random expressions of depth up to five: derivatives, rewrites, printing (benchmarks/properties.py runs more)."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest
from nablatex.algebra.expr import REGISTRY

sys.path.insert(0, str(Path(__file__).parent))
from growing import BUILDS
from inspection import inspect

EXPRESSIONS = 6


def test_every_operator_grows() -> None:
    assert set(REGISTRY) == set(BUILDS), set(REGISTRY) ^ set(BUILDS)


@pytest.mark.parametrize("name", sorted(BUILDS))
def test_an_operator_among_the_others(name: str) -> None:
    """Shapes are kept by every rewrite, values by simplification; derivatives hold in every layout; print reads back."""
    counts: Counter[str] = Counter()
    for seed in range(EXPRESSIONS):
        counts += inspect(name, seed)
    assert counts["expressions"] >= EXPRESSIONS // 2 and counts["rewritten"]
