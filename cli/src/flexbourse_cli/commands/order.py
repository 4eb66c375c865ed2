"""`flexbourse order`: place, cancel, list, and end what conditional orders hold."""

from __future__ import annotations

import re
import uuid
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flexbourse_cli.commands.own_orders import COMMANDS, PRODUCT_NAMES
from flexbourse_cli.console import (
    area_option,
    client_options,
    connect,
    document,
    print_json,
    print_table,
    progress_bar,
    results,
)
from flexbourse_cli.order_files import submit
from flexbourse_cli.order_instructions import instruction_options, instructions_of
from flexbourse_cli.uploads import annotated_option, report_upload

if TYPE_CHECKING:
    from flexbourse.orderbook.v1 import orderbook_pb2

# Periods that the order book decides as one.
MAX_TOGETHER, MAX_BASKET = 16, 100
_TARGET = re.compile(r"(\d{1,4}(?:\.\d{1,6})?)(%|pu)")
FILL_RULES = {
    "normal": "FILL_RULE_NORMAL",
    "fill-and-kill": "FILL_RULE_FILL_AND_KILL",
    "fill-or-kill": "FILL_RULE_FILL_OR_KILL",
    "all-or-none": "FILL_RULE_ALL_OR_NONE",
}


@click.group("order")
def command() -> None:
    """Place, change, cancel and list orders."""


for own in (submit, *COMMANDS):
    command.add_command(own)


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--market", default="", help="Of offers that name none.")
@click.option("--fill", type=click.Choice(list(FILL_RULES)), default="normal", help="Of offers that name none.")
@area_option
@annotated_option
@client_options
def import_file(
    file: Path,
    market: str,
    fill: str,
    area: str | None,
    annotated: Path | None,
    data_dir: Path,
    party: str,
    as_json: bool,
) -> None:
    """Submit the offers of a CSV, XLSX or XML file, or of an IEC 62325 ReserveBid; each is decided alone."""
    from flexbourse_cli.markets import find_area  # noqa: PLC0415
    from flexbourse_client.bulk import upload_offers  # noqa: PLC0415
    from flexbourse_core.money import DEFAULT_TICK_MICRO_EURO_PER_MWH  # noqa: PLC0415

    with connect(data_dir, party) as client, progress_bar(f"importing {file.name}") as progress:
        area_id = find_area(client, area).area_id
        named = client.registry.get("market", market) if market else None
        done = upload_offers(
            client.orders,
            area_id,
            file.read_bytes(),
            defaults={"market_id": market, "fill_rule": FILL_RULES[fill].removeprefix("FILL_RULE_")},
            tick_micro_euro_per_mwh=(
                named.entity.market.price_tick_micro_euro_per_mwh if named else DEFAULT_TICK_MICRO_EURO_PER_MWH
            ),
            progress=progress,
        )
    report_upload(done, annotated, as_json=as_json)


