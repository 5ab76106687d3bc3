"""A small LSP client over standard input and output, for tests and the demonstration."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from queue import Empty, Queue
from typing import Any

REPLIES: dict[str, Any] = {"workspace/configuration": [None], "workspace/applyEdit": {"applied": True}}
PATIENCE = 300.0
"""Seconds after which what is waited for will not come: many, since machines are busy and nothing is learnt from a wait."""
KINDS = ["quickfix", "refactor", "refactor.rewrite", "source"]


class Client:
    """Starts ``nablatex lsp`` and speaks JSON-RPC with it."""

    def __init__(
        self,
        capabilities: dict[str, Any] | None = None,
        options: Any = None,
        command: list[str] | None = None,
        bare: bool = False,
        begin: bool = True,
        log: int | None = None,
    ) -> None:
        """A bare client announces what is given; others, as every editor of today, that they take code actions."""
        capabilities = capabilities or {}
        if not bare:
            document = capabilities.get("textDocument", {})
            literal = {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": KINDS}}}
            action = {**literal, **document.get("codeAction", {})}
            capabilities = {**capabilities, "textDocument": {**document, "codeAction": action}}
        command = command or [sys.executable, "-m", "nablatex.cli.main", "lsp"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        self.count = 0
        self.answers: dict[int, Any] = {}
        self.notes: list[dict[str, Any]] = []
        self.asked: dict[int, str] = {}
        self.received: list[tuple[str, Any]] = []
        """Everything that came: requests and notifications with their params, answers with the method and the result."""
        self.inbox: Queue[dict[str, Any]] = Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.beginning = {
            "processId": None,
            "rootUri": None,
            "capabilities": capabilities,
            "initializationOptions": options,
        }
        if begin:
            self.begin()

    def begin(self) -> None:
        self.server = self.request("initialize", self.beginning)
        self.notify("initialized", {})

    def _read(self) -> None:
        out = self.process.stdout
        assert out is not None
        while True:
            length = 0
            while True:
                line = out.readline()
                if not line:
                    return
                if line == b"\r\n":
                    break
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            self.inbox.put(json.loads(out.read(length)))

    def send(self, message: dict[str, Any]) -> None:
        self.send_bytes(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def send_bytes(self, body: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def notify(self, method: str, params: Any) -> None:
        self.send({"method": method, "params": params})

    def request(self, method: str, params: Any, timeout: float = PATIENCE) -> Any:
        self.count += 1
        number = self.count
        self.asked[number] = method
        self.send({"id": number, "method": method, "params": params})
        self.wait(lambda: number in self.answers, timeout)
        answer = self.answers.pop(number)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer.get("result")

    def wait(self, ready: Any, timeout: float = PATIENCE) -> None:
        until = time.monotonic() + timeout
        while not ready():
            try:
                message = self.inbox.get(timeout=max(0.01, min(0.2, until - time.monotonic())))
            except Empty:
                if not self.reader.is_alive() and self.inbox.empty():
                    raise EOFError("the server has ended") from None
                if time.monotonic() > until:
                    raise TimeoutError from None
                continue
            if "method" in message:
                self.received.append((message["method"], message.get("params")))
                self.notes.append(message)
                if "id" in message:
                    self.send({"id": message["id"], "result": REPLIES.get(message["method"])})
            else:
                self.received.append(("answer " + str(self.asked.get(message["id"])), message.get("result")))
                self.answers[message["id"]] = message

    def noted(self, method: str, timeout: float = PATIENCE) -> Any:
        """The params of the next notification of a method."""
        self.wait(lambda: any(n["method"] == method for n in self.notes), timeout)
        found = next(n for n in self.notes if n["method"] == method)
        self.notes.remove(found)
        return found.get("params")

    def open(self, uri: str, text: str) -> None:
        self.notify(
            "textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "latex", "version": 1, "text": text}}
        )

    def close(self) -> None:
        self.request("shutdown", None)
        self.notify("exit", None)
        self.process.wait(PATIENCE)
