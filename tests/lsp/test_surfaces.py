"""Code lenses and marks, as clients meet them; each surface has its setting."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from client import Client
from nablatex.features.codes import BASE, PAGES, page_of

URI = "file:///paper.tex"
CHAIN = r"""Let $A \in \mathbb{R}^{n\times n}$ and $b\in\mathbb{R}^n$. Then
\begin{align}
  \nabla_b\, b^\top A b &= (A + A^\top) b \\
                        &= 2 A b
\end{align}
"""


@pytest.mark.parametrize(
    ("experimental", "command"),
    [(None, "nablatex.sayVerdict"), ({"commands": {"commands": ["nablatex.showPanel"]}}, "nablatex.showPanel")],
)
def test_a_lens_opens_the_panel_of_clients_that_have_one(experimental: Any, command: str) -> None:
    client = Client({"experimental": experimental} if experimental else {})
    client.open(URI, CHAIN)
    lens = client.request("textDocument/codeLens", {"textDocument": {"uri": URI}})[0]
    assert "command" not in lens and lens["range"]["start"]["line"] == 2
    lens = client.request("codeLens/resolve", lens)
    assert lens["command"]["title"] == "1 of 2 steps proved, 1 conditional"
    assert lens["command"]["command"] == command
    uri, place = lens["command"]["arguments"]
    assert (uri, place["line"]) == (URI, 3)
    if not experimental:
        client.request("workspace/executeCommand", {"command": command, "arguments": [uri, place]})
        assert "conditional" in client.noted("window/showMessage")["message"]
    client.close()


def test_marks_show_each_judged_step() -> None:
    client = Client()
    client.open(URI, CHAIN)
    found = client.request("nablatex/marks", {"textDocument": {"uri": URI}})
    assert found["version"] == 1
    assert [(m["range"]["start"]["line"], m["kind"]) for m in found["marks"]] == [(2, "proved"), (3, "conditional")]
    client.close()


def test_surfaces_that_are_switched_off_are_empty() -> None:
    client = Client(options={"surfaces": {"marks": False, "codeLens": False}})
    client.open(URI, CHAIN)
    assert client.request("nablatex/marks", {"textDocument": {"uri": URI}})["marks"] == []
    assert client.request("textDocument/codeLens", {"textDocument": {"uri": URI}}) == []
    client.close()


def test_a_changed_setting_makes_a_client_that_can_ask_again() -> None:
    client = Client({"workspace": {"inlayHint": {"refreshSupport": True}, "codeLens": {"refreshSupport": False}}})
    client.open(URI, CHAIN)
    client.notify("workspace/didChangeConfiguration", {"settings": {"nablatex": {"surfaces": {"inlayHints": False}}}})
    client.noted("workspace/inlayHint/refresh")
    assert not any(n["method"] == "workspace/codeLens/refresh" for n in client.notes)
    client.close()


@pytest.mark.parametrize("code", PAGES)
def test_a_code_leads_to_its_page(code: str) -> None:
    page = Path(__file__).parents[2] / "docs" / "codes" / page_of(code).removeprefix(BASE)
    assert page.read_text(encoding="utf-8").startswith(f"# {code}")
