"""`flexbourse capacity`: the DSO's capacity-limit schedule, set, withdrawn and listed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flexbourse_cli.capacity_requests import auctions, request, retract, starts_of, use
from flexbourse_cli.console import area_option, client_options, connect, document, print_json, print_table, results

if TYPE_CHECKING:
    from flexbourse.orderbook.v1 import orderbook_pb2

# Periods of one command, as the order book takes them.
MAX_PERIODS = 500
SCOPES = ("connection", "feeder", "element")
# Field of a bound → counted units in what people type.
BOUNDS = {
    "max_injection_w": 1_000,
    "max_consumption_w": 1_000,
    "max_loading_mpct": 1_000,
    "min_voltage_upu": 1_000_000,
    "max_voltage_upu": 1_000_000,
}


@click.group("capacity")
def command() -> None:
    """What connections, feeders and elements may carry, and auctions of what the network still takes."""


for _of_auctions in (auctions, request, retract, use):
    command.add_command(_of_auctions)


def _subject_and_time(wrapped: Callable[..., Any]) -> Callable[..., Any]:
    """Add what every change of the schedule names: its subject and its periods."""
    for option in (
        area_option,
        click.option("--minutes", type=click.IntRange(min=1), help="Length of the periods. Default: the markets' own."),
        click.option("--until", required=True, help="End of the last period."),
        click.option("--from", "start", required=True, help="Start of the first, 2026-01-15T18:00 in the area's time."),
        click.option("--element", default="", help="A branch, or a node."),
        click.option("--feeder", default="", help="A zone of the grid: all nodes at or below it together."),
        click.option("--connection", default="", help="A metering point."),
    ):
        wrapped = option(wrapped)
    return wrapped


@command.command("set")
@_subject_and_time
@click.option("--injection-kw", help="Most that a connection or feeder may inject, net.")
@click.option("--consumption-kw", help="Most that it may consume, net.")
@click.option("--loading-percent", help="Most that a branch may be loaded.")
@click.option("--min-pu", help="Lowest voltage of a node.")
@click.option("--max-pu", help="Highest voltage of a node.")
@click.option("--expected-version", type=click.IntRange(min=1), help="Refuse if the schedule has another by now.")
@client_options
def set_limits(
    connection: str, feeder: str, element: str, start: str, until: str, minutes: int | None, area: str | None,
    injection_kw: str | None, consumption_kw: str | None, loading_percent: str | None, min_pu: str | None,
    max_pu: str | None, expected_version: int | None, data_dir: Path, party: str, as_json: bool,
) -> None:  # fmt: skip
    """Limit one subject in every period between two times; the area's DSO alone may."""
    asked = zip(BOUNDS.items(), (injection_kw, consumption_kw, loading_percent, min_pu, max_pu), strict=True)
    bounds = {name: _counted(text, scale) for (name, scale), text in asked if text is not None}
    if not bounds:
        raise click.UsageError("say what is limited: --injection-kw, --loading-percent, --min-pu …")
    with connect(data_dir, party) as client:
        _change(
            client, area, (connection, feeder, element), (start, until, minutes), bounds, expected_version, as_json
        )  # fmt: skip


@command.command("withdraw")
@_subject_and_time
@click.option("--expected-version", type=click.IntRange(min=1), help="Refuse if the schedule has another by now.")
@client_options
def withdraw(
    connection: str, feeder: str, element: str, start: str, until: str, minutes: int | None, area: str | None,
    expected_version: int | None, data_dir: Path, party: str, as_json: bool,
) -> None:  # fmt: skip
    """Lift all limits of one subject in every period between two times."""
    with connect(data_dir, party) as client:
        _change(client, area, (connection, feeder, element), (start, until, minutes), {}, expected_version, as_json)


