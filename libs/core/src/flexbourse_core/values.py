"""Values: frozen dataclasses with slots whose instances are made, and changed copies taken, at little cost.

A frozen dataclass sets each field through `object.__setattr__`, about 0.2 µs a field: an order has 34 of them, and an
order book makes several such values per command. Here a new instance is a draft of the same layout while its fields are
set, where setting a slot is one step of the interpreter, and becomes the frozen class when it is whole. What a reader
sees is the frozen dataclass: fields, equality, hash, `dataclasses.replace`, copies and the error on assignment.
"""

from __future__ import annotations

import dataclasses
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any, TypeVar

__all__ = ["quickly_made", "replace"]

Value = TypeVar("Value")

if TYPE_CHECKING:
    from dataclasses import replace
else:

    def replace(value, /, **changes):
        """Return a copy of any dataclass with some fields changed, as `dataclasses.replace` does."""
        quick = getattr(value, "__replace__", None)
        return dataclasses.replace(value, **changes) if quick is None else quick(**changes)


def quickly_made(kind: type[Value]) -> type[Value]:
    """Give a frozen dataclass with slots a quick constructor and a quick `__replace__`; raises TypeError for others.

    Every field is an argument of the constructor, and a default is a value, not a factory; no field's name begins with
    an underscore, as the names do that the constructor uses itself.
    """
    own = fields(kind)  # type: ignore[arg-type]
    names = [field.name for field in own]
    known: dict[str, Any] = {f"_default_{field.name}": field.default for field in own if field.default is not MISSING}
    unfit = any(not field.init or field.kw_only or field.default_factory is not MISSING for field in own)
    unfit = unfit or any(name.startswith("_") for name in names)
    if unfit or kind.__dict__.get("__slots__") != tuple(names) or kind.__base__ is not object:
        raise TypeError(f"{kind.__name__} is not a plain frozen dataclass with slots")
    known |= {
        "_draft": type(f"{kind.__name__}Draft", (), {"__slots__": tuple(names)}),
        "_become": object.__dict__["__class__"].__set__,
        "_new": object.__new__,
    }
    exec(_source(names, known, whole=hasattr(kind, "__post_init__")), known)
    for name in ("__init__", "__replace__"):
        method = known[name]
        method.__qualname__ = f"{kind.__qualname__}.{name}"
        method.__module__ = kind.__module__
        setattr(kind, name, method)
    return kind


def _source(names: list[str], known: dict[str, Any], *, whole: bool) -> str:
    """Return the source of the two methods; `whole`: the class looks at a value once it is whole."""
    arguments = [f"{name}=_default_{name}" if f"_default_{name}" in known else name for name in names]
    last = "\n    _made.__post_init__()" if whole else ""
    lines = [
        f"def __init__({', '.join(['_made', *arguments])}):",
        "    _kind = _made.__class__",
        "    _become(_made, _draft)",
        *(f"    _made.{name} = {name}" for name in names),
        f"    _made.__class__ = _kind{last}",
        "def __replace__(_value, /, **_changes):",
        "    _made = _new(_draft)",
        *(f"    _made.{name} = _value.{name}" for name in names),
        "    for _name, _field in _changes.items():",
        "        setattr(_made, _name, _field)",
        f"    _made.__class__ = _value.__class__{last}",
        "    return _made",
    ]
    return "\n".join(lines)
