"""Who calls: verification of access tokens, the same for every way in.

A token is a JWT signed with ES256. Checked: algorithm (allow-list), key id, signature, issuer, audience, expiry and
not-before with 30 s of skew. What a token proves is the party; what the party may do is registry state.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.jws import extract_compact

from flexbourse_core.ids import is_participant_id

ALGORITHMS = ("ES256",)
SKEW_S = 30
MAX_TOKEN_BYTES = 4096
MAX_CACHED_TOKENS = 10_000
BEARER = "Bearer "


@dataclass(frozen=True, slots=True)
class Caller:
    """A proven party. `roles` are what the token says, for display; decisions rest on the registry."""

    party: str
    roles: frozenset[str] = frozenset()


class NotAuthenticatedError(Exception):
    """The token proves no identity; `reason` is one word of a bounded set, for metrics."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"no proven identity: {reason}")
        self.reason = reason


class KeySource(Protocol):
    """Public keys of the issuer by key id."""

    def find(self, key_id: str) -> ECKey | None:
        """Return a known key."""

    def refresh(self) -> None:
        """Ask the issuer again; may block and is rate-limited by the source."""


class TokenVerifier:
    """Verifies bearer tokens; remembers sound ones until they expire. Safe to use from several threads."""

    def __init__(self, keys: KeySource, issuer: str, audience: str, now_s: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._now_s = now_s
        self._cache: OrderedDict[str, tuple[Caller, float]] = OrderedDict()
        self._lock = threading.Lock()

    def knows_key_of(self, authorization: str) -> bool:
        """Tell whether `verify` can do without asking the issuer for keys."""
        token = authorization.removeprefix(BEARER)
        with self._lock:
            if token in self._cache:
                return True
        try:
            return self._keys.find(_key_id(token)) is not None
        except NotAuthenticatedError:
            return True

    def refresh_keys(self) -> None:
        """Ask the issuer for its keys; blocks."""
        self._keys.refresh()

    def verify(self, authorization: str) -> Caller:
        """Return the party that an `authorization` header proves; raises NotAuthenticatedError."""
        if not authorization.startswith(BEARER):
            raise NotAuthenticatedError("missing")
        token = authorization[len(BEARER) :]
        if len(token) > MAX_TOKEN_BYTES:
            raise NotAuthenticatedError("too_long")
        now = self._now_s()
        with self._lock:
            known = self._cache.get(token)
        if known is not None and now < known[1] + SKEW_S:
            return known[0]
        caller, expires = self._check(token, now)
        with self._lock:
            self._cache[token] = (caller, expires)
            while len(self._cache) > MAX_CACHED_TOKENS:
                self._cache.popitem(last=False)
        return caller

    def _check(self, token: str, now: float) -> tuple[Caller, float]:
        key = self._keys.find(_key_id(token))
        if key is None:
            raise NotAuthenticatedError("unknown_key")
        try:
            claims = jwt.decode(token, key, algorithms=list(ALGORITHMS)).claims
        except (JoseError, ValueError):
            raise NotAuthenticatedError("bad_signature") from None
        if claims.get("iss") != self._issuer:
            raise NotAuthenticatedError("wrong_issuer")
        audience = claims.get("aud")
        if self._audience not in (audience if isinstance(audience, list) else [audience]):
            raise NotAuthenticatedError("wrong_audience")
        expires, not_before = claims.get("exp"), claims.get("nbf", 0)
        if not isinstance(expires, int | float) or now >= expires + SKEW_S:
            raise NotAuthenticatedError("expired")
        if not isinstance(not_before, int | float) or now < not_before - SKEW_S:
            raise NotAuthenticatedError("not_yet_valid")
        return _caller(claims), float(expires)


def _caller(claims: dict[str, Any]) -> Caller:
    party = claims.get("sub")
    if not isinstance(party, str) or not is_participant_id(party):
        raise NotAuthenticatedError("no_party")
    roles = claims.get("roles", [])
    return Caller(party, frozenset(str(role) for role in roles) if isinstance(roles, list) else frozenset())


def _key_id(token: str) -> str:
    try:
        header = extract_compact(token.encode()).headers()
    except (JoseError, ValueError, AttributeError):
        raise NotAuthenticatedError("malformed") from None
    if header.get("alg") not in ALGORITHMS:
        raise NotAuthenticatedError("algorithm")
    return str(header.get("kid", ""))


_current: ContextVar[Caller | None] = ContextVar("flexbourse_caller", default=None)


def set_current_caller(caller: Caller | None) -> None:
    """Make a caller the one of the current call."""
    _current.set(caller)


def current_caller() -> Caller:
    """Return the caller of the current call; raises NotAuthenticatedError outside of one."""
    caller = _current.get()
    if caller is None:
        raise NotAuthenticatedError("missing")
    return caller
