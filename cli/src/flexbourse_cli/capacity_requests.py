"""`flexbourse capacity auctions|request|retract|use`: auctions of what the network still takes."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flexbourse_cli.console import area_option, client_options, connect, document, print_json, print_table, results

if TYPE_CHECKING:
    from flexbourse.orderbook.v1 import orderbook_pb2

# Periods of one request, as the order book takes them.
MAX_PERIODS = 100


@click.command("request")
@click.argument("unit")
@click.argument("kilowatts")
@click.option("--from", "start", required=True, help="Start of the first period, 2026-01-15T18:00 in the area's time.")
@click.option("--until", required=True, help="End of the last: all of them are of one auction.")
@click.option("--inject", is_flag=True, help="Of a generator with a connection that is not all firm.")
@click.option("--price", default="0", help="Of a premium auction: ct/kWh at most.")
@click.option("--at-least", default="0", help="kW below which it is of no use.")
@click.option("--market", help="Default: the only one of network capacity.")
@area_option
@client_options
def request(
    unit: str, kilowatts: str, start: str, until: str, inject: bool, price: str, at_least: str, market: str | None,
    area: str | None, data_dir: Path, party: str, as_json: bool,
) -> None:  # fmt: skip
    """Ask for the same power in every period between two times, while the auction is called."""
    from flexbourse.common.v1 import common_pb2  # noqa: PLC0415
    from flexbourse.orderbook.v1 import orderbook_pb2  # noqa: PLC0415
    from flexbourse.registry.v1 import registry_pb2  # noqa: PLC0415
    from flexbourse_cli import units  # noqa: PLC0415
    from flexbourse_cli.markets import find_market  # noqa: PLC0415

    with connect(data_dir, party) as client:
        wanted = registry_pb2.ALGORITHM_NETWORK_CAPACITY
        place = find_market(client, area, market, wanted, "network capacity")
        length_s = place.market.mtu_length_s
        try:
            first, last = (units.second(text, place.area.time_zone) for text in (start, until))
            wish = orderbook_pb2.RequestCapacity(
                client_request_id=f"cli-{uuid.uuid4().hex[:16]}",
                market_id=place.market.market_id,
                unit_id=unit,
                use=orderbook_pb2.CAPACITY_USE_INJECTION if inject else orderbook_pb2.CAPACITY_USE_CONSUMPTION,
                mtus=[
                    common_pb2.Mtu(start_s=at, length_s=length_s)
                    for at in starts_of(first, last, length_s, MAX_PERIODS)
                ],
                quantity_w=units.watts(kilowatts),
                minimum_w=units.watts(at_least),
                price_ticks=units.ticks(price, place.tick),
            )
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        results(client.orders.network_capacity(place.area.area_id, wish), as_json)


def starts_of(first_s: int, until_s: int, length_s: int, most: int) -> range:
    """Return the starts of the periods between two seconds; raises UsageError where they are none, or too many."""
    starts = range(first_s, until_s, length_s)
    if not 0 < len(starts) <= most or (until_s - first_s) % length_s:
        raise click.UsageError(f"--from to --until must hold 1 to {most} whole periods of {length_s // 60} min")
    return starts


@click.command("retract")
@click.argument("request_id")
@area_option
@client_options
def retract(request_id: str, area: str | None, data_dir: Path, party: str, as_json: bool) -> None:
    """Take a request back, while the auction is called."""
    from flexbourse.orderbook.v1 import orderbook_pb2  # noqa: PLC0415
    from flexbourse_cli.markets import find_area  # noqa: PLC0415

    with connect(data_dir, party) as client:
        wish = orderbook_pb2.WithdrawCapacity(request_id=request_id)
        results(client.orders.network_capacity(find_area(client, area).area_id, wish), as_json)


@click.command("use")
@click.argument("request_id")
@click.argument("kilowatts")
@click.option("--period", required=True, help="Start of the period, 2026-01-15T18:00 in the area's time.")
@area_option
@client_options
def use(
    request_id: str, kilowatts: str, period: str, area: str | None, data_dir: Path, party: str, as_json: bool
) -> None:
    """Say that so much of an allocation is scheduled; what is not used in time goes back to the market."""
    from flexbourse.orderbook.v1 import orderbook_pb2  # noqa: PLC0415
    from flexbourse_cli import units  # noqa: PLC0415
    from flexbourse_cli.markets import find_area  # noqa: PLC0415

    with connect(data_dir, party) as client:
        found = find_area(client, area)
        try:
            start_s, quantity_w = units.second(period, found.time_zone), units.watts(kilowatts)
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        own = {each.request.request_id: each for each in client.orders.capacity_auctions(found.area_id).own}
        mtus = [mtu for mtu in own[request_id].request.mtus if mtu.start_s == start_s] if request_id in own else []
        if not mtus:
            raise click.UsageError(f"{request_id} is no request of {party} for a period that starts at {period}")
        wish = orderbook_pb2.DeclareCapacityUse(request_id=request_id, mtu=mtus[0], quantity_w=quantity_w)
        results(client.orders.network_capacity(found.area_id, wish), as_json)


@click.command("auctions")
@area_option
@client_options
def auctions(area: str | None, data_dir: Path, party: str, as_json: bool) -> None:
    """Show auctions of network capacity, their newest results, and own requests with what came of them."""
    from flexbourse_cli.markets import find_area  # noqa: PLC0415

    with connect(data_dir, party) as client:
        found = find_area(client, area)
        listed = client.orders.capacity_auctions(found.area_id)
    if as_json:
        print_json(document(listed))
        return
    _print(listed, found.time_zone)


def _print(listed: orderbook_pb2.ListNetworkCapacityResponse, zone: str) -> None:
    from flexbourse.orderbook.v1 import orderbook_pb2  # noqa: PLC0415
    from flexbourse_cli import units  # noqa: PLC0415

    phase_of = orderbook_pb2.CapacityPhase.Name
    rows: list[tuple[Any, ...]] = [
        (each.market_id, units.clock(each.mtu.start_s, zone), each.periods,
         phase_of(each.phase).removeprefix("CAPACITY_PHASE_").lower(), "", "")
        for each in listed.auctions
    ]  # fmt: skip
    rows += [
        (each.market_id, units.clock(each.mtu.start_s, zone), "", "cleared" if each.agreed else "void",
         units.kilowatts(each.allocated_w), units.euro(each.income_micro_euro))
        for each in listed.results
    ]  # fmt: skip
    print_table(("market", "first period", "periods", "phase", "allocated kW", "income EUR"), rows, right=(2, 4, 5))
    own = [row for each in listed.own for row in _rows(each, zone)]
    if own:
        click.echo()
        header = ("request", "unit", "period", "asked kW", "held kW", "used kW", "lapsed kW", "EUR")
        print_table(header, own, right=(3, 4, 5, 6, 7))


def _rows(own: orderbook_pb2.CapacityPosition, zone: str) -> list[tuple[Any, ...]]:
    """Return a row for each period of a request; without an allocation one says why there are no numbers."""
    from flexbourse_cli import units  # noqa: PLC0415

    asked, name = units.kilowatts(own.request.quantity_w), own.request.request_id
    holdings = {each.mtu.start_s: each for each in own.holdings}
    state = "taken back" if own.withdrawn else "nothing" if own.cleared else "waits"
    rows: list[tuple[Any, ...]] = []
    for mtu in own.request.mtus:
        period, held = units.clock(mtu.start_s, zone), holdings.get(mtu.start_s)
        if held is None:
            rows.append((name, own.request.unit_id, period, asked, state, "", "", ""))
            continue
        powers = (units.kilowatts(power) for power in (held.held_w, held.used_w, held.lapsed_w))
        rows.append((name, own.request.unit_id, period, asked, *powers, units.euro(held.amount_micro_euro)))
    return rows
