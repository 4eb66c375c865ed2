"""`flexbourse bidder`: a household's robot for one unit, on any Flexbourse; the work is done by flexbourse_demo."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from flexbourse_cli.console import area_option, connect, data_option, failures, party_option
from flexbourse_cli.markets import find_place

PRICES = click.FloatRange(0.0, 1000.0)


@click.command("bidder")
@click.option("--unit", "unit_id", required=True, help="The unit to trade; you hold the right to offer it.")
@click.option("--date", "day", required=True, help="The delivery day, 2026-01-15.")
@click.option(
    "--forecast",
    "file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV with start (ISO time) and w, injection positive.",
)
@click.option("--bids", nargs=2, type=PRICES, default=(12.0, 22.0), show_default=True, help="First and last, ct/kWh.")
@click.option("--asks", nargs=2, type=PRICES, default=(18.0, 11.0), show_default=True, help="First and last, ct/kWh.")
@click.option("--every", type=click.FloatRange(1, 3600), default=60.0, show_default=True, help="Seconds between looks.")
@area_option
@click.option("--market", help="Default: the only one for local energy.")
@data_option
@party_option
@failures
def command(
    unit_id: str,
    day: str,
    file: Path,
    bids: tuple[float, float],
    asks: tuple[float, float],
    every: float,
    area: str | None,
    market: str | None,
    data_dir: Path,
    party: str,
) -> None:
    """Trade a household's forecast until the last gate of a day."""
    from flexbourse_demo.bidder import BidderOptions, read_forecast, run_bidder  # noqa: PLC0415 - seconds of imports
    from flexbourse_demo.modelled.market_day import MarketDay  # noqa: PLC0415

    with connect(data_dir, party) as client:
        place = find_place(client, area, market, "local-energy")
        try:
            market_day = MarketDay.of(date.fromisoformat(day), place.area.time_zone)
            forecast = read_forecast(file, market_day)
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        options = BidderOptions(
            area_id=place.area.area_id,
            market_id=place.market.market_id,
            unit_id=unit_id,
            day=market_day,
            forecast_w=forecast,
            bids=bids,
            asks=asks,
        )
        run_bidder(client, options, every_s=every, say=click.echo)
