"""What takes too long is given up, but never in the middle of an import."""

from __future__ import annotations

import importlib
import signal
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from nablatex.explicit import budget as explicit
from nablatex.features import budget

SLOW = "import time\nuntil = time.process_time() + 0.15\nwhile time.process_time() < until:\n    pass\nwhole = True\n"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no timers")
@pytest.mark.parametrize(("limit", "error"), [(budget.limit, budget.OutOfTime), (explicit.limited, explicit.OutOfTime)])
def test_an_import_is_let_finish(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    limit: Callable[[float], AbstractContextManager[None]],
    error: type[BaseException],
) -> None:
    name = f"slow_to_import_{limit.__name__}"
    (tmp_path / f"{name}.py").write_text(SLOW)
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(error), limit(0.02):
        importlib.import_module(name)
        while True:
            pass
    assert sys.modules[name].whole


@pytest.mark.skipif(sys.platform == "win32", reason="there are no timers")
def test_waiting_for_the_processor_does_not_count() -> None:
    """On a busy machine work stands still for a while; that makes no formula too large."""
    with budget.limit(0.3):
        time.sleep(0.4)
        done = True
    assert done


@pytest.mark.skipif(sys.platform == "win32", reason="there are no timers")
def test_waiting_has_an_end_all_the_same() -> None:
    with pytest.raises(budget.OutOfTime), budget.limit(0.02):
        time.sleep(60)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no timers")
def test_what_rings_inside_a_limit_leaves_the_limit_in_force() -> None:
    with pytest.raises(budget.OutOfTime), budget.limit(0.1):
        with pytest.raises(explicit.OutOfTime), explicit.limited(0.02):
            while True:
                pass
        while True:
            pass


@pytest.mark.skipif(sys.platform == "win32", reason="there are no timers")
def test_an_outer_limit_that_is_due_earlier_rings_first() -> None:
    with pytest.raises(budget.OutOfTime), budget.limit(0.02), explicit.limited(60):
        while True:
            pass


@pytest.mark.skipif(sys.platform == "win32", reason="there are no timers")
def test_two_ends_at_once_are_one_and_leave_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explicit, "WALL", 1.0)
    handlers = signal.getsignal(signal.SIGALRM), signal.getsignal(signal.SIGPROF)
    for _ in range(5):
        with pytest.raises(budget.OutOfTime), budget.limit(0.02):
            while True:
                pass
    assert (signal.getsignal(signal.SIGALRM), signal.getsignal(signal.SIGPROF)) == handlers
    assert signal.getitimer(signal.ITIMER_REAL)[0] == signal.getitimer(signal.ITIMER_PROF)[0] == 0
