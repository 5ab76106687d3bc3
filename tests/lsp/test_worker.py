"""The engine's process can hang, die or fail; the editor's process goes on."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "document"))
from client import PATIENCE
from edits import edits
from fakes import TABLE
from nablatex.lsp.deadline import WALL, Deadline
from nablatex.lsp.worker import EDITED, REST, Worker


@pytest.fixture
def worker() -> Iterator[Worker]:
    """One whose process is there already."""
    w = Worker(budget=30.0, features=TABLE)
    assert asked(w, "echo", "warm") == "warm"
    yield w
    w.close()


@pytest.fixture
def strict() -> Iterator[Worker]:
    """One that has little time for a question."""
    w = Worker(budget=0.2, features=TABLE)
    assert asked(w, "echo", "warm") == "warm"
    yield w
    w.close()


def asked(worker: Worker, name: str, text: str, *arguments: Any) -> Any:
    return worker.submit(name, text, *arguments).result(PATIENCE)


def at_work(worker: Worker) -> None:
    """Returns when the process has a question."""
    while worker.running is None or not worker.running.sent:
        time.sleep(0.005)


def test_a_request_that_exceeds_its_budget_answers_none_and_the_next_is_served(strict: Worker) -> None:
    process = strict.process
    assert asked(strict, "spin", "late", 60) is None
    assert asked(strict, "echo", "next") == "next"
    assert strict.process is process


def test_a_request_that_only_waits_has_an_end_too(strict: Worker) -> None:
    assert asked(strict, "sleep", "late", 600) is None
    assert asked(strict, "echo", "next") == "next"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system does not tell the time of a process")
def test_a_process_that_is_kept_waiting_has_not_had_its_time() -> None:
    """On a busy machine no question takes too long that would not take too long on an idle one."""
    sleeper = subprocess.Popen(["sleep", "600"])
    waiting, given_up, untold = Deadline(sleeper.pid, 100), Deadline(sleeper.pid, 100), Deadline(None, 100)
    assert min(d.left() for d in (waiting, given_up, untold)) > 0
    for deadline, passed in ((waiting, 101), (given_up, 100 * WALL + 1), (untold, 101)):
        deadline.begun -= passed
    assert waiting.left() > 0 == given_up.left() == untold.left()
    sleeper.kill()
    sleeper.wait()


def test_a_process_that_dies_answers_none_and_is_replaced(worker: Worker) -> None:
    assert asked(worker, "die", "x") is None
    assert asked(worker, "echo", "next") == "next"


def test_a_bug_in_one_request_is_none_and_spares_the_process(worker: Worker) -> None:
    process = worker.process
    assert asked(worker, "stumble", "x") is None
    assert asked(worker, "echo", "next") == "next"
    assert worker.process is process


def test_a_question_about_an_older_text_is_dropped(worker: Worker) -> None:
    busy = worker.submit("spin", "busy", 60)
    old = worker.submit("echo", "one", key="k")
    new = worker.submit("echo", "two", key="k")
    same = worker.submit("echo", "two", key="k")
    assert old.result(PATIENCE) is None and not new.done()
    assert busy.cancel()
    assert (new.result(PATIENCE), same.result(PATIENCE)) == ("two", "two")


def test_a_cancelled_request_that_still_waits_does_not_disturb_the_next(worker: Worker) -> None:
    busy = worker.submit("spin", "busy", 60)
    assert worker.submit("echo", "one", key="k").cancel()
    assert busy.cancel()
    assert worker.submit("echo", "two", key="k").result(PATIENCE) == "two"


def test_cancelling_stops_the_work_and_spares_the_process(worker: Worker) -> None:
    process = worker.process
    for name in ("spin", "sleep", "clear_away"):
        busy = worker.submit(name, "busy", 600)
        at_work(worker)
        assert busy.cancel()
        assert asked(worker, "echo", "next") == "next"
    assert worker.process is process


def test_a_question_about_a_newer_text_stops_the_older_one_in_the_middle(worker: Worker) -> None:
    old = worker.submit("spin", "one", 60, key="k")
    at_work(worker)
    assert worker.submit("echo", "two", key="k").result(PATIENCE) == "two"
    assert old.result(PATIENCE) is None


def test_what_is_urgent_comes_first_and_what_was_in_its_way_goes_on_after(worker: Worker) -> None:
    order: queue.Queue[str] = queue.Queue()
    long = worker.submit("resume", "long", priority=REST)
    at_work(worker)
    with worker.changed:  # nothing is taken out before all are asked
        waiting = [worker.submit("echo", "seen"), worker.submit("echo", "edited", priority=EDITED)]
        waiting.append(worker.submit("echo", "urgent", first=True))
        for future in (*waiting, long):
            future.add_done_callback(lambda f: order.put(f.result()))
    assert [order.get(timeout=PATIENCE) for _ in range(4)] == ["urgent", "edited", "seen", "long"]


def test_a_process_that_does_not_stop_is_replaced(strict: Worker) -> None:
    assert asked(strict, "deaf", "x") is None
    assert asked(strict, "echo", "next") == "next"


def test_memory_has_an_end_and_the_next_request_is_served(worker: Worker) -> None:
    assert asked(worker, "hog", "x") is None
    assert asked(worker, "echo", "next") == "next"


def test_a_process_that_was_killed_between_requests_is_replaced(worker: Worker) -> None:
    worker.process.kill()
    worker.process.join()
    assert asked(worker, "echo", "next") == "next"


def test_texts_go_over_as_edits_also_after_a_restart(worker: Worker) -> None:
    for k, (_, _, _, text) in enumerate(edits(3, 40)):
        if k == 20:
            assert asked(worker, "die", "x") is None
        assert asked(worker, "echo", text) == text


def test_closing_answers_what_still_waits(worker: Worker) -> None:
    worker.submit("spin", "busy", 60)
    waiting = worker.submit("echo", "x")
    at_work(worker)
    worker.close()
    assert waiting.result(PATIENCE) is None


def test_what_the_engine_prints_never_reaches_the_protocol_and_its_answers_load_no_engine() -> None:
    code = (
        "import sys; from nablatex.lsp.worker import FEATURES, Worker; from nablatex.features.model import Settings\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from fakes import TABLE; w = Worker(30, {**FEATURES, **TABLE}); w.submit('loud', 'NOISE').result(300)\n"
        r"text = r'Let $A \in \mathbb{R}^{n\times n}$. \[ \frac{\partial x^\top A x}{\partial x} = A x \]'"
        "\n"
        "found = w.submit('check', text, Settings(), 'latex').result(300)\n"
        "print([s.verdict for s in found if s.kind == 'claim'], "
        "[m for m in ('sympy', 'numpy', 'latex2sympy2', 'flint') if m in sys.modules]); w.close()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=600, check=True)
    assert done.stdout.strip() == "['fails'] []", done.stdout + done.stderr


needs_stop = pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="processes cannot be made to stand still")


@needs_stop
def test_a_process_that_stands_still_keeps_nobody_from_asking(worker: Worker) -> None:
    """A large text is on its way to it and does not get through."""
    process = worker.process
    os.kill(process.pid, signal.SIGSTOP)
    large = worker.submit("echo", "x" * 5_000_000)
    while worker.running is None:
        time.sleep(0.005)
    waiting = [worker.submit("echo", f"text {k}", first=True) for k in range(20)]
    assert not large.done()
    process.kill()
    assert large.result(PATIENCE) is None
    assert [w.result(PATIENCE) for w in waiting] == [f"text {k}" for k in range(20)]


@needs_stop
@pytest.mark.parametrize("size", [1, 5_000_000])
def test_a_process_that_stands_still_is_replaced(strict: Worker, size: int) -> None:
    os.kill(strict.process.pid, signal.SIGSTOP)
    assert asked(strict, "echo", "x" * size) is None
    assert asked(strict, "echo", "next") == "next"


def test_a_process_that_dies_in_the_middle_of_its_answer_is_replaced(worker: Worker) -> None:
    assert asked(worker, "break_off", "x") is None
    assert asked(worker, "echo", "next") == "next"


def test_a_process_that_dies_when_it_is_told_to_stop_is_replaced(strict: Worker) -> None:
    assert asked(strict, "die_when_stopped", "x") is None
    assert asked(strict, "echo", "next") == "next"


def test_a_process_that_cannot_start_is_tried_once_for_a_question() -> None:
    w = Worker(budget=1.0, features={"missing": ("no_such_module_anywhere", "f")})
    starts: list[float] = []
    spawn = w._spawn
    w._spawn = lambda: (starts.append(time.monotonic()), spawn())[1]  # type: ignore[method-assign]
    assert [asked(w, "missing", "x") for _ in range(2)] == [None, None]
    time.sleep(0.3)
    assert len(starts) == 3  # to be warm, and once for each
    w.close()
