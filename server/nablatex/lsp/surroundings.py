"""What surrounds an open document: its host, other files of the workspace that stand before it, earlier cells of a notebook."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from lsprotocol import types
from pygls.uris import from_fs_path, to_fs_path
from pygls.workspace import TextDocument, Workspace

from nablatex.features.around import Around
from nablatex.features.disk import Disk
from nablatex.features.workspace import around, problems, whole
from nablatex.latex.hosts import host_of

LARGE = 200_000
LOOK, LOOK_LARGE = 5.0, 60.0
"""Characters of a document that is scanned for other files less often; seconds between two looks."""


class Files:
    """Finds the surroundings of documents; remembers what it read until the files or the workspace's folders change."""

    def __init__(self, text: Callable[[str], str]) -> None:
        self.text = text
        """The text of an open document, by its address."""
        self.disk = Disk(())
        self.kept: dict[str, tuple[TextDocument, object, Around]] = {}
        self.missed: dict[str, tuple[tuple[str, str], ...]] = {}
        """Commands of open documents that name no file, each with what to say of it."""
        self.folders: tuple[str, ...] = ()

    def around(self, document: TextDocument, workspace: Workspace) -> Around:
        """As it was found last, until something that it depends on changes; files on disk are looked at now and then."""
        others = tuple((d.uri, getattr(d, "edits", 0)) for d in workspace.text_documents.values() if d is not document)
        every = LOOK if len(document.source) < LARGE else LOOK_LARGE
        key = (getattr(document, "structure", 0), others, tuple(workspace.folders), time.monotonic() // every)
        kept = self.kept.get(document.uri)
        if kept is None or kept[0] is not document or kept[1] != key:
            kept = self.kept[document.uri] = (document, key, self.found(document, workspace))
            for uri in [u for u in self.kept if u not in workspace.text_documents and u != document.uri]:
                del self.kept[uri]
                self.missed.pop(uri, None)
        return kept[2]

    def found(self, document: TextDocument, workspace: Workspace) -> Around:
        uri = document.uri
        notebook = workspace.get_notebook_document(cell_uri=uri)
        if notebook is not None:
            cells = [c.document for c in notebook.cells if c.kind == types.NotebookCellKind.Markup]
            earlier = cells[: cells.index(uri)] if uri in cells else []
            return Around("markdown", tuple((f"{c}.md", self.text(c)) for c in earlier))
        path = document.path if uri.startswith("file:") else None
        host = host_of(path or uri, document.language_id)
        if host != "latex" or not path:
            return Around(host)
        folders = tuple(f for f in map(to_fs_path, workspace.folders) if f) or (str(Path(path).parent),)
        if folders != self.folders:
            self.folders = folders
            self.disk = Disk([Path(f) for f in folders], lambda p: self.unsaved(p, workspace))
        name, text = Path(path).as_posix(), document.source
        told = problems(name, text, self.disk) if uri in workspace.text_documents else ()
        self.missed[uri] = tuple((text[p.span.start : p.span.end], p.message) for p in told)
        return around(name, text, self.disk)

    def whole(self, document: TextDocument, workspace: Workspace) -> Around:
        """With the files that come later: for what is asked now and then."""
        found = self.around(document, workspace)
        name = document.path if document.uri.startswith("file:") and found.host == "latex" else None
        return whole(Path(name).as_posix(), document.source, self.disk) if name else found

    def forget(self) -> None:
        """Files have changed on disk: they are looked at anew."""
        self.kept.clear()
        self.disk.kept.clear()

    def unsaved(self, path: str, workspace: Workspace) -> str | None:
        """The text of an open document, which comes before that on disk."""
        uri = from_fs_path(path)
        return self.text(uri) if uri is not None and uri in workspace.text_documents else None


__all__ = ["Files"]
