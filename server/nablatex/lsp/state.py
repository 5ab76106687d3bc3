"""The server: open documents, settings, the worker.  No other state lives between requests."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any
from urllib.parse import unquote

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from nablatex.features.model import Settings
from nablatex.lsp.documents import Document
from nablatex.lsp.positions import LineIndex
from nablatex.lsp.protocol import Protocol
from nablatex.lsp.surroundings import Files
from nablatex.lsp.trace import told
from nablatex.lsp.worker import Worker

VERSION = "0.1.0"
WHOLE = ("references", "renamed")
"""Questions about a document in all its files, those that come later too."""
log = logging.getLogger(__name__)


class Stale(JsonRpcException):
    """ContentModified: the text changed while the answer was worked out."""

    CODE = types.LSPErrorCodes.ContentModified
    MESSAGE = "the document has changed"

    def __init__(self) -> None:
        super().__init__(self.MESSAGE, int(self.CODE))


class Server(LanguageServer):
    """The language server of Nablatex."""

    def __init__(self, worker: Worker | None = None) -> None:
        super().__init__("nablatex", VERSION, protocol_cls=Protocol)
        self.worker = worker or Worker()
        self.settings = Settings()
        self.tracing = False
        self.left_early = False
        """Whether the client sent `exit` without `shutdown`."""
        self.files = Files(self.text)
        self.checking: dict[str, Any] = {}
        """What the diagnostics of each open document are at."""

    def report_server_error(self, error: Exception, source: Any) -> None:
        """A log line; pygls would interrupt the author with a message.  The words of an error may quote her text."""
        words = f"{type(error).__name__}: {error}" if self.tracing else type(error).__name__
        log.warning("%s: %s", getattr(source, "__name__", source), words)

    def adopt(self, item: types.TextDocumentItem) -> Document:
        """Takes over a document that was opened just now."""
        document = Document(item.uri, item.text, item.version, item.language_id, self.encoding)
        self.workspace.text_documents[unquote(item.uri)] = document
        return document

    def document(self, uri: str) -> Document | None:
        """An open document; None for any other, which is not read from disk."""
        found = self.workspace.text_documents.get(unquote(uri)) if isinstance(uri, str) else None
        return found if isinstance(found, Document) else None

    def documents(self) -> list[Document]:
        return [d for d in self.workspace.text_documents.values() if isinstance(d, Document)]

    def text(self, uri: str) -> str:
        document = self.document(uri)
        return document.source if document is not None else ""

    def revision(self, uri: str) -> int | None:
        """The version that the client gave the text."""
        document = self.document(uri)
        return document.version if document is not None else None

    @property
    def encoding(self) -> str:
        encoding = self.workspace.position_encoding
        return str(getattr(encoding, "value", encoding))

    def index(self, text: str) -> LineIndex:
        """The lines of a text: those that its document keeps, where it is that of one."""
        found = next((d.line_index for d in self.documents() if d.source is text), None)
        return found if found is not None else LineIndex(text, self.encoding)

    async def ask(
        self,
        name: str,
        uri: str,
        *arguments: Any,
        key: object = None,
        first: bool = False,
        priority: int | None = None,
    ) -> Any:
        """The worker's answer for a document as it is now; None where there is none.  Stale when it has changed meanwhile."""
        document = self.document(uri)
        if document is None:
            return None
        edits, begun = document.edits, time.monotonic()
        future = self.worker.submit(
            name,
            document.source,
            *arguments,
            self.settings,
            (self.files.whole if name in WHOLE else self.files.around)(document, self.workspace),
            key=key,
            first=first,
            priority=priority,
        )
        document.questions.add(future)
        came = "stopped"
        try:
            answer = await asyncio.wrap_future(future)  # a request that is cancelled here is stopped there
            came = "answered" if answer is not None else "no answer"
            if self.document(uri) is not document or document.edits != edits:
                came = "about an older text"
                raise Stale
            return answer
        except asyncio.CancelledError:
            if document.edits == edits:
                raise
            came = "about an older text"
            raise Stale from None
        finally:
            document.questions.discard(future)
            told(self, name, time.monotonic() - begun, len(document.source), came)

    def say(self, message: str, level: types.MessageType = types.MessageType.Info) -> None:
        self.window_show_message(types.ShowMessageParams(type=level, message=message))

    @property
    def pulls(self) -> bool:
        """Whether the client asks for diagnostics itself."""
        document = self.client_capabilities.text_document
        return document is not None and document.diagnostic is not None

    @property
    def resolves_edits(self) -> bool:
        document = self.client_capabilities.text_document
        action = document.code_action if document is not None else None
        support = action.resolve_support if action is not None else None
        return support is not None and "edit" in (support.properties or [])

    @property
    def versions_edits(self) -> bool:
        """Whether the client takes edits that name the version of the text they are for."""
        workspace = self.client_capabilities.workspace
        edit = workspace.workspace_edit if workspace is not None else None
        return bool(edit is not None and edit.document_changes)

    @property
    def completes(self) -> types.ClientCompletionItemOptions | None:
        """What the client announces about completion items."""
        document = self.client_capabilities.text_document
        completion = document.completion if document is not None else None
        return completion.completion_item if completion is not None else None

    @property
    def takes_snippets(self) -> bool:
        return bool(self.completes and self.completes.snippet_support)

    @property
    def preselects(self) -> bool:
        return bool(self.completes and self.completes.preselect_support)

    @property
    def documents_completion(self) -> bool:
        """Whether documentation beside a completion may be Markdown."""
        return bool(self.completes and types.MarkupKind.Markdown in (self.completes.documentation_format or []))

    def runs(self, command: str) -> bool:
        """Whether the client has announced a command of its own (``experimental.commands.commands``)."""
        experimental: Any = self.client_capabilities.experimental
        commands = field(field(experimental, "commands"), "commands")
        return isinstance(commands, (list, tuple)) and command in commands

    @property
    def markdown(self) -> bool:
        document = self.client_capabilities.text_document
        hover = document.hover if document is not None else None
        return hover is not None and types.MarkupKind.Markdown in (hover.content_format or [])


def given_range(value: Any) -> types.Range:
    """A range in what a client sent outside the protocol.  TypeError or AttributeError where it is none."""
    start, end = field(value, "start"), field(value, "end")
    return types.Range(
        types.Position(int(field(start, "line")), int(field(start, "character"))),
        types.Position(int(field(end, "line")), int(field(end, "character"))),
    )


def field(value: Any, name: str) -> Any:
    """A field of what a client sent outside the protocol: an object of pygls, or a dictionary."""
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)
