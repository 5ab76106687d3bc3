"""The engine's own process: the process that talks to the editor never computes mathematics.

One worker, one request at a time, each with a budget; a worker that dies or exceeds it is replaced, and the request
answers None.  A newer request with the same key supersedes one that still waits.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import multiprocessing
import os
import sys
import threading
from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

log = logging.getLogger(__name__)

FEATURES = {
    "check": ("nablatex.features.check", "check_document"),
    "hover": ("nablatex.features.hover", "hover"),
    "inlay": ("nablatex.features.inlay", "inlays"),
    "actions": ("nablatex.features.actions", "actions"),
    "complete": ("nablatex.features.completion", "complete"),
    "explain": ("nablatex.features.completion", "explain"),
    "lenses": ("nablatex.features.lens", "lenses"),
    "lens_title": ("nablatex.features.lens", "lens_title"),
    "code": ("nablatex.features.programs", "program_at"),
    "panel": ("nablatex.features.panel", "panel"),
    "definition": ("nablatex.features.navigation", "definition"),
    "references": ("nablatex.features.navigation", "references"),
    "prepare": ("nablatex.features.navigation", "prepare"),
    "renamed": ("nablatex.features.navigation", "renamed"),
    "known": ("nablatex.features.navigation", "known"),
    "resolve": ("nablatex.features.actions", "resolve"),
}
"""What a worker can be asked: name → module and function."""

BUDGET = 10.0
START = 30.0


def serve(connection: Connection, features: Mapping[str, tuple[str, str]]) -> None:
    """The worker's loop: (name, arguments) in, ("ok", result) or ("error", words) out."""
    sys.stdout = sys.stderr  # the protocol owns standard output, also against libraries that write to it in C
    with contextlib.suppress(OSError):
        os.dup2(2, 1)
    functions = {name: getattr(importlib.import_module(module), f) for name, (module, f) in features.items()}
    connection.send(("ready", None))
    while True:
        try:
            name, arguments = connection.recv()
        except (EOFError, OSError):
            return
        try:
            answer: tuple[str, Any] = ("ok", functions[name](*arguments))
        except Exception as error:  # one request's bug is its own
            answer = ("error", f"{type(error).__name__}: {error}")
        connection.send(answer)


@dataclass(slots=True)
class Request:
    name: str
    arguments: tuple[Any, ...]
    key: object
    budget: float
    future: Future[Any] = field(default_factory=Future)


class Worker:
    """Submits requests to the worker process and keeps that process alive."""

    def __init__(self, budget: float = BUDGET, features: Mapping[str, tuple[str, str]] = FEATURES) -> None:
        self.budget = budget
        self.features = dict(features)
        self.waiting: deque[Request] = deque()
        self.changed = threading.Condition()
        self.closed = False
        self.process: Any = None
        self.connection: Connection | None = None
        self.thread = threading.Thread(target=self._run, name="nablatex-worker", daemon=True)
        self.started = False

    def start(self) -> None:
        """Starts the process in the background; safe to call more than once."""
        with self.changed:
            if not self.started:
                self.started = True
                self.thread.start()

    def submit(self, name: str, *arguments: Any, key: object = None, first: bool = False) -> Future[Any]:
        """A future of the answer; None where there is none (died, out of time, superseded)."""
        self.start()
        request = Request(name, arguments, key, self.budget)
        with self.changed:
            if key is not None:
                # the same question about a newer text; about the same text both askers get their answer
                for old in [r for r in self.waiting if r.key == key and r.arguments[:1] != arguments[:1]]:
                    self.waiting.remove(old)
                    if old.future.set_running_or_notify_cancel():
                        old.future.set_result(None)
            if first:
                self.waiting.appendleft(request)
            else:
                self.waiting.append(request)
            self.changed.notify()
        return request.future

    def close(self) -> None:
        with self.changed:
            self.closed = True
            self.changed.notify()
        self._kill()

    def _run(self) -> None:
        self._spawn()  # warm before the first request
        while not self.closed:
            with self.changed:
                while not self.waiting and not self.closed:
                    self.changed.wait()
                if self.closed:
                    break
                request = self.waiting.popleft()
            if not request.future.set_running_or_notify_cancel():
                continue
            # only a request starts a process anew: one that cannot start must not be tried without end
            if self.process is None or not self.process.is_alive():
                self._spawn()
            request.future.set_result(self._ask(request))
        self._kill()
        with self.changed:
            while self.waiting:
                left = self.waiting.popleft()
                if left.future.set_running_or_notify_cancel():
                    left.future.set_result(None)

    def _spawn(self) -> None:
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        self.process = context.Process(target=serve, args=(there, self.features), daemon=True)
        try:
            self.process.start()
            there.close()
            if not here.poll(START) or here.recv()[0] != "ready":
                raise EOFError
            self.connection = here
        except (EOFError, OSError):
            if not self.closed:
                log.error("the engine's process did not start")
            self._kill()

    def _ask(self, request: Request) -> Any:
        connection = self.connection
        try:
            if connection is None:
                return None
            connection.send((request.name, request.arguments))
            if not connection.poll(request.budget):
                log.warning(
                    "%s took longer than %.0f s: the engine's process is restarted", request.name, request.budget
                )
                self._kill()
                return None
            kind, value = connection.recv()
        except (EOFError, OSError):
            if not self.closed:
                log.warning("the engine's process ended during %s: it is restarted", request.name)
            self._kill()
            return None
        if kind == "error":
            log.error("%s failed: %s", request.name, value)
            return None
        return value

    def _kill(self) -> None:
        process, self.process = self.process, None
        self.connection = None
        if process is not None:
            with contextlib.suppress(OSError, ValueError, AttributeError):
                process.kill()
                process.join(1)
