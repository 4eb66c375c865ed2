"""`flexbourse book bilateral`: trades agreed upon off the book, proposed by one and confirmed by the others."""

from __future__ import annotations

import csv
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from flexbourse_cli.console import area_option, client_options, connect, document, print_json, results

COLUMNS = ("seller", "buyer", "kw", "ct", "at", "periods", "tariff")
BEARERS = ("shared", "seller", "buyer", "halves")


@click.group("bilateral")
def command() -> None:
    """Trade what was agreed upon: propose it, confirm or decline what others proposed."""


@command.command("propose")
@click.option("--seller", help="Who sells: PARTY/UNIT; without a party, you.")
@click.option("--buyer", help="Who buys: PARTY/UNIT; without a party, you.")
@click.option("--kw", help="How much, in each period.")
@click.option("--ct", help="At which price in ct/kWh, without the network tariff.")
@click.option("--at", help="Start of the first period, 2026-01-15T18:00 in the area's time.")
@click.option("--periods", default="1", show_default=True, help="How many periods, one after the other.")
@click.option("--tariff", type=click.Choice(BEARERS), default="shared", help="Who bears the network tariff.")
@click.option(
    "--file", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"Several trades that are made together or not at all: CSV with the columns {', '.join(COLUMNS)}.",
)  # fmt: skip
@click.option("--until", help="Until when it waits, in the area's time. Default: an hour.")
@click.option("--product", type=click.Choice(["local-energy", "flex-up", "flex-down"]), default="local-energy")
@click.option("--market", help="Default: the only one for the product.")
@area_option
@client_options
def propose(
    path: Path | None,
    until: str | None,
    product: str,
    market: str | None,
    area: str | None,
    data_dir: Path,
    party: str,
    as_json: bool,
    **trade: str | None,
) -> None:
    """Propose one trade, or those of a file. What waits for nobody else's word is made at once."""
    from flexbourse.orderbook.v1 import orderbook_pb2  # noqa: PLC0415
    from flexbourse_cli import units  # noqa: PLC0415
    from flexbourse_cli.markets import find_place  # noqa: PLC0415

    rows = _rows(path, trade)
    with connect(data_dir, party) as client:
        where = find_place(client, area, market, product)
        try:
            wish = orderbook_pb2.ProposeAgreement(
                client_agreement_id=uuid.uuid4().hex[:16],
                market_id=where.market.market_id,
                trades=[_trade(row, where, product, party) for row in rows],
                valid_until_ms=units.second(until, where.area.time_zone) * 1000 if until else 0,
            )
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        receipt = client.orders.agree(where.area.area_id, wish)
    results(receipt, as_json)


def _rows(path: Path | None, trade: Mapping[str, str | None]) -> list[dict[str, str]]:
    """Return the trades that were typed, or those of a file; raises UsageError."""
    if path is None:
        missing = [f"--{name}" for name in COLUMNS if not trade.get(name)]
        if missing:
            raise click.UsageError(f"a trade needs {', '.join(missing)}, or --file")
        return [{name: str(trade[name]) for name in COLUMNS}]
    with path.open(newline="", encoding="utf-8") as lines:
        reader = csv.DictReader(lines)
        unknown = sorted(set(reader.fieldnames or ()) - set(COLUMNS))
        if unknown or not reader.fieldnames:
            raise click.UsageError(f"{path}: columns are {', '.join(COLUMNS)}, not {', '.join(unknown) or 'none'}")
        rows = [{name: (row.get(name) or "").strip() for name in COLUMNS} for row in reader]
    for number, row in enumerate(rows, 2):
        row["periods"], row["tariff"] = row["periods"] or "1", row["tariff"] or "shared"
        missing = [name for name in COLUMNS if not row[name]]
        if missing or row["tariff"] not in BEARERS:
            raise click.UsageError(f"{path}, line {number}: {', '.join(missing) or 'tariff'} is missing or unknown")
    return rows


