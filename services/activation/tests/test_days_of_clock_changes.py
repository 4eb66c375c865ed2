"""Local days of 92 and 100 quarter-hours through the service: reserved, held, ordered, delivered, recovered."""

from __future__ import annotations

from datetime import date

import pytest
from test_activation_shard import Activations, accepted

from flexbourse.activation.v1 import activation_pb2 as pb
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_core.market_time import day_bounds_s
from flexbourse_messages.catalogue import ACTIVATION_CLAIM, ACTIVATION_HEADROOM, ACTIVATION_LIFE

ZONE = "Europe/Ljubljana"
DAYS = [(date(2026, 3, 29), 92), (date(2026, 10, 25), 100)]
QUARTER_S = 900


class Day(Activations):
    """A shard on the eve of a local day."""

    def __init__(self, day: date) -> None:
        super().__init__()
        self.start_s, self.end_s = day_bounds_s(day, ZONE)
        self.drive.time((self.start_s - 12 * 3_600) * 1000)
        self.count = (self.end_s - self.start_s) // QUARTER_S
        assert accepted(self.send("agr", offer=self.terms()))

    def terms(self) -> pb.OfferTerms:
        return pb.OfferTerms(
            offer_id="o1", unit_id="u1", direction=pb.DIRECTION_UP, window=self.window(self.count), quantity_w=8_000,
            activation_price_micro_euro_per_mwh=90_000_000, reservation_price_micro_euro_per_mw_h=4_000_000,
        )  # fmt: skip

    def live(self) -> None:
        """Let the whole day pass, with a time record at every quarter-hour."""
        for start in range(self.start_s, self.end_s + QUARTER_S, QUARTER_S):
            self.drive.time(start * 1000)

    def instructions(self, kind: str) -> list[book.OrderCommand]:
        told = [
            own.order for own in self.drive.projected(ACTIVATION_HEADROOM) if isinstance(own, book.HeadroomInstruction)
        ]
        return [order for order in told if order.WhichOneof("body") == kind]


@pytest.mark.parametrize(("day", "count"), DAYS)
def test_a_reservation_and_its_activation_over_a_whole_day(day: date, count: int) -> None:
    world = Day(day)
    whole = world.window(count)
    reserve = pb.ReservationTerms(
        reservation_id="res", offer_id="o1", purpose=pb.PURPOSE_CONGESTION, window=whole, quantity_w=7_000,
        limit_price_micro_euro_per_mw_h=5_000_000,
    )  # fmt: skip
    assert accepted(world.send("dso", reserve=reserve))
    asked = [order.reserve for order in world.instructions("reserve")]
    assert [own.mtu.start_s for own in asked] == list(range(world.start_s, world.end_s, QUARTER_S))
    assert {(own.any_fill, own.changes[0].p_w) for own in asked} == {(True, 7_000)}
    assert accepted(world.activate(offer_id="", reservation_id="res", window=whole, quantity=6_000))
    world.drive.time((world.start_s - QUARTER_S) * 1000)
    (order,) = world.orders()
    assert list(order.shares[0].quantities_w) == [6_000] * count
    taken = pb.AcknowledgeOrder(activation_id="act", order_revision=1, accepted=True)
    assert accepted(world.send("agr", acknowledge=taken))
    world.live()
    came = [order.confirm.changes[0].p_w for order in world.instructions("confirm")]
    assert came == [6_000] * count
    done = pb.ConfirmDelivery(activation_id="act", delivered_w=[6_000] * count)
    assert accepted(world.send("agr", confirm=done))
    world.drive.recovered()


@pytest.mark.parametrize(("day", "count"), DAYS)
def test_each_quarter_hour_of_the_switch_is_claimed_once(day: date, count: int) -> None:
    """An activation over the three hours around the switch: as many quarter-hours as clocks show, none twice."""
    world = Day(day)
    switch_s = world.start_s + 3_600
    window = pb.Window(start_s=switch_s, end_s=switch_s + 3 * 3_600, mtu_length_s=QUARTER_S)
    assert accepted(world.activate(window=window, quantity=3_000))
    totals = [total for total in world.drive.projected(ACTIVATION_CLAIM) if total is not None]
    starts = [total.mtu.start_s for total in totals]  # type: ignore[attr-defined]
    assert starts == list(range(switch_s, switch_s + 3 * 3_600, QUARTER_S))
    assert len(starts) == len(set(starts)) == 12
    assert world.count == count
    world.drive.recovered()


@pytest.mark.parametrize(("day", "count"), DAYS)
def test_a_window_of_the_whole_day_and_a_quarter_more_is_refused_at_its_bound(day: date, count: int) -> None:
    world = Day(day)
    longer = pb.OfferTerms()
    longer.CopyFrom(world.terms())
    longer.offer_id, longer.unit_id = "long", "u2"
    longer.window.end_s += (101 - count) * QUARTER_S
    answer = world.send("agr", offer=longer)
    assert (answer.results[0].rejection.code, answer.results[0].rejection.limit) == ("FIELD_OUT_OF_RANGE", 100)


def test_what_is_told_of_a_day_is_told_by_instants_not_by_clocks() -> None:
    """The repeated hour of October gives eight quarter-hours, and each is over once."""
    world = Day(date(2026, 10, 25))
    world.live()
    told = [event for event in world.drive.projected(ACTIVATION_LIFE) if isinstance(event, pb.ActivationEvent)]
    over = [event.windows_over.before_s for event in told if event.HasField("windows_over")]
    of_the_day = [second for second in over if world.start_s < second <= world.end_s]
    assert of_the_day == list(range(world.start_s + QUARTER_S, world.end_s + QUARTER_S, QUARTER_S))
    assert len(of_the_day) == 100
