"""TSO congestion on the running platform: request, offer, order, delivery and confirmation, by documents alone.

The simulated operator calls for 2 MW of redispatch. One village has a park of batteries that can give them alone; what
it offers for that is offered to nobody else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mfrr_region as region
import pytest
from log_access import EmbeddedLog, journal
from mfrr_platform import CLAIMED_S, GATE_S, ZONE, SimulatedPlatform, options, time_text
from mfrr_region import AGG, AREA, MEGAWATT, NOON_S
from street import OPERATOR
from street_day import Sending, Step
from test_mfrr_day import MfrrDay, acknowledged, events

from flexbourse.activation.v1 import activation_pb2 as activation
from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as pb
from flexbourse.external.v1 import external_pb2 as external
from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse_cli.starting import start

POWERS_W = (704_000, 655_000, 388_000, 297_000, 2_300_000, 460_000, 520_000, 333_000)
PARK = "south"
CALL = f"""
[[redispatch]]
zone = "south"
direction = "up"
quantity = 2
announced = {time_text(CLAIMED_S - 300)}
offers_until = {time_text(GATE_S)}
ordered = {time_text(GATE_S + 300)}
from = {time_text(NOON_S)}
to = {time_text(NOON_S + 900)}
"""


@dataclass
class Seen:
    """The log, what the simulated operator sees at the end, and the connection."""

    log: Any
    status: dict[str, Any]
    connection: pb.GetConnectionResponse

    @property
    def order(self) -> dict[str, Any]:
        """Return the operator's order for redispatch."""
        (order,) = [order for order in self.status["orders"] if order["kind"] == "A96"]
        return order


def offers(at_s: int) -> list[Step]:
    """Offer all villages; the park's offer may be called against congestion."""
    terms = [
        pb.MarkTerms(
            area_id=AREA, offer_id=f"offer-{name}", price_ticks=3_000 + number, product=pb.PRODUCT_SCHEDULED,
            redispatch=name == PARK,
        )
        for number, name in enumerate(region.VILLAGES)
    ]  # fmt: skip
    marks = [
        Sending(AGG, f"mark-{own.offer_id}", lambda c, i, own=own: c.ancillary.mark(own, command_id=i)) for own in terms
    ]
    placed = [region.offer(name, watts) for name, watts in zip(region.VILLAGES, POWERS_W, strict=True)]
    return [Step(at_s, placed), Step(at_s + 60), Step(at_s + 120, marks), Step(at_s + 180)]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    folder: Path = tmp_path_factory.mktemp("redispatch")
    simulator = SimulatedPlatform(folder, region.OPENING_S - 60, [], CALL)
    platform = start(options(folder / "data", simulator.url))
    try:
        day = MfrrDay(platform, [*region.setup_steps(powers_w=POWERS_W), *offers(CLAIMED_S - 600)])
        day.simulator = simulator
        day.run()
        day.pass_time(CLAIMED_S + 300, 20)
        day.pass_time(GATE_S + 290, 300)
        day.pass_time(GATE_S + 400, 15)  # the order is answered within two minutes
        day.pass_time(NOON_S - 780, 60)  # a quarter of an hour before delivery the unit's operator is told
        day.further(*acknowledged(day), seconds=15)
        day.pass_time(NOON_S + 900, 120)
        day.pass_time(NOON_S + 1_200, 30)
        found = simulator.status(), day.client(OPERATOR).ancillary.connection()
        day.close()
    finally:
        platform.stop()
        simulator.stop()
    log = EmbeddedLog(folder / "data")
    yield Seen(log, *found)
    log.close()


def test_the_request_is_met_by_whole_megawatts_of_one_unit(seen: Seen) -> None:
    (call,) = seen.status["redispatch"]
    moved = events(seen.log, "need_moved")
    assert {event.need.need_id for event in moved} == {call["id"]}
    assert (moved[0].need.quantity_w, moved[0].need.mtu.start_s) == (2 * MEGAWATT, NOON_S)
    sent = [event.document.bids for event in events(seen.log, "document_goes") if event.document.HasField("bids")]
    offer, *again = [content for content in sent if content.need_id == call["id"]]
    assert all(content == offer for content in again)
    assert [(bid.quantity_w, bid.inclusive_group) for bid in offer.bids] == [(2 * MEGAWATT, "")]
    assert call["offers"] == [bid.bid_id for bid in offer.bids]


def test_what_is_called_away_is_offered_to_nobody_else(seen: Seen) -> None:
    lots = [event.lot for event in events(seen.log, "lot_asked")]
    of_park = [lot for lot in lots if lot.offer_id == f"offer-{PARK}" and lot.mtu.start_s == NOON_S]
    assert [bool(lot.need_id) for lot in of_park] == [True]
    assert len({lot.offer_id for lot in lots if not lot.need_id and lot.mtu.start_s == NOON_S}) == 7


def test_the_order_is_answered_in_time_and_the_unit_is_told(seen: Seen) -> None:
    assert (seen.order["state"], ZONE) == ("ended", "10YNO-2--------T")
    assert {(line["kw"], line["status"]) for line in seen.order["bids"].values()} == {(2_000, "A07")}
    (taken,) = events(seen.log, "order_taken")
    assert taken.order.kind == pb.ORDER_KIND_REDISPATCH
    assert min(event.at_s for event in events(seen.log, "answer_acknowledged")) <= taken.answer_by_s
    life = [event for event in journal(seen.log, "activation") if isinstance(event, activation.ActivationEvent)]
    (called,) = [event.requested.activation for event in life if event.HasField("requested")]
    assert [(share.unit_id, list(share.quantities_w)) for share in called.shares] == [(f"unit-{PARK}", [2 * MEGAWATT])]


def test_the_operator_confirms_the_notice_of_what_was_delivered(seen: Seen) -> None:
    assert seen.order["noticed"] is True
    (notice,) = [
        event.document.document_id
        for event in events(seen.log, "document_goes")
        if event.document.HasField("notice") and event.attempt == 1
    ]
    assert notice in {event.document_id for event in events(seen.log, "document_received")}
    stages = [event.stage for event in events(seen.log, "need_moved")]
    assert stages == [
        pb.NEED_STAGE_REQUESTED, pb.NEED_STAGE_OFFERED, pb.NEED_STAGE_ORDERED, pb.NEED_STAGE_CONFIRMED,
        pb.NEED_STAGE_NOTIFIED,
    ]  # fmt: skip
    assert seen.connection.dead_letters == 0
    assert not [each for each in events(seen.log, "document_refused") if each.reasons[-1].code != "A57"]


def test_its_result_is_final_at_the_offers_price(seen: Seen) -> None:
    taken = [
        event.external_taken.result
        for event in journal(seen.log, "settlement")
        if isinstance(event, settlement.SettlementEvent) and event.HasField("external_taken")
    ]
    assert [(result.kind, result.version, result.final) for result in taken] == [
        (external.RESULT_KIND_REDISPATCH, 1, False), (external.RESULT_KIND_REDISPATCH, 2, True),
    ]  # fmt: skip
    price_ticks = 3_000 + region.VILLAGES.index(PARK)
    ((share,),) = [result.shares for result in taken if result.final]
    assert (share.quantity_w, share.amount_micro_euro) == (2 * MEGAWATT, 2 * price_ticks * 10_000 // 4)
