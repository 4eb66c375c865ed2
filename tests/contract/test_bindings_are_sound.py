"""Every binding of a dataclass to a message has its conversions: they are written when they are first used."""

from __future__ import annotations

import gc
import importlib
from pathlib import Path
from typing import Any

from flexbourse_messages.binding import Binding

SERVICES = Path(__file__).parents[2] / "services"
LEAST_BINDINGS = 300


def test_every_binding_converts_every_field_both_ways() -> None:
    for path in sorted(SERVICES.glob("*/src/*/*.py")):
        if "Binding(" in path.read_text():
            importlib.import_module(f"{path.parent.name}.{path.stem}")
    found: list[Binding[Any, Any]] = [own for own in gc.get_objects() if isinstance(own, Binding)]
    assert len(found) >= LEAST_BINDINGS
    for own in found:
        assert all(callable(way) for way in (own.encode, own.fields, own.decode))
