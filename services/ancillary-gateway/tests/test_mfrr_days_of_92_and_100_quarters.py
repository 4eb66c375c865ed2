"""The days on which clocks change have 92 and 100 quarter-hours: each has its bids, its documents and its orders."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from gateway_builders import MW
from mfrr_world import World

from flexbourse_ancillary_gateway.documents.mappings.values import interval
from flexbourse_ancillary_gateway.domain.bids.document_day import document_bounds_s

BEFORE_S = 4_050  # a little more than the gate of bids and the lead of claims, in steps of 450 s


@pytest.mark.parametrize(("day", "count"), [(date(2027, 3, 28), 92), (date(2026, 10, 25), 100)])
def test_every_quarter_of_the_day_is_forwarded_and_can_be_called(day: date, count: int, tmp_path: Path) -> None:
    world = World(tmp_path)
    first_s, end_s = document_bounds_s(day)
    assert (end_s - first_s) // 900 == count
    world.drive.time((first_s - BEFORE_S - 900) * 1000)
    world.offer("u", MW, start_s=first_s, count=count)
    assert not world.mark("u")[0].HasField("rejection")
    called = []
    for start_s in range(first_s - BEFORE_S, end_s + 900, 450):
        world.at(start_s)
        turn_s = start_s + 450
        if turn_s % 10_800 == 0 and first_s <= turn_s < end_s:  # the order of every twelfth quarter-hour
            bid = next(bid for bid in world.bids() if bid.mtu.start_s == turn_s)
            world.post(world.order((bid, MW), name=f"o{turn_s}"))
            world.settle()
            called.append(turn_s)
    assert sorted(bid.mtu.start_s for bid in world.bids()) == list(range(first_s, end_s, 900))
    assert {document.period for document in world.documents("A37")} == {interval(first_s, end_s)}
    assert len(called) in (7, 8, 9)
    assert {one.status for answer in world.documents("A41") for one in answer.series} == {"A07"}
    assert sorted(result.mtu.start_s for result in world.results()) == called
    assert world.rooms == {}
    world.drive.recovered()
