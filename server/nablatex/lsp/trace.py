"""$/setTrace and $/logTrace: what the engine was asked, for how long it was at it, and what came of it.  No text of a document."""

from __future__ import annotations

from lsprotocol import types
from pygls.lsp.server import LanguageServer


def begin(server: LanguageServer, value: types.TraceValue | None) -> None:
    """The trace that `initialize` asks for; `$/setTrace` changes it (pygls keeps the value)."""
    server.protocol.trace = value or types.TraceValue.Off


def told(server: LanguageServer, name: str, seconds: float, length: int, answer: str) -> None:
    """One question to the engine; length is that of the text it was about."""
    value = server.protocol.trace
    if value == types.TraceValue.Off:
        return
    verbose = f"text of {length} characters" if value == types.TraceValue.Verbose else None
    server.log_trace(types.LogTraceParams(f"{name}: {answer} after {1000 * seconds:.0f} ms", verbose))


__all__ = ["begin", "told"]
