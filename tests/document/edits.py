"""Random edits of a page, as an author makes them: letters, pastes, deletions, undo, macros, half environments."""

from __future__ import annotations

import random
from collections.abc import Iterator

PAGE = r"""\documentclass{article}
\newcommand{\tr}{\operatorname{tr}}
\newcommand{\R}{\mathbb{R}}

\begin{document}
Let $X \in \R^{m\times n}$, $A \in \R^{n\times n}$, $a \in \R^m$ and $b, x \in \R^n$.
The scalar $f = a^\top X b$ is linear, and
\[ \frac{\partial f}{\partial X} = a b^\top . \]

For the quadratic form, where $A$ is symmetric, the step is
\begin{align}
  \nabla_x x^\top A x &= (A + A^\top) x \\
  &= 2 A x .
\end{align}

% nablatex: ignore
\begin{equation} \nabla_x a^\top a = x \end{equation}

\begin{verbatim}
Let $x \in \R^p$.

$$ x = y $$
\end{verbatim}

The trace is cyclic: $\tr(A X^\top X) = \tr(X A X^\top)$.
It goes on.

A vector $y$ has the gradient
\[ \nabla_y \|y\|^2 = 2 y \]
as one sees.
\end{document}
"""

PIECES = (
    "x", "X", "A", "2", " ", "\n", "\n\n", "\\", "{", "}", "$", "$$", "\\[", "\\]", "= ", "^\\top", "^{-1}", "_i", "&", "\\\\",
    "%", "% nablatex: ignore\n", "% nablatex: layout numerator\n", "\\begin{align}", "\\end{align}", "\\begin{verbatim}",
    "\\end{verbatim}", "\\iffalse ", "\\fi ", "```\n", "\\newcommand{\\tr}{\\operatorname{Tr}}", "\\newcommand{\\q}[1]{#1^\\top}",
    "Let $B \\in \\mathbb{R}^{n\\times n}$ be symmetric. ", "where $W$ is an $m \\times n$ matrix $W$. ",
    "\\[ \\nabla_x x^\\top A x = 2 A x \\]", "é", "𝔸", "\r\n", "\t", "f = x^\\top x",
)  # fmt: skip


def edits(seed: int, count: int, text: str = PAGE) -> Iterator[tuple[int, int, str, str]]:
    """(start, end, new, text after) of each edit."""
    r = random.Random(seed)
    past = [text]
    for _ in range(count):
        kind = r.random()
        start = r.randrange(len(text) + 1)
        end, new = start, ""
        if kind < 0.45:
            new = r.choice(PIECES)
        elif kind < 0.7:
            end = min(len(text), start + r.choice((1, 1, 1, 2, 5, 40)))
        elif kind < 0.8:
            end = min(len(text), start + r.randrange(12))
            new = r.choice(PIECES)
        elif kind < 0.9:  # paste a part of the page
            a = r.randrange(len(text) + 1)
            new = text[a : a + r.randrange(200)]
        else:  # undo, some steps at once
            start, end, new = 0, len(text), past[max(0, len(past) - 1 - r.randrange(4))]
        text = text[:start] + new + text[end:]
        past.append(text)
        yield start, end, new, text
