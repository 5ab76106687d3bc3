"""How large a result would be, told before it is worked out: nobody waits for what is too long to be read."""

from __future__ import annotations

import math
from typing import Any

import sympy

MAX_LATEX = 1600
"""Characters of a result beyond which nobody reads it."""
MAX_BITS = 100_000
"""Of a whole number that is worked out."""
MAX_TERMS = 600
"""Of a sum that is written out: more are not read."""
ENDLESS = 10**12
FEW = 4
"""Symbols of which all monomials of a degree are counted."""


def factorial_bits(n: int) -> float:
    """log2 n!, by Stirling's formula."""
    return math.lgamma(n + 1) / math.log(2) if n < 10**15 else math.inf


def binomial_bits(n: int, k: int) -> float:
    """log2 of n over k, from above: (e n / k)^k."""
    k = min(k, n - k)
    return k * math.log2(math.e * n / k) if k > 0 else 0.0


def terms(e: Any) -> int:
    """How many terms an expression has at most once its products and powers are multiplied out."""
    if e.is_Add:
        return min(sum(map(terms, e.args)), ENDLESS)
    if e.is_Mul:
        return min(math.prod(map(terms, e.args)), ENDLESS)
    if e.is_Pow and e.exp.is_Integer and e.exp > 1:
        inside, k = terms(e.base), int(e.exp)
        if inside == 1:
            return 1
        if inside + k > 10_000:
            return ENDLESS
        return min(math.comb(inside + k - 1, k), ENDLESS)
    return 1


def determinant_terms(m: Any) -> int:
    """The terms of the determinant of a matrix with symbols, from above: by Leibniz' formula, and where there are few
    symbols by the monomials of its degree.  1 for numbers alone."""
    symbols = sorted(m.free_symbols, key=str)
    if not symbols:
        return 1
    n = m.rows
    ways = {0: 1}  # by the columns that are used up
    for row in range(n):
        further: dict[int, int] = {}
        entries = [(1 << col, terms(m[row, col])) for col in range(n) if m[row, col] != 0]
        for used, count in ways.items():
            for bit, number in entries:
                if not used & bit:
                    further[used | bit] = min(further.get(used | bit, 0) + count * number, ENDLESS)
        ways = further
    found = ways.get((1 << n) - 1, 0)
    if found > MAX_TERMS and len(symbols) <= FEW and all(e.is_polynomial(*symbols) for e in m):
        degree = sum(max(sympy.total_degree(e, *symbols) for e in m.row(row)) for row in range(n))
        found = min(found, math.comb(degree + len(symbols), len(symbols)))
    return found


def determinant_letters(m: Any) -> int:
    """Characters of a determinant of which nothing cancels, since each entry is a symbol of its own; 0 for any other."""
    letters = [e for e in m if e != 0]
    if len(set(letters)) < len(letters) or not all(e.is_Symbol for e in letters) or not letters:
        return 0
    each = 1 + sum(len(str(e)) for e in letters) // len(letters)
    return determinant_terms(m) * int(m.rows) * each


__all__ = [
    "MAX_BITS",
    "MAX_LATEX",
    "MAX_TERMS",
    "binomial_bits",
    "determinant_letters",
    "determinant_terms",
    "factorial_bits",
    "terms",
]
