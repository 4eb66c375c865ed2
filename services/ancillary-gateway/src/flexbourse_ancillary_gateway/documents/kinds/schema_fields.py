"""How a field of a document stands in XML: element or attribute, how often, and what its text must look like.

The keys `type`, `name` and `required` are read by xsdata, which binds; `limit` and `pattern` by our own structural
check.
"""

from __future__ import annotations

from dataclasses import field
from typing import Any

ID_LIMIT = 60
PARTY_LIMIT = 16
AREA_LIMIT = 18
RESOURCE_LIMIT = 60
REASON_TEXT_LIMIT = 512
PAYLOAD_ID_LIMIT = 150
NAME_LIMIT = 512  # the schemas leave names unlimited; we do not

CODE = r"[A-Z0-9]{3}"
VERSION = r"[1-9][0-9]{0,2}"
SECOND_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"
MINUTE_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]Z"
DURATION = r"P(?=.)([0-9]+D)?(T(?=.)([0-9]+H)?([0-9]+M)?([0-9]+S)?)?"


def one(name: str, *, limit: int | None = None, pattern: str | None = None) -> Any:
    """Return the field of an element that must be there once."""
    return field(metadata=_metadata(name, limit, pattern, required=True))


def maybe(name: str, *, limit: int | None = None, pattern: str | None = None) -> Any:
    """Return the field of an element that may be left out."""
    return field(default=None, metadata=_metadata(name, limit, pattern, required=False))


def many(name: str, *, least: int = 0) -> Any:
    """Return the field of an element that may be repeated, at least so often."""
    metadata = {"type": "Element", "name": name, "min_occurs": least}
    return field(metadata=metadata) if least else field(default=(), metadata=metadata)


def _metadata(name: str, limit: int | None, pattern: str | None, *, required: bool) -> dict[str, Any]:
    return {"type": "Element", "name": name, "required": required, "limit": limit, "pattern": pattern}


def code(name: str) -> Any:
    """Return the field of a code of a code list, once."""
    return one(name, pattern=CODE)


def maybe_code(name: str) -> Any:
    """Return the field of a code that may be left out."""
    return maybe(name, pattern=CODE)
