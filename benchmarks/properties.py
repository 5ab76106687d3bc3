"""Random expressions around every operator, many of them: prints each property that does not hold, and what was looked at.

python benchmarks/properties.py [--seconds 1200] [--seed 1000] [--depth 5] [OPERATOR ...]
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "calculus"))
from growing import BUILDS
from inspection import Trouble, inspect


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=float, default=1200)
    arguments.add_argument("--seed", type=int, default=1000)
    arguments.add_argument("--depth", type=int, default=5)
    arguments.add_argument("operators", nargs="*", default=sorted(BUILDS))
    options = arguments.parse_args()
    until = time.monotonic() + options.seconds
    counts: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    seed = options.seed
    while time.monotonic() < until:
        for name in options.operators:
            try:
                counts += inspect(name, seed, options.depth)
            except Trouble as trouble:
                broken[name] += 1
                print(f"{name} {seed}: {trouble}", flush=True)
            except Exception:
                broken[name] += 1
                print(f"{name} {seed}: {traceback.format_exc(limit=-2)}", flush=True)
        seed += 1
    print(f"\nseeds {options.seed} to {seed - 1} of {len(options.operators)} operators")
    for what, many in counts.most_common():
        print(f"{many:9} {what}")
    print(f"{broken.total():9} that do not hold {dict(broken) or ''}")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
