"""initialize, initialized, workspace/didChangeConfiguration: settings in, the worker warmed up."""

from __future__ import annotations

from typing import Any

from lsprotocol import types

from nablatex.lsp.capabilities import code_actions, watches_files
from nablatex.lsp.diagnostics import schedule
from nablatex.lsp.settings import read_settings
from nablatex.lsp.state import Server
from nablatex.lsp.trace import begin


def apply(server: Server, options: Any) -> None:
    server.settings, problems = read_settings(options)
    for words in problems:
        server.say(words, types.MessageType.Warning)
    for document in server.documents():
        schedule(server, document)
    refresh(server)


def refresh(server: Server) -> None:
    """Asks the client to ask again for what it shows, as far as it can."""
    workspace = server.client_capabilities.workspace
    if workspace is None:
        return
    if workspace.inlay_hint is not None and workspace.inlay_hint.refresh_support:
        server.workspace_inlay_hint_refresh(None)
    if workspace.code_lens is not None and workspace.code_lens.refresh_support:
        server.workspace_code_lens_refresh(None)
    if workspace.diagnostics is not None and workspace.diagnostics.refresh_support and server.pulls:
        server.workspace_diagnostic_refresh(None)


async def fetch(server: Server) -> None:
    """Asks the client for its settings, where it can answer."""
    workspace = server.client_capabilities.workspace
    if workspace is None or not workspace.configuration:
        return
    items = [types.ConfigurationItem(section="nablatex")]
    answer = await server.workspace_configuration_async(types.ConfigurationParams(items=items))
    if answer and answer[0] is not None:
        apply(server, answer[0])


FILES = "**/*.{tex,ltx,sty,cls}"
"""What a document can be made of, besides the file that is open."""


def watch(server: Server) -> None:
    """Asks the client to tell of files that change, where it can."""
    if watches_files(server.client_capabilities):
        options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(FILES)])
        watched = types.Registration("files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        server.client_register_capability(types.RegistrationParams([watched]))


def register(server: Server) -> None:
    options: dict[str, Any] = {}

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        options["initial"] = params.initialization_options
        begin(server, params.trace)
        if code_actions(params.capabilities).code_action_literal_support is None:
            # such a client takes commands only, and no options about kinds
            server.protocol.fm.feature_options.pop(types.TEXT_DOCUMENT_CODE_ACTION, None)

    @server.feature(types.INITIALIZED)
    async def initialized(_params: types.InitializedParams) -> None:
        server.worker.start()
        if options.get("initial") is not None:
            apply(server, options["initial"])
        await fetch(server)
        watch(server)

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def changed(params: types.DidChangeConfigurationParams) -> None:
        given = params.settings
        own = given.get("nablatex") if isinstance(given, dict) else None
        if own is not None:
            apply(server, own)
        else:
            await fetch(server)

    @server.feature(types.EXIT)
    def exited(_params: None) -> None:
        server.left_early = not server.protocol._shutdown

    @server.feature(types.SHUTDOWN)
    def shutdown(_params: None) -> None:
        server.worker.close()
