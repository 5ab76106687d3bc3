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
        (r"\url{http://a.b/$x%20_1}, \path|/home/$x|, \nolinkurl{a$b} and $y$", ["$y$"]),
        (r"\href[new]{http://a.b/?q=$x}{the $n$-th page}, \includegraphics[width=3cm]{a$1.png}", ["$n$"]),
        (
            r"\lstinline[language=sh]|$x|, \lstinline{$x}, \mintinline{sh}{echo $x}, \Verb+$x+, \mint[a]{sh}|$x| $y$",
            ["$y$"],
        ),
        (
            "\\begin{alltt}a $x\\end{alltt}\\begin{BVerbatim}$\\end{BVerbatim}\\begin{Sinput}df$x\\end{Sinput}$y$",
            ["$y$"],
        ),
        (
            r"\begin{tabular}{>{$}c<{$} >{$\displaystyle}l<{$}} a \end{tabular} \lstset{literate={$}{{\$}}1} $y$",
            ["$y$"],
        ),
        (r"\Sexpr{df$x} and \py{'$'} and $y$ \end{document} $z$", ["$y$"]),
        (r"\newcommand{\be}{\begin{equation}}\newcommand\ee{\end{equation}} \be x = y \ee $z$", ["[x = y]", "$z$"]),
        (r"\def\bea{\begin{eqnarray}} \def\eea{\end{eqnarray}} \bea x &=& y \\ &=& z \eea", ["[x &=& y | &=& z]"]),
        (r"\begin{alignat}{2} a &= b \\ c &= d \end{alignat}", ["[a &= b | c &= d]"]),
        (r"\begin{IEEEeqnarray}{rCl} a &=& b \end{IEEEeqnarray}", ["[a &=& b]"]),
        (r"\begin{empheq}[box=\fbox]{align} a &= b \end{empheq}", ["[a &= b]"]),
        (r"\[ \begin{aligned}[t] a &= b \\ &= c \end{aligned} \]", ["[a &= b | &= c]"]),
        (r"\[ \begin{array}{rcl} a &=& b \\ c &=& d \end{array} \]", ["[a &=& b | c &=& d]"]),
        (r"\[ \begin{array}{cc} 1 & 2 \\ 3 & 4 \end{array} \]", [r"[\begin{array}{cc} 1 & 2 \\ 3 & 4 \end{array}]"]),
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
        ("[a $n$](http://b/$c/$d) and <http://a/$x> and https://a/$x$y and $y$", ["$n$", "$y$"]),
        ("{% highlight sh %}\necho $x$\n{% endhighlight %} $y$ <kbd>$z$</kbd>", ["$y$"]),
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
        ("As :math:`x` is::\n\n   a :math:`b`\n\n   c\n\nThen :math:`y`.", ["$x$", "$y$"]),
        (".. note::\n\n   With :math:`x`.\n\n`see <http://a/$b>`_", ["$x$"]),
    ],
)
def test_restructured_text(text: str, formulas: list[str]) -> None:
    assert [f.replace(":label: eq\n", "").replace("\n", " ") for f in found(text, "rst")] == formulas


def test_org() -> None:
    text = "$x$ and \\(y\\)\n#+begin_src latex\n$z$\n#+end_src\n# $c$\n=$v$= and \\[w\\]\n"
    assert found(text, "org") == ["$x$", "$y$", "[w]"]
    text = "#+TITLE: costs $5\n#+begin_src sh\necho $x\n#+end_src\n[[http://a/$b][text]] of $6 and $y$.\n"
    assert found(text, "org") == ["$y$"]


def test_knitr() -> None:
    assert found("$x$\n<<echo=FALSE>>=\ndf$x\n\ndf$y\n@\nand $y$", "latex") == ["$x$", "$y$"]


def test_hosts_by_name() -> None:
    assert [host_of(p) for p in ("a.tex", "b/c.Rmd", "d.qmd", "e.rst", "f.org", "g.sty", "h.d/i")] == [
        "latex", "markdown", "markdown", "rst", "org", "latex", "latex",
    ]  # fmt: skip
    assert host_of("untitled", "quarto") == "markdown"
