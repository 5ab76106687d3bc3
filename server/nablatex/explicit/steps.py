"""Derivations of explicit work: elimination row by row, determinants by expansion, eigenvalues."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from nablatex.explicit.answers import Step

Show = Callable[[Any], str]


def elimination(m: Any, show: Show) -> tuple[tuple[Step, ...], Any]:
    """Gauss–Jordan elimination with its row operations, and the product of the elementary matrices."""
    a = sympy.Matrix(m)
    transform = sympy.eye(a.rows)
    steps = [Step(show(_frozen(a)), "")]
    row = 0

    def apply(e: Any, rule: str) -> None:
        nonlocal a, transform
        a, transform = e * a, e * transform
        steps.append(Step(f"\\sim {show(_frozen(a))}", rule))

    for col in range(a.cols):
        found = [i for i in range(row, a.rows) if sympy.simplify(a[i, col]) != 0]
        if not found:
            continue
        pivot = next((i for i in found if abs(a[i, col]) == 1), found[0])
        if pivot != row:
            e = sympy.eye(a.rows)
            e.row_swap(row, pivot)
            apply(e, f"R_{row + 1} \\leftrightarrow R_{pivot + 1}")
        if a[row, col] != 1:
            factor = 1 / a[row, col]
            e = sympy.eye(a.rows)
            e[row, row] = factor
            apply(e, f"R_{row + 1} \\gets {_times(factor, show)}R_{row + 1}")
        e = sympy.eye(a.rows)
        words = []
        for i in range(a.rows):
            if i != row and a[i, col] != 0:
                k = -a[i, col]
                e[i, row] = k
                sign = "-" if k.could_extract_minus_sign() else "+"
                size = -k if sign == "-" else k
                words.append(f"R_{i + 1} \\gets R_{i + 1} {sign} {_times(size, show)}R_{row + 1}")
        if words:
            apply(e, ",\\; ".join(words))
        row += 1
        if row == a.rows:
            break
    return tuple(steps), sympy.ImmutableDenseMatrix(transform)


def _times(factor: Any, show: Show) -> str:
    return "" if factor == 1 else "-" if factor == -1 else f"({show(factor)}) " if factor.is_Add else show(factor) + " "


def _frozen(a: Any) -> Any:
    return sympy.ImmutableDenseMatrix(a)


def expansion(m: Any, show: Show) -> tuple[Step, ...]:
    """The determinant by cofactors along the row or column with most zeros (Laplace), down to 2×2."""
    lines = [Step(_bars(m, show), "")]
    if m.rows == 2:
        a, b, c, d = m
        product = f"{_factor(a, show)} \\cdot {_factor(d, show)} - {_factor(b, show)} \\cdot {_factor(c, show)}"
        lines.append(Step(product, "ad - bc"))
    elif m.rows > 2:
        places, rule = _best(m)
        terms: list[str] = []
        values: list[Any] = []
        for r, c in places:
            if m[r, c] == 0:
                continue
            minor = _frozen(sympy.Matrix(m).minor_submatrix(r, c))
            sign = "-" if (r + c) % 2 else "+"
            head = "" if not terms and sign == "+" else sign + " "
            terms.append(f"{head}{_factor(m[r, c], show)} {_bars(minor, show)}")
            values.append((-1) ** (r + c) * m[r, c] * minor.det(method="berkowitz"))
        lines.append(Step(" ".join(terms) or "0", rule))
        if len(values) > 1:
            lines.append(Step(_sum(values, show), "the minors"))
    lines.append(Step(show(sympy.factor(m.det(method="berkowitz"))), "collected"))
    return tuple(lines)


def _best(m: Any) -> tuple[list[tuple[int, int]], str]:
    """The places of the row or column with most zeros, and the rule's name."""
    row = max(range(m.rows), key=lambda i: sum(x == 0 for x in m.row(i)))
    col = max(range(m.cols), key=lambda j: sum(x == 0 for x in m.col(j)))
    if sum(x == 0 for x in m.col(col)) > sum(x == 0 for x in m.row(row)):
        return [(k, col) for k in range(m.rows)], f"expansion along column {col + 1}"
    return [(row, k) for k in range(m.cols)], f"expansion along row {row + 1}"


def _bars(m: Any, show: Show) -> str:
    rows = [" & ".join(show(x) for x in m.row(i)) for i in range(m.rows)]
    return "\\begin{vmatrix} " + " \\\\ ".join(rows) + " \\end{vmatrix}"


def _factor(x: Any, show: Show) -> str:
    text = show(x)
    return f"({text})" if x.is_Add or text.startswith("-") else text


def _sum(terms: list[Any], show: Show) -> str:
    out = ""
    for t in terms:
        text = show(t)
        text = f"({text})" if t.is_Add and out else text
        out += text if not out else f" {text}" if text.startswith("-") else f" + {text}"
    return out


def characteristic(m: Any, found: list[tuple[Any, int]], x: Any, show: Show) -> tuple[Step, ...]:
    """det(λI - M) = 0 as a chain: the determinant, its expansion, its factors, its roots."""
    shifted = sympy.ImmutableDenseMatrix(x * sympy.eye(m.rows) - m)
    p = m.charpoly().as_expr(x)
    lines = [
        Step(f"\\det({show(x)} I - M) = {_bars(shifted, show)}", "definition"),
        Step(f"= {show(p)}", "the determinant expanded"),
    ]
    factored = sympy.factor(p)
    if factored != p:
        lines.append(Step(f"= {show(factored)}", "factored"))
    roots = ",\\; ".join(show(v) for v, _ in found)
    lines.append(Step(f"= 0 \\iff {show(x)} \\in \\{{{roots}\\}}", "its roots"))
    return tuple(lines)
