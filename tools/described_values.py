"""What a class that was written out says of itself, as the dataclass that it stands for does.

This module goes into the compiled build beside the core's own.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any


def describe(kind: type[Any], types: Mapping[str, str], defaults: Mapping[str, object], *, frozen: bool) -> None:
    """Let a class answer `dataclasses.fields` and `typing.get_type_hints`; types are as the source writes them."""
    fields = [
        (name, Any, dataclasses.field(default=defaults[name])) if name in defaults else (name, Any) for name in types
    ]
    twin = dataclasses.make_dataclass(kind.__name__, fields, frozen=frozen)
    for name, field in twin.__dataclass_fields__.items():
        field.type = types[name]
    for name in ("__dataclass_fields__", "__dataclass_params__", "__match_args__"):
        setattr(kind, name, getattr(twin, name))
    kind.__annotations__ = dict(types)
