"""Channels to the platform, and one call: token, deadline, correlation id, repetition with the same command id."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import grpc
from google.protobuf.message import Message

from flexbourse_client.errors import FlexbourseError, NotAuthenticatedError, NotDecidedError, from_call
from flexbourse_client.login import TokenSource

ENDPOINTS_FILE = "endpoints.json"
DEFAULT_TIMEOUT_S = 10.0
MAX_ATTEMPTS = 8  # about five seconds of pauses: longer than the restart of a service
FIRST_PAUSE_S = 0.05
MAX_PAUSE_S = 2.0
MAX_MESSAGE_BYTES = 4 * 1024 * 1024
CHANNEL_OPTIONS = (
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2_000),
    ("grpc.enable_retries", 0),  # repetition is ours: it keeps the command id and renews the token
)

Response = TypeVar("Response", bound=Message)


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the platform listens: an address per context, or one for all under `*`."""

    grpc: Mapping[str, str]
    http: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def load(data_dir: Path) -> Endpoints:
        """Read what `flexbourse up` wrote into its data folder; raises FileNotFoundError where none runs."""
        content = json.loads((data_dir / ENDPOINTS_FILE).read_text())
        return Endpoints(content["grpc"], content.get("http", {}))

    def address(self, context: str) -> str:
        """Return the address of a context; raises KeyError where none is known."""
        return self.grpc.get(context) or self.grpc["*"]

    def addresses(self) -> tuple[str, ...]:
        """Return every address once."""
        return tuple(dict.fromkeys(self.grpc.values()))


class Connection:
    """Channels, made on first use. Safe to use from several threads."""

    def __init__(self, endpoints: Endpoints, tokens: TokenSource, *, timeout_s: float = DEFAULT_TIMEOUT_S) -> None:
        self.endpoints = endpoints
        self._tokens = tokens
        self._timeout_s = timeout_s
        self._channels: dict[str, grpc.Channel] = {}
        self._stubs: dict[tuple[str, type], Any] = {}
        self._lock = threading.Lock()

    @property
    def party(self) -> str:
        """Return the party that this connection proves."""
        return self._tokens.party

    def stub(self, kind: type, address: str) -> Any:
        """Return a stub of a generated class at an address."""
        with self._lock:
            found = self._stubs.get((address, kind))
            if found is None:
                channel = self._channels.get(address)
                if channel is None:
                    channel = grpc.insecure_channel(address, options=CHANNEL_OPTIONS)
                    self._channels[address] = channel
                found = self._stubs[address, kind] = kind(channel)
            return found

    def call(
        self,
        method: Callable[..., Response],
        request: Message,
        *,
        correlation_id: str = "",
        timeout_s: float | None = None,
    ) -> Response:
        """Make a unary call; every request may be repeated, because commands carry their id.

        Raises RefusedError, NotAuthenticatedError, and NotDecidedError after the last attempt.
        """
        pause_s, renewed = FIRST_PAUSE_S, False
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                return method(request, timeout=timeout_s or self._timeout_s, metadata=self._metadata(correlation_id))
            except grpc.RpcError as error:
                failure = from_call(error)
            if isinstance(failure, NotAuthenticatedError) and not renewed:
                self._tokens.forget()
                renewed = True
                continue
            if not isinstance(failure, NotDecidedError) or attempt == MAX_ATTEMPTS:
                raise failure from None
            time.sleep(pause_s * (0.5 + random.random()))
            pause_s = min(2 * pause_s, MAX_PAUSE_S)
        raise NotAuthenticatedError("LOGIN_REFUSED", "no fresh token was accepted")

    def stream(self, method: Callable[..., Any], request: Message) -> Iterator[Any]:
        """Make a streaming call; raises like `call`, without repetition: who reads knows where to go on."""
        responses = method(request, metadata=self._metadata(""))
        try:
            yield from responses
        except grpc.RpcError as error:
            failure: FlexbourseError = from_call(error)
            if isinstance(failure, NotAuthenticatedError):
                self._tokens.forget()
            raise failure from None
        finally:
            responses.cancel()

    def close(self) -> None:
        """Close all channels."""
        with self._lock:
            for channel in self._channels.values():
                channel.close()
            self._channels.clear()
            self._stubs.clear()

    def _metadata(self, correlation_id: str) -> tuple[tuple[str, str], ...]:
        head = (("authorization", f"Bearer {self._tokens.token()}"),)
        return (*head, ("x-correlation-id", correlation_id)) if correlation_id else head
