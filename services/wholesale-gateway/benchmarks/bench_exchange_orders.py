"""10,000 orders through the gateway's shard to an exchange that answers at once; one JSON object per row.

Every record of an order on the exchange is a round of its own on a durable log, next timer included; effects, adapters
and the source of reports are the service's own. All orders rest before the first is filled. Times are processor times
(the machine may be shared), from a message's first byte to the commit of what follows from it, time records of the
shard included. A bare loop parses and checks the same message and writes the same answer, in the same run.

    python services/wholesale-gateway/benchmarks/bench_exchange_orders.py [--orders N]
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from bare_messages import bare_loop
from committing_shard import CommittingShard, entry, sent
from google.protobuf.message import Message
from instant_exchange import InstantLink, InstantRequests

from flexbourse.common.v1 import common_pb2
from flexbourse.external.v1 import external_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_messages.catalogue import (
    BOOK_HEADROOM,
    BOOK_LEFTOVER,
    REGISTRY_ENTITY,
    WHOLESALE_HEADROOM,
    WHOLESALE_RESULT,
)
from flexbourse_wholesale_gateway.adopting import HOLDER
from flexbourse_wholesale_gateway.effects import EnterEffect
from flexbourse_wholesale_gateway.exchange_link import ExchangeLink
from flexbourse_wholesale_gateway.first_sending import FirstSendings
from flexbourse_wholesale_gateway.processor import WholesaleProgram
from flexbourse_wholesale_gateway.telling import StreamSource

START_S = 1_767_225_600  # 2026-01-01T00:00Z
FIRST_PERIOD_S = START_S + 4 * 3600
ORDERS, PERIODS, PARTIES, NODES = 10_000, 96, 40, 120
MTU_S, LOT_W = 900, 100_000
AREA, MARKET = "village", "energy"
AIM = 150  # of a bare loop over 1 kB, which takes 10 µs
PROGRESS = 1_000

Sample = tuple[bytes | str, Message | Mapping[str, Any]]


@dataclass(slots=True)
class Measured:
    """Processor times in ms of one kind of work, and for each the message received and the answer written."""

    what: str
    spent_ms: list[float] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)

    def add(self, seconds: float, sample: Sample) -> None:
        """Keep one."""
        self.spent_ms.append(seconds * 1e3)
        self.samples.append(sample)

    def row(self) -> dict[str, object]:
        """Return the row of the page, the reference measured now."""
        bare_ms = sorted(_bare_ms(sample) for sample in self.samples)
        ours = sorted(self.spent_ms)
        first, last = self.spent_ms[: len(ours) // 10], self.spent_ms[-len(ours) // 10 :]
        figures = {f"p{share:g}_ms": round(percentile(ours, share / 100), 2) for share in (50, 99.5, 99.8)}
        figures["last over first tenth"] = round(statistics.median(last) / statistics.median(first), 2)
        figures["bare_ms"] = round(statistics.median(bare_ms), 4)
        ratio = round(statistics.median(ours) / statistics.median(bare_ms), 1)
        return {
            "name": "exchange-orders", "what": f"{len(ours)} exchange orders, {self.what}", "ratio": ratio,
            "aim": f"≤ {AIM}", "figures": figures, "reference": "bare loop of the same messages: parse, check, write",
        }  # fmt: skip


class Bench:
    """A gateway with its counterparts: books that close period by period, an area that holds all, the exchange."""

    def __init__(self, folder: Path) -> None:
        sendings = FirstSendings()
        self._exchange = InstantRequests(START_S)
        self._link = InstantLink(self._exchange)
        link: ExchangeLink = self._link  # type: ignore[assignment]
        self._enter, self._source = EnterEffect(link, sendings), StreamSource(link)
        program = WholesaleProgram("platform", "okte", "Europe/Bratislava", sendings)
        self.shard = CommittingShard(program, folder, START_S)
        self.entered = Measured("from the area's yes to the request to the exchange")
        self.answered = Measured("from the exchange's answer to its commit")
        self.filled = Measured("from the report of a trade to headroom confirmed and result published")
        self._found()

    def rest(self, period: int, orders: int) -> None:
        """Let a period's book close, and each of its leftovers go to the exchange."""
        mtu = common_pb2.Mtu(start_s=FIRST_PERIOD_S + MTU_S * period, length_s=MTU_S)
        self.shard.hear_all(BOOK_LEFTOVER, [entry(AREA, leftover(mtu, period, number)) for number in range(orders)])
        closed = book.OrderEvent(book_closed=book.BookClosed(area_id=AREA, market_id=MARKET, mtu=mtu))
        batch = self.shard.hear(BOOK_LEFTOVER, *entry(AREA, closed))
        asked: list[Any] = sent(batch, WHOLESALE_HEADROOM, book.HeadroomInstruction)
        assert len(asked) == orders, f"{len(asked)} of {orders} orders ask for headroom"
        for one in asked:
            self._hold(one.order.reserve)

    def fill(self) -> None:
        """Let the exchange fill one order after the other, whole."""
        for number, client_order_id in enumerate(list(self._exchange.orders), 1):
            text = self._exchange.filled(client_order_id)
            begun_s = time.process_time()
            self._link.messages.append(text)
            (told,) = self._source.poll()
            batch = self.shard.command(told)
            self._source.taken(told)
            spent_s = time.process_time() - begun_s
            (result,) = sent(batch, WHOLESALE_RESULT, external_pb2.ExternalResult)
            confirmed = sent(batch, WHOLESALE_HEADROOM, book.HeadroomInstruction)
            assert any(one.order.HasField("confirm") for one in confirmed)  # type: ignore[attr-defined]
            self.filled.add(spent_s, (text, result))
            progress("filled", number)

    def _hold(self, wish: book.ReserveHeadroom) -> None:
        held = book.OrderEvent(reserved=book.HeadroomReserved(reservation=wish, party=HOLDER))
        key, value, kind = entry(AREA, held)
        begun_s = time.process_time()
        (intent,) = self.shard.hear(BOOK_HEADROOM, key, value, kind).intents
        told = self._enter.perform(intent)
        self.shard.command(told)
        ended_s = time.process_time()
        exchange = self._exchange
        self.entered.add(exchange.written_s - begun_s, (value, json.loads(exchange.request)))
        self.answered.add(ended_s - exchange.answered_s, (exchange.answer, told.body))
        progress("resting", len(self.entered.samples))

    def _found(self) -> None:
        market = registry.Market(market_id=MARKET, area_id=AREA, price_tick_micro_euro_per_mwh=10_000)
        entities = {f"market/{MARKET}": registry.Entity(market=market)}
        for number in range(NODES):
            unit = registry.Unit(unit_id=f"u{number}", feeder_id=f"feeder-{number % 4}", active=True)
            entities[f"unit/u{number}"] = registry.Entity(unit=unit)
        for key, entity in entities.items():
            self.shard.hear(REGISTRY_ENTITY, *entry(key, registry.EntityState(entity=entity, version=1)))
        for told in self._source.poll():
            self.shard.command(told)
            self._source.taken(told)


