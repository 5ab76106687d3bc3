"""Under the capabilities that real clients announce (capabilities/: recorded), nothing is sent that they have not announced."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from audit import violations
from client import Client

RECORDED = Path(__file__).parent / "capabilities"
URI = "file:///paper.tex"
TEXT = r"""\newcommand{\tran}[1]{#1^\top}
Let $X \in \mathbb{R}^{m\times n}$, $a\in\mathbb{R}^m$, $b\in\mathbb{R}^n$ and $A \in \mathbb{R}^{n\times n}$.
\[ \frac{\partial a^\top X b}{\partial X} = \]
\[ \frac{\partial a^\top X b}{\partial a} \]
\begin{align}
  \nabla_b\, b^\top A b &= (A + A^\top) b \\
                        &= 3 A b
\end{align}
\[ X b + \
"""


def capabilities_of(name: str) -> Any:
    if name == "none":
        return {}
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))["capabilities"]


@pytest.mark.parametrize("name", ["vscode", "neovim", "emacs", "kate", "none"])
def test_nothing_is_sent_that_a_client_has_not_announced(name: str) -> None:
    capabilities = capabilities_of(name)
    client = Client(capabilities, bare=True)
    client.open(URI, TEXT)
    document = {"textDocument": {"uri": URI}}

    def at(line: int, words: str, **more: Any) -> dict[str, Any]:
        column = TEXT.splitlines()[line].index(words)
        units = len(words.encode()) if name == "neovim" else len(words)
        return {**document, "position": {"line": line, "character": column + units}, **more}

    if (capabilities.get("textDocument") or {}).get("diagnostic") is not None:
        found = client.request("textDocument/diagnostic", document)["items"]
    else:
        found = client.noted("textDocument/publishDiagnostics")["diagnostics"]
    assert [d["code"] for d in found] == ["NB201"]
    for line, words in ((3, "\\[ "), (6, "= 3")):
        place = at(line, words)["position"]
        asked = {**document, "range": {"start": place, "end": place}, "context": {"diagnostics": found}}
        for action in client.request("textDocument/codeAction", asked):
            if "edit" not in action and "data" in action and not isinstance(action.get("command"), str):
                resolved = client.request("codeAction/resolve", action)
                assert resolved.get("edit") or client.noted("window/showMessage")["message"]
    assert client.request("textDocument/hover", at(6, "3 A"))
    for completed in (at(2, "= "), at(8, "\\[ X b + \\")):
        items = client.request("textDocument/completion", completed)
        assert items
        client.request("completionItem/resolve", items[0])
    for lens in client.request("textDocument/codeLens", document):
        assert client.request("codeLens/resolve", lens)["command"]["title"]
    assert client.request("textDocument/rename", at(6, "= 3 A", newName="C"))
    assert client.request("textDocument/references", at(6, "= 3 A", context={"includeDeclaration": True}))
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}
    assert client.request("textDocument/inlayHint", {**document, "range": whole})
    assert client.request("nablatex/derivation", at(3, "\\[ "))["result"]
    client.notify("workspace/didChangeConfiguration", {"settings": {"nablatex": {"layout": "numerator"}}})
    client.request("nablatex/marks", document)
    client.close()
    assert violations(capabilities, client.received) == []


def test_the_audit_sees_what_was_not_announced() -> None:
    sent = [
        ("workspace/codeLens/refresh", None),
        ("answer textDocument/hover", {"contents": {"kind": "markdown", "value": "x"}}),
        ("textDocument/publishDiagnostics", {"version": 1, "diagnostics": [{"codeDescription": {"href": "x"}}]}),
        ("nablatex/progress", {}),
    ]
    assert len(violations({}, sent)) == 5
    assert len(violations(capabilities_of("vscode"), sent[:2])) == 0


def test_a_client_that_knows_commands_only_gets_its_edits_all_the_same() -> None:
    client = Client({"workspace": {"applyEdit": True}}, bare=True)
    client.open(URI, TEXT)
    at = {"line": 3, "character": 5}
    asked = {"textDocument": {"uri": URI}, "range": {"start": at, "end": at}, "context": {"diagnostics": []}}
    command = next(c for c in client.request("textDocument/codeAction", asked) if c["title"] == "Insert derivative")
    client.request("workspace/executeCommand", {"command": command["command"], "arguments": command["arguments"]})
    edit = client.noted("workspace/applyEdit")["edit"]["changes"][URI][0]
    assert edit["newText"] == " = Xb"
    client.close()
