"""Features that a test can predict: they stand in the worker's table instead of the engine's."""

from __future__ import annotations

import os
import time
from multiprocessing.connection import Connection
from typing import Any


def echo(text: str) -> str:
    return text


def sleep(text: str, seconds: float) -> str:
    time.sleep(seconds)
    return text


def spin(text: str, seconds: float) -> str:
    """Works without a pause, as the engine does."""
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
    return text


BEGUN: set[str] = set()


def resume(text: str) -> str:
    """Works without an end, and is done with it when it is asked again after it was stopped."""
    if text not in BEGUN:
        BEGUN.add(text)
        while True:
            pass
    return text


def deaf(text: str) -> None:
    """Cannot be stopped."""
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue


class Slow:
    """Takes its time to go; what a signal raises meanwhile, Python swallows."""

    def __del__(self) -> None:
        time.sleep(0.3)


def clear_away(text: str, seconds: float) -> str:
    """Is stopped, as a rule, in the middle of clearing something away."""
    gone = Slow()
    del gone
    return spin(text, seconds)


def hog(text: str) -> int:
    """Asks for more memory than there is for it."""
    return len(bytearray(1 << 40))


def die(text: str) -> None:
    os._exit(3)


def break_off(text: str) -> str:
    """Dies when half of its answer is on its way."""

    def half(self: Any, data: bytes) -> None:
        os.write(self.fileno(), data[: len(data) // 2])
        os._exit(3)

    Connection._send = half  # type: ignore[attr-defined]
    return text


def die_when_stopped(text: str) -> None:
    try:
        time.sleep(60)
    except BaseException:
        os._exit(3)


def stumble(text: str) -> None:
    raise ValueError(text)


def loud(text: str) -> str:
    print(text)
    os.write(1, text.encode())
    return text


NAMES = (
    "echo",
    "sleep",
    "spin",
    "resume",
    "clear_away",
    "deaf",
    "hog",
    "die",
    "break_off",
    "die_when_stopped",
    "stumble",
    "loud",
)
TABLE = {name: ("fakes", name) for name in NAMES}
