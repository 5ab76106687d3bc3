"""What a client has announced, where an answer depends on it: nothing else is sent."""

from __future__ import annotations

from lsprotocol import types


def describes_codes(client: types.ClientCapabilities) -> bool:
    """Whether diagnostics may lead to the page of their code."""
    document = client.text_document
    if document is None:
        return False
    asked, pushed = document.diagnostic, document.publish_diagnostics
    return bool((asked is not None and asked.code_description_support) or (pushed and pushed.code_description_support))


def versions_diagnostics(client: types.ClientCapabilities) -> bool:
    """Whether pushed diagnostics may name the version of the text that they are for."""
    pushed = client.text_document.publish_diagnostics if client.text_document is not None else None
    return bool(pushed is not None and pushed.version_support)


def relates_diagnostics(client: types.ClientCapabilities) -> bool:
    """Whether diagnostics may lead to other places that they are about."""
    document = client.text_document
    if document is None:
        return False
    asked, pushed = document.diagnostic, document.publish_diagnostics
    return bool((asked is not None and asked.related_information) or (pushed and pushed.related_information))


def watches_files(client: types.ClientCapabilities) -> bool:
    """Whether the client tells of files that change on disk when it is asked to."""
    watched = client.workspace.did_change_watched_files if client.workspace is not None else None
    return bool(watched is not None and watched.dynamic_registration)


def code_actions(client: types.ClientCapabilities) -> types.CodeActionClientCapabilities:
    found = client.text_document.code_action if client.text_document is not None else None
    return found or types.CodeActionClientCapabilities()


def applies_edits(client: types.ClientCapabilities) -> bool:
    """Whether the server may send an edit of its own accord, behind a command."""
    return bool(client.workspace is not None and client.workspace.apply_edit)
