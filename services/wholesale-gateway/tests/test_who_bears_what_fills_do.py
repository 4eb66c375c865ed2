"""Who bears what fills do to the network: told by the area behind the fill, split over those who move the grid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from gateway_world import AREA, HOLDER, GatewayWorld

from flexbourse.common.v1 import common_pb2
from flexbourse.external.v1 import external_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_wholesale_gateway.domain.external_orders.deciding import Outcome
from flexbourse_wholesale_gateway.domain.external_orders.reports import ReportedTrade, Status


@pytest.fixture
def world() -> Iterator[GatewayWorld]:
    one = GatewayWorld()
    yield one
    one.drive.recovered()


def took(world: GatewayWorld, dnut: int, *, whole: bool = False, party: str = HOLDER) -> None:
    """Let the area take what was confirmed of the first reservation."""
    name = world.headroom("reserve")[0].order.reserve.reservation_id
    common: dict[str, Any] = {"reservation_id": name, "party": party, "area_id": AREA, "dnut_micro_euro": dnut}
    if whole:
        world.grid(headroom_settled=book.HeadroomSettled(confirmed=True, reason="confirmed", **common))
    else:
        world.grid(headroom_filled=book.HeadroomFilled(**common))


def borne(result: external_pb2.ExternalResult) -> dict[str, int]:
    return {share.order_id: share.dnut_micro_euro for share in result.shares}


def pooled(world: GatewayWorld) -> None:
    """Bring two orders that move the grid and one that stands in the base case out as one pool of 200 kW."""
    world.connect()
    world.leftover(1, 33_333)
    world.leftover(2, 66_667)
    world.leftover(3, 100_000, basis=book.BASIS_SCHEDULED)
    world.close()
    world.hold()
    world.answer(Outcome.DONE, world.report(Status.RESTING, remaining_w=200_000))


def test_what_a_trade_does_to_the_network_is_its_next_version_by_who_moves_the_grid(world: GatewayWorld) -> None:
    pooled(world)
    first, second = ReportedTrade("t1", 100_000, 4_000), ReportedTrade("t2", 100_000, 4_000)
    world.tell(world.report(Status.RESTING, first, remaining_w=100_000))
    world.tell(world.report(Status.MATCHED, first, second))
    took(world, 10_001)
    took(world, -5_000, whole=True)
    took(world, 7)  # nothing waits for it
    of_first, of_second, charged, relieved = world.results()
    assert [one.version for one in (of_first, of_second, charged, relieved)] == [1, 1, 2, 2]
    assert set(borne(of_first).values()) == {0}
    assert (charged.result_id, relieved.result_id) == (of_first.result_id, of_second.result_id)
    assert charged.reason == "network tariff"
    assert [share.quantity_w for share in charged.shares] == [share.quantity_w for share in of_first.shares]
    assert borne(charged) == {"o1": 3_334, "o2": 6_667, "o3": 0}
    for result in (of_first, charged):  # settlement moves no position by what is in the base case already
        assert [share.order_id for share in result.shares if share.scheduled] == ["o3"]
    assert sum(borne(relieved).values()) == -5_000


def test_what_was_recalled_or_refused_by_the_area_is_not_charged(world: GatewayWorld) -> None:
    pooled(world)
    one, two, three = (ReportedTrade(name, 60_000, 4_000) for name in ("t1", "t2", "t3"))
    world.tell(world.report(Status.RESTING, one, two, three, remaining_w=20_000))
    again = ReportedTrade("t1", 60_000, 4_000, recalled=True)
    world.tell(world.report(Status.RESTING, again, two, three, remaining_w=20_000))
    took(world, 600)  # of the first, that was recalled
    took(world, 600, party="service:ancillary-gateway")  # another's
    name = world.headroom("reserve")[0].order.reserve.reservation_id
    rejection = common_pb2.Rejection(code="GRID_STATE_MISSING", rule="known")
    world.grid(headroom_denied=book.HeadroomDenied(
        reservation_id=name, party=HOLDER, area_id=AREA, asked="confirm", rejection=rejection
    ))  # fmt: skip
    took(world, 900)
    versions = [(one.result_id.split("/")[0], one.version, sum(borne(one).values())) for one in world.results()]
    assert versions == [("t1", 1, 0), ("t2", 1, 0), ("t3", 1, 0), ("t1", 2, 0), ("t3", 2, 900)]


def test_a_recall_behind_the_charge_takes_it_back(world: GatewayWorld) -> None:
    world.entered()
    world.tell(world.report(Status.MATCHED, ReportedTrade("t1", 100_000, 4_000)))
    took(world, 800, whole=True)
    world.tell(world.report(Status.CANCELLED, ReportedTrade("t1", 100_000, 4_000, recalled=True)))
    assert [(one.version, sum(borne(one).values())) for one in world.results()] == [(1, 0), (2, 800), (3, 0)]
    assert not world.results()[-1].shares
