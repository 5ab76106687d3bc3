"""textDocument/codeAction and codeAction/resolve."""

from __future__ import annotations

from typing import Any

from lsprotocol import types

from nablatex.features.model import EXPORT, Action, Resolved
from nablatex.lsp.capabilities import applies_edits, code_actions
from nablatex.lsp.code import creates_files, file_edit
from nablatex.lsp.positions import LineIndex
from nablatex.lsp.state import Server, Stale

CHECK = "nablatex.check"
APPLY = "nablatex.apply"
"""Carries out an action for a client that takes commands but no actions."""


def edit_of(uri: str, index: LineIndex, resolved: Resolved, version: int | None = None) -> types.WorkspaceEdit:
    """The edits for a client; with a version it refuses them for any other text."""
    edits = [types.TextEdit(range=index.range(e.span), new_text=e.new) for e in resolved.edits]
    if version is not None:
        document = types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version)
        return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(text_document=document, edits=[*edits])])
    return types.WorkspaceEdit(changes={uri: edits})


def wanted(kind: str, only: list[Any] | None) -> bool:
    """Whether a client that asks for some kinds asks for this one (kinds nest at dots)."""
    if not only:
        return True
    asked = [str(getattr(k, "value", k)) for k in only]
    return any(k == "" or kind == k or kind.startswith(k + ".") for k in asked)


async def fill(server: Server, action: types.CodeAction, quiet: bool = False) -> types.CodeAction:
    """The edit of an action, worked out now; an author who has chosen it is told why there is none."""
    data: dict[str, Any] = dict(action.data or {})
    uri = data.get("uri")
    if not isinstance(uri, str) or server.document(uri) is None or data.get("do") in (None, "check"):
        return action
    text, version = server.text(uri), server.revision(uri)
    if data["do"] == "export":
        made = await file_edit(server, uri, data)
        if not isinstance(made, str):
            action.edit = made
        elif not quiet:
            server.say(f"nablatex: {made}", types.MessageType.Warning)
        return action
    resolved: Resolved | None = None
    why = "no answer in time"
    try:
        resolved = await server.ask("resolve", uri, data, first=True)
    except Stale:
        why = "the text has changed meanwhile; please ask again"
    if resolved is not None and resolved.edits:
        action.edit = edit_of(uri, server.index(text), resolved, version if server.versions_edits else None)
    elif not quiet:
        server.say(f"nablatex: {why if resolved is None else resolved.message}", types.MessageType.Warning)
    return action


def proposal(server: Server, found: Action, uri: str, diagnostics: list[types.Diagnostic]) -> types.CodeAction:
    data = {**found.data, "uri": uri}
    if found.data["do"] == "check":
        command = types.Command(title=found.title, command=CHECK, arguments=[data])
        return types.CodeAction(title=found.title, kind=found.kind, command=command)
    mends = [d for d in diagnostics if d.source == "nablatex"] if found.kind == "quickfix" else None
    preferred = found.preferred and code_actions(server.client_capabilities).is_preferred_support
    return types.CodeAction(
        title=found.title, kind=found.kind, data=data, is_preferred=preferred or None, diagnostics=mends or None
    )


def as_command(server: Server, action: types.CodeAction) -> types.Command | None:
    """An action for a client that knows commands only: the server sends the edit, if it may."""
    if action.command is not None:
        return action.command
    if not applies_edits(server.client_capabilities):
        return None
    return types.Command(title=action.title, command=APPLY, arguments=[action.data])


def late(server: Server, action: types.CodeAction) -> types.CodeAction:
    """An evaluation as a command, for clients that do not ask for an edit later: it is worked out when it is chosen."""
    return types.CodeAction(title=action.title, kind=action.kind, command=as_command(server, action))


def register(server: Server) -> None:
    kinds = [types.CodeActionKind.QuickFix, types.CodeActionKind.RefactorRewrite, EXPORT]

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=kinds, resolve_provider=True)
    )
    async def code_action(params: types.CodeActionParams) -> list[types.CodeAction | types.Command]:
        uri = params.text_document.uri
        span = server.index(server.text(uri)).span(params.range)
        found = await server.ask("actions", uri, span.start, span.end, key=("actions", uri), first=True)
        chosen = [a for a in found or () if wanted(a.kind, list(params.context.only or []))]
        if not creates_files(server):
            chosen = [a for a in chosen if a.data["do"] != "export"]
        out = [proposal(server, a, uri, list(params.context.diagnostics)) for a in chosen]
        if code_actions(server.client_capabilities).code_action_literal_support is None:
            commands = [as_command(server, a) for a in out]
            return [c for c in commands if c is not None]
        if not server.resolves_edits:
            evaluates = [(a.data or {}).get("do") == "evaluate" for a in out]
            out = [
                late(server, a) if e else await fill(server, a, quiet=True) for e, a in zip(evaluates, out, strict=True)
            ]
            for action in out:
                action.data = None
            out = [a for a in out if a.edit is not None or a.command is not None]
        return [*out]

    @server.feature(types.CODE_ACTION_RESOLVE)
    async def resolve(action: types.CodeAction) -> types.CodeAction:
        return await fill(server, action)

    @server.command(APPLY)
    async def apply(data: Any) -> None:
        action = await fill(server, types.CodeAction(title="", data=data))
        if action.edit is not None and applies_edits(server.client_capabilities):
            await server.workspace_apply_edit_async(types.ApplyWorkspaceEditParams(edit=action.edit))

    @server.command(CHECK)
    async def check(data: Any) -> None:  # pygls looks at the annotation: a generic alias fails on Python 3.13
        uri = data.get("uri") if isinstance(data, dict) else None
        if not isinstance(uri, str) or server.document(uri) is None:
            return
        try:
            resolved = await server.ask("resolve", uri, data, first=True)
        except Stale:
            resolved = None
        if resolved is None:
            server.say("nablatex: no answer in time", types.MessageType.Warning)
            return
        levels = {
            "info": types.MessageType.Info,
            "warning": types.MessageType.Warning,
            "error": types.MessageType.Error,
        }
        server.say(f"nablatex: {resolved.message}", levels[resolved.level])
