"""What one party may send per second through a process's calls, before anything of it reaches the shard's log.

The market's own rule (`domain/entry/activity.py`) is exact: it counts on the time of records and binds whatever reaches
the log, on whichever way. Its refusals take the shard's turn, and an event each. The door is coarse, counts on this
process's clock and costs the shard nothing: it lets a party have `TIMES_OF_QUOTA` times what its market takes of it, so
that it never stands in the way of what the market would take, and a flood reaches the log at that many times the quota
at most. What it refuses was not appended, and may be sent again under the same id.
"""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from google.protobuf.message import Message

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_core.rejection import Code, Rejection
from flexbourse_log.port import Record
from flexbourse_messages.catalogue import REGISTRY_ENTITY

TIMES_OF_QUOTA = 4  # the shard's time runs up to a second behind, and its burst comes on top of its pace
MAX_BUCKETS = 50_000  # the one that was not asked for the longest is forgotten, and full when it is asked for again
BURST_S = 2  # of the process's own bound, which knows no burst
# What takes something out of the book counts apart: who has sent too much must still be able to withdraw it.
WITHDRAWALS = frozenset({"cancel", "cancel_all", "hibernate", "set_kill_switch", "withdraw_capacity", "release"})
_RULE_OF_MARKET = (
    f"at the door a party has {TIMES_OF_QUOTA} times the pace that its market takes of it; nothing of this was appended"
)
_RULE_OF_PROCESS = "at the door a party sends so many entries a second; nothing of this was appended"


@dataclass(frozen=True, slots=True)
class Pace:
    """So many entries a second, and so many at once after a pause."""

    per_second: float
    burst: float


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at_s: float


class Door:
    """Token buckets of parties, folded from the registry's markets; used on the API's loop alone.

    A command is let in where at least one token is left, and takes one for each of its entries: a batch larger than all
    that can be saved up waits for the debt of the former one, and is not shut out for ever.
    """

    topics: tuple[str, ...] = (REGISTRY_ENTITY,)

    def __init__(self, entries_per_second: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        self._of_process = Pace(entries_per_second, BURST_S * entries_per_second) if entries_per_second else None
        self._of_market: dict[str, Pace] = {}
        self._buckets: OrderedDict[tuple[str, str], _Bucket] = OrderedDict()
        self._clock = clock

    def fold(self, record: Record, message: Message | None) -> None:  # noqa: ARG002 - the port's signature
        """Take a market's pace in."""
        if not isinstance(message, registry.EntityState) or message.entity.WhichOneof("kind") != "market":
            return
        market = message.entity.market
        per_second = TIMES_OF_QUOTA * market.orders_per_second
        if per_second:
            burst = TIMES_OF_QUOTA * max(market.order_burst, market.orders_per_second)
            self._of_market[market.market_id] = Pace(per_second, burst)
        else:
            self._of_market.pop(market.market_id, None)

    def refuse(
        self, party: str, body: pb.OrderCommand, market_of: Callable[[str, str], str | None]
    ) -> Rejection | None:
        """Return why a party's command is not let in, or None, and count it.

        `market_of(party, order_id)` is the market of an own order, None where it is not known.
        """
        now_s = self._clock()
        taken: list[tuple[_Bucket, int]] = []
        for name, pace, entries in self._bounds(party, body, market_of):
            bucket = self._bucket(party, name, pace, now_s)
            if bucket.tokens < 1:
                of_market = name in self._of_market
                return Rejection(
                    Code.RATE_LIMITED, _RULE_OF_MARKET if of_market else _RULE_OF_PROCESS,
                    field="market_id" if of_market else "", element=name if of_market else party,
                    value=int(1_000 * bucket.tokens), limit=1_000, unit="thousandths of an order",
                )  # fmt: skip
            taken.append((bucket, entries))
        for bucket, entries in taken:
            bucket.tokens -= entries
        return None

    def _bounds(
        self, party: str, body: pb.OrderCommand, market_of: Callable[[str, str], str | None]
    ) -> Iterator[tuple[str, Pace, int]]:
        """Yield what a command counts against: a bucket's name, its pace, entries of the command."""
        field = body.WhichOneof("body") or ""
        if self._of_process is not None:
            # No market has such a name: ids have no slash.
            yield ("/withdrawals" if field in WITHDRAWALS else "/", self._of_process, _entries(body, field))
        if not self._of_market:
            return
        for market_id, entries in _orders_by_market(party, body, field, market_of).items():
            if market_id in self._of_market:
                yield market_id, self._of_market[market_id], entries

    def _bucket(self, party: str, name: str, pace: Pace, now_s: float) -> _Bucket:
        bucket = self._buckets.get((party, name))
        if bucket is None:
            bucket = self._buckets[party, name] = _Bucket(pace.burst, now_s)
            if len(self._buckets) > MAX_BUCKETS:
                self._buckets.popitem(last=False)
            return bucket
        self._buckets.move_to_end((party, name))
        bucket.tokens = min(pace.burst, bucket.tokens + (now_s - bucket.at_s) * pace.per_second)
        bucket.at_s = now_s
        return bucket


def _orders_by_market(
    party: str, body: pb.OrderCommand, field: str, market_of: Callable[[str, str], str | None]
) -> Counter[str]:
    """Count what the market's own rule would count, by market: new orders, hits, and changes."""
    if field == "submit":
        return Counter(order.market_id for order in body.submit.orders)
    if field == "hit":
        return Counter((body.hit.order.market_id,))
    changed = market_of(party, body.replace.order_id) if field == "replace" else None
    return Counter((changed,)) if changed is not None else Counter()


def _entries(body: pb.OrderCommand, field: str) -> int:
    """Count the entries of a command, at least one."""
    if field == "submit":
        return max(1, len(body.submit.orders))
    if field in ("cancel", "hibernate", "reactivate"):
        return max(1, len(getattr(body, field).order_ids))
    return 1
