"""Nothing that a document holds raises, hangs, or eats memory: it is read, or said to be too large."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from bombs import BOMBS
from exercise import FEATURES, exercise, forget
from grammar import claim, some
from nablatex.features.budget import OutOfTime, limit
from nablatex.features.check import check_document, reading_of
from nablatex.features.model import Settings

ENOUGH = 60.0
"""Seconds that no input may take, on any machine."""


def all_of_it(text: str, seed: int = 0, asked: int = 2) -> None:
    """What a server does with a document, within the time that no input may take."""
    with limit(ENOUGH):
        exercise(random.Random(seed), text, "latex", asked, lambda name: None)
    forget()


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_do_not_go_off(name: str) -> None:
    try:
        all_of_it(BOMBS[name])
    except OutOfTime:
        pytest.fail(f"{name}: not done in {ENOUGH:.0f} s")


@pytest.mark.parametrize("name", ["large sizes", "a Kronecker tower in an exponential"])
def test_what_is_too_large_is_said_to_be(name: str) -> None:
    claims = [s for s in check_document(BOMBS[name], Settings()) if s.kind == "claim"]
    assert [(s.verdict, "too large" in s.message) for s in claims] == [("unknown", True)]


def test_what_the_algebra_makes_small_is_decided() -> None:
    """The trace of a Kronecker product is the product of the traces: nothing of the tower has to be built."""
    (claim,) = [s for s in check_document(BOMBS["Kronecker towers"], Settings()) if s.kind == "claim"]
    assert claim.verdict == "proved"


@pytest.mark.parametrize("seed", range(60))
def test_random_documents_raise_nothing(seed: int) -> None:
    all_of_it(some(random.Random(seed)), seed)


@pytest.mark.parametrize("seed", range(40))
def test_random_claims_of_shapes_that_fit_raise_nothing(seed: int) -> None:
    all_of_it(claim(random.Random(seed)), seed)


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="x A$\\{}[]()^_&=+-'|%\n\t<>:,.\u2202\u2207\u22a4\U0001d54f", max_size=60))
def test_any_string_is_read(text: str) -> None:
    for s in reading_of(text).statements:
        assert 0 <= s.span.start <= s.span.end <= len(text)


BROKE = {
    "a letter outside the formula": "$\\nabla_x$ of $x$",
    "half of a chain rule, whose mends changed what is differentiated by": (
        "Let $X \\in \\mathbb{R}^{n\\times n}$, $a, b \\in \\mathbb{R}^n$.\n"
        "\\[ \\frac{∂a^⊤ X^{-1} b}{∂ X} = \\frac{∂a^⊤ X^{-1} b}{∂ X^{-1"
    ),
    "the exponential of a matrix whose derivative SymPy cannot take to a Jordan form": (
        "$$ \\exp(\\frac{d \\exp(\\begin{pmatrix} \\lambda & x \\\\ x & \\lambda \\end{pmatrix})}{d x}) = f(\\Sigma) $$"
    ),
}


@pytest.mark.parametrize("text", BROKE.values(), ids=BROKE.keys())
def test_what_once_broke(text: str) -> None:
    all_of_it(text, asked=len(FEATURES))
