"""From the activation service's own events to the ledger: what it decides is what is owed, paid and reported."""

from __future__ import annotations

from typing import Any

import pytest

from flexbourse.activation.v1 import activation_pb2 as pb
from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_activation.processor import ActivationProgram
from flexbourse_messages.catalogue import (
    ACTIVATION_COMMAND,
    ACTIVATION_HEADROOM,
    ACTIVATION_LIFE,
    BOOK_HEADROOM,
    BOOK_TRADE,
    LIGHT_ZONE,
    REGISTRY_ENTITY,
    SETTLEMENT_COMMAND,
)
from flexbourse_settlement.domain.ledger import net_by_account
from flexbourse_settlement.line_wire import line_from
from flexbourse_settlement.processor import SettlementProgram
from flexbourse_testkit.drive import Drive

AREA = "village"
CENTS = 10_000
BASE_W = -500
PARTIES = {
    "dso": registry.ROLE_DSO, "tso": registry.ROLE_TSO, "agr": registry.ROLE_AGR, "ops": registry.ROLE_MARKET_OPERATOR,
    "meters": registry.ROLE_METER_OPERATOR, "brp": registry.ROLE_BRP,
}  # fmt: skip


class Both:
    """A shard of activation and settlement; whatever the first says the second hears."""

    def __init__(self) -> None:
        self.activation = Drive(lambda shard: ActivationProgram(shard, "platform"), "activation")
        self.settlement = Drive(lambda _shard: SettlementProgram("platform"), "settlement")
        self._heard = self._granted = 0
        self.start_s = self.activation.at_ms // 1_000 + 36_000
        self.entity("area/village", area=registry.GridArea(area_id=AREA, dso_id="dso"))
        for name, role in PARTIES.items():
            who = registry.Participant(participant_id=name, roles=[role], active=True)
            self.entity(f"participant/{name}", participant=who)
        for number in (1, 2):
            self._unit(number)
        self.time(self.activation.at_ms // 1_000)

    def _unit(self, number: int) -> None:
        point = registry.MeteringPoint(
            metering_point_id=f"mp{number}", area_id=AREA, node_id=f"n{number}", active=True, owner_id=f"home-{number}",
            brp_id="brp", imbalance_delegated=True,
        )  # fmt: skip
        unit = registry.Unit(
            unit_id=f"u{number}", metering_point_id=f"mp{number}", operator_id="agr", max_power_w=10_000,
            min_power_w=-10_000, controllable=True, active=True, feeder_id="feeder-1",
        )  # fmt: skip
        right = registry.RightToOffer(right_id=f"r{number}", unit_id=f"u{number}", holder_id="agr", valid_to_s=10**10)
        self.entity(f"metering_point/mp{number}", metering_point=point)
        self.entity(f"unit/u{number}", unit=unit)
        self.entity(f"right/r{number}", right=right)

    def entity(self, key: str, **kind: Any) -> None:
        state = registry.EntityState(entity=registry.Entity(**kind), version=1)
        for drive in (self.activation, self.settlement):
            drive.input(REGISTRY_ENTITY, key, state)

    def book(self, **event: Any) -> None:
        for drive in (self.activation, self.settlement):
            drive.input(BOOK_TRADE, AREA, book.OrderEvent(**event))
        self._pass_on()

    def send(self, party: str, **body: Any) -> None:
        answer = self.activation.command(ACTIVATION_COMMAND, pb.ActivationCommand(area_id=AREA, **body), party)
        assert not any(result.HasField("rejection") for result in answer.results), answer
        self._pass_on()

    def time(self, at_s: int) -> None:
        self.activation.time(at_s * 1_000)
        self._pass_on()

    def _pass_on(self) -> None:
        """Grant all headroom that is asked for, and let settlement hear what there is to hear."""
        asked = self.activation.projected(ACTIVATION_HEADROOM)
        while self._granted < len(asked):
            order: Any = asked[self._granted].order  # type: ignore[union-attr]
            self._granted += 1
            if order.HasField("reserve"):
                held = book.HeadroomReserved(reservation=order.reserve, party="service:activation")
                self.activation.input(BOOK_HEADROOM, AREA, book.OrderEvent(reserved=held))
        said = self.activation.projected(ACTIVATION_LIFE)
        for event in said[self._heard :]:
            self.settlement.input(ACTIVATION_LIFE, AREA, event)
        self._heard = len(said)

    def window(self, count: int = 1) -> pb.Window:
        return pb.Window(start_s=self.start_s, end_s=self.start_s + 900 * count, mtu_length_s=900)

    def offer(self, name: str, unit: int, quantity_w: int, price: int) -> None:
        terms = pb.OfferTerms(
            offer_id=name, unit_id=f"u{unit}", direction=pb.DIRECTION_UP, window=self.window(4), quantity_w=quantity_w,
            activation_price_micro_euro_per_mwh=price * 1_000_000, reservation_price_micro_euro_per_mw_h=5_000_000,
        )  # fmt: skip
        self.send("agr", offer=terms)

    def activate(self, name: str, quantity_w: int, party: str = "dso", **of: str) -> None:
        terms = pb.ActivationTerms(
            activation_id=name, purpose=pb.PURPOSE_CONGESTION, window=self.window(), quantity_w=quantity_w,
            limit_price_micro_euro_per_mwh=10**11, **of,  # type: ignore[arg-type]
        )  # fmt: skip
        self.send(party, activate=terms)

    def acknowledge(self, name: str) -> None:
        taken = pb.AcknowledgeOrder(activation_id=name, order_revision=1, accepted=True)
        self.send("agr", acknowledge=taken)

    def trade_books(self, trades: int = 0) -> None:
        """Close the book of the period behind so many trades."""
        mtu = common_pb2.Mtu(start_s=self.start_s, length_s=900)
        closed = book.BookClosed(area_id=AREA, market_id="m", mtu=mtu, last_trade_sequence=trades)
        self.book(book_closed=closed)

    def freeze(self) -> None:
        mtu = common_pb2.Mtu(start_s=self.start_s, length_s=900)
        self.book(opened=book.BookOpened(area_id=AREA, market_id="m", mtu=mtu))
        for number in (1, 2):
            frozen = book.BaseFrozen(area_id=AREA, mtu=mtu, metering_point_id=f"mp{number}", base_w=BASE_W)
            self.book(base_frozen=frozen)

    def settle(self, *metered_w: int) -> dict[str, int]:
        """Submit both meters and settle the period; returns what each account gets."""
        mtu = common_pb2.Mtu(start_s=self.start_s, length_s=900)
        readings = [
            settlement.Reading(metering_point_id=f"mp{number}", mtu=mtu, mean_w=w)
            for number, w in enumerate(metered_w, 1)
        ]
        submit = settlement.SubmitReadings(area_id=AREA, readings=readings)
        complete = settlement.ReadingsComplete(
            area_id=AREA, mtus=[mtu], run_id="day",
            imbalance_prices=[settlement.ImbalancePrice(mtu=mtu, price_ticks=10_000)],
        )  # fmt: skip
        for body in ({"submit_readings": submit}, {"readings_complete": complete}):
            command = settlement.SettlementCommand(**body)  # type: ignore[arg-type]
            answer = self.settlement.command(SETTLEMENT_COMMAND, command, "meters")
            assert not any(result.HasField("rejection") for result in answer.results), answer
        self.settlement.recovered()
        posted = [event.lines for event in self.settlement.events if event.HasField("lines")]  # type: ignore[attr-defined]
        net = net_by_account([line_from(line) for piece in posted for line in piece.lines])
        assert sum(net.values()) == 0
        return {account: amount for account, amount in net.items() if amount}


@pytest.fixture
def both() -> Both:
    found = Both()
    found.freeze()
    return found


def test_offered_activated_delivered_paid(both: Both) -> None:
    both.offer("o1", 1, 8_000, 80)
    both.activate("act", 6_000, offer_id="o1")
    both.time(both.start_s - 900)
    both.acknowledge("act")
    both.trade_books()
    both.time(both.start_s + 900)
    assert both.settle(BASE_W + 6_000, BASE_W) == {"agr": 12 * CENTS, "dso": -12 * CENTS}


def test_refused_by_its_operator_all_is_owed(both: Both) -> None:
    both.offer("o1", 1, 8_000, 80)
    both.activate("act", 6_000, offer_id="o1")
    both.time(both.start_s - 900)
    both.send("agr", acknowledge=pb.AcknowledgeOrder(activation_id="act", order_revision=1, reason="broken"))
    both.trade_books()
    both.time(both.start_s + 900)
    assert both.settle(BASE_W, BASE_W) == {"agr": -12 * CENTS, "PENALTIES": 12 * CENTS}


def test_never_acknowledged_all_is_owed(both: Both) -> None:
    both.offer("o1", 1, 8_000, 80)
    both.activate("act", 6_000, offer_id="o1")
    both.time(both.start_s - 900)
    both.time(both.start_s - 700)
    both.trade_books()
    both.time(both.start_s + 900)
    assert both.settle(BASE_W, BASE_W) == {"agr": -12 * CENTS, "PENALTIES": 12 * CENTS}


def test_cancelled_by_its_buyer_nothing_is_owed(both: Both) -> None:
    both.offer("o1", 1, 8_000, 80)
    both.activate("act", 6_000, offer_id="o1")
    both.send("dso", end_activation=pb.EndActivation(activation_id="act"))
    both.trade_books()
    both.time(both.start_s + 900)
    assert both.settle(BASE_W, BASE_W) == {}


def test_a_reservation_is_paid_for_what_is_held_and_its_activation_besides(both: Both) -> None:
    both.offer("o1", 1, 8_000, 80)
    reserve = pb.ReservationTerms(
        reservation_id="res", offer_id="o1", purpose=pb.PURPOSE_CONGESTION, window=both.window(2), quantity_w=8_000,
        limit_price_micro_euro_per_mw_h=10**10,
    )  # fmt: skip
    both.send("dso", reserve=reserve)
    both.activate("act", 6_000, reservation_id="res")
    both.time(both.start_s - 900)
    both.acknowledge("act")
    both.trade_books()
    both.time(both.start_s + 900)
    assert both.settle(BASE_W + 6_000, BASE_W) == {"agr": 13 * CENTS, "dso": -13 * CENTS}


def test_a_trade_with_an_operators_request_is_paid_once(both: Both) -> None:
    mtu = common_pb2.Mtu(start_s=both.start_s, length_s=900)
    trade = book.TradeExecuted(
        trade_id="t1", area_id=AREA, mtu=mtu, product=book.PRODUCT_FLEX_UP, quantity_w=6_000, price_ticks=8_000,
        tick_micro_euro_per_mwh=10_000, amount_micro_euro=12 * CENTS, sequence=1,
        seller=book.MatchSide(
            party="agr", unit_id="u1", metering_point_id="mp1", basis=book.BASIS_DEVIATION, moved_w=6_000),
        buyer=book.MatchSide(party="dso", basis=book.BASIS_OPERATOR_REQUEST),
    )  # fmt: skip
    both.book(trade=trade)
    both.trade_books(1)
    both.time(both.start_s - 900)
    both.acknowledge("trade/t1")
    both.time(both.start_s + 900)
    ended = [event for event in both.activation.projected(ACTIVATION_LIFE) if event.HasField("requested")]  # type: ignore[union-attr]
    assert len(ended) == 1  # it is an activation too
    assert both.settle(BASE_W + 6_000, BASE_W) == {"agr": 12 * CENTS, "dso": -12 * CENTS}


def test_at_a_red_light_the_override_is_paid_and_the_contract_compensated(both: Both) -> None:
    both.offer("o1", 1, 8_000, 80)
    both.activate("act", 6_000, party="tso", offer_id="o1")
    both.time(both.start_s - 900)
    both.acknowledge("act")
    mtu = common_pb2.Mtu(start_s=both.start_s, length_s=900)
    red = light.LightState(area_id=AREA, zone_id="feeder-1", mtu=mtu, light=light.LIGHT_RED, sequence=1)
    beat = light.LightHeartbeat(area_id=AREA, zone_id="feeder-1", valid_until_ms=both.start_s * 1_000)
    both.activation.input(LIGHT_ZONE, f"{AREA}/feeder-1/{both.start_s}", red)
    both.activation.input(LIGHT_ZONE, f"{AREA}/feeder-1", beat)
    terms = pb.OverrideTerms(
        override_id="ovr", unit_id="u1", direction=pb.DIRECTION_DOWN, window=both.window(), quantity_w=4_000,
        reason="cable on fire",
    )  # fmt: skip
    both.send("dso", override=terms)
    both.acknowledge("ovr")
    both.trade_books()
    both.time(both.start_s + 900)
    # 6 kW at 80 EUR/MWh that the TSO does not pay any more, 4 kW at the area's 100 EUR/MWh for what was curtailed
    assert both.settle(BASE_W - 4_000, BASE_W) == {"agr": 22 * CENTS, "COMPENSATION": -22 * CENTS}
