"""A session as pytest-lsp drives it, with its checks of the specification, under recorded capabilities."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import pytest_lsp
from lsprotocol import types
from lsprotocol.converters import get_converter
from pytest_lsp import ClientServerConfig, LanguageClient

RECORDED = Path(__file__).parent / "capabilities"
URI = "file:///paper.tex"
TEXT = r"""\newcommand{\tran}[1]{#1^\top}
Let $X \in \mathbb{R}^{m\times n}$, $a\in\mathbb{R}^m$ and $b\in\mathbb{R}^n$.
\[ \frac{\partial a^\top X b}{\partial X} = \]
\[ X b + \
"""


@pytest_lsp.fixture(
    config=ClientServerConfig(server_command=[sys.executable, "-m", "nablatex.cli.main", "lsp"]),
    params=["vscode", "neovim"],
)
async def client(request: pytest.FixtureRequest, lsp_client: LanguageClient):  # type: ignore[no-untyped-def]
    recorded = json.loads((RECORDED / f"{request.param}.json").read_text(encoding="utf-8"))
    capabilities = get_converter().structure(recorded["capabilities"], types.ClientCapabilities)
    watched: list[str] = []

    @lsp_client.feature(types.CLIENT_REGISTER_CAPABILITY)
    def registered(params: types.RegistrationParams) -> None:
        watched.extend(r.method for r in params.registrations)

    await lsp_client.initialize_session(types.InitializeParams(capabilities=capabilities))
    yield
    assert set(watched) <= {types.WORKSPACE_DID_CHANGE_WATCHED_FILES}
    await lsp_client.shutdown_session()


@pytest.mark.asyncio
@pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning")
async def test_a_session_keeps_to_the_specification(client: LanguageClient) -> None:
    client.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(URI, "latex", 1, TEXT)))
    document = types.TextDocumentIdentifier(URI)
    for line, words, expected in ((2, "= ", r"a b^\top"), (3, "\\[ X b + \\", r"\tran")):
        at = types.Position(line, TEXT.splitlines()[line].index(words) + len(words))
        found = await client.text_document_completion_async(types.CompletionParams(document, at))
        assert isinstance(found, list) and found[0].label == expected
        await client.completion_item_resolve_async(found[0])
    place = types.Range(types.Position(2, 5), types.Position(2, 5))
    offered = await client.text_document_code_action_async(
        types.CodeActionParams(document, place, types.CodeActionContext([]))
    )
    assert offered
