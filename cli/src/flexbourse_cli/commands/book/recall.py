"""`flexbourse book recall`: a trade is taken back, whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from flexbourse_cli.commands.book.scope import operate, operator_options


@click.command("recall")
@click.argument("trade_id")
@operator_options
def command(trade_id: str, reason: str, area: str | None, data_dir: Path, party: str, as_json: bool) -> None:
    """Take a trade back, within its market's window and before its book closes; the market operator only."""
    from flexbourse.orderbook.v1 import orderbook_pb2  # noqa: PLC0415

    def make(_client: Any, _zone: str) -> orderbook_pb2.RecallTrade:
        return orderbook_pb2.RecallTrade(trade_id=trade_id, reason=reason)

    operate(data_dir, party, area, make, as_json=as_json, names=(trade_id,))
