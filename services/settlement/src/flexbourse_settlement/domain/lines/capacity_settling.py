"""Network capacity in settlement: what participants pay for it in a period is the reinforcement account's income.

It is paid for what was allocated, used or not; what the grid took back is refunded. What was declared as used moves the
position of its metering point like anything else that was sold or bought outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from flexbourse_core.errors import InvariantError
from flexbourse_core.market_time import Mtu
from flexbourse_settlement.domain.lines.capacity import CapacityLine
from flexbourse_settlement.domain.lines.line import REINFORCEMENT


@dataclass(frozen=True, slots=True)
class CapacityAllotted:
    """What a metering point was allocated in a period; `moved_w` is the injection that was declared."""

    request_id: str
    party: str
    metering_point_id: str
    quantity_w: int
    unused_w: int
    payment_micro_euro: int
    refund_micro_euro: int
    moved_w: int


@dataclass(frozen=True, slots=True)
class CapacityAllocated:
    """A request was allocated the same power in some periods, each for its own payment in micro-euro."""

    area_id: str
    allotted: CapacityAllotted
    payments: tuple[tuple[Mtu, int], ...]


@dataclass(frozen=True, slots=True)
class CapacityUsed:
    """A part of an allocation was used; what was declared moved an injection."""

    area_id: str
    mtu: Mtu
    request_id: str
    moved_w: int


@dataclass(frozen=True, slots=True)
class CapacityLapsed:
    """What was left of an allocation is gone."""

    area_id: str
    mtu: Mtu
    request_id: str
    unused_w: int
    refund_micro_euro: int


CapacityFact = CapacityAllocated | CapacityUsed | CapacityLapsed


def changed(known: Mapping[str, CapacityAllotted], fact: CapacityUsed | CapacityLapsed) -> CapacityAllotted:
    """Return what was allocated, after something became of it; raises InvariantError where nothing was."""
    own = known.get(fact.request_id)
    if own is None:
        raise InvariantError(f"capacity {fact.request_id} of {fact.mtu.start_s} was never allocated")
    if isinstance(fact, CapacityUsed):
        return replace(own, moved_w=own.moved_w + fact.moved_w)
    return replace(own, unused_w=fact.unused_w, refund_micro_euro=own.refund_micro_euro + fact.refund_micro_euro)


def capacity_lines(area_id: str, mtu: Mtu, allotted: Iterable[CapacityAllotted]) -> list[CapacityLine]:
    """Return what participants pay for capacity in a period, and the income of it; they add up to zero.

    Where nothing costs anything there is no line of income, but what each was allocated is told.
    """
    lines = [
        CapacityLine(
            own.party, own.metering_point_id, area_id, mtu, own.request_id, own.quantity_w, own.unused_w,
            own.refund_micro_euro, own.refund_micro_euro - own.payment_micro_euro,
        )
        for own in allotted
    ]  # fmt: skip
    income = -sum(line.amount_micro_euro for line in lines)
    if not income:
        return lines
    total = (sum(line.quantity_w for line in lines), sum(line.unused_w for line in lines))
    refunds = sum(line.refund_micro_euro for line in lines)
    return [*lines, CapacityLine(REINFORCEMENT, "", area_id, mtu, "", *total, refunds, income)]


def moved_beside(external_w: Mapping[str, int], allotted: Iterable[CapacityAllotted]) -> dict[str, int]:
    """Return what was moved outside by metering point, with what was declared of allocated capacity."""
    moved = dict(external_w)
    for own in allotted:
        if own.moved_w:
            moved[own.metering_point_id] = moved.get(own.metering_point_id, 0) + own.moved_w
    return moved
