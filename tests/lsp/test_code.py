"""Formulas as programs, as a client meets them: the request `nablatex/code` and the actions *Export as …*."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from client import Client

TEXT = """Let $X \\in \\mathbb{R}^{m\\times n}$, $w \\in \\mathbb{R}^n$ and $y \\in \\mathbb{R}^m$. Für 𝔸:
\\[ \\nabla_w \\|y - Xw\\|^2 \\]
$n$ is a number.
"""
FILES = {"workspace": {"workspaceEdit": {"documentChanges": True, "resourceOperations": ["create"]}}}


@pytest.fixture
def client() -> Iterator[Client]:
    c = Client(FILES, {"export": {"languages": ["numpy", "julia"]}})
    yield c
    c.close()


def ask(client: Client, uri: str, line: int, **more: Any) -> Any:
    place = {"line": line, "character": 8}
    return client.request("nablatex/code", {"textDocument": {"uri": uri}, "position": place, **more})


def test_the_formula_at_the_cursor_comes_as_a_program(client: Client) -> None:
    uri = "file:///paper.tex"
    client.open(uri, TEXT)
    found = ask(client, uri, 1, language="julia", value=True)
    assert found["extension"] == "jl" and found["function"] == "value_and_derivative"
    assert "return dot(v, v), -2 * (X' * v)" in found["code"]
    assert ask(client, uri, 2, language="numpy")["code"] is None
    assert ask(client, uri, 1, language="cobol") is None


def test_a_selected_part_is_a_program_of_its_own(client: Client) -> None:
    uri = "file:///paper.tex"
    client.open(uri, TEXT)
    line = TEXT.split("\n")[1]
    start = line.index("y - Xw")
    part = {"start": {"line": 1, "character": start}, "end": {"line": 1, "character": start + 6}}
    found = ask(client, uri, 1, language="numpy", range=part)
    assert "return y - X @ w" in found["code"]
    half = {**part, "end": {"line": 1, "character": start + 4}}
    assert ask(client, uri, 1, language="numpy", range=half)["code"] is None


def test_an_export_makes_a_file_beside_the_document_and_never_writes_over_one(client: Client, tmp_path: Path) -> None:
    (tmp_path / "my_paper_derivative.py").write_text("mine")
    uri = (tmp_path / "my-paper.tex").as_uri()
    client.open(uri, TEXT)
    place = {"start": {"line": 1, "character": 8}, "end": {"line": 1, "character": 8}}
    context = {"diagnostics": [], "only": ["refactor.export"]}
    params = {"textDocument": {"uri": uri}, "range": place, "context": context}
    actions = client.request("textDocument/codeAction", params)
    assert [a["title"] for a in actions] == ["Export as NumPy", "Export as Julia"]
    create, change = actions[0]["edit"]["documentChanges"]
    assert create["kind"] == "create" and create["uri"].endswith("/my_paper_derivative2.py")
    assert change["textDocument"]["uri"] == create["uri"] and "def check_derivative(" in change["edits"][0]["newText"]


def test_a_client_that_cannot_make_files_is_offered_none() -> None:
    c = Client()
    uri = "file:///paper.tex"
    c.open(uri, TEXT)
    place = {"start": {"line": 1, "character": 8}, "end": {"line": 1, "character": 8}}
    params = {"textDocument": {"uri": uri}, "range": place, "context": {"diagnostics": [], "only": ["refactor.export"]}}
    assert c.request("textDocument/codeAction", params) == []
    c.close()
