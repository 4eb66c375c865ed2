"""Money of participants at the keyboard, on the live platform: deposited, allotted, traded on, given back, compared."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_cli.main import cli
from flexbourse_cli.platform import Platform, PlatformOptions
from flexbourse_cli.starting import start

sys.path.insert(0, str(Path(__file__).parent))
from village_day import AREA, FOUNDING, ZONE, home

SOON_S = 3 * 3600  # after the gate of two hours, and open since yesterday's 17:00 or today's
AGG = "sun-agg"


def until(found: Callable[[], Any], what: str) -> Any:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        value = found()
        if value:
            return value
        time.sleep(0.2)
    raise AssertionError(f"waited in vain for {what}")


def founding() -> list[registry.Entity]:
    """Return the village with a market that asks for collateral."""
    found = []
    for entity in FOUNDING:
        own = registry.Entity()
        own.CopyFrom(entity)
        if own.HasField("market"):
            own.market.collateral_required, own.market.penalty_cover_ticks = True, 5_000
        found.append(own)
    return found


class Desk:
    """A platform with a home on it, and the command line beside."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        start_s = (int(time.time()) // 900 + SOON_S // 900) * 900
        self.at = datetime.fromtimestamp(start_s, UTC).astimezone(ZoneInfo(ZONE)).strftime("%Y-%m-%dT%H:%M")
        operator, dso = platform.client("operator"), platform.client("grid-co")
        operator.registry.register(founding())
        imported = dso.grid.import_network(AREA, pandapower_name="kerber-dorf")
        topology = dso.grid.topology(AREA, imported.receipt.position)
        assert topology is not None
        own = home(1, [node for zone in topology.zones for node in zone.node_ids][-1], AGG)
        own[-1].right.valid_to_s = start_s + 86_400
        operator.registry.register(own)
        platform.client(AGG).close()  # enrolled by this
        mtu = common_pb2.Mtu(start_s=start_s, length_s=900)
        dso.grid.submit_forecast(grid.SubmitForecast(area_id=AREA, periods=[grid.PeriodForecast(mtu=mtu)]))

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(cli, [*arguments, "--data", str(self.platform.data_dir)], catch_exceptions=False)

    def offer(self, name: str, kw: str) -> dict[str, Any]:
        """Offer at 10 ct/kWh; return what the market said."""
        done = self(
            "order", "place", "--party", AGG, "--side", "sell", "--unit", "battery-1", "--kw", kw, "--ct", "10",
            "--at", self.at, "--id", name, "--json",
        )  # fmt: skip
        found: dict[str, Any] = json.loads(done.stdout)["answer"]["results"][0]
        return found

    def money(self) -> tuple[str, ...]:
        account = json.loads(self("funds", "show", AGG, "--json").stdout)["accounts"][0]
        return tuple(account.get(f"{name}_micro_euro", "0") for name in ("free", "held", "leaving"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    platform = start(PlatformOptions(data_dir=tmp_path_factory.mktemp("desk") / "data"))
    yield Desk(platform)
    platform.stop()


def test_money_from_the_bank_to_the_book_and_back(desk: Desk) -> None:
    refused = until(
        lambda: (
            (found := desk.offer(f"early-{time.monotonic_ns()}", "2").get("rejection"))
            and found["code"] == "COLLATERAL_INSUFFICIENT"
            and found
        ),
        "the refusal of an order without collateral",
    )
    assert (refused["value"], refused.get("limit", "0")) == ("25000", "0")  # 2 kW, a quarter-hour, 50 EUR/MWh

    for _ in range(2):
        assert desk("funds", "deposit", AGG, "1.50", "--reference", "bank 1").exit_code == 0
    assert desk("funds", "deposit", AGG, "1.51", "--reference", "bank 1").exit_code == 1
    assert desk("funds", "deposit", AGG, "1", "--reference", "bank 2", "--party", AGG).exit_code == 1
    assert desk("funds", "hold", AGG, "0.5", "--reason", "margin").exit_code == 0
    assert desk("funds", "allot", AGG, "0.03", "--party", AGG).exit_code == 0
    assert until(lambda: desk.money() == ("970000", "530000", "0"), "the allotment")

    assert until(lambda: desk.offer(f"ask-{time.monotonic_ns()}", "2").get("id"), "an order within the allotment")
    beyond = desk.offer("beyond", "2")["rejection"]
    assert (beyond["code"], beyond["value"], beyond["limit"]) == ("COLLATERAL_INSUFFICIENT", "50000", "30000")

    assert desk("funds", "allot", AGG, "0.01").exit_code == 0
    time.sleep(2)
    assert desk.money() == ("970000", "530000", "0")  # the order is in the way
    order_id = json.loads(desk("order", "list", "--party", AGG, "--open", "--json").stdout)[0]["order_id"]
    assert desk("order", "cancel", order_id, "--party", AGG).exit_code == 0
    assert until(lambda: desk.money() == ("990000", "510000", "0"), "what the shard no longer uses")

    asked = desk("funds", "withdraw", "0.99", "--party", AGG).stdout.strip()
    assert desk("funds", "withdraw", "0.01", "--party", AGG).exit_code == 1
    assert until(lambda: desk.money() == ("0", "510000", "990000"), "the withdrawal")
    assert desk("funds", "pay", asked, "--reference", "bank 3").exit_code == 0
    assert until(lambda: desk.money() == ("0", "510000", "0"), "the payment")
    table = desk("funds", "show").stdout
    assert "0.51" in table
    assert AGG in table

    checked = until(
        lambda: (found := json.loads(desk("funds", "verify", "--json").stdout))["lacking"] == 0 and found, "the chain"
    )
    assert checked == {"ok": True, "lacking": 0, "differences": [], "problems": []}
    assert "agree to the micro-euro" in desk("funds", "verify").stdout
    assert "accounts: 1" in desk("funds", "verify", "--party", AGG).stdout


def test_amounts_are_exact_and_commands_say_what_they_lack(desk: Desk) -> None:
    assert desk("funds", "deposit", AGG, "0.0000001", "--reference", "bank 9").exit_code == 2
    assert desk("funds", "deposit", AGG, "many", "--reference", "bank 9").exit_code == 2
    assert desk("funds", "deposit", AGG, "1").exit_code == 2
    assert desk("funds", "allot", AGG, "1", "--area", "nowhere").exit_code == 2
    assert desk("funds", "show", AGG, "--party", "grid-co").exit_code == 4
