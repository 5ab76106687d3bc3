"""Time for one formula: what takes longer is given up, wherever it is in its work."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from nablatex.explicit.budget import SOON, ringing, timers, untimely

FORMULA = 3.0
"""Seconds of the processor for a formula."""


class OutOfTime(BaseException):
    """Raised in the middle of the work.  No Exception, so that nothing on the way takes it for a fault of a formula."""


@contextmanager
def limit(seconds: float = FORMULA) -> Iterator[None]:
    """OutOfTime after so many seconds of the processor, where there are timers; limits inside limits do not count."""
    if timers() and any(signal.getitimer(t)[0] for t in (signal.ITIMER_PROF, signal.ITIMER_REAL)):
        yield
        return
    with ringing(seconds, OutOfTime):
        yield


__all__ = ["FORMULA", "SOON", "OutOfTime", "limit", "ringing", "untimely"]
