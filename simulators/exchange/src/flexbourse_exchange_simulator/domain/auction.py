"""The day-ahead auction of one delivery day: curves per period and blocks, closed once, cleared, published twice.

Blocks are matched from their least to their whole quantity, the same in all their periods, or not at all: all are let
in, and while one of them loses at the prices, the one that loses most is cut, once, to the most at which it is not that
one any more, and put out where that is less than its least. Then those cut and put out are tried again, the earliest
first, with the most that makes nobody lose. No accepted block ever loses (none is accepted paradoxically); a rejected
one, or the rest of a cut one, may have gained. Prices are the middles of all intervals where no block loses there, else
their upper ends, else their lower ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from operator import is_, ne

from flexbourse_exchange_simulator.domain.order import Side
from flexbourse_exchange_simulator.domain.periods import Period
from flexbourse_exchange_simulator.domain.uniform_price import Clearing, Step, clear

Prices = dict[Period, int | None]
Accepted = Mapping[int, int]  # lots by block


class AuctionPhase(StrEnum):
    """Where the auction of a day stands."""

    OPEN = "open"
    CLOSED = "closed"
    PRELIMINARY = "preliminary"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class CurveBid:
    """Steps of one member, side and period: each a quantity of its own at its limit price, lots and cents."""

    side: Side
    period: Period
    steps: tuple[tuple[int, int], ...]  # price, quantity


@dataclass(frozen=True, slots=True)
class BlockBid:
    """The same quantity in several periods at an average price; so many thousandths of it, or more, or not at all."""

    side: Side
    period: Period
    quantity: int
    price: int
    least_permille: int = 1_000

    @property
    def least(self) -> int:
        """Return the least lots that are accepted."""
        return -(-self.quantity * self.least_permille // 1_000)


@dataclass(slots=True)
class AuctionOrder:
    """A bid of a member."""

    id: int
    owner: str
    bid: CurveBid | BlockBid
    created: int
    note: str | None = None
    client_id: str | None = None
    canceled: bool = False


@dataclass(frozen=True, slots=True)
class Award:
    """What a member bought or sold in one period."""

    order_id: int
    owner: str
    side: Side
    period: Period
    quantity: int
    price: int


@dataclass(frozen=True, slots=True)
class AuctionResult:
    """A publication: prices and volumes per period, and what each order was awarded."""

    revision: int
    prices: Prices
    volumes: Mapping[Period, int]
    awards: tuple[Award, ...]
    blocks: Mapping[int, int]  # lots of accepted blocks by order


@dataclass(slots=True)
class Auction:
    """One delivery day: its periods, its orders, and what was published so far."""

    periods: tuple[Period, ...]
    closes: int
    preliminary_at: int
    final_at: int
    orders: dict[int, AuctionOrder] = field(default_factory=dict)
    published: list[AuctionResult] = field(default_factory=list)

    def phase(self, now: int) -> AuctionPhase:
        """Return where the auction stands."""
        if now >= self.final_at:
            return AuctionPhase.FINAL
        if now >= self.preliminary_at:
            return AuctionPhase.PRELIMINARY
        return AuctionPhase.CLOSED if now >= self.closes else AuctionPhase.OPEN

    def publish_at(self, _now: int) -> None:
        """Publish, as something that was due at an instant."""
        self.publish()

    def publish(self) -> AuctionResult:
        """Clear what stands now and publish it as the next revision."""
        standing = [order for order in self.orders.values() if not order.canceled]
        result = solve(self.periods, standing, revision=len(self.published) + 1)
        self.published.append(result)
        return result


def solve(periods: Iterable[Period], orders: Iterable[AuctionOrder], revision: int) -> AuctionResult:
    """Clear all periods together."""
    cleared = _Clearings(tuple(periods), list(orders))
    blocks = {order.id: order.bid for order in cleared.orders if isinstance(order.bid, BlockBid)}
    accepted = {order_id: bid.quantity for order_id, bid in blocks.items()}
    cut: set[int] = set()
    while (worst := cleared.worst_block(accepted)) is not None:
        fewer = 0 if worst in cut else _most(cleared, accepted, worst, accepted[worst] - 1, partial(ne, worst))
        cut.add(worst)
        accepted = _with(accepted, worst, fewer)
    for order_id in sorted(cut):
        more = _most(cleared, accepted, order_id, blocks[order_id].quantity, partial(is_, None))
        accepted = _with(accepted, order_id, max(more, accepted.get(order_id, 0)))
    return cleared.result(accepted, revision)


def _most(
    cleared: _Clearings, accepted: Accepted, order_id: int, limit: int, is_good: Callable[[int | None], bool]
) -> int:
    """Return the most lots of a block, up to a limit, with which the worst block is a good answer; 0: not its least.

    By halving: what is found is good, and the most where fewer lots are never worse.
    """

    def fits(lots: int) -> bool:
        return is_good(cleared.worst_block(_with(accepted, order_id, lots)))

    low, high = cleared.block(order_id).least, limit
    if low > high or not fits(low):
        return 0
    if fits(high):
        return high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def _with(accepted: Accepted, order_id: int, lots: int) -> dict[int, int]:
    """Return lots of accepted blocks with those of one changed; none: it is out."""
    others = {key: known for key, known in accepted.items() if key != order_id}
    return {**others, order_id: lots} if lots else others


class _Clearings:
    """Clearings of the periods of a day for one set of accepted blocks after another, each solved once."""

    def __init__(self, periods: tuple[Period, ...], orders: list[AuctionOrder]) -> None:
        self.periods, self.orders = periods, orders
        self._by_id = {order.id: order for order in orders}
        self._steps: dict[Period, list[Step]] = {period: [] for period in periods}
        self._step_orders: list[int] = []
        for order in orders:
            if isinstance(order.bid, CurveBid):
                for price, quantity in order.bid.steps:
                    step = Step(len(self._step_orders), order.bid.side, price, quantity)
                    self._steps[order.bid.period].append(step)
                    self._step_orders.append(order.id)
        self._solved: dict[tuple[Period, int, int], Clearing | None] = {}

    def worst_block(self, accepted: Accepted) -> int | None:
        """Return the accepted block that loses most at the best of the three price rules; None where none loses."""
        if not accepted:
            return None
        clearings = self._clear(accepted)
        stuck = [period for period, clearing in clearings.items() if clearing is None]
        if stuck:  # more in blocks than the other side takes: the largest of the first such period, of those to be cut
            inside = [order_id for order_id in sorted(accepted) if _covers(self.block(order_id), stuck[0])]
            return max(inside, key=lambda key: (accepted[key] > self.block(key).least, accepted[key]))
        if self._prices(clearings, accepted) is not None:
            return None
        losses = self._losses(self._priced(clearings, _middle), accepted)
        return max(sorted(losses), key=lambda order_id: losses[order_id])

    def result(self, accepted: Accepted, revision: int) -> AuctionResult:
        """Return what is published with these blocks."""
        clearings = self._clear(accepted)
        prices = self._prices(clearings, accepted) or self._priced(clearings, _middle)
        awards = [award for period in self.periods for award in self._awards(period, clearings, prices, accepted)]
        volumes = {period: clearing.volume for period, clearing in clearings.items() if clearing is not None}
        return AuctionResult(revision, prices, volumes, tuple(awards), dict(accepted))

    def block(self, order_id: int) -> BlockBid:
        """Return a block by its order."""
        bid = self._by_id[order_id].bid
        assert isinstance(bid, BlockBid)
        return bid

    def _clear(self, accepted: Accepted) -> dict[Period, Clearing | None]:
        found: dict[Period, Clearing | None] = {}
        for period in self.periods:
            covering = [order_id for order_id in accepted if _covers(self.block(order_id), period)]
            must_buy = sum(accepted[key] for key in covering if self.block(key).side is Side.BUY)
            must_sell = sum(accepted[key] for key in covering if self.block(key).side is Side.SELL)
            key = (period, must_buy, must_sell)
            if key not in self._solved:
                self._solved[key] = clear(self._steps[period], must_buy, must_sell)
            found[period] = self._solved[key]
        return found

    def _priced(self, clearings: Mapping[Period, Clearing | None], rule: Callable[[Clearing], int | None]) -> Prices:
        return {
            period: rule(clearing) if clearing is not None and clearing.volume else None
            for period, clearing in clearings.items()
        }

    def _prices(self, clearings: Mapping[Period, Clearing | None], accepted: Accepted) -> Prices | None:
        """Return prices at which no accepted block loses, by the first of the three rules that gives such."""
        for rule in (_middle, _highest, _lowest):
            prices = self._priced(clearings, rule)
            if all(loss <= 0 for loss in self._losses(prices, accepted).values()):
                return prices
        return None

    def _losses(self, prices: Prices, accepted: Accepted) -> dict[int, int]:
        """Return what each accepted block loses: lots times cents, against its own average price."""
        losses = {}
        for order_id, lots in accepted.items():
            bid = self.block(order_id)
            inside = [period for period in self.periods if _covers(bid, period)]
            paid = sum(bid.price if (price := prices[period]) is None else price for period in inside)
            losses[order_id] = bid.side.sign * (bid.price * len(inside) - paid) * lots
        return losses

    def _awards(
        self, period: Period, clearings: Mapping[Period, Clearing | None], prices: Prices, accepted: Accepted
    ) -> list[Award]:
        clearing, price = clearings[period], prices[period]
        if clearing is None or price is None:
            return []
        lots: dict[int, int] = {}
        for number, matched in sorted(clearing.matched.items()):
            order_id = self._step_orders[number]
            lots[order_id] = lots.get(order_id, 0) + matched
        for order_id in sorted(accepted):
            if _covers(self.block(order_id), period):
                lots[order_id] = accepted[order_id]
        return [
            Award(order_id, order.owner, order.bid.side, period, quantity, price)
            for order_id, quantity in sorted(lots.items())
            if quantity and (order := self._by_id[order_id])
        ]


def _covers(bid: BlockBid, period: Period) -> bool:
    return bid.period.start <= period.start and period.end <= bid.period.end


def _middle(clearing: Clearing) -> int | None:
    return clearing.middle


def _highest(clearing: Clearing) -> int | None:
    return clearing.highest


def _lowest(clearing: Clearing) -> int | None:
    return clearing.lowest
