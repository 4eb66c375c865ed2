"""Evidence for baselines: what meters showed before, after, and on earlier days; what operators announced."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flexbourse_settlement.domain.activations.baselines import MAX_DAYS, BaselineMethod, BaselineRule, Evidence, x_of_y
from flexbourse_settlement.domain.activations.facts import QUARTER_S, Slot
from flexbourse_settlement.domain.activations.owed import DAY_S

ADJUSTED_BY = 4  # quarter-hours of the day itself that adjust X of Y; they end where orders go out
ORDER_LEAD_S = QUARTER_S

Meter = Callable[[int], int | None]  # start of a quarter-hour -> mean W, None where nothing was read


def evidence(rule: BaselineRule, starts: Sequence[int], meter: Meter, nominated: Meter) -> Evidence:
    """Return what is known of a metering point around a window of quarter-hours, without its frozen base.

    `meter` knows the quarter-hours around it and, of earlier days, those in which nobody activated the metering point.
    """
    before, after = meter(starts[0] - QUARTER_S), meter(starts[-1] + QUARTER_S)
    found = Evidence(
        None,
        before_w=() if before is None else (before,),
        after_w=() if after is None else (after,),
        nominated_w=_all_of(starts, nominated),
    )
    if rule.method is not BaselineMethod.X_OF_Y:
        return found
    days = _days(starts, meter)[: rule.of_days]
    lead = starts[0] - ORDER_LEAD_S
    just_before = range(lead - ADJUSTED_BY * QUARTER_S, lead, QUARTER_S)
    shown, earlier = _all_of(just_before, meter), _days(just_before, meter)[: rule.of_days]
    if shown is None or len(earlier) < rule.count:
        return Evidence(None, days, found.before_w, found.after_w, (), found.nominated_w)
    expected = x_of_y(earlier, rule.count, most_consuming=rule.most_consuming)
    return Evidence(None, days, shown, found.after_w, expected, found.nominated_w)


def _days(starts: Sequence[int], meter: Meter) -> tuple[tuple[int, ...], ...]:
    """Return the window on earlier days, the newest first; a day that lacks a reading is not comparable."""
    found = (_all_of([start - day * DAY_S for start in starts], meter) for day in range(1, MAX_DAYS + 1))
    return tuple(day for day in found if day is not None)


def _all_of(starts: Sequence[int], meter: Meter) -> tuple[int, ...] | None:
    values = [meter(start) for start in starts]
    known = tuple(value for value in values if value is not None)
    return known if len(known) == len(values) else None


def announced(schedules: dict[Slot, int], unit_ids: Sequence[str]) -> Meter:
    """Return what was announced for all units of a metering point together; None where one of them is missing."""

    def nominated(start_s: int) -> int | None:
        values = [schedules.get((unit, start_s)) for unit in unit_ids]
        known = [value for value in values if value is not None]
        return sum(known) if known and len(known) == len(values) else None

    return nominated
