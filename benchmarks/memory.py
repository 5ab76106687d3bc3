"""Memory of both processes while an author edits: a curve, and the largest values.

python benchmarks/memory.py [--edits 2000] [--lines 3000]
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "lsp"))
from client import Client
from latency import CAPABILITIES, URI, Page, formula
from pages import page


def resident(process: int) -> float:
    """Megabytes in use."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def engine(parent: int) -> int:
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rsplit(")", 1)[1].split()
            command = (entry.parent / "cmdline").read_bytes()
        except (OSError, IndexError):
            continue
        if int(fields[1]) == parent and b"spawn_main" in command:
            return int(entry.parent.name)
    raise OSError("the engine's process is not there")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--edits", type=int, default=2000)
    arguments.add_argument("--lines", type=int, default=3000)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    r = random.Random(options.seed)
    client = Client(CAPABILITIES)
    document = Page(client, page(options.lines))
    document.published(1)
    curve: list[tuple[int, float, float]] = []
    begun = time.perf_counter()
    for k in range(options.edits + 1):
        if k % max(options.edits // 20, 1) == 0:
            front, back = resident(client.process.pid), resident(engine(client.process.pid))
            curve.append((k, front, back))
            print(f"{k:6} edits  front {front:6.1f} MB  engine {back:6.1f} MB  both {front + back:6.1f} MB", flush=True)
        start, end = formula(r, document.text)
        at = r.randrange(start, end)
        before = document.text[at]
        new = r.choice("xAb2 +")
        document.published(document.replace(at, at, new))
        if k % 5 == 0:
            client.request("textDocument/hover", {"textDocument": {"uri": URI}, "position": document.position(at)})
        document.published(document.replace(at, at + 1, ""))
        assert document.text[at] == before
        client.notes.clear()
        client.received.clear()
    client.close()
    print(
        f"seed {options.seed}, {options.lines} lines, {time.perf_counter() - begun:.0f} s: front at most "
        f"{max(f for _, f, _ in curve):.0f} MB, both at most {max(f + b for _, f, b in curve):.0f} MB"
    )


if __name__ == "__main__":
    main()
