"""What `flexbourse book halt | resume | cancel-for | recall | hit` send, and what they refuse to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from click.testing import CliRunner, Result

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_cli.commands.book import command, hit, scope, spread

SIX_PM = 1_768_496_400  # 2026-01-15T18:00 in Berlin
BECAUSE = ("--reason", "wrong base case")


class FakeClient:
    """Knows one area with an energy market, and keeps what it is to send."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.registry = self.orders = self

    def list(self, kind: str) -> list[registry.EntityState]:
        area = registry.GridArea(area_id="street", time_zone="Europe/Berlin")
        market = registry.Market(
            market_id="energy", area_id="street", algorithm=registry.ALGORITHM_CONTINUOUS_ENERGY, mtu_length_s=900,
            active=True, price_tick_micro_euro_per_mwh=10_000,
        )  # fmt: skip
        entity = registry.Entity(area=area) if kind == "area" else registry.Entity(market=market)
        return [registry.EntityState(entity=entity)]

    def operate(self, area_id: str, action: Any) -> common_pb2.CommandReceipt:
        self.sent.append((area_id, action))
        return common_pb2.CommandReceipt()

    def hit(self, area_id: str, order: pb.NewOrder, **target: Any) -> common_pb2.CommandReceipt:
        self.sent.append((area_id, order, target))
        return common_pb2.CommandReceipt()


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> FakeClient:
    fake = FakeClient()

    @contextmanager
    def connect(*_: object) -> Iterator[FakeClient]:
        yield fake

    monkeypatch.setattr(scope, "connect", connect)
    monkeypatch.setattr(hit, "connect", connect)
    monkeypatch.setattr(spread, "connect", connect)
    return fake


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments, "--json"])


def test_each_verb_sends_its_command(client: FakeClient) -> None:
    mtu = common_pb2.Mtu(start_s=SIX_PM, length_s=900)
    at = ("--at", "2026-01-15T18:00")
    for arguments in (
        ("halt", "--market", "energy", *at, "--until", "2026-01-15T12:30", *BECAUSE),
        ("halt", *BECAUSE),
        ("resume", *at, *BECAUSE),
        ("cancel-for", "street.17", "street.18", *BECAUSE),
        ("cancel-for", "--of", "agg-a", *at, *BECAUSE),
        ("cancel-for", "--all", *BECAUSE),
        ("recall", "street.1.3", *BECAUSE),
    ):
        assert run(*arguments).exit_code == 0, arguments
    reason = BECAUSE[1]
    noon = SIX_PM - 5 * 3_600 - 1_800
    assert client.sent == [
        ("street", action)
        for action in (
            pb.HaltBooks(market_id="energy", mtu=mtu, reason=reason, until_ms=noon * 1000),
            pb.HaltBooks(reason=reason),
            pb.ResumeBooks(mtu=mtu, reason=reason),
            pb.CancelFor(order_ids=["street.17", "street.18"], reason=reason),
            pb.CancelFor(party="agg-a", mtu=mtu, reason=reason),
            pb.CancelFor(all=True, reason=reason),
            pb.RecallTrade(trade_id="street.1.3", reason=reason),
        )
    ]


def test_a_hit_names_an_order_or_a_level(client: FakeClient) -> None:
    shared = ("--at", "2026-01-15T18:00", "--unit", "pump")
    assert run("hit", "buy", "2", "25", "--order", "17", *shared).exit_code == 0
    assert run("hit", "sell", "0.5", "20", "--level", "21.5", "--whole", *shared).exit_code == 0
    (_, first, named), (_, second, level) = client.sent
    assert (first.side, first.quantity_w, first.limit_price_ticks, first.fill_rule, first.mtu.start_s) == (
        pb.SIDE_BUY, 2_000, 25_000, pb.FILL_RULE_FILL_AND_KILL, SIX_PM,
    )  # fmt: skip
    assert named == {"resting_sequence": 17, "level_ticks": None}
    assert (second.fill_rule, level) == (
        pb.FILL_RULE_FILL_OR_KILL, {"resting_sequence": None, "level_ticks": 21_500},
    )  # fmt: skip


def test_a_spread_is_asked_for_or_ended(client: FakeClient) -> None:
    places = ("--up", "street-a", "--down", "b1", "--down", "b2")
    assert run("spread", "2", "1.5", *places, "--at", "2026-01-15T18:00", "--id", "s1").exit_code == 0
    assert run("spread", "--end", "street.1.s.1").exit_code == 0
    wish = pb.RequestSpread(
        client_request_id="s1", market_id="energy", mtu=common_pb2.Mtu(start_s=SIX_PM, length_s=900), up=["street-a"],
        down=["b1", "b2"], quantity_w=2_000, max_spread_ticks=1_500, fill_rule=pb.FILL_RULE_NORMAL,
    )  # fmt: skip
    assert client.sent == [("street", wish), ("street", pb.CancelSpread(request_id="street.1.s.1"))]


@pytest.mark.parametrize(
    "arguments",
    [
        ("spread", "2", "1.5", "--at", "2026-01-15T18:00"),
        ("spread", "2", "1.5", "--up", "a1"),
        ("spread", "2", "1.5", "--up", "a1", "--at", "2026-01-15T18:00", "--end", "x"),
        ("halt",),
        ("halt", "--at", "yesterday", *BECAUSE),
        ("cancel-for", *BECAUSE),
        ("cancel-for", "street.17", "--all", *BECAUSE),
        ("recall", *BECAUSE),
        ("hit", "buy", "2", "25", "--at", "2026-01-15T18:00", "--unit", "pump"),
    ],
)
def test_what_is_not_whole_is_not_sent(client: FakeClient, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2
    assert client.sent == []
