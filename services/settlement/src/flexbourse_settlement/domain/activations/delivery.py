"""Delivery of an activation: metered against baseline, per period, in W and in the direction that was ordered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WHOLE = 1000  # permille


@dataclass(frozen=True, slots=True)
class DeliveredPeriod:
    """One period. `delivered_w` is negative where the unit did the opposite; paid is `credited_w`."""

    ordered_w: int
    baseline_w: int
    metered_w: int
    delivered_w: int
    credited_w: int

    @property
    def deficiency_w(self) -> int:
        """Return what is missing of the order."""
        return self.ordered_w - self.credited_w


def verify_delivery(
    ordered_w: Sequence[int],
    baseline_w: Sequence[int],
    metered_w: Sequence[int],
    *,
    up: bool,
    pays_from_permille: int = 0,
) -> tuple[DeliveredPeriod, ...]:
    """Return the delivery of each period.

    No more is credited than was ordered, and nothing where less than `pays_from_permille` of it was delivered.
    """
    sign = 1 if up else -1
    found = []
    for ordered, baseline, metered in zip(ordered_w, baseline_w, metered_w, strict=True):
        delivered = sign * (metered - baseline)
        enough = delivered * WHOLE >= ordered * pays_from_permille
        credited = max(0, min(ordered, delivered)) if enough else 0
        found.append(DeliveredPeriod(ordered, baseline, metered, delivered, credited))
    return tuple(found)
