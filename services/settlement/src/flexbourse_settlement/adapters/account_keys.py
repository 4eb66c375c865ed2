"""Keys that salt the leaves: one file per account, beside the log and never on it. Deleting a file erases.

Without its key nobody can tell from the chain, or from another's statement, what an account traded.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from pathlib import Path

from flexbourse_core.errors import ConfigurationError
from flexbourse_log.durable_files import write_whole

KEY_BYTES = 32


class AccountKeys:
    """The keys of a folder. A new account gets a random key, or, for repeatable demonstrations, one of a seed."""

    def __init__(self, folder: Path, seed: str = "") -> None:
        self._folder = folder
        self._seed = seed.encode()
        self._keys: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def __call__(self, account: str) -> bytes:
        """Return the key of an account; raises ConfigurationError where its file holds none."""
        path = self._folder / f"{account}.key"
        with self._lock:
            if account not in self._keys or not path.exists():  # an erased key is gone at once
                self._keys[account] = self._load(account, path)
            return self._keys[account]

    def _load(self, account: str, path: Path) -> bytes:
        if not path.exists():
            write_whole(path, self._new(account).hex().encode() + b"\n", mode=0o600)
        try:
            key = bytes.fromhex(path.read_text(encoding="ascii").strip())
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            raise ConfigurationError(f"{path} must hold a key of {KEY_BYTES} bytes in hex")
        return key

    def _new(self, account: str) -> bytes:
        if self._seed:
            return hmac.digest(self._seed, account.encode(), "sha256")
        return secrets.token_bytes(KEY_BYTES)
