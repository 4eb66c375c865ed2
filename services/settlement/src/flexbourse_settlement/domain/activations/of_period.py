"""What of the activations belongs to a period: what it still waits for, and what is needed to settle it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection
from flexbourse_settlement.domain.activations.baselines import Evidence
from flexbourse_settlement.domain.activations.evidence import Meter, announced, evidence
from flexbourse_settlement.domain.activations.facts import QUARTER_S
from flexbourse_settlement.domain.activations.settling import Point, Settled, ToSettle, settle_activations
from flexbourse_settlement.domain.delivery import contracted_w
from flexbourse_settlement.domain.state import Period, State


def activation_problems(state: State, area_id: str, mtu: Mtu, element: str) -> Iterator[Rejection]:
    """Iterate over what stands in the way of settling the activations of a period."""
    book = state.activation_books.get(area_id)
    if book is None:
        return
    if book.waits_for(mtu.start_s, mtu.end_s):
        rule = "the activation service has said that nothing of a period changes any more"
        yield Rejection(
            Code.ACTIVATIONS_NOT_OVER, rule, "mtus", element, value=book.before_s, limit=mtu.end_s, unit="s"
        )
    units = book.unit_ids_in(mtu.start_s, mtu.end_s)
    if units and mtu.length_s != QUARTER_S:
        rule = "activations are settled in quarter-hours"
        yield Rejection(Code.FIELD_OUT_OF_RANGE, rule, "mtus", element, value=mtu.length_s, limit=QUARTER_S, unit="s")
    period = state.periods.get((area_id, mtu))
    for unit_id in sorted(units):
        unit = state.units.get(unit_id)
        if unit is None or unit.metering_point_id not in state.metering_points:
            rule = "units with activations are registered"
            yield Rejection(Code.UNKNOWN_OBJECT, rule, "mtus", f"{element}/{unit_id}")
        elif period is not None and unit.metering_point_id not in period.metered_w:
            rule = "every metering point with an activation has a reading"
            yield Rejection(Code.READINGS_INCOMPLETE, rule, "readings", f"{element}/{unit.metering_point_id}")


def settle_period_activations(state: State, period: Period, external_w: Mapping[str, int]) -> Settled:
    """Return what the activations of a period give; nothing where the area has none."""
    book = state.activation_books.get(period.area_id)
    if book is None:
        return Settled()
    units = book.unit_ids_in(period.mtu.start_s, period.mtu.end_s)
    point_of = {unit_id: state.units[unit_id].metering_point_id for unit_id in sorted(units)}
    contracted = contracted_w(period.matches)
    points = {
        name: Point(
            name,
            state.metering_points[name].brp_id,
            period.bases_w.get(name),
            contracted.get(name, 0) + external_w.get(name, 0),
            period.metered_w[name],
        )
        for name in sorted(set(point_of.values()))
    }
    known = _evidence(state, period, point_of)
    return settle_activations(
        ToSettle(period.area_id, period.mtu, book, period.matches, points, point_of, external_w, known)
    )


def _evidence(state: State, period: Period, point_of: Mapping[str, str]) -> dict[tuple[str, str], tuple[Evidence, int]]:
    """Return what is known for the baseline of each activation at each of its metering points."""
    book, found = state.activation_books[period.area_id], {}
    units_at: dict[str, list[str]] = {}
    for unit in sorted(state.units.values(), key=lambda unit: unit.unit_id):
        units_at.setdefault(unit.metering_point_id, []).append(unit.unit_id)
    moved = {(state.units[unit].metering_point_id, start) for unit, start in book.moved_slots() if unit in state.units}
    for name, own in book.activations.items():
        starts = sorted({start for _, start in own.terms.quantities_w})
        if period.mtu.start_s not in starts:
            continue
        place = starts.index(period.mtu.start_s)
        for point in sorted({point_of[unit] for unit, _ in own.terms.quantities_w if unit in point_of}):
            nominated = announced(book.schedules, units_at[point])
            meter = _meter(state, period.area_id, point, moved)
            found[name, point] = (evidence(own.product.baseline, starts, meter, nominated), place)
    return found


def _meter(state: State, area_id: str, point: str, moved: Collection[tuple[str, int]]) -> Meter:
    """Return what a metering point showed where nobody activated it: all of open periods, of settled ones what is
    remembered."""
    kept = state.activation_books[area_id].history.get(point, {})

    def meter(start_s: int) -> int | None:
        if (point, start_s) in moved:
            return None
        period = state.periods.get((area_id, Mtu(start_s, QUARTER_S)))
        shown = None if period is None else period.metered_w.get(point)
        return kept.get(start_s) if shown is None else shown

    return meter
