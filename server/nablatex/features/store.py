"""Verdicts on disk, for those who want them from one run to the next: what holds is not judged again.

Off unless it is asked for.  Only claims that were proved or found to hold are kept, by a digest of all that the verdict
depends on, the sources of the engine among it; no text of a document is written.  Whatever goes wrong with the file
(it is read-only, broken, locked, the disk is full), there is nothing in it, and nothing is kept.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nablatex
from nablatex.algebra.dims import Dim

if TYPE_CHECKING:
    import sqlite3

MAX_ROWS = 50_000
WAIT = 0.1
"""Seconds to wait while another process writes."""
GOOD = ("proved", "holds")
Entry = tuple[str, str, str, dict[str, Any]]
"""Verdict, message, layout, evidence."""


def folder() -> Path:
    """The user's folder for what can be made again, as the system has it."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "nablatex"


class Unwritable(Exception):
    """A key holds what has no canonical form."""


@lru_cache(maxsize=1)
def edition() -> str:
    """The version, and the state of the sources: a verdict of another edition is none."""
    root = Path(nablatex.__file__).parent
    stats = [(p.relative_to(root).as_posix(), p.stat()) for p in sorted(root.rglob("*.py"))]
    marks = [(name, s.st_size, s.st_mtime_ns) for name, s in stats]
    return blake2b(repr((nablatex.__version__, marks)).encode(), digest_size=16).hexdigest()


def digest(key: object) -> bytes:
    """A key of `Verdicts` as bytes: equal for equal keys in any process.  Unwritable where that cannot be."""
    return blake2b(f"{edition()} {canonical(key)}".encode("utf-8", "surrogatepass"), digest_size=20).digest()


def canonical(value: object) -> str:
    """What counts for equality, written out; sets and mappings in a fixed order."""
    if value is None or isinstance(value, (str, int, float, Fraction)):
        return repr(value)
    if isinstance(value, (tuple, list)):
        return f"({','.join(map(canonical, value))})"
    if isinstance(value, (set, frozenset)):
        return f"{{{','.join(sorted(map(canonical, value)))}}}"
    if isinstance(value, Mapping):
        return f"{{{','.join(sorted(f'{canonical(k)}:{canonical(v)}' for k, v in value.items()))}}}"
    if isinstance(value, Dim):
        return f"Dim{canonical(value.terms)}"
    if is_dataclass(value):
        parts = (canonical(getattr(value, f.name)) for f in fields(value) if f.compare)
        return f"{type(value).__name__}({','.join(parts)})"
    raise Unwritable(type(value).__name__)


class Store:
    """A table of verdicts in a file that several processes may use at once."""

    def __init__(self, where: Path | None = None) -> None:
        self.where = where or folder()
        self.table: sqlite3.Connection | None = None
        for _ in range(2):
            try:
                self.table = self._open()
                return
            except ValueError:  # what is there is no table
                with contextlib.suppress(OSError):
                    self.path.unlink()
            except OSError:
                return

    @property
    def path(self) -> Path:
        return self.where / "verdicts-1.sqlite"

    def _open(self) -> sqlite3.Connection:
        """OSError where there can be no file, ValueError where it is broken."""
        import sqlite3  # loaded only by those who want it

        self.where.mkdir(mode=0o700, parents=True, exist_ok=True)
        table: sqlite3.Connection | None = None
        try:
            table = sqlite3.connect(self.path, timeout=WAIT, isolation_level=None)
            table.execute("PRAGMA journal_mode = WAL")
            table.execute("PRAGMA synchronous = OFF")
            table.execute("CREATE TABLE IF NOT EXISTS verdict (key BLOB PRIMARY KEY, value TEXT) WITHOUT ROWID")
            (count,) = table.execute("SELECT COUNT(*) FROM verdict").fetchone()
            if count > MAX_ROWS:  # digests are random: half of the rows, whichever, are as good as any
                table.execute("DELETE FROM verdict WHERE key < X'80'")
            return table
        except sqlite3.Error as error:
            if table is not None:
                table.close()
            if isinstance(error, sqlite3.OperationalError):
                raise OSError("the cache cannot be opened") from error
            raise ValueError("the cache is broken") from error

    def get(self, key: object) -> Entry | None:
        if self.table is None:
            return None
        import sqlite3

        try:
            row = self.table.execute("SELECT value FROM verdict WHERE key = ?", (digest(key),)).fetchone()
            name, message, layout, evidence = json.loads(row[0]) if row is not None else (None,) * 4
        except (sqlite3.Error, Unwritable, ValueError, TypeError):
            return None
        if name not in GOOD or not (
            isinstance(message, str) and isinstance(layout, str) and isinstance(evidence, dict)
        ):
            return None
        return name, message, layout, evidence

    def put(self, key: object, entry: Entry) -> None:
        """Keeps what holds, as far as JSON can say it."""
        if self.table is None or entry[0] not in GOOD:
            return
        import sqlite3

        with contextlib.suppress(sqlite3.Error, Unwritable, ValueError, TypeError):
            value = json.dumps(entry)
            if json.loads(value)[3] == entry[3]:
                self.table.execute("INSERT OR REPLACE INTO verdict VALUES (?, ?)", (digest(key), value))

    def close(self) -> None:
        if self.table is not None:
            self.table.close()
            self.table = None


__all__ = ["Store", "canonical", "digest", "folder"]
