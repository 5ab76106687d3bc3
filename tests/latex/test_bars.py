"""Bars: which of them open, which close, and which are no fences."""

from __future__ import annotations

import pytest
from nablatex.latex.parse import parse
from nablatex.latex.tree import Evaluated, Fence, Node, Relation

SIGNS = {"bar": "a", "norm": "n", "paren": "", "brace": "", "angle": ""}


def fences(node: Node) -> str:
    """Absolute values as a(…) and norms as n(…), in the order of the text; a condition's bar as a stroke."""
    inside = "".join(map(fences, node.children()))
    if isinstance(node, Fence) and SIGNS[node.kind]:
        return f"{SIGNS[node.kind]}({inside})"
    if isinstance(node, Evaluated):
        return f"at[{inside}]"
    if isinstance(node, Relation) and "\\mid" in node.ops:
        return f"|{inside}"
    return inside


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (r"|x| + |y|", "a()a()"),
        (r"|A||B|", "a()a()"),
        (r"||x||", "n()"),
        (r"||x||\,||y||", "n()n()"),
        (r"||x||||y||", "n()n()"),
        (r"||Ax - b||_2^2 + \lambda ||x||_1", "n()n()"),
        (r"\|x\| \|y\|", "n()n()"),
        (r"\Vert x\Vert_2 + \vert a\vert", "n()a()"),
        (r"\left\lVert x\right\rVert \lvert y \rvert", "n()a()"),
        (r"| |a| - |b| |", "a(a()a())"),
        (r"||a| - |b||", "a(a()a())"),
        (r"||x|^2 - 1|", "a(a())"),
        (r"\| \|x\|^2 a - b\|", "n(n())"),
        (r"|| ||x||^2 a ||^2", "n(n())"),
        (r"\| x + \|y\| x \|", "n(n())"),
        (r"|\sum_i |x_i||", "a(a())"),
        (r"\lvert |x| + b \rvert", "a(a())"),
        (r"\left| |x| - 1 \right|", "a(a())"),
        (r"\bigl| |x| - 1 \bigr|", "a(a())"),
        (r"\left|\left| x \right|\right|", "n()"),
        (r"\left||x\right||^2 + \left||y\right||^2", "n()n()"),
        (r"\left||A\right|| \left||x\right||", "n()n()"),
        (r"\Big|\Big| Ax \Big|\Big|_2", "n()"),
        (r"\log \mid X\mid", "a()"),
        (r"\parallel x \parallel^2", "n()"),
        (r"\frac{|x|}{|y|} |z|", "a()a()a()"),
        (r"p(x | y)", "|"),
        (r"p(x | |y|)", "|a()"),
        (r"p(|x| | y) + |z|", "|a()a()"),
        (r"p(x \mid y) = \|z\|", "|n()"),
        (r"\{x | |x| < 1\}", "|a()"),
        (r"\langle x | y \rangle |a|", "a()"),
        (r"\left. |x| \right|_{x=0}", "at[a()]"),
        (r"|x|^2 \Bigr|_{x=a}", "at[a()]"),
        (r"|x|_1 + \frac{df}{dx}|_{x=0}", "a()at[]"),
        (r"-|-x|", "a()"),
    ],
)
def test_bars(text: str, seen: str) -> None:
    parsed = parse(text)
    assert parsed.problems == ()
    assert fences(parsed.tree) == seen


def test_a_norm_of_three_bars_is_no_determinant() -> None:
    assert parse("|||A|||").problems


def test_bars_of_a_macro() -> None:
    from nablatex.latex.definitions import read_macros

    macros = read_macros(r"\newcommand{\n}[1]{||#1||}\newcommand{\ab}[1]{\left|#1\right|}")
    assert fences(parse(r"\n{\ab{a} x} + \n{y}", macros=macros).tree) == "n(a())n()"


@pytest.mark.parametrize(
    "text", ["|", "||", "|x", "x|", r"\|x", "| |x|", "|x||", r"\left||x\right|", r"|x|_", r"\left|", "|a & b|"]
)
def test_half_typed_bars_break_nothing(text: str) -> None:
    assert parse(text).tree.span.end <= len(text)
