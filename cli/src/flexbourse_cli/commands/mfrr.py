"""`flexbourse mfrr`: what goes to the platform of balancing energy, and what it orders."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from flexbourse_cli.console import area_option, client_options, connect, document, print_json, print_table, results

DIRECTIONS = ("up", "down")
PRODUCTS = ("scheduled", "direct", "both")
QUARTER_S = 900
# The gateway reads of an offer a moment after activation has taken it.
TRIES, PAUSE_S = 20, 0.25


@click.group("mfrr")
def command() -> None:
    """Offer units to the mFRR platform, and look at bids and activations."""


@command.command("offer")
@click.argument("name")
@click.option("--unit", required=True, help="The unit that is offered.")
@click.option("--kw", required=True, help="How much of it.")
@click.option("--price", required=True, help="EUR/MWh: asked for up, paid for down.")
@click.option("--from", "start", required=True, help="Start of the first quarter-hour, 2026-01-15T18:00 local time.")
@click.option("--until", required=True, help="End of the last.")
@click.option("--direction", type=click.Choice(DIRECTIONS), default="up")
@click.option("--product", type=click.Choice(PRODUCTS), default="scheduled", help="How it can be activated.")
@area_option
@client_options
def offer(
    name: str, unit: str, kw: str, price: str, start: str, until: str, direction: str, product: str, area: str | None,
    data_dir: Path, party: str, as_json: bool,
) -> None:  # fmt: skip
    """Offer a unit to operators, and let the offer go to the platform."""
    from flexbourse.activation.v1 import activation_pb2 as activation  # noqa: PLC0415
    from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as ancillary  # noqa: PLC0415
    from flexbourse_cli import units  # noqa: PLC0415
    from flexbourse_cli.markets import find_area  # noqa: PLC0415

    with connect(data_dir, party) as client:
        found = find_area(client, area)
        try:
            watts, ticks = units.watts(kw), units.ticks_of_euro(price)
            first_s, end_s = units.second(start, found.time_zone), units.second(until, found.time_zone)
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        terms = activation.OfferTerms(
            offer_id=name, unit_id=unit, direction=f"DIRECTION_{direction.upper()}", quantity_w=watts,
            activation_price_micro_euro_per_mwh=ticks * 10_000,
            window=activation.Window(start_s=first_s, end_s=end_s, mtu_length_s=QUARTER_S),
        )  # fmt: skip
        placed = client.activation.submit(activation.ActivationCommand(area_id=found.area_id, offer=terms))
        if _refused(placed):
            results(placed, as_json)
            return
        mark = ancillary.MarkTerms(
            area_id=found.area_id, offer_id=name, price_ticks=ticks, product=f"PRODUCT_{product.upper()}"
        )
        results(_marked(client, mark), as_json)


@command.command("withdraw")
@click.argument("name")
@area_option
@client_options
def withdraw(name: str, area: str | None, data_dir: Path, party: str, as_json: bool) -> None:
    """Let an offer go no further; what was forwarded is withdrawn while that is free."""
    from flexbourse_cli.markets import find_area  # noqa: PLC0415

    with connect(data_dir, party) as client:
        results(client.ancillary.unmark(find_area(client, area).area_id, name), as_json)


@command.command("bids")
@click.option("--area", default="", help="Of one area alone.")
@client_options
def bids(area: str, data_dir: Path, party: str, as_json: bool) -> None:
    """List what was forwarded: your own units, for operators all."""
    with connect(data_dir, party) as client:
        found = client.ancillary.bids(area)
    if as_json:
        print_json([document(parcel) for parcel in found])
        return
    rows = [row for parcel in found for row in _bid_rows(parcel)]
    print_table(("begins (UTC)", "direction", "kW", "EUR/MWh", "node", "stage", "bid"), rows, right=(2, 3))


@command.command("activations")
@client_options
def activations(data_dir: Path, party: str, as_json: bool) -> None:
    """List the platform's orders and how far they have come; operators only."""
    with connect(data_dir, party) as client:
        found, connection = client.ancillary.orders(), client.ancillary.connection()
    if as_json:
        print_json({"connection": document(connection), "orders": [document(own) for own in found]})
        return
    print_table(("order", "revision", "begins (UTC)", "kW", "refused", "stage"), [_order_row(own) for own in found])
    click.echo(_state(connection), err=True)


def _marked(client: Any, mark: Any) -> Any:
    """Mark an offer, again while the gateway has not heard of it yet."""
    for _ in range(TRIES):
        receipt = client.ancillary.mark(mark)
        if [each.rejection.code for each in receipt.answer.results] != ["UNKNOWN_OBJECT"]:
            break
        time.sleep(PAUSE_S)
    return receipt


def _refused(receipt: Any) -> bool:
    return any(each.HasField("rejection") for each in receipt.answer.results)


def _bid_rows(parcel: Any) -> list[tuple[object, ...]]:
    from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as ancillary  # noqa: PLC0415
    from flexbourse_cli import units  # noqa: PLC0415

    stage = ancillary.ParcelStage.Name(parcel.stage).removeprefix("PARCEL_STAGE_").lower()
    return [
        (
            units.clock(bid.mtu.start_s, "UTC"),
            ancillary.Direction.Name(bid.direction).removeprefix("DIRECTION_").lower(),
            f"{bid.quantity_w / 1000:g}",
            f"{bid.price_ticks / 100:.2f}",
            parcel.parcel.nodes[bid.bid_id],
            stage,
            bid.bid_id,
        )
        for bid in parcel.parcel.bids
    ]


def _order_row(own: Any) -> tuple[object, ...]:
    from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as ancillary  # noqa: PLC0415
    from flexbourse_cli import units  # noqa: PLC0415

    return (
        own.order.order_id,
        own.order.revision,
        units.clock(min(bid.start_s for bid in own.order.bids), "UTC"),
        f"{sum(bid.quantity_w for bid in own.order.bids) / 1000:g}",
        sum(answer.HasField("refusal") for answer in own.answer.answers),
        ancillary.OrderStage.Name(own.stage).removeprefix("ORDER_STAGE_").lower(),
    )


def _state(connection: Any) -> str:
    if not connection.configured:
        return "no platform is configured: nothing is forwarded"
    told = [f"rules {connection.rules}", f"{connection.waiting} documents wait for a receipt"]
    if connection.silent:
        told.append("the platform is SILENT")
    if connection.unvalidated:
        told.append("SCHEMA VALIDATION IS OFF")
    if connection.dead_letters:
        told.append(f"{connection.dead_letters} DEAD LETTERS")
    if connection.untold:
        told.append(f"the operator HAS NOT HEARD of the redispatch {', '.join(connection.untold)}")
    return ", ".join(told)
