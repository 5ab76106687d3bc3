"""nablatex/declarations: every symbol of a document with its shape and where that is from (docs/protocol.md)."""

from __future__ import annotations

from typing import Any

from nablatex.features.panel_model import SymbolRow
from nablatex.lsp.derivation import symbol_row
from nablatex.lsp.state import Server

METHOD = "nablatex/declarations"


def register(server: Server) -> None:
    @server.feature(METHOD)
    async def declarations(params: Any) -> dict[str, Any] | None:
        uri = params.textDocument.uri
        if server.document(uri) is None:
            return None
        text, version = server.text(uri), server.revision(uri)
        found: tuple[SymbolRow, ...] | None = await server.ask("known", uri, key=("known", uri))
        index = server.index(text)
        return {"version": version, "symbols": [symbol_row(index, s) for s in found or ()]}