def leftover(mtu: common_pb2.Mtu, period: int, number: int) -> book.OrderEvent:
    """Return the rest of an order: a lot at a price of its own, which no other joins."""
    place = number % NODES
    order = book.Order(
        order_id=f"o{period}-{number}", party=f"agr-{number % PARTIES}", market_id=MARKET, area_id=AREA,
        product=book.PRODUCT_LOCAL_ENERGY, side=book.SIDE_SELL, mtu=mtu, unit_id=f"u{place}",
        metering_point_id=f"mp{place}", node_id=f"n{place}", basis=book.BASIS_DEVIATION, quantity_w=LOT_W, open_w=LOT_W,
        limit_price_ticks=4_000 + number, forwarding=book.FORWARDING_AT_CLOSURE,
    )  # fmt: skip
    closed = book.OrderClosed(
        order_id=order.order_id, area_id=AREA, mtu=mtu, status=book.ORDER_STATUS_EXPIRED, open_w=LOT_W,
        party=order.party, leftover=order,
    )  # fmt: skip
    return book.OrderEvent(closed=closed)


def percentile(sorted_values: list[float], share: float) -> float:
    """Return the value below which a share of the values lies."""
    return sorted_values[min(int(share * len(sorted_values)), len(sorted_values) - 1)]


def progress(what: str, count: int) -> None:
    """Say on the way how far it is."""
    if count % PROGRESS == 0:
        print(f"  {what}: {count}", file=sys.stderr, flush=True)


def _bare_ms(sample: Sample) -> float:
    begun_s = time.process_time()
    bare_loop(*sample)
    return (time.process_time() - begun_s) * 1e3


def main() -> None:
    """Print the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=ORDERS, help="orders on the exchange")
    orders = parser.parse_args().orders
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        for period in range(PERIODS):
            bench.rest(period, orders * (period + 1) // PERIODS - orders * period // PERIODS)
        bench.fill()
        bench.shard.close()
    for measured in (bench.entered, bench.answered, bench.filled):
        assert len(measured.samples) == orders
        print(json.dumps(measured.row()))


if __name__ == "__main__":
    main()
