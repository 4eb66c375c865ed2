"""The grid tightens after the gate of bids: what does not fit any more is published, and called no more.

A platform that had called it already is refused: that is told by the region's scenario.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mfrr_region as region
import pytest
from log_access import EmbeddedLog, journal
from mfrr_platform import CLAIMED_S, GATE_S, SimulatedPlatform, options
from mfrr_region import NOON_S
from street import DSO
from street_day import Sending
from test_mfrr_day import MfrrDay, acknowledged, events

from flexbourse.activation.v1 import activation_pb2 as activation
from flexbourse_cli.starting import start

SURPLUS_W = 10_200_000  # of the 10.4 MVA of the cable at nominal voltage, before the margin of the forecast
MEGAWATT = 1_000_000


@pytest.fixture(scope="module")
def blocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("blocked")
    simulator = SimulatedPlatform(folder, region.OPENING_S - 60, [(4, NOON_S)])
    platform = start(options(Path(folder) / "data", simulator.url))
    try:
        day = MfrrDay(platform, [*region.setup_steps(), *region.offering_steps(CLAIMED_S - 600)])
        day.simulator = simulator
        day.run()
        day.pass_time(CLAIMED_S, 300)
        day.pass_time(CLAIMED_S + 300, 20)
        day.pass_time(GATE_S + 30, 300)
        sun = region.forecast(SURPLUS_W)
        day.further(Sending(DSO, "sun", lambda c, i: c.grid.submit_forecast(sun, command_id=i)), seconds=30)
        day.pass_time(GATE_S + 240, 30)
        day.pass_time(NOON_S - 740, 300)
        day.pass_time(NOON_S - 640, 15)
        day.pass_time(NOON_S - 460, 60)
        day.pass_time(NOON_S - 330, 15)
        day.further(*acknowledged(day), seconds=15)
        day.pass_time(NOON_S + 1_200, 120)
        status = simulator.status()
        day.close()
    finally:
        platform.stop()
        simulator.stop()
    log = EmbeddedLog(folder / "data")
    yield log, status
    log.close()


def at_noon(log: Any) -> set[str]:
    """Return the bids of the quarter-hour from noon on that were limited."""
    limited = {event.parcel_id for event in events(log, "parcel_limited")}
    return {
        bid.bid_id
        for event in events(log, "parcel_offered")
        if event.parcel.parcel_id in limited
        for bid in event.parcel.bids
        if bid.mtu.start_s == NOON_S
    }


def test_what_does_not_fit_is_published_with_its_cause(blocked: Any) -> None:
    log, _ = blocked
    assert at_noon(log)
    sent = [event.document for event in events(log, "document_goes") if event.document.HasField("limits")]
    published = {each.bid.bid_id for document in sent for each in document.limits.limited}
    assert at_noon(log) <= published
    assert {each.limit.allowed_w for document in sent for each in document.limits.limited} == {0}
    assert {event.tightened_by for event in events(log, "parcel_limited")} != {""}
    received = {event.document_id for event in events(log, "document_received")}
    assert {document.document_id for document in sent} <= received


def test_the_platform_calls_what_is_left_alone_and_that_is_delivered(blocked: Any) -> None:
    log, _ = blocked
    (answer,) = events(log, "answer_decided")
    refused = {each.bid_id for each in answer.answers if each.HasField("refusal")}
    taken = {each.bid_id for each in answer.answers} - refused
    assert not refused
    assert taken
    assert not taken & at_noon(log)
    life = [event for event in journal(log, "activation") if isinstance(event, activation.ActivationEvent)]
    called_w = sum(
        share.quantities_w[0]
        for event in life
        if event.HasField("requested")
        for share in event.requested.activation.shares
    )
    quantities = {bid.bid_id: bid.quantity_w for event in events(log, "order_taken") for bid in event.order.bids}
    assert called_w == sum(quantities[bid_id] for bid_id in taken)
