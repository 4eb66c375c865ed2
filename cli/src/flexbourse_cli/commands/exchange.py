"""`flexbourse exchange`: what goes on to the energy exchange."""

from __future__ import annotations

import re
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from flexbourse_cli.console import area_option, client_options, connect, document, print_json, print_table, results

QUARTER_S = 900


@click.group("exchange")
def command() -> None:
    """What goes on to the energy exchange."""


@command.command("show")
@client_options
def show(data_dir: Path, party: str, as_json: bool) -> None:
    """Show how the gateway stands, and what is left of own forwardable orders."""
    with connect(data_dir, party) as client:
        status, leftovers = client.exchange.status(), client.exchange.leftovers()
    if as_json:
        print_json({"status": document(status), "leftovers": [document(each) for each in leftovers]})
        return
    if not status.configured:
        click.echo("no exchange is configured: nothing is forwarded")
    else:
        market = status.market_status or "not known"
        click.echo(f"connected: {'yes' if status.connected else f'no, {status.reason}'}; market: {market}")
        click.echo(f"forwarding: {'yes' if status.forwarding else 'no'}; open orders: {status.open_orders}")
    for rule in status.area_rules:
        what = {1: "are cancelled", 2: "sleep"}.get(rule.on_tightening, "?")
        click.echo(f"orders of {rule.area_id} that a tightened grid does not carry {what}")
    if status.unheld_w:
        click.echo(f"corrected awards beyond what the grid has room for: {_kw(status.unheld_w)} kW")
    rows = [
        (each.order.order_id, each.order.unit_id, _side(each.order.side), _kw(each.order.open_w), _kw(each.left_w),
         "withdrawn" if each.withdrawn else "released" if each.released else "waits")
        for each in leftovers
    ]  # fmt: skip
    print_table(("order", "unit", "side", "kW at closing", "kW left", "state"), rows)


@command.command("list")
@click.option("--area", default="", help="Default: all.")
@click.option("--open", "open_only", is_flag=True, help="Without what has ended.")
@client_options
def list_orders(area: str, open_only: bool, data_dir: Path, party: str, as_json: bool) -> None:
    """List orders on the exchange that hold own ones."""
    from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as wholesale  # noqa: PLC0415

    with connect(data_dir, party) as client:
        orders = client.exchange.orders(area, open_only=open_only)
    if as_json:
        print_json({"orders": [document(order) for order in orders]})
        return
    rows = [
        (order.intent_id, order.area_id, _side(order.terms.side), _kw(order.terms.quantity_w),
         f"{order.terms.price_ticks / 100:.2f}", _kw(order.filled_w),
         wholesale.Stage.Name(order.stage).removeprefix("STAGE_"))
        for order in orders
    ]  # fmt: skip
    print_table(("order", "area", "side", "kW", "EUR/MWh", "kW filled", "stage"), rows)


@command.command("release")
@click.argument("order_ids", nargs=-1, required=True)
@client_options
def release(order_ids: tuple[str, ...], data_dir: Path, party: str, as_json: bool) -> None:
    """Let what is left of own orders go on, once their books have closed."""
    with connect(data_dir, party) as client:
        receipt = client.exchange.release(order_ids)
    results(receipt, as_json, order_ids)


@command.command("withdraw")
@click.argument("order_ids", nargs=-1, required=True)
@client_options
def withdraw(order_ids: tuple[str, ...], data_dir: Path, party: str, as_json: bool) -> None:
    """Take back what is not filled of own orders; what stands on the exchange is cancelled there."""
    with connect(data_dir, party) as client:
        receipt = client.exchange.withdraw(order_ids)
    results(receipt, as_json, order_ids)


@command.command("offer")
@click.option("--unit", required=True, help="The unit that delivers.")
@click.option("--side", type=click.Choice(["buy", "sell"]), required=True)
@click.option("--at", "start", required=True, help="Start of the first quarter-hour, 2026-01-16T12:00 in area time.")
@click.option(
    "--step", "steps", multiple=True, required=True, metavar="KW@EUR",
    help="Power at a limit in EUR/MWh, 150@45.50; several are steps of a curve, each a quantity of its own.",
)  # fmt: skip
@click.option("--quarters", type=click.IntRange(1, 100), default=1, show_default=True, help="More: one block over all.")
@click.option(
    "--least", default="", metavar="PERCENT", help="Of a block: 50% of it are enough. Default: all or nothing."
)
@click.option("--id", "offer_id", help="Your own id of the offer; default: a fresh one.")
@area_option
@client_options
def offer(
    unit: str,
    side: str,
    start: str,
    steps: tuple[str, ...],
    quarters: int,
    least: str,
    offer_id: str | None,
    area: str | None,
    data_dir: Path,
    party: str,
    as_json: bool,
) -> None:
    """Offer in the day-ahead auction, until 11:30 of the day before: steps of a curve, or one block."""
    from flexbourse.common.v1 import common_pb2  # noqa: PLC0415
    from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as wholesale  # noqa: PLC0415
    from flexbourse_cli import units  # noqa: PLC0415
    from flexbourse_cli.markets import find_area  # noqa: PLC0415

    name = offer_id or uuid.uuid4().hex[:16]
    with connect(data_dir, party) as client:
        zone = find_area(client, area).time_zone
        try:
            if (quarters > 1 or least) and len(steps) > 1:
                raise ValueError("a block has one --step")
            mtu = common_pb2.Mtu(start_s=units.second(start, zone), length_s=QUARTER_S)
            offers = [
                wholesale.DayAheadOffer(
                    offer_id=name if len(steps) == 1 else f"{name}.{place}",
                    unit_id=unit,
                    mtu=mtu,
                    side=f"SIDE_{side.upper()}",
                    mtu_count=quarters,
                    least_permille=_permille(least),
                    **_step(step),
                )
                for place, step in enumerate(steps, start=1)
            ]
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        receipt = client.exchange.offer_day_ahead(offers)
    results(receipt, as_json, [own.offer_id for own in offers])


