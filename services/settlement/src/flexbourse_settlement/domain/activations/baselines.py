"""Baselines: what a metering point would have injected without an activation, by the product's method. Mean W per MTU.

- frozen base: the base case at the owner's first order of the MTU; nobody can move it afterwards.
- X of Y: the mean of the X days, out of the last Y comparable ones, on which most was consumed (or least) in the same
  periods; with the day's own difference before the activation added, up to a cap.
- meter before and after: halfway between what was metered right before and right after the window.
- nomination: what the units' operator announced before the deadline.

Where a method's evidence is missing, the frozen base holds; where nothing was frozen, the meter before and after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from flexbourse_core.money import divide_half_even

MAX_DAYS = 60  # comparable days that a product may look back


class BaselineMethod(Enum):
    """How a product's baseline comes about."""

    FROZEN_BASE = "FROZEN_BASE"
    X_OF_Y = "X_OF_Y"
    METER_BEFORE_AFTER = "METER_BEFORE_AFTER"
    NOMINATION = "NOMINATION"


@dataclass(frozen=True, slots=True)
class BaselineRule:
    """A product's baseline; of X of Y, which days count and how far the day itself may move it."""

    method: BaselineMethod
    count: int = 5
    of_days: int = 10
    adjustment_cap_w: int = 0
    most_consuming: bool = True


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a metering point and window; mean W per period. `expected_w` is X of Y in the periods of
    `before_w`, right before the order."""

    frozen_w: tuple[int, ...] | None  # None: nothing was frozen
    days_w: tuple[tuple[int, ...], ...] = ()  # comparable ones, the newest first
    before_w: tuple[int, ...] = ()
    after_w: tuple[int, ...] = ()
    expected_w: tuple[int, ...] = ()
    nominated_w: tuple[int, ...] | None = None


def method_used(rule: BaselineRule, evidence: Evidence) -> BaselineMethod | None:
    """Return the method whose evidence is there: the product's own, else the frozen base, else the meter around it."""
    if rule.method is BaselineMethod.X_OF_Y and len(evidence.days_w) >= rule.count:
        return rule.method
    if rule.method is BaselineMethod.METER_BEFORE_AFTER and (evidence.before_w or evidence.after_w):
        return rule.method
    if rule.method is BaselineMethod.NOMINATION and evidence.nominated_w is not None:
        return rule.method
    if evidence.frozen_w is not None:
        return BaselineMethod.FROZEN_BASE
    return BaselineMethod.METER_BEFORE_AFTER if evidence.before_w or evidence.after_w else None


def baseline(rule: BaselineRule, evidence: Evidence, count: int) -> tuple[int, ...] | None:
    """Return the baseline of a window of `count` periods by the method whose evidence is there; None without any."""
    method = method_used(rule, evidence)
    if method is BaselineMethod.X_OF_Y:
        adjustment = 0
        if rule.adjustment_cap_w and evidence.before_w and evidence.expected_w:
            adjustment = same_day_adjustment(evidence.before_w, evidence.expected_w, rule.adjustment_cap_w)
        days = evidence.days_w[: rule.of_days]
        return x_of_y(days, rule.count, adjustment_w=adjustment, most_consuming=rule.most_consuming)
    if method is BaselineMethod.METER_BEFORE_AFTER:
        return meter_before_after(evidence.before_w, evidence.after_w, count)
    if method is BaselineMethod.NOMINATION:
        return evidence.nominated_w
    return evidence.frozen_w


def nomination(nominated_w: Sequence[int], received_ms: int, deadline_ms: int) -> tuple[int, ...] | None:
    """Return what was nominated, None where it came after the deadline: another method holds then."""
    return tuple(nominated_w) if received_ms <= deadline_ms else None


def x_of_y(
    days_w: Sequence[Sequence[int]], count: int, *, adjustment_w: int = 0, most_consuming: bool = True
) -> tuple[int, ...]:
    """Return the mean of `count` of the days, chosen by their sum over the window; earlier days first among equals.

    `days_w` holds the window's periods of each comparable day, the newest first; days on which the unit was activated
    are not among them. Each period is rounded once, half to even. Raises ValueError where there are fewer days.
    """
    if not 1 <= count <= len(days_w) <= MAX_DAYS:
        raise ValueError(f"{count} of {len(days_w)} days, at most {MAX_DAYS}")
    sign = 1 if most_consuming else -1
    order = sorted(range(len(days_w)), key=lambda day: (sign * sum(days_w[day]), day))
    chosen = [days_w[day] for day in order[:count]]
    return tuple(divide_half_even(sum(period), count) + adjustment_w for period in zip(*chosen, strict=True))


def same_day_adjustment(metered_w: Sequence[int], expected_w: Sequence[int], cap_w: int) -> int:
    """Return the mean difference between meter and X of Y in periods before the order, cut to ±`cap_w`."""
    difference = sum(metered_w) - sum(expected_w)
    return max(-cap_w, min(cap_w, divide_half_even(difference, len(metered_w))))


def meter_before_after(before_w: Sequence[int], after_w: Sequence[int], count: int) -> tuple[int, ...]:
    """Return halfway between the means before and after for `count` periods, rounded once; the one, if one is missing.

    Raises ValueError where there is neither.
    """
    if not before_w and not after_w:
        raise ValueError("neither a reading before nor one after the window")
    if not before_w or not after_w:
        known = before_w or after_w
        return (divide_half_even(sum(known), len(known)),) * count
    both = sum(before_w) * len(after_w) + sum(after_w) * len(before_w)
    return (divide_half_even(both, 2 * len(before_w) * len(after_w)),) * count
