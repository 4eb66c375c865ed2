"""Day-ahead auctions: one curve per MTU and side from forwardable offers, awards split back.

Offers are entered until 11:30 of the day before. A curve's steps are the pools of its offers; each is a quantity of its
own, so an award fills the best step first. A block is a curve of one step over several MTUs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flexbourse_core.market_time import Mtu, opens_at_s
from flexbourse_core.rejection import Code, Rejection
from flexbourse_wholesale_gateway.domain.lots.pooling import (
    ExchangeRules,
    ForwardableOrder,
    Pool,
    Side,
    pool_orders,
    split_fill,
)

ENTRY_BEFORE_MIDNIGHT_S = 45_000  # 11:30 of the day before
MAX_STEPS = 200


@dataclass(frozen=True, slots=True)
class Curve:
    """What is offered in one MTU and direction; steps best price first."""

    area_id: str
    mtu: Mtu
    side: Side
    steps: tuple[Pool, ...]

    @property
    def quantity_w(self) -> int:
        """Return the sum of all steps."""
        return sum(step.quantity_w for step in self.steps)


@dataclass(frozen=True, slots=True)
class CurvePlan:
    """Curves to submit, what stays local in W by order, and why late offers stay."""

    curves: tuple[Curve, ...]
    remainder_w: Mapping[str, int]
    rejections: tuple[Rejection, ...]


@dataclass(frozen=True, slots=True)
class Award:
    """What a curve or block, known by its client order id, was awarded in the MTU of a start (0: its only one)."""

    client_order_id: str
    quantity_w: int
    price_ticks: int
    start_s: int = 0


def entry_closes_s(mtu: Mtu, zone: str) -> int:
    """Return until when offers for an MTU are entered: 11:30 on the local clock of the day before."""
    return opens_at_s(mtu, zone, ENTRY_BEFORE_MIDNIGHT_S)


def build_curves(orders: Sequence[ForwardableOrder], rules: ExchangeRules, zone: str, now_s: int) -> CurvePlan:
    """Pool what is in time into curves per area, MTU and side; steps beyond the exchange's number stay local."""
    late = [order for order in orders if now_s >= entry_closes_s(order.mtu, zone)]
    rejections = [
        Rejection(Code.GATE_CLOSED, "offers for the auction end at 11:30 of the day before", "mtu", order.order_id)
        for order in late
    ]
    left_out = {order.order_id for order in late}
    plan = pool_orders([order for order in orders if order.order_id not in left_out], rules)
    remainder = {**plan.remainder_w, **{order.order_id: order.open_w for order in late}}
    batches: dict[tuple[str, Mtu, str], list[Pool]] = {}
    for pool in plan.pools:
        batches.setdefault((pool.area_id, pool.mtu, pool.side.value), []).append(pool)
    curves: list[Curve] = []
    for _, pools in sorted(batches.items()):
        steps = sorted(pools, key=lambda pool: pool.side.sign * pool.price_ticks)
        for dropped in steps[MAX_STEPS:]:
            for member in dropped.members:
                order_id = member.order.order_id
                remainder[order_id] = remainder.get(order_id, 0) + member.quantity_w
        curves.append(Curve(steps[0].area_id, steps[0].mtu, steps[0].side, tuple(steps[:MAX_STEPS])))
    return CurvePlan(tuple(curves), remainder, tuple(rejections))


def split_award(curve: Curve, awarded_w: int) -> dict[str, int]:
    """Split an award over the offers of a curve, W by order: best step first, in the last one in proportion.

    Raises ValueError where more is awarded than was offered.
    """
    if not 0 <= awarded_w <= curve.quantity_w:
        raise ValueError(f"{awarded_w} W awarded of {curve.quantity_w} W")
    shares: dict[str, int] = {}
    for step in curve.steps:
        part = min(awarded_w, step.quantity_w)
        awarded_w -= part
        for order_id, watts in split_fill(part, {m.order.order_id: m.quantity_w for m in step.members}).items():
            shares[order_id] = shares.get(order_id, 0) + watts
    return shares
