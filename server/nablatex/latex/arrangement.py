"""Tokens that only arrange a formula: alignment marks, line breaks, labels, environments, punctuation at its end."""

from __future__ import annotations

import re
from dataclasses import replace

from nablatex.latex.tokens import Token
from nablatex.latex.vocabulary import PLAIN_ENVIRONMENTS


def plain(tokens: list[Token]) -> list[Token]:
    """Alignment marks, line breaks and environments that only arrange drop out; matrices keep theirs."""
    out: list[Token] = []
    matrices = 0
    i = 0
    while i < len(tokens):
        t = tokens[i]
        if t.text in ("\\begin", "\\end"):
            name, j = environment(tokens, i + 1)
            if name in PLAIN_ENVIRONMENTS:
                i = j
                continue
            matrices += 1 if t.text == "\\begin" else -1
            out.extend(tokens[i:j])
            i = j
            continue
        if matrices <= 0 and t.text in ("&", "\\\\"):
            i += 1
            if out and i < len(tokens):
                tokens[i] = replace(tokens[i], wide=True)
            continue
        if t.text in (
            "\\label",
            "\\tag",
            "\\tag*",
            "\\hspace",
            "\\vspace",
            "\\hspace*",
            "\\color",
            "\\phantom",
            "\\setcounter",
            "\\addtocounter",
            "\\hphantom",
            "\\vphantom",
        ):
            after = _skip_group(tokens, i + 1)
            if t.text in ("\\hspace", "\\hspace*") and out and after < len(tokens) and _is_wide(tokens[i + 1 : after]):
                tokens[after] = replace(tokens[after], wide=True)
            i = after
            if t.text.endswith("counter"):
                i = _skip_group(tokens, i)
            continue
        if t.text == "\\left." and out and out[-1].text == "\\right.":
            out.pop()  # brackets that go on over a line break
        else:
            out.append(t)
        i += 1
    return out


def environment(tokens: list[Token], i: int) -> tuple[str, int]:
    """Name of ``{name}`` at i, and where it ends."""
    if i < len(tokens) and tokens[i].text == "{":
        j = i + 1
        while j < len(tokens) and tokens[j].text != "}" and j - i < 24:
            j += 1
        return "".join(t.text for t in tokens[i + 1 : j]), min(j + 1, len(tokens))
    return "", i


def _is_wide(length: list[Token]) -> bool:
    """Whether a length in braces is one that parts formulas: a quad or more."""
    m = re.fullmatch(r"\{(\d*\.?\d+)(em|ex|in|cm|mm|pt)\}", "".join(t.text for t in length))
    return (
        m is not None
        and float(m.group(1)) * {"em": 10, "ex": 4.3, "in": 72, "cm": 28, "mm": 2.8, "pt": 1}[m.group(2)] >= 10
    )


def _skip_group(tokens: list[Token], i: int) -> int:
    if i < len(tokens) and tokens[i].text == "{":
        depth = 0
        while i < len(tokens):
            depth += (tokens[i].text == "{") - (tokens[i].text == "}")
            i += 1
            if not depth:
                break
    return i


def trimmed(tokens: list[Token]) -> list[Token]:
    """Punctuation at the end belongs to the sentence; so does an equation number such as (5.99)."""
    while tokens and tokens[-1].text in (".", ",", ";", "\\\\", "&") and [t.text for t in tokens[-3:]] != ["."] * 3:
        tokens = tokens[:-1]
    if (
        len(tokens) > 4
        and [t.text for t in tokens[-3::2]] == ["(", ")"]
        and ("." in tokens[-2].text or tokens[-3].wide)
        and tokens[-2].kind == "number"
    ):
        tokens = tokens[:-3]
    return tokens


__all__ = ["environment", "plain", "trimmed"]
