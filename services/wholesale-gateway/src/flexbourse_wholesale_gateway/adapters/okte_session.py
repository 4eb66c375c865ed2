"""Who we are to OKTE: a user with a password, and a client certificate where the exchange asks for one."""

from __future__ import annotations

from base64 import b64encode

import aiohttp

from flexbourse_core.errors import ConfigurationError
from flexbourse_runtime.remote import remote_url, tls_context
from flexbourse_wholesale_gateway.adapters.okte_login import Login


def open_session(login: Login) -> aiohttp.ClientSession:
    """Return a session for requests and streams; raises ConfigurationError for what an operator has to put right."""
    parts = remote_url("exchange url", login.url)
    if not login.user or ":" in login.user:
        raise ConfigurationError(f"exchange user is {login.user!r}: not empty, and without a colon")
    try:
        password = login.password_file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationError(f"exchange login: {error}") from error
    files = {"ca_file": login.ca_file, "certificate_file": login.certificate_file, "key_file": login.key_file}
    context = tls_context("exchange login", **files) if parts.scheme == "https" else None
    token = b64encode(f"{login.user}:{password}".encode()).decode()
    connector = aiohttp.TCPConnector(ssl=context) if context is not None else aiohttp.TCPConnector()
    return aiohttp.ClientSession(connector=connector, headers={"Authorization": f"Basic {token}"})
