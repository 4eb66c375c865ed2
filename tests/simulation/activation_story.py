"""What people send in a short story of activations: offers, reservations, needs, calls, and what is against them."""

from __future__ import annotations

from random import Random

import street
from activated_world import (
    FEEDER_OF,
    HOLDER_OF,
    LATE_S,
    OFFER_PRICE,
    PORTFOLIO,
    RESERVATION_PRICE,
    offer,
    standing_offer,
)
from sending import Sent
from story import Story
from street import AGG_B, AREA, DSO, MTU_S, OPERATOR, RELIEF, TSO

from flexbourse.activation.v1 import activation_pb2 as pb
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_messages.catalogue import ACTIVATION_COMMAND, LIGHT_COMMAND

WAYS = (pb.DIRECTION_UP, pb.DIRECTION_UP, pb.DIRECTION_DOWN)
NEWEST = 5  # of the offers, reservations and needs: what is sent names one of them
PRESETS = ("common", "common", "2A", "1C", "local")
RED_MS = 600_000


class ActivationStory(Story):
    """Names are guessed: the sender's own numbers, of which most were taken."""

    def __init__(self, draw: Random) -> None:
        super().__init__(draw, LATE_S)
        self._most_traded_s = LATE_S
        self._numbers: dict[str, int] = {}
        self._feeder = ""  # of which a light was forced
        self._buyers: dict[str, str] = {}  # of reservations, needs and calls

    def next(self) -> Sent:
        """Return what somebody sends now."""
        kinds = (
            self._activate, self._activate, self._activate, self._activate, self._draw_on, self._draw_on, self._reserve,
            self._reserve, self._serve, self._serve, self._need, self._offer, self._withdraw_offer, self._release,
            self._withdraw_need, self._end, self._unasked, self._red, self._override, self._override, self._call,
            self._bid, self._relief, self._relief, self._rules, self._interface,
        )  # fmt: skip
        return self._draw.choice(kinds)() if self._draw.randrange(100) < 80 else super().next()

    def _says(self, party: str, **body: object) -> Sent:
        return self._send(ACTIVATION_COMMAND, party, pb.ActivationCommand(area_id=AREA, **body))

    def _buyer(self) -> str:
        return self._draw.choice((DSO, DSO, TSO))

    def _window(self, most: int = 2) -> pb.Window:
        first = self._draw.randrange(len(LATE_S))
        count = min(self._draw.randint(1, most), len(LATE_S) - first)
        return pb.Window(start_s=LATE_S[first], end_s=LATE_S[first] + count * MTU_S, mtu_length_s=MTU_S)

    def _new(self, kind: str) -> str:
        self._numbers[kind] = self._numbers.get(kind, 0) + 1
        return f"{kind}{self._numbers[kind]}"

    def _bought(self, kind: str) -> tuple[str, str]:
        """Return a new name, and who buys."""
        name, party = self._new(kind), self._draw.choice((DSO, DSO, TSO))
        self._buyers[name] = party
        return name, party

    def _known(self, kind: str) -> tuple[str, str]:
        """Return the name of something that was bought and, more often than not, by whom."""
        name = self._some(kind)
        return name, self._buyers.get(name, DSO) if self._draw.randrange(8) else self._buyer()

    def _some(self, kind: str) -> str:
        newest = max(1, self._numbers.get(kind, 0))
        return f"{kind}{self._draw.randint(max(1, newest - NEWEST + 1), newest)}"

    def _some_offer(self) -> str:
        """Return one of the standing offers or, more seldom, one that was made meanwhile."""
        if self._draw.randrange(3) == 0:
            return self._some("o")
        return standing_offer(self._draw.choice((*FEEDER_OF, PORTFOLIO)), self._draw.choice(WAYS))

    def _watts(self) -> int:
        return self._draw.choice((500, 1_000, 1_000, 2_000, 4_000, 12_000))

    def _offer(self) -> Sent:
        unit = self._draw.choice(tuple(HOLDER_OF))
        return self._says(HOLDER_OF[unit], offer=offer(self._new("o"), unit, self._draw.choice(WAYS)))

    def _withdraw_offer(self) -> Sent:
        return self._says(self._anybody(), withdraw_offer=pb.WithdrawOffer(offer_id=self._some_offer()))

    def _purpose(self) -> int:
        return self._draw.choice((pb.PURPOSE_CONGESTION,) * 4 + (pb.PURPOSE_BALANCING,))

    def _terms(self, **of: str) -> pb.ActivationTerms:
        return pb.ActivationTerms(
            activation_id=self._new("a"), purpose=self._purpose(), window=self._window(), quantity_w=self._watts(),
            limit_price_micro_euro_per_mwh=2 * OFFER_PRICE, element_id=self._draw.choice(("", street.STREET_A_HEAD)),
            **of,
        )  # fmt: skip

    def _activate(self) -> Sent:
        terms, party = self._terms(offer_id=self._some_offer()), self._buyer()
        self._buyers[terms.activation_id] = party
        return self._says(party, activate=terms)

    def _reserve(self) -> Sent:
        name, party = self._bought("r")
        terms = pb.ReservationTerms(
            reservation_id=name, offer_id=self._some_offer(), purpose=pb.PURPOSE_CONGESTION, window=self._window(4),
            quantity_w=self._watts(), limit_price_micro_euro_per_mw_h=2 * RESERVATION_PRICE,
        )  # fmt: skip
        return self._says(party, reserve=terms)

    def _draw_on(self) -> Sent:
        """Activate of a reservation; with one that was won in a call as well."""
        if "r" not in self._numbers:
            return self._reserve()
        name, party = self._known(self._draw.choice(("r", "r", "r", "b")))
        return self._says(party, activate=self._terms(reservation_id=name))

    def _release(self) -> Sent:
        name, party = self._known("r")
        return self._says(party, release_reservation=pb.ReleaseReservation(reservation_id=name, reason="drawn"))

    def _need(self) -> Sent:
        name, party = self._bought("n")
        terms = pb.NeedTerms(
            need_id=name, element_id=self._draw.choice((street.STREET_A_HEAD, street.STREET_B_HEAD)),
            purpose=pb.PURPOSE_CONGESTION, direction=pb.DIRECTION_UP, window=self._window(), quantity_w=self._watts(),
        )  # fmt: skip
        return self._says(party, state_need=terms)

    def _serve(self) -> Sent:
        if "n" not in self._numbers:
            return self._need()
        name, party = self._known("n")
        terms = pb.ActivationTerms(
            activation_id=self._new("a"), need_id=name, purpose=pb.PURPOSE_CONGESTION,
            limit_price_micro_euro_per_mwh=2 * OFFER_PRICE,
        )  # fmt: skip
        self._buyers[terms.activation_id] = party
        return self._says(party, activate=terms)

    def _withdraw_need(self) -> Sent:
        name, party = self._known("n")
        return self._says(party, withdraw_need=pb.WithdrawNeed(need_id=name))

    def _end(self) -> Sent:
        name, party = self._known("a")
        return self._says(party, end_activation=pb.EndActivation(activation_id=name, reason="drawn"))

    def _unasked(self) -> Sent:
        """An answer to an order, or a report, that nobody waits for."""
        name = self._some("a")
        if self._draw.randrange(2):
            return self._says(self._anybody(), confirm=pb.ConfirmDelivery(activation_id=name, delivered_w=[1_000]))
        taken = pb.AcknowledgeOrder(activation_id=name, order_revision=self._draw.choice((1, 1, 2)), accepted=True)
        return self._says(self._anybody(), acknowledge=taken)

    def _red(self) -> Sent:
        """The operator of the grid forces a light, or lets it go."""
        self._feeder = self._draw.choice(tuple(FEEDER_OF.values()))
        forced = light.OverrideLight(
            area_id=AREA, zone_id=self._feeder,
            light=self._draw.choice((light.LIGHT_RED,) * 4 + (light.LIGHT_UNSPECIFIED,)),
            valid_until_ms=LATE_S[0] * 1000 + RED_MS, reason="drawn",
        )  # fmt: skip
        return self._send(LIGHT_COMMAND, DSO, light.LightCommand(override=forced))

    def _override(self) -> Sent:
        if not self._feeder:
            return self._red()
        units = [unit_id for unit_id, feeder in FEEDER_OF.items() if feeder == self._feeder]
        terms = pb.OverrideTerms(
            override_id=self._new("x"), unit_id=self._draw.choice(units), direction=self._draw.choice(WAYS),
            window=self._window(1), quantity_w=self._watts(), reason="drawn",
        )  # fmt: skip
        return self._says(DSO, override=terms)

    def _call(self) -> Sent:
        last_ms = (LATE_S[0] - MTU_S) * 1000
        terms = pb.ReservationCallTerms(
            call_id=self._new("c"), purpose=pb.PURPOSE_CONGESTION, direction=pb.DIRECTION_UP, window=self._window(),
            quantity_w=self._watts(), limit_price_micro_euro_per_mw_h=2 * RESERVATION_PRICE, freezes_at_ms=last_ms,
            clears_at_ms=last_ms + 10_000, pay_as_bid=bool(self._draw.randrange(2)),
        )  # fmt: skip
        return self._says(self._buyer(), call_reservations=terms)

    def _bid(self) -> Sent:
        if "c" not in self._numbers:
            return self._call()
        unit = self._draw.choice(tuple(FEEDER_OF))
        terms = pb.ReservationBidTerms(
            bid_id=self._new("b"), call_id=self._some("c"), offer_id=standing_offer(unit, pb.DIRECTION_UP),
            quantity_w=self._watts(), price_micro_euro_per_mw_h=RESERVATION_PRICE,
        )  # fmt: skip
        if self._draw.randrange(6) == 0:
            taken_back = pb.WithdrawReservationBid(bid_id=self._some("b"))
            return self._says(HOLDER_OF[unit], withdraw_reservation_bid=taken_back)
        return self._says(HOLDER_OF[unit], bid_reservation=terms)

    def _relief(self) -> Sent:
        """Relief in the book: what is traded with an operator's request is an activation, too."""
        self._count += 1
        self._guess += 1
        bought = self._draw.randrange(2)
        order = book.NewOrder(
            client_order_id=f"n{self._count}", market_id=RELIEF, product=book.PRODUCT_FLEX_UP,
            side=book.SIDE_BUY if bought else book.SIDE_SELL, mtu=self._mtu(self._draw.choice(LATE_S)),
            quantity_w=1_000, limit_price_ticks=60_000 if bought else 30_000, fill_rule=book.FILL_RULE_NORMAL,
        )  # fmt: skip
        if bought:
            order.element_id = street.STREET_A_HEAD
        else:
            order.unit_id = "battery-a2"
        return self._book(DSO if bought else AGG_B, submit=book.SubmitOrders(orders=[order]))

    def _rules(self) -> Sent:
        return self._says(OPERATOR, set_coordination=pb.SetCoordination(preset=self._draw.choice(PRESETS)))

    def _interface(self) -> Sent:
        value = pb.InterfaceValue(
            node_id="bus-0", mtu=self._mtu(self._draw.choice(LATE_S)), kind=pb.INTERFACE_VALUE_KIND_SCHEDULED,
            voltage_mv=20_000_000, power_w=self._watts(), power_factor_permille=990, energy_wh=self._watts(),
        )  # fmt: skip
        return self._says(self._buyer(), report_interface=pb.ReportInterface(values=[value]))