@command.command("list")
@click.option("--from", "start", help="Only periods that end after it.")
@click.option("--until", help="Only periods that start before it.")
@area_option
@client_options
def list_limits(
    start: str | None, until: str | None, area: str | None, data_dir: Path, party: str, as_json: bool
) -> None:
    """List the limits in force, by period; operators see them."""
    from flexbourse_cli.markets import find_area  # noqa: PLC0415

    with connect(data_dir, party) as client:
        found = find_area(client, area)
        from_s, to_s = (_second(text, found.time_zone) if text else 0 for text in (start, until))
        schedule = client.orders.capacity_limits(found.area_id, from_s=from_s, to_s=to_s)
    if as_json:
        print_json(document(schedule))
        return
    click.echo(f"version {schedule.version}")
    header = ("period", "minutes", "", "subject", "injects kW", "consumes kW", "loading %", "min pu", "max pu")
    print_table(header, [_row(limit, found.time_zone) for limit in schedule.limits], right=(1, 4, 5, 6, 7, 8))


def _change(
    client: Any, area: str | None, subjects: tuple[str, str, str], times: tuple[str, str, int | None],
    bounds: dict[str, int], expected_version: int | None, as_json: bool,
) -> None:  # fmt: skip
    from flexbourse.common.v1 import common_pb2  # noqa: PLC0415
    from flexbourse.orderbook.v1 import orderbook_pb2  # noqa: PLC0415
    from flexbourse_cli.markets import find_area  # noqa: PLC0415

    named = [(scope, subject) for scope, subject in zip(SCOPES, subjects, strict=True) if subject]
    if len(named) != 1:
        raise click.UsageError("name one of --connection, --feeder and --element")
    ((scope, subject),) = named
    found = find_area(client, area)
    start_s, until_s = (_second(text, found.time_zone) for text in times[:2])
    length_s = times[2] * 60 if times[2] else _length_s(client, found.area_id)
    limits = [
        orderbook_pb2.CapacityLimit(
            mtu=common_pb2.Mtu(start_s=second, length_s=length_s),
            scope=f"CAPACITY_SCOPE_{scope.upper()}",
            subject_id=subject,
            **bounds,  # type: ignore[arg-type]
        )
        for second in starts_of(start_s, until_s, length_s, MAX_PERIODS)
    ]
    receipt = client.orders.set_capacity_limits(found.area_id, limits, expected_version=expected_version or 0)
    results(receipt, as_json)


def _length_s(client: Any, area_id: str) -> int:
    """Return the length of the periods of all markets of an area; raises UsageError where they differ."""
    markets = (state.entity.market for state in client.registry.list("market"))
    lengths = sorted({market.mtu_length_s for market in markets if market.area_id == area_id and market.active})
    if len(lengths) != 1:
        known = ", ".join(str(length // 60) for length in lengths) or "none is active"
        raise click.UsageError(f"say the length of the periods with --minutes; markets of {area_id} have: {known}")
    return lengths[0]


def _second(text: str, zone: str) -> int:
    from flexbourse_cli import units  # noqa: PLC0415

    try:
        return units.second(text, zone)
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _counted(text: str, scale: int) -> int:
    """Return what people type in the unit that is counted; raises UsageError where that is no whole number."""
    from flexbourse_cli import units  # noqa: PLC0415

    try:
        return units.counted(text, scale, "number")
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _row(limit: orderbook_pb2.CapacityLimit, zone: str) -> tuple[object, ...]:
    from flexbourse.orderbook.v1 import orderbook_pb2  # noqa: PLC0415
    from flexbourse_cli import units  # noqa: PLC0415

    shown = (f"{getattr(limit, name) / scale:g}" if limit.HasField(name) else "" for name, scale in BOUNDS.items())  # type: ignore[arg-type]
    scope = orderbook_pb2.CapacityScope.Name(limit.scope).removeprefix("CAPACITY_SCOPE_").lower()
    return units.clock(limit.mtu.start_s, zone), limit.mtu.length_s // 60, scope, limit.subject_id, *shown
