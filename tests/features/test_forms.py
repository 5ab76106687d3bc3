"""The usual forms of one result: what each action puts behind the formula."""

from __future__ import annotations

import numpy as np
import pytest
from nablatex.algebra import ops
from nablatex.algebra.components import component
from nablatex.algebra.evaluate import Evaluator
from nablatex.algebra.expr import Expr
from nablatex.algebra.forms import forms
from nablatex.features.actions import actions, resolve
from nablatex.features.check import check_document
from nablatex.features.model import Settings

HEAD = r"Let $A \in \mathbb{R}^{m \times n}$, $x \in \mathbb{R}^n$, $b \in \mathbb{R}^m$ and let $S \in \mathbb{R}^{n \times n}$ be symmetric. "


def inserted(formula: str, title: str) -> str:
    """What the action puts behind the formula at the cursor."""
    text = HEAD + f"Then \\[ {formula} \\]"
    at = text.index(formula) + 3
    offered = [a for a in actions(text, at, at, Settings()) if a.title == title]
    assert offered, [a.title for a in actions(text, at, at, Settings())]
    done = resolve(text, offered[0].data, Settings())
    assert done.edits, done.message
    return done.edits[0].new


@pytest.mark.parametrize(
    ("formula", "title", "seen"),
    [
        (r"\nabla_x \|Ax - b\|^2", "Insert derivative", r" = 2A^\top (Ax - b)"),
        (r"\nabla_x \|Ax - b\|^2 =", "Insert derivative", r" 2A^\top (Ax - b)"),
        (r"\nabla_x \|Ax - b\|^2 = ?", "Insert derivative", r"2A^\top (Ax - b)"),
        (r"\nabla_x \|Ax - b\|^2", "Insert derivative, expanded", r" = 2A^\top Ax - 2A^\top b"),
        (
            r"\nabla_x \|Ax - b\|^2",
            "Insert derivative in index notation",
            r" = \left[ 2A_{ji} (A_{jk}x_k - b_j) \right]_{i}",
        ),
        (
            r"\frac{\partial \log\det S}{\partial S}",
            "Insert derivative with tied entries (symmetric variable)",
            r" = 2S^{-1} - S^{-1} \odot I_n",
        ),
    ],
)
def test_a_form_is_put_behind_the_formula(formula: str, title: str, seen: str) -> None:
    assert inserted(formula, title) == seen


NORMALISED = r"\nabla_x c^\top \frac{x - \frac1n \mathbf{1}\mathbf{1}^\top x}{\sqrt{\frac1n\|x - \frac1n \mathbf{1}\mathbf{1}^\top x\|^2 + \epsilon}}"
NAMED = "Insert derivative, with common parts named"


def test_parts_that_a_long_result_repeats_get_names() -> None:
    seen = inserted(NORMALISED, NAMED)
    assert seen.endswith(r", \quad \text{where } r = x - \frac{\mathbf{1}_n \mathbf{1}_n^\top x}{n}")
    assert seen.count("r") > seen.count(r"\mathbf{1}") and len(seen) < len(inserted(NORMALISED, "Insert derivative"))


def test_what_was_inserted_with_names_is_confirmed() -> None:
    text = HEAD + f"Let $c \\in \\mathbb{{R}}^n$. Then \\[ {NORMALISED}{inserted(NORMALISED, NAMED)} \\]"
    judged = check_document(text, Settings())
    assert [(s.code, s.verdict) for s in judged if s.verdict is not None] == [(None, "proved")]


def test_names_are_offered_only_where_they_make_a_result_shorter() -> None:
    text = HEAD + r"Then \[ \nabla_x \|Ax - b\|^2 \]"
    assert NAMED not in [a.title for a in actions(text, text.index("nabla"), text.index("nabla"), Settings())]


X, B = ops.symbol("X", "m", "n"), ops.symbol("B", "m", "n")
v, w = ops.symbol("v", "n"), ops.symbol("w", "m")
SAMPLES: list[Expr] = [
    2 * (B.T @ (X @ v - w)),
    ops.hadamard(X, B) @ v,
    w.T @ X @ v,
    ops.power(ops.norm(X @ v - w), ops.number(2)),
    ops.elementwise("tanh", X @ v),
    ops.diag(v) @ X.T,
    ops.diag_part(X.T @ B),
    ops.trace(X.T @ B) * ops.inverse(X.T @ X),
]


def point() -> Evaluator:
    rng = np.random.default_rng(8)
    sizes = {"m": 4, "n": 3}
    shapes = {X: (4, 3), B: (4, 3), v: (3, 1), w: (4, 1)}
    return Evaluator({s: rng.standard_normal(shape) for s, shape in shapes.items()}, sizes)


@pytest.mark.parametrize("e", SAMPLES)
def test_every_form_has_the_value_of_the_expression(e: Expr) -> None:
    ev = point()
    for name, form in forms(e):
        assert form.shape == e.shape and np.allclose(ev(form), ev(e)), name


@pytest.mark.parametrize("e", SAMPLES)
def test_every_entry_is_the_entry(e: Expr) -> None:
    ev = point()
    entry, indices = component(e)
    whole = ev(e)
    for place in np.ndindex(*(whole.shape[k] for k in range(len(indices)))):
        at = ev.bind({i: np.array([[k + 1.0]]) for i, k in zip(indices, place, strict=True)})
        assert np.allclose(at(entry), whole[(*place, *[0] * (2 - len(place)))])
