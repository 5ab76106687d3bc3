"""A document in many files over the protocol: macros of a local package, a root, circles, what is missing, where things are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from client import Client

FILES = {
    "main.tex": "\\documentclass{book}\n\\usepackage{mine}\n\\begin{document}\nLet $A \\in \\R^{m\\times n}$ and $x \\in \\R^n$.\n\\input{one}\n\\end{document}\n",
    "mine.sty": "\\newcommand{\\R}{\\mathbb{R}}\n\\newcommand{\\tran}{^{\\top}}\n",
    "one.tex": "% !TeX root = main.tex\nLet $f = x\\tran A\\tran A x$.\n\\[ \\nabla_x f = 2 A\\tran A x \\]\n",
}
ANNOUNCED = {
    "workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}},
    "textDocument": {"publishDiagnostics": {"relatedInformation": True, "codeDescriptionSupport": True}},
}


class Folder:
    """A folder with files, and a client that has some of them open."""

    def __init__(self, path: Path, client: Client) -> None:
        self.path = path
        self.client = client
        for name, text in FILES.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        (self.path / name).write_text(text, encoding="utf-8")

    def uri(self, name: str) -> str:
        return (self.path / name).as_uri()

    def open(self, name: str, text: str | None = None) -> str:
        uri = self.uri(name)
        self.client.open(uri, (self.path / name).read_text(encoding="utf-8") if text is None else text)
        return uri

    def told(self, name: str, wanted: int) -> list[dict[str, Any]]:
        """The diagnostics of a file as soon as there are as many as expected."""
        while True:
            params = self.client.noted("textDocument/publishDiagnostics")
            if params["uri"] == self.uri(name) and len(params["diagnostics"]) == wanted:
                found: list[dict[str, Any]] = params["diagnostics"]
                return found

    def at(self, method: str, name: str, text: str, **more: Any) -> Any:
        """A request at the first place of some words in a file."""
        lines = (self.path / name).read_text(encoding="utf-8").split("\n")
        line = next(k for k, words in enumerate(lines) if text in words)
        position = {"line": line, "character": lines[line].index(text)}
        return self.client.request(method, {"textDocument": {"uri": self.uri(name)}, "position": position, **more})


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    client = Client(ANNOUNCED)
    yield Folder(tmp_path, client)
    client.close()


def test_a_mistake_is_found_with_what_other_files_declare_and_define(folder: Folder) -> None:
    folder.write("one.tex", FILES["one.tex"].replace("2 A", "3 A"))
    folder.open("one.tex")
    (wrong,) = folder.told("one.tex", 1)
    assert wrong["code"] == "NB201" and wrong["range"]["start"]["line"] == 2


def test_an_unsaved_text_comes_before_the_one_on_disk(folder: Folder) -> None:
    folder.open("mine.sty", FILES["mine.sty"].replace("\\top", "{-1}"))
    folder.open("one.tex")
    (wrong,) = folder.told("one.tex", 1)
    assert wrong["code"] == "NB201"


def test_a_package_that_changes_on_disk_is_read_anew(folder: Folder) -> None:
    folder.open("one.tex")
    assert folder.told("one.tex", 0) == []
    folder.client.wait(lambda: any(m == "client/registerCapability" for m, _ in folder.client.received))
    folder.write("mine.sty", FILES["mine.sty"].replace("\\top", "{-1}"))
    change = {"uri": folder.uri("mine.sty"), "type": 2}
    folder.client.notify("workspace/didChangeWatchedFiles", {"changes": [change]})
    (wrong,) = folder.told("one.tex", 1)
    assert wrong["code"] == "NB201"


def test_a_missing_file_and_a_circle_are_hints_at_their_commands(folder: Folder) -> None:
    folder.write("one.tex", "% !TeX root = main.tex\n\\input{two}\n\\input{main}\n")
    folder.open("one.tex")
    missing, circle = folder.told("one.tex", 2)
    assert {missing["severity"], circle["severity"]} == {4} and {missing["code"], circle["code"]} == {"NB301"}
    assert missing["message"] == "two.tex is not in the workspace: looked for two.tex and two"
    assert missing["range"] == {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 11}}


def test_two_shapes_of_a_symbol_lead_to_each_other(folder: Folder) -> None:
    folder.write("one.tex", "Let $B \\in \\mathbb{R}^{n\\times n}$.\n\nLet $B \\in \\mathbb{R}^{n\\times p}$.\n")
    folder.open("one.tex")
    first, second = folder.told("one.tex", 2)
    assert first["message"] == "$B$ is n×n here and n×p later, in the same section" and first["severity"] == 3
    assert first["relatedInformation"][0]["location"]["range"] == second["range"]
    assert second["relatedInformation"][0]["location"]["range"] == first["range"]


def test_a_symbol_leads_to_its_declaration_and_its_places_in_the_file_before(folder: Folder) -> None:
    folder.open("one.tex")
    (declared,) = folder.at("textDocument/definition", "one.tex", "A\\tran")
    assert declared["uri"] == folder.uri("main.tex") and declared["range"]["start"]["line"] == 3
    found = folder.at("textDocument/references", "one.tex", "A\\tran", context={"includeDeclaration": True})
    assert [f["uri"] == folder.uri("one.tex") for f in found] == [False, True, True, True, True]
    inside = folder.at("textDocument/documentHighlight", "one.tex", "A\\tran")
    assert len(inside) == 4


def test_a_symbol_is_renamed_in_all_files_of_its_document(folder: Folder) -> None:
    folder.open("one.tex")
    edit = folder.at("textDocument/rename", "one.tex", "A\\tran", newName="B")
    assert {uri: len(edits) for uri, edits in edit["changes"].items()} == {
        folder.uri("one.tex"): 4,
        folder.uri("main.tex"): 1,
    }
    with pytest.raises(RuntimeError, match="in use"):
        folder.at("textDocument/rename", "one.tex", "A\\tran", newName="f")
    alone = folder.at("textDocument/rename", "one.tex", "f = x", newName="g")
    assert {uri: len(edits) for uri, edits in alone["changes"].items()} == {folder.uri("one.tex"): 2}


def test_a_declaration_leads_to_the_places_in_the_files_that_come_later(folder: Folder) -> None:
    folder.open("main.tex")
    found = folder.at("textDocument/references", "main.tex", "A \\in", context={"includeDeclaration": True})
    assert sorted(f["uri"] for f in found) == [folder.uri("main.tex")] + 4 * [folder.uri("one.tex")]
    edit = folder.at("textDocument/rename", "main.tex", "A \\in", newName="B")
    (first, *_) = edit["changes"][folder.uri("one.tex")]
    assert first["newText"] == "B" and first["range"]["start"] == {"line": 1, "character": 16}
    assert len(edit["changes"][folder.uri("one.tex")]) == 4
