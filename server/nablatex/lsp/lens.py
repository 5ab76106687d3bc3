"""textDocument/codeLens and codeLens/resolve: how many steps of a chain are proved; a click opens the panel."""

from __future__ import annotations

from typing import Any

from lsprotocol import types

from nablatex.features.model import Lens
from nablatex.lsp.state import Server, field

SHOW = "nablatex.showPanel"
"""A command of the client, which it announces (docs/protocol.md): shows the panel for (uri, position)."""
SAY = "nablatex.sayVerdict"
"""What other clients get: the server says in a message what the panel would show first."""


def register(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions(resolve_provider=True))
    async def code_lens(params: types.CodeLensParams) -> list[types.CodeLens]:
        if not server.settings.code_lens:
            return []
        uri = params.text_document.uri
        index = server.index(server.text(uri))
        found: tuple[Lens, ...] | None = await server.ask("lenses", uri, key=("lenses", uri))
        return [
            types.CodeLens(
                range=index.range(x.span), data={"uri": uri, "start": x.span.start, "end": x.span.end, "do": "lens"}
            )
            for x in found or ()
        ]

    @server.feature(types.CODE_LENS_RESOLVE)
    async def resolve(lens: types.CodeLens) -> types.CodeLens:
        data: dict[str, Any] = lens.data if isinstance(lens.data, dict) else {}
        uri = data.get("uri")
        if not isinstance(uri, str) or server.document(uri) is None:
            return lens
        index = server.index(server.text(uri))
        found: Lens | None = await server.ask("lens_title", uri, int(data["start"]), int(data["end"]))
        if found is not None:
            at = index.position(found.span.start)
            place = {"line": at.line, "character": at.character}
            lens.command = types.Command(
                title=found.title, command=SHOW if server.runs(SHOW) else SAY, arguments=[uri, place]
            )
        return lens

    @server.command(SAY)
    async def say_verdict(uri: Any, place: Any) -> None:
        if not isinstance(uri, str) or server.document(uri) is None or field(place, "line") is None:
            return
        position = types.Position(line=int(field(place, "line")), character=int(field(place, "character") or 0))
        at = server.index(server.text(uri)).offset(position)
        found = await server.ask("panel", uri, at, None, key=("panel", uri), first=True)
        if found is not None and found.verdict is not None:
            server.say(f"nablatex: {found.formula.text}\n{found.verdict.kind}: {found.verdict.text}")
