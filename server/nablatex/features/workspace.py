r"""A document in many files: ``\input`` and its kin, local packages, the root, and what stands before a file.

Pure: files are asked of a `Library`; what it may read (a workspace, unsaved texts first) is the caller's business.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from nablatex.features.around import Around
from nablatex.latex.hosts import HOSTS, host_of
from nablatex.latex.tree import Span

MAX_FILES = 40
MAX_CHARACTERS = 4_000_000
_INCLUDE = re.compile(
    r"\\(?:(?P<one>input|include|subfile|subfileinclude|@input)\s*(?:\{(?P<name>[^{}#]+)\}|(?P<word>[^\s{}\\%]+))"
    r"|(?P<two>import|subimport|includefrom|subincludefrom|inputfrom)\*?\s*\{(?P<folder>[^{}#]*)\}\s*\{(?P<file>[^{}#]+)\}"
    r"|(?P<package>usepackage|RequirePackage|documentclass|LoadClass)\s*(?:\[(?P<options>[^\]]*)\])?\s*\{(?P<names>[^{}#]+)\})"
)
_ROOT = re.compile(r"^\s*%\s*!\s*TeX\s+root\s*=\s*(?P<path>[^\n]+?)\s*$", re.I | re.M)


class Library(Protocol):
    """Texts by absolute path with forward slashes; None for what is not there or may not be read."""

    def text(self, path: str) -> str | None: ...

    def beside(self, path: str) -> tuple[str, ...]:
        """LaTeX files in the folder of a file and the folders above it, up to the workspace's."""
        ...


@dataclass(frozen=True, slots=True)
class Include:
    """One command that names files: its place, and the paths that it may mean, likeliest first; local: a package."""

    span: Span
    paths: tuple[str, ...]
    local: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that is missing or includes itself: where, and in words."""

    path: str
    span: Span
    message: str


def includes(text: str, path: str) -> tuple[Include, ...]:
    """The files that a text names, in order; not in comments, verbatim or ``\\iffalse``."""
    folder = posixpath.dirname(path)
    found = list(_INCLUDE.finditer(text))
    hidden: list[tuple[int, int]] = []
    for h in HOSTS["latex"].scan.finditer(text) if found else ():
        if h.start() > found[-1].start():  # most documents name their files at the beginning
            break
        if (h.lastgroup or "").startswith(("comment", "skip")):
            hidden.append(h.span())
    out: list[Include] = []
    k = 0
    for m in found:
        while k < len(hidden) and hidden[k][1] <= m.start():
            k += 1
        if k < len(hidden) and hidden[k][0] <= m.start():
            continue
        span = Span(m.start(), m.end())
        if m.group("package"):
            ending = ".cls" if m.group("package") in ("documentclass", "LoadClass") else ".sty"
            for name in m.group("names").split(","):
                out.append(Include(span, (_join(folder, name.strip() + ending),), True))
            continue
        if m.group("two"):
            name = _join(m.group("folder").strip(), m.group("file").strip())
        else:
            name = (m.group("name") or m.group("word")).strip().strip('"')
        whole = _join(folder, name)
        out.append(Include(span, (whole,) if name.endswith(".tex") else (whole + ".tex", whole)))
    return tuple(out)


def _join(folder: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(folder, name))


def root_of(path: str, text: str, library: Library) -> str:
    """The file that the document begins with: said by a comment, a subfile's class, or the file that includes this one."""
    said = _ROOT.search(text[:4000])
    if said:
        return _join(posixpath.dirname(path), said.group("path"))
    subfile = re.search(r"\\documentclass\s*\[([^\]]+)\]\s*\{subfiles\}", text)
    if subfile:
        name = subfile.group(1).strip()
        return _join(posixpath.dirname(path), name if name.endswith(".tex") else name + ".tex")
    if "\\documentclass" in text:
        return path
    for other in library.beside(path):
        candidate = library.text(other) if other != path else None
        if candidate is not None and "\\documentclass" in candidate and path in _Walk(library, path).all(other):
            return other
    return path


