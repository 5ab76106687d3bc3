"""What surrounds an open document: its host, other files of the workspace that stand before it, earlier cells of a notebook."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lsprotocol import types
from pygls.uris import from_fs_path, to_fs_path
from pygls.workspace import TextDocument, Workspace

from nablatex.features.around import Around
from nablatex.features.disk import Disk
from nablatex.features.workspace import around
from nablatex.latex.hosts import host_of


class Files:
    """Finds the surroundings of documents; remembers what it read until the files or the workspace's folders change."""

    def __init__(self, text: Callable[[str], str]) -> None:
        self.text = text
        """The text of an open document, by its address."""
        self.disk = Disk(())
        self.folders: tuple[str, ...] = ()

    def around(self, document: TextDocument, workspace: Workspace) -> Around:
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
        return around(Path(path).as_posix(), document.source, self.disk)

    def unsaved(self, path: str, workspace: Workspace) -> str | None:
        """The text of an open document, which comes before that on disk."""
        uri = from_fs_path(path)
        return self.text(uri) if uri is not None and uri in workspace.text_documents else None


__all__ = ["Files"]
