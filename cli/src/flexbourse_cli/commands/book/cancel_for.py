"""`flexbourse book cancel-for`: the market operator cancels orders of others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from flexbourse_cli.commands.book.scope import at_option, market_option, operate, operator_options, period_of


@click.command("cancel-for")
@click.argument("order_ids", nargs=-1)
@click.option("--of", "owner", default="", metavar="PARTY", help="All orders of this party.")
@market_option
@at_option
@click.option("--all", "everything", is_flag=True, help="All that fits, of every party; at most 2000 at once.")
@operator_options
def command(
    order_ids: tuple[str, ...],
    owner: str,
    market_id: str,
    start: str | None,
    everything: bool,
    reason: str,
    area: str | None,
    data_dir: Path,
    party: str,
    as_json: bool,
) -> None:
    """Cancel orders of others, by id or all that fits; the market operator only."""
    from flexbourse.orderbook.v1 import orderbook_pb2  # noqa: PLC0415

    if bool(order_ids) == bool(owner or market_id or start or everything):
        raise click.UsageError("name orders, or say which with --of, --market, --at or --all")

    def make(client: Any, zone: str) -> orderbook_pb2.CancelFor:
        mtu = period_of(client, start, market_id, zone)
        return orderbook_pb2.CancelFor(
            order_ids=order_ids, party=owner, market_id=market_id, mtu=mtu, all=everything, reason=reason
        )

    operate(data_dir, party, area, make, as_json=as_json, names=order_ids)
