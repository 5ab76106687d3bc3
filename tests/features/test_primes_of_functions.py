"""Claims about f'(x) of a function that the document defines, and functions that stand in their own parentheses."""

from __future__ import annotations

import pytest
from nablatex.features.check import check_document
from nablatex.features.model import Settings

SAID = r"""
Let $\sigma(z) = 1/(1+e^{-z})$, $f(t) = \tanh t$ and $\phi(\lambda) = \log\det(A + \lambda B)$, where $A, B \in \mathbb{R}^{n\times n}$.
"""


@pytest.mark.parametrize(
    ("claim", "verdicts"),
    [
        (r"\sigma'(z) = \sigma(z)(1 - \sigma(z))", ("proved", "holds")),
        (r"\sigma'(z) = \sigma(z)(1 + \sigma(z))", ("fails",)),
        (r"\frac{d\sigma}{dz} = \sigma(1 - \sigma)", ("proved", "holds")),
        (r"\frac{d\sigma}{dz} = \sigma(z)(1 - \sigma)", ("proved", "holds")),
        (r"\frac{d\sigma}{dz} = 2\sigma(1 - \sigma)", ("fails",)),
        (r"f'(t) = 1 - f(t)^2", ("proved", "holds")),
        (r"f'(0) = 1", ("proved", "holds")),
        (r"\phi'(\lambda) = \operatorname{tr}((A + \lambda B)^{-1}B)", ("proved", "holds")),
        (r"f'(t) = 0", (None,)),
        (r"f'(c) = \frac{f(b) - f(a)}{b - a}", (None,)),
    ],
)
def test_a_prime_of_a_defined_function_is_its_derivative(claim: str, verdicts: tuple[str | None, ...]) -> None:
    assert check_document(f"{SAID}\n\\[ {claim} \\]\n", Settings())[-1].verdict in verdicts
