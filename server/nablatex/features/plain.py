"""LaTeX formulas as one line of Unicode text, for editors that show no typeset mathematics."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

from nablatex.latex.macros import MacroTable, argument, expand
from nablatex.latex.tokens import GREEK, UNICODE, Token, tokenize

SYMBOLS: Mapping[str, str] = {
    **{latex: c for c, latex in GREEK.items()},
    **{latex: c for c, latex in UNICODE.items() if latex.startswith("\\") and "{" not in latex},
    "\\cdot": "·", "\\top": "⊤", "\\intercal": "⊤", "\\|": "‖", "\\lVert": "‖", "\\rVert": "‖", "\\lvert": "|", "\\rvert": "|",
    "\\langle": "⟨", "\\rangle": "⟩", "\\le": "≤", "\\ge": "≥", "\\ne": "≠", "\\gets": "←", "\\leftarrow": "←", "\\rightarrow": "→",
    "\\implies": "⇒", "\\iff": "⇔", "\\ell": "ℓ", "\\varepsilon": "ε", "\\epsilon": "ϵ", "\\dots": "…", "\\ldots": "…", "\\cdots": "⋯",
    "\\forall": "∀", "\\exists": "∃", "\\notin": "∉", "\\subset": "⊂", "\\circ": "∘", "\\oplus": "⊕", "\\star": "⋆", "\\ast": "∗",
    "\\prime": "′", "\\{": "{", "\\}": "}", "\\%": "%", "\\&": "&", "\\#": "#", "\\_": "_", "\\left.": "", "\\right.": "", "\\vert": "|",
    "\\mid": "|", "\\succ": "≻", "\\succeq": "⪰", "\\prec": "≺", "\\preceq": "⪯", "\\coloneqq": "≔", "\\triangleq": "≜", "\\hbar": "ℏ",
    "\\sum": "∑", "\\prod": "∏", "\\int": "∫", "\\Vert": "‖", "\\dagger": "†", "\\infty": "∞", "\\colon": ":", "\\lbrace": "{", "\\rbrace": "}",
}  # fmt: skip
RAISED = dict(
    zip("0123456789+-=()inT⊤′∗abcdefghjklmoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁱⁿᵀᵀ′*ᵃᵇᶜᵈᵉᶠᵍʰʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", strict=True)
)
LOWERED = dict(zip("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
ACCENTS = {
    "\\hat": "\u0302", "\\widehat": "\u0302", "\\bar": "\u0304", "\\overline": "\u0304", "\\tilde": "\u0303", "\\widetilde": "\u0303",
    "\\dot": "\u0307", "\\ddot": "\u0308", "\\vec": "\u20d7", "\\check": "\u030c", "\\breve": "\u0306",
}  # fmt: skip
FONTS = {
    "\\mathbf": "BOLD", "\\bm": "BOLD", "\\boldsymbol": "BOLD", "\\pmb": "BOLD", "\\textbf": "BOLD", "\\mathbb": "DOUBLE-STRUCK",
    "\\mathcal": "SCRIPT", "\\mathfrak": "FRAKTUR", "\\mathscr": "SCRIPT",
}  # fmt: skip
UPRIGHT = frozenset(
    "\\mathrm \\operatorname \\operatorname* \\text \\textrm \\mathsf \\mathit \\mathtt \\mbox \\mathop \\mathnormal".split()
)
WRAPPERS = frozenset("\\boxed \\ensuremath \\underline \\smash \\phantom".split())
INFIX = frozenset("= + - < > ≤ ≥ ≠ ≈ ≡ → ⇒ ⇔ ← ∈ ∉ ∝ ∼ ⊙ ⊗ ∘ · × ± ≔ ≜ ↦ ≻ ⪰".split())
OPENING = frozenset("( [ { | ‖ ⟨ , ;".split())
SPACES = frozenset("~ \\, \\; \\: \\> \\quad \\qquad \\enspace \\thinspace".split()) | {"\\ "}
MAX_DEPTH = 60


def plain(latex: str, macros: MacroTable | None = None) -> str:
    """``\\frac{\\partial f}{\\partial X} = a b^\\top`` → ``∂f/∂X = a bᵀ``.  Never raises; what has no character stays LaTeX."""
    tokens = tokenize(latex)
    if macros is not None:
        tokens = expand(tokens, macros)
    return re.sub(" {2,}", " ", _Plain(tokens).text()).strip()


class _Plain:
    """Walks over the tokens of one group."""

    def __init__(self, tokens: list[Token], depth: int = 0) -> None:
        self.tokens, self.depth, self.at = tokens, depth, 0

    def inner(self, tokens: list[Token]) -> str:
        if self.depth > MAX_DEPTH:
            return " ".join(t.text for t in tokens)
        return _Plain(tokens, self.depth + 1).text().strip()

    def argument(self) -> list[Token]:
        tokens, self.at = argument(self.tokens, self.at)
        return tokens

    def text(self) -> str:
        out: list[str] = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            piece = self.piece(token)
            if token.text in ("^", "_"):
                out.append(script(self.inner(self.argument()), token.text))
            elif piece in INFIX:
                unary = piece in "+-±" and (not out or out[-1].strip() in {*INFIX, *OPENING})
                out.append(piece if unary else f" {piece} ")
            elif piece:
                out.append(self.spaced(out[-1] if out else "", piece, token))
        return "".join(out)

    def spaced(self, before: str, piece: str, token: Token) -> str:
        """A space where the author had one between two letters, and around words."""
        if not before or before[-1] in " ([{|‖⟨∂∇Δ" or not (before[-1].isalnum() or before[-1] in ")]}ᵀ"):
            return piece
        word = len(piece) > 1 and piece[0].isalpha() and token.kind == "command"
        ended = len(before.strip()) > 1 and before[-1].isascii() and before[-1].isalpha() and piece[0].isalnum()
        letters = token.gap and piece[0].isalnum()
        return f" {piece}" if word or ended or letters else piece

    def piece(self, token: Token) -> str:
        text = token.text
        if text == ",":
            return ", "
        if text == "{":
            self.at -= 1
            return self.inner(self.argument())
        if text in ("}", "&", "^", "_"):
            return ""
        if text in SPACES:
            return " "
        if text == "'":
            return "′"
        if token.kind != "command":
            return text
        handler = COMMANDS.get(text)
        if handler is not None:
            return handler(self)
        if text in SYMBOLS:
            return SYMBOLS[text]
        if text in ACCENTS:
            body = self.inner(self.argument())
            return unicodedata.normalize("NFC", body[:1] + ACCENTS[text] + body[1:])
        if text in FONTS:
            return "".join(styled(c, FONTS[text]) for c in self.inner(self.argument()))
        if text in UPRIGHT or text in WRAPPERS:
            return self.inner(self.argument())
        return text[1:] if text[1:].isalpha() else ""

    def fraction(self) -> str:
        above, below = self.inner(self.argument()), self.inner(self.argument())
        for mark in ("∂", "d"):  # ∂(AXB)/∂X rather than (∂AXB)/∂X
            if above.startswith(mark) and below.startswith(mark) and len(above) > 1:
                return f"{mark}{grouped(above[1:].strip())}/{grouped(below)}"
        return f"{grouped(above)}/{grouped(below)}"

    def root(self) -> str:
        return f"√{grouped(self.inner(self.argument()))}"

    def row_end(self) -> str:
        return "; "

    def environment(self) -> str:
        name = "".join(t.text for t in self.argument())
        return "[" if "matrix" in name or name in ("cases", "array") else ""

    def environment_end(self) -> str:
        name = "".join(t.text for t in self.argument())
        return "]" if "matrix" in name or name in ("cases", "array") else ""

    def under(self) -> str:
        body = self.inner(self.argument())
        if self.at < len(self.tokens) and self.tokens[self.at].text in "^_":
            self.at += 1
            self.argument()
        return body

    def dropped(self) -> str:
        self.argument()
        return ""


COMMANDS: Mapping[str, Callable[[_Plain], str]] = {
    "\\frac": _Plain.fraction, "\\dfrac": _Plain.fraction, "\\tfrac": _Plain.fraction, "\\nicefrac": _Plain.fraction,
    "\\sqrt": _Plain.root, "\\\\": _Plain.row_end, "\\begin": _Plain.environment, "\\end": _Plain.environment_end,
    "\\underbrace": _Plain.under, "\\overbrace": _Plain.under, "\\label": _Plain.dropped, "\\tag": _Plain.dropped,
}  # fmt: skip


def grouped(text: str) -> str:
    """In parentheses where a sum or a product would be read wrongly in a fraction."""
    return f"({text})" if any(c in text for c in " /") and not _closed(text) else text


def _closed(text: str) -> bool:
    """Whether one pair of parentheses holds the whole text."""
    if not (text.startswith("(") and text.endswith(")")):
        return False
    depth = 0
    for k, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if not depth and k < len(text) - 1:
            return False
    return True


def script(text: str, mark: str) -> str:
    """Raised or lowered characters where all exist, else ``^(…)`` or ``_(…)``."""
    table = RAISED if mark == "^" else LOWERED
    bare = text.replace(" ", "")
    if bare and all(c in table for c in bare):
        return "".join(table[c] for c in bare)
    return mark + (text if len(text) == 1 else f"({bare})")


def styled(c: str, font: str) -> str:
    """The mathematical letter of a font: ``X`` bold is 𝐗, double-struck R is ℝ."""
    if not (c.isalnum() and (c.isascii() or c in "αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΦΨΩ")):
        return c
    kind = "DIGIT" if c.isdigit() else f"{'CAPITAL' if c.isupper() else 'SMALL'}"
    name = unicodedata.name(c).split()[-1]
    for pattern in (f"MATHEMATICAL {font} {kind} {name}", f"{font} {kind} {name}"):
        try:
            return unicodedata.lookup(pattern)
        except KeyError:
            continue
    return c


__all__ = ["plain"]
