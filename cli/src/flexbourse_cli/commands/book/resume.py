"""`flexbourse book resume`: halted books go on in the phase that their schedule gives them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from flexbourse_cli.commands.book.scope import at_option, market_option, operate, operator_options, period_of


@click.command("resume")
@market_option
@at_option
@operator_options
def command(
    market_id: str, start: str | None, reason: str, area: str | None, data_dir: Path, party: str, as_json: bool
) -> None:
    """Let go on what was halted, named as it was halted; the market operator or the area's DSO only."""
    from flexbourse.orderbook.v1 import orderbook_pb2  # noqa: PLC0415

    def make(client: Any, zone: str) -> orderbook_pb2.ResumeBooks:
        mtu = period_of(client, start, market_id, zone)
        return orderbook_pb2.ResumeBooks(market_id=market_id, mtu=mtu, reason=reason)

    operate(data_dir, party, area, make, as_json=as_json)
