"""What an author sees: the example documents checked by the real server, and a derivative inserted into a copy."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "lsp"))
from client import Client  # noqa: E402


def show(client: Client, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    uri = path.as_uri()
    client.open(uri, text)
    found = client.noted("textDocument/publishDiagnostics", 60)["diagnostics"]
    print(f"\n{path.name}: {len(found)} steps are wrong")
    lines = text.splitlines()
    for d in found:
        start, end = d["range"]["start"], d["range"]["end"]
        print(f"  {start['line'] + 1:3} | {lines[start['line']]}")
        width = max(
            1, (end["character"] if end["line"] == start["line"] else len(lines[start["line"]])) - start["character"]
        )
        print("      | " + " " * start["character"] + "~" * width)
        print(f"      {d['code']}: {d['message']}")
        asked = {
            "textDocument": {"uri": uri},
            "range": d["range"],
            "context": {"diagnostics": [d], "only": ["quickfix"]},
        }
        for action in client.request("textDocument/codeAction", asked):
            print(f"      fix: {action['title']}")


def insert(client: Client, path: Path, marker: str) -> None:
    """Takes *Insert derivative* on the formula that begins with marker, in a copy of the document."""
    text = path.read_text(encoding="utf-8")
    uri = path.with_name("copy.tex").as_uri()
    client.open(uri, text)
    lines = text.splitlines(keepends=True)
    line = max(k for k, words in enumerate(lines) if marker in words)
    at = {"line": line, "character": lines[line].index(marker) + 3}
    asked = {
        "textDocument": {"uri": uri},
        "range": {"start": at, "end": at},
        "context": {"diagnostics": [], "only": ["refactor.rewrite"]},
    }
    edit = client.request("textDocument/codeAction", asked)[0]["edit"]["changes"][uri][0]
    place = edit["range"]["start"]
    words = lines[place["line"]]
    lines[place["line"]] = words[: place["character"]] + edit["newText"] + words[place["character"] :]
    print("\nInsert derivative, in a copy:\n")
    print("".join(lines[line - 2 : line + 3]), end="")


def main() -> None:
    client = Client()
    for path in sorted((ROOT / "examples").glob("*.tex")):
        show(client, path)
    insert(client, ROOT / "examples" / "least-squares.tex", "\\frac{\\partial}{\\partial X}")
    insert(client, ROOT / "examples" / "least-squares.tex", "\\frac{\\partial f}{\\partial S}")
    client.close()


if __name__ == "__main__":
    main()
