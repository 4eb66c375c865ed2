"""Where OKTE is and by what it knows us; without the client that goes there, which takes its time to be imported."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Where the exchange is, and by what it knows us; secrets are in files."""

    url: str
    user: str
    password_file: Path
    certificate_file: Path | None = None
    key_file: Path | None = None
    ca_file: Path | None = None
