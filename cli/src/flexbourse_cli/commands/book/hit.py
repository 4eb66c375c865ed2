"""`flexbourse book hit`: click to trade."""

from __future__ import annotations

import uuid
from pathlib import Path

import click

from flexbourse_cli.console import area_option, client_options, connect, results


@click.command("hit")
@click.argument("side", type=click.Choice(["buy", "sell"]))
@click.argument("kw")
@click.argument("ct")
@click.option("--order", "sequence", type=int, help="The resting order, by its sequence in the book.")
@click.option("--level", help="All resting orders of the other side at this limit in ct/kWh, the earliest first.")
@click.option("--at", "start", required=True, help="Start of the period, 2026-01-15T18:00 in the area's time.")
@click.option("--unit", required=True, help="The unit that trades.")
@click.option("--product", type=click.Choice(["local-energy", "flex-up", "flex-down"]), default="local-energy")
@click.option("--whole", is_flag=True, help="All of it or nothing.")
@click.option("--market", help="Default: the only one for the product.")
@area_option
@client_options
def command(
    side: str,
    kw: str,
    ct: str,
    sequence: int | None,
    level: str | None,
    start: str,
    unit: str,
    product: str,
    whole: bool,
    market: str | None,
    area: str | None,
    data_dir: Path,
    party: str,
    as_json: bool,
) -> None:
    """Buy or sell KW at up to CT ct/kWh, tariff included, from one resting order or a level, at its price."""
    from flexbourse.common.v1 import common_pb2  # noqa: PLC0415
    from flexbourse.orderbook.v1 import orderbook_pb2  # noqa: PLC0415
    from flexbourse_cli import units  # noqa: PLC0415
    from flexbourse_cli.markets import PRODUCTS, find_place  # noqa: PLC0415

    if (sequence is None) == (level is None):
        raise click.UsageError("one of --order and --level")
    with connect(data_dir, party) as client:
        where = find_place(client, area, market, product)
        try:
            order = orderbook_pb2.NewOrder(
                client_order_id=uuid.uuid4().hex[:16],
                market_id=where.market.market_id,
                product=PRODUCTS[product],
                side=f"SIDE_{side.upper()}",
                mtu=common_pb2.Mtu(
                    start_s=units.second(start, where.area.time_zone), length_s=where.market.mtu_length_s
                ),
                unit_id=unit,
                quantity_w=units.watts(kw),
                limit_price_ticks=units.ticks(ct, where.tick),
                fill_rule="FILL_RULE_FILL_OR_KILL" if whole else "FILL_RULE_FILL_AND_KILL",
            )
            level_ticks = None if level is None else units.ticks(level, where.tick)
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        receipt = client.orders.hit(where.area.area_id, order, resting_sequence=sequence, level_ticks=level_ticks)
    results(receipt, as_json, [order.client_order_id])
