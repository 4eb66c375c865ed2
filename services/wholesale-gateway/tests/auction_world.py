"""A shard of the gateway with what admits units to the auction; short ways to say what auction and areas answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gateway_world import AREA, GatewayWorld

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse_messages.catalogue import WHOLESALE_COMMAND
from flexbourse_testkit.simulated_exchange import MEMBER, PASSWORD, SimulatedExchange, instant
from flexbourse_wholesale_gateway.adapters.okte_login import Login
from flexbourse_wholesale_gateway.auction_effects import AskAwardsEffect, SubmitEffect
from flexbourse_wholesale_gateway.domain import commands as c
from flexbourse_wholesale_gateway.domain.day_ahead.curves import Award
from flexbourse_wholesale_gateway.domain.external_orders.order import client_order_id
from flexbourse_wholesale_gateway.exchange_link import ExchangeLink
from flexbourse_wholesale_gateway.first_sending import FirstSendings
from flexbourse_wholesale_gateway.processor import SELF

BEGIN_S = 1_768_464_000  # 2026-01-15T08:00Z, 9:00 in Bratislava
ENTRY_ENDS_S = BEGIN_S + 9_000  # 11:30
RESULTS_S = ENTRY_ENDS_S + 3_600
NOON_S = BEGIN_S + 27 * 3600  # 2026-01-16T11:00Z
DAY = "2026-01-16"


class AuctionWorld(GatewayWorld):
    """The world with what admits units to the auction."""

    def __init__(self) -> None:
        super().__init__(at_ms=BEGIN_S * 1000)
        for number in range(1, 5):
            name = f"mp{number}"
            point = registry.MeteringPoint(metering_point_id=name, area_id=AREA, node_id=f"n{number}", active=True)
            self.entity(f"metering_point/{name}", metering_point=point)
            unit = registry.Unit(
                unit_id=f"u{number}", feeder_id="feeder-1", metering_point_id=name, controllable=True, active=True,
                max_power_w=300_000, operator_id="agr-a",
            )  # fmt: skip
            self.entity(f"unit/u{number}", unit=unit)
            right = registry.RightToOffer(right_id=f"r{number}", unit_id=f"u{number}", holder_id="agr-a",
                                          valid_to_s=10**10)  # fmt: skip
            self.entity(f"right/r{number}", right=right)
        self.connect()

    def offer(self, number: int, watts: int, ticks: int, party: str = "agr-a", **changes: Any) -> common_pb2.Answer:
        terms: dict[str, Any] = {
            "offer_id": f"of{number}", "unit_id": f"u{number}", "side": book.SIDE_SELL, "quantity_w": watts,
            "mtu": common_pb2.Mtu(start_s=NOON_S, length_s=900), "limit_ticks": ticks, **changes,
        }  # fmt: skip
        offer = pb.DayAheadOffer(**terms)
        return self.send(party, offer_day_ahead=pb.OfferDayAhead(offers=[offer]))

    def at(self, second: int) -> None:
        self.drive.time(second * 1000)

    def stages(self) -> list[str]:
        return [pb.CurveStage.Name(event.stage) for event in self.events("curve_moved")]

    def submitted(self) -> pb.SubmissionAsked:
        asked = self.requests()[-1]
        assert isinstance(asked, pb.SubmissionAsked)
        return asked

    def take_all(self) -> list[pb.CurveSent]:
        """Let the auction take all that was submitted last."""
        asked = self.submitted()
        self.own(c.RecordSubmission(asked.request_id, tuple(own.intent_id for own in asked.curves), ()))
        return list(asked.curves)

    def award(self, revision: int, awards: Sequence[Award], *, final: bool = True) -> None:
        """Let the auction answer the newest question for its result."""
        asked = self.requests()[-1]
        assert isinstance(asked, pb.AwardsAsked)
        self.own(c.RecordAwards(asked.request_id, asked.day, revision, final, tuple(awards)))


def award_of(curve: pb.CurveSent, watts: int, ticks: int = 4_000, place: int = 0) -> Award:
    """Return an award of a curve, or of the n-th quarter-hour of a block."""
    return Award(client_order_id(curve.intent_id), watts, ticks, curve.mtu.start_s + 900 * place)


class LinkedAuction:
    """The world's effects, performed at a running simulator when it is said."""

    def __init__(self, world: AuctionWorld, exchange: SimulatedExchange, folder: Path) -> None:
        self.world, self.exchange = world, exchange
        (folder / "password").write_text(PASSWORD)
        link = ExchangeLink(Login(url=exchange.url, user=MEMBER, password_file=folder / "password"))
        self._sendings = FirstSendings()
        kinds = (SubmitEffect(link, self._sendings), AskAwardsEffect(link))
        self._effects = {effect.kind: effect for effect in kinds}
        self._performed: set[str] = set()

    def perform(self) -> None:
        """Do what was asked for and not yet done."""
        for intent in list(self.world.drive.intents):
            if intent.intent_id not in self._performed:
                self._performed.add(intent.intent_id)
                self._sendings.note(intent.intent_id)
                outcome = self._effects[intent.kind].perform(intent)
                self.world.drive.command(WHOLESALE_COMMAND, outcome.body, SELF, outcome.command_id)

    def at(self, second: int) -> None:
        """Let exchange and gateway reach a time."""
        self.exchange.drive(second)
        self.world.at(second)
        self.perform()

    def demand(self, megawatts: Mapping[int, float], *, correction: bool = False) -> None:
        """Let another member buy at 60 EUR/MWh by quarter-hour behind noon; a correction is behind the final result."""
        orders = [
            {
                "type": "curve", "direction": "buy", "deliveryStart": instant(NOON_S + 900 * place),
                "deliveryEnd": instant(NOON_S + 900 * place + 900), "steps": [{"price": 60, "quantity": quantity}],
            }
            for place, quantity in megawatts.items()
        ]  # fmt: skip
        document = {"groupIndication": "rejectAll", "orders": orders}
        if correction:
            self.exchange.operator(f"auctions/{DAY}/correction", document)
        else:
            self.exchange.as_user("bob:b", "POST", "/api/v1/dam/orders", {**document, "deliveryDay": DAY})

    def orders(self) -> list[Any]:
        """Return our orders as the auction has them."""
        found = self.exchange.as_user(f"{MEMBER}:{PASSWORD}", "GET", f"/api/v1/dam/orders?deliveryDay={DAY}")
        return list(found)
