"""Standard input, as pygls reads it: a client that announces more than it sends takes no memory, and nothing that it sends
ends the server but the end of the stream, or an announcement that no message can be."""

from __future__ import annotations

import logging
from typing import BinaryIO

HEADER = 1 << 13
"""Bytes of a line of a header; what is longer is none."""
PIECE = 1 << 20
LARGEST = 1 << 29
"""Bytes of a message that is taken in: half a gigabyte.  A larger one is passed over."""
BELIEVED = 1 << 34
"""Bytes of a message that is waited for.  Who announces more does not speak the protocol, and cannot be understood again."""
NOTHING = b"null"
"""Stands for a message that was passed over: it is no message."""
log = logging.getLogger(__name__)


class Incoming:
    """The part of a binary stream that messages are read through."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream

    def readline(self) -> bytes:
        return self.stream.readline(HEADER)

    def read(self, size: int) -> bytes:
        """The bytes of a message; none at the end of the stream."""
        if size > BELIEVED:
            log.error("a message of %d bytes is announced: the connection is given up", size)
            return b""
        if size > LARGEST:
            log.error("a message of %d bytes is passed over: more than %d are not taken", size, LARGEST)
        pieces: list[bytes] = []
        left = size
        while left:
            piece = self.stream.read(min(left, PIECE))
            if not piece:
                log.error("the stream ended %d bytes before the end of a message", left)
                return b""
            left -= len(piece)
            if size <= LARGEST:
                pieces.append(piece)
        return b"".join(pieces) if size <= LARGEST else NOTHING


__all__ = ["Incoming"]
