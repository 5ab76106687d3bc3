"""What changed between two texts, found by comparisons that run in C."""

from __future__ import annotations

from collections.abc import Callable


def changed(old: str, new: str) -> tuple[int, int, int]:
    """(start, end in old, end in new) of the smallest range outside which two texts are the same."""
    size = min(len(old), len(new))
    start = _common(size, lambda a, b: old[a:b] == new[a:b])
    o, n = len(old), len(new)
    back = _common(size - start, lambda a, b: old[o - b : o - a] == new[n - b : n - a])
    return start, o - back, n - back


def _common(size: int, same: Callable[[int, int], bool]) -> int:
    """How far two texts agree: in growing steps, then by halving."""
    low, step = 0, 4096
    while low < size and same(low, min(low + step, size)):
        low = min(low + step, size)
        step *= 2
    high = min(low + step, size)
    while high - low > 1:
        middle = (low + high) // 2
        if same(low, middle):
            low = middle
        else:
            high = middle
    return low
