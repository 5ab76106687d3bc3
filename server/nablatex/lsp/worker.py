"""The engine's own process, seen from the process that talks to the editor, which never computes mathematics.

One process, one question at a time, the most urgent first, each with a budget.  A question that is cancelled, or asked
anew about a newer text, is stopped in the middle; one that is in the way of a more urgent one is stopped and asked
again.  A process that dies or does not stop is replaced, and nothing is lost but the question that it was at.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nablatex.lsp.deadline import Deadline
from nablatex.lsp.texts import Sender

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

log = logging.getLogger(__name__)

FEATURES = {
    "check": ("nablatex.features.check", "check_document"),
    "diagnose": ("nablatex.features.diagnose", "diagnose"),
    "hover": ("nablatex.features.hover", "hover"),
    "inlay": ("nablatex.features.inlay", "inlays"),
    "actions": ("nablatex.features.actions", "actions"),
    "complete": ("nablatex.features.completion", "complete"),
    "evaluate": ("nablatex.features.evaluate", "evaluate_at"),
    "explain": ("nablatex.features.completion", "explain"),
    "lenses": ("nablatex.features.lens", "lenses"),
    "lens_title": ("nablatex.features.lens", "lens_title"),
    "code": ("nablatex.features.programs", "program_at"),
    "panel": ("nablatex.features.panel", "panel"),
    "definition": ("nablatex.features.navigation", "definition"),
    "references": ("nablatex.features.navigation", "references"),
    "highlights": ("nablatex.features.navigation", "highlights"),
    "prepare": ("nablatex.features.navigation", "prepare"),
    "renamed": ("nablatex.features.navigation", "renamed"),
    "known": ("nablatex.features.navigation", "known"),
    "resolve": ("nablatex.features.actions", "resolve"),
}
"""What a worker can be asked: name → module and function, which takes a text first."""

BUDGET = 10.0
GRACE = 1.0
"""Seconds of the processor that a question may take, and to stop when it is told to."""
START = 60.0
SMALL = 16_384
"""Characters that a process takes in without reading them."""
AGAIN = 20
"""How often a question makes way for more urgent ones."""
URGENT, EDITED, SEEN, REST = range(4)
"""Priorities: what the author asks for now, where she writes, what she sees, everything else."""


@dataclass(slots=True, eq=False)
class Request:
    number: int
    name: str
    text: str
    arguments: tuple[Any, ...]
    key: object
    priority: int
    budget: float
    future: Future[Any] = field(default_factory=Future)
    yielded: int = 0
    dropped: bool = False
    sent: bool = False
    halted: bool = False
    """Whether the process has it; whether it was to be stopped."""

    def answer(self, value: Any) -> None:
        if self.future.set_running_or_notify_cancel():
            self.future.set_result(value)


class Worker:
    """Submits requests to the worker process and keeps that process alive."""

    def __init__(self, budget: float = BUDGET, features: Mapping[str, tuple[str, str]] = FEATURES) -> None:
        self.budget = budget
        self.features = dict(features)
        self.waiting: list[Request] = []
        self.running: Request | None = None
        self.changed = threading.Condition(threading.RLock())
        self.closed = False
        self.count = 0
        self.process: Any = None
        self.connection: Connection | None = None
        self.texts = Sender()
        self.thread = threading.Thread(target=self._run, name="nablatex-worker", daemon=True)
        self.started = False

    def start(self) -> None:
        """Starts the process in the background; safe to call more than once."""
        with self.changed:
            if not self.started:
                self.started = True
                self.thread.start()

    def submit(
        self,
        name: str,
        text: str,
        *arguments: Any,
        key: object = None,
        first: bool = False,
        priority: int | None = None,
    ) -> Future[Any]:
        """A future of the answer; None where there is none (died, out of time, superseded).  Cancelling it stops the
        work.  first: asked for by the author just now."""
        self.start()
        if priority is None:
            priority = URGENT if first else SEEN
        with self.changed:
            self.count += 1
            request = Request(self.count, name, text, arguments, key, priority, self.budget)
            for old in [*self.waiting, *([self.running] if self.running is not None else [])]:
                # the same question about a newer text; about the same text both askers get their answer
                if key is not None and old.key == key and old.text != text:
                    self._drop(old)
            self.waiting.append(request)
            if self.closed:
                self._drop(request)
            running = self.running
            if running is not None and running.priority > priority and running.yielded < AGAIN:
                running.yielded += 1
                self._halt(running)
            self.changed.notify()
        request.future.add_done_callback(lambda f: self._cancelled(request) if f.cancelled() else None)
        return request.future

    def _cancelled(self, request: Request) -> None:
        with self.changed:
            self._drop(request)

    def _drop(self, request: Request) -> None:
        """Nobody wants this answer any more."""
        request.dropped = True
        if request in self.waiting:
            self.waiting.remove(request)
            request.answer(None)
        elif request is self.running:
            self._halt(request)

    def _halt(self, request: Request) -> None:
        """Tells the process to stop; later, where the question is still on its way."""
        request.halted = True
        with contextlib.suppress(OSError, ValueError):
            if request.sent and self.connection is not None:
                self.connection.send(("stop", request.number))

    def close(self) -> None:
        with self.changed:
            self.closed = True
            self.changed.notify()
        self._kill()

    # ---- the thread

    def _run(self) -> None:
        self._spawn()  # warm before the first request
        while not self.closed:
            with self.changed:
                while not self.waiting and not self.closed:
                    self.changed.wait()
                if self.closed:
                    break
                request = min(self.waiting, key=lambda r: (r.priority, r.number))
                self.waiting.remove(request)
                self.running = request
                request.sent = request.halted = False
            # only a request starts a process anew: one that cannot start must not be tried without end
            if self.process is None or not self.process.is_alive():
                self._spawn()
            kind, value = self._ask(request)
            with self.changed:
                self.running = None
                if kind == "stopped" and not request.dropped and not request.future.cancelled():
                    self.waiting.append(request)  # it made way, and goes on from what is cached
                    continue
            request.answer(value)
        self._kill()
        with self.changed:
            while self.waiting:
                self.waiting.pop().answer(None)

    def _spawn(self) -> None:
        self._kill()
        import multiprocessing  # takes time that the first answer to the client must not wait for

        from nablatex.lsp.engine_process import serve

        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        process = context.Process(target=serve, args=(there, self.features), daemon=True)
        self.process = process
        try:
            process.start()
            there.close()
            if not here.poll(START) or here.recv() != ("ready",):
                raise EOFError
            self.texts = Sender()
            self.connection = here
        except (EOFError, OSError):
            if not self.closed:
                log.error("the engine's process did not start")
            self._kill()

    def _ask(self, request: Request) -> tuple[str, Any]:
        """("ok", value), ("stopped", None) or ("none", None)."""
        connection = self.connection
        if connection is None:
            return "none", None
        try:
            if request.dropped:
                return "none", None
            self._send(connection, request)
            with self.changed:  # a stop is sent from other threads
                request.sent = True
                if request.halted:
                    self._halt(request)
            return self._await(connection, request)
        except (EOFError, OSError):
            if not self.closed:
                log.warning("the engine's process ended during %s: it is restarted", request.name)
            self._kill()
            return "none", None

    def _send(self, connection: Connection, request: Request) -> None:
        """Not under the lock: a process that does not take what it is sent must not keep others from asking."""
        parcel = self.texts.pack(request.text)
        watch: threading.Timer | None = None
        process = self.process
        if process is not None and isinstance(parcel[-1], str) and len(parcel[-1]) > SMALL:
            watch = threading.Timer(request.budget + GRACE, process.kill)
            watch.daemon = True
            watch.start()
        try:
            connection.send(("ask", request.number, request.name, parcel, request.arguments))
        finally:
            if watch is not None:
                watch.cancel()

    def _await(self, connection: Connection, request: Request) -> tuple[str, Any]:
        pid = getattr(self.process, "pid", None)  # none once the worker is closed
        deadline = Deadline(pid, request.budget)
        out_of_time = False
        while True:
            if not connection.poll(deadline.left()):
                if deadline.left():  # on a busy machine the process was kept waiting itself
                    continue
                if out_of_time:
                    log.warning("%s does not stop: the engine's process is restarted", request.name)
                    self._kill()
                    return "none", None
                log.warning("%s took longer than %.0f s: it is stopped", request.name, request.budget)
                out_of_time, deadline = True, Deadline(pid, GRACE)
                with self.changed:
                    self._halt(request)
                continue
            number, kind, value, last = connection.recv()
            if last:  # it has grown: a fresh one takes over
                self._kill()
                self._spawn()
            if number == request.number:
                break
        if kind == "error":
            log.error("%s failed: %s", request.name, value)
        if kind == "ok":
            return "ok", value
        return ("stopped" if kind == "stopped" and not out_of_time else "none"), None

    def _kill(self) -> None:
        process, self.process = self.process, None
        connection, self.connection = self.connection, None
        with contextlib.suppress(OSError, ValueError, AttributeError):
            if process is not None:
                process.kill()
                process.join(1)
            if connection is not None:
                connection.close()
