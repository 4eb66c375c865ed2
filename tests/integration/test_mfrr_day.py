"""A region's offers reach the simulated mFRR platform and its order reaches the units: all services, one engine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import mfrr_region as region
import pytest
from log_access import EmbeddedLog, journal
from mfrr_platform import CLAIMED_S, GATE_S, SimulatedPlatform, options
from mfrr_region import AGG, AREA, NOON_S
from street import OPERATOR
from street_day import Sending, Step, StreetDay

from flexbourse.activation.v1 import activation_pb2 as activation
from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as pb
from flexbourse_cli.platform import start

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


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("mfrr")
    simulator = SimulatedPlatform(folder, region.OPENING_S - 60, [(2, NOON_S)])
    platform = start(options(folder / "data", simulator.url))
    try:
        day = MfrrDay(platform, [*region.setup_steps(), *region.offering_steps(CLAIMED_S - 600)])
        day.simulator = simulator
        day.run()
        day.pass_time(CLAIMED_S, 300)
        day.pass_time(CLAIMED_S + 300, 20)
        bids = list(day.client(OPERATOR).ancillary.bids())
        day.pass_time(GATE_S, 300)
        day.pass_time(NOON_S - 740, 120)
        day.pass_time(NOON_S - 330, 15)
        day.further(*acknowledged(day), seconds=15)
        orders = list(day.client(OPERATOR).ancillary.orders())
        day.pass_time(NOON_S, 60)
        day.pass_time(NOON_S + 1_200, 60)
        connection = day.client(OPERATOR).ancillary.connection()
        status = simulator.status()
        day.close()
    finally:
        platform.stop()
        simulator.stop()
    log = EmbeddedLog(folder / "data")
    yield log, bids, orders, connection, status
    log.close()


def events(log: Any, name: str) -> list[Any]:
    """Return the gateway's events of a kind."""
    return [
        getattr(event, name)
        for event in journal(log, "ancillary-gateway")
        if isinstance(event, pb.AncillaryEvent) and event.WhichOneof("event") == name
    ]


def test_bids_of_whole_megawatts_stand_at_the_platform(played: Any) -> None:
    log, bids, _, connection, _ = played
    assert bids
    assert {parcel.stage for parcel in bids} == {pb.PARCEL_STAGE_STANDING}
    total = sum(bid.quantity_w for parcel in bids for bid in parcel.parcel.bids)
    assert total % MEGAWATT == 0
    assert total == sum(region.POWERS_W) // MEGAWATT * MEGAWATT
    assert connection.dead_letters == 0
    assert not events(log, "document_refused")


def test_the_order_is_answered_in_time_and_delivered(played: Any) -> None:
    log, _, orders, _, _ = played
    (state,) = orders
    assert sum(bid.quantity_w for bid in state.order.bids) == 2 * MEGAWATT
    assert {answer.refusal for answer in state.answer.answers} == {pb.REFUSAL_UNSPECIFIED}
    assert min(event.at_s for event in events(log, "answer_acknowledged")) <= state.answer_by_s
    assert events(log, "delivery_ended")
    assert not events(log, "activation_failed")
    life = [event for event in journal(log, "activation") if isinstance(event, activation.ActivationEvent)]
    called = [event.requested.activation for event in life if event.HasField("requested")]
    assert sum(share.quantities_w[0] for own in called for share in own.shares) == 2 * MEGAWATT


def test_the_result_is_final_and_whole(played: Any) -> None:
    log, *_ = played
    found = [event.result for event in events(log, "result_found")]
    assert [(own.version, own.final) for own in found] == [(1, False), (2, True)]
    for own in found:
        assert sum(share.quantity_w for share in own.shares) == 2 * MEGAWATT
        assert all(share.amount_micro_euro > 0 and share.metering_point_id for share in own.shares)
