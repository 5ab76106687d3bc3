"""textDocument/definition, declaration, references and documentHighlight: symbols in formulas, nothing else."""

from __future__ import annotations

from lsprotocol import types

from nablatex.latex.tree import Span
from nablatex.lsp.state import Server


async def spans(server: Server, what: str, uri: str, position: types.Position, *more: object) -> list[types.Range]:
    index = server.index(server.text(uri))
    at = index.offset(position)
    found: tuple[Span, ...] | None = await server.ask(what, uri, at, *more, key=(what, uri), first=True)
    return [index.range(s) for s in found or ()]


def register(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    async def definition(params: types.DefinitionParams) -> list[types.Location]:
        uri = params.text_document.uri
        return [types.Location(uri, r) for r in await spans(server, "definition", uri, params.position)]

    @server.feature(types.TEXT_DOCUMENT_DECLARATION)
    async def declaration(params: types.DeclarationParams) -> list[types.Location]:
        uri = params.text_document.uri
        return [types.Location(uri, r) for r in await spans(server, "definition", uri, params.position)]

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    async def references(params: types.ReferenceParams) -> list[types.Location]:
        uri = params.text_document.uri
        found = await spans(server, "references", uri, params.position, params.context.include_declaration)
        return [types.Location(uri, r) for r in found]

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    async def highlight(params: types.DocumentHighlightParams) -> list[types.DocumentHighlight]:
        found = await spans(server, "references", params.text_document.uri, params.position, True)
        return [types.DocumentHighlight(r, types.DocumentHighlightKind.Text) for r in found]
