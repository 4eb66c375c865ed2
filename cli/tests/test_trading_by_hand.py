"""A trader at the keyboard: order, book and lights on the live platform, by commands alone."""

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
from flexbourse_cli import units
from flexbourse_cli.main import cli
from flexbourse_cli.markets import find_place
from flexbourse_cli.platform import Platform, PlatformOptions
from flexbourse_cli.starting import start
from flexbourse_cli.watching import TradeFollower, Watched, state_of

sys.path.insert(0, str(Path(__file__).parent))
from village_day import AREA, FOUNDING, ZONE, home

SOON_S = 3 * 3600  # after the gate of two hours, and open since yesterday's 17:00 or today's


def until(found: Callable[[], Any], what: str) -> Any:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        value = found()
        if value:
            return value
        time.sleep(0.2)
    raise AssertionError(f"waited in vain for {what}")


def flexibility() -> registry.Entity:
    """Return a market beside the one for energy."""
    found = registry.Entity()
    found.CopyFrom(next(entity for entity in FOUNDING if entity.HasField("market")))
    found.market.market_id, found.market.algorithm = "village-flex", registry.ALGORITHM_CONTINUOUS_FLEXIBILITY
    return found


class Desk:
    """A platform with a village on it, and the command line beside."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.start_s = (int(time.time()) // 900 + SOON_S // 900) * 900
        self.at = datetime.fromtimestamp(self.start_s, UTC).astimezone(ZoneInfo(ZONE)).strftime("%Y-%m-%dT%H:%M")
        operator, dso = platform.client("operator"), platform.client("grid-co")
        operator.registry.register([*FOUNDING, flexibility()])
        imported = dso.grid.import_network(AREA, pandapower_name="kerber-dorf")
        topology = dso.grid.topology(AREA, imported.receipt.position)
        assert topology is not None
        self.nodes = [node for zone in topology.zones for node in zone.node_ids]
        homes = [*home(1, self.nodes[-1], "sun-agg"), *home(2, self.nodes[-2], "wind-agg")]
        for entity in homes:
            if entity.HasField("right"):
                entity.right.valid_to_s = self.start_s + 86_400
        operator.registry.register(homes)
        for party in ("sun-agg", "wind-agg"):
            platform.client(party).close()  # enrolled by this
        mtu = common_pb2.Mtu(start_s=self.start_s, length_s=900)
        forecast = grid.SubmitForecast(area_id=AREA, periods=[grid.PeriodForecast(mtu=mtu)])
        refused = [r for r in dso.grid.submit_forecast(forecast).answer.results if r.HasField("rejection")]
        assert not refused, refused

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(cli, [*arguments, "--data", str(self.platform.data_dir)], catch_exceptions=False)

    def place(self, party: str, side: str, unit: str, ct: str, kw: str = "2", **more: str) -> Result:
        extra = [part for name, value in more.items() for part in (f"--{name}", value)]
        return self(
            "order", "place", "--party", party, "--side", side, "--unit", unit, "--kw", kw, "--ct", ct,
            "--at", self.at, *extra,
        )  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    platform = start(PlatformOptions(data_dir=tmp_path_factory.mktemp("desk") / "data"))
    yield Desk(platform)
    platform.stop()


def test_a_trade_by_hand(desk: Desk) -> None:
    lights = until(lambda: json.loads(desk("light", "watch", "--once", "--json").stdout).get("lights"), "lights")
    assert {light["zone_id"] for light in lights}
    assert desk("light", "watch", "--once").stdout.count("\n") == len(lights)
    feeders = json.loads(desk("feeders", "--at", desk.at, "--json").stdout)["feeders"]
    assert {feeder["zone_id"]: feeder["light"] for feeder in feeders} == {
        light["zone_id"]: light["light"] for light in lights if int(light["mtu"]["start_s"]) == desk.start_s
    }
    assert desk("feeders").stdout.count("\n") == len(lights) + 1
    placed = until(
        lambda: (done := desk.place("sun-agg", "sell", "battery-1", "10", id="ask-1")).exit_code == 0 and done,
        "an accepted offer",
    )
    order_id = placed.stdout.strip()
    book = desk("book", "show", "--at", desk.at, "--node", desk.nodes[-2])
    assert book.exit_code == 0
    assert "book open" in book.stdout
    assert "10.00" in book.stdout
    many = json.loads(desk("book", "show", "--at", desk.at, "--all-nodes", "--json").stdout)
    assert [viewer["node_id"] for viewer in many["viewers"]].count(desk.nodes[-2]) == 1
    assert len(many["viewers"]) == len(desk.nodes)
    two = desk("book", "show", "--at", desk.at, "--viewers", f"{desk.nodes[0]}, {desk.nodes[-2]}")
    assert [line.split()[0] for line in two.stdout.splitlines()[-2:]] == [desk.nodes[0], desk.nodes[-2]]
    assert desk("book", "show", "--at", desk.at, "--all-nodes", "--node", desk.nodes[0]).exit_code == 2
    listed = json.loads(desk("order", "list", "--party", "sun-agg", "--open", "--json").stdout)
    assert [(entry["order_id"], entry["open_w"]) for entry in listed] == [(order_id, "2000")]
    assert desk.place("wind-agg", "buy", "battery-2", "60", kw="1.5", id="bid-1").exit_code == 0
    table = until(
        lambda: (text := desk("order", "list", "--party", "sun-agg").stdout) and "0.5" in text and text, "the trade"
    )
    assert order_id in table
    assert desk("order", "cancel", order_id, "--party", "wind-agg").exit_code == 1
    assert desk("order", "cancel", order_id, "--party", "sun-agg").exit_code == 0
    assert json.loads(desk("order", "list", "--party", "sun-agg", "--open", "--json").stdout) == []


def test_the_public_feed_and_the_ladder_of_what_is_traded(desk: Desk) -> None:
    """Who follows the book sees the offers come, match and go; depth and statistics say the same."""
    mtu = common_pb2.Mtu(start_s=desk.start_s, length_s=900)
    with desk.platform.client("operator") as client:
        market = next(s.entity.market for s in client.registry.list("market") if "energy" in s.entity.market.market_id)
        place = (AREA, market.market_id, mtu)
        before = client.market_data.public_book(*place).head.sequence
        events = client.market_data.book_events(*place, after_sequence=before)
        assert desk.place("sun-agg", "sell", "battery-1", "20", id="ask-feed").exit_code == 0
        assert desk.place("wind-agg", "buy", "battery-2", "50", kw="0.5", id="bid-feed").exit_code == 0
        assert desk.place("wind-agg", "buy", "battery-2", "5", kw="0.7", id="low-feed").exit_code == 0
        kinds = [next(events).WhichOneof("event") for _ in range(4)]
        assert kinds == ["added", "added", "executed", "added"]
        watched = Watched(find_place(client, AREA, market.market_id, "local-energy"), mtu, 1, desk.nodes[-1])
        follower = TradeFollower(client, watched)
        follower.start()
        own = desk.platform.client("sun-agg")
        state = state_of(own, watched, list(follower.trades), desk.start_s * 1_000 - 7_300_000)
        assert [(level.quantity_w, level.orders) for level in state.asks] == [(1_500, 1)]
        assert [(level.quantity_w, level.orders) for level in state.bids] == [(700, 1)]
        assert [(order.buys, order.open_w, order.filled_w) for order in state.own] == [(False, 1_500, 500)]
        assert state.phase == "CONTINUOUS"
        assert state.statistics is not None
        assert state.statistics.volume_w >= 500
        assert {colour for _, colour in state.lights} == {"GREEN"}
        shown = json.loads(desk("book", "show", "--at", desk.at, "--levels", "5", "--json").stdout)
        assert [level["quantity_w"] for level in shown["asks"]] == ["1500"]
        assert "sells kW" in desk("book", "show", "--at", desk.at, "--levels", "5", "--node", desk.nodes[-1]).stdout
        (statistics,) = client.market_data.statistics(*place)
        assert statistics.volume_w == state.statistics.volume_w
        own.close()
    for party, name in (("sun-agg", "ask-feed"), ("wind-agg", "low-feed")):
        listed = json.loads(desk("order", "list", "--party", party, "--open", "--json").stdout)
        order_id = next(entry["order_id"] for entry in listed if entry["client_order_id"] == name)
        assert desk("order", "cancel", order_id, "--party", party).exit_code == 0


def test_a_basket_over_two_periods_matches_whole_or_not_at_all(desk: Desk) -> None:
    end = datetime.fromtimestamp(desk.start_s + 1_800, UTC).astimezone(ZoneInfo(ZONE)).strftime("%Y-%m-%dT%H:%M")
    assert desk.place("sun-agg", "sell", "battery-1", "20", id="ask-basket").exit_code == 0  # the first period alone
    killed = desk.place("wind-agg", "buy", "battery-2", "50", kw="0.5", id="basket", until=end, fill="fill-or-kill")
    assert killed.exit_code == 1
    assert "all orders of a basket match whole, or none does" in killed.stdout + killed.stderr
    (left,) = json.loads(desk("order", "list", "--party", "sun-agg", "--open", "--json").stdout)
    assert (left["client_order_id"], left["open_w"]) == ("ask-basket", "2000")
    assert desk("order", "cancel", left["order_id"], "--party", "sun-agg").exit_code == 0


def test_a_trade_agreed_upon_off_the_book(desk: Desk) -> None:
    """Proposed, seen by the other side, declined; proposed again and confirmed: made, or refused with its reason."""
    terms = ("--seller", "battery-1", "--buyer", "wind-agg/battery-2", "--kw", "1", "--ct", "12.5", "--at", desk.at)

    def proposed() -> str:
        result = desk("book", "bilateral", "propose", *terms, "--party", "sun-agg")
        assert result.exit_code == 0, result.stdout + result.stderr
        return result.stdout.strip()

    first = proposed()
    listed = until(
        lambda: (text := desk("book", "bilateral", "list", "--party", "wind-agg").stdout) and first in text and text,
        "the proposal",
    )
    assert "1 kW at 12.50 ct/kWh, sun-agg/battery-1 to wind-agg/battery-2" in listed
    assert desk("book", "bilateral", "decline", first, "--party", "wind-agg").exit_code == 0
    assert desk("book", "bilateral", "confirm", first, "--party", "wind-agg").exit_code == 1
    second = proposed()
    confirmed = desk("book", "bilateral", "confirm", second, "--party", "wind-agg")
    assert confirmed.stdout.strip() == second, confirmed.stdout
    until(lambda: not desk("book", "bilateral", "list", "--party", "sun-agg").stdout, "the end of what waited")


def test_the_operator_asks_for_relief_of_several_periods_at_once(desk: Desk) -> None:
    def asked(periods: int) -> list[dict[str, Any]]:
        end = datetime.fromtimestamp(desk.start_s + 900 * periods, UTC).astimezone(ZoneInfo(ZONE))
        done = desk(
            "order", "place", "--party", "grid-co", "--side", "buy", "--kw", "50", "--ct", "30", "--at", desk.at,
            "--until", end.strftime("%Y-%m-%dT%H:%M"), "--product", "flex-up", "--target", "line-0=0.001%",
            "--fill", "fill-or-kill", "--json",
        )  # fmt: skip
        found: list[dict[str, Any]] = json.loads(done.stdout)["answer"]["results"]
        return found

    # The light is green, of the second period unknown, so no request is open; each of them hears why.
    assert [[result["rejection"]["code"] for result in asked(periods)] for periods in (1, 2)] == [
        ["PRODUCT_NOT_ALLOWED"], ["PRODUCT_NOT_ALLOWED", "LIGHT_UNKNOWN"],
    ]  # fmt: skip


def test_the_operator_limits_a_feeder_and_a_voltage(desk: Desk) -> None:
    later = datetime.fromtimestamp(desk.start_s + 1_800, UTC).astimezone(ZoneInfo(ZONE)).strftime("%Y-%m-%dT%H:%M")
    times = ("--from", desk.at, "--until", later, "--party", "grid-co")

    def listed() -> list[dict[str, Any]]:
        found = json.loads(desk("capacity", "list", "--party", "grid-co", "--json").stdout)
        return [{name: limit[name] for name in limit if name not in ("mtu", "scope")} for limit in found["limits"]]

    feeder = ("--feeder", "feeder-1", "--injection-kw", "12.5", "--consumption-kw", "0")
    done = desk("capacity", "set", *feeder, *times)
    assert (done.exit_code, done.stdout.strip()) == (0, f"{AREA}.capacity.1")
    voltage = ("--element", desk.nodes[-1], "--min-pu", "0.95", "--max-pu", "1.05")
    assert desk("capacity", "set", *voltage, *times, "--expected-version", "1").exit_code == 0
    assert desk("capacity", "set", *voltage, *times, "--expected-version", "1").exit_code == 1
    own = [
        {"subject_id": "feeder-1", "max_injection_w": "12500", "max_consumption_w": "0"},
        {"subject_id": desk.nodes[-1], "min_voltage_upu": "950000", "max_voltage_upu": "1050000"},
    ]
    assert until(lambda: len(listed()) == 4 and listed(), "the schedule") == own * 2
    table = desk("capacity", "list", "--party", "grid-co", "--until", desk.at).stdout
    assert table.startswith("version 2")
    assert "feeder-1" not in table
    assert "12.5" in desk("capacity", "list", "--party", "grid-co").stdout
    assert desk("capacity", "withdraw", "--feeder", "feeder-1", *times).exit_code == 0
    assert until(lambda: len(listed()) == 2 and listed(), "the withdrawal") == own[1:] * 2
    assert desk("capacity", "withdraw", "--element", desk.nodes[-1], *times).exit_code == 0
    assert desk("capacity", "list", "--party", "sun-agg").exit_code == 4


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("--feeder", "feeder-1"), "say what is limited"),
        (("--feeder", "feeder-1", "--element", "line-1", "--injection-kw", "1"), "name one of"),
        (("--injection-kw", "1"), "name one of"),
        (("--feeder", "feeder-1", "--injection-kw", "1.0001"), "finer"),
        (("--feeder", "feeder-1", "--injection-kw", "much"), "no number"),
        (("--feeder", "feeder-1", "--injection-kw", "1", "--minutes", "7"), "whole periods of 7 min"),
    ],
)
def test_what_a_limit_must_name_is_said(desk: Desk, arguments: tuple[str, ...], what: str) -> None:
    end = datetime.fromtimestamp(desk.start_s + 900, UTC).astimezone(ZoneInfo(ZONE)).strftime("%Y-%m-%dT%H:%M")
    done = desk("capacity", "set", *arguments, "--from", desk.at, "--until", end, "--party", "grid-co")
    assert done.exit_code == 2
    assert what in done.output


def test_refused_orders_say_why(desk: Desk) -> None:
    refused = desk.place("sun-agg", "sell", "battery-2", "10")
    assert refused.exit_code == 1
    assert "refused" in refused.stdout
    for kw, ct in (("two", "10"), ("2", "ten"), ("0.0001", "10"), ("2", "0.00001")):
        assert desk.place("sun-agg", "sell", "battery-1", ct, kw=kw).exit_code == 2


@pytest.mark.parametrize(("text", "expected"), [("2.5", 2500), ("0.001", 1), ("-1", -1000), ("1e1", 10_000)])
def test_kilowatts_are_exact(text: str, expected: int) -> None:
    assert units.watts(text) == expected


def test_prices_are_exact() -> None:
    assert units.ticks("14.1", 10_000) == 14_100
    assert units.cents(14_100, 10_000) == "14.10"
    for text in ("0.0001", "NaN", "inf", "x"):
        with pytest.raises(ValueError, match=text):
            units.ticks(text, 10_000)


def test_what_is_not_held_is_not_called(desk: Desk) -> None:
    for verb in ("call", "give-back"):
        done = desk("order", verb, "village.1.h.1", "--party", "sun-agg")
        assert done.exit_code == 1
        assert "while it is held" in done.output
        assert desk("order", verb, "--order", "village.1", "--party", "sun-agg").exit_code == 1
        assert desk("order", verb, "--party", "sun-agg").exit_code == 2
        assert desk("order", verb, "x", "--order", "y", "--party", "sun-agg").exit_code == 2


def test_a_conditional_offer_rests_and_is_shown_as_one(desk: Desk) -> None:
    offer = ("order", "place", "--side", "sell", "--unit", "battery-1", "--kw", "1", "--ct", "9", "--at", desk.at)
    refused = desk(*offer, "--conditional", "--party", "sun-agg")
    assert refused.exit_code == 1
    assert "PRODUCT_NOT_ALLOWED" in refused.output
    placed = desk(*offer, "--conditional", "--product", "flex-up", "--party", "sun-agg")
    assert placed.exit_code == 0
    order_id = placed.stdout.strip()
    listed = until(
        lambda: (text := desk("order", "list", "--open", "--party", "sun-agg").stdout) and order_id in text and text,
        "the order in the list",
    )
    assert "flex_up, conditional" in listed
    assert desk("order", "cancel", order_id, "--party", "sun-agg").exit_code == 0


def capacity_market(gate_closure_s: int) -> registry.Entity:
    """Return a market whose auction of each period is cleared so long before it, after a call of hours."""
    found = registry.Entity()
    found.CopyFrom(next(entity for entity in FOUNDING if entity.HasField("market")))
    changes = registry.Market(
        market_id="village-capacity", algorithm=registry.ALGORITHM_NETWORK_CAPACITY, gate_closure_s=gate_closure_s,
        call_s=8 * 3600, use_or_lose_s=3_600, capacity_rule=registry.CAPACITY_RULE_PREMIUM_AS_BID,
        capacity_per_period=True,
    )  # fmt: skip
    found.market.MergeFrom(changes)
    found.market.min_price_ticks = 0
    return found


def test_network_capacity_is_asked_for_allocated_and_used_by_hand(desk: Desk) -> None:
    operator = desk.platform.client("operator")
    ahead_s = desk.start_s - int(time.time())
    operator.registry.register([capacity_market(ahead_s - 1_200)])  # cleared in twenty minutes
    end = datetime.fromtimestamp(desk.start_s + 900, UTC).astimezone(ZoneInfo(ZONE)).strftime("%Y-%m-%dT%H:%M")
    times = ("--from", desk.at, "--until", end)

    def listed(party: str = "sun-agg") -> dict[str, Any]:
        found: dict[str, Any] = json.loads(desk("capacity", "auctions", "--party", party, "--json").stdout)
        return found

    def called() -> bool:
        found = listed().get("auctions", ())
        return any(
            (int(each["mtu"]["start_s"]), each["phase"]) == (desk.start_s, "CAPACITY_PHASE_CALL") for each in found
        )

    until(called, "the call of the auction")
    asked = desk("capacity", "request", "battery-1", "3", *times, "--price", "2", "--party", "sun-agg")
    assert asked.exit_code == 0, asked.output
    name = asked.stdout.strip()
    # What was traded by hand before leaves the other battery 2 kW of its 5.
    other = desk("capacity", "request", "battery-2", "1", *times, "--price", "1", "--party", "wind-agg").stdout.strip()
    assert desk("capacity", "retract", other, "--party", "sun-agg").exit_code == 1
    assert desk("capacity", "retract", other, "--party", "wind-agg").exit_code == 0
    assert desk("capacity", "use", name, "1", "--period", desk.at, "--party", "sun-agg").exit_code == 1
    # The operator brings the clearing forward: it is due at once.
    operator.registry.register([capacity_market(ahead_s + 600)])
    (own,) = until(lambda: [each for each in listed().get("own", ()) if each.get("cleared")], "the result")
    assert own["quantity_w"] == "3000"
    assert own["holdings"][0]["amount_micro_euro"] == str(3_000 * 20 // 4)  # 20 EUR/MWh, a quarter of an hour
    assert listed()["results"][-1]["income_micro_euro"] == own["holdings"][0]["amount_micro_euro"]
    assert desk("capacity", "use", name, "1", "--period", desk.at, "--party", "sun-agg").exit_code == 0
    table = until(
        lambda: (text := desk("capacity", "auctions", "--party", "sun-agg").stdout) and " 1 " in text and text, "use"
    )
    row = next(line.split() for line in table.splitlines() if line.startswith(name))
    assert row[-4:] == ["2", "1", "0", "0.015"]
    assert [each["withdrawn"] for each in listed("wind-agg")["own"]] == [True]
