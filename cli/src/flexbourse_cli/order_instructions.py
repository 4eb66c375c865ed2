"""What `flexbourse order place` may ask of an order's execution beside its fill rule: least match, clips, its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from flexbourse.orderbook.v1 import orderbook_pb2

OPTIONS = (
    click.option("--min-kw", help="No match below this power, but for the last one of an order with less left."),
    click.option("--clip-kw", help="Iceberg: so much is shown at once, each next clip with a new time."),
    click.option("--clip-ct", help="Of an iceberg: each next clip asks so much more, or bids so much less, in ct/kWh."),
    click.option("--valid-until", help="It expires then, 2026-01-15T16:30 in the area's time. Default: with its book."),
    click.option("--session", help="It is cancelled when this session ends: `flexbourse order session`."),
)


def instruction_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that `instructions_of` reads."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def instructions_of(
    given: Mapping[str, str | None], zone: str, tick: int
) -> orderbook_pb2.ExecutionInstructions | None:
    """Return what was asked for, None where nothing was; raises ValueError where it cannot be read."""
    from flexbourse.orderbook.v1 import orderbook_pb2  # noqa: PLC0415
    from flexbourse_cli import units  # noqa: PLC0415

    readers: dict[str, tuple[str, Callable[[str], Any]]] = {
        "min_kw": ("min_quantity_w", units.watts),
        "clip_kw": ("clip_w", units.watts),
        "clip_ct": ("clip_step_ticks", lambda text: units.ticks(text, tick)),
        "valid_until": ("valid_until_ms", lambda text: units.second(text, zone) * 1000),
        "session": ("session_id", str),
    }
    asked = {name: read(text) for key, (name, read) in readers.items() if (text := given.get(key)) is not None}
    return orderbook_pb2.ExecutionInstructions(**asked) if asked else None
