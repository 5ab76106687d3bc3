"""Weights of layers, W^{(2)}, whose transposes are written in many ways."""

from __future__ import annotations

import pytest
from nablatex.features.actions import actions, resolve
from nablatex.features.check import check_document
from nablatex.features.model import Settings

SAID = r"Let $W^{(2)} \in \mathbb{R}^{m\times n}$, $x \in \mathbb{R}^n$ and $b \in \mathbb{R}^m$. "


@pytest.mark.parametrize(
    "turned",
    [
        r"W^{(2)\top}",
        r"W^{(2)T}",
        r"W^{(2),\top}",
        r"W^{(2)'}",
        r"W^{(2)}{}^\top",
        r"{W^{(2)}}^\top",
        r"(W^{(2)})^\top",
        r"W^{(2)\mathsf{T}}",
    ],
)
def test_the_transpose_of_a_layer(turned: str) -> None:
    right = check_document(rf"{SAID} \[ \nabla_x \|W^{{(2)}}x - b\|^2 = 2{turned}(W^{{(2)}}x - b) \]", Settings())
    wrong = check_document(rf"{SAID} \[ \nabla_x \|W^{{(2)}}x - b\|^2 = {turned}(W^{{(2)}}x - b) \]", Settings())
    assert (right[-1].verdict, wrong[-1].verdict) == ("proved", "fails")


def test_a_transpose_before_its_matrix_stays_before_it() -> None:
    text = r"Let $A \in \mathbb{R}^{m\times n}$, $x \in \mathbb{R}^n$. $\nabla_x (x^\top {}^t A A x) = 2\,{}^t A A x$"
    assert check_document(text, Settings())[-1].verdict == "proved"


@pytest.mark.parametrize(
    ("said", "seen"),
    [(r"Here $W^{(2)\top} b$ is known. ", r" = W^{(2)\top}b"), (r"Here $b^\top b$ is known. ", r" = (W^{(2)})^\top b")],
)
def test_results_are_written_as_the_author_writes_them(said: str, seen: str) -> None:
    text = SAID + said + r"Then $\nabla_x (b^\top W^{(2)} x)$"
    action = next(a for a in actions(text, len(text) - 2, len(text) - 2, Settings()) if a.title == "Insert derivative")
    assert resolve(text, action.data, Settings()).edits[0].new == seen
