"""When another process has had its time: what counts is the processor's, as far as the system tells it."""

from __future__ import annotations

import os
import time

WALL = 6.0
"""How many times as long a process may take on the clock, in which it stands still or waits for others."""
MOMENT = 0.01
"""What the system counts in, in seconds."""


class Deadline:
    """Over after so many seconds of a process on the processor, or `WALL` times as many on the clock; after so many on the
    clock where the system does not tell."""

    def __init__(self, process: int | None, seconds: float) -> None:
        self.process = process
        self.seconds = seconds
        self.begun = time.monotonic()
        self.spent = spent_by(process)

    def left(self) -> float:
        """Seconds until it is worth looking again; 0 when it is over."""
        passed = time.monotonic() - self.begun
        if passed < self.seconds:
            return self.seconds - passed
        spent = spent_by(self.process)
        if spent is None or self.spent is None:
            return 0.0
        left = min(self.seconds - (spent - self.spent), WALL * self.seconds - passed)
        return max(left, MOMENT) if left > 0 else 0.0


def spent_by(process: int | None) -> float | None:
    """Seconds that a process has had on the processor; None where the system does not say."""
    try:
        with open(f"/proc/{process}/stat", "rb") as file:
            user, system = file.read().rsplit(b")", 1)[1].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return None


__all__ = ["Deadline", "spent_by"]
