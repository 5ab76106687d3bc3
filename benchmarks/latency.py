"""How long an author waits: from a keystroke to the diagnostics of the formula she edits, for hover, code actions and
completion, in documents of several lengths, through the whole server.  Also: how soon `initialize` is answered.

    python benchmarks/latency.py [--edits 200] [--lines 500 5000 50000]
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "lsp"))
from client import Client
from pages import page

URI = "file:///bench/page.tex"
CAPABILITIES = {
    "textDocument": {
        "codeAction": {"resolveSupport": {"properties": ["edit"]}},
        "publishDiagnostics": {"versionSupport": True},
    }
}
EMPTY = (
    "from pygls.lsp.server import LanguageServer\n"
    "s = LanguageServer('empty', '0')\n"
    "from lsprotocol import types\n"
    "@s.feature(types.TEXT_DOCUMENT_HOVER)\n"
    "def hover(p): return None\n"
    "s.start_io()"
)


class Page:
    """A document in the client: text and version, edited letter by letter."""

    def __init__(self, client: Client, text: str) -> None:
        self.client, self.text, self.version = client, text, 1
        client.open(URI, text)

    def position(self, offset: int) -> dict[str, int]:
        line = self.text.count("\n", 0, offset)
        return {"line": line, "character": offset - self.text.rfind("\n", 0, offset) - 1}

    def replace(self, start: int, end: int, new: str) -> int:
        """Sends the edit; the version that it makes."""
        place = {"start": self.position(start), "end": self.position(end)}
        self.text = self.text[:start] + new + self.text[end:]
        self.version += 1
        change = {
            "textDocument": {"uri": URI, "version": self.version},
            "contentChanges": [{"range": place, "text": new}],
        }
        self.client.notify("textDocument/didChange", change)
        return self.version

    def published(self, version: int) -> None:
        """Waits until diagnostics of a version have come."""
        while self.client.noted("textDocument/publishDiagnostics", 120).get("version") != version:
            pass


def formula(r: random.Random, text: str) -> tuple[int, int]:
    """Some displayed formula."""
    while True:
        start = text.find("\\[", r.randrange(len(text)))
        end = text.find("\\]", start)
        if start != -1 and end != -1:
            return start + 3, end - 1


def row(name: str, milliseconds: list[float]) -> str:
    ms = sorted(milliseconds)
    p95 = ms[min(int(0.95 * len(ms)), len(ms) - 1)]
    return f"  {name:34} p50 {statistics.median(ms):7.1f}   p95 {p95:7.1f}   max {ms[-1]:7.1f} ms   n {len(ms)}"


def measure(lines: int, edits: int, seed: int) -> dict[str, float]:
    r = random.Random(seed)
    client = Client(CAPABILITIES)
    begun = time.perf_counter()
    document = Page(client, page(lines))
    document.published(1)
    print(f"{lines} lines, {len(document.text)} characters; checked {time.perf_counter() - begun:.1f} s after opening")
    took: dict[str, list[float]] = {"keystroke -> diagnostics": [], "hover": [], "code actions": [], "completion": []}
    completes = "completionProvider" in client.server["capabilities"]

    def ask(name: str, method: str, params: dict[str, Any]) -> None:
        start = time.perf_counter()
        client.request(method, {"textDocument": {"uri": URI}, **params}, 60)
        took[name].append(1000 * (time.perf_counter() - start))

    undo: tuple[int, int, str] | None = None
    for k in range(edits):
        if undo is not None:  # every other keystroke takes the last one back
            a, b, new = undo
            undo = None
        else:
            start, end = formula(r, document.text)
            a = r.randrange(start, end)
            b = a + (k % 4 == 2)
            new = "" if k % 4 == 2 else r.choice("xAb2 +")
            undo = (a, a + len(new), document.text[a:b])
        place = document.position(a)
        begun = time.perf_counter()
        version = document.replace(a, b, new)
        document.published(version)
        took["keystroke -> diagnostics"].append(1000 * (time.perf_counter() - begun))
        ask("hover", "textDocument/hover", {"position": place})
        around = {"range": {"start": place, "end": place}, "context": {"diagnostics": []}}
        ask("code actions", "textDocument/codeAction", around)
        if completes:
            ask("completion", "textDocument/completion", {"position": place})
    client.close()
    for name, ms in took.items():
        if ms:
            print(row(name, ms))
    return {name: sorted(ms)[int(0.95 * len(ms))] for name, ms in took.items() if ms}


def answered(command: list[str]) -> float:
    """Milliseconds from the start of a process to its answer to `initialize`."""
    begun = time.perf_counter()
    client = Client(command=command)
    took = 1000 * (time.perf_counter() - begun)
    client.process.kill()
    client.process.wait()
    return took


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--edits", type=int, default=200)
    arguments.add_argument("--lines", type=int, nargs="+", default=[500, 5000, 50000])
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    ours = [sys.executable, "-m", "nablatex.cli.main", "lsp"]
    times = [(answered(ours), answered([sys.executable, "-c", EMPTY])) for _ in range(5)]
    a, b = (statistics.median(t) for t in zip(*times, strict=True))
    print(f"initialize: {a:.0f} ms, an empty pygls server {b:.0f} ms: {a / b:.2f} times\n")
    p95 = [measure(n, options.edits, options.seed)["keystroke -> diagnostics"] for n in options.lines]
    print(
        f"p95 from {options.lines[0]} to {options.lines[-1]} lines: {p95[-1] / p95[0]:.2f} times (seed {options.seed})"
    )


if __name__ == "__main__":
    main()