@command.command("offers")
@click.option("--area", help="Whose clock times are told on; default: the only one.")
@client_options
def list_offers(area: str | None, data_dir: Path, party: str, as_json: bool) -> None:
    """List own offers for the day-ahead auction, and what became of them."""
    from flexbourse_cli.markets import find_area  # noqa: PLC0415

    with connect(data_dir, party) as client:
        offers = client.exchange.day_ahead_offers()
        if as_json:
            print_json({"offers": [document(own) for own in offers]})
            return
        zone = find_area(client, area).time_zone
    header = ("offer", "unit", "side", "from", "quarters", "kW", "EUR/MWh", "least", "state", "kW awarded")
    print_table(header, [_offer_row(own, zone) for own in offers], right=(4, 5, 6, 7, 9))


@command.command("cancel")
@click.argument("offer_ids", nargs=-1, required=True)
@client_options
def cancel(offer_ids: tuple[str, ...], data_dir: Path, party: str, as_json: bool) -> None:
    """Take own offers for the day-ahead auction back, until 11:30 of the day before."""
    with connect(data_dir, party) as client:
        receipt = client.exchange.cancel_day_ahead(offer_ids)
    results(receipt, as_json, offer_ids)


@command.command("when-tight")
@click.argument("what", type=click.Choice(["cancel", "hibernate"]))
@area_option
@client_options
def when_tight(what: str, area: str | None, data_dir: Path, party: str, as_json: bool) -> None:
    """Set whether orders that a tightened grid does not carry are cancelled, or sleep; as the area's DSO."""
    from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as wholesale  # noqa: PLC0415
    from flexbourse_cli.markets import find_area  # noqa: PLC0415

    with connect(data_dir, party) as client:
        rules = wholesale.SetAreaRules(
            area_id=find_area(client, area).area_id,
            on_tightening=f"ON_TIGHTENING_{what.upper()}",
        )
        receipt = client.exchange.set_area_rules(rules)
    results(receipt, as_json)


def _step(text: str) -> dict[str, int]:
    """Return quantity and limit of a step; raises ValueError with what it must look like."""
    from flexbourse_cli import units  # noqa: PLC0415

    power, _, price = text.partition("@")
    if not price:
        raise ValueError(f"--step was {text!r}, must be like 150@45.50")
    return {"quantity_w": units.watts(power), "limit_ticks": units.ticks_of_euro(price)}


def _permille(text: str) -> int:
    """Return thousandths of a percentage; raises ValueError."""
    found = re.fullmatch(r"(\d{1,3}(?:\.\d)?)%", text)
    permille = int(Decimal(found[1]) * 10) if found else 0
    if text and not 0 < permille <= 1_000:
        raise ValueError(f"--least was {text!r}, must be like 50% or 12.5%")
    return permille


def _offer_row(own: Any, zone: str) -> tuple[object, ...]:
    from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as wholesale  # noqa: PLC0415
    from flexbourse_cli import units  # noqa: PLC0415

    order = own.order
    state = wholesale.CurveStage.Name(own.stage).removeprefix("CURVE_STAGE_") if own.submitted_w else "OFFERED"
    awarded = sorted({award.quantity_w for award in own.awards})
    return (
        order.order_id.removeprefix(f"da.{order.participant_id}."), order.unit_id, _side(order.side),
        units.clock(order.mtu.start_s, zone), order.mtu.length_s // QUARTER_S, _kw(order.open_w),
        f"{order.limit_ticks / 100:.2f}", f"{order.least_permille / 10:g}%" if order.least_permille else "",
        f"{state}: {own.reason}" if own.reason else state, " to ".join(map(_kw, awarded[:1] + awarded[1:][-1:])),
    )  # fmt: skip


def _side(side: int) -> str:
    return {1: "buy", 2: "sell"}.get(side, "?")


def _kw(watts: int) -> str:
    return f"{watts / 1000:g}"
