"""The built-in token issuer for development and tests: OIDC-shaped, client credentials only.

It serves discovery, JWKS and a token endpoint, so that a Keycloak takes its place by configuration alone. Keys and the
hashes of the clients' secrets lie in the data folder, readable by their owner only; secrets are random 256-bit values,
so one round of SHA-256 keeps them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import time
import urllib.parse
from collections.abc import Callable, Sequence
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import ECKey

from flexbourse_core.errors import ConfigurationError
from flexbourse_core.ids import is_participant_id
from flexbourse_runtime.http_endpoint import HttpRequest, HttpResponse, Route

TOKEN_LIFETIME_S = 300
ALGORITHM = "ES256"
OWNER_ONLY = 0o600
DISCOVERY_PATH = "/.well-known/openid-configuration"
JWKS_PATH = "/jwks"
TOKEN_PATH = "/token"


class Issuer:
    """Issues tokens to the clients of one data folder. Implements KeySource for verifiers in the same process."""

    def __init__(self, data_dir: Path, audience: str, *, url: str = "", now_s: Callable[[], float] = time.time) -> None:
        self._home = data_dir / "identity"
        self._credentials = data_dir / "credentials"
        self._audience = audience
        self._now_s = now_s
        for folder in (self._home, self._home / "clients", self._credentials):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._key = self._load_or_make_key()
        self.url = url

    def listen_at(self, url: str) -> None:
        """Say where the endpoints are served; credentials handed out earlier are written anew with that address."""
        self.url = url
        for path in sorted(self._credentials.glob("*.json")):
            kept = json.loads(path.read_text())
            if kept["token_endpoint"] != self._token_endpoint:
                _write_private(path, {**kept, "token_endpoint": self._token_endpoint})

    @property
    def _token_endpoint(self) -> str:
        return f"{self.url}{TOKEN_PATH}"

    def find(self, key_id: str) -> ECKey | None:
        """Return the signing key, if that is its id."""
        return self._key if key_id == self._key.kid else None

    def refresh(self) -> None:
        """Do nothing: the key is this issuer's own."""

    def enrol(self, party: str, roles: Sequence[str] = ()) -> Path:
        """Give a party a client with a secret; returns its credentials file. An enrolled party keeps its secret.

        Raises ConfigurationError where the party cannot be a participant's id.
        """
        if not is_participant_id(party):
            raise ConfigurationError(f"party {party!r} does not have the form [a-z0-9-]{{1,40}}")
        credentials = self._credentials / f"{party}.json"
        kept = json.loads(credentials.read_text()) if credentials.exists() else {}
        secret = kept.get("client_secret") or secrets.token_urlsafe(32)
        client = {"secret_sha256": _digest(secret), "roles": sorted(roles)}
        _write_private(self._home / "clients" / f"{party}.json", client)
        _write_private(
            credentials,
            {"client_id": party, "client_secret": secret, "token_endpoint": self._token_endpoint},
        )
        return credentials

    def issue(self, party: str, roles: Sequence[str] = ()) -> str:
        """Return a token for a party."""
        now = int(self._now_s())
        claims = {
            "iss": self.url,
            "sub": party,
            "aud": self._audience,
            "iat": now,
            "nbf": now,
            "exp": now + TOKEN_LIFETIME_S,
            "jti": secrets.token_hex(8),
            "roles": sorted(roles),
        }
        return jwt.encode({"alg": ALGORITHM, "kid": self._key.kid}, claims, self._key)

    def routes(self) -> dict[tuple[str, str], Route]:
        """Return the endpoints of the issuer."""
        return {
            ("GET", DISCOVERY_PATH): self._discovery,
            ("GET", JWKS_PATH): self._jwks,
            ("POST", TOKEN_PATH): self._token,
        }

    def _discovery(self, _request: HttpRequest) -> HttpResponse:
        return _json(
            200,
            {
                "issuer": self.url,
                "jwks_uri": f"{self.url}{JWKS_PATH}",
                "token_endpoint": self._token_endpoint,
                "grant_types_supported": ["client_credentials"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                "id_token_signing_alg_values_supported": [ALGORITHM],
                "response_types_supported": ["token"],
                "subject_types_supported": ["public"],
            },
        )

    def _jwks(self, _request: HttpRequest) -> HttpResponse:
        return _json(200, {"keys": [self._key.as_dict(private=False)]})

    def _token(self, request: HttpRequest) -> HttpResponse:
        form = urllib.parse.parse_qs(request.body.decode("utf-8", "replace"), max_num_fields=16)
        if form.get("grant_type") != ["client_credentials"]:
            return _json(400, {"error": "unsupported_grant_type"})
        client_id, secret = _client_of(request, form)
        client = self._client(client_id)
        if client is None or not hmac.compare_digest(str(client["secret_sha256"]), _digest(secret)):
            return _json(401, {"error": "invalid_client"})
        token = self.issue(client_id, client["roles"])
        return _json(200, {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_LIFETIME_S})

    def _client(self, client_id: str) -> dict[str, list[str]] | None:
        if not is_participant_id(client_id):
            return None
        try:
            client: dict[str, list[str]] = json.loads((self._home / "clients" / f"{client_id}.json").read_text())
        except FileNotFoundError:
            return None
        return client

    def _load_or_make_key(self) -> ECKey:
        path = self._home / "signing-key.json"
        if path.exists():
            return ECKey.import_key(json.loads(path.read_text()))
        key_id = secrets.token_hex(8)
        key = ECKey.generate_key("P-256", {"kid": key_id, "use": "sig", "alg": ALGORITHM})
        _write_private(path, key.as_dict(private=True))
        return key


def _client_of(request: HttpRequest, form: dict[str, list[str]]) -> tuple[str, str]:
    if request.authorization.startswith("Basic "):
        try:
            text = base64.b64decode(request.authorization[6:], validate=True).decode()
        except ValueError:
            return "", ""
        client_id, _, secret = text.partition(":")
        return urllib.parse.unquote(client_id), urllib.parse.unquote(secret)
    return form.get("client_id", [""])[0], form.get("client_secret", [""])[0]


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _json(status: int, content: object) -> HttpResponse:
    return HttpResponse(status, json.dumps(content).encode(), headers={"Cache-Control": "no-store"})


def _write_private(path: Path, content: object) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file)
    fresh.replace(path)
