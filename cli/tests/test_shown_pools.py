"""What `flexbourse book pools` prints."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from click.testing import CliRunner

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_cli.commands.book import command, pools

SIX_PM = 1_768_496_400  # 2026-01-15T18:00 in Berlin


class Village:
    """Knows a pool that is connected, and one on an island that was refused."""

    def __init__(self) -> None:
        self.registry = self.orders = self

    def list(self, kind: str) -> list[registry.EntityState]:
        area = registry.GridArea(area_id="street", time_zone="Europe/Berlin")
        market = registry.Market(market_id="pool", area_id="street", price_tick_micro_euro_per_mwh=10_000)
        entity = registry.Entity(area=area) if kind == "area" else registry.Entity(market=market)
        return [registry.EntityState(entity=entity)]

    def pools(self, area_id: str, **_wanted: Any) -> list[pb.PoolCleared]:
        assert area_id == "street"
        mtu = common_pb2.Mtu(start_s=SIX_PM, length_s=900)
        cuts = [pb.PoolCut(element_id="cable", orders=2, quantity_w=1_500)]
        refused = common_pb2.Rejection(code="ISLAND_NOT_BALANCED", rule="the unit gives what nobody sold")
        return [
            pb.PoolCleared(
                market_id="pool", mtu=mtu, agreed=True, price_ticks=3_000, volume_w=8_000, upstream_id="supplier",
                imported_w=3_000, rounds=2, cuts=cuts,
            ),
            pb.PoolCleared(market_id="pool", mtu=mtu, forming_unit_id="diesel", rounds=1, rejection=refused),
        ]  # fmt: skip


def test_a_line_for_each_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def connect(*_: object) -> Iterator[Village]:
        yield Village()

    monkeypatch.setattr(pools, "connect", connect)
    shown = CliRunner().invoke(command, ["pools"], catch_exceptions=False).stdout.splitlines()
    assert shown[1].split() == ["pool", "2026-01-15", "18:00", "3.00", "8", "3", "2", "1.5"]
    assert "ISLAND_NOT_BALANCED" in shown[2]
