"""Evaluate in place, as clients meet it: lazily resolved actions, a command for others, a request with arguments."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from client import Client

URI = "file:///sheet.tex"
TEXT = "Für 𝔸: $A = \\begin{pmatrix} 1 & 2 \\\\ 0 & 3 \\end{pmatrix}$, so\n\\[ A^2 = \\]\n"
CURSOR = {"start": {"line": 1, "character": 4}, "end": {"line": 1, "character": 4}}
RESULT = " \\begin{pmatrix} 1 & 8 \\\\ 0 & 9 \\end{pmatrix}"
LAZY = {
    "textDocument": {
        "codeAction": {
            "dataSupport": True,
            "resolveSupport": {"properties": ["edit"]},
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["refactor.rewrite"]}},
        }
    }
}


@pytest.fixture
def lazy() -> Iterator[Client]:
    c = Client(LAZY)
    yield c
    c.close()


def asked(client: Client) -> list[dict[str, object]]:
    client.open(URI, TEXT)
    context = {"diagnostics": [], "only": ["refactor.rewrite.evaluate"]}
    found: list[dict[str, object]] = client.request(
        "textDocument/codeAction", {"textDocument": {"uri": URI}, "range": CURSOR, "context": context}
    )
    return found


def test_the_result_is_worked_out_when_the_action_is_chosen(lazy: Client) -> None:
    first = asked(lazy)[0]
    assert first["title"] == "Evaluate" and "edit" not in first
    resolved = lazy.request("codeAction/resolve", first)
    edit = resolved["edit"]["changes"][URI][0]
    assert edit["newText"] == RESULT
    assert edit["range"]["start"] == {"line": 1, "character": len("\\[ A^2 =")}


def test_a_request_takes_arguments(lazy: Client) -> None:
    lazy.open(URI, TEXT)
    params = {"textDocument": {"uri": URI}, "range": CURSOR, "operation": "power", "arguments": {"exponent": "2"}}
    done = lazy.request("nablatex/evaluate", params)
    assert done["status"] == "ok"
    assert done["result"] == "\\begin{pmatrix} 1 & 80 \\\\ 0 & 81 \\end{pmatrix}"
    done = lazy.request("nablatex/evaluate", {**params, "operation": "no such thing"})
    assert done["status"] == "unsupported" and "no such thing" in done["message"]


def test_either_goes_behind_a_whole_formula_and_in_the_place_of_a_part() -> None:
    client = Client({"workspace": {"applyEdit": True}})
    text = "Let $A, B\\in\\mathbb{R}^{n\\times n}$ and $x \\in \\mathbb{R}^n$.\n\\[ A (B + B) x \\]\n"
    try:
        client.open(URI, text)
        for start, end, new in ((3, 3, " = 2ABx"), (5, 12, "\\left(2B\\right)")):
            place = {"start": {"line": 1, "character": start}, "end": {"line": 1, "character": end}}
            data = {"uri": URI, "range": place, "operation": "simplify", "how": "either"}
            client.request("workspace/executeCommand", {"command": "nablatex.evaluate", "arguments": [data]})
            edit = client.noted("workspace/applyEdit")["edit"]["changes"][URI][0]
            assert edit["newText"] == new
    finally:
        client.close()


def test_a_client_that_resolves_nothing_gets_a_command() -> None:
    client = Client({"workspace": {"applyEdit": True}})
    try:
        first = asked(client)[0]
        command = first["command"]
        assert "edit" not in first
        client.request("workspace/executeCommand", {"command": command["command"], "arguments": command["arguments"]})
        edit = client.noted("workspace/applyEdit")["edit"]["changes"][URI][0]
        assert edit["newText"] == RESULT
        place = {"uri": URI, "range": CURSOR, "operation": "power", "arguments": {"exponent": "3"}, "how": "replace"}
        client.request("workspace/executeCommand", {"command": "nablatex.evaluate", "arguments": [place]})
        edit = client.noted("workspace/applyEdit")["edit"]["changes"][URI][0]
        assert edit["newText"] == "\\begin{pmatrix} 1 & 728 \\\\ 0 & 729 \\end{pmatrix}"
    finally:
        client.close()
