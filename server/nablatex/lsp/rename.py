"""textDocument/prepareRename and rename: a symbol with everything that is spelled after it."""

from __future__ import annotations

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.uris import from_fs_path

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
        edit = edit_of(uri, index, done, version if server.versions_edits else None)
        return with_others(server, edit, done)


def with_others(server: Server, edit: types.WorkspaceEdit, done: Resolved) -> types.WorkspaceEdit:
    """An edit with those in other files, as their texts are now.  CannotRename where one has changed meanwhile."""
    more: dict[str, list[types.TextEdit]] = {}
    for other in done.others:
        text, uri = server.files.disk.text(other.path), from_fs_path(other.path)
        start = text.find(other.part) if text is not None else -1
        if text is None or uri is None or start < 0:
            raise CannotRename(f"{other.path.rsplit('/', 1)[-1]} has changed meanwhile; please ask again")
        index = server.index(text)
        for e in other.edits:
            span = Span(start + e.span.start, start + e.span.end)
            more.setdefault(uri, []).append(types.TextEdit(range=index.range(span), new_text=e.new))
    if not more:
        return edit
    if edit.document_changes is None:
        return types.WorkspaceEdit(changes={**(edit.changes or {}), **more})
    files = [
        types.TextDocumentEdit(types.OptionalVersionedTextDocumentIdentifier(uri=u, version=server.revision(u)), [*e])
        for u, e in more.items()
    ]
    return types.WorkspaceEdit(document_changes=[*edit.document_changes, *files])
