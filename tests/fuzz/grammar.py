"""Random documents: from a grammar of formulas and prose, and real pages with bytes changed."""

from __future__ import annotations

import random
import re
from pathlib import Path

PAGES = [p.read_text(encoding="utf-8") for p in sorted((Path(__file__).parents[2] / "examples").glob("*.tex"))]
LETTERS = (
    "x",
    "y",
    "a",
    "b",
    "X",
    "A",
    "W",
    "\\Sigma",
    "\\lambda",
    "\\mathbf{w}",
    "x_i",
    "X_{ij}",
    "f",
    "\\hat{x}",
    "1",
    "2",
    "I",
)
WRAPPED = (
    "{0}^\\top", "{0}^{{-1}}", "\\|{0}\\|^2", "\\operatorname{{tr}}({0})", "\\det({0})", "\\log {0}", "\\exp({0})", "({0})", "|{0}|",
    "\\frac{{{0}}}{{{1}}}", "{0} {1}", "{0} + {1}", "{0} - {1}", "{0} \\odot {1}", "{0} \\otimes {1}", "\\sum_{{i=1}}^n {0}", "d {0}",
    "\\nabla_x {0}", "\\frac{{\\partial {0}}}{{\\partial {1}}}", "\\frac{{d {0}}}{{d x}}", "{0}'", "{0}_{{{1}}}", "{0}^{{{1}}}",
    "\\operatorname{{diag}}({0})", "\\operatorname{{vec}}({0})", "\\langle {0}, {1} \\rangle", "\\sqrt{{{0}}}", "f({0})", "\\left({0}\\right)",
    "\\begin{{pmatrix}} {0} & {1} \\\\ {1} & {0} \\end{{pmatrix}}", "\\mathbb{{E}}[{0}]", "\\max(0, {0})", "\\text{{for {0}}}",
)  # fmt: skip
RELATIONS = ("=", "=", "=", "=", "\\approx", "\\le", "\\in", ":=", "\\Rightarrow", "&=")
PROSE = (
    "Let ${0} \\in \\mathbb{{R}}^{{m \\times n}}$ be symmetric. ", "where ${0}$ is an $n$-vector and ${1}$ invertible. ", "Then ", "\n\n",
    "% nablatex: {0} : n x n\n", "% nablatex: ignore\n", "\\section{{{0}}}\n", "\\newcommand{{\\q}}[1]{{#1 {0}}} ", "设 ${0}$ 是对称矩阵。", "\\begin{{proof}} ",
    "\\begin{{align}} {0} &= {1} \\\\ &= {1} \\end{{align}}\n", "\\[ {0} = {1} . \\]\n", "$$ {0} = {1} $$", "\\verb|{0}|", "```\n{0}\n```\n",
)  # fmt: skip


def formula(r: random.Random, depth: int = 4) -> str:
    if depth == 0 or r.random() < 0.2:
        return r.choice(LETTERS)
    return r.choice(WRAPPED).format(formula(r, depth - 1), formula(r, depth - 1))


def document(r: random.Random) -> str:
    """Some sentences and formulas, now and then broken."""
    parts = []
    for _ in range(r.randrange(1, 6)):
        a, b = formula(r), f"{formula(r)} {r.choice(RELATIONS)} {formula(r)}"
        parts.append(r.choice(PROSE).format(a, b))
    text = "".join(parts)
    return mutated(r, text) if r.random() < 0.4 else text


def mutated(r: random.Random, text: str) -> str:
    """Bytes changed, doubled, cut out or moved; read as an editor would."""
    data = bytearray(text.encode("utf-8"))
    for _ in range(r.randrange(1, 6)):
        if not data:
            break
        at = r.randrange(len(data))
        kind = r.randrange(5)
        if kind == 0:
            data[at] = r.randrange(256)
        elif kind == 1:
            del data[at : at + r.randrange(1, 20)]
        elif kind == 2:
            data[at:at] = data[at : at + r.randrange(1, 40)]
        elif kind == 3:
            data[at:at] = r.choice((b"{", b"}", b"\\", b"$", b"^", b"_", b"&", b"\n\n", b"\\begin{", b"\\end{", b"%"))
        else:
            to = r.randrange(len(data))
            data[at], data[to] = data[to], data[at]
    return bytes(data).decode("utf-8", "replace")


