"""nablatex/evaluate (docs/protocol.md): an explicit formula worked out, with arguments, as data or as an edit."""

from __future__ import annotations

from typing import Any

from lsprotocol import types

from nablatex.lsp.actions import edit_of
from nablatex.lsp.capabilities import applies_edits
from nablatex.lsp.state import Server, Stale, field, given_range

METHOD = "nablatex/evaluate"
COMMAND = "nablatex.evaluate"
HOWS = ("append", "replace", "either", "steps")


def request_of(params: Any) -> dict[str, Any] | None:
    """What is asked for, with the types that it must have; None where it has not."""
    operation, how = field(params, "operation") or "evaluate", field(params, "how") or "append"
    variable, given = field(params, "variable"), field(params, "arguments")
    names = given if isinstance(given, dict) else getattr(given, "_asdict", dict)()
    arguments = {str(k): v for k, v in names.items() if isinstance(v, str)}
    if not isinstance(operation, str) or how not in HOWS or not (variable is None or isinstance(variable, str)):
        return None
    return {"do": "evaluate", "operation": operation, "how": how, "variable": variable, "arguments": arguments}


def register(server: Server) -> None:
    @server.feature(METHOD)
    async def evaluate(params: Any) -> dict[str, Any] | None:
        uri = params.textDocument.uri
        asked = request_of(params)
        if server.document(uri) is None or asked is None:
            return None
        span = server.index(server.text(uri)).span(given_range(params.range))
        done = await server.ask("evaluate", uri, span.start, span.end, asked, key=("evaluate", uri), first=True)
        if done is None:
            return None
        return {
            "status": done.status,
            "message": done.message,
            "result": done.result or None,
            "before": done.before,
            "after": done.after,
            "steps": [{"latex": latex, "rule": rule} for latex, rule in done.steps],
        }

    @server.command(COMMAND)
    async def apply(data: Any) -> None:  # pygls looks at the annotation: a generic alias fails on Python 3.13
        """Works a formula out and puts the result into the document."""
        uri = data.get("uri") if isinstance(data, dict) else None
        asked = request_of(data) if isinstance(data, dict) else None
        place = data.get("range") if isinstance(data, dict) else None
        if asked is None or not isinstance(uri, str) or not isinstance(place, dict) or server.document(uri) is None:
            return
        text, version = server.text(uri), server.revision(uri)
        span = server.index(text).span(given_range(place))
        try:
            resolved = await server.ask("resolve", uri, {**asked, "start": span.start, "end": span.end}, first=True)
        except Stale:
            server.say("nablatex: the text has changed meanwhile; please ask again", types.MessageType.Warning)
            return
        if resolved is None or not resolved.edits:
            why = "no answer in time" if resolved is None else resolved.message
            server.say(f"nablatex: {why}", types.MessageType.Warning)
        elif applies_edits(server.client_capabilities):
            edit = edit_of(uri, server.index(text), resolved, version if server.versions_edits else None)
            await server.workspace_apply_edit_async(types.ApplyWorkspaceEditParams(edit=edit, label="nablatex"))
