"""A small HTTP server: metrics, liveness and readiness, and the development issuer's endpoints. Bounded everywhere."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from typing import Any

from flexbourse_runtime import logs

MAX_THREADS = 16
MAX_BODY_BYTES = 16 * 1024
SOCKET_TIMEOUT_S = 5.0
JSON = "application/json"

_log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What a route needs of a request."""

    body: bytes
    authorization: str


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """What a route returns."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


Route = Callable[[HttpRequest], HttpResponse]
Routes = Mapping[tuple[str, str], Route]  # (method, path) -> route


class HttpEndpoint:
    """Serves routes on its own threads from `start` to `stop`."""

    def __init__(self, routes: Routes, host: str, port: int) -> None:
        self._server = _BoundedServer((host, port), _handler(routes))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), name="http", daemon=True)

    @property
    def address(self) -> str:
        """Return `http://host:port`."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """End; open requests are dropped."""
        self._server.shutdown()
        self._server.server_close()


class _BoundedServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self._slots = threading.BoundedSemaphore(MAX_THREADS)

    def process_request(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        if not self._slots.acquire(timeout=SOCKET_TIMEOUT_S):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:  # noqa: ARG002
        """A client that went away is no matter; anything else is a bug of a route and is logged as one."""
        if isinstance(sys.exception(), OSError):
            _log.debug("http_client_gone")
        else:
            _log.error("http_request_failed", exc_info=True)

    def process_request_thread(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._slots.release()


def _handler(routes: Routes) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = SOCKET_TIMEOUT_S
        server_version = "flexbourse"
        sys_version = ""

        def do_GET(self) -> None:
            self._serve("GET")

        def do_POST(self) -> None:
            self._serve("POST")

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - name given by the base class
            _log.debug("http_request", line=format % args)

        def _serve(self, method: str) -> None:
            route = routes.get((method, self.path.split("?", 1)[0]))
            length = self.headers.get("Content-Length", "0")
            if route is None:
                self._send(HttpResponse(404, b'{"error":"not_found"}'))
            elif not length.isdigit() or int(length) > MAX_BODY_BYTES:
                self._send(HttpResponse(413, b'{"error":"too_large"}'))
            else:
                body = self.rfile.read(int(length))
                self._send(route(HttpRequest(body, self.headers.get("Authorization", ""))))

        def _send(self, response: HttpResponse) -> None:
            self.send_response(response.status)
            self.send_header("Content-Type", response.content_type)
            self.send_header("Content-Length", str(len(response.body)))
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(response.body)

    return Handler
