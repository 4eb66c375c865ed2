"""From orders of single units to lots of an exchange and back: pools, fills split over their members, money likewise.

Orders of one area, MTU and side are taken best price first, at first those of one feeder among themselves, so that a
feeder that tightens touches few pools; what then fills no lot is pooled over the feeders of the area. A pool asks the
price of its worst piece, which keeps the limit of all. What fills no lot stays in the local market.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from flexbourse_core.errors import InvariantError
from flexbourse_core.market_time import Mtu
from flexbourse_core.money import largest_remainder

MAX_POOLED_ORDERS = 50_000


class Side(Enum):
    """Which way the energy goes: a sale injects more, a purchase less."""

    BUY = "buy"
    SELL = "sell"

    @property
    def sign(self) -> int:
        """Return the sign of the injection that a fill brings."""
        return 1 if self is Side.SELL else -1


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRules:
    """What an exchange takes: lots in W, prices in ticks. `max_spread_ticks` is ours: so close lie limits in a lot."""

    lot_w: int = 100_000
    max_lots: int = 9_990
    lowest_ticks: int = -999_900
    highest_ticks: int = 999_900
    price_step_ticks: int = 1
    max_spread_ticks: int = 1_000

    def __post_init__(self) -> None:
        for name in ("lot_w", "max_lots", "price_step_ticks"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is at least 1, not {getattr(self, name)}")
        if self.max_spread_ticks < 0 or self.lowest_ticks > self.highest_ticks:
            raise ValueError("the spread is not negative, and the lowest price is not above the highest")
        if self.lowest_ticks % self.price_step_ticks or self.highest_ticks % self.price_step_ticks:
            raise ValueError("the ends of the price range are prices of the exchange")


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardableOrder:
    """What is open of one order that its owner lets go on to the exchange; power in W, limit in ticks."""

    order_id: str
    participant_id: str
    unit_id: str
    node_id: str
    feeder_id: str
    area_id: str
    mtu: Mtu
    side: Side
    open_w: int
    limit_ticks: int
    metering_point_id: str = ""
    moves: bool = True  # the grid; what is in the base case already moves nothing
    least_permille: int = 0  # of a block over all of `mtu`: accepted by so much or not at all; 0: no block


@dataclass(frozen=True, slots=True)
class Member:
    """The piece of one order that stands in a pool."""

    order: ForwardableOrder
    quantity_w: int


@dataclass(frozen=True, slots=True)
class Pool:
    """Pieces that go to the exchange as one order of whole lots at one price."""

    area_id: str
    mtu: Mtu
    side: Side
    price_ticks: int
    members: tuple[Member, ...]

    @property
    def quantity_w(self) -> int:
        """Return the sum, whole lots."""
        return sum(member.quantity_w for member in self.members)

    @property
    def feeders(self) -> frozenset[str]:
        """Return the feeders that a fill loads."""
        return frozenset(member.order.feeder_id for member in self.members)


@dataclass(frozen=True, slots=True)
class PoolPlan:
    """Pools to forward, and what stays local: W by order."""

    pools: tuple[Pool, ...]
    remainder_w: Mapping[str, int]


def pool_orders(orders: Sequence[ForwardableOrder], rules: ExchangeRules) -> PoolPlan:
    """Pool orders per area, MTU and side; the same orders, in whatever sequence, give the same plan.

    Raises ValueError for an order without power, for two of one id, and for more than `MAX_POOLED_ORDERS`.
    """
    if len(orders) > MAX_POOLED_ORDERS:
        raise ValueError(f"{len(orders)} orders at a time, at most {MAX_POOLED_ORDERS}")
    remainder = {order.order_id: order.open_w for order in orders}
    if len(remainder) != len(orders) or min(remainder.values(), default=1) <= 0:
        raise ValueError("an order is pooled once, and with power")
    batches: dict[tuple[str, Mtu, str], list[ForwardableOrder]] = {}
    for order in sorted(orders, key=lambda order: (worth(order), order.order_id)):
        batches.setdefault((order.area_id, order.mtu, order.side.value), []).append(order)
    pools: list[Pool] = []
    for _, batch in sorted(batches.items()):
        pools += _pool_batch([order for order in batch if exchange_price(order, rules) is not None], rules, remainder)
    return PoolPlan(tuple(pools), {order_id: watts for order_id, watts in remainder.items() if watts})


def split_fill(filled_w: int, left_w: Mapping[str, int]) -> dict[str, int]:
    """Split a fill over what is left of each member, in proportion, whole W by largest remainder, ties by id.

    Never more than is left of a member; order id → W, members without a share left out. Raises ValueError where more
    is filled than is left.
    """
    members = sorted(left_w)
    if not 0 <= filled_w <= sum(left_w.values()):
        raise ValueError(f"{filled_w} W filled of {sum(left_w.values())} W")
    parts = largest_remainder(filled_w, [left_w[member] for member in members])
    for member, part in zip(members, parts, strict=True):
        if part > left_w[member]:
            raise InvariantError(f"{member} is filled {part} of {left_w[member]} W")
    return {member: part for member, part in zip(members, parts, strict=True) if part}


def split_money(amount_micro_euro: int, shares_w: Mapping[str, int]) -> dict[str, int]:
    """Split the amount of a fill as its W were split; a negative amount (a negative price) likewise."""
    members = sorted(shares_w)
    parts = largest_remainder(amount_micro_euro, [shares_w[member] for member in members])
    return dict(zip(members, parts, strict=True))


def worth(order: ForwardableOrder) -> int:
    """Return what sorts the order that matches soonest first."""
    return order.side.sign * order.limit_ticks


def exchange_price(order: ForwardableOrder, rules: ExchangeRules) -> int | None:
    """Return the price of the exchange that keeps an order's limit; None where it has none."""
    sign, step = order.side.sign, rules.price_step_ticks
    price = sign * -(-sign * order.limit_ticks // step) * step
    price = max(price, rules.lowest_ticks) if order.side is Side.SELL else min(price, rules.highest_ticks)
    return price if rules.lowest_ticks <= price <= rules.highest_ticks else None


def _pool_batch(batch: Sequence[ForwardableOrder], rules: ExchangeRules, remainder: dict[str, int]) -> list[Pool]:
    pools: list[Pool] = []
    for feeder_id in sorted({order.feeder_id for order in batch}):
        pools += _merged(_take_lots([o for o in batch if o.feeder_id == feeder_id], rules, remainder), rules)
    return pools + _merged(_take_lots(batch, rules, remainder), rules)


def _take_lots(
    batch: Sequence[ForwardableOrder], rules: ExchangeRules, remainder: dict[str, int]
) -> list[tuple[int, list[Member]]]:
    """Take lots, best price first; what no lot within the spread takes in is passed over and keeps its remainder."""
    lots: list[tuple[int, list[Member]]] = []
    window: list[Member] = []
    filled = 0
    for order in batch:
        left = remainder[order.order_id]
        while left:
            while window and worth(order) - worth(window[0].order) > rules.max_spread_ticks:
                filled -= window.pop(0).quantity_w
            piece = min(left, rules.lot_w - filled)
            window.append(Member(order, piece))
            left, filled = left - piece, filled + piece
            if filled == rules.lot_w:
                for member in window:
                    remainder[member.order.order_id] -= member.quantity_w
                lots.append((_priced(order, rules), window))
                window, filled = [], 0
    return lots


def _priced(order: ForwardableOrder, rules: ExchangeRules) -> int:
    price = exchange_price(order, rules)
    if price is None:
        raise InvariantError(f"{order.order_id} has no price of the exchange")
    return price


def _merged(lots: Iterable[tuple[int, list[Member]]], rules: ExchangeRules) -> list[Pool]:
    """Put neighbouring lots of one price into one pool, up to the exchange's largest order."""
    groups: list[tuple[int, int, dict[str, Member]]] = []
    for price, members in lots:
        if not groups or groups[-1][0] != price or groups[-1][1] == rules.max_lots:
            groups.append((price, 0, {}))
        _, count, merged = groups[-1]
        for member in members:
            before = merged.get(member.order.order_id)
            watts = member.quantity_w + (before.quantity_w if before else 0)
            merged[member.order.order_id] = Member(member.order, watts)
        groups[-1] = (price, count + 1, merged)
    return [
        Pool(first.order.area_id, first.order.mtu, first.order.side, price, tuple(merged.values()))
        for price, _, merged in groups
        for first in [next(iter(merged.values()))]
    ]
