"""`flexbourse reservation`: calls for availability in EUR per MW and hour, offers that stand behind bids, and bids."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from flexbourse_cli.console import area_option, client_options, connect, document, print_json, print_table, results

PERIOD_S = 900
HEADER = (
    "call",
    "by",
    "direction",
    "from",
    "until",
    "kW",
    "EUR/MW/h",
    "freeze",
    "clear",
    "state",
    "bid",
    "kW",
    "EUR/MW/h",
)
PURPOSES = ("congestion", "voltage", "balancing", "commercial")


@click.group("reservation")
def command() -> None:
    """Call for availability, offer units, and bid."""


def _window(wrapped: Callable[..., Any]) -> Callable[..., Any]:
    """Add the window and the direction that a call and an offer name."""
    for option in (
        area_option,
        click.option("--direction", type=click.Choice(["up", "down"]), required=True, help="As the units are to move."),
        click.option("--until", required=True, help="End of the window."),
        click.option("--from", "start", required=True, help="Its start, 2026-01-15T18:00 in the area's time."),
        click.option("--kw", required=True, help="In every quarter-hour of the window."),
    ):
        wrapped = option(wrapped)
    return wrapped


@command.command("call")
@click.argument("call_id")
@_window
@click.option("--price", required=True, help="EUR per MW and hour, at most.")
@click.option("--freeze", required=True, help="No bid enters or leaves from then on.")
@click.option("--clear", required=True, help="When the call is cleared, before its window.")
@click.option("--purpose", type=click.Choice(PURPOSES), default="congestion", show_default=True)
@click.option("--pay-as-bid", is_flag=True, help="Else one price for all that are taken.")
@client_options
def call(
    call_id: str, kw: str, start: str, until: str, direction: str, area: str | None, price: str, freeze: str,
    clear: str, purpose: str, pay_as_bid: bool, data_dir: Path, party: str, as_json: bool,
) -> None:  # fmt: skip
    """Call for so much power in every quarter-hour of a window; the area's DSO and TSOs may."""
    from flexbourse_cli import units  # noqa: PLC0415

    def terms(zone: str) -> dict[str, object]:
        return {
            "call_id": call_id, "purpose": f"PURPOSE_{purpose.upper()}", "pay_as_bid": pay_as_bid,
            "limit_price_micro_euro_per_mw_h": units.micro_euro(price),
            "freezes_at_ms": units.second(freeze, zone) * 1000, "clears_at_ms": units.second(clear, zone) * 1000,
            **_common(kw, start, until, direction, zone),
        }  # fmt: skip

    _send("call_reservations", terms, area, data_dir, party, as_json)


@command.command("calls")
@area_option
@click.option("--open", "open_only", is_flag=True, help="Those alone that are not cleared.")
@client_options
def calls(area: str | None, open_only: bool, data_dir: Path, party: str, as_json: bool) -> None:
    """Show calls for reservations, and bids with what they came to: until a call is cleared one's own alone."""
    from flexbourse_cli.markets import find_area  # noqa: PLC0415

    with connect(data_dir, party) as client:
        found = find_area(client, area)
        listed = client.activation.reservation_calls(found.area_id, open_only=open_only)
    if as_json:
        print_json([document(each) for each in listed])
    else:
        print_table(HEADER, [row for each in listed for row in _rows(each, found.time_zone)], right=(5, 6, 11, 12))


