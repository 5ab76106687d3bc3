"""SymPy values back to LaTeX in the author's notation: her matrix environment, her letters, her logarithm."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sympy
from sympy.printing.latex import LatexPrinter

from nablatex.explicit.values import Identity, NotExplicit, is_matrix

BRACKETS = ("pmatrix", "bmatrix", "Bmatrix", "smallmatrix")
TALL = re.compile(r"\\(?:[dt]?frac|begin|sum|prod|int|binom|sqrt\{.*\\frac)")


@dataclass(frozen=True, slots=True)
class Style:
    """How this author writes; labels are the spellings of symbols, decimals says that numbers come as decimals."""

    environment: str = "pmatrix"
    log: str = "\\log"
    identity: str = "I"
    decimals: bool = False
    digits: int = 6
    labels: Mapping[Any, str] = field(default_factory=dict)


class Printer(LatexPrinter):  # type: ignore[misc]
    """SymPy's printer with plain parentheses around what is not tall."""

    def __init__(self, style: Style) -> None:
        super().__init__({"symbol_names": dict(style.labels), "ln_notation": False, "inv_trig_style": "full"})
        self.style = style

    def _print_MatrixBase(self, expr: Any) -> str:
        rows = [" & ".join(self._print(x) for x in expr.row(i)) for i in range(expr.rows)]
        env = self.style.environment
        body = f"\\begin{{{env}}} " + " \\\\ ".join(rows) + f" \\end{{{env}}}"
        return f"\\left({body}\\right)" if env == "smallmatrix" else body

    _print_ImmutableDenseMatrix = _print_MatrixBase

    def _print_log(self, expr: Any, exp: Any = None) -> str:
        argument = self._print(expr.args[0])
        simple = re.fullmatch(r"[A-Za-z0-9]|\\[A-Za-z]+|\d+|[A-Za-z]_\w|[A-Za-z]_\{\w+\}", argument) is not None
        if isinstance(expr.args[0], sympy.Abs):
            body = self.style.log + argument
        else:
            body = f"{self.style.log} {argument}" if simple else f"{self.style.log}\\left({argument}\\right)"
        return body if exp is None else f"\\left({body}\\right)^{{{exp}}}"

    def _print_Rational(self, expr: Any) -> str:
        if self.style.decimals:
            q = int(expr.q)
            while q % 2 == 0:
                q //= 2
            while q % 5 == 0:
                q //= 5
            if q == 1:
                text = f"{float(expr):.12f}".rstrip("0").rstrip(".")
                if sympy.Rational(text) == expr:
                    return text
        return str(super()._print_Rational(expr))

    def _print_Float(self, expr: Any) -> str:
        number = expr.round(15) if abs(expr) < 1e15 else expr
        text = sympy.N(number, self.style.digits)
        plain = f"{float(text):.{self.style.digits}g}"
        if "e" in plain:
            mantissa, exponent = plain.split("e")
            return f"{mantissa} \\cdot 10^{{{int(exponent)}}}"
        return plain


def to_latex(value: Any, style: Style) -> str:
    """LaTeX of a value."""
    if isinstance(value, Identity):
        factor = value.factor
        if factor == 1:
            return style.identity
        text = Printer(style).doprint(factor)
        return f"{untall(text)} {style.identity}" if not factor.is_Add else f"({untall(text)}) {style.identity}"
    if not (is_matrix(value) or isinstance(value, sympy.Basic)):
        raise NotExplicit("a result that cannot be written")
    if isinstance(value, sympy.Basic) and value.has(sympy.zoo, sympy.nan):
        raise NotExplicit("the result has no value")
    return untall(str(Printer(style).doprint(value)))


def untall(text: str) -> str:
    """``\\left( x+1 \\right)`` as ``(x+1)`` where nothing in it is tall; ``\\sin{(x)}`` as ``\\sin(x)``."""
    out: list[str] = []
    stack: list[int] = []
    for part in re.split(r"(\\left[(|\[]|\\right[)|\]])", text):
        if part.startswith("\\left") and len(part) == 6:
            stack.append(len(out))
            out.append(part)
        elif part.startswith("\\right") and len(part) == 7 and stack:
            at = stack.pop()
            inner = "".join(out[at + 1 :])
            if TALL.search(inner):
                out.append(part)
            else:
                out[at:] = [out[at][5:] + inner.strip() + part[6:]]
        else:
            out.append(part)
    text = "".join(out)
    text = re.sub(r"\{(\\left\((?:(?!\\left|\\right).)*\\right\))\}", r"\1", text)
    text = re.sub(r"(\\(?:operatorname\{\w+\}|[A-Za-z]+)(?:\^\{\d+\})?)\{(\([^()]*\))\}", r"\1\2", text)
    text = re.sub(r"(^|[&{(] ?|\\\\ |\\begin\{\w+\} )- (?=[\\\w(])", r"\1-", text)
    text = re.sub(r"^\{(\\binom\{[^{}]*\}\{[^{}]*\})\}$", r"\1", text)
    text = re.sub(r"\|\{([^{}|]*)\}\|", r"|\1|", text)
    return re.sub(
        r"(\\(?:sin|cos|tan|cot|sinh|cosh|tanh|arcsin|arccos|arctan))(\^\{\d+\})?\(([A-Za-z]|\\[a-z]+)\)", _bare, text
    )


def _bare(m: re.Match[str]) -> str:
    return f"{m.group(1)}{m.group(2) or ''} {m.group(3)}"


def style_of(text: str, environments: list[str], labels: Mapping[Any, str], decimals: bool) -> Style:
    """The style of a document: the matrix environment of the formula, else the one that the text uses most."""
    found = [e for e in environments if e in BRACKETS]
    if not found:
        counts = {e: text.count(f"\\begin{{{e}}}") for e in BRACKETS}
        best = max(counts, key=lambda e: counts[e])
        found = [best if counts[best] else "pmatrix"]
    logs = len(re.findall(r"\\log(?![A-Za-z])", text)), len(re.findall(r"\\ln(?![A-Za-z])", text))
    bold = "\\mathbf{I}" if "\\mathbf{I}" in text else "I"
    return Style(found[-1], "\\ln" if logs[1] > logs[0] else "\\log", bold, decimals, labels=labels)
