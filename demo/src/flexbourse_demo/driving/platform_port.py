"""What the demo needs of a running platform: clients and steps. The command line hands a factory in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from flexbourse_client.client import Client


class Platform(Protocol):
    """A platform in stepped mode."""

    data_dir: Path

    @property
    def operator_id(self) -> str:
        """Return who runs the market."""
        ...

    def client(self, party: str, *, now_ms: Callable[[], int], new_id: Callable[[], str]) -> Client:
        """Return a client logged in as a party."""
        ...

    def step(self, step: int, at_ms: int) -> None:
        """Close a step and return when everything has done it; safe to repeat."""
        ...

    def last_step(self) -> int:
        """Return the last step that everything has done; 0 before the first."""
        ...

    def stop(self) -> bool:
        """End in order."""
        ...


class PlatformFactory(Protocol):
    """Starts a platform in stepped mode; importable by a process of its own."""

    def __call__(
        self, engine: str, data_dir: Path, key_seed: str, settings: Mapping[str, Mapping[str, Any]] | None = None
    ) -> Platform:
        """Return a platform.

        Args:
            engine: "embedded" or "kafka".
            data_dir: its folder.
            key_seed: seed of the salts of its statements.
            settings: more settings of services, by context and field.
        """
        ...
