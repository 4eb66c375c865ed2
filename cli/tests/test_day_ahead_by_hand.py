"""Offers for the day-ahead auction at the keyboard: entered as steps and as a block, listed, taken back, refused."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from flexbourse_cli.main import cli
from flexbourse_cli.platform import Platform, PlatformOptions
from flexbourse_cli.starting import start

sys.path.insert(0, str(Path(__file__).parent))
from village_day import FOUNDING, ZONE, home

AGG, OTHER = "sun-agg", "wind-agg"


class Desk:
    """A platform with two homes on it, and the command line beside; offers are for noon of the day after tomorrow."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        noon = datetime.now(UTC).astimezone(ZoneInfo(ZONE)) + timedelta(days=2)
        self.at = noon.strftime("%Y-%m-%dT12:00")
        operator = platform.client("operator")
        operator.registry.register(FOUNDING)
        homes = [*home(1, "n1", AGG), *home(2, "n2", OTHER)]
        for entity in homes:
            if entity.HasField("right"):
                entity.right.valid_to_s = int(time.time()) + 10 * 86_400
        refused = [r for r in operator.registry.register(homes).answer.results if r.HasField("rejection")]
        assert not refused, refused
        for party in (AGG, OTHER, "grid-co"):
            platform.client(party).close()  # enrolled by this

    def __call__(self, *arguments: str, party: str = AGG) -> Result:
        words = ["exchange", *arguments, "--party", party, "--data", str(self.platform.data_dir)]
        return CliRunner().invoke(cli, words, catch_exceptions=False)

    def offer(self, name: str, *more: str, side: str = "sell", at: str = "", party: str = AGG) -> Result:
        unit = "battery-1"
        return self("offer", "--unit", unit, "--side", side, "--at", at or self.at, "--id", name, *more, party=party)

    def rows(self, party: str = AGG) -> list[str]:
        return self("offers", party=party).stdout.splitlines()[1:]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    contexts = ("registry", "wholesale-gateway")
    platform = start(PlatformOptions(data_dir=tmp_path_factory.mktemp("desk") / "data", contexts=contexts))
    yield Desk(platform)
    platform.stop()


def test_steps_and_blocks_are_offered_listed_and_taken_back(desk: Desk) -> None:
    deadline = time.monotonic() + 60
    while (first := desk.offer("c", "--step", "2@45.50", "--step", "1.5@60")).exit_code and time.monotonic() < deadline:
        time.sleep(0.2)  # until the gateway has heard of the unit
    assert first.stdout.split() == ["c.1", "c.2"]
    assert desk.offer("b", "--step", "1@30", "--quarters", "8", "--least", "50%").exit_code == 0
    listed = json.loads(desk("offers", "--json").stdout)["offers"]
    assert [one["order"]["order_id"] for one in listed] == [f"da.{AGG}.{name}" for name in ("b", "c.1", "c.2")]
    assert desk("offers", party=OTHER).stdout.count("\n") == 1  # the header alone
    block, one, two = desk.rows()
    day, clock = desk.at.split("T")
    assert block.split() == ["b", "battery-1", "sell", day, clock, "8", "1", "30.00", "50%", "OFFERED"]
    assert one.split()[5:] == ["1", "2", "45.50", "OFFERED"]
    assert two.split()[5:] == ["1", "1.5", "60.00", "OFFERED"]
    assert desk("cancel", "b", "c.1", party=OTHER).exit_code == 1
    assert desk("cancel", "b", "c.1").exit_code == 0
    assert [row.split()[0] for row in desk.rows()] == ["c.2"]
    assert "UNKNOWN_OBJECT" in desk("cancel", "b").stdout
    assert desk("cancel", "c.2").exit_code == 0


def test_what_is_refused_says_why(desk: Desk) -> None:
    late = desk.offer("late", "--step", "1@30", at=datetime.now(UTC).strftime("%Y-%m-%dT00:00"))
    assert (late.exit_code, "GATE_CLOSED" in late.stdout) == (1, True)
    assert "NO_RIGHT_TO_OFFER" in desk.offer("other", "--step", "1@30", party=OTHER).stdout
    assert "BASIS_EXCEEDED" in desk.offer("much", "--step", "100000@30").stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--step", "1@30", "--step", "2@40", "--quarters", "4"), "a block has one --step"),
        (("--step", "30"), "must be like 150@45.50"),
        (("--step", "1@30.001"), "lies between two ticks"),
        (("--step", "0.0001@30"), "no whole number of watts"),
        (("--step", "1@30", "--least", "half"), "must be like 50%"),
        (("--step", "1@30", "--least", "101%"), "must be like 50%"),
        (("--step", "1@30", "--quarters", "101"), "is not in the range"),
    ],
)
def test_what_cannot_be_read_is_a_usage_error(desk: Desk, words: tuple[str, ...], says: str) -> None:
    refused = desk.offer("x", *words)
    assert refused.exit_code == 2
    assert says in refused.output


def test_the_dso_says_what_happens_when_the_grid_is_tight(desk: Desk) -> None:
    assert desk("when-tight", "hibernate", party="grid-co").exit_code == 0
    with desk.platform.client("grid-co") as client:
        rules = client.exchange.status().area_rules
    assert [rule.on_tightening for rule in rules] == [2]
    assert "does not carry sleep" in desk("show").stdout
    assert "NOT_AUTHORISED" in desk("when-tight", "cancel").stdout
