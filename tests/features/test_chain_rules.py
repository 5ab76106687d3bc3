"""Chain rules and their kin: claims about functions that nothing defines hold for every one, or nothing is said of them."""

from __future__ import annotations

import pytest
from nablatex.features.check import check_document
from nablatex.features.model import Settings, Statement


def claims(text: str) -> list[Statement]:
    return [s for s in check_document(text, Settings()) if s.kind == "claim"]


RIGHT = {
    "one function in another": r"\[ \frac{dz}{dx} = \frac{dz}{dy}\frac{dy}{dx} \]",
    "two ways from a to f": r"\[ \frac{\partial f}{\partial a} = \frac{\partial f}{\partial u}\frac{\partial u}{\partial a} + \frac{\partial f}{\partial v}\frac{\partial v}{\partial a} \]",
    "three ways, one through another": r"\[ \frac{\partial f}{\partial y} = \frac{\partial f}{\partial a}\frac{\partial a}{\partial u}\frac{\partial u}{\partial y} + \frac{\partial f}{\partial u}\frac{\partial u}{\partial y} + \frac{\partial f}{\partial b}\frac{\partial b}{\partial v}\frac{\partial v}{\partial y} \]",
    "columns, as a Jacobian": r"Let $x \in \mathbb{R}^m$ and $y \in \mathbb{R}^n$. \[ \nabla_x z = \left(\frac{\partial y}{\partial x}\right)^\top \nabla_y z \]",
    "columns, entry by entry": r"Let $x \in \mathbb{R}^m$ and $y \in \mathbb{R}^n$. \[ \frac{\partial z}{\partial x_i} = \sum_j \frac{\partial z}{\partial y_j}\frac{\partial y_j}{\partial x_i} \]",
    "a total differential": r"\[ d\mathbf{f}(x, \mathbf{y}) = \frac{\partial \mathbf{f}}{\partial x}dx + \frac{\partial \mathbf{f}}{\partial \mathbf{y}}d\mathbf{y} \]",
    "a differential through a matrix": r"\[ d(z(\mathbf{Y}(x))) = \operatorname{tr}\left(\frac{dz}{d\mathbf{Y}}\frac{d\mathbf{Y}}{dx}dx\right) \]",
    "the gradient and the partial derivative": r"\[ \nabla f(\mathbf{x}) = \frac{\partial f(\mathbf{x})}{\partial \mathbf{x}} \]",
    "the order of two derivatives": r"\[ \frac{\partial^2 f(\mathbf{x})}{\partial x_i\,\partial x_j} = \frac{\partial^2 f(\mathbf{x})}{\partial x_j\,\partial x_i} \]",
    "a loss of which only the arguments are known": r"Let $W \in \mathbb{R}^{m\times n}$, $h \in \mathbb{R}^n$, $y \in \mathbb{R}^m$. Let $o = W h$ and $L = l(o, y)$. \[ \frac{\partial L}{\partial W} = \frac{\partial L}{\partial o} h^\top \]",
}


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_it_holds_for_every_function(text: str) -> None:
    (claim,) = claims(text)
    assert claim.verdict in ("proved", "holds") and "for every smooth" in claim.message


WRONG = {
    "a way is missing": r"\[ \frac{\partial f}{\partial a} = \frac{\partial f}{\partial u}\frac{\partial u}{\partial a} + \frac{\partial f}{\partial v} \]",
    "a factor too many": r"\[ \frac{dz}{dx} = 2\frac{dz}{dy}\frac{dy}{dx} \]",
    "a Jacobian that is not transposed": r"Let $x \in \mathbb{R}^m$ and $y \in \mathbb{R}^m$. % nablatex: layout numerator"
    + "\n"
    + r"\[ \nabla_x z = \frac{\partial y}{\partial x} \nabla_y z \]",
    "one that would hold for linear functions": r"\[ \frac{d^2 z}{dx^2} = 0 \cdot \frac{dz}{dx} \]",
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_what_does_not_follow_is_neither_confirmed_nor_called_wrong(text: str) -> None:
    """What its functions depend on was taken from the claim itself."""
    (claim,) = claims(text)
    assert claim.verdict == "unknown" and claim.code is None


def test_the_message_names_the_functions() -> None:
    (claim,) = claims(r"\[ \frac{dz}{dx} = \frac{dz}{dy}\frac{dy}{dx} \]")
    assert claim.message.endswith("for every smooth $z(y)$, $y(x)$")