def _trade(row: Mapping[str, str], where: Any, product: str, party: str) -> Any:
    from flexbourse.common.v1 import common_pb2  # noqa: PLC0415
    from flexbourse.orderbook.v1 import orderbook_pb2  # noqa: PLC0415
    from flexbourse_cli import units  # noqa: PLC0415
    from flexbourse_cli.markets import PRODUCTS  # noqa: PLC0415

    length, first = where.market.mtu_length_s, units.second(row["at"], where.area.time_zone)
    bearer = "UNSPECIFIED" if row["tariff"] == "shared" else row["tariff"].upper()
    return orderbook_pb2.AgreedTrade(
        product=PRODUCTS[product],
        mtus=[common_pb2.Mtu(start_s=first + i * length, length_s=length) for i in range(int(row["periods"]))],
        quantity_w=units.watts(row["kw"]),
        price_ticks=units.ticks(row["ct"], where.tick),
        seller=_side(row["seller"], party),
        buyer=_side(row["buyer"], party),
        tariff_borne_by=f"TARIFF_BEARER_{bearer}",
    )


def _side(named: str, party: str) -> Any:
    from flexbourse.orderbook.v1 import orderbook_pb2  # noqa: PLC0415

    who, _, unit = named.rpartition("/")
    return orderbook_pb2.AgreedSide(party=who or party, unit_id=unit)


def _answer(agreement_id: str, said: str, area: str | None, data_dir: Path, party: str, *, as_json: bool) -> None:
    from flexbourse.orderbook.v1 import orderbook_pb2  # noqa: PLC0415
    from flexbourse_cli.markets import find_area  # noqa: PLC0415

    wish = orderbook_pb2.AnswerAgreement(agreement_id=agreement_id, answer=f"AGREEMENT_ANSWER_{said}")
    with connect(data_dir, party) as client:
        receipt = client.orders.agree(find_area(client, area).area_id, wish)
    results(receipt, as_json, [agreement_id])


@command.command("confirm")
@click.argument("agreement_id")
@area_option
@client_options
def confirm(agreement_id: str, area: str | None, data_dir: Path, party: str, as_json: bool) -> None:
    """Confirm what others proposed; with the last word it is checked and made, or refused."""
    _answer(agreement_id, "CONFIRM", area, data_dir, party, as_json=as_json)


@command.command("decline")
@click.argument("agreement_id")
@area_option
@client_options
def decline(agreement_id: str, area: str | None, data_dir: Path, party: str, as_json: bool) -> None:
    """Decline what others proposed, or withdraw what you did."""
    _answer(agreement_id, "DECLINE", area, data_dir, party, as_json=as_json)


@command.command("list")
@area_option
@client_options
def waiting(area: str | None, data_dir: Path, party: str, as_json: bool) -> None:
    """Show what waits for your word, or for that of others."""
    from flexbourse_cli import units  # noqa: PLC0415
    from flexbourse_cli.markets import find_area  # noqa: PLC0415

    with connect(data_dir, party) as client:
        found = find_area(client, area)
        ticks = {
            market.market_id: market.price_tick_micro_euro_per_mwh
            for market in (state.entity.market for state in client.registry.list("market"))
        }
        agreements = client.orders.agreements(found.area_id)
    if as_json:
        print_json([document(agreement) for agreement in agreements])
        return
    for agreement in agreements:
        click.echo(f"{agreement.agreement_id}  proposed by {agreement.proposer}")
        for trade in agreement.trades:
            price = units.cents(trade.price_ticks, ticks[agreement.market_id])
            starts = ", ".join(units.clock(mtu.start_s, found.time_zone) for mtu in trade.mtus)
            sides = " to ".join(f"{s.party}/{s.unit_id or s.metering_point_id}" for s in (trade.seller, trade.buyer))
            click.echo(f"  {units.kilowatts(trade.quantity_w)} kW at {price} ct/kWh, {sides}, {starts}")
