"""Exchange with a mailbox on a web server, over HTTPS.

POST   <url>/v1/parties/<party>/messages        a document of ours: 2xx
GET    <url>/v1/parties/<party>/messages        the oldest unconfirmed message after `?after=`: 200 or 204
DELETE <url>/v1/parties/<party>/messages/<id>   it is confirmed: 2xx, or 404 where it is gone already

A client certificate or a token says who we are. Every call has a time limit; answers are read up to a bound.
"""

from __future__ import annotations

import http.client
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from flexbourse_ancillary_gateway.adapters.mailbox import MAX_MESSAGES, Arrived, TransportRefusedError
from flexbourse_ancillary_gateway.documents.codec import MAX_DOCUMENT_BYTES
from flexbourse_core.errors import TransientError
from flexbourse_runtime.remote import remote_url, tls_context

TIMEOUT_S = 15.0
SHOWN_BYTES = 200
TOO_MANY_REQUESTS, TIMEOUT, NOT_FOUND, NO_CONTENT = 429, 408, 404, 204
MESSAGE_ID = "Message-Id"
# What is wrong with our identity is put right by the operator, and the message is sent again.
UNAUTHENTICATED = (401, 403)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """How the connection is trusted, and by what we are known; all of it in files."""

    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    token_file: Path | None = None

    def context(self) -> ssl.SSLContext:
        """Return what checks the platform and shows our certificate; raises ConfigurationError."""
        return tls_context(
            "platform login", ca_file=self.ca_file, certificate_file=self.certificate_file, key_file=self.key_file
        )


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    message_id: str
    content: bytes


class HttpMailbox:
    """A party's mailbox at a platform; plain HTTP is taken on this machine alone."""

    def __init__(self, url: str, party: str, credentials: Credentials) -> None:
        parts = remote_url("platform_url", url)
        self._host, self._port, self._is_tls = str(parts.hostname), parts.port, parts.scheme == "https"
        self._path = f"{parts.path.rstrip('/')}/v1/parties/{quote(party, safe='')}/messages"
        self._token_file = credentials.token_file
        self._context = credentials.context() if self._is_tls else None

    def send(self, name: str, content: bytes) -> None:
        """Post a message; its name goes along as its title."""
        headers = {"Content-Type": "application/xml", "Message-Title": quote(name)[:150]}
        self._call("POST", self._path, content, headers)

    def collect(self) -> list[Arrived]:
        """Fetch unconfirmed messages, oldest first."""
        found: list[Arrived] = []
        after = ""
        while len(found) < MAX_MESSAGES:
            answer = self._call("GET", f"{self._path}?after={quote(after, safe='')}")
            if answer.status == NO_CONTENT:
                break
            if not answer.message_id:
                raise TransientError(f"{self._host} sent a message without {MESSAGE_ID}")
            found.append(Arrived(answer.message_id, answer.content))
            after = answer.message_id
        return found

    def confirm(self, message_id: str) -> None:
        """Delete a message at the server."""
        self._call("DELETE", f"{self._path}/{quote(message_id, safe='')}", accepted=(NOT_FOUND,))

    def _call(
        self,
        method: str,
        path: str,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
        accepted: tuple[int, ...] = (),
    ) -> _Answer:
        connection = self._connection()
        try:
            connection.request(method, path, content, {**(headers or {}), **self._authorization()})
            response = connection.getresponse()
            answer = _Answer(
                response.status, response.headers.get(MESSAGE_ID, ""), response.read(MAX_DOCUMENT_BYTES + 1)
            )
        except (OSError, http.client.HTTPException) as error:
            raise TransientError(f"{method} {self._host}{path}: {error!r}") from error
        finally:
            connection.close()
        if 200 <= answer.status < 300 or answer.status in accepted:
            return answer
        said = f"{method} {self._host}{path}: {answer.status} {answer.content[:SHOWN_BYTES]!r}"
        passing = (TIMEOUT, TOO_MANY_REQUESTS, *UNAUTHENTICATED)
        if answer.status >= 500 or answer.status in passing or method != "POST":
            raise TransientError(said)
        raise TransportRefusedError(said)

    def _connection(self) -> http.client.HTTPConnection:
        if self._is_tls:
            return http.client.HTTPSConnection(self._host, self._port, timeout=TIMEOUT_S, context=self._context)
        return http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_S)

    def _authorization(self) -> dict[str, str]:
        """Read the token anew each time: it is replaced while we run."""
        if self._token_file is None:
            return {}
        return {"Authorization": f"Bearer {self._token_file.read_text(encoding='utf-8').strip()}"}
