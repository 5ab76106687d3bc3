"""Features that a test can predict: they stand in the worker's table instead of the engine's."""

from __future__ import annotations

import os
import time


def echo(text: str) -> str:
    return text


def sleep(text: str, seconds: float) -> str:
    time.sleep(seconds)
    return text


def die(text: str) -> None:
    os._exit(3)


def stumble(text: str) -> None:
    raise ValueError(text)


def loud(text: str) -> str:
    print(text)
    os.write(1, text.encode())
    return text


TABLE = {name: ("fakes", name) for name in ("echo", "sleep", "die", "stumble", "loud")}
