"""A mailbox on a real local web server, with faults to order: what the gateway's HTTP transport is tested against."""

from __future__ import annotations

import ssl
import threading
from collections import deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class MailboxServer:
    """`posted` is what came; `faults` are taken one per call: a status, "drop" (after the work) or "none"."""

    def __init__(self, context: ssl.SSLContext | None = None, token: str = "", port: int = 0) -> None:
        self.posted: list[tuple[str, bytes]] = []
        self.waiting: dict[str, bytes] = {}
        self.faults: deque[int | str] = deque()
        self.calls: list[str] = []
        self.token = token
        self._server = ThreadingHTTPServer(("127.0.0.1", port), type("Handler", (_Handler,), {"outer": self}))
        self._server.daemon_threads = True
        self._is_tls = context is not None
        if context is not None:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"{'https' if self._is_tls else 'http'}://localhost:{self._server.server_address[1]}"

    def stop(self) -> None:
        """End."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    outer: MailboxServer

    def log_message(self, *_: object) -> None:
        """Stay quiet."""

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self._served(lambda: self.outer.posted.append((self.headers["Message-Title"], content)) or (202, b"", ""))

    def do_GET(self) -> None:
        self._served(self._next)

    def do_DELETE(self) -> None:
        message_id = self.path.rsplit("/", 1)[1]
        self._served(lambda: (204 if self.outer.waiting.pop(message_id, None) is not None else 404, b"", ""))

    def _next(self) -> tuple[int, bytes, str]:
        after = parse_qs(urlsplit(self.path).query).get("after", [""])[0]
        for message_id, content in sorted(self.outer.waiting.items()):
            if message_id > after:
                return 200, content, message_id
        return 204, b"", ""

    def _served(self, work: Callable[[], tuple[int, bytes, str]]) -> None:
        self.outer.calls.append(f"{self.command} {self.path}")
        fault = self.outer.faults.popleft() if self.outer.faults else "none"
        if self.outer.token and self.headers.get("Authorization") != f"Bearer {self.outer.token}":
            fault = 401
        status, content, message_id = (fault, b"no", "") if isinstance(fault, int) else work()
        if fault == "drop":
            self.close_connection = True
            self.connection.close()
            return
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        if message_id:
            self.send_header("Message-Id", message_id)
        self.end_headers()
        self.wfile.write(content)
