"""A region's offers reach the simulated mFRR platform and its order reaches the units: all services, one engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mfrr_region as region
import pytest
from log_access import EmbeddedLog, event_digest, journal, recorded_on_kafka
from mfrr_platform import CLAIMED_S, SimulatedPlatform, options
from mfrr_region import AGG, AREA, NOON_S
from street import OPERATOR
from street_day import Sending, Step, StreetDay

from flexbourse.activation.v1 import activation_pb2 as activation
from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as pb
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_cli.kafka import KafkaPlatform
from flexbourse_cli.starting import start

MEGAWATT = 1_000_000


class MfrrDay(StreetDay):
    """A day in which the platform's clock goes along."""

    simulator: SimulatedPlatform

    def take(self, number: int, step: Step) -> None:
        """Let the other side move first, then send and close the step."""
        if step.at_s > self.now_ms // 1000 and step.at_s >= region.OPENING_S:
            self.simulator.advance(step.at_s)
        super().take(number, step)

    def pass_time(self, until_s: int, every_s: int) -> None:
        """Step until a second."""
        while self.now_ms // 1000 < until_s:
            at_s = min(until_s, self.now_ms // 1000 + every_s)
            self.take(self.platform.last_step() + 1, Step(at_s))


def acknowledged(day: MfrrDay) -> list[Sending]:
    """Return the words of the aggregator to every order that stands unanswered."""
    found = []
    for own in day.client(AGG).activation.list(AREA, open_only=True):
        if own.state == activation.ACTIVATION_STATE_ORDERED:
            word = activation.AcknowledgeOrder(
                activation_id=own.activation_id, order_revision=own.order_revision, accepted=True
            )
            command = activation.ActivationCommand(area_id=AREA, acknowledge=word)
            found.append(
                Sending(
                    AGG, f"ack-{own.activation_id}", lambda c, i, body=command: c.activation.submit(body, command_id=i)
                )
            )
    return found


@dataclass
class Played:
    """What was seen of a day: the log, bids and orders while they stood, and the connection at the end."""

    log: Any
    bids: list[pb.ForwardedParcel]
    orders: list[pb.PlatformOrderState]
    connection: pb.GetConnectionResponse


def play(platform: Any, simulator: SimulatedPlatform) -> tuple[Any, ...]:
    """Take a platform through the day; returns bids and orders as they stood, and the connection."""
    day = MfrrDay(platform, [*region.setup_steps(), *region.offering_steps(CLAIMED_S - 600)])
    day.simulator = simulator
    day.run()
    day.pass_time(CLAIMED_S, 300)
    day.pass_time(CLAIMED_S + 300, 20)
    bids = list(day.client(OPERATOR).ancillary.bids())
    day.pass_time(NOON_S - 740, 300)
    day.pass_time(NOON_S - 640, 15)  # a heartbeat is to be answered
    day.pass_time(NOON_S - 460, 60)
    day.pass_time(NOON_S - 330, 15)  # and the order, within two minutes
    day.further(*acknowledged(day), seconds=15)
    orders = list(day.client(OPERATOR).ancillary.orders())
    day.pass_time(NOON_S, 120)
    day.pass_time(NOON_S + 1_200, 120)
    connection = day.client(OPERATOR).ancillary.connection()
    day.close()
    return bids, orders, connection


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """One day on the embedded engine."""
    folder = tmp_path_factory.mktemp("mfrr")
    simulator = SimulatedPlatform(folder, region.OPENING_S - 60, [(2, NOON_S)])
    platform = start(options(folder / "data", simulator.url))
    try:
        seen = play(platform, simulator)
    finally:
        platform.stop()
        simulator.stop()
    log = EmbeddedLog(folder / "data")
    yield Played(log, *seen)
    log.close()


def events(log: Any, name: str) -> list[Any]:
    """Return the gateway's events of a kind."""
    return [
        getattr(event, name)
        for event in journal(log, "ancillary-gateway")
        if isinstance(event, pb.AncillaryEvent) and event.WhichOneof("event") == name
    ]


def test_bids_of_whole_megawatts_stand_at_the_platform(played: Played) -> None:
    assert played.bids
    assert {parcel.stage for parcel in played.bids} == {pb.PARCEL_STAGE_STANDING}
    total = sum(bid.quantity_w for parcel in played.bids for bid in parcel.parcel.bids)
    assert total == sum(region.POWERS_W) // MEGAWATT * MEGAWATT
    assert played.connection.dead_letters == 0
    assert not played.connection.unvalidated
    assert not [each for each in events(played.log, "document_refused") if each.reasons[-1].code != "A57"]


def test_the_order_is_answered_in_time_and_delivered(played: Played) -> None:
    (state,) = played.orders
    assert sum(bid.quantity_w for bid in state.order.bids) == 2 * MEGAWATT
    assert {answer.refusal for answer in state.answer.answers} == {pb.REFUSAL_UNSPECIFIED}
    assert min(event.at_s for event in events(played.log, "answer_acknowledged")) <= state.answer_by_s
    assert events(played.log, "delivery_ended")
    assert not events(played.log, "activation_failed")
    life = [event for event in journal(played.log, "activation") if isinstance(event, activation.ActivationEvent)]
    called = [event.requested.activation for event in life if event.HasField("requested")]
    assert sum(share.quantities_w[0] for own in called for share in own.shares) == 2 * MEGAWATT


def test_the_book_has_accepted_what_was_called_and_holds_nothing_more(played: Played) -> None:
    of_book = [event for event in journal(played.log, "orderbook") if isinstance(event, book.OrderEvent)]
    held = {event.reserved.reservation.reservation_id for event in of_book if event.HasField("reserved")}
    assert held
    settled = {event.headroom_settled.reservation_id for event in of_book if event.HasField("headroom_settled")}
    assert {name for name in held if name not in settled} <= {
        event.reservation_id for event in events(played.log, "headroom_asked") if event.mtu.start_s != NOON_S
    }
    total = {
        change.node_id: change.p_w
        for event in of_book
        if event.HasField("operating_point") and event.operating_point.mtu.start_s == NOON_S
        for change in event.operating_point.accepted
    }
    assert sum(total.values()) == 2 * MEGAWATT


def test_the_result_is_final_and_whole(played: Played) -> None:
    found = [event.result for event in events(played.log, "result_found")]
    assert [(own.version, own.final) for own in found] == [(1, False), (2, True)]
    for own in found:
        assert sum(share.quantity_w for share in own.shares) == 2 * MEGAWATT
        assert all(share.amount_micro_euro > 0 and share.metering_point_id for share in own.shares)


@pytest.mark.kafka
@pytest.mark.slow
def test_the_events_are_the_same_on_kafka(played: Played, tmp_path: Path) -> None:
    simulator = SimulatedPlatform(tmp_path, region.OPENING_S - 60, [(2, NOON_S)])
    platform = start(options(tmp_path / "data", simulator.url, engine="kafka"))
    assert isinstance(platform, KafkaPlatform)
    try:
        bids, orders, connection = play(platform, simulator)
        log = recorded_on_kafka(platform._broker.client_config())
    finally:
        platform.stop()
        simulator.stop()
    assert event_digest(log, "ancillary-gateway") == event_digest(played.log, "ancillary-gateway")
    assert (bids, orders, connection) == (played.bids, played.orders, played.connection)
