"""Tokens of LaTeX mathematics, by one compiled regular expression; Unicode mathematics is mapped to commands."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from nablatex.latex.tree import Span

TOKEN = re.compile(
    r"(?P<comment>%[^\n]*\n?[ \t]*)|(?P<space>\s+)|(?P<command>\\(?:(?:operatorname|[hv]space|tag|begin|end)\*|[A-Za-z@]+|.|\n))|(?P<number>\d+(?:\.\d+)?|\.\d+)|(?P<parameter>\#\d)|(?P<char>.)",
    re.DOTALL,
)

SPACING = frozenset(
    r"\, \; \: \! \> \  \quad \qquad \thinspace \medspace \thickspace \enspace \hfill \displaystyle \textstyle"
    r" \scriptstyle \scriptscriptstyle \limits \nolimits \nonumber \notag \qedhere \middle \big \Big \bigg \Bigg"
    r" \bigl \bigr \Bigl \Bigr \biggl \biggr \Biggl \Biggr \bigm \Bigm \mathstrut \strut \allowbreak \relax \xspace"
    r" \mathopen \mathclose \mathrel \mathbin \mathord \hline \noindent \/ ~ \small \footnotesize \scriptsize \tiny \normalsize \large \centering \MoveEqLeft"
    r" \IEEEnonumber \IEEEyesnumber \IEEEyessubnumber \IEEEeqnarraynumspace \displaybreak \pause".split(" ")
) | {"\\ ", "\\\n"}
"""Commands that put space or size, and read as nothing."""

SIZES = frozenset(t for t in SPACING if t[1:4] in ("big", "Big"))
WIDE = frozenset(("\\quad", "\\qquad", "\\hfill"))
ALIASES = {"\\Vert": "\\|", "\\vert": "|", "\\lbrack": "[", "\\rbrack": "]", "\\lparen": "(", "\\rparen": ")"}

UNICODE = {
    "∂": "\\partial", "∇": "\\nabla", "⊤": "\\top", "ᵀ": "^\\top", "⊙": "\\odot", "⊗": "\\otimes", "∘": "\\circ",
    "∑": "\\sum", "Σ": "\\Sigma", "∏": "\\prod", "∫": "\\int", "‖": "\\|", "∥": "\\|", "⟨": "\\langle", "⟩": "\\rangle",
    "∣": "|", "·": "\\cdot", "⋅": "\\cdot", "×": "\\times", "−": "-", "–": "-", "∈": "\\in", "ℝ": "\\mathbb{R}", "ℂ": "\\mathbb{C}",
    "≈": "\\approx", "≤": "\\leq", "≥": "\\geq", "≠": "\\neq", "→": "\\to", "⇒": "\\Rightarrow", "∝": "\\propto",
    "∞": "\\infty", "±": "\\pm", "≡": "\\equiv", "′": "'", "⟹": "\\Rightarrow", "↦": "\\mapsto", "∼": "\\sim",
    "²": "^2", "³": "^3", "¹": "^1", "⁻": "^-", "𝟏": "\\mathbf{1}", "…": "\\dots", "⋯": "\\cdots", "√": "\\sqrt", "ϵ": "\\epsilon", "†": "\\dagger", "⊘": "\\oslash",
}  # fmt: skip
GREEK = {chr(c): "\\" + unicodedata.name(chr(c)).split()[-1].lower() for c in range(0x3B1, 0x3CA) if c != 0x3C2}
GREEK.update({c.upper(): "\\" + n[1:].capitalize() for c, n in GREEK.items() if len(c.upper()) == 1})
GREEK.update({"λ": "\\lambda", "Λ": "\\Lambda", "ϕ": "\\phi", "φ": "\\varphi"})


@dataclass(frozen=True, slots=True)
class Token:
    """kind: command, number, char, parameter; text as in TeX (``\\alpha``, ``{``, ``x``); span in the source."""

    kind: str
    text: str
    span: Span = field(compare=False)
    gap: bool = False
    """Whether white space or a spacing command stood before it."""
    wide: bool = field(default=False, compare=False)
    """Whether that space parts formulas: ``\\quad``, a column of an alignment, a line break."""


def tokenize(source: str, start: int = 0, end: int | None = None) -> list[Token]:
    """Tokens of source[start:end] with absolute spans; comments and spacing drop out.  Linear time, never raises."""
    out: list[Token] = []
    gap = wide = False
    side = ""
    sized = -1
    opened: list[str] = []
    for m in TOKEN.finditer(source, start, len(source) if end is None else end):
        kind = m.lastgroup or "char"
        text = m.group()
        if text in ("\\left", "\\right"):
            side, sized = text, m.start()
            continue
        if kind in ("comment", "space") or text in SPACING:
            if text in SIZES:
                sized = m.start()
            wide = wide or text in WIDE or (text == "~" and source[m.start() - 1 : m.start()] == "~")
            gap = True
            continue
        span = Span(sized if sized >= 0 else m.start(), m.end())  # what makes a delimiter large is part of it
        sized = -1
        text = ALIASES.get(text, text)
        if side:
            kind, text = _delimiter(kind, text, side, opened)
        side = ""
        if kind == "char" and ord(text) > 127:
            out.extend(_unicode(text, span, gap))
        else:
            out.append(Token(kind, text, span, gap, wide))
        gap = wide = False
    return out


def _delimiter(kind: str, text: str, side: str, opened: list[str]) -> tuple[str, str]:
    r"""The token of a delimiter behind \left or \right: bars become pairs, a dot says on which side it is."""
    if side == "\\left":
        opened.append(text)
        sided = {".": "\\left.", "|": "\\lvert", "\\|": "\\lVert"}
    else:
        left = opened.pop() if opened else ""
        sided = {".": "\\right."}
        if left == text:
            sided.update({"|": "\\rvert", "\\|": "\\rVert"})
    return ("command", sided[text]) if text in sided else (kind, text)


def _unicode(text: str, span: Span, gap: bool) -> list[Token]:
    latex = UNICODE.get(text) or GREEK.get(text)
    if latex is None:
        plain = unicodedata.normalize("NFKC", text)
        name = unicodedata.name(text, "")
        if len(plain) == 1 and plain != text:
            plain = GREEK.get(plain, plain)
            latex = f"\\mathbf{{{plain}}}" if "BOLD" in name else plain
        else:
            return [Token("char", text, span, gap)]
    return [Token(m.lastgroup or "char", m.group(), span, gap and not i) for i, m in enumerate(TOKEN.finditer(latex))]
