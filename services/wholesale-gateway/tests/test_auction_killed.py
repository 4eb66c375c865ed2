"""The process killed between offers, headroom, submission, awards and their correction, and started again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from auction_process import CORRECTION_STEP, NOON_S, OFFER_STEP, QUARTERS, START_S, TIMES_S

from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse_messages.catalogue import WHOLESALE_GATEWAY
from flexbourse_testkit.killed_process import KilledProcess, journal
from flexbourse_testkit.simulated_exchange import MEMBER, PASSWORD, SimulatedExchange, instant

DAY = "2026-01-16"
LOT_W = 100_000


def bid(side: str, place: int, megawatts: float, price: float) -> dict[str, Any]:
    """Return a curve of another member's, by quarter-hour from noon on."""
    start_s = NOON_S + 900 * place
    return {
        "type": "curve", "direction": side, "deliveryStart": instant(start_s), "deliveryEnd": instant(start_s + 900),
        "steps": [{"price": price, "quantity": megawatts}],
    }  # fmt: skip


class Outside:
    """Others want all that is offered; the correction lets a cheaper seller in, for whom the block is cut."""

    def __init__(self, exchange: SimulatedExchange) -> None:
        self.exchange = exchange
        self.url = exchange.url
        self.done: set[int] = set()

    def before(self, step: int) -> None:
        """Do what belongs before a step."""
        self.exchange.drive(TIMES_S[step - 1])
        if step in self.done:
            return
        self.done.add(step)
        if step == OFFER_STEP:
            bids = [bid("buy", place, 0.2 if place else 0.3, 60) for place in range(QUARTERS)]
            document = {"groupIndication": "rejectAll", "deliveryDay": DAY, "orders": bids}
            self.exchange.as_user("bob:b", "POST", "/api/v1/dam/orders", document)
        if step == CORRECTION_STEP:
            bids = [bid("sell", place, 0.1, 1) for place in range(QUARTERS)]
            self.exchange.operator(f"auctions/{DAY}/correction", {"groupIndication": "rejectAll", "orders": bids})

    def own(self, what: str) -> list[Any]:
        return list(self.exchange.as_user(f"{MEMBER}:{PASSWORD}", "GET", f"/api/v1/dam/{what}?deliveryDay={DAY}"))


@pytest.fixture
def outside() -> Iterator[Outside]:
    exchange = SimulatedExchange(START_S)
    yield Outside(exchange)
    exchange.stop()


class TestAuctionKilled(KilledProcess):
    """The process of `auction_process`."""

    script = Path(__file__).parent / "auction_process.py"
    steps = len(TIMES_S)
    effects = 6  # what is told, the submission, and questions for results
    short = (("inside-effect:2", "inside-effect:1"),)  # submitted, not told; then a look-up

    def check(self, folder: Path, outside: Outside, found: dict[str, Any]) -> None:
        """Auction, results and headroom tell of the same W."""
        assert sorted(order["type"] for order in outside.own("orders")) == ["block", "curve"]
        sold = {one["deliveryStart"]: 0.0 for one in outside.own("trades")}
        for one in outside.own("trades"):
            sold[one["deliveryStart"]] += one["quantity"]
        assert list(sold.values()) == [0.2, 0.1, 0.1, 0.1]
        events = journal(folder, WHOLESALE_GATEWAY, pb.WholesaleEvent)
        results = [event.result for event in events if event.HasField("result")]
        newest = {one.result_id: one for one in results}
        assert {name: one.version for name, one in newest.items()} == dict(Counter(one.result_id for one in results))
        assert len(newest) == 1 + QUARTERS
        assert sum(share.quantity_w for one in newest.values() for share in one.shares) == LOT_W * (1 + QUARTERS)
        assert found["accepted_w"] == LOT_W * (1 + QUARTERS)
        assert found["held"] == {}
