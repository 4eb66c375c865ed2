"""`flexbourse demo --scenario region`: the surplus of four villages goes on to an exchange and a balancing platform."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flexbourse_demo.driving.feeds import FeedError
from flexbourse_demo.driving.stage import SetupError
from flexbourse_demo.scenarios import ScenarioCall
from flexbourse_demo.scenarios.region import scene as valley
from flexbourse_demo.scenarios.region.figures import figures
from flexbourse_demo.scenarios.region.play import Played, play
from flexbourse_demo.scenarios.region.report import render
from flexbourse_demo.scenarios.region.venues import MEMBER, BalancingPlatform, Exchange, VenueError, instant
from flexbourse_demo.scenarios.told_play import Tell, ToldPlay, on_platform

NAME = "region"
BSP, PLATFORM = "9999909919920", "10X1001A1001A38Y"
ZONE, CONTROL_AREA, MARKET_AREA = "10YNO-2--------T", "10YNO-0--------C", "10Y1001A1001A91G"


def run(call: ScenarioCall) -> int:
    """Play the noon, write report and figures; returns the exit code."""
    failures = (SetupError, FeedError, VenueError)
    return ToldPlay(NAME, _between_venues, figures, render, told, failures).run(call)


def _between_venues(call: ScenarioCall, tell: Tell) -> Played:
    start_s = valley.DAY.opening_s - 2 * 3600
    exchange = Exchange(start_s, call.data_dir)
    try:
        balancing = BalancingPlatform(scenario(start_s), call.data_dir)
        try:
            settings = {
                "wholesale-gateway": exchange_settings(exchange, call.data_dir),
                "ancillary-gateway": mfrr_settings(balancing),
            }
            return on_platform(call, NAME, lambda platform: play(platform, exchange, balancing, tell), settings)
        finally:
            balancing.stop()
    finally:
        exchange.stop()


def exchange_settings(exchange: Exchange, folder: Path) -> dict[str, Any]:
    """Return how the wholesale gateway reaches the exchange."""
    user, _, password = MEMBER.partition(":")
    secret = folder / "exchange-password"
    secret.write_text(password)
    secret.chmod(0o600)
    return {"exchange_url": exchange.url, "exchange_user": user, "exchange_password_file": secret}


def mfrr_settings(balancing: BalancingPlatform) -> dict[str, Any]:
    """Return how the mFRR gateway reaches the platform."""
    return {
        "platform_url": balancing.url, "bidder": BSP, "bidder_scheme": "A10", "tso": PLATFORM, "zone": ZONE,
        "control_area": CONTROL_AREA, "market_area": MARKET_AREA, "rules": "QH-45",
    }  # fmt: skip


def scenario(start_s: int) -> str:
    """Return the balancing platform's day: one zone that needs a megawatt more in both quarter-hours."""
    first, second = valley.periods()[: valley.BLOCKED + 1]
    return f"""
[simulator]
start = {instant(start_s)}
[profile]
heartbeats_s = []
[[zones]]
name = "south"
eic = "{ZONE}"
[[participants]]
id = "{BSP}"
[[needs]]
zone = "south"
direction = "up"
quantity = 1
from = {instant(first.start_s)}
to = {instant(second.start_s + second.length_s)}
"""


def told(found: dict[str, Any]) -> list[str]:
    """Return the end of the story in lines for the terminal."""
    return [
        f"local     {found['local_kwh']:.0f} kWh in {found['trades']} trades",
        f"exchange  {found['exchange_mwh']:.2f} MWh sold for {found['exchange_euro']:.2f} EUR",
        f"mFRR      {found['ordered_mw']} MW called, {found['accepted_mw']} MW accepted, "
        f"{found['blocked_mw']} MW blocked by the grid and published (B45)",
        f"notary    {found['records']} records, {found['disputed']} disputed",
        f"all accounts add up to {found['sum_micro_euro']} micro-euro",
    ]
