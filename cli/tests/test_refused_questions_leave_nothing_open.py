"""Whoever is refused over HTTP closes the answer: probes, logins and registers ask again and again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.error import HTTPError

import pytest

from flexbourse_cli.kafka import ServiceProcess
from flexbourse_client.errors import NotAuthenticatedError
from flexbourse_client.external_rest import RestSource
from flexbourse_client.login import Credentials, TokenSource


class Refusing(BaseHTTPRequestHandler):
    """Refuses whatever is asked."""

    def do_GET(self) -> None:
        self.send_error(404)

    def do_POST(self) -> None:
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Refusing)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def probe(address: str) -> None:
    process = ServiceProcess.__new__(ServiceProcess)  # a process that serves nothing yet
    process.http_address = address
    assert not process.is_ready()


def log_in(address: str) -> None:
    with pytest.raises(NotAuthenticatedError):
        TokenSource(Credentials("ann", "secret", address)).token()


def look(address: str) -> None:
    assert RestSource(address).sheet("unit") is None


@pytest.mark.parametrize("ask", [probe, log_in, look])
def test_the_answer_is_closed(ask: Callable[[str], None], address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[HTTPError] = []  # a collected one is closed anyway, some time
    refused = HTTPError.__init__

    def noted(self: HTTPError, *given: Any) -> None:
        refused(self, *given)
        kept.append(self)

    monkeypatch.setattr(HTTPError, "__init__", noted)
    ask(address)
    assert [error.fp.isclosed() for error in kept] == [True]
