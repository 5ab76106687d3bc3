"""Documents checked side by side: here, on the cores of this machine, or on a Dask cluster.  The same report each time.

Results come in the order of the documents.  A process that dies takes nothing with it: its documents are checked
again, a document that kills its process every time is named.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import Any

from nablatex.features.around import Around, surrounded
from nablatex.features.check import check_document
from nablatex.features.model import Settings, Statement

BUDGET = 600.0
"""Seconds for a document."""
ATTEMPTS = 3
WORTHWHILE = 200_000
"""Characters in all from which processes of their own are worth their start."""


@dataclass(frozen=True, slots=True)
class Given:
    """A document to check."""

    path: str
    text: str
    around: Around = field(default_factory=Around)


@dataclass(frozen=True, slots=True)
class Document:
    path: str
    text: str
    statements: tuple[Statement, ...]
    failure: str = ""


Progress = Callable[[int, int], None]


def check_one(given: Given, settings: Settings) -> tuple[Statement, ...]:
    with surrounded(given.around):
        return check_document(given.text, settings, given.around.host, None, BUDGET)


def cores(asked: int | None, documents: Sequence[Given]) -> int:
    """How many processes: as asked, else one for each core where that is worth while."""
    if asked is not None:
        return max(1, min(asked, len(documents)))
    if sum(len(g.text) for g in documents) < WORTHWHILE:
        return 1
    return max(1, min(os.cpu_count() or 1, len(documents)))


def on_cores(
    documents: Sequence[Given], settings: Settings, jobs: int, tell: Progress | None = None
) -> Iterator[Document]:
    """Each document checked, in order, by so many processes at once.  Closing the iterator ends them."""
    results: dict[int, tuple[Statement, ...] | str] = {}
    attempts = dict.fromkeys(range(len(documents)), 0)
    given = 0
    while given < len(documents):
        left = [k for k in range(given, len(documents)) if k not in results]
        # a document that was there when a process died is tried by itself, so that others do not die with it
        suspects = [k for k in left if attempts[k]]
        chosen = suspects[:1] or left
        pool = ProcessPoolExecutor(min(jobs, len(chosen)), multiprocessing.get_context("spawn"))
        try:
            running = {pool.submit(check_one, documents[k], settings): k for k in chosen[: 2 * jobs]}
            waiting = chosen[2 * jobs :]
            while running:
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    results[running.pop(future)] = _result(future)
                    if waiting:
                        k = waiting.pop(0)
                        running[pool.submit(check_one, documents[k], settings)] = k
                if tell is not None:
                    tell(len(results), len(documents))
                while given in results:
                    yield _document(documents[given], results[given])
                    given += 1
            pool.shutdown()
        except BrokenProcessPool:
            for k in chosen:
                if k not in results:
                    attempts[k] += 1
                    if attempts[k] >= ATTEMPTS:
                        results[k] = "the process that checked it died"
        finally:
            _end(pool)
        while given in results:
            yield _document(documents[given], results[given])
            given += 1


def _result(future: Future[tuple[Statement, ...]]) -> tuple[Statement, ...] | str:
    try:
        return future.result()
    except BrokenProcessPool:
        raise
    except Exception as error:
        return f"{type(error).__name__} while it was checked"


def _document(given: Given, result: tuple[Statement, ...] | str) -> Document:
    if isinstance(result, str):
        return Document(given.path, given.text, (), result)
    return Document(given.path, given.text, result)


def _end(pool: ProcessPoolExecutor) -> None:
    """No process goes on with what nobody waits for."""
    pool.shutdown(wait=False, cancel_futures=True)
    for process in multiprocessing.active_children():
        process.terminate()


def on_cluster(
    documents: Sequence[Given], settings: Settings, scheduler: str, tell: Progress | None = None
) -> Iterator[Document]:
    """The same on the cluster of a Dask scheduler (``tcp://host:8786`` or a scheduler file).

    OSError where there is none; ImportError where Dask is not installed.  A worker that dies is none of our concern:
    the scheduler gives its documents to others.
    """
    from distributed import Client

    how: dict[str, Any] = {"address": scheduler}
    if scheduler.endswith(".json"):
        open(scheduler, encoding="utf-8").close()  # Dask would wait for it to appear
        how = {"scheduler_file": scheduler}
    client: Any = Client(**how, timeout=10, set_as_default=False)
    with client:
        futures = [client.submit(check_one, g, settings, pure=False, retries=ATTEMPTS) for g in documents]
        for k, (given, future) in enumerate(zip(documents, futures, strict=True)):
            try:
                result: tuple[Statement, ...] | str = future.result()
            except Exception as error:  # the cluster's or the document's own
                result = f"{type(error).__name__} while it was checked"
            if tell is not None:
                tell(k + 1, len(documents))
            yield _document(given, result)


__all__ = ["Document", "Given", "check_one", "cores", "on_cluster", "on_cores"]
