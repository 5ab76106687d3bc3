"""Random input of four kinds, much of it: prints what raises, what takes long, and a table.

    python benchmarks/fuzz.py [PAGE …] [--formulas N] [--claims N] [--pages N] [--messages N] [--seed 0] [--jobs N]

formulas: documents from a grammar of formulas and prose, mostly ill-shaped.  claims: formulas of shapes that fit, so that
the engine works on them.  pages: up to 30 lines of a real page (PAGE …, and the examples), bytes changed.  messages:
JSON-RPC, right ones and broken ones, to servers that must answer each that asks, and a right question at the end.

All statements of a document are judged, then two features are asked for at random places of it.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "fuzz"))
sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "lsp"))
import messages
from client import Client
from exercise import exercise, forget
from grammar import PAGES, claim, document, excerpt
from nablatex.explicit import budget
from nablatex.features.budget import OutOfTime, limit
from nablatex.features.disk import decoded
from nablatex.latex.hosts import host_of

budget.WALL = 1000.0  # many run side by side: what counts is the processor's time
LONG = 10.0
"""Seconds that the engine has for a question; here, for all that is asked about a document."""
BUDGET = 3.0
"""Seconds that a formula may take: what takes longer is shown."""
SESSION = 500
"""Messages to one server."""
SHOWN = 12
DEFAULTS = {"formulas": 85_000, "claims": 40_000, "pages": 35_000, "messages": 40_000}


@dataclass(slots=True)
class Tried:
    """What came of one input, or of one session of messages."""

    seed: int
    seconds: float
    wrong: str = ""
    statements: int = 0
    judged: int = 0
    at: str = ""
    count: int = 1


_PAGES: list[tuple[str, str]] = []


def begin(paths: list[str]) -> None:
    """In each process."""
    _PAGES[:] = [(p, "latex") for p in PAGES] + [(decoded(Path(p).read_bytes()), host_of(p)) for p in paths]


def text_of(kind: str, r: random.Random) -> tuple[str, str]:
    """(text, host)."""
    if kind == "formulas":
        return document(r), "latex"
    if kind == "claims":
        return claim(r), "latex"
    page, host = r.choice(_PAGES)
    return excerpt(r, page), host


def asked(kind: str, seed: int) -> Tried:
    """One document."""
    r = random.Random(f"{kind} {seed}")
    text, host = text_of(kind, r)
    out = Tried(seed, 0.0)
    at: list[tuple[str, float]] = []
    begun, clock = time.process_time(), time.monotonic()
    try:
        with limit(LONG):
            found = exercise(r, text, host, 2, lambda name: at.append((name, time.process_time())))
            out.statements = len(found)
            out.judged = sum(s.kind == "claim" and s.verdict in ("proved", "holds", "fails") for s in found)
    except OutOfTime:
        spent = f"{time.process_time() - begun:.1f} s of the processor, {time.monotonic() - clock:.1f} s on the clock"
        out.wrong = f"not done in {spent}, at {at[-1][0]}: {traceback.format_exc(limit=-3)}"
    except Exception:
        out.wrong = f"at {at[-1][0]}: {traceback.format_exc(limit=-4)}"
    ended = time.process_time()
    out.seconds = ended - begun
    spent = [(b[1] - a[1], a[0]) for a, b in zip(at, [*at[1:], ("", ended)], strict=True)]
    out.at = max(spent)[1] if spent else ""
    forget()
    return out


def session(seed: int) -> Tried:
    """One server and many messages."""
    r = random.Random(f"messages {seed}")
    begun = time.perf_counter()
    out = Tried(seed, 0.0, count=SESSION)
    client = Client(log=subprocess.DEVNULL)
    try:
        client.open(messages.URI, messages.TEXT)
        for first in range(1000, 1000 + SESSION, 50):
            due = []
            for number in range(first, first + 50):
                body, asks = messages.message(r, number)
                client.asked[number] = "a random request"
                client.send_bytes(body)
                due += [number] * asks
            client.wait(lambda due=due: all(n in client.answers for n in due), 60)
        uri = "file:///fresh.tex"
        client.open(uri, messages.TEXT)
        place = {"textDocument": {"uri": uri}, "position": {"line": 1, "character": 9}}
        if not client.request("textDocument/hover", place):
            out.wrong = "no answer to a right question at the end"
        client.close()
        if client.process.returncode:
            out.wrong = f"ended with {client.process.returncode}"
    except (OSError, RuntimeError, TimeoutError) as error:
        client.process.kill()
        out.wrong = f"{type(error).__name__}: {str(error)[:300]}"
    out.seconds = time.perf_counter() - begun
    return out


def tried(job: tuple[str, int]) -> Tried:
    kind, seed = job
    return session(seed) if kind == "messages" else asked(kind, seed)


def run(kind: str, count: int, seed: int, jobs: int, paths: list[str]) -> str:
    """A row of the table; what breaks is printed as it is found."""
    number = -(-count // SESSION) if kind == "messages" else count
    found: list[Tried] = []
    broken = done = 0
    begun = time.perf_counter()
    begin(paths)
    with ProcessPoolExecutor(jobs, initializer=begin, initargs=(paths,)) as pool:
        work = ((kind, s) for s in range(seed, seed + number))
        chunk = 1 if kind == "messages" else 50
        for x in pool.map(tried, work, chunksize=chunk):
            found.append(x)
            done += x.count
            if x.wrong:
                broken += 1
                text = "" if kind == "messages" else text_of(kind, random.Random(f"{kind} {x.seed}"))
                print(f"BROKEN {kind} {x.seed}: {x.wrong}\n  {text!r}", flush=True)
            if len(found) % (number // 10 or 1) == 0:
                print(f"{kind}: {done}, {broken} broken, {time.perf_counter() - begun:.0f} s", flush=True)
    found.sort(key=lambda x: x.seconds)
    if kind != "messages":
        for x in found[: -SHOWN - 1 : -1]:
            print(f"SLOW {kind} {x.seed}: {x.seconds:.2f} s, most of it at {x.at}")
            print(f"  {text_of(kind, random.Random(f'{kind} {x.seed}'))[0]!r}", flush=True)
    times = [x.seconds for x in found]
    over = sum(t > BUDGET for t in times) if kind != "messages" else 0
    return (
        f"{kind:9} {done:8} {sum(x.statements > 0 for x in found):14} {sum(x.judged > 0 for x in found):12} "
        f"{1000 * times[len(times) // 2]:8.0f} {1000 * times[len(times) * 99 // 100]:8.0f} {1000 * times[-1]:8.0f} {over:6} {broken:6}"
    )


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("paths", nargs="*", metavar="PAGE")
    for kind, count in DEFAULTS.items():
        arguments.add_argument(f"--{kind}", type=int, default=count)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = arguments.parse_args()
    counts = {kind: getattr(options, kind) for kind in DEFAULTS}
    rows = [run(kind, n, options.seed, options.jobs, options.paths) for kind, n in counts.items() if n]
    print(f"\nseed {options.seed}; a row of messages is in wall time, others in time of the processor; ms")
    print("kind        inputs with formulas with claims      p50      p99      max  > 3 s broken")
    print("\n".join(rows))
    return 1 if any(not row.endswith(" 0") for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
