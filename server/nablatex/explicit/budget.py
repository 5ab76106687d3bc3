"""A limit on the time that one piece of work may take.

What counts is the time of the processor: on a busy machine nothing is too large that would not be too large on an idle
one.  Time on the wall ends it too, but only after several times as much.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SOON = 0.05
"""Seconds after which work that was in the middle of an import is stopped."""
AGAIN = 0.2
"""Seconds until the end is called out once more: Python swallows what is raised while it clears an object away."""
WALL = 3.0
"""How many times as long the work may take on the wall."""


def importing(frame: FrameType | None) -> bool:
    """Whether a module is being imported: one that is left half done would be broken for the rest of the process."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


class OutOfTime(BaseException):
    """Raised inside the work when its time is over; no handler of ordinary exceptions can swallow it."""


def timers() -> bool:
    """Whether work can be stopped here: in the main thread of a system that has interval timers (not on Windows)."""
    return threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer")


@contextmanager
def ringing(seconds: float, end: type[BaseException]) -> Iterator[None]:
    """Raises `end` in the body after so many seconds of the processor, or `WALL` times as many on the wall; alarms of a
    caller that are due earlier stay in force.  Where there are no `timers`, the body runs without a limit."""
    if not timers():
        yield
        return
    with (
        _alarm(signal.ITIMER_REAL, signal.SIGALRM, time.monotonic, WALL * seconds, end),
        _alarm(signal.ITIMER_PROF, signal.SIGPROF, time.process_time, seconds, end),
    ):
        yield


@contextmanager
def _alarm(
    timer: int, number: int, clock: Callable[[], float], seconds: float, end: type[BaseException]
) -> Iterator[None]:
    inside = True

    def ring(_number: int, frame: FrameType | None) -> None:
        if inside and importing(frame):
            signal.setitimer(timer, SOON)
        elif inside:
            raise end

    outer, every = signal.getitimer(timer)
    if 0 < outer <= seconds:
        yield
        return
    begun = clock()
    before = signal.signal(number, ring)
    signal.setitimer(timer, seconds, AGAIN)
    try:
        yield
    finally:
        inside = False
        signal.setitimer(timer, 0)
        signal.signal(number, before)
        if outer:
            signal.setitimer(timer, max(0.001, outer - (clock() - begun)), every)


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raises OutOfTime in the body after so many seconds of the processor; an earlier alarm of a caller stays in force."""
    with ringing(seconds, OutOfTime):
        yield


__all__ = ["SOON", "OutOfTime", "importing", "limited", "ringing", "timers"]
