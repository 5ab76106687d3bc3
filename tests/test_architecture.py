"""The direction of imports (ARCHITECTURE.md)."""

from __future__ import annotations

import ast
from pathlib import Path

SERVER = Path(__file__).resolve().parent.parent / "server" / "nablatex"
MAY_IMPORT = {
    "latex": {"latex"},
    "algebra": {"algebra"},
    "document": {"document", "latex", "algebra"},
    "calculus": {"calculus", "algebra"},
    "codegen": {"codegen", "algebra"},
    "checking": {"checking", "calculus", "algebra"},
    "explicit": {"explicit", "document", "algebra", "latex"},
    "features": {"features", "explicit", "document", "checking", "calculus", "codegen", "algebra", "latex"},
    "library": {"library", "features", "document", "checking", "calculus", "codegen", "algebra", "latex"},
    "lsp": {"lsp", "features", "latex"},
    "cli": {"cli", "features", "lsp", "latex"},
}
ONLY_LSP = {"pygls", "lsprotocol"}


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_imports_follow_the_arrows() -> None:
    wrong = []
    for package, allowed in MAY_IMPORT.items():
        for path in (SERVER / package).rglob("*.py"):
            for name in imports_of(path):
                parts = name.split(".")
                if (parts[0] == "nablatex" and len(parts) > 1 and parts[1] not in allowed) or (
                    parts[0] in ONLY_LSP and package != "lsp"
                ):
                    wrong.append(f"{path.relative_to(SERVER)} imports {name}")
    assert wrong == []


def test_no_document_text_is_evaluated() -> None:
    for path in SERVER.rglob("*.py"):
        calls = [
            n.func.id
            for n in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
        ]
        assert not {"eval", "exec", "compile"} & set(calls), path
