"""``nablatex lsp``: the server on standard input and output, or on a port of this machine."""

from __future__ import annotations

import logging
import sys

from nablatex.lsp import actions, configuration, derivation, diagnostics, hover, inlay, lens, marks
from nablatex.lsp.state import Server
from nablatex.lsp.worker import Worker


def make_server(worker: Worker | None = None) -> Server:
    server = Server(worker)
    for feature in (configuration, diagnostics, hover, inlay, actions, derivation, lens, marks):
        feature.register(server)
    return server


def run(tcp_port: int | None = None) -> int:
    """Serves until the client ends it."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="nablatex: %(levelname)s %(message)s")
    server = make_server()
    try:
        if tcp_port is not None:
            server.start_tcp("127.0.0.1", tcp_port)
        else:
            server.start_io()
    finally:
        server.worker.close()
    return 0
