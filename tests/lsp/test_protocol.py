"""Our share of JSON-RPC: whatever comes, what is asked is answered, and what is dealt with is forgotten."""

from __future__ import annotations

import asyncio
import random
import sys
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from lsprotocol.types import TextDocumentContentChangeWholeDocument, TextDocumentItem
from nablatex.lsp.main import make_server
from nablatex.lsp.state import Stale
from nablatex.lsp.worker import Worker
from pygls.workspace import Workspace

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "fuzz"))
import messages
from client import PATIENCE, Client


@pytest.mark.parametrize("seed", range(3))
def test_random_messages_are_answered_and_the_next_right_question_too(seed: int) -> None:
    r = random.Random(seed)
    client = Client()
    client.open(messages.URI, messages.TEXT)
    due: list[int] = []
    for number in range(1000, 1150):
        body, asks = messages.message(r, number)
        client.asked[number] = "a random request"
        client.send_bytes(body)
        due += [number] * asks
    client.wait(lambda: all(n in client.answers for n in due))
    uri = "file:///fresh.tex"
    client.open(uri, messages.TEXT)
    hover = {"textDocument": {"uri": uri}, "position": {"line": 1, "character": 9}}
    assert client.request("textDocument/hover", hover)
    client.close()


def test_nothing_is_kept_of_notifications_that_are_dealt_with() -> None:
    async def several() -> None:
        server = make_server()
        note = {
            "jsonrpc": "2.0",
            "method": "textDocument/didClose",
            "params": {"textDocument": {"uri": "file:///no.tex"}},
        }
        for _ in range(20):
            server.protocol.handle_message(server.protocol.structure_message(note))
            await asyncio.sleep(0)
        while server.protocol._request_futures:
            await asyncio.sleep(0.01)
        server.shutdown()

    asyncio.run(asyncio.wait_for(several(), PATIENCE))


class Silent(Worker):
    """Never answers."""

    def submit(self, *arguments: Any, **options: Any) -> Future[Any]:
        return Future()


def test_a_question_about_an_older_text_ends_with_the_edit() -> None:
    """However long the engine would have been at it."""

    async def edited() -> None:
        server = make_server(Silent())
        server.protocol._workspace = Workspace(None)
        document = server.adopt(TextDocumentItem(messages.URI, "latex", 1, messages.TEXT))
        asked = asyncio.create_task(server.ask("check", messages.URI))
        cancelled = asyncio.create_task(server.ask("hover", messages.URI, 9))
        await asyncio.sleep(0)
        cancelled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        document.apply_change(TextDocumentContentChangeWholeDocument("x"))
        with pytest.raises(Stale):
            await asked
        assert not document.questions
        server.shutdown()

    asyncio.run(asyncio.wait_for(edited(), PATIENCE))
