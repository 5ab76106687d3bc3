"""Many documents: the same report however many processes there are, whichever of them dies, and wherever they run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from nablatex.cli import jobs
from nablatex.cli.jobs import Given, cores, on_cluster, on_cores
from nablatex.cli.main import main
from nablatex.features.model import Settings

CLAIM = "Let $x, a \\in \\mathbb{{R}}^n$.\n\\[ \\nabla_x a^\\top x = {} a \\]\n"


def write(folder: Path, count: int) -> Path:
    for k in range(count):
        (folder / f"page{k:02}.tex").write_text(CLAIM.format("2" if k % 3 == 0 else ""), encoding="utf-8")
    return folder


def report(*arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "nablatex.cli.main", "check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_the_report_does_not_depend_on_the_number_of_processes(tmp_path: Path) -> None:
    folder = str(write(tmp_path, 5))
    code, one = report("--jobs", "1", "--format", "json", folder)
    assert code == 1
    assert report("--jobs", "2", "--format", "json", folder) == (1, one)
    verdicts = [s["verdict"] for f in json.loads(one)["files"] for s in f["statements"] if s["kind"] == "claim"]
    assert verdicts.count("fails") == 2 and len(verdicts) == 5


def test_few_short_documents_are_not_worth_processes() -> None:
    assert cores(None, [Given("a.tex", "x")] * 40) == 1
    assert cores(None, [Given("a.tex", "x" * 100_000)] * 4) == min(os.cpu_count() or 1, 4)
    assert cores(8, [Given("a.tex", "x")] * 3) == 3


def die_once(given: Given, settings: Settings) -> tuple[()]:
    """Stands for a check whose process dies: always for one document, once for another."""
    text = given.text
    if text == "always" or (text != "well" and not os.path.exists(text)):
        if text != "always":
            open(text, "x").close()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(10)
    return ()


def test_a_process_that_dies_takes_nothing_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(__file__).parent), *sys.path]))
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    import test_jobs

    monkeypatch.setattr(jobs, "check_one", test_jobs.die_once)
    given = [Given("a", "well"), Given("b", str(tmp_path / "once")), Given("c", "always"), Given("d", "well")]
    done = list(on_cores(given, Settings(), 2))
    assert [(d.path, bool(d.failure)) for d in done] == [("a", False), ("b", False), ("c", True), ("d", False)]


def test_ctrl_c_ends_at_once_with_what_is_done(tmp_path: Path) -> None:
    folder = write(tmp_path, 3)
    slow = "\n\n".join(CLAIM.format(f"{k} \\sin({k})") for k in range(3, 3000))
    (folder / "zlong.tex").write_text(slow, encoding="utf-8")
    command = [sys.executable, "-m", "nablatex.cli.main", "check", "--jobs", "2", str(folder)]
    # a shell that runs us in the background ignores Ctrl-C, and what we start would too
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
    finally:
        signal.signal(signal.SIGINT, before)
    assert process.stdout is not None
    first = process.stdout.readline()
    assert "page00.tex" in first
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=120)
    assert process.returncode == 130 and "interrupted" in error and "claims in" in out
    assert "Traceback" not in error


def test_a_cluster_gives_the_same_report_also_when_a_worker_is_killed() -> None:
    distributed = pytest.importorskip("distributed")
    given = [Given(f"page{k}.tex", CLAIM.format("2" if k % 3 == 0 else "")) for k in range(12)]
    expected = [(g.path, [s.verdict for s in jobs.check_one(g, Settings())]) for g in given]
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50, processes=True
    ) as cluster:

        def kill(done: int, _of: int) -> None:
            if done == 2:
                worker = next(iter(cluster.workers.values()))
                threading.Thread(target=lambda: os.kill(worker.pid, signal.SIGKILL)).start()

        found = [
            (d.path, [s.verdict for s in d.statements])
            for d in on_cluster(given, Settings(), cluster.scheduler_address, kill)
        ]
    assert found == expected


def test_no_scheduler_is_said_so(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    page = tmp_path / "page.tex"
    page.write_text("x", encoding="utf-8")
    missing = str(tmp_path / "nowhere.json")
    command = [sys.executable, "-m", "nablatex.cli.main", "check", "--dask", missing, str(page)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "nowhere.json" in done.stderr and "Traceback" not in done.stderr


def test_a_file_that_vanishes_is_named_and_the_others_are_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path, 3)
    read = Path.read_bytes

    def vanished(path: Path) -> bytes:
        if path.name == "page01.tex":
            raise FileNotFoundError(2, "No such file or directory")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", vanished)
    assert main(["check", "--jobs", "1", str(folder)]) == 2
    said = capsys.readouterr()
    assert "page01.tex" in said.err and "2 claims in 2 files" in said.out
