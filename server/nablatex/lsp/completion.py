"""textDocument/completion and completionItem/resolve."""

from __future__ import annotations

from typing import Any

from lsprotocol import types

from nablatex.features.cues import cue
from nablatex.features.model import Completion
from nablatex.lsp.state import Server

KINDS = {
    "result": types.CompletionItemKind.Value,
    "symbol": types.CompletionItemKind.Variable,
    "macro": types.CompletionItemKind.Function,
}


def register(server: Server) -> None:
    @server.feature(
        types.TEXT_DOCUMENT_COMPLETION,
        types.CompletionOptions(trigger_characters=["=", " ", "\\", "{", "_"], resolve_provider=True),
    )
    async def completion(params: types.CompletionParams) -> list[types.CompletionItem]:
        uri = params.text_document.uri
        text = server.text(uri)
        index = server.index(text)
        at = index.offset(params.position)
        found = cue(text, at) if server.settings.completion else None
        typed = params.context.trigger_character if params.context is not None else None
        if found is None or (typed == " " and found.kind == "macro"):
            return []
        answer: tuple[Completion, ...] | None = await server.ask("complete", uri, at, key=("complete", uri), first=True)
        range_ = index.range(found.span)
        return [item(server, c, range_, uri) for c in answer or ()]

    @server.feature(types.COMPLETION_ITEM_RESOLVE)
    async def resolve(chosen: types.CompletionItem) -> types.CompletionItem:
        data: dict[str, Any] = chosen.data if isinstance(chosen.data, dict) else {}
        uri = data.get("uri")
        if isinstance(uri, str) and server.document(uri) is not None:
            words = await server.ask("explain", uri, int(data["offset"]), key=("explain", uri), first=True)
            if words and server.documents_completion:
                chosen.documentation = types.MarkupContent(types.MarkupKind.Markdown, f"```text\n{words}\n```")
            elif words:
                chosen.documentation = words
        return chosen


def item(server: Server, c: Completion, range_: types.Range, uri: str) -> types.CompletionItem:
    snippet = c.snippet if server.takes_snippets else None
    return types.CompletionItem(
        label=c.label,
        kind=KINDS[c.kind],
        detail=c.detail or None,
        sort_text=f"{c.rank:04d}",
        filter_text=c.label if c.kind != "result" else None,
        preselect=True if c.kind == "result" and server.preselects else None,
        insert_text_format=types.InsertTextFormat.Snippet if snippet is not None else None,
        text_edit=types.TextEdit(range=range_, new_text=snippet if snippet is not None else c.insert),
        data={**c.data, "uri": uri} if c.data is not None else None,
    )
