"""workspace/didChangeWatchedFiles: a changed package or included file is read anew, in every document that is open."""

from __future__ import annotations

from lsprotocol import types

from nablatex.lsp.configuration import refresh
from nablatex.lsp.diagnostics import schedule
from nablatex.lsp.state import Server


def register(server: Server) -> None:
    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def changed(params: types.DidChangeWatchedFilesParams) -> None:
        closed = [c for c in params.changes if server.document(c.uri) is None]
        if not closed:  # the texts of open documents come with their edits
            return
        server.files.forget()
        for document in server.documents():
            schedule(server, document)
        refresh(server)
