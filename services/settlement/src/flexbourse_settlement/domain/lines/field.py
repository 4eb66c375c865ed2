"""What stands in a line."""

from __future__ import annotations

Field = int | str | bool