@command.command("place")
@click.option("--side", type=click.Choice(["buy", "sell"]), required=True)
@click.option("--kw", required=True, help="Power, for example 2.5.")
@click.option("--ct", required=True, help="Limit in ct/kWh, all-in at the order's own connection point.")
@click.option("--at", "start", required=True, help="Start of the period, 2026-01-15T18:00 in the area's time.")
@click.option(
    "--minutes", type=click.IntRange(1, 1500), help="Length of a longer product or a block; default: one period."
)
@click.option("--unit", default="", help="The unit that delivers; none for an operator's request.")
@click.option("--element", default="", help="The element that an operator's request is to relieve.")
@click.option(
    "--product", type=click.Choice(PRODUCT_NAMES), default="local-energy", show_default=True,
    help="Of reactive products --kw is kvar, --ct is ct/kvarh.",
)  # fmt: skip
@click.option(
    "--target", "targets", multiple=True, metavar="ELEMENT=VALUE",
    help="Of an operator's request, several times: bring the element to 95% loading or 0.93pu, buy no more than that.",
)  # fmt: skip
@click.option(
    "--until",
    help="One order for each period to this end: requests with targets, up to 16, are decided as one; fill-or-kill "
    "ones, up to 100, are a basket: all match whole, or none.",
)
@click.option("--group", default="", help="Of one exclusive group at most one executes, or parts that add up to one.")
@click.option("--for-spreads", is_flag=True, help="Of local energy: operators may pair it over two locations.")
@click.option("--conditional", is_flag=True, help="Of flexibility: what it matches is held until its buyer calls it.")
@click.option("--fill", type=click.Choice(list(FILL_RULES)), default="normal", show_default=True)
@instruction_options
@area_option
@click.option("--market", help="Default: the only one for the product.")
@click.option("--id", "client_order_id", help="Your own id of the order; default: a fresh one.")
@client_options
def place(
    side: str,
    kw: str,
    ct: str,
    start: str,
    minutes: int | None,
    unit: str,
    element: str,
    product: str,
    targets: tuple[str, ...],
    until: str | None,
    group: str,
    for_spreads: bool,
    conditional: bool,
    fill: str,
    area: str | None,
    market: str | None,
    client_order_id: str | None,
    data_dir: Path,
    party: str,
    as_json: bool,
    **instructed: str | None,
) -> None:
    """Place one order, or an operator's requests for several periods."""
    from flexbourse.common.v1 import common_pb2  # noqa: PLC0415
    from flexbourse.orderbook.v1 import orderbook_pb2  # noqa: PLC0415
    from flexbourse_cli import units  # noqa: PLC0415
    from flexbourse_cli.markets import PRODUCTS, find_place  # noqa: PLC0415

    with connect(data_dir, party) as client:
        where = find_place(client, area, market, product)
        length_s = where.market.mtu_length_s
        try:
            most = MAX_TOGETHER if element or targets else MAX_BASKET
            start_s, *others = _starts(start, until, where.area.time_zone, length_s, most)
            order = orderbook_pb2.NewOrder(
                client_order_id=client_order_id or uuid.uuid4().hex[:16],
                market_id=where.market.market_id,
                product=PRODUCTS[product],
                side=f"SIDE_{side.upper()}",
                mtu=common_pb2.Mtu(start_s=start_s, length_s=60 * minutes if minutes else length_s),
                unit_id=unit,
                element_id=element or (targets[0].rpartition("=")[0] if targets else ""),
                quantity_w=units.watts(kw),
                limit_price_ticks=units.ticks(ct, where.tick),
                fill_rule=FILL_RULES[fill],
                conditional=conditional,
                exclusive_group=group,
                spread_offer=for_spreads,
                relief_targets=[_target(text) for text in targets],
                instructions=instructions_of(instructed, where.area.time_zone, where.tick),
            )
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        orders = [order]
        for other_s in others:
            orders.append(orderbook_pb2.NewOrder())
            orders[-1].CopyFrom(order)
            orders[-1].mtu.start_s = other_s
        requested = bool(order.element_id)
        receipt = client.orders.submit(
            where.area.area_id, orders, together=bool(until) and requested, basket=bool(until) and not requested
        )
    results(receipt, as_json, [own.client_order_id for own in orders])


def _starts(start: str, until: str | None, zone: str, length_s: int, most: int) -> list[int]:
    """Return the starts of the periods; raises ValueError where there are none, or too many."""
    from flexbourse_cli import units  # noqa: PLC0415

    start_s = units.second(start, zone)
    if until is None:
        return [start_s]
    starts = range(start_s, units.second(until, zone), length_s)
    if not 0 < len(starts) <= most:
        raise ValueError(f"--at to --until must hold 1 to {most} periods of {length_s // 60} min")
    return list(starts)


