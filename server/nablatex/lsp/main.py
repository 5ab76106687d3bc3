"""``nablatex lsp``: the server on standard input and output, or on a port of this machine."""

from __future__ import annotations

import logging
import sys
from typing import BinaryIO, cast

from nablatex.lsp import (
    actions,
    code,
    completion,
    configuration,
    declarations,
    derivation,
    diagnostics,
    evaluate,
    hover,
    inlay,
    lens,
    marks,
    navigation,
    rename,
    watched,
)
from nablatex.lsp.incoming import Incoming
from nablatex.lsp.state import Server
from nablatex.lsp.worker import Worker

REQUESTS = (
    configuration,
    diagnostics,
    hover,
    inlay,
    actions,
    code,
    completion,
    derivation,
    declarations,
    evaluate,
    lens,
    marks,
    navigation,
    rename,
    watched,
)
"""The files that answer clients, one for each request or family of requests."""


def make_server(worker: Worker | None = None) -> Server:
    server = Server(worker)
    for request in REQUESTS:
        request.register(server)
    return server


def run(tcp_port: int | None = None, trace: bool = False) -> int:
    """Serves until the client ends it; 1 where it does so without `shutdown`.  trace: logs everything, the texts of documents too; without it, none of them."""
    level = logging.DEBUG if trace else logging.WARNING
    logging.basicConfig(stream=sys.stderr, level=level, format="nablatex: %(levelname)s %(message)s")
    if not trace:  # its messages quote what the client sends
        logging.getLogger("pygls").setLevel(logging.CRITICAL + 1)
    server = make_server()
    server.tracing = trace
    try:
        if tcp_port is not None:
            server.start_tcp("127.0.0.1", tcp_port)
        else:
            server.start_io(cast(BinaryIO, Incoming(sys.stdin.buffer)))
    finally:
        server.worker.close()
    return int(server.left_early)
