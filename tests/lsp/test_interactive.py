"""An author who goes on, changes her mind or cancels is never made to wait for what she does not want any more."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from client import Client

URI = "file:///long.tex"
LONG = "Let $x \\in \\mathbb{R}^n$.\n\n" + "\n\n".join(
    f"\\[ \\nabla_x \\sin({k} x^\\top x) = {2 * k} \\cos({k} x^\\top x) x \\]" for k in range(1, 1500)
)
CANCELLED, MODIFIED = -32800, -32801


@pytest.fixture
def client() -> Iterator[Client]:
    c = Client({"window": {"workDoneProgress": True}})
    yield c
    c.close()


def asked(client: Client, method: str, params: object) -> int:
    client.count += 1
    client.asked[client.count] = method
    client.send({"id": client.count, "method": method, "params": params})
    return client.count


def answer(client: Client, number: int) -> dict[str, object]:
    client.wait(lambda: number in client.answers)
    found: dict[str, object] = client.answers.pop(number)
    return found


def checked(client: Client) -> bool:
    """Whether the long page has been checked to its end: nothing in it is wrong, and that is said once."""
    told = [params["uri"] for method, params in client.received if method == "textDocument/publishDiagnostics"]
    return URI in told


def goes_on(client: Client) -> None:
    """A hover on another page is answered."""
    client.open("file:///short.tex", "Let $y \\in \\mathbb{R}^m$.\n")
    at = {"textDocument": {"uri": "file:///short.tex"}, "position": {"line": 0, "character": 5}}
    assert "m×1" in client.request("textDocument/hover", at)["contents"]["value"]


def test_a_request_that_is_cancelled_stops(client: Client) -> None:
    client.open(URI, LONG)
    number = asked(client, "nablatex/marks", {"textDocument": {"uri": URI}})
    client.notify("$/cancelRequest", {"id": number})
    assert answer(client, number)["error"]["code"] == CANCELLED  # type: ignore[index]
    goes_on(client)
    assert not checked(client)


def test_an_answer_about_an_older_text_is_content_modified(client: Client) -> None:
    client.open(URI, LONG)
    number = asked(client, "nablatex/marks", {"textDocument": {"uri": URI}})
    place = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
    edit = {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [{"range": place, "text": "So. "}]}
    client.notify("textDocument/didChange", edit)
    assert answer(client, number)["error"]["code"] == MODIFIED  # type: ignore[index]
    goes_on(client)


def test_a_long_check_shows_its_progress_and_ends_when_it_is_cancelled(client: Client) -> None:
    client.open(URI, LONG)
    begun = client.noted("$/progress")
    assert begun["value"]["kind"] == "begin" and begun["value"]["cancellable"]
    goes_on(client)
    assert not checked(client)
    client.notify("window/workDoneProgress/cancel", {"token": begun["token"]})
    while client.noted("$/progress")["value"]["kind"] != "end":
        pass
    goes_on(client)
