"""`flexbourse grid tariff`: what the use of the network costs at each bus, and between each two of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flexbourse_cli.console import failures, json_option, print_json, print_table, with_progress
from flexbourse_cli.gridstudy.options import (
    FILE,
    NetworkOptions,
    PointOptions,
    network_options,
    parameters_option,
    point_options,
)

if TYPE_CHECKING:
    from flexbourse_cli.gridstudy.network import Bus
    from flexbourse_cli.gridstudy.study import Study
    from flexbourse_gridmath.powerflow import OperatingPoint

DIGITS = 6
# Wider tables of pairs are no help on a screen.
MAX_PRINTED_BUSES = 12
PARTS = ("loss", "congestion", "voltage", "total")


@click.command("tariff")
@network_options
@point_options
@click.option("--bus", "names", multiple=True, help="Only these buses, by index or name; default: all.")
@click.option(
    "--quantity-w",
    type=click.IntRange(1, 10**12),
    help="Pairs: exact price of this quantity. Default: of an infinitesimal one, n(seller) - n(buyer).",
)
@click.option("--csv", "nodal_file", type=FILE, help="Write the nodal vector to a CSV file.")
@click.option("--pairs-csv", "pairs_file", type=FILE, help="Write the pair table to a CSV file.")
@parameters_option
@json_option
@failures
def command(
    asked: NetworkOptions, at: PointOptions, names: tuple[str, ...], quantity_w: int | None, nodal_file: Path | None,
    pairs_file: Path | None, parameters_file: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Print the nodal tariff in EUR/MWh and the price between each two buses.

    A bus where the tariff is high is a bad place to inject and a good one to consume. The seller is the row of the
    pair table, the buyer its column.
    """
    from flexbourse_cli.gridstudy.inputs import read_operating_point  # noqa: PLC0415
    from flexbourse_cli.gridstudy.problems import Problems  # noqa: PLC0415
    from flexbourse_cli.gridstudy.study import open_study  # noqa: PLC0415

    problems = Problems()
    study = open_study(asked, parameters_file, problems)
    injections = read_operating_point(at, study.network, problems)
    buses = study.network.find_buses(names, problems)
    problems.stop()
    point = study.solve(*injections)
    nodal = list(_nodal(study, point, buses))
    pairs = _pairs(study, point, buses, quantity_w)
    if nodal_file:
        _write(nodal_file, list(nodal[0]), [list(row.values()) for row in nodal])
    if pairs_file:
        labels = [row["bus"] for row in nodal]
        rows = [[s, b, pairs[i][j]] for i, s in enumerate(labels) for j, b in enumerate(labels) if i != j]
        _write(pairs_file, ["seller_bus", "buyer_bus", "eur_per_mwh"], rows)
    found: dict[str, Any] = {
        "network": study.network.description(),
        "parameters": study.parameters.as_document(),
        "base": study.writer.state(point, study.limits),
        "nodal": nodal,
        "pairs": {
            "quantity_w": quantity_w or 0, "buses": [row["bus"] for row in nodal], "eur_per_mwh": pairs,
        },
    }  # fmt: skip
    if as_json:
        print_json(found)
    else:
        _print(found)


def _nodal(study: Study, point: OperatingPoint, buses: Sequence[Bus]) -> Iterator[dict[str, Any]]:
    from flexbourse_gridmath.nodal import nodal_tariff  # noqa: PLC0415

    tariff = nodal_tariff(study.network.topology, study.tariff, point)
    for bus in buses:
        yield {
            "bus": study.network.label(bus),
            "bus_index": bus.index,
            **{f"{part}_eur_per_mwh": round(float(getattr(tariff, part)[bus.node]), DIGITS) for part in PARTS},
            "reactive_eur_per_mvarh": round(float(tariff.reactive[bus.node]), DIGITS),
        }


def _pairs(
    study: Study, point: OperatingPoint, buses: Sequence[Bus], quantity_w: int | None
) -> list[list[float | None]]:
    """Return the price of every pair, a row per seller; None where the network cannot carry the quantity."""
    from flexbourse_gridmath.nodal import nodal_tariff  # noqa: PLC0415

    if quantity_w is None:
        total = nodal_tariff(study.network.topology, study.tariff, point).total
        return [[round(float(total[s.node] - total[b.node]), DIGITS) for b in buses] for s in buses]
    rows = (_exact_row(study, point, seller, buses, quantity_w) for seller in buses)
    return list(with_progress(rows, len(buses), "solving each pair"))


def _exact_row(
    study: Study, point: OperatingPoint, seller: Bus, buses: Sequence[Bus], quantity_w: int
) -> list[float | None]:
    from flexbourse_gridmath.trades import Trade, dnut_of  # noqa: PLC0415

    row: list[float | None] = []
    for buyer in buses:
        trade = Trade(seller.node, buyer.node, quantity_w)
        parts = dnut_of(study.network.topology, study.tariff, point, trade)
        row.append(None if parts is None else round(parts.loss + parts.congestion + parts.voltage, DIGITS))
    return row


def _write(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    import csv  # noqa: PLC0415

    from flexbourse_cli.gridstudy.problems import writing  # noqa: PLC0415

    with writing(path), path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def _print(found: dict[str, Any]) -> None:
    from flexbourse_cli.gridstudy.states import describe_state  # noqa: PLC0415

    click.echo(f"{found['network']['name']}: {describe_state(found['base'])}\n")
    header = ("bus", *(f"{part} EUR/MWh" for part in PARTS), "reactive EUR/Mvarh")
    rows = [
        (row["bus"], *(f"{row[f'{part}_eur_per_mwh']:.3f}" for part in PARTS), f"{row['reactive_eur_per_mvarh']:.3f}")
        for row in found["nodal"]
    ]
    print_table(header, rows, right=tuple(range(1, len(header))))
    pairs = found["pairs"]
    names = pairs["buses"]
    if len(names) > MAX_PRINTED_BUSES:
        click.echo(f"\n{len(names)} buses have {len(names) * (len(names) - 1)} pairs: --pairs-csv or --json, or --bus")
        return
    size = f"{pairs['quantity_w']} W" if pairs["quantity_w"] else "a small quantity"
    click.echo(f"\nEUR/MWh for {size}, seller in the row, buyer in the column")
    cells = [
        (name, *("-" if price is None else f"{price:.2f}" for price in prices))
        for name, prices in zip(names, pairs["eur_per_mwh"], strict=True)
    ]
    print_table(("", *names), cells, right=tuple(range(1, len(names) + 1)))
