"""Random documents through reader, elaborator and engine, many of them: prints each that raises or takes too long.

python benchmarks/fuzz.py [--count 200000] [--seed 0] [--jobs N]
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "fuzz"))
from grammar import some
from nablatex.features.actions import actions
from nablatex.features.budget import OutOfTime, limit
from nablatex.features.check import READINGS, VERDICTS, check_document
from nablatex.features.hover import hover
from nablatex.features.model import Settings

LONG = 20.0


def tried(seed: int) -> tuple[int, float, str]:
    """(seed, seconds, what went wrong)."""
    text = some(random.Random(seed))
    begun = time.perf_counter()
    wrong = ""
    try:
        with limit(LONG):
            for s in check_document(text, Settings(), budget=2.0):
                if "while checking" in s.message:
                    wrong = s.message
            hover(text, len(text) // 2, Settings())
            actions(text, len(text) // 2, len(text) // 2, Settings())
    except OutOfTime:
        wrong = "too long"
    except Exception:
        wrong = traceback.format_exc(limit=-3)
    READINGS.kept.clear()
    if len(VERDICTS.found) > 1000:
        VERDICTS.found.clear()
    return seed, time.perf_counter() - begun, wrong


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--count", type=int, default=200_000)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = arguments.parse_args()
    slowest = (0.0, 0)
    broken = 0
    begun = time.perf_counter()
    with ProcessPoolExecutor(options.jobs) as pool:
        seeds = range(options.seed, options.seed + options.count)
        for done, (seed, seconds, wrong) in enumerate(pool.map(tried, seeds, chunksize=50), 1):
            slowest = max(slowest, (seconds, seed))
            if wrong:
                broken += 1
                print(f"seed {seed}: {wrong}\n  {some(random.Random(seed))!r}", flush=True)
            if done % 5000 == 0:
                print(f"{done} inputs, {broken} broken, slowest {slowest[0]:.1f} s (seed {slowest[1]})", flush=True)
    print(
        f"{options.count} inputs in {time.perf_counter() - begun:.0f} s: {broken} broken, "
        f"slowest {slowest[0]:.2f} s (seed {slowest[1]})"
    )


if __name__ == "__main__":
    main()
