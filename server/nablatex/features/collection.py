"""How often Python looks for garbage in circles: trees and readings hold none, and there are very many of them."""

from __future__ import annotations

import gc

YOUNG = 100_000


def seldom_collect() -> None:
    """For a process that reads documents: most of the time of a long scan went into looking for circles."""
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 50)
