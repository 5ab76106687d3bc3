"""nablatex/derivation, as a client meets it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from client import Client

URI = "file:///paper.tex"
TEXT = """Let $X \\in \\mathbb{R}^{m\\times n}$, $a\\in\\mathbb{R}^m$, $b\\in\\mathbb{R}^n$. Für 𝔸:
\\[ \\frac{\\partial a^\\top X b}{\\partial X} \\]
"""


@pytest.fixture
def client() -> Iterator[Client]:
    c = Client()
    c.open(URI, TEXT)
    yield c
    c.close()


def ask(client: Client, line: int, character: int, **more: Any) -> Any:
    place = {"line": line, "character": character}
    return client.request("nablatex/derivation", {"textDocument": {"uri": URI}, "position": place, **more})


def test_a_panel_shows_the_formula_its_symbols_and_its_result(client: Client) -> None:
    found = ask(client, 1, 12)
    assert found["version"] == 1
    assert found["range"] == {"start": {"line": 1, "character": 3}, "end": {"line": 1, "character": 41}}
    assert found["text"] == "∂(aᵀ X b)/∂X"
    assert (found["result"], found["resultText"]) == ("a b^\\top", "a bᵀ")
    assert {s["name"]: s["shape"] for s in found["symbols"]} == {"a": "m×1", "b": "n×1", "X": "m×n"}
    assert found["verdict"] is None and found["reason"] == ""


def test_an_action_of_the_panel_is_resolved_like_any_other(client: Client) -> None:
    action = next(a for a in ask(client, 1, 12)["actions"] if a["title"] == "Insert derivative")
    edit = client.request("codeAction/resolve", action)["edit"]["changes"][URI][0]
    assert edit["newText"] == " = a b^\\top"


def test_outside_formulas_the_answer_is_null(client: Client) -> None:
    assert ask(client, 0, 79) is None
    assert ask(client, 3, 0, style="components") is None


def test_a_derivation_is_inserted_through_an_action(client: Client) -> None:
    action = next(a for a in ask(client, 1, 12)["actions"] if a["title"] == "Insert derivation")
    edit = client.request("codeAction/resolve", action)["edit"]["changes"][URI][0]
    assert "&=" in edit["newText"] and "a b^\\top" in edit["newText"]
