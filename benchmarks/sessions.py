"""Pages typed key by key: what is shown on the way and is no finding of the page as it is in the end.

    python benchmarks/sessions.py PAGE [PAGE …] [--windows 4] [--length 500] [--seed 1] [--inside]

Of each page some windows of whole lines are typed, each with the page before it in place; with --inside also the page
behind it.  The author pauses at the end of each line, when all is shown that there is to show.  Prints every finding
that she would have seen in vain.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from nablatex.features.around import Around, surrounded
from nablatex.features.diagnose import diagnose
from nablatex.features.disk import decoded
from nablatex.features.model import Settings, Statement
from nablatex.features.pace import held_back
from nablatex.latex.hosts import host_of


def keys(page: str, start: int, end: int, inside: bool) -> Iterator[tuple[str, int]]:
    """(text, caret) after each key of a window."""
    rest = page[end:] if inside else ""
    for k in range(start + 1, end + 1):
        yield page[:k] + rest, k


def in_vain(page: str, start: int, end: int, inside: bool) -> Iterator[tuple[str, Statement]]:
    """Findings that were shown and do not stand in the end, each once, with the text at whose end the author was."""
    last = page[:end] + (page[end:] if inside else "")
    true = {(s.code, s.latex) for s in diagnose(last, None, 600, Settings()).wrong}
    shown: list[Statement] = [*diagnose(page[:start] + (page[end:] if inside else ""), None, 600, Settings()).wrong]
    told = {(s.code, s.latex) for s in shown}
    for text, caret in keys(page, start, end, inside):
        wrong = diagnose(text, caret, 600, Settings()).wrong
        held = [] if text[:caret].endswith("\n") else held_back(caret, wrong, shown)
        shown = [s for s in wrong if s not in held]
        for s in shown:
            if (s.code, s.latex) not in true | told:
                told.add((s.code, s.latex))
                yield text[max(0, caret - 60) : caret], s


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("pages", nargs="+")
    arguments.add_argument("--windows", type=int, default=4)
    arguments.add_argument("--length", type=int, default=500)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--inside", action="store_true")
    options = arguments.parse_args()
    r = random.Random(options.seed)
    count = found = 0
    begun = time.monotonic()
    for path in options.pages:
        page = decoded(Path(path).read_bytes())
        for _ in range(options.windows):
            near = r.randrange(max(1, len(page) - options.length))
            start = page.rfind("\n\n", 0, near) + 2 if "\n\n" in page[:near] else 0
            end = page.find("\n", min(len(page), start + options.length)) + 1 or len(page)
            count += end - start
            with surrounded(Around(host_of(path))):
                for before, s in in_vain(page, start, end, options.inside):
                    found += 1
                    print(
                        f"{path}:{start}: {s.code} {s.latex!r}\n  {s.message}\n  typed so far: {before!r}", flush=True
                    )
    print(f"{count} keys (seed {options.seed}) in {time.monotonic() - begun:.0f} s: {found} findings in vain")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
