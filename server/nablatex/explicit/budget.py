"""A limit on the time that one piece of symbolic work may take."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SOON = 0.05
"""Seconds after which work that was in the middle of an import is stopped."""


def importing(frame: FrameType | None) -> bool:
    """Whether a module is being imported: one that is left half done would be broken for the rest of the process."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


AGAIN = 0.2
"""Seconds until the end is called out once more: Python swallows what is raised while it clears an object away."""


class OutOfTime(BaseException):
    """Raised inside the work when its time is over; no handler of ordinary exceptions can swallow it."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raises OutOfTime in the body after so many seconds; a caller's own alarm that is due earlier stays in force.

    It needs the main thread and a system with interval timers; elsewhere the body runs without this limit, and the
    worker's own budget, which ends the process, is what remains.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        if importing(frame):
            signal.setitimer(signal.ITIMER_REAL, SOON)
            return
        raise OutOfTime

    outer, every = signal.getitimer(signal.ITIMER_REAL)
    if 0 < outer <= seconds:
        yield
        return
    start = time.monotonic()
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if outer:
            signal.setitimer(signal.ITIMER_REAL, max(0.001, outer - (time.monotonic() - start)), every)