@dataclass(slots=True)
class _Walk:
    """A walk over the files of a document, in the order of TeX, until the target is met."""

    library: Library
    target: str
    before: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    size: int = 0

    def until_target(self, path: str, text: str, stack: tuple[str, ...]) -> bool:
        """Whether the target was met; what stands before it is in `before`."""
        if path == self.target:
            return True
        self.seen.add(path)
        position = 0
        for include in includes(text, path):
            found = self.find(include)
            if found is None:
                if not include.local:
                    name = posixpath.basename(include.paths[0])
                    tried = " and ".join(posixpath.relpath(p, posixpath.dirname(path)) for p in include.paths)
                    words = f"{name} is not in the workspace: looked for {tried}"
                    self.problems.append(Problem(path, include.span, words))
                continue
            if found in stack:
                self.problems.append(Problem(path, include.span, f"{posixpath.basename(found)} includes itself"))
                continue
            if found in self.seen and found != self.target:
                continue
            self.put(path, text[position : include.span.start])
            position = include.span.end
            if self.until_target(found, self.library.text(found) or "", (*stack, found)):
                return True
        self.put(path, text[position:])
        return False

    def find(self, include: Include) -> str | None:
        if len(self.seen) >= MAX_FILES or self.size > MAX_CHARACTERS:
            return None
        return next((p for p in include.paths if p == self.target or self.library.text(p) is not None), None)

    def put(self, path: str, text: str) -> None:
        if text.strip():
            self.size += len(text)
            self.before.append((path, text))

    def all(self, root: str) -> Iterator[str]:
        """Every file of the document with this root."""
        waiting, seen = [root], {root}
        while waiting and len(seen) < 4 * MAX_FILES:
            path = waiting.pop()
            yield path
            for include in includes(self.library.text(path) or "", path):
                for p in include.paths:
                    if p not in seen and self.library.text(p) is not None:
                        seen.add(p)
                        waiting.append(p)


def around(path: str, text: str, library: Library) -> Around:
    """The surroundings of a file: its host, and of LaTeX the texts that stand before it in its document."""
    host = host_of(path)
    if host != "latex":
        return Around(host)
    return Around(host, tuple(_walk(path, text, library).before[-MAX_FILES:]))


def whole(path: str, text: str, library: Library) -> Around:
    """The same with the files that come later in the document, or that the text includes."""
    found = around(path, text, library)
    if found.host != "latex":
        return found
    root = root_of(path, text, library)
    walk = _Walk(library, "")
    walk.until_target(root, text if root == path else library.text(root) or "", (root,))
    parts = walk.before
    first = next((k for k, (p, _) in enumerate(parts) if p == path), None)
    if first is None:
        return found
    known = {part for part in found.before if part in parts[:first]}
    later = tuple(part for part in parts[first:] if part[0] != path and part not in known)
    return Around(found.host, found.before, later[:MAX_FILES])


def problems(path: str, text: str, library: Library) -> tuple[Problem, ...]:
    """Missing files and circles, as far as this file's commands name them."""
    walk = _Walk(library, "")
    walk.until_target(path, text, (path,))
    told = {p.span: p for p in walk.problems if p.path == path}
    for include in includes(text, path):
        found = walk.find(include)
        if found is not None and found != path and include.span not in told and path in walk.all(found):
            words = f"{posixpath.basename(found)} includes this file"
            told[include.span] = Problem(path, include.span, words)
    return tuple(told[span] for span in sorted(told, key=lambda s: s.start))


def _walk(path: str, text: str, library: Library) -> _Walk:
    root = root_of(path, text, library)
    walk = _Walk(library, path)
    start = library.text(root) if root != path else None
    if start is None:
        _local(path, text, library, walk)
        return walk
    if not walk.until_target(root, start, (root,)):
        walk.before.clear()  # the root does not include this file after all
    _local(path, text, library, walk)
    return walk


def _local(path: str, text: str, library: Library, walk: _Walk) -> None:
    """Macros of the files that this text itself includes hold behind them; they are taken as known from its start."""
    for include in includes(text, path):
        found = walk.find(include)
        if found is not None and found not in walk.seen and found != path:
            inner = _Walk(library, "", seen={path})
            inner.until_target(found, library.text(found) or "", (path, found))
            walk.before.extend((p, _macros_only(t)) for p, t in inner.before if _macros_only(t))
            walk.seen |= inner.seen


def _macros_only(text: str) -> str:
    """The paragraphs of a text that define macros: those of a file that comes later declare nothing yet."""
    from nablatex.latex.definitions import defines_macros

    return "\n\n".join(p for p in re.split(r"\n[ \t]*\n", text) if defines_macros(p))


__all__ = ["Include", "Library", "Problem", "around", "includes", "problems", "root_of", "whole"]
