"""The engine's process can hang, die or fail; the editor's process goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "document"))
from edits import edits
from fakes import TABLE
from nablatex.lsp.worker import EDITED, REST, Worker


@pytest.fixture
def worker() -> Iterator[Worker]:
    w = Worker(budget=1.0, features=TABLE)
    yield w
    w.close()


def test_a_request_that_exceeds_its_budget_answers_none_and_the_next_is_served(worker: Worker) -> None:
    assert worker.submit("sleep", "late", 60).result(20) is None
    assert worker.submit("echo", "next").result(20) == "next"


def test_a_process_that_dies_answers_none_and_is_replaced(worker: Worker) -> None:
    assert worker.submit("die", "x").result(20) is None
    assert worker.submit("echo", "next").result(20) == "next"


def test_a_bug_in_one_request_is_none_and_spares_the_process(worker: Worker) -> None:
    worker.submit("echo", "warm").result(20)
    process = worker.process
    assert worker.submit("stumble", "x").result(20) is None
    assert worker.submit("echo", "next").result(20) == "next"
    assert worker.process is process


def test_a_question_about_an_older_text_is_dropped(worker: Worker) -> None:
    worker.submit("echo", "warm").result(20)
    worker.submit("sleep", "busy", 0.3)
    old = worker.submit("echo", "one", key="k")
    new = worker.submit("echo", "two", key="k")
    same = worker.submit("echo", "two", key="k")
    assert (old.result(20), new.result(20), same.result(20)) == (None, "two", "two")


def test_a_cancelled_request_that_still_waits_does_not_disturb_the_next(worker: Worker) -> None:
    worker.submit("echo", "warm").result(20)
    worker.submit("sleep", "busy", 0.3)
    assert worker.submit("echo", "one", key="k").cancel()
    assert worker.submit("echo", "two", key="k").result(20) == "two"


def test_cancelling_stops_the_work_and_spares_the_process(worker: Worker) -> None:
    worker.submit("echo", "warm").result(20)
    process = worker.process
    for name in ("spin", "sleep", "clear_away"):
        busy = worker.submit(name, "busy", 60)
        while worker.running is None:
            time.sleep(0.005)
        assert busy.cancel()
        assert worker.submit("echo", "next").result(20) == "next"
    assert worker.process is process


def test_a_question_about_a_newer_text_stops_the_older_one_in_the_middle(worker: Worker) -> None:
    worker.submit("echo", "warm").result(20)
    old = worker.submit("spin", "one", 60, key="k")
    while worker.running is None:
        time.sleep(0.005)
    assert worker.submit("echo", "two", key="k").result(20) == "two"
    assert old.result(20) is None


def test_what_is_urgent_comes_first_and_what_was_in_its_way_goes_on_after(worker: Worker) -> None:
    worker.submit("echo", "warm").result(20)
    order: list[str] = []
    long = worker.submit("spin", "long", 0.3, priority=REST)
    while worker.running is None:
        time.sleep(0.005)
    asked = [worker.submit("echo", "seen"), worker.submit("echo", "edited", priority=EDITED)]
    asked.append(worker.submit("echo", "urgent", first=True))
    for future in (*asked, long):
        future.add_done_callback(lambda f: order.append(f.result()))
    assert long.result(20) == "long"
    assert order == ["urgent", "edited", "seen", "long"]


def test_a_process_that_does_not_stop_is_replaced(worker: Worker) -> None:
    assert worker.submit("deaf", "x").result(20) is None
    assert worker.submit("echo", "next").result(20) == "next"


def test_memory_has_an_end_and_the_next_request_is_served(worker: Worker) -> None:
    assert worker.submit("hog", "x").result(20) is None
    assert worker.submit("echo", "next").result(20) == "next"


def test_a_process_that_was_killed_between_requests_is_replaced(worker: Worker) -> None:
    worker.submit("echo", "warm").result(20)
    worker.process.kill()
    worker.process.join()
    assert worker.submit("echo", "next").result(20) == "next"


def test_texts_go_over_as_edits_also_after_a_restart(worker: Worker) -> None:
    for k, (_, _, _, text) in enumerate(edits(3, 40)):
        if k == 20:
            assert worker.submit("die", "x").result(20) is None
        assert worker.submit("echo", text).result(20) == text


def test_closing_answers_what_still_waits(worker: Worker) -> None:
    worker.submit("echo", "warm").result(20)
    worker.submit("sleep", "busy", 0.5)
    waiting = worker.submit("echo", "x")
    time.sleep(0.05)
    worker.close()
    assert waiting.result(20) is None


def test_what_the_engine_prints_never_reaches_the_protocol_and_its_answers_load_no_engine() -> None:
    code = (
        "import sys; from nablatex.lsp.worker import FEATURES, Worker; from nablatex.features.model import Settings\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from fakes import TABLE; w = Worker(30, {**FEATURES, **TABLE}); w.submit('loud', 'NOISE').result(60)\n"
        r"text = r'Let $A \in \mathbb{R}^{n\times n}$. \[ \frac{\partial x^\top A x}{\partial x} = A x \]'"
        "\n"
        "found = w.submit('check', text, Settings(), 'latex').result(60)\n"
        "print([s.verdict for s in found if s.kind == 'claim'], "
        "[m for m in ('sympy', 'numpy', 'latex2sympy2', 'flint') if m in sys.modules]); w.close()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "['fails'] []", done.stdout + done.stderr


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="processes cannot be made to stand still")
def test_a_process_that_stands_still_keeps_nobody_from_asking_and_is_replaced(worker: Worker) -> None:
    worker.submit("echo", "warm").result(20)
    os.kill(worker.process.pid, signal.SIGSTOP)
    large = worker.submit("echo", "x" * 5_000_000)
    time.sleep(0.2)  # by now it is on its way, and does not get through
    begun = time.monotonic()
    waiting = [worker.submit("echo", f"text {k}", first=True) for k in range(20)]
    assert time.monotonic() - begun < 0.8
    assert large.result(20) is None
    assert [w.result(20) for w in waiting] == [f"text {k}" for k in range(20)]


def test_a_process_that_dies_in_the_middle_of_its_answer_is_replaced(worker: Worker) -> None:
    assert worker.submit("break_off", "x" * 50_000_000).result(20) is None
    assert worker.submit("echo", "next").result(20) == "next"


def test_a_process_that_dies_when_it_is_told_to_stop_is_replaced(worker: Worker) -> None:
    assert worker.submit("die_when_stopped", "x").result(20) is None
    assert worker.submit("echo", "next").result(20) == "next"


def test_a_process_that_cannot_start_is_tried_once_for_a_question() -> None:
    w = Worker(budget=1.0, features={"missing": ("no_such_module_anywhere", "f")})
    starts: list[float] = []
    spawn = w._spawn
    w._spawn = lambda: (starts.append(time.monotonic()), spawn())[1]  # type: ignore[method-assign]
    assert [w.submit("missing", "x").result(60) for _ in range(2)] == [None, None]
    time.sleep(0.3)
    assert len(starts) == 3  # to be warm, and once for each
    w.close()
