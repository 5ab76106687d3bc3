"""Diagnostics: pushed, debounced, to clients that do not pull; pulled by those that do.  Only what is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from nablatex.features.codes import page_of
from nablatex.features.model import Statement
from nablatex.lsp.state import Server

DEBOUNCE = 0.3
SEVERITY = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "information": types.DiagnosticSeverity.Information,
}


class StaleResult(JsonRpcException):
    """ServerCancelled: the text changed while it was checked; the client asks again for the new one."""

    CODE = types.LSPErrorCodes.ServerCancelled
    MESSAGE = "the document has changed"

    def __init__(self) -> None:
        super().__init__(self.MESSAGE, int(self.CODE), {"retriggerRequest": True})


def diagnostics_of(server: Server, text: str, statements: Sequence[Statement]) -> list[types.Diagnostic]:
    index = server.index(text)
    out = []
    for s in statements:
        if s.code is None:
            continue
        out.append(
            types.Diagnostic(
                range=index.range(s.focus),
                message=s.message,
                severity=SEVERITY[s.severity],
                code=s.code,
                code_description=types.CodeDescription(href=page_of(s.code)),
                source="nablatex",
            )
        )
    return out


async def publish(server: Server, uri: str) -> None:
    """Checks a document and publishes, unless it has changed meanwhile."""
    await asyncio.sleep(DEBOUNCE)
    if uri not in server.workspace.text_documents:
        return
    text, version = server.text(uri), server.revision(uri)
    statements = await server.ask("check", uri, key=("check", uri)) if server.settings.diagnostics else ()
    if statements is None or uri not in server.workspace.text_documents or server.revision(uri) != version:
        return
    found = diagnostics_of(server, text, statements)
    server.text_document_publish_diagnostics(
        types.PublishDiagnosticsParams(uri=uri, version=version, diagnostics=found)
    )


def schedule(server: Server, uri: str) -> None:
    """A check after the author's pause; an earlier one that still waits is dropped."""
    if server.pulls:
        return
    old = server.pending.pop(uri, None)
    if old is not None:
        old.cancel()
    server.pending[uri] = asyncio.get_running_loop().create_task(publish(server, uri))


def register(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def did_open(params: types.DidOpenTextDocumentParams) -> None:
        schedule(server, params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def did_change(params: types.DidChangeTextDocumentParams) -> None:
        schedule(server, params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    async def did_close(params: types.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        old = server.pending.pop(uri, None)
        if old is not None:
            old.cancel()
        if not server.pulls:
            server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri=uri, diagnostics=[]))

    @server.feature(
        types.TEXT_DOCUMENT_DIAGNOSTIC,
        types.DiagnosticOptions(identifier="nablatex", inter_file_dependencies=False, workspace_diagnostics=False),
    )
    async def diagnostic(params: types.DocumentDiagnosticParams) -> types.RelatedFullDocumentDiagnosticReport:
        uri = params.text_document.uri
        text, version = server.text(uri), server.revision(uri)
        statements = await server.ask("check", uri, key=("check", uri)) if server.settings.diagnostics else ()
        if server.revision(uri) != version:
            raise StaleResult
        return types.RelatedFullDocumentDiagnosticReport(items=diagnostics_of(server, text, statements or ()))
