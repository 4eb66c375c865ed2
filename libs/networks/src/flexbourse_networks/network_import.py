"""Imports as a service needs them: the model's bytes of what was uploaded or named, kept in a folder.

pandapower takes seconds to import and is only needed for a network that was not imported before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib import metadata, resources
from pathlib import Path

from flexbourse_networks.from_pandapower.library import function_of
from flexbourse_networks.imported import ImportedNetwork, NetworkProblems
from flexbourse_networks.options import PLAIN
from flexbourse_networks.sources import read_json, read_library
from flexbourse_networks.tap_changers import with_tap_changers

MAX_JSON_BYTES = 8 * 1024 * 1024
FOLDER = "networks"
_LIBRARIES = ("pandapower", "power-grid-model")


class NetworkImport:
    """`folder` keeps the models of what was imported; None keeps nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def from_json(self, content: bytes) -> bytes:
        """Return the model of a JSON file of pandapower or power-grid-model; raises NetworkProblems."""
        if len(content) > MAX_JSON_BYTES:
            raise NetworkProblems([f"file: {len(content)} bytes, at most {MAX_JSON_BYTES}"])
        return self._kept(content, lambda: read_json(content, PLAIN))

    def from_library(self, name: str) -> bytes:
        """Return the model of a network of pandapower's library; raises NetworkProblems."""
        function, arguments = function_of(name)
        return self._kept(f"{function} {dict(arguments)}".encode(), lambda: read_library(name, PLAIN))

    def _kept(self, source: bytes, load: Callable[[], ImportedNetwork]) -> bytes:
        path = self._folder / FOLDER / f"{_digest(source)}.json" if self._folder else None
        if path is not None and path.exists():
            return path.read_bytes()
        model = with_tap_changers(load()).to_bytes()
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(".draft")
            draft.write_bytes(model)
            draft.replace(path)
        return model


def _digest(source: bytes) -> str:
    """Return the name of an import: its source, the libraries' versions and our readers' own text."""
    modules = sorted(
        (x for x in resources.files(__package__).iterdir() if x.name.endswith(".py")), key=lambda x: x.name
    )
    parts = [*(metadata.version(name).encode() for name in _LIBRARIES), source, *(x.read_bytes() for x in modules)]
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
