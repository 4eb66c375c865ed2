"""`flexbourse book auctions`: the call auctions of the running market, with prices, rounds, cuts and the proven gap."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from flexbourse_cli.commands.book.scope import at_option, period_of
from flexbourse_cli.console import area_option, client_options, connect, document, explain, print_json, print_table

MAX_SHOWN = 1_000
HEADER = ("market", "period", "node", "price ct/kWh", "kW", "welfare EUR", "gap EUR", "rounds", "cuts", "")


@click.command("auctions")
@area_option
@click.option("--market", help="Default: the only one for local energy.")
@at_option
@click.option("--last", default=100, show_default=True, type=click.IntRange(1, MAX_SHOWN), help="Books, at most.")
@client_options
def command(
    area: str | None, market: str | None, start: str | None, last: int, data_dir: Path, party: str, as_json: bool
) -> None:
    """Show the call auctions of a market that were held, the latest first; of a day's the periods that traded."""
    from flexbourse_cli.markets import find_place  # noqa: PLC0415

    with connect(data_dir, party) as client:
        where = find_place(client, area, market, "local-energy")
        mtu = period_of(client, start, where.market.market_id, where.area.time_zone)
        held = client.orders.auctions(where.area.area_id, market_id=where.market.market_id, mtu=mtu, page_size=last)
    if as_json:
        print_json([document(each) for each in held])
        return
    rows = [row for each in held if each.volume_w or not each.agreed or mtu for row in _rows(each, where)]
    print_table(HEADER, rows, right=(3, 4, 5, 6, 7, 8))


def _rows(held: Any, where: Any) -> list[tuple[object, ...]]:
    """Return the line of a book's auction, and one for each node where prices differ."""
    from flexbourse_cli import units  # noqa: PLC0415

    said = [] if held.agreed else [f"nothing stood: {explain(held.rejection)}; traded by time instead"]
    if held.pay_as_bid:
        said.append("paid as bid")
    if held.timed_out:
        said.append("ended by time")
    if held.paradoxically_rejected:
        said.append(f"{len(held.paradoxically_rejected)} paradoxically rejected")
    price = units.cents(held.price_ticks, where.tick) if held.HasField("price_ticks") else ""
    head = (
        held.market_id, units.clock(held.mtu.start_s, where.area.time_zone), "", price,
        units.kilowatts(held.volume_w), units.euro(held.welfare_micro_euro), units.euro(held.gap_micro_euro),
        held.rounds, held.cut_count, ", ".join(said),
    )  # fmt: skip
    nodes = [
        ("", "", node.node_id, units.cents(node.price_ticks, where.tick), units.kilowatts(node.sold_w), *("",) * 5)
        for node in held.nodes
    ]
    return [head, *nodes]
