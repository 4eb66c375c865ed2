"""How a service calls somebody outside: https, by files that an operator names; plain http on this machine alone."""

from __future__ import annotations

import ssl
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from flexbourse_core.errors import ConfigurationError


def remote_url(name: str, url: str) -> SplitResult:
    """Return the parts of an http or https address; raises ConfigurationError that names the setting."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(f"{name} is {url!r}, it is https://HOST:PORT")
    if parts.scheme == "http" and not _is_local(parts.hostname):
        raise ConfigurationError(f"{name} is {url!r}: plain http goes to this machine alone")
    return parts


def tls_context(
    name: str, *, ca_file: Path | None = None, certificate_file: Path | None = None, key_file: Path | None = None
) -> ssl.SSLContext:
    """Return what checks the other side, by an authority of its own where one is named, and shows a certificate.

    Raises ConfigurationError, that names the setting, for files which cannot be read or do not fit each other.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if certificate_file is not None:
            context.load_cert_chain(certificate_file, key_file)
    except OSError as error:  # of the ssl library, too
        raise ConfigurationError(f"{name}: {error}") from error
    return context


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
