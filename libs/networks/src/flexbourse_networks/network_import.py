"""Imports a network from pandapower: its JSON, or a network of its library by name. Imports are kept in a folder.

pandapower takes seconds to import and is only needed for a network that was not imported before.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from importlib import metadata, resources
from pathlib import Path
from typing import Any

from flexbourse_gridmath.model import ModelError

SHORT_NAMES = {
    "kerber-dorf": "create_kerber_dorfnetz",
    "cigre-lv": "create_cigre_network_lv",
    "cigre-mv": "create_cigre_network_mv",
    "case33bw": "case33bw",
}
LIBRARY_NAME = re.compile(r"(create_|case)[a-z0-9_]{1,60}")
MAX_JSON_BYTES = 8 * 1024 * 1024
FOLDER = "networks"
# What a network file may ask the library to construct; anything else could run code of the sender's choice.
ALLOWED_MODULES = re.compile(r"(pandapower|pandas|numpy|networkx)(\.[A-Za-z_.]*)?")
_READER = ("pandapower_network.py", "feeders.py")


class NetworkImport:
    """`folder` keeps the models of what was imported; None keeps nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def from_json(self, content: bytes) -> bytes:
        """Return the model of a pandapower JSON file; raises ModelError naming every problem."""
        if len(content) > MAX_JSON_BYTES:
            raise ModelError([f"file: {len(content)} bytes, at most {MAX_JSON_BYTES}"])
        try:
            document = json.loads(content)
        except (ValueError, RecursionError) as e:
            raise ModelError([f"file: not JSON: {e}"]) from e
        strange = sorted({name for name in _modules(document) if not ALLOWED_MODULES.fullmatch(name)})
        if strange:
            raise ModelError([f"file: objects of the module {name[:64]}" for name in strange])
        return self._kept(content, lambda: _load_json(content))

    def from_library(self, name: str) -> bytes:
        """Return the model of a network of pandapower's library; raises ModelError naming every problem."""
        function = SHORT_NAMES.get(name, name)
        if not LIBRARY_NAME.fullmatch(function):
            raise ModelError([f"{name[:64]}: not a network of the library"])
        return self._kept(function.encode(), lambda: _load_library(function))

    def _kept(self, source: bytes, load: Callable[[], Any]) -> bytes:
        path = self._folder / FOLDER / f"{_digest(source)}.json" if self._folder else None
        if path is not None and path.exists():
            return path.read_bytes()
        from flexbourse_networks.pandapower_network import read_network  # noqa: PLC0415

        model = read_network(load()).to_bytes()
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(".draft")
            draft.write_bytes(model)
            draft.replace(path)
        return model


def _digest(source: bytes) -> str:
    """Return the name of an import: its source, the library's version and our reader's own text."""
    reader = resources.files(__package__)
    parts = [metadata.version("pandapower").encode(), source, *((reader / name).read_bytes() for name in _READER)]
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def _modules(value: Any) -> Iterator[str]:
    """Return every module that a document names, in the documents inside its strings too."""
    if isinstance(value, dict):
        if "_module" in value:
            yield str(value["_module"])
        for entry in value.values():
            yield from _modules(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _modules(entry)
    elif isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            inner = json.loads(value)
        except ValueError:
            return
        yield from _modules(inner)


def _load_json(content: bytes) -> Any:
    import pandapower  # noqa: PLC0415

    try:
        net = pandapower.from_json_string(content.decode())
    except (ValueError, KeyError, TypeError, AttributeError, UserWarning) as e:
        raise ModelError([f"file: not a pandapower network: {e}"]) from e
    if not isinstance(net, pandapower.pandapowerNet):
        raise ModelError(["file: not a pandapower network"])
    return net


def _load_library(function: str) -> Any:
    from flexbourse_networks.pandapower_network import library_network  # noqa: PLC0415

    try:
        return library_network(function)
    except (AttributeError, TypeError) as e:
        raise ModelError([f"{function}: not a network of the library without arguments"]) from e
