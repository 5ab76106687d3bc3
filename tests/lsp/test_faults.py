"""Whatever the client, the disk or the engine's process does, the server answers the next right question."""

from __future__ import annotations

import io
import os
import signal
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from client import PATIENCE, Client
from nablatex.lsp import incoming

URI = "file:///paper/main.tex"
SECRET = "Tausendgulden"
TEXT = f"Let $x, a \\in \\mathbb{{R}}^n$. {SECRET}.\n\\[ \\nabla_x a^\\top x = a \\]\n\n\\[ \\nabla_x a^\\top x = 2 a \\]\n"
AT = {"line": 1, "character": 4}


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    c = Client()
    c.open(URI, TEXT)
    yield c
    c.close()


def is_well(client: Client) -> None:
    """It checks a fresh page, and hovers over it."""
    uri = f"file:///fresh/{time.monotonic_ns()}.tex"
    client.notes.clear()
    client.open(uri, TEXT)
    while True:
        found = client.noted("textDocument/publishDiagnostics")
        if found["uri"] == uri:
            break
    assert [d["code"] for d in found["diagnostics"]] == ["NB201"]
    assert client.request("textDocument/hover", {"textDocument": {"uri": uri}, "position": AT})
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})


def change(range_: Any, text: Any, uri: str = URI, version: Any = 2) -> dict[str, Any]:
    edit = {"text": text} if range_ is None else {"range": range_, "text": text}
    return {"textDocument": {"uri": uri, "version": version}, "contentChanges": [edit]}


def place(a: int, b: int, c: int, d: int) -> dict[str, Any]:
    return {"start": {"line": a, "character": b}, "end": {"line": c, "character": d}}


NOTES: dict[str, tuple[str, Any]] = {
    "an edit of a document that is not open": ("textDocument/didChange", change(place(0, 0, 0, 0), "x", "file:///no.tex")),
    "an edit behind the end": ("textDocument/didChange", change(place(99, 9, 100, 0), "x")),
    "an edit from end to start": ("textDocument/didChange", change(place(1, 4, 0, 2), "")),
    "an edit with a negative line": ("textDocument/didChange", change(place(-1, 0, 0, 0), "x")),
    "an edit without a text": ("textDocument/didChange", change(place(0, 0, 0, 0), None)),
    "an edit without params": ("textDocument/didChange", None),
    "no edits at all": ("textDocument/didChange", {"textDocument": {"uri": URI, "version": 3}, "contentChanges": []}),
    "an old version": ("textDocument/didChange", change(None, TEXT, version=-5)),
    "no version": ("textDocument/didChange", change(None, TEXT, version=None)),
    "closing twice": ("textDocument/didClose", {"textDocument": {"uri": "file:///no.tex"}}),
    "opening again": ("textDocument/didOpen", {"textDocument": {"uri": URI, "languageId": "latex", "version": 1, "text": TEXT}}),
    "a strange address": ("textDocument/didOpen", {"textDocument": {"uri": "::", "languageId": "", "version": 1, "text": TEXT}}),
    "a number for a text": ("textDocument/didOpen", {"textDocument": {"uri": URI, "languageId": "latex", "version": 1, "text": 7}}),
    "a cancellation of nothing": ("$/cancelRequest", {"id": 4711}),
    "an unknown note": ("textDocument/didDance", {"x": 1}),
    "settings that are none": ("workspace/didChangeConfiguration", {"settings": {"nablatex": [1, 2]}}),
    "a second initialized": ("initialized", {}),
    "a huge text": ("textDocument/didOpen", {"textDocument": {"uri": "file:///h.tex", "languageId": "latex", "version": 1, "text": "{" * 4_000_000}}),
}  # fmt: skip


@pytest.mark.parametrize("name", NOTES)
def test_after_a_strange_note_all_is_well(client: Client, name: str) -> None:
    method, params = NOTES[name]
    client.notify(method, params)
    is_well(client)


REQUESTS: dict[str, tuple[str, Any]] = {
    "hover in a document that is not open": ("textDocument/hover", {"textDocument": {"uri": "file:///etc/passwd"}, "position": AT}),
    "hover far outside": ("textDocument/hover", {"textDocument": {"uri": URI}, "position": {"line": 10**6, "character": 10**6}}),
    "actions with a range from end to start": ("textDocument/codeAction", {"textDocument": {"uri": URI}, "range": place(3, 0, 0, 0), "context": {"diagnostics": []}}),
    "an action that nobody offered": ("codeAction/resolve", {"title": "x", "data": {"uri": URI, "do": "insert", "start": -5, "end": 10**9}}),
    "an action without data": ("codeAction/resolve", {"title": "x"}),
    "an action of another kind": ("codeAction/resolve", {"title": "x", "data": {"uri": 7, "do": ["fix"]}}),
    "a command that is none": ("workspace/executeCommand", {"command": "rm", "arguments": ["-rf"]}),
    "a command with wrong arguments": ("workspace/executeCommand", {"command": "nablatex.check", "arguments": [{"uri": URI, "start": "x"}]}),
    "a panel far outside": ("nablatex/derivation", {"textDocument": {"uri": URI}, "position": {"line": 10**6, "character": 1}}),
    "an unknown request": ("textDocument/dance", {}),
    "initialize again": ("initialize", {"processId": None, "rootUri": None, "capabilities": {}}),
}  # fmt: skip


