"""Names for arguments: generated from an author's labels, never text of a document as it stands."""

from __future__ import annotations

import re

FONTS = re.compile(
    r"\\(?:mathbf|bm|boldsymbol|textbf|mathrm|mathsf|mathcal|mathbb|hat|bar|tilde|vec|text|operatorname|pmb)(?![A-Za-z])"
)


def identifier(label: str, taken: set[str], reserved: frozenset[str] = frozenset()) -> str:
    """A name of letters and digits for a LaTeX label: ``A`` for ``\\mathbf{A}``, ``lam`` for ``\\lambda``."""
    text = FONTS.sub("", label)
    text = text.replace("\\Delta ", "d").replace("\\Delta", "Delta").replace("\\lambda", "lam")
    text = re.sub(r"[^A-Za-z0-9_]", "", text).strip("_") or "x"
    if text[0].isdigit():
        text = "one" if text == "1" else "x" + text
    while text in reserved:
        text += "_"
    name, k = text, 2
    while name in taken:
        name, k = f"{text}{k}", k + 1
    taken.add(name)
    return name
