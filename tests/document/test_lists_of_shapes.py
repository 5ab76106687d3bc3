"""Shapes told one after the other: each belongs to the symbol before it."""

from __future__ import annotations

from nablatex.document.reading import read_document


def shapes(text: str) -> dict[str, str]:
    symbols = read_document(text).context.symbols
    return {k.base: "×".join(map(str, d.shape)) for k, d in symbols.items() if d.shape is not None}


def test_each_shape_belongs_to_the_symbol_before_it() -> None:
    text = r"$f$ is scalar, $a$ is $m \times 1$ column vector, $X$ is $m \times n$ matrix, $b$ is $n \times 1$ column vector"
    assert shapes(text) == {"f": "1×1", "a": "m×1", "X": "m×n", "b": "n×1"}


def test_a_last_symbol_without_a_shape_gets_none_of_the_shapes_before() -> None:
    text = r"$W$ is $l \times m$ matrix, $X$ is $m \times n$ matrix, $M$ is $l \times l$ symmetric matrix, $\sigma$ is element-wise operation."
    assert shapes(text) == {"W": "l×m", "X": "m×n", "M": "l×l"}


def test_a_size_before_its_symbol() -> None:
    assert shapes(r"Take an $m \times n$ matrix $A$ and an $n \times n$ matrix, say $B$.") == {"A": "m×n", "B": "n×n"}


def test_a_property_belongs_to_what_it_is_said_of() -> None:
    text = r"Let $S\in\mathbb{R}^{n\times n}$ be symmetric positive definite, $x\in\mathbb{R}^n$, $m\in\mathbb{R}^n$."
    symbols = read_document(text).context.symbols
    assert {k.base for k, d in symbols.items() if "spd" in d.properties} == {"S"}


def test_a_definition_holds_in_its_own_chain_after_a_declaration_in_a_later_section() -> None:
    from nablatex.features.check import check_document
    from nablatex.features.model import Settings

    text = (
        "# One\n\n$A$ is $m \\times n$ matrix.\n\n# Two\n\n$E$ is scalar, $A$ is $m \\times n$ matrix, $x$ is $n \\times 1$ "
        "column vector, $b$ is $m \\times 1$ column vector.\n\n$$\\begin{aligned}\nE &= (Ax - b)^T (Ax - b) \\\\\n"
        "dE &= 2(Ax - b)^T A dx\n\\end{aligned}$$\n"
    )
    assert [s.verdict for s in check_document(text, Settings(), "markdown") if s.kind == "claim"] == ["proved"]


def test_a_function_of_numbers_that_is_the_sigmoid_acts_entry_by_entry() -> None:
    from nablatex.features.check import check_document
    from nablatex.features.model import Settings

    text = (
        r"Let $\sigma(z) = \frac{1}{1 + e^{-z}}$, $w \in \mathbb{R}^n$ and $X\in\mathbb{R}^{m\times n}$. Then"
        "\n\\[ \\nabla_w \\mathbf{1}^\\top \\sigma(Xw) = X^\\top (\\sigma(Xw) \\odot (1 - \\sigma(Xw))) \\]\n"
        "and not \\[ \\nabla_w \\mathbf{1}^\\top \\sigma(Xw) = X^\\top \\sigma(Xw). \\]"
    )
    found = [s.verdict for s in check_document(text, Settings()) if s.kind == "claim"]
    assert found == ["proved", "fails"]


def test_chain_rules_over_functions_that_the_text_defines() -> None:
    from nablatex.features.check import check_document
    from nablatex.features.model import Settings

    text = (
        "We define $f(u,v) = (u+v)^2$, $u(a,b) = (a+b)^2$ and $v(a,b) = (a-b)^2$. Then\n"
        r"\[ \frac{\partial f}{\partial u} = 2(u+v) \]"
        "\n"
        r"\[ \frac{\partial f}{\partial a} = \frac{\partial f}{\partial u}\frac{\partial u}{\partial a} + \frac{\partial f}{\partial v}\frac{\partial v}{\partial a} \]"
    )
    assert [s.verdict for s in check_document(text, Settings()) if s.kind == "claim"] == ["proved", "proved"]
