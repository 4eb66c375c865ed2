"""Delivery: what each metering point was to do in a period, and what its meter says.

Position = frozen base + signed deviation matches + what activations moved + deviations sold outside;
deviation = metered - position. Injection is positive. Powers are the mean over the MTU, in W.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flexbourse_core.errors import InvariantError
from flexbourse_core.market_time import Mtu
from flexbourse_core.money import DEFAULT_TICK_MICRO_EURO_PER_MWH, amount_micro_euro
from flexbourse_settlement.domain.matches import Match

IMBALANCE_TICK_MICRO_EURO_PER_MWH = DEFAULT_TICK_MICRO_EURO_PER_MWH


@dataclass(frozen=True, slots=True)
class Position:
    """One metering point in one MTU."""

    metering_point_id: str
    mtu: Mtu
    base_w: int
    contracted_w: int
    metered_w: int
    activated_w: int = 0
    external_w: int = 0

    @property
    def position_w(self) -> int:
        """Return what the metering point was to inject."""
        return self.base_w + self.contracted_w + self.activated_w + self.external_w

    @property
    def deviation_w(self) -> int:
        """Return what it injected beyond that."""
        return self.metered_w - self.position_w


def contracted_w(matches: Iterable[Match]) -> dict[str, int]:
    """Return the signed sum of deviations that each metering point sold or bought."""
    total: dict[str, int] = {}
    for match in matches:
        for side in match.sides:
            if side.deviates:
                total[side.metering_point_id] = total.get(side.metering_point_id, 0) + side.moved_w
    return total


def positions(
    mtu: Mtu,
    matches: Iterable[Match],
    bases_w: Mapping[str, int],
    metered_w: Mapping[str, int],
    moved_w: tuple[Mapping[str, int], Mapping[str, int]] = ({}, {}),
) -> list[Position]:
    """Return the position of every metering point with a frozen base, by id; each must have a reading.

    `moved_w` is what activations moved of each position, and what was sold outside.
    """
    activated, external = moved_w
    contracted = contracted_w(matches)
    unfrozen = sorted(contracted.keys() - bases_w.keys())
    if unfrozen:
        raise InvariantError(f"deviations were matched at metering points without a frozen base: {unfrozen}")
    return [
        Position(
            point, mtu, bases_w[point], contracted.get(point, 0), metered_w[point], activated.get(point, 0),
            external.get(point, 0),
        )
        for point in sorted(bases_w)
    ]  # fmt: skip


def imbalance_micro_euro(position: Position, price_ticks: int) -> int:
    """Return what the deviation is worth at the imbalance price: positive is paid to the metering point."""
    return amount_micro_euro(
        position.deviation_w, price_ticks, position.mtu.length_s, IMBALANCE_TICK_MICRO_EURO_PER_MWH
    )
