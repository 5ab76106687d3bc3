"""Documents in many files: what stands before a file is known in it.  ``%! name`` starts a file."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from nablatex.algebra.dims import shape_text
from nablatex.features.around import surrounded
from nablatex.features.check import check_document, reading_of
from nablatex.features.disk import Disk, decoded
from nablatex.features.model import Settings
from nablatex.features.workspace import around, problems, root_of, whole


class Shelf:
    """A library of one string."""

    def __init__(self, fixture: str) -> None:
        parts = re.split(r"^%! (\S+)\n", fixture, flags=re.M)[1:]
        self.files = {"/w/" + name: text for name, text in zip(parts[::2], parts[1::2], strict=True)}

    def text(self, path: str) -> str | None:
        return self.files.get(path)

    def beside(self, path: str) -> tuple[str, ...]:
        return tuple(p for p in self.files if p.endswith(".tex"))


BOOK = r"""%! main.tex
\documentclass{book}
\usepackage{mine,amsmath}
\newcommand{\W}{\mathbf{W}}
\begin{document}
Let $x \in \mathbb{R}^n$.
\input{chapters/one}
\include{chapters/two}
\end{document}
%! mine.sty
\newcommand{\tran}{^{\top}}
%! chapters/one.tex
Let $A \in \mathbb{R}^{m\times n}$. \[ f = x\tran A\tran A x \]
%! chapters/two.tex
\[ \frac{\partial f}{\partial x} = 2 A\tran A x \]
\[ \nabla_x f = A\tran A x \]
"""


def known(path: str, shelf: Shelf) -> dict[str, str]:
    text = shelf.files[path]
    with surrounded(around(path, text, shelf)):
        symbols = reading_of(text).context.symbols.values()
    return {d.label: shape_text(d.shape) for d in symbols if d.shape is not None}


def test_a_chapter_knows_what_stands_before_it() -> None:
    shelf = Shelf(BOOK)
    assert known("/w/chapters/one.tex", shelf) == {"x": "n×1", "A": "m×n"}
    path = "/w/chapters/two.tex"
    text = shelf.files[path]
    assert known(path, shelf) == {"x": "n×1", "A": "m×n"}
    with surrounded(around(path, text, shelf)):
        verdicts = [s.verdict for s in check_document(text, Settings())]
        assert "\\W" in reading_of(text).macros and "\\tran" in reading_of(text).macros
    assert verdicts[0] in ("proved", "holds") and verdicts[1] == "fails"


def test_the_root_is_said_or_found() -> None:
    shelf = Shelf(BOOK)
    assert root_of("/w/chapters/two.tex", shelf.files["/w/chapters/two.tex"], shelf) == "/w/main.tex"
    assert root_of("/w/a/b.tex", "% !TeX root = ../main.tex\n", shelf) == "/w/main.tex"
    assert root_of("/w/a/b.tex", "\\documentclass[../main]{subfiles}", shelf) == "/w/main.tex"
    assert root_of("/w/other.tex", "text", shelf) == "/w/other.tex"


@pytest.mark.parametrize(
    ("command", "seen"),
    [
        (r"\input{one}", True),
        (r"\input one", True),
        (r"\input{one.tex}", True),
        (r"\subfile{one}", True),
        (r"\import{./}{one}", True),
        (r"% \input{one}", False),
        (r"\iffalse \input{one} \fi", False),
        (r"\begin{verbatim}\input{one}\end{verbatim}", False),
    ],
)
def test_commands_that_include(command: str, seen: bool) -> None:
    shelf = Shelf(f"%! main.tex\n\\documentclass{{article}}\n{command}\n%! one.tex\n\\newcommand{{\\q}}{{Q}}\n")
    with surrounded(around("/w/main.tex", shelf.files["/w/main.tex"], shelf)):
        assert ("\\q" in reading_of(shelf.files["/w/main.tex"]).macros) is seen


def test_circles_and_missing_files_are_told_and_do_no_harm() -> None:
    shelf = Shelf("%! a.tex\n\\input{b}\\input{nowhere}\n%! b.tex\n\\input{a}\n\\newcommand{\\q}{Q}\n")
    text = shelf.files["/w/a.tex"]
    assert [p.message for p in problems("/w/a.tex", text, shelf)] == [
        "b.tex includes this file",
        "nowhere.tex is not in the workspace: looked for nowhere.tex and nowhere",
    ]
    assert [p.message for p in problems("/w/b.tex", shelf.files["/w/b.tex"], shelf)] == ["a.tex includes this file"]
    assert around("/w/a.tex", text, shelf).before


def test_a_file_that_includes_itself_is_told() -> None:
    shelf = Shelf("%! a.tex\n\\input{a}\n")
    assert [p.message for p in problems("/w/a.tex", shelf.files["/w/a.tex"], shelf)] == ["a.tex includes itself"]


def test_nothing_outside_the_workspace_is_read(tmp_path: Path) -> None:
    inside = tmp_path / "work"
    inside.mkdir()
    (tmp_path / "secret.tex").write_text("\\newcommand{\\s}{1}", encoding="utf-8")
    (inside / "link.tex").symlink_to(tmp_path / "secret.tex")
    (inside / "own.tex").write_text("own", encoding="utf-8")
    disk = Disk([inside])
    assert disk.text((inside / "own.tex").as_posix()) == "own"
    for path in (inside / "link.tex", tmp_path / "secret.tex", inside / ".." / "secret.tex", inside / "none.tex"):
        assert disk.text(path.as_posix()) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with names")
def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    """A pipe would be waited for, a device has no end."""
    os.mkfifo(tmp_path / "pipe.tex")
    (tmp_path / "folder.tex").mkdir()
    (tmp_path / "zero.tex").symlink_to("/dev/zero")
    (tmp_path / "round.tex").symlink_to(tmp_path / "round.tex")
    for folders in ([tmp_path], [tmp_path, Path("/dev")]):
        disk = Disk(folders)
        for name in ("pipe.tex", "folder.tex", "zero.tex", "round.tex"):
            assert disk.text((tmp_path / name).as_posix()) is None
        assert disk.text("/dev/zero") is None


def test_unsaved_texts_come_before_those_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "a.tex"
    path.write_text("old", encoding="utf-8")
    assert Disk([tmp_path], {path.as_posix(): "new"}.get).text(path.as_posix()) == "new"


def test_encodings() -> None:
    assert decoded("é".encode()) == decoded("é".encode("latin-1")) == decoded("\ufeffé".encode()) == "é"


def test_the_whole_of_a_document_is_what_stands_before_a_file_and_what_comes_later() -> None:
    shelf = Shelf(BOOK)

    def files(path: str) -> tuple[set[str], set[str]]:
        found = whole(path, shelf.files[path], shelf)
        before, later = ({p for p, _ in parts if p.endswith(".tex")} for parts in (found.before, found.after))
        return before, later

    assert files("/w/chapters/one.tex") == ({"/w/main.tex"}, {"/w/main.tex", "/w/chapters/two.tex"})
    assert files("/w/chapters/two.tex")[1] == {"/w/main.tex"}
    assert files("/w/main.tex")[1] == {"/w/chapters/one.tex", "/w/chapters/two.tex"}
