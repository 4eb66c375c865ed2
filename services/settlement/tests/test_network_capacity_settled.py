"""Network capacity in settlement: premiums fill the reinforcement account, free capacity costs nothing, sums are 0."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from settlement_market import AREA, MTU, OPERATOR, POINTS
from settlement_rig import Rig

from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse_core.errors import InvariantError
from flexbourse_settlement import wire
from flexbourse_settlement.adapters.statement_files import statement_path
from flexbourse_settlement.domain.lines.capacity_settling import (
    CapacityAllotted,
    CapacityLapsed,
    capacity_lines,
    changed,
    moved_beside,
)
from flexbourse_settlement.domain.lines.line import REINFORCEMENT
from flexbourse_settlement.verification import ChainSource, verify_statement


def allocate(rig: Rig, number: int, point: str, party: str, kw: int, euro_cent: int) -> str:
    """Let a party be allocated kW for euro cents."""
    request = book.CapacityRequest(
        request_id=f"{AREA}.cap.{number}", party=party, market_id="capacity", metering_point_id=point
    )
    payment = book.CapacityPayment(mtu=wire.MTU.encode(MTU), amount_micro_euro=euro_cent * 10_000)
    rig.book(
        capacity_allocated=book.CapacityAllocated(
            area_id=AREA, request=request, quantity_w=kw * 1_000, payments=[payment]
        )
    )
    return request.request_id


def lapse(rig: Rig, request_id: str, kw: int, refund_cent: int) -> None:
    rig.book(
        capacity_lapsed=book.CapacityLapsed(
            area_id=AREA, mtu=wire.MTU.encode(MTU), request_id=request_id, unused_w=kw * 1_000,
            refund_micro_euro=refund_cent * 10_000,
        )
    )  # fmt: skip


def use(rig: Rig, request_id: str, kw: int, moved_w: int) -> None:
    rig.book(
        capacity_used=book.CapacityUsed(
            area_id=AREA, mtu=wire.MTU.encode(MTU), request_id=request_id, quantity_w=kw * 1_000, moved_w=moved_w
        )
    )


# who, kW, price; what he used, what the grid took back with its refund → what he pays
TABLE = [
    ("mp-1", "agg-a", 20, 300, "all used", 300),
    ("mp-2", "agg-a", 10, 200, "not used", 200),
    ("mp-4", "agg-b", 10, 100, "half taken back", 50),
    ("mp-5", "agg-b", 30, 0, "free", 0),
]


def settled(folder: Path) -> Rig:
    rig = Rig(folder)
    rig.village()
    for number, (point, party, kw, cent, what, _) in enumerate(TABLE, 1):
        name = allocate(rig, number, point, party, kw, cent)
        if what == "all used":
            use(rig, name, kw, -kw * 1_000)
        elif what == "not used":
            lapse(rig, name, kw, 0)
        elif what == "half taken back":
            use(rig, name, kw // 2, 0)
            lapse(rig, name, kw // 2, cent // 2)
    rig.trade([])
    rig.meter(mean_w=lambda point: 100 - 20_000 if point == "mp-1" else 100)
    rig.restart()
    assert not any(result.HasField("rejection") for result in rig.complete().results)
    rig.settle_everything()
    return rig


def test_who_pays_what_and_who_gets_it(tmp_path: Path) -> None:
    rig = settled(tmp_path)
    lines = [
        line
        for event in rig.drive.events
        if isinstance(event, pb.SettlementEvent) and event.HasField("lines")
        for line in event.lines.lines
    ]
    paid = {line.metering_point_id: line.capacity.amount_micro_euro for line in lines if line.HasField("capacity")}
    expected = {point: -cent * 10_000 for point, _, _, _, _, cent in TABLE}
    assert paid == expected | {"": 550 * 10_000}
    (income,) = (line for line in lines if line.account == REINFORCEMENT)
    assert (income.capacity.quantity_w, income.capacity.unused_w) == (70_000, 15_000)
    # What was declared of the allocation is in the position, so that who used it did not deviate.
    (position,) = (line.position for line in lines if line.leaf_id == f"position/mp-1/{MTU.start_s}")
    assert (position.external_w, position.deviation_w, position.amount_micro_euro) == (-20_000, 0, 0)
    rig.drive.recovered()


def test_the_reinforcement_account_has_a_statement_of_its_own_and_all_verify(tmp_path: Path) -> None:
    rig = settled(tmp_path)
    (run,) = rig.view.runs()
    state = wire.batch_to(run.batch)
    assert state.sum_micro_euro == 0
    assert state.accounts_micro_euro[REINFORCEMENT] == 550 * 10_000
    source = ChainSource.of_data_dir(tmp_path)
    for account in (REINFORCEMENT, "agg-a", "agg-b"):
        path = statement_path(tmp_path / "statements", account)
        assert verify_statement(path, source) == []
    path = statement_path(tmp_path / "statements", "agg-a")
    stated = json.loads(path.read_bytes())
    leaves = [leaf for own in stated["batches"][0]["metering_points"] for leaf in own["leaves"]]
    leaf = next(leaf["fields"] for leaf in leaves if leaf["fields"]["kind"] == "capacity")
    leaf["net_micro_euro"] += 1
    path.write_text(json.dumps(stated))
    assert any(found.field == "net_micro_euro" for found in verify_statement(path, source))


ALLOTTED = st.builds(
    CapacityAllotted,
    request_id=st.integers(1, 10**6).map(str),
    party=st.sampled_from(["agg-a", "agg-b", OPERATOR]),
    metering_point_id=st.sampled_from(POINTS),
    quantity_w=st.integers(1, 10**6),
    unused_w=st.integers(0, 10**6),
    payment_micro_euro=st.integers(0, 10**12),
    refund_micro_euro=st.integers(0, 10**12),
    moved_w=st.integers(-(10**6), 10**6),
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(ALLOTTED, max_size=20, unique_by=lambda own: own.request_id))
def test_whatever_is_allotted_the_lines_add_up_to_zero(allotted: list[CapacityAllotted]) -> None:
    lines = capacity_lines(AREA, MTU, allotted)
    assert sum(line.net_micro_euro for line in lines) == 0
    assert len({line.leaf_id for line in lines}) == len(lines)
    moved = moved_beside({"mp-1": 7}, allotted)
    assert sum(moved.values()) == 7 + sum(own.moved_w for own in allotted)


def test_what_was_never_allocated_cannot_lapse() -> None:
    with pytest.raises(InvariantError, match="never allocated"):
        changed({}, CapacityLapsed(AREA, MTU, "x", 1, 0))
