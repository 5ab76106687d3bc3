"""Files of a workspace: unsaved texts first, nothing outside its folders (links are followed and judged by where they lead)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

MAX_BYTES = 8_000_000
MAX_BESIDE = 60


def decoded(data: bytes) -> str:
    """Text of a file: UTF-8, with or without a mark, else the encoding that it declares, else Latin-1."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


class Disk:
    """A `Library` over folders; texts are kept as long as the file does not change."""

    def __init__(self, folders: Iterable[Path], unsaved: Callable[[str], str | None] = lambda path: None) -> None:
        self.folders = tuple(f.resolve() for f in folders)
        self.unsaved = unsaved
        self.kept: dict[str, tuple[tuple[int, int], str]] = {}

    def text(self, path: str) -> str | None:
        open_ = self.unsaved(path)
        if open_ is not None:
            return open_
        try:
            real = Path(path).resolve(strict=True)
            if not any(real.is_relative_to(f) for f in self.folders) or not real.is_file():
                return None
            stat = real.stat()
            mark = (stat.st_mtime_ns, stat.st_size)
            kept = self.kept.get(path)
            if kept is not None and kept[0] == mark:
                return kept[1]
            if stat.st_size > MAX_BYTES:
                return None
            text = decoded(real.read_bytes()).replace("\r\n", "\n")
        except (OSError, ValueError, RuntimeError):
            return None
        self.kept[path] = (mark, text)
        return text

    def beside(self, path: str) -> tuple[str, ...]:
        """LaTeX files in the folder of a file and above it, nearest first, within the folders of the workspace."""
        out: list[str] = []
        folder = Path(path).parent
        while len(out) < MAX_BESIDE:
            try:
                if not any(folder.resolve().is_relative_to(f) for f in self.folders):
                    break
                out.extend(p.as_posix() for p in sorted(folder.glob("*.tex"))[:MAX_BESIDE])
            except OSError:
                break
            if folder == folder.parent:
                break
            folder = folder.parent
        return tuple(out[:MAX_BESIDE])


__all__ = ["Disk", "decoded"]
