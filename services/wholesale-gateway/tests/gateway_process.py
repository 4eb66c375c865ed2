"""A process with the gateway on the embedded engine in stepped mode, beside a book that says what a script gives it.

python gateway_process.py FOLDER URL     runs to the end, from wherever an earlier process was killed
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from gateway_world import AREA, HOLDER
from google.protobuf.message import Message

from flexbourse.common.v1 import common_pb2
from flexbourse.log.v1 import log_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_core.rejection import Code, Rejection
from flexbourse_log.embedded import EmbeddedEngine
from flexbourse_log.engine import EngineOptions
from flexbourse_log.port import AdoptedRecord, Command, Decision, Intent, Output, Service
from flexbourse_messages.catalogue import BOOK_HEADROOM, BOOK_LEFTOVER, REGISTRY_ENTITY
from flexbourse_messages.rejections import rejection_to_message
from flexbourse_runtime.serve import end_process
from flexbourse_testkit.killed_process import LOG, steps_left, tell
from flexbourse_wholesale_gateway.config import Config
from flexbourse_wholesale_gateway.service import build

START_S = 1_768_464_000  # 2026-01-15T08:00Z
STEP_S = 60
STEPS = 16
DELIVERIES_S = (START_S + 4 * 3600, START_S + 5 * 3600)  # 12:00Z and 13:00Z
LOT_W = 100_000
ORDERS = 3  # of each delivery, a lot each, at prices of their own
STEP_TIMEOUT_S = 90.0


class ScriptedRegistry:
    """A registry that says in the first step all that it will ever say."""

    def __init__(self) -> None:
        self._step = 0

    def on_command(self, _command: Command) -> Decision:
        return Decision([], [])

    def on_input(self, _record: AdoptedRecord) -> Sequence[Message]:
        return ()

    def on_time(self, _at_ms: int, step: int) -> Sequence[Message]:
        self._step = step
        market = registry.Market(market_id="energy", area_id=AREA, price_tick_micro_euro_per_mwh=10_000)
        entity = registry.Entity(market=market)
        return [registry.EntityRegistered(entity=entity, version=1)] if step == 1 else []

    def next_timer_ms(self) -> int | None:
        return None

    def fold(self, event: Message | AdoptedRecord) -> None:
        if isinstance(event, log_pb2.TimeAdvanced):
            self._step = event.step

    def project(self, event: Message) -> Iterable[Output]:
        assert isinstance(event, registry.EntityRegistered)
        yield Output(REGISTRY_ENTITY, "market/energy", registry.EntityState(entity=event.entity, version=1))

    def intents(self, _event: Message) -> Iterable[Intent]:
        return ()

    def settled_intents(self, _event: Message) -> Iterable[str]:
        return ()

    def snapshot(self) -> bytes:
        return str(self._step).encode()

    def restore(self, snapshot: bytes) -> None:
        self._step = int(snapshot)


class HoldingBook(ScriptedRegistry):
    """A book whose periods close in the second step; it holds all headroom, and knows by name what it holds."""

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[str, int] = {}
        self.accepted_w = 0

    def on_time(self, _at_ms: int, step: int) -> Sequence[Message]:
        self._step = step
        if step != 2:
            return []
        return [event for start_s in DELIVERIES_S for event in closing(start_s)]

    def on_input(self, record: AdoptedRecord) -> Sequence[Message]:
        if not isinstance(record.message, book.HeadroomInstruction):
            return ()
        events = [self._decided(record.message.order)]
        for event in events:
            self._evolve(event)
        return events

    def _decided(self, order: book.OrderCommand) -> book.OrderEvent:
        what = order.WhichOneof("body") or ""
        name = getattr(order, what).reservation_id
        if what == "reserve" and name not in self.held:
            return book.OrderEvent(reserved=book.HeadroomReserved(reservation=order.reserve, party=HOLDER))
        if name not in self.held:
            rejection = rejection_to_message(Rejection(Code.RESERVATION_UNKNOWN, "it is held", "reservation_id", name))
            denied = book.HeadroomDenied(
                reservation_id=name, party=HOLDER, area_id=AREA, asked=what, rejection=rejection
            )
            return book.OrderEvent(headroom_denied=denied)
        part_w = sum(change.p_w for change in order.confirm.changes)
        if what == "confirm" and order.confirm.changes and part_w != self.held[name]:
            left = [book.NodeChange(node_id="n", p_w=self.held[name] - part_w)]
            filled = book.HeadroomFilled(reservation_id=name, party=HOLDER, area_id=AREA, left=left)
            return book.OrderEvent(headroom_filled=filled)
        settled = book.HeadroomSettled(
            reservation_id=name, confirmed=what == "confirm", party=HOLDER, area_id=AREA,
            reason="confirmed" if what == "confirm" else "released",
        )  # fmt: skip
        return book.OrderEvent(headroom_settled=settled)

    def _evolve(self, event: book.OrderEvent) -> None:
        if event.HasField("reserved"):
            wish = event.reserved.reservation
            self.held[wish.reservation_id] = sum(change.p_w for change in wish.changes)
        elif event.HasField("headroom_filled"):
            left_w = sum(change.p_w for change in event.headroom_filled.left)
            self.accepted_w += self.held[event.headroom_filled.reservation_id] - left_w
            self.held[event.headroom_filled.reservation_id] = left_w
        elif event.HasField("headroom_settled"):
            held_w = self.held.pop(event.headroom_settled.reservation_id)
            self.accepted_w += held_w if event.headroom_settled.confirmed else 0

    def fold(self, event: Message | AdoptedRecord) -> None:
        super().fold(event)
        if isinstance(event, book.OrderEvent):
            self._evolve(event)

    def project(self, event: Message) -> Iterable[Output]:
        assert isinstance(event, book.OrderEvent)
        is_leftover = event.HasField("closed") or event.HasField("book_closed")
        yield Output(BOOK_LEFTOVER if is_leftover else BOOK_HEADROOM, AREA, event)

    def snapshot(self) -> bytes:
        return json.dumps([self._step, self.accepted_w, sorted(self.held.items())]).encode()

    def restore(self, snapshot: bytes) -> None:
        self._step, self.accepted_w, held = json.loads(snapshot)
        self.held = dict(held)


def closing(start_s: int) -> list[book.OrderEvent]:
    """Return what is left of a period's orders, and its closing."""
    mtu = common_pb2.Mtu(start_s=start_s, length_s=900)
    events = []
    for number in range(ORDERS):
        order = book.Order(
            order_id=f"o{start_s}-{number}", party="agr", market_id="energy", area_id=AREA,
            product=book.PRODUCT_LOCAL_ENERGY, side=book.SIDE_SELL, mtu=mtu, unit_id=f"u{number}",
            metering_point_id=f"mp{number}", node_id=f"n{number}", basis=book.BASIS_DEVIATION, quantity_w=LOT_W,
            open_w=LOT_W, limit_price_ticks=4_000 + 100 * number, forwarding=book.FORWARDING_AT_CLOSURE,
        )  # fmt: skip
        closed = book.OrderClosed(
            order_id=order.order_id, area_id=AREA, mtu=mtu, status=book.ORDER_STATUS_EXPIRED, open_w=LOT_W,
            party="agr", leftover=order,
        )  # fmt: skip
        events.append(book.OrderEvent(closed=closed))
    closed_book = book.BookClosed(area_id=AREA, market_id="energy", mtu=mtu)
    return [*events, book.OrderEvent(book_closed=closed_book)]


def main() -> None:
    folder, url = Path(sys.argv[1]), sys.argv[2]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "password").write_text("a")
    held = HoldingBook()
    config = Config(
        data_dir=folder, stepped=True, exchange_url=url, exchange_user="ann",
        exchange_password_file=folder / "password",
    )  # fmt: skip
    services = [
        Service("registry", lambda _: ScriptedRegistry()),
        Service("orderbook", lambda _: held),
        build(config),
    ]
    engine = EmbeddedEngine(services, EngineOptions(crashed=end_process, stepped=True), folder / LOG)
    engine.start()
    for step in steps_left(engine, STEPS):
        engine.step(step, (START_S + STEP_S * step) * 1000, STEP_TIMEOUT_S)
    found: dict[str, Any] = {"held": held.held, "accepted_w": held.accepted_w}
    engine.stop()
    tell(found)


if __name__ == "__main__":
    main()
