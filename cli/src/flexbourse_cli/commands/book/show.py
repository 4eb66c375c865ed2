"""`flexbourse book show`: the book of a period as a node sees it, or many at once."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import click

from flexbourse_cli.console import area_option, client_options, connect, document, print_json, print_table

DEFAULT_QUANTITY_KW = "1"
UNFUNDED = "beyond the budget"


@click.command("show")
@click.option("--node", default="", help="The node that looks: prices include the network tariff to it.")
@click.option("--viewers", default="", help="Nodes that look, with commas between: the best of each side for each.")
@click.option("--all-nodes", is_flag=True, help="The same for every node of the area.")
@click.option("--at", "start", required=True, help="Start of the period, 2026-01-15T18:00 in the area's time.")
@click.option(
    "--product", type=click.Choice(["local-energy", "flex-up", "flex-down"]), default="local-energy", show_default=True
)
@click.option("--kw", default=DEFAULT_QUANTITY_KW, show_default=True, help="Quotes are for this power.")
@click.option(
    "--levels",
    type=click.IntRange(0, 100),
    default=0,
    help="So many levels of each side instead, and what was traded.",
)
@area_option
@click.option("--market", help="Default: the only one for the product.")
@click.option(
    "--live", is_flag=True, help="A ladder that moves with the book: depth, own orders, last trades, lights, the gate."
)
@click.option(
    "--every", type=click.FloatRange(0.2, 3600), default=1.0, show_default=True, help="Seconds between looks, at least."
)
@client_options
def command(
    node: str,
    viewers: str,
    all_nodes: bool,
    start: str,
    product: str,
    kw: str,
    levels: int,
    area: str | None,
    market: str | None,
    live: bool,
    every: float,
    data_dir: Path,
    party: str,
    as_json: bool,
) -> None:
    """Show the book of a period as a node sees it, or its best as many nodes see it."""
    from flexbourse.common.v1 import common_pb2  # noqa: PLC0415
    from flexbourse.orderbook.v1 import orderbook_pb2, quotes_pb2  # noqa: PLC0415
    from flexbourse_cli import units  # noqa: PLC0415
    from flexbourse_cli.markets import PRODUCTS, find_place  # noqa: PLC0415

    many = bool(viewers) or all_nodes
    if many and (node or (viewers and all_nodes)):
        raise click.UsageError("one of --node, --viewers and --all-nodes")
    with connect(data_dir, party) as client:
        where = find_place(client, area, market, product)
        try:
            start_s, quantity_w = units.second(start, where.area.time_zone), units.watts(kw)
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        wanted = {
            "area_id": where.area.area_id,
            "market_id": where.market.market_id,
            "product": PRODUCTS[product],
            "mtu": common_pb2.Mtu(start_s=start_s, length_s=where.market.mtu_length_s),
            "quantity_w": quantity_w,
        }
        if live and not many and not as_json:
            _watch(client, where, wanted, node, every)
            return
        if levels:
            _print_levels(client, where, wanted, node, levels, as_json=as_json)
            return
        while True:
            if many:
                names = [name.strip() for name in viewers.split(",") if name.strip()]
                request = quotes_pb2.GetQuotesRequest(**wanted, viewer_node_ids=names)
                _print_viewers(client.quotes.book(request), where.tick, as_json=as_json, clear=live)
            else:
                own = orderbook_pb2.GetBookRequest(**wanted, node_id=node)
                _print(client.orders.book(own), where.tick, as_json=as_json, clear=live)
            if not live:
                return
            time.sleep(every)


def _watch(client: Any, where: Any, wanted: dict[str, Any], node: str, every_s: float) -> None:
    from flexbourse_cli.watching import Watched, watch  # noqa: PLC0415

    watch(client, Watched(where, wanted["mtu"], wanted["product"], node), every_s)


def _print_levels(client: Any, where: Any, wanted: dict[str, Any], node: str, levels: int, *, as_json: bool) -> None:
    """Print levels and statistics of the market data: the ladder once, without what is one's own."""
    from flexbourse_cli.watching import Watched, ask_depth, state_of  # noqa: PLC0415

    watched = Watched(where, wanted["mtu"], wanted["product"], node, levels)
    if as_json:
        print_json(document(ask_depth(client, watched)))
        return
    from rich.console import Console  # noqa: PLC0415

    from flexbourse_cli.ladder import draw  # noqa: PLC0415

    state = state_of(client, watched, [], time.time_ns() // 1_000_000)
    Console(file=sys.stdout, width=None if sys.stdout.isatty() else 160).print(draw(state))


def _print(book: Any, tick: int, *, as_json: bool, clear: bool) -> None:
    from flexbourse_cli import units  # noqa: PLC0415

    if not _head(book, as_json=as_json, clear=clear):
        return
    header = ("side", "node", "open kW", "limit ct/kWh", "for you ct/kWh", "")
    entries = [("ask", entry) for entry in reversed(book.asks)] + [("bid", entry) for entry in book.bids]
    rows = [
        (
            side,
            entry.node_id,
            units.kilowatts(entry.open_w),
            units.cents(entry.price_ticks, tick),
            units.cents(entry.availability_ticks, tick),
            UNFUNDED if entry.dnut_unfunded else "",
        )
        for side, entry in entries
    ]
    print_table(header, rows, right=(2, 3, 4))


def _print_viewers(quotes: Any, tick: int, *, as_json: bool, clear: bool) -> None:
    from flexbourse_cli import units  # noqa: PLC0415

    if not _head(quotes, as_json=as_json, clear=clear):
        return
    header = ("viewer", "buys at ct/kWh", "kW", "from", "", "sells at ct/kWh", "kW", "to", "")
    rows = []
    for viewer in quotes.viewers:
        cells = [viewer.node_id]
        for side in (viewer.asks, viewer.bids):
            best = side[0] if side else None
            cells += [""] * 4 if best is None else [
                units.cents(best.availability_ticks, tick), units.kilowatts(best.quantity_w), best.node_id,
                UNFUNDED if best.dnut_unfunded else "",
            ]  # fmt: skip
        rows.append(tuple(cells))
    print_table(header, rows, right=(1, 2, 5, 6))


def _head(book: Any, *, as_json: bool, clear: bool) -> bool:
    """Print what every view of a book begins with; False where nothing is left to print."""
    if as_json:
        print_json(document(book))
        return False
    if clear:
        click.clear()
    state = "open" if book.open else "not open"
    click.echo(f"book {state}, operating point {book.operating_point_sequence}, tariff {book.tariff_version}")
    return True