def _rows(listed: Any, zone: str) -> list[tuple[object, ...]]:
    """Return the line of a call, and one for each bid: what it offers, or what it came to."""
    from flexbourse.activation.v1 import activation_pb2  # noqa: PLC0415
    from flexbourse_cli import units  # noqa: PLC0415

    terms = listed.call.terms
    state = f"{units.kilowatts(listed.reserved_w)} kW reserved" if listed.cleared else "open"
    direction = activation_pb2.Direction.Name(terms.direction).removeprefix("DIRECTION_").lower()
    times = (terms.freezes_at_ms, terms.clears_at_ms)
    head = (
        terms.call_id, listed.call.party, direction,
        units.clock(terms.window.start_s, zone), units.clock(terms.window.end_s, zone),
        units.kilowatts(terms.quantity_w), units.euro(terms.limit_price_micro_euro_per_mw_h),
        *(units.clock(at_ms // 1000, zone) for at_ms in times), state, "", "", "",
    )  # fmt: skip
    results = {result.bid_id: result for result in listed.results}
    bids = []
    for bid in listed.bids:
        got = results.get(bid.terms.bid_id, bid.terms)  # both have quantity and price
        price = units.euro(got.price_micro_euro_per_mw_h) if got.quantity_w else ""
        bids.append((*("",) * 10, bid.terms.bid_id, units.kilowatts(got.quantity_w), price))
    return [head, *bids]


@command.command("offer")
@click.argument("offer_id")
@click.argument("unit")
@_window
@click.option("--price", required=True, help="EUR/MWh of what is activated.")
@click.option("--at-least", default="0", help="kW: the smallest part that may be activated.")
@client_options
def offer(
    offer_id: str, unit: str, kw: str, start: str, until: str, direction: str, area: str | None, price: str,
    at_least: str, data_dir: Path, party: str, as_json: bool,
) -> None:  # fmt: skip
    """Offer what a unit can do in a window to operators; bids stand on it."""
    from flexbourse_cli import units  # noqa: PLC0415

    def terms(zone: str) -> dict[str, object]:
        return {
            "offer_id": offer_id, "unit_id": unit, "min_quantity_w": units.watts(at_least),
            "activation_price_micro_euro_per_mwh": units.micro_euro(price),
            **_common(kw, start, until, direction, zone),
        }  # fmt: skip

    _send("offer", terms, area, data_dir, party, as_json)


@command.command("bid")
@click.argument("bid_id")
@click.argument("call_id")
@click.argument("offer_id")
@click.option("--kw", required=True, help="In every quarter-hour of the call's window.")
@click.option("--price", required=True, help="EUR per MW and hour, at least.")
@click.option("--at-least", default="0", help="kW below which the bid is not taken.")
@area_option
@client_options
def bid(
    bid_id: str, call_id: str, offer_id: str, kw: str, price: str, at_least: str, area: str | None, data_dir: Path,
    party: str, as_json: bool,
) -> None:  # fmt: skip
    """Bid with an offer in a call; what is taken is a reservation of the bid's name, and has to be kept."""
    from flexbourse_cli import units  # noqa: PLC0415

    def terms(_zone: str) -> dict[str, object]:
        return {
            "bid_id": bid_id, "call_id": call_id, "offer_id": offer_id, "quantity_w": units.watts(kw),
            "min_quantity_w": units.watts(at_least), "price_micro_euro_per_mw_h": units.micro_euro(price),
        }  # fmt: skip

    _send("bid_reservation", terms, area, data_dir, party, as_json)


@command.command("retract")
@click.argument("bid_id")
@area_option
@client_options
def retract(bid_id: str, area: str | None, data_dir: Path, party: str, as_json: bool) -> None:
    """Take a bid back, until the freeze."""
    _send("withdraw_reservation_bid", lambda _zone: {"bid_id": bid_id}, area, data_dir, party, as_json)


def _common(kw: str, start: str, until: str, direction: str, zone: str) -> dict[str, object]:
    """Return what a call and an offer say alike; raises ValueError."""
    from flexbourse_cli import units  # noqa: PLC0415

    window = {"start_s": units.second(start, zone), "end_s": units.second(until, zone), "mtu_length_s": PERIOD_S}
    return {"window": window, "direction": f"DIRECTION_{direction.upper()}", "quantity_w": units.watts(kw)}


def _send(
    name: str, terms: Callable[[str], dict[str, object]], area: str | None, data_dir: Path, party: str, as_json: bool
) -> None:
    """Send one command of an area; `terms` makes its fields in the area's time zone and may raise ValueError."""
    from flexbourse.activation.v1 import activation_pb2  # noqa: PLC0415
    from flexbourse_cli.markets import find_area  # noqa: PLC0415

    with connect(data_dir, party) as client:
        found = find_area(client, area)
        wish: Any = activation_pb2.ActivationCommand(area_id=found.area_id)
        try:
            body = terms(found.time_zone)
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        getattr(wish, name).CopyFrom(type(getattr(wish, name))(**body))
        results(client.activation.submit(wish), as_json)
