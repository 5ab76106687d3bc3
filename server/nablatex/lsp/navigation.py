"""textDocument/definition, declaration, references and documentHighlight: symbols in formulas, nothing else."""

from __future__ import annotations

from lsprotocol import types
from pygls.uris import from_fs_path

from nablatex.features.model import Elsewhere
from nablatex.latex.tree import Span
from nablatex.lsp.positions import LineIndex
from nablatex.lsp.state import Server


async def places(server: Server, what: str, uri: str, position: types.Position, *more: object) -> list[types.Location]:
    index = server.index(server.text(uri))
    at = index.offset(position)
    found: tuple[Span | Elsewhere, ...] | None = await server.ask(what, uri, at, *more, key=(what, uri), first=True)
    here = [types.Location(uri, index.range(s)) for s in found or () if isinstance(s, Span)]
    return [*elsewhere(server, [s for s in found or () if isinstance(s, Elsewhere)]), *here]


def elsewhere(server: Server, found: list[Elsewhere]) -> list[types.Location]:
    """Places in other files, as their texts are now; one that is not found again is left out."""
    out: list[types.Location] = []
    lines: dict[str, LineIndex] = {}
    for place in found:
        text, uri = server.files.disk.text(place.path), from_fs_path(place.path)
        at = text.find(place.piece) if text is not None else -1
        if text is None or uri is None or at < 0:
            continue
        index = lines.setdefault(place.path, server.index(text))
        span = Span(at + place.span.start, at + place.span.end)
        out.append(types.Location(uri, index.range(span)))
    return out


def register(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    async def definition(params: types.DefinitionParams) -> list[types.Location]:
        return await places(server, "definition", params.text_document.uri, params.position)

    @server.feature(types.TEXT_DOCUMENT_DECLARATION)
    async def declaration(params: types.DeclarationParams) -> list[types.Location]:
        return await places(server, "definition", params.text_document.uri, params.position)

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    async def references(params: types.ReferenceParams) -> list[types.Location]:
        declared = params.context.include_declaration
        return await places(server, "references", params.text_document.uri, params.position, declared)

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    async def highlight(params: types.DocumentHighlightParams) -> list[types.DocumentHighlight]:
        found = await places(server, "highlights", params.text_document.uri, params.position, True)
        return [types.DocumentHighlight(p.range, types.DocumentHighlightKind.Text) for p in found]
