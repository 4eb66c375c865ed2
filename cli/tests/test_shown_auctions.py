"""What `flexbourse book auctions` asks for and prints."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from click.testing import CliRunner

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_cli.commands.book import auctions, command

SIX_PM = 1_768_496_400  # 2026-01-15T18:00 in Berlin


class Auctioneer:
    """Knows an area whose energy market held an auction: one book has a price, one a price per node, one nothing."""

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

    def auctions(self, area_id: str, **wanted: Any) -> list[pb.AuctionCleared]:
        self.sent.append((area_id, wanted))
        common = {"market_id": "energy", "agreed": True, "rounds": 3, "cut_count": 2, "welfare_micro_euro": 1_500_000}
        one = pb.AuctionCleared(
            mtu=common_pb2.Mtu(start_s=SIX_PM, length_s=900), price_ticks=3_000, volume_w=5_000, **common
        )
        nodes = [
            pb.NodePrice(node_id=name, price_ticks=ticks, sold_w=2_500) for name, ticks in (("a", 1_000), ("b", 2_000))
        ]
        two = pb.AuctionCleared(
            mtu=common_pb2.Mtu(start_s=SIX_PM + 900, length_s=900), nodes=nodes, volume_w=5_000,
            paradoxically_rejected=[7], **common,
        )  # fmt: skip
        nothing = pb.AuctionCleared(mtu=common_pb2.Mtu(start_s=SIX_PM + 1_800, length_s=900), **common)
        return [one, two, nothing]


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Auctioneer:
    fake = Auctioneer()

    @contextmanager
    def connect(*_: object) -> Iterator[Auctioneer]:
        yield fake

    monkeypatch.setattr(auctions, "connect", connect)
    return fake


def test_books_that_traded_are_shown_with_their_prices(client: Auctioneer) -> None:
    shown = CliRunner().invoke(command, ["auctions", "--market", "energy"]).output
    lines = [line.split() for line in shown.splitlines()[1:]]
    assert lines == [
        ["energy", "2026-01-15", "18:00", "3.00", "5", "1.50", "0.00", "3", "2"],
        ["energy", "2026-01-15", "18:15", "5", "1.50", "0.00", "3", "2", "1", "paradoxically", "rejected"],
        ["a", "1.00", "2.5"],
        ["b", "2.00", "2.5"],
    ]  # where nothing traded nothing is said
    assert client.sent == [("street", {"market_id": "energy", "mtu": None, "page_size": 100})]


def test_of_one_period_as_json(client: Auctioneer) -> None:
    found = CliRunner().invoke(command, ["auctions", "--at", "2026-01-15T18:00", "--last", "5", "--json"])
    assert found.exit_code == 0, found.output
    assert len(json.loads(found.output)) == 3
    mtu = common_pb2.Mtu(start_s=SIX_PM, length_s=900)
    assert client.sent == [("street", {"market_id": "energy", "mtu": mtu, "page_size": 5})]