@pytest.mark.parametrize("name", REQUESTS)
def test_a_strange_request_is_answered_and_all_is_well(client: Client, name: str) -> None:
    method, params = REQUESTS[name]
    client.count += 1
    number = client.count
    client.asked[number] = method
    client.send({"id": number, "method": method, "params": params})
    client.wait(lambda: number in client.answers)
    client.answers.pop(number)
    is_well(client)


@pytest.mark.parametrize("params", [{"textDocument": {"uri": URI}}, None, 7, [[]], {"textDocument": 1, "position": AT}])
def test_a_request_with_wrong_params_is_told_so(client: Client, params: Any) -> None:
    with pytest.raises(RuntimeError, match=r"-3260[23]"):
        client.request("textDocument/hover", params)
    is_well(client)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"7",
        b'{"jsonrpc": "1.0"}',
        b'{"jsonrpc": "2.0"}',
        b"\xff\xfe",
        b'{"id": [1]}',
        b"{}" * 3,
    ],
)
def test_a_malformed_message_is_passed_over(client: Client, body: bytes) -> None:
    client.send_bytes(body)
    is_well(client)


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Length: many\r\n\r\n",
        b"Content-Length: -5\r\n\r\n",
        b"Content-Length: 0\r\n\r\n",
        b"Length: 7\r\n\r\n",
        b"no header at all\r\n\r\n",
        bytes(range(256)) + b"\r\n\r\n",
    ],
)
def test_a_header_that_is_none_is_passed_over(client: Client, header: bytes) -> None:
    assert client.process.stdin is not None
    client.process.stdin.write(header)
    client.process.stdin.flush()
    is_well(client)


def test_a_length_that_no_message_has_ends_the_server_in_good_order() -> None:
    with tempfile.TemporaryFile() as log:
        client = Client(log=log.fileno())
        client.open(URI, TEXT)
        assert client.process.stdin is not None
        client.process.stdin.write(b"Content-Length: 1000000000000\r\n\r\n")
        client.process.stdin.flush()
        assert client.process.wait(PATIENCE) == 0
        log.seek(0)
        assert b"ERROR a message of 1000000000000 bytes is announced: the connection is given up\n" in log.read()


def test_a_message_that_is_too_large_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incoming, "LARGEST", 3 << 20)
    monkeypatch.setattr(incoming, "PIECE", 1 << 10)
    stream = incoming.Incoming(io.BytesIO(b"x" * (3 << 20) + b"y" * (4 << 20) + b"next"))
    assert stream.read(3 << 20) == b"x" * (3 << 20)
    assert stream.read(4 << 20) == b"null"
    assert stream.readline() == b"next"


def test_a_stream_that_ends_in_the_middle_of_a_message_takes_no_more_than_was_sent() -> None:
    tracemalloc.start()
    assert incoming.Incoming(io.BytesIO(b"{")).read(incoming.LARGEST) == b""
    assert tracemalloc.get_traced_memory()[1] < 20 << 20
    tracemalloc.stop()


def engine_of(client: Client) -> list[int]:
    """The processes that the server has started."""
    out = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rsplit(")", 1)[1].split()
            command = (entry.parent / "cmdline").read_bytes()
        except (OSError, IndexError):
            continue
        # neither the tracker of resources, nor what was forked just now and is about to become one of both
        if int(fields[1]) == client.process.pid and b"spawn_main" in command:
            out.append(int(entry.parent.name))
    return out


def eventually(ready: Callable[[], Any]) -> Any:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = ready()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it never came to pass")


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system has no /proc")


@needs_proc
@pytest.mark.parametrize("delay", [0.0, 0.02, 0.1, 0.3, 1.0])
def test_the_engine_killed_at_any_moment_is_replaced(delay: float) -> None:
    client = Client()
    for process in eventually(lambda: engine_of(client)):
        client.open(URI, TEXT)
        time.sleep(delay)
        os.kill(process, signal.SIGKILL)
    is_well(client)
    client.close()


