"""`$/setTrace`: a client that asks is told what the engine was asked, from then on, and nothing of the text."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from client import Client

URI = "file:///traced.tex"
SECRET = "Tausendgulden"
TEXT = f"Let $x \\in \\mathbb{{R}}^n$. {SECRET}.\n\\[ \\nabla_x x^\\top x = 2 x \\]\n"
HOVER = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 5}}


@pytest.fixture
def client() -> Iterator[Client]:
    c = Client()
    c.open(URI, TEXT)
    c.noted("textDocument/publishDiagnostics")
    yield c
    c.close()


def traces(client: Client) -> list[dict[str, Any]]:
    """What was told of the hovers, after one more."""
    client.notes.clear()
    assert client.request("textDocument/hover", HOVER)
    found = [n["params"] for n in client.notes if n["method"] == "$/logTrace"]
    return [p for p in found if p["message"].startswith("hover")]


def test_a_trace_is_switched_on_and_off_while_the_server_runs(client: Client) -> None:
    assert traces(client) == []
    client.notify("$/setTrace", {"value": "messages"})
    (one,) = traces(client)
    assert one["message"].startswith("hover: answered after ") and "verbose" not in one
    client.notify("$/setTrace", {"value": "verbose"})
    (two,) = traces(client)
    assert two["verbose"] == f"text of {len(TEXT)} characters"
    client.notify("$/setTrace", {"value": "off"})
    assert traces(client) == []


def test_a_trace_that_is_none_is_passed_over(client: Client) -> None:
    client.notify("$/setTrace", {"value": "loud"})
    client.notify("$/setTrace", None)
    assert traces(client) == []


def test_what_is_told_holds_no_text_of_the_document(client: Client) -> None:
    client.notify("$/setTrace", {"value": "verbose"})
    client.notify(
        "textDocument/didChange", {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [{"text": TEXT * 2}]}
    )
    client.noted("textDocument/publishDiagnostics")
    assert traces(client)
    assert SECRET not in str([p for m, p in client.received if m == "$/logTrace"])
