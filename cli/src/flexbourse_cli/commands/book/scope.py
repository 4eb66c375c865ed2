"""What the operator's commands about books share: which books they mean, and why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from flexbourse_cli.console import area_option, client_options, connect, results

market_option = click.option("--market", "market_id", default="", help="Default: all of the area's.")
at_option = click.option(
    "--at", "start", help="Start of the period, 2026-01-15T18:00 in the area's time. Default: all."
)
reason_option = click.option("--reason", required=True, help="Why: 1 to 200 characters, which everybody can read.")


def operator_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of everything that an operator does."""
    for option in (client_options, area_option, reason_option):
        command = option(command)
    return command


def period_of(client: Any, start: str | None, market_id: str, zone: str) -> Any:
    """Return the period that starts then, None where none is named; raises UsageError."""
    from flexbourse.common.v1 import common_pb2  # noqa: PLC0415
    from flexbourse_cli import units  # noqa: PLC0415

    if start is None:
        return None
    lengths = {
        market.mtu_length_s
        for market in (state.entity.market for state in client.registry.list("market"))
        if market_id in ("", market.market_id)
    }
    if len(lengths) != 1:
        raise click.UsageError("name the market with --market: periods are not all of one length")
    try:
        return common_pb2.Mtu(start_s=units.second(start, zone), length_s=lengths.pop())
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def operate(
    data_dir: Path,
    party: str,
    area: str | None,
    make: Callable[[Any, str], Any],
    *,
    as_json: bool,
    names: tuple[str, ...] = (),
) -> None:
    """Send what `make(client, time zone)` returns, and print what became of it."""
    from flexbourse_cli.markets import find_area  # noqa: PLC0415

    with connect(data_dir, party) as client:
        found = find_area(client, area)
        receipt = client.orders.operate(found.area_id, make(client, found.time_zone))
    results(receipt, as_json, names)
