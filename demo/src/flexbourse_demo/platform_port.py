"""What the demo needs of a running platform: clients and steps. The command line hands a factory in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

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


# Starts a platform in stepped mode: engine ("embedded" or "kafka"), data folder, seed of the salts of its statements.
PlatformFactory = Callable[[str, Path, str], Platform]
