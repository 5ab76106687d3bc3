"""nablatex/code (docs/protocol.md), and the file that *Export as …* makes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls import uris

from nablatex.features.model import LANGUAGES
from nablatex.lsp.state import Server, given_range

METHOD = "nablatex/code"


def register(server: Server) -> None:
    @server.feature(METHOD)
    async def code(params: Any) -> dict[str, Any] | None:
        uri = params.textDocument.uri
        language = getattr(params, "language", "numpy")
        if server.document(uri) is None or language not in LANGUAGES:
            return None
        place = getattr(params, "range", None)
        index = server.index(server.text(uri))
        at = types.Position(params.position.line, params.position.character)
        span = index.span(types.Range(at, at) if place is None else given_range(place))
        value, check = bool(getattr(params, "value", False)), bool(getattr(params, "check", False))
        done = await server.ask(
            "code", uri, span.start, span.end, language, value, check, key=("code", uri), first=True
        )
        if done is None:
            return None
        return {
            "language": language,
            "code": done.code if done.status == "ok" else None,
            "function": done.function,
            "extension": done.extension,
            "message": done.message,
        }


def creates_files(server: Server) -> bool:
    """Whether the client can make a file in an edit."""
    workspace = server.client_capabilities.workspace
    edit = workspace.workspace_edit if workspace is not None else None
    operations = (edit.resource_operations or []) if edit is not None else []
    return bool(edit is not None and edit.document_changes and types.ResourceOperationKind.Create in operations)


async def file_edit(server: Server, uri: str, data: dict[str, Any]) -> types.WorkspaceEdit | str:
    """The edit that makes the file of an export beside the document; words that say why there is none."""
    done = await server.ask("code", uri, data["start"], data["end"], data["language"], True, True, first=True)
    if done is None:
        return "no answer in time"
    if done.status != "ok":
        return f"{done.status}: {done.message}"
    path = free_name(uri, done.extension)
    target = uris.from_fs_path(str(path))
    if target is None:
        return f"{path.name} cannot be made there"
    start = types.Position(0, 0)
    insert = types.TextEdit(range=types.Range(start, start), new_text=done.code)
    document = types.OptionalVersionedTextDocumentIdentifier(uri=target)
    return types.WorkspaceEdit(
        document_changes=[
            types.CreateFile(uri=target),
            types.TextDocumentEdit(text_document=document, edits=[insert]),
        ]
    )


def free_name(uri: str, extension: str) -> Path:
    """paper_derivative.py beside paper.tex, with a number where there is one already: no file is written over."""
    document = Path(uris.to_fs_path(uri) or "formula.tex")
    stem = f"{document.stem}_derivative".replace("-", "_")
    path, k = document.with_name(f"{stem}.{extension}"), 2
    while path.exists():
        path, k = document.with_name(f"{stem}{k}.{extension}"), k + 1
    return path
