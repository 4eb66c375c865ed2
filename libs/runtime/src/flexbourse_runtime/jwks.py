"""Keys of a remote issuer, cached; asked again for an unknown key id, but seldom."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from collections.abc import Callable

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from flexbourse_runtime import logs

FETCH_TIMEOUT_S = 2.0
MAX_JWKS_BYTES = 64 * 1024
REFRESH_PAUSE_S = 10.0  # a flood of unknown key ids costs one request in that time

_log = logs.get(__name__)


class RemoteKeys:
    """Public keys behind a JWKS address. Safe to use from several threads."""

    def __init__(self, url: str, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._monotonic_s = monotonic_s
        self._keys: dict[str, ECKey] = {}
        self._asked_at_s: float | None = None
        self._lock = threading.Lock()

    def find(self, key_id: str) -> ECKey | None:
        """Return a cached key."""
        return self._keys.get(key_id)

    def refresh(self) -> None:
        """Fetch the keys, unless that was tried a moment ago; a failure keeps the old ones and is logged."""
        with self._lock:
            now = self._monotonic_s()
            if self._asked_at_s is not None and now - self._asked_at_s < REFRESH_PAUSE_S:
                return
            self._asked_at_s = now
            try:
                with urllib.request.urlopen(self._url, timeout=FETCH_TIMEOUT_S) as response:
                    found = json.loads(response.read(MAX_JWKS_BYTES))["keys"]
                self._keys = {str(key["kid"]): ECKey.import_key(key) for key in found if key.get("kty") == "EC"}
            except (OSError, ValueError, KeyError, JoseError) as error:
                _log.warning("jwks_unavailable", url=self._url, error=str(error))
