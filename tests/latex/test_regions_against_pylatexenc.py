"""Where formulas stand, beside what a well-kept LaTeX parser says; every difference is named and explained here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from nablatex.latex.regions import scan

pylatexenc = pytest.importorskip("pylatexenc.latexwalker", reason="the test extra is not installed")

DISPLAYS = {"equation", "align", "gather", "multline", "eqnarray", "displaymath", "math", "flalign", "alignat"}


def theirs(text: str) -> list[tuple[int, int]]:
    """Outer spans of formulas as pylatexenc parses them; formulas in arguments of macros and environments too."""
    nodes, _, _ = pylatexenc.LatexWalker(text, tolerant_parsing=True).get_latex_nodes()
    return sorted(_formulas(nodes))


def _formulas(nodes: Any) -> Iterator[tuple[int, int]]:
    for node in nodes or ():
        if node is None:
            continue
        if node.isNodeType(pylatexenc.LatexMathNode):
            yield (node.pos, node.pos + node.len)
            continue
        name = getattr(node, "environmentname", "").rstrip("*")
        if name in DISPLAYS:
            yield (node.pos, node.pos + node.len)
            continue
        if name in ("verbatim", "lstlisting", "comment", "tikzpicture"):
            continue
        yield from _formulas(getattr(node, "nodelist", None))
        arguments = getattr(getattr(node, "nodeargd", None), "argnlist", None)
        yield from _formulas(arguments)


def ours(text: str) -> list[tuple[int, int]]:
    return [(r.outer.start, r.outer.end) for r in scan(text).regions]


@pytest.mark.parametrize(
    "text",
    [
        r"Let $X \in \mathbb{R}^{m\times n}$ and \(y = Xw\). \[ \frac{\partial f}{\partial X} = a b^\top \]",
        r"\begin{align} a &= b \\ &= c \end{align} and \begin{equation*} x \end{equation*}",
        r"$$ \|Xw - y\|^2 $$ where $\lambda > 0$.",
        r"\begin{equation}\begin{aligned} a &= \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix} \end{aligned}\end{equation}",
        r"\section{On $f(x)$} \textbf{the $n$-vector $x$} \footnote{see $y$} \emph{and \(z\)}",
        r"\begin{theorem}[Gradient of $f$] If $f$ then \[ g \] \end{theorem}",
        r"\begin{itemize} \item $a$ \item[$b$] c \end{itemize} \begin{tabular}{l} $x$ & $y$ \\ \end{tabular}",
        "100\\% of $x$ % not $y$ here\nand $z$",
        r"\begin{verbatim} $x$ \end{verbatim} $y$",
        r"\begin{eqnarray} a & = & b \end{eqnarray} \begin{gather*} x \\ y \end{gather*}",
        r"\begin{multline} a + b \\ + c \end{multline} costs \$5 and $x$",
        r"$a = \text{if $b$ holds}$ and $c$",
        r"$a = \text{if } b$ \[ x \quad \mbox{and } y \]",
        "\\begin{align}\n% a remark with $\n a &= b\n\\end{align}",
        r"$\mathbf{E}_{x\sim p}[f(x)]$, $\{x \mid x > 0\}$, $\left.\frac{df}{dx}\right|_{x=0}$",
        "定义 $A$ 为矩阵，其中 $x$ 是向量。\\[ A x \\]",
        r"\begin{subequations} \begin{align} a &= b \\ c &= d \end{align} \end{subequations}",
        r"\begin{alignat}{2} a &= b &\quad c &= d \end{alignat} \begin{flalign*} & a = b & \end{flalign*}",
        r"\begin{figure} \caption{The map $f$ of \cite{x}} \label{fig:a} \end{figure} and $g$",
        r"\begin{table} \begin{tabular}{|c|c|} \hline $a$ & $b$ \\ \hline \end{tabular} \end{table}",
        r"\begin{enumerate} \item[(a)] $x$; \item \[ y \] \end{enumerate} \begin{proof}[Proof of $P$] By $Q$. \end{proof}",
        r"\newcommand{\R}{\mathbb{R}} \newcommand{\norm}[1]{\lVert #1 \rVert} $x \in \R$",
        r"\title{On $f$} \author{A} \begin{abstract} We study $g$. \end{abstract} \begin{minipage}{3cm} $x$ \end{minipage}",
        r"\begin{equation} f(x) = \begin{cases} 1 & \text{if $x > 0$} \\ 0 & \text{else} \end{cases} \label{eq:f} \end{equation}",
        r"\href{http://a.b/c_d}{the $n$-th page}, \hyperref[eq:f]{Equation $f$}, \ref{a}~$x$",
        r"\begin{tikzpicture} \node {$x$}; \end{tikzpicture} $y$ \begin{comment} $z$ \end{comment}",
        r"\begin{displaymath} x \end{displaymath} \begin{math} y \end{math} $$ a \eqno (1) $$ $b$",
        r"\footnote{With $x$ and \[ y \]} $z$ $x$$y$",
        r"\begin{frame}{The $f$} \begin{block}{On $g$} \pause $h$ \end{block} \end{frame}",
        r"\begin{theorem}\label{t} Let $A$ be $n\times n$. \begin{itemize} \item $B$ \end{itemize} \end{theorem}",
    ],
)
def test_both_see_the_same_formulas(text: str) -> None:
    assert ours(text) == theirs(text)


@pytest.mark.parametrize(
    ("text", "why", "we_see", "they_see"),
    [
        (
            "so $x = \n\nThen $y$.",
            "a blank line ends a formula for us, as it does for TeX; they read on to the next dollar",
            ["$x = \n\n", "$y$"],
            None,
        ),
        (r"\iffalse $x$ \fi $y$", "they do not follow conditionals", ["$y$"], ["$x$", "$y$"]),
        (
            r"\begin{algorithmic} \State $x \gets y$ \end{algorithmic} $z$",
            "the lines of an algorithm assign: nothing in them is a claim, so we leave them alone",
            ["$z$"],
            [r"$x \gets y$", "$z$"],
        ),
        (
            r"\begin{IEEEeqnarray}{rCl} a &=& b \end{IEEEeqnarray} $x$",
            "they know no environments of packages for publishers",
            [r"\begin{IEEEeqnarray}{rCl} a &=& b \end{IEEEeqnarray}", "$x$"],
            ["$x$"],
        ),
        (r"\verb|$x$| $y$", "they agree, and see no formula in \\verb", ["$y$"], ["$y$"]),
        (
            r"\begin{lstlisting} $x$ \end{lstlisting} $y$",
            "their standard context does not know that listings are verbatim; this test skips it for them",
            ["$y$"],
            ["$y$"],
        ),
    ],
)
def test_where_they_differ(text: str, why: str, we_see: list[str], they_see: list[str] | None) -> None:
    assert why
    assert [text[a:b] for a, b in ours(text)] == we_see
    if they_see is not None:
        assert [text[a:b] for a, b in theirs(text)] == they_see
