"""How the simulator is started: settings, TLS, what it refuses to start with."""

from __future__ import annotations

import datetime
import json
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from exchange_process import Exchange

from flexbourse_exchange_simulator.config import Config, ConfigError, Server, checked, read_config


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program to its end."""
    command = [sys.executable, "-m", "flexbourse_exchange_simulator", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_everything_that_is_wrong_with_a_file_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text("""
colour = 1
driven_from = "soon"
[server]
port = "80"
[market]
zone = 3
closing = 1
client_order_ids = "maybe"
[[users]]
name = "ann"
[[orders]]
at = "2026-01-15T08:00:00Z"
type = "simple"
[[faults]]
kind = "fire"
""")
    with pytest.raises(ConfigError) as found:
        read_config(file)
    text = str(found.value)
    for part in ("colour", "driven_from", "server.port", "market.zone", "market.closing", "client_order_ids"):
        assert part in text
    for part in ("users[0].password: missing", "orders[0]: direction", "orders[0]: quantity", "faults[0].kind"):
        assert part in text
    outcome = run("--config", str(file))
    assert (outcome.returncode, "colour: unknown section" in outcome.stderr) == (2, True)


def test_values_out_of_range_are_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text("""
[server]
host = "0.0.0.0"
key = "nothing.pem"
[market]
zone = "Mars/Crater"
products = [7]
opens_hour = 24
[rate_limit]
seconds = 0
[auction]
preliminary_after_minutes = 60
final_after_minutes = 30
""")
    with pytest.raises(ConfigError) as found:
        read_config(file)
    assert {line.split(":")[0] for line in str(found.value).splitlines()} == {
        "server",
        "server.key",
        "server.host",
        "market.zone",
        "market.products",
        "market.opens_hour",
        "rate_limit.seconds",
        "auction.final_after_minutes",
    }


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--user", ":secret"), "NAME:PASSWORD is needed"),
        (("--user", "ann"), "NAME:PASSWORD is needed"),
        (("--user", "ann:secret", "--user", "ann:other"), "no name twice"),
        (("--rate-limit", "50"), "--rate-limit"),
        (("--driven", "soon"), "--driven"),
        (("--host", "0.0.0.0"), "plain_http"),
        (("--config", "nowhere.toml"), "nowhere.toml"),
    ],
)
def test_command_lines_that_cannot_be_used(arguments: tuple[str, ...], complaint: str) -> None:
    outcome = run(*arguments)
    assert (outcome.returncode, complaint in outcome.stderr) == (2, True), outcome.stderr
    assert "secret" not in outcome.stderr


def test_plain_http_for_others_must_be_asked_for() -> None:
    with pytest.raises(ConfigError):
        checked(Config(server=Server(host="0.0.0.0")))
    assert checked(Config(server=Server(host="0.0.0.0", plain_http=True))).server.plain_http


def test_the_document_and_readiness_need_no_login(start: Callable[..., Exchange]) -> None:
    exchange = start("--seed", "0")
    for path in ("/openapi.json", "/ready"):
        with urllib.request.urlopen(exchange.url + path, timeout=60) as answer:
            assert isinstance(json.load(answer), dict)
    assert exchange.stop() == ""


def certificate(
    folder: Path, name: str, issuer: tuple[x509.Name, ec.EllipticCurvePrivateKey] | None
) -> tuple[x509.Name, ec.EllipticCurvePrivateKey]:
    """Write NAME.pem and NAME.key and return what signs others."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, name)])
    signer, signing_key = issuer or (subject, key)
    now = datetime.datetime.now(datetime.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(signer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(signing_key, hashes.SHA256())
    )
    (folder / f"{name}.pem").write_bytes(built.public_bytes(serialization.Encoding.PEM))
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / f"{name}.key").write_bytes(secret)
    return subject, key


def status(url: str, folder: Path, client: str | None, login: str = "ann:a") -> int:
    """Ask for the market's status over TLS with a client's certificate."""
    context = ssl.create_default_context(cafile=str(folder / "ca.pem"))
    context.check_hostname = False
    if client is not None:
        context.load_cert_chain(folder / f"{client}.pem", folder / f"{client}.key")
    name, password = login.split(":")
    keeper = urllib.request.HTTPPasswordMgrWithPriorAuth()
    keeper.add_password(None, url, name, password, is_authenticated=True)
    opener = urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=context), urllib.request.HTTPBasicAuthHandler(keeper)
    )
    try:
        with opener.open(f"{url}/api/v1/idm/market-status", timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_clients_show_a_certificate_that_belongs_to_their_login(start: Callable[..., Exchange], tmp_path: Path) -> None:
    authority = certificate(tmp_path, "ca", None)
    for name in ("server", "ann", "bob"):
        certificate(tmp_path, name, authority)
    settings = tmp_path / "exchange.toml"
    settings.write_text(f"""
[server]
certificate = "{tmp_path}/server.pem"
key = "{tmp_path}/server.key"
client_ca = "{tmp_path}/ca.pem"
[liquidity]
seed = 0
[[users]]
name = "ann"
password = "a"
certificate = "ann"
[[users]]
name = "free"
password = "f"
""")
    exchange = start("--config", str(settings))
    assert exchange.url.startswith("https://")
    assert status(exchange.url, tmp_path, "ann") == 200
    assert status(exchange.url, tmp_path, "bob") == 401
    assert status(exchange.url, tmp_path, "bob", "free:f") == 200
    with pytest.raises((urllib.error.URLError, ConnectionError, ssl.SSLError)):
        status(exchange.url, tmp_path, None)
