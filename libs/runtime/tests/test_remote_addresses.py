"""Whom a service may call, and by which files it knows them."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from flexbourse_core.errors import ConfigurationError
from flexbourse_runtime.remote import remote_url, tls_context


@pytest.mark.parametrize("url", ["https://exchange.example:8443/api", "http://localhost:1", "http://[::1]:1"])
def test_https_goes_anywhere_and_http_stays_here(url: str) -> None:
    assert remote_url("exchange url", url).geturl() == url


@pytest.mark.parametrize("url", ["http://exchange.example", "http://10.0.0.7", "ftp://localhost", "https://", "here"])
def test_other_addresses_are_refused_by_the_name_of_their_setting(url: str) -> None:
    with pytest.raises(ConfigurationError, match="platform_url is"):
        remote_url("platform_url", url)


def test_a_context_checks_names_and_takes_no_old_tls() -> None:
    context = tls_context("exchange login")
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("name", ["ca_file", "certificate_file"])
def test_files_that_are_missing_or_hold_no_certificate_are_the_operators_to_put_right(
    name: str, tmp_path: Path
) -> None:
    for path in (tmp_path / "missing.pem", tmp_path / "empty.pem"):
        if path.name == "empty.pem":
            path.touch()
        with pytest.raises(ConfigurationError, match="platform login"):
            tls_context("platform login", **{name: path})
