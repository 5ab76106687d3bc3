"""Makes docs/at-work.svg from what the real server says of an example: python docs/picture.py."""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "lsp"))
from client import Client  # noqa: E402

WIDTH, LINE, CHAR = 860, 24, 8.4


def main() -> None:
    path = ROOT / "examples" / "mistakes.tex"
    text = path.read_text(encoding="utf-8")
    client = Client()
    client.open(path.as_uri(), text)
    found = client.noted("textDocument/publishDiagnostics", 60)["diagnostics"][0]
    asked = {"textDocument": {"uri": path.as_uri()}, "range": found["range"], "context": {"diagnostics": [], "only": ["quickfix"]}}
    fix = client.request("textDocument/codeAction", asked)[0]["title"]
    client.close()
    at = found["range"]["start"]
    lines = text.splitlines()[at["line"] - 2 : at["line"] + 2]
    rows = [f'<rect width="{WIDTH}" height="{LINE * (len(lines) + 5)}" rx="8" fill="#1e1e2e"/>']
    for k, line in enumerate(lines):
        y = LINE * (k + 1) + 4
        rows.append(f'<text x="20" y="{y}" fill="#cdd6f4" xml:space="preserve">{escape(line)}</text>')
        if k == 2:
            x0, x1 = 20 + CHAR * at["character"], 20 + CHAR * found["range"]["end"]["character"]
            wave = " ".join(f"L {x:.1f} {y + 5 + (3 if n % 2 else 0)}" for n, x in enumerate(range(int(x0), int(x1), 4)))
            rows.append(f'<path d="M {x0:.1f} {y + 5} {wave}" stroke="#f38ba8" fill="none" stroke-width="1.5"/>')
    y = LINE * (len(lines) + 1) + 12
    message = f"{found['code']}: {found['message']}"
    for k, part in enumerate([message[:98], message[98:196]]):
        rows.append(f'<text x="20" y="{y + 20 * k}" fill="#f38ba8">{escape(part)}</text>')
    rows.append(f'<text x="20" y="{y + 48}" fill="#a6e3a1">Quick fix: {escape(fix)}</text>')
    style = "font-family:DejaVu Sans Mono,Menlo,Consolas,monospace;font-size:14px"
    body = "\n".join(rows)
    height = LINE * (len(lines) + 5)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" style="{style}">\n{body}\n</svg>\n'
    (ROOT / "docs" / "at-work.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
