"""nablatex/marks: the checked steps of a document, for quiet marks in a gutter or at line ends (docs/protocol.md)."""

from __future__ import annotations

from typing import Any

from nablatex.features.model import Statement
from nablatex.lsp.derivation import range_of
from nablatex.lsp.state import Server

METHOD = "nablatex/marks"


def register(server: Server) -> None:
    @server.feature(METHOD)
    async def marks(params: Any) -> dict[str, Any]:
        uri = params.textDocument.uri
        if not server.settings.marks or server.document(uri) is None:
            return {"version": None, "marks": []}
        text, version = server.text(uri), server.revision(uri)
        found: tuple[Statement, ...] | None = await server.ask("check", uri, key=("marks", uri))
        index = server.index(text)
        return {
            "version": version,
            "marks": [
                {"range": range_of(index, s.focus), "kind": s.verdict, "text": s.message}
                for s in found or ()
                if s.verdict is not None
            ],
        }
