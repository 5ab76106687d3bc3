"""Thousands of random edits, read and judged one after the other: the outcome is that of opening the final text.

python benchmarks/replay.py [--edits 10000] [--seed 1] [--every 100]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from operator import eq
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "document"))
from edits import PAGE, edits
from nablatex.document.reading import Reading, read_document
from nablatex.features.check import READINGS
from nablatex.features.diagnose import diagnose
from nablatex.features.model import Settings
from nablatex.lsp.positions import LineIndex


def state(reading: Reading) -> Iterator[object]:
    """All that features can ask of a reading."""
    yield from (reading.context, reading.macros, reading.notation, reading.layout, len(reading.statements))
    for s in reading.statements:
        declared = {k: reading.declaration(k, s.span.start) for k in s.context.symbols}
        yield s.kind, s.span, repr((s.tree, s.left, s.right)), s.context, s.readable, declared


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--edits", type=int, default=10_000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--every", type=int, default=100)
    options = arguments.parse_args()
    index = LineIndex(PAGE)
    reading = read_document(PAGE)
    text = PAGE
    begun = time.perf_counter()
    for k, (start, end, new, text) in enumerate(edits(options.seed, options.edits), 1):
        index = index.edited(start, end, new)
        reading = read_document(text, reading)
        found = diagnose(text, start, 60, Settings())
        if k % options.every == 0 or k == options.edits:
            READINGS.kept.clear()
            fresh = diagnose(text, None, 60, Settings())
            same = all(map(eq, state(reading), state(read_document(text)))) and found == fresh
            if not same or index.starts != LineIndex(text).starts or index.text != text:
                print(f"edit {k} of seed {options.seed}: the state is not that of the text as it is opened")
                return 1
    print(
        f"{options.edits} edits (seed {options.seed}) in {time.perf_counter() - begun:.0f} s: as opening {len(text)} characters"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
