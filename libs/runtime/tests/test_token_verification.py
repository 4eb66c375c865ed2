"""Tokens: one sound way in, and every way out of it refused with its reason."""

from __future__ import annotations

import base64
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from flexbourse_core.errors import ConfigurationError
from flexbourse_runtime.http_endpoint import HttpEndpoint, HttpRequest
from flexbourse_runtime.identity import Caller, NotAuthenticatedError, TokenVerifier
from flexbourse_runtime.issuer import JWKS_PATH, TOKEN_PATH, Issuer
from flexbourse_runtime.jwks import REFRESH_PAUSE_S, RemoteKeys

NOW = 1_800_000_000
URL = "http://issuer.example"


class Clock:
    def __init__(self) -> None:
        self.now = float(NOW)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def issuer(tmp_path: Path, clock: Clock) -> Issuer:
    return Issuer(tmp_path, "flexbourse", url=URL, now_s=clock)


@pytest.fixture
def verifier(issuer: Issuer, clock: Clock) -> TokenVerifier:
    return TokenVerifier(issuer, URL, "flexbourse", clock)


def reason(verifier: TokenVerifier, authorization: str) -> str:
    with pytest.raises(NotAuthenticatedError) as caught:
        verifier.verify(authorization)
    return caught.value.reason


def signed(issuer: Issuer, **changes: Any) -> str:
    """A token of the issuer's own key with some claims changed; None takes a claim away."""
    key = issuer._key
    claims = {"iss": URL, "sub": "sun-agg", "aud": "flexbourse", "iat": NOW, "exp": NOW + 300, **changes}
    kept = {name: value for name, value in claims.items() if value is not None}
    return "Bearer " + jwt.encode({"alg": "ES256", "kid": key.kid}, kept, key)


def test_a_sound_token_proves_its_party(issuer: Issuer, verifier: TokenVerifier) -> None:
    token = f"Bearer {issuer.issue('sun-agg', ['AGR'])}"
    assert verifier.verify(token) == Caller("sun-agg", frozenset({"AGR"}))
    assert verifier.verify(token).party == "sun-agg"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"iss": "http://other.example"}, "wrong_issuer"),
        ({"aud": "another-api"}, "wrong_audience"),
        ({"aud": None}, "wrong_audience"),
        ({"exp": NOW - 31}, "expired"),
        ({"exp": None}, "expired"),
        ({"nbf": NOW + 31}, "not_yet_valid"),
        ({"sub": "Not A Party"}, "no_party"),
        ({"sub": None}, "no_party"),
    ],
)
def test_wrong_claims(issuer: Issuer, verifier: TokenVerifier, changes: dict[str, Any], expected: str) -> None:
    assert reason(verifier, signed(issuer, **changes)) == expected


@pytest.mark.parametrize("changes", [{"exp": NOW - 29}, {"nbf": NOW + 29}, {"aud": ["x", "flexbourse"]}])
def test_skew_and_lists_of_audiences(issuer: Issuer, verifier: TokenVerifier, changes: dict[str, Any]) -> None:
    assert verifier.verify(signed(issuer, **changes)).party == "sun-agg"


def test_a_remembered_token_still_expires(issuer: Issuer, verifier: TokenVerifier, clock: Clock) -> None:
    token = signed(issuer)
    assert verifier.verify(token).party == "sun-agg"
    clock.now += 331
    assert reason(verifier, token) == "expired"


