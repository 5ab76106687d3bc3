"""textDocument/prepareRename and rename: a symbol with everything that is spelled after it."""

from __future__ import annotations

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from nablatex.features.model import Resolved
from nablatex.latex.tree import Span
from nablatex.lsp.actions import edit_of
from nablatex.lsp.state import Server


class CannotRename(JsonRpcException):
    """RequestFailed, with the reason that the author reads."""

    CODE = types.LSPErrorCodes.RequestFailed
    MESSAGE = "there is no symbol to rename here"

    def __init__(self, reason: str = MESSAGE) -> None:
        super().__init__(reason, int(self.CODE))


def register(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    async def prepare(params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
        uri = params.text_document.uri
        index = server.index(server.text(uri))
        found: tuple[Span, str] | None = await server.ask("prepare", uri, index.offset(params.position), first=True)
        if found is None:
            return None
        return types.PrepareRenamePlaceholder(range=index.range(found[0]), placeholder=found[1])

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    async def rename(params: types.RenameParams) -> types.WorkspaceEdit:
        uri = params.text_document.uri
        text, version = server.text(uri), server.revision(uri)
        index = server.index(text)
        at = index.offset(params.position)
        done: Resolved | None = await server.ask("renamed", uri, at, params.new_name, first=True)
        if done is None or not done.edits:
            raise CannotRename(done.message if done is not None else "no answer in time")
        return edit_of(uri, index, done, version if server.versions_edits else None)
