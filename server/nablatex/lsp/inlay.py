"""textDocument/inlayHint."""

from __future__ import annotations

from lsprotocol import types

from nablatex.lsp.state import Server


def register(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    async def inlay_hint(params: types.InlayHintParams) -> list[types.InlayHint]:
        if not server.settings.inlay_hints:
            return []
        uri = params.text_document.uri
        index = server.index(server.text(uri))
        span = index.span(params.range)
        found = await server.ask("inlay", uri, span.start, span.end, key=("inlay", uri))
        return [
            types.InlayHint(
                position=index.position(h.offset),
                label=h.label,
                tooltip=h.tooltip,
                kind=types.InlayHintKind.Type,
                padding_right=True,  # the next symbol may follow without a space
            )
            for h in found or ()
        ]
