"""`flexbourse book halt`: nothing matches and nothing enters, until it is resumed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from flexbourse_cli.commands.book.scope import at_option, market_option, operate, operator_options, period_of


@click.command("halt")
@market_option
@at_option
@click.option("--until", help="Of the books of one period: they resume by themselves then, in the area's time.")
@operator_options
def command(
    market_id: str,
    start: str | None,
    until: str | None,
    reason: str,
    area: str | None,
    data_dir: Path,
    party: str,
    as_json: bool,
) -> None:
    """Halt the book of a period, a market, or the area; the market operator or the area's DSO only."""
    from flexbourse.orderbook.v1 import orderbook_pb2  # noqa: PLC0415
    from flexbourse_cli import units  # noqa: PLC0415

    def make(client: Any, zone: str) -> orderbook_pb2.HaltBooks:
        try:
            until_ms = units.second(until, zone) * 1000 if until else 0
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        mtu = period_of(client, start, market_id, zone)
        return orderbook_pb2.HaltBooks(market_id=market_id, mtu=mtu, reason=reason, until_ms=until_ms)

    operate(data_dir, party, area, make, as_json=as_json)
