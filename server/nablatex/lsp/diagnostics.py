"""Diagnostics: only what is wrong.  Pushed to clients that do not pull, formula by formula as it is judged; pulled by
those that do.  What was wrong and is mended goes at once; what becomes wrong while it is typed waits for a pause."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from nablatex.features.codes import MISSING_FILE, page_of
from nablatex.features.model import Findings, Statement
from nablatex.features.pace import carried_over, held_back
from nablatex.latex.tree import Span
from nablatex.lsp.capabilities import describes_codes, relates_diagnostics, versions_diagnostics
from nablatex.lsp.documents import Document
from nablatex.lsp.state import Server, Stale
from nablatex.lsp.worker import EDITED, REST

PAUSE = 1.0
"""Seconds without an edit after which everything is shown."""
NEAR, OPENED, SLICE, WHOLE = 0.025, 0.3, 0.15, 8.0
"""Seconds of the worker's processor for the first answer after an edit, after opening, for each later one, for one that
is pulled."""
RETRIES = 3
PATIENCE = 1.5
"""Seconds after which a check shows its progress."""
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


class Checking:
    """What the diagnostics of one document are at: the task that looks for them, and what is shown for which text."""

    def __init__(self) -> None:
        self.task: asyncio.Task[None] | None = None
        self.text = ""
        self.shown: list[Statement] = []
        self.told: tuple[int, list[types.Diagnostic]] | None = None
        """The edits that the text had when it was last published, and what was."""

    def stop(self) -> None:
        if self.task is not None:
            self.task.cancel()
            self.task = None

    def now(self, document: Document, found: Findings, all_of_it: bool) -> list[Statement]:
        """What to show, as far as is known, and remembers it; without all_of_it, what must wait is left out."""
        old = carried_over(self.text, document.source, self.shown, found.pending)
        told = {(s.code, s.span) for s in found.wrong}
        wrong = [*found.wrong, *(s for s in old if (s.code, s.span) not in told)]
        held = [] if all_of_it else held_back(document.caret, wrong, self.shown)
        self.text, self.shown = document.source, [s for s in wrong if s not in held]
        return held


def diagnostic_of(server: Server, document: Document, s: Statement) -> types.Diagnostic:
    assert s.code is not None
    page = types.CodeDescription(href=page_of(s.code)) if describes_codes(server.client_capabilities) else None
    index = document.line_index
    places = s.related if relates_diagnostics(server.client_capabilities) else ()
    related = [
        types.DiagnosticRelatedInformation(types.Location(document.uri, index.range(p)), words) for p, words in places
    ]
    return types.Diagnostic(
        range=index.range(s.focus),
        message=s.message,
        severity=SEVERITY[s.severity],
        code=s.code,
        code_description=page,
        source="nablatex",
        related_information=related or None,
    )


def missing_files(server: Server, document: Document) -> list[types.Diagnostic]:
    """A quiet hint at each command that names a file which is not there."""
    if MISSING_FILE in server.settings.ignore:
        return []
    out: list[types.Diagnostic] = []
    page = types.CodeDescription(href=page_of(MISSING_FILE)) if describes_codes(server.client_capabilities) else None
    for command, words in server.files.missed.get(document.uri, ()):
        at = document.source.find(command)
        if at >= 0:
            place = document.line_index.range(Span(at, at + len(command)))
            hint = types.DiagnosticSeverity.Hint
            out.append(types.Diagnostic(place, words, hint, MISSING_FILE, page, "nablatex"))
    return out


def diagnostics_of(server: Server, document: Document, statements: Sequence[Statement]) -> list[types.Diagnostic]:
    ordered = sorted(statements, key=lambda s: s.span.start)
    found = [diagnostic_of(server, document, s) for s in ordered if s.code is not None]
    return found + missing_files(server, document)


def publish(server: Server, document: Document, checking: Checking) -> None:
    """Tells the client, unless it knows all of this for the text as it is."""
    found = diagnostics_of(server, document, checking.shown)
    if checking.told == (document.edits, found):
        return
    checking.told = document.edits, found
    version = document.version if versions_diagnostics(server.client_capabilities) else None
    server.text_document_publish_diagnostics(
        types.PublishDiagnosticsParams(uri=document.uri, version=version, diagnostics=found)
    )


async def follow(server: Server, document: Document, checking: Checking) -> None:
    """Checks a document, the formula at the cursor first, and publishes as verdicts come, until all are there."""
    uri = document.uri
    if not server.settings.diagnostics:
        checking.text, checking.shown = document.source, []
        publish(server, document, checking)
        return
    progress = Progress(server, document)
    try:
        begun = asyncio.get_running_loop().time()
        found: Findings | None = None
        held: list[Statement] = []
        failures = 0
        while found is None or not found.complete:
            seconds, priority = (SLICE, REST) if found is not None else (NEAR, EDITED)
            if found is None and document.caret is None:
                seconds = OPENED
            key = ("diagnose", uri)
            answer = await server.ask("diagnose", uri, document.caret, seconds, key=key, priority=priority)
            if answer is None:  # the process died of it or was too slow; what it has found out so far it may know yet
                failures += 1
                if failures > RETRIES:
                    return
                continue
            shown = checking.shown
            held = checking.now(document, answer, False)
            edited = found is None and document.caret is not None  # then there is news of the formula at the cursor
            found = answer
            if found.complete or edited or shown != checking.shown:
                publish(server, document, checking)
            if asyncio.get_running_loop().time() - begun > PATIENCE and await progress.report(found):
                return
        if held:
            await asyncio.sleep(PAUSE)
            checking.now(document, found, True)
            publish(server, document, checking)
    except Stale:
        return
    finally:
        progress.end()


class Progress:
    """A bar with a button to cancel, for clients that can show one; it appears with the first report."""

    def __init__(self, server: Server, document: Document) -> None:
        window = server.client_capabilities.window
        self.server = server
        self.token = str(uuid.uuid4()) if window is not None and window.work_done_progress else None
        self.shown = False
        self.name = document.filename or document.uri

    async def report(self, found: Findings) -> bool:
        """Whether the author has cancelled."""
        if self.token is None:
            return False
        bar = self.server.work_done_progress
        if not self.shown:
            await bar.create_async(self.token)
            self.shown = True
            begin = types.WorkDoneProgressBegin(title=f"Checking {self.name}", cancellable=True, percentage=0)
            bar.begin(self.token, begin)
        percentage = 100 * found.done // max(found.total, 1)
        bar.report(self.token, types.WorkDoneProgressReport(percentage=percentage, cancellable=True))
        return bool(bar.tokens[self.token].cancelled())

    def end(self) -> None:
        if self.shown and self.token is not None:
            self.server.work_done_progress.end(self.token, types.WorkDoneProgressEnd())


def checking_of(server: Server, document: Document) -> Checking:
    found = server.checking.setdefault(document.uri, Checking())
    assert isinstance(found, Checking)
    return found


def schedule(server: Server, document: Document) -> None:
    """A check of the text as it is now; one of an earlier text is stopped."""
    checking = checking_of(server, document)
    checking.stop()
    if not server.pulls:
        checking.task = asyncio.get_running_loop().create_task(follow(server, document, checking))


async def pulled(server: Server, document: Document) -> list[types.Diagnostic]:
    """What a client that pulls is told now; it is asked to pull again when what was held back is due."""
    checking = checking_of(server, document)
    checking.stop()
    found: Findings | None = None
    failures = 0
    while found is None and failures <= RETRIES:  # a process that died of it may know what it has found out so far
        found = await server.ask("diagnose", document.uri, document.caret, WHOLE, key=("diagnose", document.uri))
        failures += found is None
    if found is None:
        found = Findings((), (), 0, 0)
    held = checking.now(document, found, not refreshes(server))
    if held or found.pending:
        checking.task = asyncio.get_running_loop().create_task(again(server, document, bool(held)))
    return diagnostics_of(server, document, checking.shown)


async def again(server: Server, document: Document, held: bool) -> None:
    await asyncio.sleep(PAUSE if held else 0)
    document.caret = None
    if refreshes(server):
        server.workspace_diagnostic_refresh(None)


def refreshes(server: Server) -> bool:
    workspace = server.client_capabilities.workspace
    return bool(workspace is not None and workspace.diagnostics is not None and workspace.diagnostics.refresh_support)


def register(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def did_open(params: types.DidOpenTextDocumentParams) -> None:
        schedule(server, server.adopt(params.text_document))

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def did_change(params: types.DidChangeTextDocumentParams) -> None:
        document = server.document(params.text_document.uri)
        if document is not None:
            schedule(server, document)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    async def did_close(params: types.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        checking: Any = server.checking.pop(uri, None)
        if checking is not None:
            checking.stop()
        if not server.pulls:
            server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri=uri, diagnostics=[]))

    @server.feature(
        types.TEXT_DOCUMENT_DIAGNOSTIC,
        types.DiagnosticOptions(identifier="nablatex", inter_file_dependencies=False, workspace_diagnostics=False),
    )
    async def diagnostic(params: types.DocumentDiagnosticParams) -> types.RelatedFullDocumentDiagnosticReport:
        document = server.document(params.text_document.uri)
        if document is None or not server.settings.diagnostics:
            return types.RelatedFullDocumentDiagnosticReport(items=[])
        try:
            return types.RelatedFullDocumentDiagnosticReport(items=await pulled(server, document))
        except Stale:
            raise StaleResult from None
