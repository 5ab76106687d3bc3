"""An author's notation, read off her formulas, so that what is inserted looks like hers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notation:
    """Spellings: transpose is what stands in the superscript (``'`` stands alone); trace and det are commands."""

    transpose: str = "\\top"
    trace: str = "\\operatorname{tr}"
    det: str = "\\det"
    log: str = "\\log"
    hadamard: str = "\\odot"
    kron: str = "\\otimes"
    identity: str = "I"
    ones: str = "\\mathbf{1}"
    differential: str = "d"
    sigmoid: str = "\\operatorname{sigmoid}"
    einstein: bool = False
    """Sums over an index are not written: a repeated index says them."""
    norm: tuple[str, str] = ("\\|", "\\|")
    rate: str = "d"
    """The derivative of A(t) by its parameter: ``d`` and ``partial`` are fractions, ``dot`` is a dot."""
    suffix: str = ""
    """A macro of the author's that is a whole superscript: ``X\\T``."""
    within: bool = False
    """The mark of a transpose stands behind a number in the superscript: ``W^{(2)\\top}``."""
    frobenius: bool = False
    """Inner products are written A : B."""


_TRANSPOSES = (
    r"\^\{?\s*(?:\\!)*\s*(?P<command>\\top|\\intercal|\\mathsf\s*\{?T\}?|\\mathrm\s*\{?T\}?|\\text\{T\}|\\operatorname\{T\}|\\tran\b|\\trans\b)",
    r"\^\{?(?P<letter>[Tt])(?![A-Za-z])",
    r"\^\{?(?P<unicode>⊤|ᵀ)",
)


_WITHIN = r"\^\{[(\[][^{}()\[\]]{1,8}[)\]],?\s*(?P<mark>\\top|\\intercal|T|\\mathsf\{T\}|\\mathrm\{T\}|⊤)\}"
_SINGLE = r"\^\{-(?P<mark>\\top|\\intercal|T|t|\\mathsf\{T\}|⊤)\}"
_WORDS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "trace": (
        (
            "\\operatorname{tr}",
            "\\operatorname{Tr}",
            "\\mathrm{tr}",
            "\\mathrm{Tr}",
            "\\text{tr}",
            "\\tr",
            "\\Tr",
            "\\trace",
        ),
        "tr(",
        "tr",
    ),
    "det": (("\\det", "\\operatorname{det}", "\\mathrm{det}"), "", "\\det"),
    "log": (("\\log", "\\ln"), "", "\\log"),
    "hadamard": (("\\odot", "\\circ", "⊙"), "", "\\odot"),
    "kron": (("\\otimes", "⊗"), "", "\\otimes"),
    "identity": (("\\mathbf{I}", "\\bm{I}", "\\boldsymbol{I}", "\\mathbb{I}"), "", "I"),
    "sigmoid": (("\\operatorname{sigmoid}", "\\mathrm{sigmoid}", "\\sigma"), "", "\\operatorname{sigmoid}"),
    "ones": (("\\mathbf{1}", "\\mathbb{1}", "\\bm{1}", "\\boldsymbol{1}"), "", "\\mathbf{1}"),
}
"""What may spell an operator, best first; a plain word such as tr( that stands for a spelling; the default."""


def spellings(text: str) -> Mapping[str, int]:
    """How often a text spells what; counts of the parts of a text add up to those of the whole."""
    counts: Counter[str] = Counter()
    for pattern in _TRANSPOSES:
        for m in re.finditer(pattern, text):
            spelling = m.group(m.lastgroup or 0)
            counts["transpose " + re.sub(r"(\\math(?:sf|rm))\s*\{?T\}?", r"\1{T}", spelling)] += 1
    for m in re.finditer(_SINGLE, text):
        counts["transpose " + m.group("mark")] += 1
    for m in re.finditer(_WITHIN, text):
        counts["transpose " + m.group("mark")] += 1
        counts["within"] += 1
    counts["applied"] = len(re.findall(r"(?:\\(?:sigma|phi|psi)|\b[fgh])'", text))
    counts["primes"] = len(re.findall(r"[A-Za-z)\]}]'", text))
    for what, (words, bare, default) in _WORDS.items():
        for word in words:
            if word in text:
                counts[f"{what} {word}"] += len(re.findall(re.escape(word) + r"(?![A-Za-z])", text))
        if bare and bare in text:
            counts[f"{what} {default}"] += len(re.findall(r"(?<![A-Za-z\\{])" + re.escape(bare), text))
    counts["mathrm d"] = text.count("\\mathrm{d}")
    counts["lVert"] = text.count("\\lVert")
    counts["dots"] = len(re.findall(r"\\dot(?![A-Za-z])", text))
    return {k: n for k, n in counts.items() if n}


def notation_from(counts: Mapping[str, int]) -> Notation:
    """The most frequent spelling of each operator, or the default."""
    marks = {k.removeprefix("transpose "): n for k, n in counts.items() if k.startswith("transpose ") and n}
    primes = counts.get("primes", 0) - counts.get("applied", 0)
    if primes > 0 and primes >= max(marks.values(), default=0):
        transpose = "'"
    else:
        transpose = min(marks, key=lambda k: (-marks[k], k[0] != "\\", k)) if marks else "\\top"
    words = {what: _first(counts, what, *spelt) for what, spelt in _WORDS.items()}
    return Notation(
        transpose=transpose,
        trace=words["trace"],
        det=words["det"],
        log=words["log"],
        hadamard=words["hadamard"],
        kron=words["kron"],
        identity=words["identity"],
        ones=words["ones"],
        differential="\\mathrm{d}" if counts.get("mathrm d") else "d",
        sigmoid=words["sigmoid"],
        norm=("\\lVert ", "\\rVert") if counts.get("lVert") else ("\\|", "\\|"),
        within=bool(counts.get("within")),
        rate="dot" if counts.get("dots") else "d",
    )


def notation_of(text: str) -> Notation:
    """The notation of a text."""
    return notation_from(spellings(text))


def _first(counts: Mapping[str, int], what: str, words: tuple[str, ...], bare: str, default: str) -> str:
    every = (*words, default) if bare else words
    best = max(every, key=lambda w: counts.get(f"{what} {w}", 0))
    if counts.get(f"{what} {best}", 0):
        return best
    return words[0] if bare else default