def test_algorithm_none_and_keys_of_others(issuer: Issuer, verifier: TokenVerifier) -> None:
    def part(content: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()

    claims = {"iss": URL, "sub": "sun-agg", "aud": "flexbourse", "exp": NOW + 300}
    kid = issuer._key.kid
    assert reason(verifier, f"Bearer {part({'alg': 'none', 'kid': kid})}.{part(claims)}.") == "algorithm"
    public = json.dumps(issuer._key.as_dict(private=False)).encode()
    confused = jwt.encode({"alg": "HS256", "kid": kid}, claims, OctKey.import_key(public))
    assert reason(verifier, f"Bearer {confused}") == "algorithm"
    other = ECKey.generate_key("P-256", {"kid": "other"})
    assert reason(verifier, "Bearer " + jwt.encode({"alg": "ES256", "kid": "other"}, claims, other)) == "unknown_key"
    assert reason(verifier, "Bearer " + jwt.encode({"alg": "ES256", "kid": kid}, claims, other)) == "bad_signature"


@pytest.mark.parametrize(
    ("authorization", "expected"),
    [("", "missing"), ("Basic abc", "missing"), ("Bearer abc", "malformed"), ("Bearer " + "a" * 5000, "too_long")],
)
def test_what_is_no_token(verifier: TokenVerifier, authorization: str, expected: str) -> None:
    assert reason(verifier, authorization) == expected


def test_keys_and_credentials_are_their_owners_alone(issuer: Issuer, tmp_path: Path) -> None:
    path = issuer.enrol("sun-agg", ["AGR"])
    secrets = [path, *(tmp_path / "identity").rglob("*.json")]
    assert len(secrets) == 3
    assert {stat.S_IMODE(secret.stat().st_mode) for secret in secrets} == {0o600}
    kept = json.loads(path.read_text())["client_secret"]
    assert all(kept not in secret.read_text() for secret in secrets if secret != path)
    assert issuer.enrol("sun-agg") == path
    assert json.loads(path.read_text())["client_secret"] == kept
    with pytest.raises(ConfigurationError):
        issuer.enrol("../etc")


def test_a_restarted_issuer_keeps_its_key(issuer: Issuer, tmp_path: Path, verifier: TokenVerifier) -> None:
    again = Issuer(tmp_path, "flexbourse", url=URL, now_s=lambda: NOW)
    assert verifier.verify(f"Bearer {again.issue('sun-agg')}").party == "sun-agg"


def token_request(**form: str) -> HttpRequest:
    return HttpRequest("&".join(f"{key}={value}" for key, value in form.items()).encode(), "")


def test_the_token_endpoint(issuer: Issuer, verifier: TokenVerifier) -> None:
    secret = json.loads(issuer.enrol("sun-agg").read_text())["client_secret"]
    token = issuer.routes()["POST", TOKEN_PATH]
    good = token(token_request(grant_type="client_credentials", client_id="sun-agg", client_secret=secret))
    assert good.status == 200
    assert good.headers["Cache-Control"] == "no-store"
    assert verifier.verify(f"Bearer {json.loads(good.body)['access_token']}").party == "sun-agg"
    basic = base64.b64encode(f"sun-agg:{secret}".encode()).decode()
    assert token(HttpRequest(b"grant_type=client_credentials", f"Basic {basic}")).status == 200
    for form in (
        {"grant_type": "client_credentials", "client_id": "sun-agg", "client_secret": "wrong"},
        {"grant_type": "client_credentials", "client_id": "nobody", "client_secret": secret},
        {"grant_type": "client_credentials", "client_id": "../sun-agg", "client_secret": secret},
        {"grant_type": "client_credentials"},
    ):
        assert token(token_request(**form)).status == 401
    assert token(token_request(grant_type="password")).status == 400
    assert token(HttpRequest(b"grant_type=client_credentials", "Basic %%%")).status == 401


def test_a_flood_of_unknown_keys_costs_one_request(issuer: Issuer) -> None:
    asked = []
    routes = issuer.routes()
    keys_route = routes["GET", JWKS_PATH]

    def counted(request: HttpRequest) -> Any:
        asked.append(request)
        return keys_route(request)

    endpoint = HttpEndpoint({**routes, ("GET", JWKS_PATH): counted}, "127.0.0.1", 0)
    endpoint.start()
    ticks = [0.0]
    keys = RemoteKeys(f"{endpoint.address}{JWKS_PATH}", lambda: ticks[0])
    try:
        for _ in range(50):
            assert keys.find("unknown") is None
            keys.refresh()
        assert len(asked) == 1
        assert keys.find(issuer._key.kid or "") is not None
        ticks[0] += REFRESH_PAUSE_S
        keys.refresh()
        assert len(asked) == 2
    finally:
        endpoint.stop()
    ticks[0] += REFRESH_PAUSE_S
    keys.refresh()
    assert keys.find(issuer._key.kid or "") is not None


def test_tokens_of_the_real_clock(tmp_path: Path) -> None:
    issuer = Issuer(tmp_path, "flexbourse", url=URL)
    assert TokenVerifier(issuer, URL, "flexbourse").verify(f"Bearer {issuer.issue('a')}").party == "a"


def test_the_issuer_as_a_process(tmp_path: Path) -> None:
    environ = {
        **os.environ,
        "FLEXBOURSE_ISSUER_DATA_DIR": str(tmp_path),
        "FLEXBOURSE_ISSUER_PUBLIC_URL": "http://issuer:9464",
        "FLEXBOURSE_ISSUER_PARTIES": "sun-agg, grid-co",
    }
    command = [sys.executable, "-m", "flexbourse_runtime.issuer_process"]
    process = subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    line = json.loads(process.stderr.readline())
    assert (line["event"], line["issuer"]) == ("serving", "http://issuer:9464")
    process.terminate()
    assert process.wait(60) == 0
    process.stderr.close()
    names = {path.stem for path in (tmp_path / "credentials").glob("*.json")}
    assert names == {"operator", "sun-agg", "grid-co"}
    kept = json.loads((tmp_path / "credentials" / "sun-agg.json").read_text())
    assert kept["token_endpoint"] == "http://issuer:9464/token"
    wrong = {**environ, "FLEXBOURSE_ISSUER_PARTIES": "Sun Agg"}
    done = subprocess.run(command, env=wrong, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 2
    assert "Sun Agg" in done.stderr
