"""The server as a client meets it: a document is opened, read, mended."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from client import Client

URI = "file:///paper.tex"
TEXT = """Let $X \\in \\mathbb{R}^{m\\times n}$, $a\\in\\mathbb{R}^m$, $b\\in\\mathbb{R}^n$ and $f = a^\\top X b$. Für 𝔸:
\\[ \\frac{\\partial f}{\\partial X} \\]
\\[ \\frac{\\partial}{\\partial b} \\|Xb - a\\|^2 = 2 (Xb - a). \\]
"""


@pytest.fixture
def client() -> Iterator[Client]:
    c = Client()
    yield c
    c.close()


def test_a_wrong_step_gets_a_diagnostic_and_a_fix_that_mends_it(client: Client) -> None:
    client.open(URI, TEXT)
    found = client.noted("textDocument/publishDiagnostics")["diagnostics"]
    assert [d["code"] for d in found] == ["NB201"]
    assert found[0]["range"]["start"]["line"] == 2
    line = TEXT.splitlines()[2]
    start, end = found[0]["range"]["start"]["character"], found[0]["range"]["end"]["character"]
    assert line[start:end].strip() == "2 (Xb - a)"
    actions = client.request(
        "textDocument/codeAction",
        {
            "textDocument": {"uri": URI},
            "range": found[0]["range"],
            "context": {"diagnostics": found, "only": ["quickfix"]},
        },
    )
    edit = actions[0]["edit"]["changes"][URI][0]
    assert edit["newText"] == "2X^\\top (Xb - a)"


def test_the_derivative_is_inserted_behind_its_formula(client: Client) -> None:
    client.open(URI, TEXT)
    place = {"start": {"line": 1, "character": 10}, "end": {"line": 1, "character": 10}}
    actions = client.request(
        "textDocument/codeAction",
        {"textDocument": {"uri": URI}, "range": place, "context": {"diagnostics": [], "only": ["refactor.rewrite"]}},
    )
    assert [a["title"] for a in actions][:2] == ["Insert derivative", "Insert derivation"]
    edit = actions[0]["edit"]["changes"][URI][0]
    assert edit["newText"] == " = a b^\\top"
    line = TEXT.splitlines()[1]
    at = edit["range"]["start"]["character"]
    assert line[:at] + edit["newText"] + line[at:] == "\\[ \\frac{\\partial f}{\\partial X} = a b^\\top \\]"


def test_hover_on_a_symbol_says_its_shape(client: Client) -> None:
    client.open(URI, TEXT)
    at = TEXT.splitlines()[2].index("Xb")
    found = client.request(
        "textDocument/hover", {"textDocument": {"uri": URI}, "position": {"line": 2, "character": at}}
    )
    assert "m×n" in found["contents"]["value"] and "declared" in found["contents"]["value"]


def test_check_this_identity_answers_with_its_evidence(client: Client) -> None:
    client.open(URI, TEXT)
    place = {"start": {"line": 2, "character": 10}, "end": {"line": 2, "character": 10}}
    actions = client.request(
        "textDocument/codeAction",
        {"textDocument": {"uri": URI}, "range": place, "context": {"diagnostics": [], "only": ["refactor"]}},
    )
    action = next(a for a in actions if a["title"] == "Check this identity")
    client.request(
        "workspace/executeCommand",
        {"command": action["command"]["command"], "arguments": action["command"]["arguments"]},
    )
    assert "fails" in client.noted("window/showMessage")["message"]


def test_a_bad_setting_is_named() -> None:
    client = Client(options={"layout": "sideways", "surfaces": {"hover": True}})
    words = client.noted("window/showMessage")["message"]
    assert "nablatex.layout" in words and "sideways" in words
    client.close()


def test_a_client_that_pulls_is_not_pushed() -> None:
    client = Client({"textDocument": {"diagnostic": {}}})
    client.open(URI, TEXT)
    report = client.request("textDocument/diagnostic", {"textDocument": {"uri": URI}})
    assert [d["code"] for d in report["items"]] == ["NB201"]
    assert not any(n["method"] == "textDocument/publishDiagnostics" for n in client.notes)
    client.close()


def test_inlay_hints_show_shapes(client: Client) -> None:
    client.open(URI, TEXT)
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 4, "character": 0}}
    hints = client.request("textDocument/inlayHint", {"textDocument": {"uri": URI}, "range": whole})
    assert {h["label"] for h in hints} >= {": m×n", ": n×1"}


def test_half_typed_formulas_are_quiet(client: Client) -> None:
    wrong = TEXT[: TEXT.index("= 2 (Xb") + 6]
    client.open(URI, wrong)
    assert client.noted("textDocument/publishDiagnostics")["diagnostics"] == []


def test_the_front_process_does_not_import_the_engine() -> None:
    code = (
        "import sys; from nablatex.lsp.main import make_server; make_server();"
        "print([m for m in ('sympy', 'numpy', 'latex2sympy2', 'flint') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_edits_are_resolved_lazily_and_name_the_version_for_clients_that_can() -> None:
    action = {"resolveSupport": {"properties": ["edit"]}}
    client = Client({"textDocument": {"codeAction": action}, "workspace": {"workspaceEdit": {"documentChanges": True}}})
    client.open(URI, TEXT)
    place = {"start": {"line": 1, "character": 10}, "end": {"line": 1, "character": 10}}
    asked = {"textDocument": {"uri": URI}, "range": place, "context": {"diagnostics": [], "only": ["refactor"]}}
    offered = client.request("textDocument/codeAction", asked)
    assert [a["title"] for a in offered][:2] == ["Insert derivative", "Insert derivation"]
    assert {("edit" in a, a["kind"]) for a in offered} == {(False, "refactor.rewrite")}
    change = client.request("codeAction/resolve", offered[0])["edit"]["documentChanges"][0]
    assert change["textDocument"] == {"uri": URI, "version": 1}
    assert [e["newText"] for e in change["edits"]] == [" = a b^\\top"]
    client.close()


def test_switching_diagnostics_off_clears_them(client: Client) -> None:
    client.open(URI, TEXT)
    assert client.noted("textDocument/publishDiagnostics")["diagnostics"]
    client.notify("workspace/didChangeConfiguration", {"settings": {"nablatex": {"surfaces": {"diagnostics": False}}}})
    assert client.noted("textDocument/publishDiagnostics")["diagnostics"] == []


def test_what_is_known_is_not_published_again(client: Client) -> None:
    def switch(on: bool) -> None:
        given = {"nablatex": {"surfaces": {"diagnostics": on}}}
        client.notify("workspace/didChangeConfiguration", {"settings": given})

    client.open(URI, TEXT)
    client.wait(lambda: client.notes)
    for on in (True, False, False):
        switch(on)
    client.request("textDocument/hover", {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 5}})
    published = [n["params"]["diagnostics"] for n in client.notes if n["method"] == "textDocument/publishDiagnostics"]
    assert [[d["code"] for d in p] for p in published] == [["NB201"], []]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_positions_follow_the_negotiated_encoding(encoding: str) -> None:
    client = Client({"general": {"positionEncodings": [encoding]}})
    assert client.server["capabilities"]["positionEncoding"] == encoding
    text = "Let $X \\in \\mathbb{R}^{m\\times n}$.\né 𝔸: \\[ X Y \\]"
    client.open(URI, text)
    before = text[text.index("\n") + 1 : text.rindex("X")]
    units = {"utf-8": len(before.encode()), "utf-16": len(before.encode("utf-16-le")) // 2, "utf-32": len(before)}
    at = {"line": 1, "character": units[encoding]}
    found = client.request("textDocument/hover", {"textDocument": {"uri": URI}, "position": at})
    assert "m×n" in found["contents"]["value"]
    assert found["range"]["start"] == at
    client.close()
