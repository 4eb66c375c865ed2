"""What an area has accepted of a call is taken back where it ends early or a unit fails; what that does is netted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gateway_builders import MW, START_S
from hypothesis import given
from hypothesis import strategies as st
from mfrr_world import World
from test_methods_in_the_running_gateway import call_directly, direct, opposites, told
from test_mfrr_gateway_failures import order_of
from test_mfrr_gateway_service import forwarded

from flexbourse.activation.v1 import activation_pb2 as activation
from flexbourse_ancillary_gateway.domain.results import NetworkCharge
from flexbourse_messages.catalogue import ACTIVATION_LIFE

TOLD = 10_007
SECOND_S = START_S + 900


def called_directly(folder: Path) -> tuple[World, list[Any]]:
    world = World(folder)
    world.confirmed_micro_euro = TOLD
    bids = direct(world)
    call_directly(world, bids)
    return world, bids


def end_at(world: World, bids: list[Any], second: int, start_s: int = START_S) -> None:
    """The platform ends a direct call early."""
    world.post(order_of(world, bids, type="A40", order_revision="2", start_s=start_s, end_s=second))
    world.settle()


def fail(world: World, activation_id: str) -> None:
    moved = activation.ActivationMoved(
        area_id="village", activation_id=activation_id, state=activation.ACTIVATION_STATE_FAILED, reason="broken"
    )
    world.input(ACTIVATION_LIFE, "village", activation.ActivationEvent(moved=moved))
    world.settle()


def newest(world: World, start_s: int) -> Any:
    return [result for result in world.results() if result.mtu.start_s == start_s][-1]


@pytest.mark.parametrize("ends_s", [SECOND_S - 300, SECOND_S])
def test_a_quarter_hour_that_is_called_no_more_is_taken_back(ends_s: int, tmp_path: Path) -> None:
    world, bids = called_directly(tmp_path)
    world.at(START_S + 60)
    end_at(world, bids, ends_s)
    (opposite,) = opposites(world)
    assert opposite.mtu.start_s == SECOND_S
    assert sum(change.power_w for change in opposite.changes) == -MW
    assert sorted(opposite.bid_ids) == sorted(bid.bid_id for bid in bids)
    assert told(world, "confirm")[-1].reservation_id == opposite.reservation_id
    world.drive.recovered()


def test_what_runs_on_is_not_taken_back(tmp_path: Path) -> None:
    world, bids = called_directly(tmp_path)
    world.at(SECOND_S + 60)
    end_at(world, bids, SECOND_S + 600)
    assert opposites(world) == []


def test_a_change_is_taken_back_once_however_often_the_call_is_shortened(tmp_path: Path) -> None:
    world, bids = called_directly(tmp_path)
    world.at(START_S + 60)
    end_at(world, bids, SECOND_S)
    world.post(order_of(world, bids, type="A40", order_revision="3", start_s=START_S, end_s=START_S + 600))
    world.settle()
    assert len(opposites(world)) == 1
    world.drive.recovered()


def test_who_ends_early_bears_nothing_of_a_quarter_hour_that_was_taken_back(tmp_path: Path) -> None:
    world, bids = called_directly(tmp_path)
    assert sum(share.dnut_micro_euro for share in newest(world, SECOND_S).shares) == TOLD
    world.at(START_S + 60)
    world.confirmed_micro_euro = -TOLD
    end_at(world, bids, SECOND_S)
    assert [event.dnut_micro_euro for event in world.events("undo_done")] == [-TOLD]
    assert not newest(world, SECOND_S).shares
    assert sum(share.dnut_micro_euro for share in newest(world, START_S).shares) == TOLD
    world.drive.recovered()


def test_a_unit_that_fails_is_taken_back_and_the_others_bear_their_own_part_alone(tmp_path: Path) -> None:
    world, _ = called_directly(tmp_path)
    before = {share.unit_id: share.dnut_micro_euro for share in newest(world, SECOND_S).shares}
    failed = world.events("unit_called")[0]
    bid_id = failed.bid_id
    unit = next(u.lot.unit_id for u in world.gateway.units.values() if u.called.bid_id == bid_id)
    world.confirmed_micro_euro = -before[unit]
    fail(world, failed.activation_id)
    assert [(event.mtu.start_s, list(event.bid_ids)) for event in opposites(world)] == [
        (START_S, [bid_id]), (SECOND_S, [bid_id]),
    ]  # fmt: skip
    after = {share.unit_id: share.dnut_micro_euro for share in newest(world, SECOND_S).shares}
    assert after[unit] == 0
    assert {name: part for name, part in after.items() if name != unit} == {
        name: part for name, part in before.items() if name != unit
    }
    assert sum(before.values()) == TOLD
    world.drive.recovered()


def test_what_a_scheduled_call_did_in_its_quarter_hour_stays(tmp_path: Path) -> None:
    world = World(tmp_path)
    bids = forwarded(world)
    world.at(START_S - 450)
    world.post(order_of(world, bids))
    world.settle()
    world.at(START_S + 60)
    world.post(order_of(world, bids, order_revision="2", end_s=START_S + 480))
    world.settle()
    assert opposites(world) == []
    world.at(SECOND_S + 60)
    assert world.gateway.book.accepted.parts == {}
    world.drive.recovered()


@given(
    st.dictionaries(st.text("abc", min_size=1, max_size=3), st.integers(1, 10**7), min_size=1, max_size=6),
    st.integers(-(10**9), 10**9),
)
def test_parts_add_up_to_what_was_told(quantities_w: dict[str, int], micro_euro: int) -> None:
    charge = NetworkCharge("o/1", tuple(quantities_w), tuple(quantities_w.values()), 900, micro_euro)
    assert sum(charge.parts().values()) == micro_euro
    total = sum(quantities_w.values())
    for bid_id, part in charge.parts().items():
        assert abs(part * total - micro_euro * quantities_w[bid_id]) <= total  # less than a micro-euro off its share
