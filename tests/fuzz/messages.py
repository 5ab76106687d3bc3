"""Random JSON-RPC messages: right ones, right ones with values changed, and bytes that are no messages at all."""

from __future__ import annotations

import json
import random
from typing import Any

URI = "file:///fuzz/page.tex"
TEXT = "Let $x, a \\in \\mathbb{R}^n$.\n\\[ \\nabla_x a^\\top x = 2 a \\]\n𝔸 $\\nabla_x x^\\top x$ \r\n"
PLACE = {"textDocument": {"uri": URI}, "position": {"line": 1, "character": 9}}
RANGE = {"start": {"line": 1, "character": 3}, "end": {"line": 1, "character": 20}}
REQUESTS: dict[str, Any] = {
    "textDocument/hover": PLACE,
    "textDocument/completion": {**PLACE, "context": {"triggerKind": 1}},
    "textDocument/codeAction": {"textDocument": {"uri": URI}, "range": RANGE, "context": {"diagnostics": []}},
    "codeAction/resolve": {"title": "x", "data": {"uri": URI, "do": "insert", "start": 34, "end": 50, "version": 1}},
    "completionItem/resolve": {"label": "x", "data": {"uri": URI, "offset": 12}},
    "textDocument/inlayHint": {"textDocument": {"uri": URI}, "range": RANGE},
    "textDocument/codeLens": {"textDocument": {"uri": URI}},
    "codeLens/resolve": {"range": RANGE, "data": {"uri": URI, "start": 34, "end": 50}},
    "textDocument/definition": PLACE,
    "textDocument/references": {**PLACE, "context": {"includeDeclaration": True}},
    "textDocument/documentHighlight": PLACE,
    "textDocument/prepareRename": PLACE,
    "textDocument/rename": {**PLACE, "newName": "z"},
    "textDocument/diagnostic": {"textDocument": {"uri": URI}},
    "workspace/executeCommand": {"command": "nablatex.check", "arguments": [{"uri": URI, "start": 34, "end": 50}]},
    "nablatex/derivation": PLACE,
    "nablatex/evaluate": {**PLACE, "operation": "simplify"},
    "nablatex/code": {**PLACE, "language": "numpy"},
    "nablatex/marks": {"textDocument": {"uri": URI}},
    "nablatex/declarations": {"textDocument": {"uri": URI}},
    "initialize": {"processId": None, "rootUri": None, "capabilities": {}},
}
NOTES: dict[str, Any] = {
    "textDocument/didOpen": {"textDocument": {"uri": URI, "languageId": "latex", "version": 1, "text": TEXT}},
    "textDocument/didChange": {
        "textDocument": {"uri": URI, "version": 2},
        "contentChanges": [{"range": RANGE, "text": "x^\\top"}],
    },
    "textDocument/didClose": {"textDocument": {"uri": URI}},
    "textDocument/didSave": {"textDocument": {"uri": URI}},
    "workspace/didChangeConfiguration": {"settings": {"nablatex": {"layout": "numerator"}}},
    "workspace/didChangeWatchedFiles": {"changes": [{"uri": URI, "type": 1}]},
    "workspace/didChangeWorkspaceFolders": {"event": {"added": [{"uri": "file:///fuzz", "name": "f"}], "removed": []}},
    "window/workDoneProgress/cancel": {"token": "t"},
    "$/cancelRequest": {"id": 1},
    "$/setTrace": {"value": "verbose"},
    "initialized": {},
}
ODD: tuple[Any, ...] = (
    None, True, -1, 0, 2**31, 2**53, 10**30, 1.5, "", "x", "\ud800", "\x00", "file:///etc/passwd", "::", [], {}, [[]], {"a": {}},
    "x" * 5000, [None] * 50,
)  # fmt: skip


def changed(r: random.Random, value: Any) -> Any:
    """A value with one part of it replaced, left out, doubled or added."""
    if r.random() < 0.25 or not isinstance(value, (dict, list)) or not value:
        return r.choice(ODD)
    out = value.copy()
    key = r.choice([*out]) if isinstance(out, dict) else r.randrange(len(out))
    kind = r.random()
    if kind < 0.6:
        out[key] = changed(r, out[key])
    elif kind < 0.85:
        del out[key]
    elif isinstance(out, dict):
        out[r.choice(("x", "range", "text", "uri", "line"))] = r.choice(ODD)
    else:
        out.append(out[key])
    return out


def params(r: random.Random, right: Any) -> Any:
    for _ in range(r.choice((0, 1, 1, 1, 2, 4))):
        right = changed(r, right)
    return right


def message(r: random.Random, number: int) -> tuple[bytes, bool]:
    """The body of a message, and whether an answer with this number is due: it is a request as the protocol knows them."""
    kind = r.random()
    if kind < 0.05:
        return broken(r), False
    asks = kind < 0.65
    method, right = r.choice([*(REQUESTS if asks else NOTES).items()])
    if kind > 0.97:
        method = r.choice(("textDocument/dance", "", "$/x", "exit2", "nablatex/", "\x00"))
    body: dict[str, Any] = {"jsonrpc": "2.0", "method": method, "params": params(r, right)}
    if asks:
        body["id"] = number
    return json.dumps(body).encode(), asks


def broken(r: random.Random) -> bytes:
    """What is no message."""
    if r.random() < 0.3:
        return r.choice(
            (
                b"",
                b"{",
                b"[]",
                b"null",
                b"7",
                b'"x"',
                b"\xff\xfe\x00",
                b'{"jsonrpc": "2.0"}',
                b"[" * 3000,
                b'{"id": {}}',
            )
        )
    data = bytearray(json.dumps({"jsonrpc": "2.0", "id": -1, "method": "textDocument/hover", "params": PLACE}).encode())
    for _ in range(r.randrange(1, 6)):
        data[r.randrange(len(data))] = r.randrange(256)
    return bytes(data)


__all__ = ["NOTES", "REQUESTS", "message"]