@needs_proc
def test_when_the_client_is_gone_both_processes_end() -> None:
    client = Client()
    (engine,) = eventually(lambda: engine_of(client))
    assert client.process.stdin is not None
    client.process.stdin.close()
    client.process.wait(PATIENCE)
    eventually(lambda: not Path(f"/proc/{engine}/stat").exists() or "Z" in Path(f"/proc/{engine}/stat").read_text())


@needs_proc
def test_when_the_client_goes_in_the_middle_of_the_work_both_processes_end() -> None:
    client = Client()
    (engine,) = eventually(lambda: engine_of(client))
    client.open(URI, TEXT + "".join(f"\n\n\\[ \\nabla_x \\sin({k} x^\\top x) = {k} a \\]" for k in range(400)))
    client.noted("textDocument/publishDiagnostics")
    assert client.process.stdin is not None
    client.process.stdin.close()
    client.process.wait(PATIENCE)
    eventually(lambda: not Path(f"/proc/{engine}/stat").exists() or "Z" in Path(f"/proc/{engine}/stat").read_text())


@needs_proc
def test_when_the_server_is_killed_the_engine_ends() -> None:
    client = Client()
    (engine,) = eventually(lambda: engine_of(client))
    client.process.kill()
    client.process.wait()
    eventually(lambda: not Path(f"/proc/{engine}/stat").exists() or "Z" in Path(f"/proc/{engine}/stat").read_text())


def test_requests_before_initialize_and_after_shutdown_are_answered() -> None:
    client = Client(begin=False)
    client.open(URI, TEXT)
    for method in ("textDocument/hover", "nablatex/marks", "shutdown"):
        with pytest.raises(RuntimeError, match="-32002"):
            client.request(method, {"textDocument": {"uri": URI}, "position": AT})
    client.begin()
    client.open(URI, TEXT)
    is_well(client)
    client.request("shutdown", None)
    with pytest.raises(RuntimeError, match="-32600"):
        client.request("textDocument/hover", {"textDocument": {"uri": URI}, "position": AT})
    client.notify("exit", None)
    assert client.process.wait(PATIENCE) == 0


def test_leaving_without_shutdown_is_no_success() -> None:
    client = Client()
    client.notify("exit", None)
    assert client.process.wait(PATIENCE) == 1


def test_the_log_holds_no_text_of_a_document_unless_it_is_traced() -> None:
    traced = [sys.executable, "-m", "nablatex.cli.main", "lsp", "--trace"]
    for command in (None, traced):
        with tempfile.TemporaryFile() as log:
            client = Client(command=command, log=log.fileno())
            client.open(URI, TEXT)
            for method, params in (*NOTES.values(), ("textDocument/didChange", change(None, {SECRET: SECRET}))):
                if "{{{" not in str(params):
                    client.notify(method, params)
            client.send_bytes(
                b'{"jsonrpc": "2.0", "id": 5, "method": "textDocument/hover", "params": "' + SECRET.encode() + b'"}'
            )
            client.send_bytes(b'{"' + SECRET.encode())
            is_well(client)
            client.close()
            log.seek(0)
            words = log.read().decode("utf-8", "replace")
            assert "INFO" in words if command is traced else SECRET not in words and "INFO" not in words


def test_two_editors_have_a_server_each_and_disturb_nobody() -> None:
    one, two = Client(), Client()
    one.open(URI, TEXT)
    two.open(URI, TEXT.replace("2 a", "a"))
    assert [d["code"] for d in one.noted("textDocument/publishDiagnostics")["diagnostics"]] == ["NB201"]
    assert two.noted("textDocument/publishDiagnostics")["diagnostics"] == []
    one.close()
    two.close()


def test_no_decision_hangs_on_the_wall_clock() -> None:
    """Clocks are set while editors run: budgets and pauses are measured by a clock that only goes forward."""
    server = Path(__file__).resolve().parents[2] / "server" / "nablatex"
    sources = {p: p.read_text(encoding="utf-8") for p in server.rglob("*.py")}
    assert [p.name for p, text in sources.items() if "time.time(" in text or "datetime.now(" in text] == []


def test_a_folder_of_the_workspace_that_vanishes_disturbs_nobody(tmp_path: Path) -> None:
    (tmp_path / "macros.tex").write_text("\\newcommand{\\R}{\\mathbb{R}}\n", encoding="utf-8")
    main = tmp_path / "main.tex"
    text = "\\documentclass{article}\\input{macros}\n" + TEXT.replace("\\mathbb{R}", "\\R")
    main.write_text(text, encoding="utf-8")
    client = Client()
    client.open(main.as_uri(), text)
    assert [d["code"] for d in client.noted("textDocument/publishDiagnostics")["diagnostics"]] == ["NB201"]
    for file in tmp_path.iterdir():
        file.unlink()
    tmp_path.rmdir()
    is_well(client)
    client.close()
