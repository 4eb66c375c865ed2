"""A shard of the gateway, driven as an engine drives it; short ways to say what books, exchange and parties say."""

from __future__ import annotations

from typing import Any

from google.protobuf.message import Message

from flexbourse.common.v1 import common_pb2
from flexbourse.external.v1 import external_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse_messages.catalogue import (
    BOOK_HEADROOM,
    BOOK_LEFTOVER,
    REGISTRY_ENTITY,
    WHOLESALE_COMMAND,
    WHOLESALE_HEADROOM,
    WHOLESALE_RESULT,
)
from flexbourse_testkit.drive import START_MS, Drive
from flexbourse_wholesale_gateway import wire
from flexbourse_wholesale_gateway.domain import commands as c
from flexbourse_wholesale_gateway.domain.external_orders.deciding import Outcome
from flexbourse_wholesale_gateway.domain.external_orders.order import client_order_id
from flexbourse_wholesale_gateway.domain.external_orders.reports import Report, ReportedTrade, Status
from flexbourse_wholesale_gateway.processor import SELF, WholesaleProgram

AREA, HOLDER, OPERATOR = "village", "service:wholesale-gateway", "platform"


class GatewayWorld:
    """An area with a market and four units of two aggregators; delivery three hours ahead, books closed on request."""

    def __init__(self, at_ms: int = START_MS) -> None:
        self.drive = Drive(
            lambda _: WholesaleProgram(OPERATOR, "okte", "Europe/Bratislava"), "wholesale-gateway", at_ms=at_ms
        )
        self.mtu = common_pb2.Mtu(start_s=self.drive.at_ms // 1000 + 3 * 3600, length_s=900)
        self.entity("area/village", area=registry.GridArea(area_id=AREA, dso_id="dso"))
        market = registry.Market(market_id="energy", area_id=AREA, price_tick_micro_euro_per_mwh=10_000)
        self.entity("market/energy", market=market)
        roles = {"agr-a": registry.ROLE_AGR, "agr-b": registry.ROLE_AGR, "ops": registry.ROLE_MARKET_OPERATOR}
        for name, role in roles.items():
            one = registry.Participant(participant_id=name, roles=[role], active=True)
            self.entity(f"participant/{name}", participant=one)
        for number in range(1, 5):
            self.entity(f"unit/u{number}", unit=registry.Unit(unit_id=f"u{number}", feeder_id="feeder-1", active=True))
        self._numbers = 0

    # --- what others say ---

    def entity(self, key: str, **kind: object) -> None:
        state = registry.EntityState(entity=registry.Entity(**kind), version=1)  # type: ignore[arg-type]
        self.drive.input(REGISTRY_ENTITY, key, state)

    def leftover(self, number: int, watts: int, ticks: int = 4_000, **changes: Any) -> str:
        """Let the book say that an order of unit `number` expired with so much open."""
        terms: dict[str, Any] = {
            "order_id": f"o{number}", "party": "agr-a" if number < 3 else "agr-b", "market_id": "energy",
            "area_id": AREA, "product": book.PRODUCT_LOCAL_ENERGY, "side": book.SIDE_SELL, "mtu": self.mtu,
            "unit_id": f"u{number}", "metering_point_id": f"mp{number}", "node_id": f"n{number}",
            "basis": book.BASIS_DEVIATION, "quantity_w": watts, "open_w": watts, "limit_price_ticks": ticks,
            "forwarding": book.FORWARDING_AT_CLOSURE, **changes,
        }  # fmt: skip
        order = book.Order(**terms)
        closed = book.OrderClosed(
            order_id=order.order_id, area_id=AREA, mtu=order.mtu, status=book.ORDER_STATUS_EXPIRED,
            open_w=order.open_w, party=order.party, leftover=order,
        )  # fmt: skip
        self.drive.input(BOOK_LEFTOVER, AREA, book.OrderEvent(closed=closed))
        return order.order_id

    def close(self) -> None:
        closed = book.BookClosed(area_id=AREA, market_id="energy", mtu=self.mtu)
        self.drive.input(BOOK_LEFTOVER, AREA, book.OrderEvent(book_closed=closed))

    def grid(self, **event: Any) -> None:
        self.drive.input(BOOK_HEADROOM, AREA, book.OrderEvent(**event))

    def hold(self, instruction: book.HeadroomInstruction | None = None) -> str:
        """Let the area hold what was asked last, or an instruction; returns the reservation."""
        wish = (instruction or self.headroom("reserve")[-1]).order.reserve
        self.grid(reserved=book.HeadroomReserved(reservation=wish, party=HOLDER))
        return wish.reservation_id

    def deny(self, code: str = "GRID_LIMIT_EXCEEDED", instruction: book.HeadroomInstruction | None = None) -> None:
        """Let the area deny what was asked last, or an instruction."""
        wish = (instruction or self.headroom("reserve")[-1]).order.reserve
        rejection = common_pb2.Rejection(code=code, rule="the element's limit")
        denied = book.HeadroomDenied(
            reservation_id=wish.reservation_id, party=HOLDER, area_id=AREA, asked="reserve", rejection=rejection
        )
        self.grid(headroom_denied=denied)

    # --- what the exchange says ---

    def own(self, said: c.OwnCommand) -> None:
        self.drive.command(WHOLESALE_COMMAND, wire.own_command_to_message(said), SELF)

    def connect(self) -> None:
        self.own(c.RecordConnection(connected=True, reason=""))
        self.own(c.RecordMarket(takes_orders=True, name="xbidOk"))

    def answer(self, outcome: Outcome = Outcome.DONE, report: Report | None = None) -> None:
        """Answer the newest request."""
        asked: Any = self.requests()[-1]
        is_operation = isinstance(asked, pb.OperationSent)
        number = asked.operation.number if is_operation else getattr(asked, "attempt", 0)
        is_stray = isinstance(asked, pb.StrayCancelAsked)
        self.own(c.RecordAnswer(asked.request_id, asked.intent_id, number, outcome, report, (), is_operation, is_stray))

    def show(self, *reports: Report, failed: bool = False) -> None:
        """Answer the newest look-up."""
        asked = [request for request in self.requests() if isinstance(request, pb.LookUpAsked)][-1]
        self.own(c.RecordLookUp(asked.request_id, asked.intent_id, asked.at_s, failed, reports))

    def report(self, status: Status, *trades: ReportedTrade, remaining_w: int = 0, **changes: Any) -> Report:
        """Return the newest order of ours as the exchange shows it."""
        self._numbers += 1
        intent_id = self.events("wanted")[-1].intent_id
        terms: dict[str, Any] = {
            "external_id": "77", "client_order_id": client_order_id(intent_id), "status": status,
            "updated_ms": self.drive.at_ms + self._numbers, "remaining_w": remaining_w, "trades": trades, **changes,
        }  # fmt: skip
        return Report(**terms)

    def tell(self, report: Report) -> None:
        self.own(c.RecordReports((report,), ()))

    def entered(self, watts: int = 100_000) -> None:
        """Bring one order of whole lots to the exchange."""
        self.connect()
        self.leftover(1, watts)
        self.close()
        self.hold()
        self.answer(Outcome.DONE, self.report(Status.RESTING, remaining_w=watts))

    # --- what came of it ---

    def later(self, seconds: int) -> None:
        self.drive.time(self.drive.at_ms + seconds * 1000)

    def send(self, party: str, **body: Any) -> common_pb2.Answer:
        return self.drive.command(WHOLESALE_COMMAND, pb.WholesaleCommand(**body), party)

    def events(self, field: str) -> list[Any]:
        return [
            getattr(event, field)
            for event in self.drive.events
            if isinstance(event, pb.WholesaleEvent) and event.WhichOneof("event") == field
        ]

    def requests(self) -> list[Message]:
        return [intent.body for intent in self.drive.intents]

    def headroom(self, what: str) -> list[book.HeadroomInstruction]:
        told = [one for one in self.drive.projected(WHOLESALE_HEADROOM) if isinstance(one, book.HeadroomInstruction)]
        return [one for one in told if one.order.WhichOneof("body") == what]

    def results(self) -> list[external_pb2.ExternalResult]:
        return [one for one in self.drive.projected(WHOLESALE_RESULT) if isinstance(one, external_pb2.ExternalResult)]

    def stage(self) -> str:
        return str(pb.Stage.Name(self.events("changed")[-1].stage))
