"""In which order a chain of factors is multiplied: the cheapest by the sizes that are known or expected.

Vectors have one column, so that A B x is A (B x) whatever the letters are; diagonal matrices, vectors of ones, unit
vectors and inverses have their own costs.  Letters without an expected size count as equal and large.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from nablatex.algebra.dims import Dim

USUAL = 100
Flavour = Literal["dense", "diagonal", "ones", "unit", "inverse", "permutation"]
CHEAP: frozenset[Flavour] = frozenset(("ones", "unit", "permutation"))


@dataclass(frozen=True, slots=True)
class Plan:
    """A tree over factors first .. last: cut says where the last product is; None for a single factor."""

    first: int
    last: int
    cut: int | None
    left: Plan | None = None
    right: Plan | None = None


def expected(d: Dim, sizes: Mapping[str, int]) -> int:
    """A number to compare costs by."""
    return max(1, d.at({x: sizes.get(x, USUAL) for x in d.letters()}))


def associate(dims: Sequence[Dim], flavours: Sequence[Flavour], sizes: Mapping[str, int]) -> Plan:
    """The cheapest tree for factors of shapes dims[i] × dims[i+1] (the matrix chain problem, by dynamic programming).

    Ties go to the right end for columns, where vectors stand.
    """
    n = len(flavours)
    d = [expected(x, sizes) for x in dims]
    best: dict[tuple[int, int], tuple[float, Plan]] = {}
    for i in range(n):
        # an inverse that no product takes up as a solve has to be formed
        best[i, i] = (0.0, Plan(i, i, None))
    for length in range(2, n + 1):
        for i in range(n - length + 1):
            j = i + length - 1
            options: list[tuple[float, int]] = []
            for k in range(i, j):
                cost = best[i, k][0] + best[k + 1, j][0] + _join(i, k, j, d, flavours)
                options.append((cost, k) if d[j + 1] < d[i] else (cost, -k))
            cost, where = min(options)
            k = abs(where)
            best[i, j] = (cost, Plan(i, j, k, best[i, k][1], best[k + 1, j][1]))
    return best[0, n - 1][1]


def _join(i: int, k: int, j: int, d: Sequence[int], flavours: Sequence[Flavour]) -> float:
    """Cost of (factors i..k) times (factors k+1..j)."""
    rows, middle, cols = d[i], d[k + 1], d[j + 1]
    left: Flavour = flavours[i] if i == k else "dense"
    right: Flavour = flavours[j] if j == k + 1 else "dense"
    if left in CHEAP or right in CHEAP:
        return float(rows * cols)
    if left == "diagonal" or right == "diagonal":
        return float(rows * cols)
    cost = float(rows * middle * cols)
    if left == "inverse":
        cost += middle**3 / 3
    if right == "inverse":
        cost += middle**3 / 3 if left != "inverse" else float(middle**3)
    return cost
