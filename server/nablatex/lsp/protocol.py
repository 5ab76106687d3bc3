"""What pygls leaves undone: every request is answered, one that is malformed or comes before `initialize` or after `shutdown`
with an error (a client would wait for ever); and nothing is kept of notifications that are dealt with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidRequest, JsonRpcServerNotInitialized
from pygls.protocol import LanguageServerProtocol


class Protocol(LanguageServerProtocol):
    def structure_message(self, data: dict[str, Any]) -> Any:
        """Called for each object of a message, the message itself last."""
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            number = data.get("id")
            if "method" in data and isinstance(number, (int, str)):
                self._send_response(number, error=error.to_response_error())
            raise

    def _execute_handler(
        self,
        msg_id: str | int,
        handler: Callable[..., Any],
        callback: Callable[..., Any],
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        super()._execute_handler(msg_id, handler, callback, args, kwargs)
        future = self._request_futures.get(msg_id)
        if future is not None:  # pygls forgets it when it sends an answer, and to notifications there is none
            future.add_done_callback(lambda _: self._request_futures.pop(msg_id, None))

    def handle_message(self, message: Any) -> None:
        number = getattr(message, "id", None)
        method = getattr(message, "method", None)
        if self._workspace is None and method not in (None, types.INITIALIZE, types.EXIT):
            if number is not None:  # notifications that come too early are dropped, as the protocol says
                self._send_response(number, error=JsonRpcServerNotInitialized("not initialized").to_response_error())
        elif self._shutdown and number is not None and method is not None:
            self._send_response(number, error=JsonRpcInvalidRequest("shutting down").to_response_error())
        else:
            super().handle_message(message)


__all__ = ["Protocol"]
