"""Pages of any length that read like lecture notes, for benchmarks: declarations, definitions, claims, prose."""

from __future__ import annotations

import random

HEAD = [
    "\\documentclass{article}",
    "\\newcommand{\\tr}{\\operatorname{tr}}",
    "\\newcommand{\\R}{\\mathbb{R}}",
    "\\begin{document}",
    "",
]
SECTION = "\\section{{Part {k}}}\nLet $X \\in \\R^{{m\\times n}}$, $A \\in \\R^{{n \\times n}}$, $a \\in \\R^m$ and $b, x \\in \\R^n$.\n"
PARAGRAPHS = (
    "The scalar $f_{{{k}}} = a^\\top X b$ is linear in $X$, so that\n"
    "\\[ \\frac{{\\partial a^\\top X b}}{{\\partial X}} = a b^\\top . \\]\nThis needs no more words than these.\n",
    "For the quadratic form we have\n\\begin{{align}}\n  \\nabla_x x^\\top A x &= (A + A^\\top) x \\\\\n"
    "  &= A x + A^\\top x .\n\\end{{align}}\n",
    "Some prose on what a gradient is, with $x^\\top A x$ in the line.\nIt goes on for another line, as prose does,\n"
    "and ends here.\n",
    "The trace is cyclic,\n\\[ \\tr(A X^\\top X) = \\tr(X A X^\\top) , \\]\nas is well known.\n",
    "A norm has the gradient\n\\[ \\nabla_x \\|x\\|^2 = 2 x \\]\nwhich points away from the origin.\n",
)


def page(lines: int, seed: int = 0) -> str:
    """A document of about so many lines."""
    r = random.Random(seed)
    out = list(HEAD)
    count = len(out)
    k = 0
    while count < lines:
        if k % 25 == 0:
            out.append(SECTION.format(k=k))
            count += 3
        paragraph = r.choice(PARAGRAPHS).format(k=k)
        out.append(paragraph)
        count += paragraph.count("\n") + 1
        k += 1
    return "\n".join([*out, "\\end{document}", ""])
