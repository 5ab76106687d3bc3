"""A limit on the time that one piece of work may take.

What counts is the time of the processor: on a busy machine nothing is too large that would not be too large on an idle
one.  Time on the wall ends it too, but only after several times as much.
"""

from __future__ import annotations

import signal
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SOON = 0.05
"""Seconds after which work is stopped that it would be untimely to stop."""
AGAIN = 0.2
"""Seconds until the end is called out once more: Python swallows what is raised while it clears an object away."""
WALL = 10.0
"""How many times as long the work may take on the wall."""


def untimely(frame: FrameType | None) -> bool:
    """Whether a module is being imported, which would be broken for the rest of the process if it were left half done, or
    a weak reference is being cleared away, where Python swallows what is raised and complains of it."""
    while frame is not None:
        if frame.f_code.co_filename.startswith(("<frozen importlib", weakref.__file__)):
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
    rung = (-1e9, -1e9)
    inside = True

    def ring(number: int, frame: FrameType | None) -> None:
        nonlocal rung
        spent, passed = time.process_time() - rung[0], time.monotonic() - rung[1]
        if not inside or (spent < AGAIN / 2 and passed < 10 * AGAIN):  # it is on its way out; one end is enough
            return
        if untimely(frame):
            signal.setitimer(signal.ITIMER_PROF if number == signal.SIGPROF else signal.ITIMER_REAL, SOON, AGAIN)
            return
        rung = (time.process_time(), time.monotonic())
        raise end

    alarms = (
        _Alarm(signal.ITIMER_PROF, signal.SIGPROF, time.process_time, seconds),
        _Alarm(signal.ITIMER_REAL, signal.SIGALRM, time.monotonic, WALL * seconds),
    )
    for alarm in alarms:
        alarm.begin(ring)
    try:
        yield
    finally:
        inside = False
        for alarm in alarms:
            alarm.end()


class _Alarm:
    """One timer with its signal; clock tells its kind of time."""

    def __init__(self, timer: int, number: int, clock: Callable[[], float], seconds: float) -> None:
        self.timer, self.number, self.clock, self.seconds = timer, number, clock, seconds
        self.outer, self.every = signal.getitimer(timer)
        self.ours = not 0 < self.outer <= seconds

    def begin(self, ring: Callable[[int, FrameType | None], None]) -> None:
        if self.ours:
            self.begun = self.clock()
            self.before = signal.signal(self.number, ring)
            signal.setitimer(self.timer, self.seconds, AGAIN)

    def end(self) -> None:
        if self.ours:
            signal.setitimer(self.timer, 0)
            signal.signal(self.number, self.before)
            if self.outer:
                left = self.outer - (self.clock() - self.begun)
                signal.setitimer(self.timer, max(0.001, left), self.every)


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raises OutOfTime in the body after so many seconds of the processor; an earlier alarm of a caller stays in force."""
    with ringing(seconds, OutOfTime):
        yield


__all__ = ["SOON", "OutOfTime", "limited", "ringing", "timers", "untimely"]
