r"""Plain TeX's ways of writing, as LaTeX's: ``{\rm tr}`` is ``\mathrm{tr}``, ``{a \over b}`` is ``\frac{a}{b}``."""

from __future__ import annotations

from nablatex.latex.tokens import Token

FONTS = {
    "\\rm": "\\mathrm",
    "\\bf": "\\mathbf",
    "\\it": "\\mathit",
    "\\sf": "\\mathsf",
    "\\tt": "\\mathtt",
    "\\cal": "\\mathcal",
}
LONGEST = 24
"""Letters of a word that a font is put on."""


def modern(tokens: list[Token]) -> list[Token]:
    """The tokens with fonts and fractions as commands with arguments; spans are those of the source."""
    if not any(t.text == "\\over" or t.text in FONTS for t in tokens):
        return tokens
    out: list[Token] = []
    opened: list[tuple[int, bool]] = []
    i = 0
    while i < len(tokens):
        t = tokens[i]
        word = _word(tokens, i)
        if word:
            font = tokens[i + 1]
            out.append(Token("command", FONTS[font.text], t.span.join(font.span), t.gap, t.wide))
            out.append(Token("char", "{", font.span))
            out.extend(tokens[i + 2 : i + word + 1])
            i += word + 1
            continue
        if t.text == "{":
            opened.append((len(out), False))
        elif t.text == "\\over" and opened and not opened[-1][1]:
            opened[-1] = (opened[-1][0], True)
            out += [Token("char", "}", t.span), Token("char", "{", t.span)]
            i += 1
            continue
        elif t.text == "}" and opened:
            at, fraction = opened.pop()
            if fraction:
                brace = out[at]
                out.insert(at, Token("command", "\\frac", brace.span, brace.gap, brace.wide))
        out.append(t)
        i += 1
    return out


def _word(tokens: list[Token], i: int) -> int:
    r"""How far from i the brace stands that closes ``{\rm letters}``; 0 where there is none."""
    if tokens[i].text != "{" or i + 1 >= len(tokens) or tokens[i + 1].text not in FONTS:
        return 0
    if tokens[i + 1].text == "\\bf":  # letters of a formula: {\bf y - X b}
        return _group(tokens, i)
    for k in range(i + 2, min(i + 3 + LONGEST, len(tokens))):
        if tokens[k].text == "}":
            return k - i if k > i + 2 else 0
        if not (tokens[k].kind == "char" and tokens[k].text.isalpha()):
            return 0
    return 0


def _group(tokens: list[Token], i: int) -> int:
    """How far from i the brace stands that closes the one at i; 0 where a font changes again, or none does."""
    depth = 0
    for k in range(i, len(tokens)):
        text = tokens[k].text
        if text in FONTS and k > i + 1:
            return 0
        depth += {"{": 1, "}": -1}.get(text, 0)
        if not depth:
            return k - i if k > i + 2 else 0
    return 0


__all__ = ["modern"]
