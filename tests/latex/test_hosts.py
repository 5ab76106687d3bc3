"""Where each host of LaTeX mathematics keeps its formulas, and what is none."""

from __future__ import annotations

import pytest
from nablatex.latex.hosts import host_of
from nablatex.latex.regions import scan


def found(text: str, host: str) -> list[str]:
    """Inline formulas in dollars, displays in brackets."""
    out = []
    for r in scan(text, host).regions:
        rows = [text[s.start : s.end].strip() for s in r.rows]
        out.append(f"${rows[0]}$" if r.inline else f"[{' | '.join(rows)}]")
    return out


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("a $x$ and \\(y\\) and \\[z\\] and $$w$$", ["$x$", "$y$", "[z]", "[w]"]),
        ("\\begin{align*}a &= b \\\\ c &= d\\end{align*}", ["[a &= b | c &= d]"]),
        ("\\$5 and 6\\% of $x$ % not $y$", ["$x$"]),
        ("\\begin{verbatim}$x$\\end{verbatim} \\verb|$y$| \\begin{lstlisting}$z$\\end{lstlisting}", []),
        ("\\begin{tikzpicture}\\node {$x$};\\end{tikzpicture} \\iffalse $y$ \\fi $z$", ["$z$"]),
        ("```quoted'' $x$", ["$x$"]),
    ],
)
def test_latex(text: str, formulas: list[str]) -> None:
    assert found(text, "latex") == formulas


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("a $x$ and $$w$$ and \\\\(y\\\\) and \\\\[z\\\\]", ["$x$", "[w]", "$y$", "[z]"]),
        ("costs $5 and $6, 50% of $x$", ["$x$"]),
        ("```math\nx = y\n```\n", ["[x = y]"]),
        ("```{math}\nx\n```\n~~~python\n$y$\n~~~\n", ["[x]"]),
        ("```{r}\na$b + c$d\n```\n`$x$` and ``a ` $b$`` and $`z`$", ["$z$"]),
        ("<!-- $x$ --> <pre>$y$</pre> {math}`w`", ["$w$"]),
        ("\\begin{aligned}x\\end{aligned} $ x_i $", ["$x_i$"]),
    ],
)
def test_markdown(text: str, formulas: list[str]) -> None:
    assert found(text, "markdown") == formulas


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("so :math:`x^2` and ``:math:`y` ``", ["$x^2$"]),
        (".. math::\n\n   a = b \\\\\n   c = d\n\n   e = f\n\nText $z$.\n", ["[a = b | c = d | e = f]"]),
        (".. math:: x = y\n   :label: eq\n\nText", ["[x = y]"]),
        (".. math::\n   :label: eq\n\n   x\n", ["[x]"]),
        (".. code-block:: python\n\n   ':math:`x`'\n\nThen :math:`y`.", ["$y$"]),
    ],
)
def test_restructured_text(text: str, formulas: list[str]) -> None:
    assert [f.replace(":label: eq\n", "").replace("\n", " ") for f in found(text, "rst")] == formulas


def test_org() -> None:
    text = "$x$ and \\(y\\)\n#+begin_src latex\n$z$\n#+end_src\n# $c$\n=$v$= and \\[w\\]\n"
    assert found(text, "org") == ["$x$", "$y$", "[w]"]


def test_hosts_by_name() -> None:
    assert [host_of(p) for p in ("a.tex", "b/c.Rmd", "d.qmd", "e.rst", "f.org", "g.sty", "h.d/i")] == [
        "latex", "markdown", "markdown", "rst", "org", "latex", "latex",
    ]  # fmt: skip
    assert host_of("untitled", "quarto") == "markdown"
