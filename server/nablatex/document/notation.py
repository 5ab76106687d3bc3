"""An author's notation, read off her formulas, so that what is inserted looks like hers."""

from __future__ import annotations

import re
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
    norm: tuple[str, str] = ("\\|", "\\|")
    frobenius: bool = False
    """Inner products are written A : B."""


_TRANSPOSES = (
    r"\^\{?\s*(?:\\!)*\s*(?P<command>\\top|\\intercal|\\mathsf\s*\{?T\}?|\\mathrm\s*\{?T\}?|\\text\{T\}|\\operatorname\{T\}|\\tran\b|\\trans\b)",
    r"\^\{?(?P<letter>[Tt])(?![A-Za-z])",
    r"\^\{?(?P<unicode>⊤|ᵀ)",
)


def notation_of(text: str) -> Notation:
    """The notation of a text: the most frequent spelling of each operator, or the default."""
    counts: dict[str, int] = {}
    for pattern in _TRANSPOSES:
        for m in re.finditer(pattern, text):
            spelling = m.group(m.lastgroup or 0)
            spelling = re.sub(r"(\\math(?:sf|rm))\s*\{?T\}?", r"\1{T}", spelling)
            counts[spelling] = counts.get(spelling, 0) + 1
    for m in re.finditer(r"\^\{-(?P<mark>\\top|\\intercal|T|t|\\mathsf\{T\}|⊤)\}", text):
        counts[m.group("mark")] = counts.get(m.group("mark"), 0) + 1
    applied = len(re.findall(r"(?:\\(?:sigma|phi|psi)|\b[fgh])'", text))
    primes = len(re.findall(r"[A-Za-z)\]}]'", text)) - applied
    if primes > 0 and primes >= max(counts.values(), default=0):
        transpose = "'"
    else:
        transpose = max(counts, key=lambda k: counts[k]) if counts else "\\top"
    return Notation(
        transpose=transpose,
        trace=_first(
            text,
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
        det=_first(text, ("\\det", "\\operatorname{det}", "\\mathrm{det}"), "", "\\det"),
        log=_first(text, ("\\log", "\\ln"), "", "\\log"),
        hadamard=_first(text, ("\\odot", "\\circ", "⊙"), "", "\\odot"),
        kron=_first(text, ("\\otimes", "⊗"), "", "\\otimes"),
        identity=_first(text, ("\\mathbf{I}", "\\bm{I}", "\\boldsymbol{I}", "\\mathbb{I}"), "", "I"),
        ones=_first(text, ("\\mathbf{1}", "\\mathbb{1}", "\\bm{1}", "\\boldsymbol{1}"), "", "\\mathbf{1}"),
        differential="\\mathrm{d}" if "\\mathrm{d}" in text else "d",
        norm=("\\lVert ", "\\rVert") if "\\lVert" in text else ("\\|", "\\|"),
    )


def _first(text: str, spellings: tuple[str, ...], bare: str, default: str) -> str:
    """The most frequent spelling; `bare` is a plain word such as tr( that stands for default."""
    found = {s: len(re.findall(re.escape(s) + r"(?![A-Za-z])", text)) for s in spellings}
    if bare:
        found[default] = len(re.findall(r"(?<![A-Za-z\\{])" + re.escape(bare), text))
    best = max(found, key=lambda s: found[s])
    if found[best]:
        return best
    return spellings[0] if bare else default
