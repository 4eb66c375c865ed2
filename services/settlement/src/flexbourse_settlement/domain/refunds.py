"""Refunds of a negative network tariff: provisional until the meter shows the deviation that earned them.

A negative DNUT is paid for the metered share of the deviation. Before that, opposite deviations of one beneficial owner
on one feeder and MTU are netted: what is netted moves nothing, so on that part the refund never exceeds what he paid
for it. Whoever deviates up here and down there on the same feeder cannot earn from the difference.

A match whose counterparty deviates too is refunded for the smaller of both shares: relief that did not happen on either
side did not happen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from flexbourse_settlement.domain.delivery import Position
from flexbourse_settlement.domain.matches import Match, Side

Key = tuple[str, str]  # beneficial owner, feeder

NONE = Fraction(0)
WHOLE = Fraction(1)


@dataclass(slots=True)
class _Group:
    """Deviations of one owner on one feeder in one MTU, in W; tariffs that he bears there, in micro-euro."""

    up_w: int = 0
    down_w: int = 0
    metered_w: int = 0  # injected beyond the frozen bases
    points: set[str] = field(default_factory=set)
    charges: Fraction = NONE  # on the netted part
    refunds: Fraction = NONE  # on the netted part

    def netted(self, side: Side) -> Fraction:
        """Return the part of a side's deviation that another of the same owner undoes."""
        total = self.up_w if side.moved_w > 0 else self.down_w
        return Fraction(min(self.up_w, self.down_w), total)

    def metered_share(self) -> Fraction:
        """Return the part of the net deviation that the meters show, 0 to 1."""
        net = self.up_w - self.down_w
        if net == 0:
            return NONE
        return min(WHOLE, max(NONE, Fraction(self.metered_w, net)))

    def cap(self) -> Fraction:
        """Return the part of the netted refunds that charges cover."""
        return min(WHOLE, self.charges / self.refunds) if self.refunds else WHOLE


def _key(side: Side) -> Key:
    return side.owner_id, side.feeder_id


def _groups(matches: Sequence[Match], positions: Mapping[str, Position]) -> dict[Key, _Group]:
    groups: dict[Key, _Group] = {}
    for match in matches:
        for side in match.sides:
            if not side.deviates:
                continue
            group = groups.setdefault(_key(side), _Group())
            group.up_w += max(0, side.moved_w)
            group.down_w += max(0, -side.moved_w)
            if side.metering_point_id not in group.points:
                group.points.add(side.metering_point_id)
                position = positions[side.metering_point_id]
                group.metered_w += position.metered_w - position.base_w
    for match in matches:
        side = match.aggressor
        if side.deviates:
            group = groups[_key(side)]
            netted = group.netted(side)
            group.charges += max(0, match.dnut_micro_euro) * netted
            group.refunds += max(0, -match.dnut_micro_euro) * netted
    return groups


def withheld_micro_euro(matches: Sequence[Match], positions: Mapping[str, Position]) -> dict[str, int]:
    """Return, per trade with a negative DNUT, the part of the refund that is not paid: 0 to -DNUT.

    `matches` are all of one MTU, `positions` those of their metering points. The part that is netted is rounded
    towards paying less, so that the cap holds to the micro-euro; the rest is rounded down as well.
    """
    groups = _groups(matches, positions)
    withheld: dict[str, int] = {}
    for match in matches:
        refund = -match.dnut_micro_euro
        if refund > 0:
            withheld[match.trade_id] = refund - _paid(match, refund, groups)
    return withheld


def _paid(match: Match, refund: int, groups: Mapping[Key, _Group]) -> int:
    side = match.aggressor
    share = min((groups[_key(each)].metered_share() for each in match.sides if each.deviates), default=NONE)
    if not side.deviates:
        return int(refund * share)
    group = groups[_key(side)]
    netted = group.netted(side)
    return int(refund * netted * group.cap()) + int(refund * (1 - netted) * share)
