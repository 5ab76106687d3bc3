"""Scanning a document of 50,000 lines (regions, macros, declarations), side by side with the bare cost of tokenising it.

The yardstick is one compiled regular expression that cuts the same text into LaTeX tokens, run in the same process in
turns with the scan.  Prints each round, the medians and their ratio, which should be at most 4.
"""

from __future__ import annotations

import random
import re
import statistics
import sys
import time
from pathlib import Path

from nablatex.document.prose import facts_of
from nablatex.features.collection import seldom_collect
from nablatex.latex.regions import scan

LINES = 50_000
ROUNDS = 5
TOKEN = re.compile(r"%[^\n]*|\\(?:[A-Za-z@]+|.)|\s+|[A-Za-z]+|\d+(?:\.\d+)?|.", re.S)
SENTENCES = (
    "The argument is the same as",
    "the one that was used above for $k = @$.",
    "Write $f = g \\circ h$ for the maps",
    "of Lemma \\ref{lemma-@}; the rest is clear.",
    "% a remark that nobody reads",
    "and so $0 \\to K \\to L \\to 0$ stays exact.",
    "We turn to the next case, which is easier.",
    "Nothing here needs the choice of $p_@$.",
)
TOLD = "Let $X_@ \\in \\mathbb{R}^{m\\times n}$ and let the vector $y$ be fixed."
DISPLAY = (
    "\\begin{align}\n  f(x) &= x^\\top A_@ x + b^\\top x \\\\\n  \\nabla f &= (A_@ + A_@^\\top) x + b\n\\end{align}"
)


def document(lines: int) -> str:
    """Paragraphs, displays, sections, macros and comments in the mix of a long manuscript."""
    pick = random.Random(7)
    out = ["\\documentclass{book}", "\\newcommand{\\R}{\\mathbb{R}}", "\\def\\q#1{\\mathbf{#1}}", "\\begin{document}"]
    while len(out) < lines:
        if pick.random() < 0.02:
            out += ["", "\\section{Part @}".replace("@", str(len(out)))]
        for _ in range(pick.randrange(2, 9)):
            line = TOLD if pick.random() < 0.02 else pick.choice(SENTENCES)
            out.append(line.replace("@", str(pick.randrange(90))))
        if pick.random() < 0.15:
            out += DISPLAY.replace("@", str(pick.randrange(90))).split("\n")
        out.append("")
    return "\n".join(out[:lines])


def tokenise(text: str) -> int:
    return sum(1 for _ in TOKEN.finditer(text))


def everything(text: str) -> tuple[int, int, int]:
    source = scan(text)
    return len(source.regions), len(source.macros.macros), len(facts_of(source, source.macros))


def clock(work: object, text: str) -> float:
    start = time.process_time()
    work(text)  # type: ignore[operator]
    return time.process_time() - start


def main() -> int:
    text = Path(sys.argv[1]).read_text(encoding="utf-8") if len(sys.argv) > 1 else document(LINES)
    seldom_collect()  # as the engine's process does
    regions, macros, facts = everything(text)
    print(
        f"{text.count(chr(10)) + 1} lines, {len(text) / 1e6:.2f} MB: {regions} formulas, {macros} macros, {facts} facts"
    )
    bare, scanned = [], []
    for k in range(ROUNDS):
        bare.append(clock(tokenise, text))
        scanned.append(clock(everything, text))
        print(f"round {k + 1}: tokenised in {bare[-1]:.3f} s, scanned in {scanned[-1]:.3f} s")
    ratio = statistics.median(scanned) / statistics.median(bare)
    print(
        f"medians: {statistics.median(bare):.3f} s and {statistics.median(scanned):.3f} s: {ratio:.2f} times (at most 4)"
    )
    return 0 if ratio <= 4 else 1


if __name__ == "__main__":
    sys.exit(main())
