"""Login by client credentials: any OIDC token endpoint, tokens renewed before they end."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from flexbourse_client.errors import NotAuthenticatedError, NotDecidedError

TIMEOUT_S = 5.0
MAX_RESPONSE_BYTES = 64 * 1024
RENEW_AT = 0.8  # of a token's life
MAX_ATTEMPTS = 4
FIRST_PAUSE_S = 0.1


@dataclass(frozen=True, slots=True)
class Credentials:
    """A party's client at the issuer."""

    client_id: str
    client_secret: str = field(repr=False)
    token_endpoint: str

    @staticmethod
    def load(path: Path) -> Credentials:
        """Read a credentials file; raises OSError where there is none, KeyError where a field is missing."""
        content = json.loads(path.read_text())
        return Credentials(content["client_id"], content["client_secret"], content["token_endpoint"])


class TokenSource:
    """Keeps one token fresh. Safe to use from several threads."""

    def __init__(self, credentials: Credentials, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._credentials = credentials
        self._monotonic_s = monotonic_s
        self._token = ""
        self._renew_at_s = 0.0
        self._lock = threading.Lock()

    @property
    def party(self) -> str:
        """Return the party that logs in."""
        return self._credentials.client_id

    def token(self) -> str:
        """Return a token that is valid for a while; raises NotAuthenticatedError, NotDecidedError."""
        with self._lock:
            if not self._token or self._monotonic_s() >= self._renew_at_s:
                self._renew()
            return self._token

    def forget(self) -> None:
        """Ask for a new token next time: the server did not accept this one."""
        with self._lock:
            self._token = ""

    def _renew(self) -> None:
        asked_at_s = self._monotonic_s()
        content = self._ask()
        self._token = str(content["access_token"])
        self._renew_at_s = asked_at_s + RENEW_AT * float(content.get("expires_in", 60))

    def _ask(self) -> dict[str, str]:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._credentials.client_id,
            "client_secret": self._credentials.client_secret,
        }
        request = urllib.request.Request(
            self._credentials.token_endpoint, data=urllib.parse.urlencode(form).encode(), method="POST"
        )
        pause_s = FIRST_PAUSE_S
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:
                    content: dict[str, str] = json.loads(response.read(MAX_RESPONSE_BYTES))
                    return content
            except urllib.error.HTTPError as error:
                error.close()
                if error.code < 500:
                    raise NotAuthenticatedError("LOGIN_REFUSED", f"the issuer answers {error.code}") from None
                reason = str(error)
            except OSError as error:
                reason = str(error)
            if attempt < MAX_ATTEMPTS:
                time.sleep(pause_s)
                pause_s *= 2
        raise NotDecidedError("ISSUER_UNREACHABLE", f"{self._credentials.token_endpoint}: {reason}")
