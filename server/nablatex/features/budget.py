"""Time for one formula: what takes longer is given up, wherever it is in its work."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from nablatex.explicit.budget import SOON, importing

FORMULA = 3.0
"""Seconds for a formula."""
AGAIN = 0.2
"""Seconds until the end is called out once more: Python swallows what is raised while it clears an object away."""


class OutOfTime(BaseException):
    """Raised in the middle of the work.  No Exception, so that nothing on the way takes it for a fault of a formula."""


@contextmanager
def limit(seconds: float = FORMULA) -> Iterator[None]:
    """OutOfTime after so many seconds.  Only where there are timers (not on Windows) and in the main thread; limits
    inside limits do not count."""
    if (
        not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
        or signal.getitimer(signal.ITIMER_REAL)[0]
    ):
        yield
        return
    inside = True

    def ring(_signal: int, frame: FrameType | None) -> None:
        if inside and importing(frame):
            signal.setitimer(signal.ITIMER_REAL, SOON)
        elif inside:
            raise OutOfTime

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    finally:
        inside = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


__all__ = ["FORMULA", "SOON", "OutOfTime", "importing", "limit"]