def excerpt(r: random.Random, page: str, lines: int = 30) -> str:
    """Up to so many lines of a page, rather fewer, from a blank line on, bytes changed."""
    near = r.randrange(len(page) + 1)
    start = page.rfind("\n\n", 0, near) + 2 if "\n\n" in page[:near] else 0
    return mutated(
        r, "\n".join(page[start : start + 3000].split("\n")[: min(r.randint(1, lines), r.randint(1, lines))])
    )


SHAPED = (
    "Let $x, y, a, b \\in \\mathbb{R}^n$, $A, B, X \\in \\mathbb{R}^{n\\times n}$ and $s, t \\in \\mathbb{R}$. ",
    "Let $x, y, a, b \\in \\mathbb{R}^n$, $X \\in \\mathbb{R}^{n\\times n}$, $A, B \\in \\mathbb{R}^{n\\times n}$ symmetric positive definite. ",
)
MATRICES = (
    "{m} {m}", "{m} + {m}", "{m} - {m}", "{m}^\\top", "{m}^{{-1}}", "{s} {m}", "{v} {v}^\\top", "{m} \\odot {m}", "\\operatorname{{diag}}({v})",
    "\\exp({m})", "({m})^2", "I",
)  # fmt: skip
VECTORS = (
    "{m} {v}", "{v} + {v}", "{v} - {v}", "{s} {v}", "{v} \\odot {v}", "\\exp({v})", "\\sigma({v})", "{m}^{{-1}} {v}",
    "\\operatorname{{diag}}({m})", "\\nabla_x \\left({s}\\right)", "\\mathbf{{1}}", "\\frac{{\\partial}}{{\\partial y}} \\left({s}\\right)",
)  # fmt: skip
SCALARS = (
    "{v}^\\top {v}", "{v}^\\top {m} {v}", "\\operatorname{{tr}}({m})", "\\det({m})", "\\log\\det({m})", "\\|{v}\\|^2", "\\|{v}\\|", "\\|{m}\\|_F^2",
    "{s} + {s}", "{s} {s}", "\\sum_{{i=1}}^n {v}_i", "\\frac{{{s}}}{{{s}}}", "\\exp({s})", "({s})^2", "2", "\\log\\sum_i \\exp({v})_i",
)  # fmt: skip
KINDS = {"m": (MATRICES, ("A", "B", "X")), "v": (VECTORS, ("x", "y", "a", "b")), "s": (SCALARS, ("s", "t"))}


def shaped(r: random.Random, kind: str, depth: int) -> str:
    """A formula of a kind: matrix, vector or scalar."""
    forms, letters = KINDS[kind]
    if depth == 0 or r.random() < 0.15:
        return r.choice(letters)
    form = r.choice(forms)
    parts = re.split(r"\{([mvs])\}", form)
    for k in range(1, len(parts), 2):
        part = shaped(r, parts[k], depth - 1)
        parts[k] = part if len(part) == 1 or parts[k - 1][-1:] == "(" else f"({part})"
    return "".join(parts).replace("{{", "{").replace("}}", "}")


def claim(r: random.Random) -> str:
    """Declarations and a claim whose two sides have the same shape; half of them a derivative."""
    if r.random() < 0.5:
        value = shaped(r, "s", 2)
        by, kind = r.choice((("x", "v"), ("X", "m")))
        left = r.choice(
            ("\\nabla_{{{1}}} \\left({0}\\right)", "\\frac{{\\partial}}{{\\partial {1}}} \\left({0}\\right)")
        ).format(value, by)
    else:
        kind = r.choice("mvs")
        left = shaped(r, kind, 2)
    right = left if r.random() < 0.1 else shaped(r, kind, 2)
    end = r.choice(("{} = {}", "{} = {}", "{} = {} = {}", "{} =")).format(left, right, shaped(r, kind, 1))
    text = r.choice(SHAPED) + f"Then\n\\[ {end} . \\]\n"
    return mutated(r, text) if r.random() < 0.2 else text


def some(r: random.Random) -> str:
    """Half from the grammar, half a part of a real page with bytes changed."""
    if r.random() < 0.5 or not PAGES:
        return document(r)
    page = r.choice(PAGES)
    start = r.randrange(len(page))
    return mutated(r, page[start : start + r.randrange(400)])
