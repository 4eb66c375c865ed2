"""Who we are to OKTE: a user with a password, and a client certificate where the exchange asks for one."""

from __future__ import annotations

import ssl
from base64 import b64encode
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from flexbourse_core.errors import ConfigurationError


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Where the exchange is, and by what it knows us; secrets are in files."""

    url: str
    user: str
    password_file: Path
    certificate_file: Path | None = None
    key_file: Path | None = None
    ca_file: Path | None = None


def open_session(login: Login) -> aiohttp.ClientSession:
    """Return a session for requests and streams; raises ConfigurationError for what an operator has to put right."""
    parts = urlsplit(login.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(f"exchange url is {login.url!r}, it is https://HOST:PORT")
    if parts.scheme == "http" and not _is_local(parts.hostname):
        raise ConfigurationError(f"exchange url is {login.url!r}: plain http goes to this machine alone")
    if not login.user or ":" in login.user:
        raise ConfigurationError(f"exchange user is {login.user!r}: not empty, and without a colon")
    try:
        password = login.password_file.read_text(encoding="utf-8").strip()
        context = _context(login) if parts.scheme == "https" else None
    except OSError as error:  # of the ssl library, too
        raise ConfigurationError(f"exchange login: {error}") from error
    token = b64encode(f"{login.user}:{password}".encode()).decode()
    connector = aiohttp.TCPConnector(ssl=context) if context is not None else aiohttp.TCPConnector()
    return aiohttp.ClientSession(connector=connector, headers={"Authorization": f"Basic {token}"})


def _context(login: Login) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=login.ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if login.certificate_file is not None:
        context.load_cert_chain(login.certificate_file, login.key_file)
    return context


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
