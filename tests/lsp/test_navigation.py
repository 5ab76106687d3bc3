"""Completion and navigation, as clients meet them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from client import Client

URI = "file:///paper.tex"
TEXT = """\\newcommand{\\tran}[1]{#1^\\top} Für 𝔸:
Let $X \\in \\mathbb{R}^{m\\times n}$, $a\\in\\mathbb{R}^m$, $b\\in\\mathbb{R}^n$.
\\[ \\frac{\\partial a^\\top X b}{\\partial X} = \\]
\\[ X b + \\
"""
RICH = {
    "textDocument": {
        "completion": {
            "completionItem": {"snippetSupport": True, "preselectSupport": True, "documentationFormat": ["markdown"]}
        }
    }
}


@pytest.fixture
def client() -> Iterator[Client]:
    c = Client()
    c.open(URI, TEXT)
    yield c
    c.close()


def at(client: Client, line: int, character: int, method: str = "textDocument/completion", **more: Any) -> Any:
    place = {"line": line, "character": character}
    return client.request(method, {"textDocument": {"uri": URI}, "position": place, **more})


def test_the_derivative_is_completed_and_its_derivation_stands_beside_it(client: Client) -> None:
    found = at(client, 2, 43)
    assert [(c["label"], c["textEdit"]["newText"]) for c in found] == [("a b^\\top", " a b^\\top")]
    assert "documentation" not in found[0]
    assert "a bᵀ" in client.request("completionItem/resolve", found[0])["documentation"]


def test_a_client_gets_only_what_it_has_announced() -> None:
    for capabilities, rich in (({}, False), (RICH, True)):
        client = Client(capabilities)
        client.open(URI, TEXT)
        macro = at(client, 3, 10)[0]
        assert macro["textEdit"]["newText"] == ("\\tran{$1}" if rich else "\\tran")
        assert ("insertTextFormat" in macro) is rich
        result = at(client, 2, 43)[0]
        assert ("preselect" in result) is rich
        assert isinstance(client.request("completionItem/resolve", result)["documentation"], dict) is rich
        client.close()


def test_the_setting_switches_completion_off() -> None:
    client = Client(options={"surfaces": {"completion": False}})
    client.open(URI, TEXT)
    assert at(client, 2, 43) == []
    client.close()


def test_a_symbol_leads_to_its_declaration_and_to_every_place_that_names_it(client: Client) -> None:
    column = TEXT.splitlines()[3].index("X")
    for method in ("textDocument/definition", "textDocument/declaration"):
        found = at(client, 3, column, method)
        assert [r["range"]["start"] for r in found] == [{"line": 1, "character": 5}]
    found = at(client, 3, column, "textDocument/references", context={"includeDeclaration": True})
    assert [r["range"]["start"]["line"] for r in found] == [1, 2, 2, 3]
    found = at(client, 3, column, "textDocument/references", context={"includeDeclaration": False})
    assert [r["range"]["start"]["line"] for r in found] == [2, 2, 3]
    assert len(at(client, 3, column, "textDocument/documentHighlight")) == 4
    assert at(client, 0, 1, "textDocument/definition") == []


def test_a_symbol_is_renamed_everywhere_and_a_clash_is_refused_with_its_reason(client: Client) -> None:
    column = TEXT.splitlines()[3].index("X")
    start = at(client, 3, column, "textDocument/prepareRename")
    assert start["placeholder"] == "X"
    edits = at(client, 3, column, "textDocument/rename", newName="\\Phi")["changes"][URI]
    assert sorted(e["range"]["start"]["line"] for e in edits) == [1, 2, 2, 3]
    with pytest.raises(RuntimeError, match="in use"):
        at(client, 3, column, "textDocument/rename", newName="b")


def test_the_declarations_are_listed(client: Client) -> None:
    found = client.request("nablatex/declarations", {"textDocument": {"uri": URI}})
    rows = {s["name"]: s for s in found["symbols"]}
    assert (rows["X"]["shape"], rows["X"]["guessed"]) == ("m×n", False)
    assert rows["X"]["range"]["start"] == {"line": 1, "character": 5}
