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
class _Direction:
    """Deviations of one owner on one feeder in one direction, and the tariffs that he bears for them."""

    total_w: int = 0
    charges: int = 0
    refunds: int = 0


@dataclass(slots=True)
class _Group:
    """Deviations of one owner on one feeder in one MTU, in W; tariffs that he bears there, in micro-euro."""

    up: _Direction = field(default_factory=_Direction)
    down: _Direction = field(default_factory=_Direction)
    metered_w: int = 0  # injected beyond the frozen bases, activations and what was sold outside
    points: set[str] = field(default_factory=set)

    def direction(self, side: Side) -> _Direction:
        """Return the direction in which a side deviates."""
        return self.up if side.moved_w > 0 else self.down

    def netted(self, direction: _Direction) -> Fraction:
        """Return the part of a direction's deviations that others of the same owner undo."""
        opposed = min(self.up.total_w, self.down.total_w)
        return Fraction(opposed, direction.total_w) if opposed else NONE

    def metered_share(self) -> Fraction:
        """Return the part of the net deviation that the meters show, 0 to 1."""
        net = self.up.total_w - self.down.total_w
        if net == 0:
            return NONE
        return min(WHOLE, max(NONE, Fraction(self.metered_w, net)))

    def cap(self) -> Fraction:
        """Return the part of the netted refunds that charges on the netted part cover."""
        both = [(each, self.netted(each)) for each in (self.up, self.down)]
        refunds = sum((each.refunds * netted for each, netted in both), NONE)
        charges = sum((each.charges * netted for each, netted in both), NONE)
        return min(WHOLE, charges / refunds) if refunds else WHOLE


@dataclass(frozen=True, slots=True)
class _Shares:
    """What is left of refunds in one group: in each direction the netted part, and how much of both parts is paid."""

    netted_up: Fraction
    netted_down: Fraction
    cap: Fraction
    metered: Fraction

    def paid(self, refund: int, side: Side, share: Fraction) -> int:
        """Return what is paid of a refund for a side's deviation; `share` is that of the part that is not netted."""
        netted = self.netted_up if side.moved_w > 0 else self.netted_down
        if not netted:
            return int(refund * share)
        return int(refund * netted * self.cap) + int(refund * (1 - netted) * share)


def _key(side: Side) -> Key:
    return side.owner_id, side.feeder_id


def _shares(matches: Sequence[Match], positions: Mapping[str, Position]) -> dict[Key, _Shares]:
    groups: dict[Key, _Group] = {}
    for match in matches:
        for side, borne in match.bearers:
            if not side.deviates:
                continue
            group = groups.setdefault(_key(side), _Group())
            direction = group.direction(side)
            direction.total_w += abs(side.moved_w)
            direction.charges += max(0, borne)
            direction.refunds += max(0, -borne)
            if side.metering_point_id not in group.points:
                group.points.add(side.metering_point_id)
                position = positions[side.metering_point_id]
                elsewhere = position.activated_w + position.external_w
                group.metered_w += position.metered_w - position.base_w - elsewhere
    return {
        key: _Shares(group.netted(group.up), group.netted(group.down), group.cap(), group.metered_share())
        for key, group in groups.items()
    }


def withheld_micro_euro(matches: Sequence[Match], positions: Mapping[str, Position]) -> dict[str, tuple[int, int]]:
    """Return, per trade with a refund, what seller and buyer are not paid of theirs: each 0 to the refund.

    `matches` are all of one MTU, `positions` those of their metering points. The part that is netted is rounded
    towards paying less, so that the cap holds to the micro-euro; the rest is rounded down as well.
    """
    shares = _shares(matches, positions)
    withheld: dict[str, tuple[int, int]] = {}
    for match in matches:
        kept = [_withheld(match, side, -borne, shares) for side, borne in match.bearers]
        if any(borne < 0 for _, borne in match.bearers):
            withheld[match.trade_id] = (kept[0], kept[1])
    return withheld


def _withheld(match: Match, side: Side, refund: int, shares: Mapping[Key, _Shares]) -> int:
    if refund <= 0:
        return 0
    share = min((shares[_key(each)].metered for each in match.sides if each.deviates), default=NONE)
    if not side.deviates:
        return refund - int(refund * share)
    return refund - shares[_key(side)].paid(refund, side, share)