def _target(text: str) -> orderbook_pb2.ReliefTarget:
    """Return a target; raises ValueError with what it must look like."""
    from flexbourse.orderbook.v1 import orderbook_pb2  # noqa: PLC0415

    element, _, value = text.rpartition("=")
    found = _TARGET.fullmatch(value)
    if not element or not found:
        raise ValueError(f"--target was {text!r}, must be like line-3=95% or bus-7=0.93pu")
    scale = Decimal(1_000 if found[2] == "%" else 1_000_000)
    return orderbook_pb2.ReliefTarget(element_id=element, value=int(Decimal(found[1]) * scale))


@command.command("cancel")
@click.argument("order_ids", nargs=-1, required=True)
@area_option
@client_options
def cancel(order_ids: tuple[str, ...], area: str | None, data_dir: Path, party: str, as_json: bool) -> None:
    """Cancel resting orders."""
    from flexbourse_cli.markets import find_area  # noqa: PLC0415

    with connect(data_dir, party) as client:
        receipt = client.orders.cancel(find_area(client, area).area_id, order_ids)
    results(receipt, as_json, order_ids)


@command.command("call")
@click.argument("call_ids", nargs=-1)
@click.option("--order", "order_id", default="", help="Instead: all that you hold by this order.")
@area_option
@client_options
def call(call_ids: tuple[str, ...], order_id: str, area: str | None, data_dir: Path, party: str, as_json: bool) -> None:
    """Call held matches that you bought: they become trades."""
    _end(call_ids, order_id, area, data_dir, party, as_json=as_json, made=True)


@command.command("give-back")
@click.argument("call_ids", nargs=-1)
@click.option("--order", "order_id", default="", help="Instead: all that you hold by this order.")
@area_option
@client_options
def give_back(
    call_ids: tuple[str, ...], order_id: str, area: str | None, data_dir: Path, party: str, as_json: bool
) -> None:
    """Give held matches back that you bought: they move and cost nothing."""
    _end(call_ids, order_id, area, data_dir, party, as_json=as_json, made=False)


def _end(
    call_ids: tuple[str, ...], order_id: str, area: str | None, data_dir: Path, party: str, *, as_json: bool, made: bool
) -> None:
    from flexbourse_cli.markets import find_area  # noqa: PLC0415

    if bool(call_ids) == bool(order_id):
        raise click.UsageError("name held matches, or one order with --order")
    with connect(data_dir, party) as client:
        area_id = find_area(client, area).area_id
        receipt = client.orders.end_call(area_id, made=made, call_ids=call_ids, order_id=order_id)
    results(receipt, as_json, call_ids)


@command.command("list")
@click.option("--open", "open_only", is_flag=True, help="Only what still rests in the book.")
@area_option
@client_options
def list_orders(open_only: bool, area: str | None, data_dir: Path, party: str, as_json: bool) -> None:
    """List the party's own orders."""
    from flexbourse_cli.markets import find_area  # noqa: PLC0415

    with connect(data_dir, party) as client:
        found = find_area(client, area)
        orders = list(client.orders.list(found.area_id, open_only=open_only))
    if as_json:
        print_json([document(order) for order in orders])
        return
    header = ("order", "period", "product", "side", "unit", "kW", "open kW", "ticks", "status")
    print_table(header, [_row(order, found.time_zone) for order in orders], right=(5, 6, 7))


def _row(order: Any, zone: str) -> tuple[object, ...]:
    from flexbourse.orderbook.v1 import orderbook_pb2  # noqa: PLC0415
    from flexbourse_cli import units  # noqa: PLC0415

    return (
        order.order_id,
        units.clock(order.mtu.start_s, zone),
        orderbook_pb2.Product.Name(order.product).removeprefix("PRODUCT_").lower()
        + (", conditional" if order.conditional else ""),
        orderbook_pb2.Side.Name(order.side).removeprefix("SIDE_").lower(),
        order.unit_id or order.element_id,
        units.kilowatts(order.quantity_w),
        units.kilowatts(order.open_w),
        order.limit_price_ticks,
        orderbook_pb2.OrderStatus.Name(order.status).removeprefix("ORDER_STATUS_").lower(),
    )
