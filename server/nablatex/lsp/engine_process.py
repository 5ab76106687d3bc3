"""What runs in the engine's process: questions in, answers out, each of which can be stopped in the middle.

A thread listens, so that a stop arrives while the main thread works; it raises `Stopped` there.  The process ends with
its parent, ends itself when its memory has grown, and is limited in the memory that it can ask for.
"""

from __future__ import annotations

import _thread
import contextlib
import importlib
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from types import FrameType
from typing import Any

from nablatex.features.around import Around, surrounded
from nablatex.features.budget import SOON, OutOfTime, untimely
from nablatex.features.collection import seldom_collect
from nablatex.lsp.texts import Receiver

MEMORY = 3 << 30
"""Bytes of address space; libraries and their thread stacks reserve much that they never touch."""
RECYCLE = 700 << 20
"""Resident bytes after which the process is replaced by a fresh one."""


AGAIN = 0.2
"""Seconds until a stop is repeated: Python swallows what is raised while it clears an object away."""


class Stopped(BaseException):
    """The question is not wanted any more."""


class Engine:
    """The loop of the process."""

    def __init__(self, connection: Connection, features: Mapping[str, tuple[str, str]]) -> None:
        self.connection = connection
        self.features = features
        self.inbox: queue.SimpleQueue[tuple[Any, ...]] = queue.SimpleQueue()
        self.stopped: set[int] = set()
        self.running: int | None = None
        self.texts = Receiver()

    def run(self) -> None:
        signal.signal(signal.SIGINT, self.interrupted)
        sys.unraisablehook = unless_stopped(sys.unraisablehook)
        functions = {name: getattr(importlib.import_module(module), f) for name, (module, f) in self.features.items()}
        threading.Thread(target=self.listen, daemon=True).start()
        self.connection.send(("ready",))
        while True:
            number, name, parcel, arguments = self.inbox.get()
            text = self.texts.unpack(parcel)
            answer, last = self.answer(number, functions[name], text, arguments)
            last = last or resident() > RECYCLE
            self.connection.send((number, *answer, last))
            if last:
                return

    def listen(self) -> None:
        """Takes messages as they come: ("ask", number, …) and ("stop", number)."""
        while True:
            try:
                while self.running in self.stopped and not self.connection.poll(AGAIN):
                    interrupt()
                kind, number, *rest = self.connection.recv()
            except (EOFError, OSError):
                os._exit(0)  # the parent is gone, whatever is being worked out
            if kind == "ask":
                self.inbox.put((number, *rest))
            else:
                self.stopped.add(number)
                if self.running == number:
                    interrupt()

    def interrupted(self, _signal: int, frame: FrameType | None) -> None:
        """Also what Ctrl-C in a terminal does; that is for the parent.  An import is let finish first."""
        if self.running in self.stopped and untimely(frame):
            threading.Timer(SOON, interrupt).start()
        elif self.running in self.stopped:
            raise Stopped

    def answer(self, number: int, function: Any, text: str, arguments: tuple[Any, ...]) -> tuple[tuple[str, Any], bool]:
        """What to answer, and whether it is the last answer of this process."""
        try:
            try:
                self.running = number
                if number in self.stopped:
                    raise Stopped
                around = arguments[-1] if arguments and isinstance(arguments[-1], Around) else Around()
                given = (*arguments[:-1], around.host) if arguments and arguments[-1] is around else arguments
                with surrounded(around):
                    return ("ok", function(text, *given)), False
            finally:
                self.running = None
                self.stopped.difference_update([n for n in [*self.stopped] if n <= number])
        except Stopped:
            return ("stopped", None), False
        except MemoryError:
            return ("error", "MemoryError"), True
        except Exception as error:  # one question's bug is its own; its words may quote the document
            return ("error", f"{type(error).__name__} in {place_of(error)}"), False


def unless_stopped(hook: Callable[[Any], object]) -> Callable[[Any], None]:
    """Nothing is said of a stop that Python swallowed: it is repeated."""

    def said(what: Any) -> None:
        if not issubclass(what.exc_type, (Stopped, OutOfTime)):
            hook(what)

    return said


def interrupt() -> None:
    """Makes the main thread handle an interrupt, also while it waits for the system."""
    main = threading.main_thread().ident
    if hasattr(signal, "pthread_kill") and main is not None:
        signal.pthread_kill(main, signal.SIGINT)
    else:
        _thread.interrupt_main()


def place_of(error: BaseException) -> str:
    """File and line where an error was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "?"
    return f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"


def resident() -> int:
    """Bytes of memory in use; 0 where the system does not say."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return 0


def confine(memory: int) -> None:
    """One thread for each library, and an end to memory, where the system can."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
        os.environ.setdefault(name, "1")
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        limit = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def serve(connection: Connection, features: Mapping[str, tuple[str, str]], memory: int = MEMORY) -> None:
    """The process: confined, with nothing of its own on standard output, which the protocol owns."""
    sys.stdout = sys.stderr
    with contextlib.suppress(OSError):
        os.dup2(2, 1)
    confine(memory)
    seldom_collect()
    Engine(connection, features).run()
