"""`flexbourse book pools`: the pools of the running market, with price, remainder, rounds and cuts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from flexbourse_cli.commands.book.scope import market_option
from flexbourse_cli.console import area_option, client_options, connect, document, explain, print_json, print_table

MAX_SHOWN = 1_000
HEADER = ("market", "period", "price ct/kWh", "kW", "from above", "unit gives", "rounds", "cut kW", "")


@click.command("pools")
@area_option
@market_option
@click.option("--last", default=100, show_default=True, type=click.IntRange(1, MAX_SHOWN), help="Periods, at most.")
@client_options
def command(area: str | None, market_id: str, last: int, data_dir: Path, party: str, as_json: bool) -> None:
    """Show what pools traded at which price, what came from above or from the unit that forms an island."""
    from flexbourse_cli.markets import find_area  # noqa: PLC0415

    with connect(data_dir, party) as client:
        where = find_area(client, area)
        ticks = {
            market.market_id: market.price_tick_micro_euro_per_mwh
            for market in (state.entity.market for state in client.registry.list("market"))
        }
        cleared = client.orders.pools(where.area_id, market_id=market_id, page_size=last)
    if as_json:
        print_json([document(each) for each in cleared])
        return
    rows = [row_of(each, where.time_zone, ticks[each.market_id]) for each in cleared]
    print_table(HEADER, rows, right=(2, 3, 4, 5, 6, 7))


def row_of(pool: Any, time_zone: str, tick: int) -> tuple[object, ...]:
    """Return the line of one pool."""
    from flexbourse_cli import units  # noqa: PLC0415

    return (
        pool.market_id,
        units.clock(pool.mtu.start_s, time_zone),
        units.cents(pool.price_ticks, tick) if pool.HasField("price_ticks") else "",
        units.kilowatts(pool.volume_w),
        units.kilowatts(pool.imported_w) if pool.upstream_id else "",
        units.kilowatts(pool.forming_w) if pool.forming_unit_id else "",
        pool.rounds,
        units.kilowatts(sum(cut.quantity_w for cut in pool.cuts)),
        "" if pool.agreed else explain(pool.rejection),
    )
