"""textDocument/hover."""

from __future__ import annotations

from lsprotocol import types

from nablatex.lsp.state import Server


def register(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(params: types.HoverParams) -> types.Hover | None:
        if not server.settings.hover:
            return None
        uri = params.text_document.uri
        index = server.index(server.text(uri))
        found = await server.ask("hover", uri, index.offset(params.position), key=("hover", uri), first=True)
        if found is None:
            return None
        kind = types.MarkupKind.Markdown if server.markdown else types.MarkupKind.PlainText
        words = found.markdown if server.markdown else found.markdown.replace("**", "").replace("`", "")
        return types.Hover(contents=types.MarkupContent(kind=kind, value=words), range=index.range(found.span))
