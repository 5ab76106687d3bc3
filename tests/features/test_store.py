"""Verdicts on disk: judged once, whoever asks; and whatever happens to the file, the same verdicts as without it."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nablatex.features.check as check_module
import pytest
from nablatex.features.check import READINGS, VERDICTS, check_document
from nablatex.features.model import Settings
from nablatex.features.store import Store, canonical, folder
from nablatex.latex.parse import parse

PAGE = r"""Let $x, a \in \mathbb{R}^n$ and $A \in \mathbb{R}^{n\times n}$.
\[ \nabla_x a^\top x = a \]
\[ \nabla_x x^\top A x = (A + A^\top) x \]
\[ \nabla_x a^\top x = 2 a \]
"""
VERDICTS_OF_PAGE = ["proved", "proved", "fails"]


@pytest.fixture(autouse=True)
def cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    yield tmp_path / "nablatex"
    VERDICTS.on_disk(False)


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The claims that the engine is asked for."""
    out: list[str] = []
    work = check_module.check_claim

    def noting(left: Any, right: Any, *rest: Any, **options: Any) -> Any:
        out.append(canonical(right))
        return work(left, right, *rest, **options)

    monkeypatch.setattr(check_module, "check_claim", noting)
    return out


def verdicts(cache: bool = True) -> list[str | None]:
    """Of the page, as a process that has just started finds them."""
    VERDICTS.on_disk(False)
    VERDICTS.found.clear()
    READINGS.kept.clear()
    return [s.verdict for s in check_document(PAGE, Settings(cache=cache)) if s.kind == "claim"]


def test_what_holds_is_judged_once_and_what_does_not_each_time(judged: list[str], cache_folder: Path) -> None:
    assert verdicts() == VERDICTS_OF_PAGE
    asked = len(judged)
    judged.clear()
    assert verdicts() == VERDICTS_OF_PAGE
    assert 0 < len(judged) < asked
    assert all("'2'" in right or "2" in right for right in judged)
    assert cache_folder == folder() and cache_folder.stat().st_mode & 0o077 == 0


def test_nothing_is_written_unless_it_is_asked_for(cache_folder: Path) -> None:
    assert verdicts(cache=False) == VERDICTS_OF_PAGE
    assert not cache_folder.exists()


def test_no_text_of_the_document_is_written(cache_folder: Path) -> None:
    verdicts()
    VERDICTS.on_disk(False)
    assert all(b"nabla_x" not in f.read_bytes() and b"\\top" not in f.read_bytes() for f in cache_folder.iterdir())


@pytest.mark.parametrize("content", [b"", b"not a table at all " * 500, b"SQLite format 3\x00" + b"\xff" * 3000])
def test_a_broken_file_is_replaced(cache_folder: Path, judged: list[str], content: bytes) -> None:
    cache_folder.mkdir()
    (cache_folder / "verdicts-1.sqlite").write_bytes(content)
    assert verdicts() == VERDICTS_OF_PAGE
    judged.clear()
    assert verdicts() == VERDICTS_OF_PAGE
    assert judged and len(judged) < 3


def test_lies_in_the_file_that_are_no_verdicts_are_passed_over(judged: list[str]) -> None:
    verdicts()
    count = len(judged)
    for lie in ('["fails", "x", "denominator", {}]', '{"a": 1}', "7", "[", '["proved", 1, 2, 3]'):
        store = VERDICTS.store
        assert store is not None and store.table is not None
        store.table.execute("UPDATE verdict SET value = ?", (lie,))
        judged.clear()
        assert verdicts() == VERDICTS_OF_PAGE
        assert len(judged) == count


def test_a_folder_that_cannot_be_made_means_no_cache(tmp_path: Path) -> None:
    (tmp_path / "nablatex").write_text("a file is in the way")
    assert verdicts() == VERDICTS_OF_PAGE


def test_a_table_that_cannot_be_written_is_read(judged: list[str]) -> None:
    verdicts()
    judged.clear()
    VERDICTS.on_disk(False)
    VERDICTS.store = Store()
    assert VERDICTS.store.table is not None
    VERDICTS.store.table.execute("PRAGMA query_only = ON")
    VERDICTS.found.clear()
    READINGS.kept.clear()
    found = [s.verdict for s in check_document(PAGE + "\n\\[ \\nabla_x x^\\top x = 2 x \\]", Settings(cache=True))]
    assert [v for v in found if v] == [*VERDICTS_OF_PAGE, "proved"]


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="needs limits on the size of files")
def test_a_full_disk_means_that_nothing_is_kept() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, old[1]))
    try:
        found = verdicts()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
    assert found == VERDICTS_OF_PAGE


def test_two_processes_at_once_write_and_read_one_table(tmp_path: Path) -> None:
    pages = []
    for k in (1, 2):
        pages.append(tmp_path / f"page{k}.tex")
        claims = "".join(f"\\[ \\nabla_x {j} a^\\top x = {j} a \\]\n" for j in range(k, 40, k))
        pages[-1].write_text(PAGE.split("\\[")[0] + claims, encoding="utf-8")
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "nablatex.cli.main", "check", "--cache"]
    both = [subprocess.Popen([*command, str(p)], stdout=subprocess.PIPE, env=environment) for p in pages]
    assert [(p.communicate()[0] != b"", p.returncode) for p in both] == [(True, 0), (True, 0)]
    table = Store(tmp_path / "nablatex").table  # a row that another process was in the way of is not waited for
    assert table is not None and table.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert table.execute("SELECT COUNT(*) FROM verdict").fetchone()[0]
    assert verdicts() == VERDICTS_OF_PAGE


def test_keys_are_the_same_in_every_process_and_tell_apart_what_differs() -> None:
    formulas = ["a^T X b", "a^T  X b", "a^T X c", "a + b", "(a)(b)", "\\mathbf{a}", "a_1", "a_{12}"]
    keys = [canonical((parse(f).tree, frozenset(("x", "y", "z")), 1.5, None)) for f in formulas]
    assert keys[0] == keys[1] and len(set(keys)) == len(keys) - 1
    code = (
        "from nablatex.latex.parse import parse; from nablatex.features.store import canonical; "
        "print(canonical((parse('a^T X b').tree, frozenset(('x', 'y', 'z')), 1.5, None)))"
    )
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
        assert done.stdout.strip() == keys[0]
