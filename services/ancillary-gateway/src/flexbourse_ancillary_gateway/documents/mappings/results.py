"""Results of the platform: what was accepted (A38), what the merit-order list says (A43), and the prices (B24)."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_ancillary_gateway.documents.kinds.allocation_result import AllocationResultDocument
from flexbourse_ancillary_gateway.documents.kinds.balancing import BalancingDocument
from flexbourse_ancillary_gateway.documents.kinds.merit_order_list import MeritOrderListDocument
from flexbourse_ancillary_gateway.documents.mappings import codes
from flexbourse_ancillary_gateway.documents.mappings.values import to_second, to_seconds, to_ticks, to_watts
from flexbourse_ancillary_gateway.documents.problems import DocumentError, Problem
from flexbourse_ancillary_gateway.domain.bids.bid import Direction


@dataclass(frozen=True, slots=True)
class AcceptedQuantity:
    """How much of a bid was accepted in a step of time, and at which energy price, where the result says one."""

    bid_id: str
    direction: Direction
    start_s: int
    length_s: int
    quantity_w: int
    price_ticks: int | None


@dataclass(frozen=True, slots=True)
class ClearingPrice:
    """The price of a zone and direction in a step of time."""

    zone: str
    direction: Direction | None
    process: str
    start_s: int
    length_s: int
    price_ticks: int


def accepted_of(document: AllocationResultDocument) -> list[AcceptedQuantity]:
    """Return the accepted quantities of a result, one per point."""
    found = []
    for i, series in enumerate(document.series, 1):
        place = f"TimeSeries[{i}]"
        _need_megawatts(series.quantity_unit, place)
        direction = codes.meaning(codes.DIRECTIONS, series.flow_direction, place)
        for period in series.periods:
            start_s, length_s = to_second(period.time_interval.start), to_seconds(period.resolution)
            for point in period.points:
                price = point.energy_price if point.energy_price is not None else point.price
                found.append(
                    AcceptedQuantity(
                        series.bid_series or series.mrid,
                        direction,
                        start_s + (point.position - 1) * length_s,
                        length_s,
                        to_watts(point.quantity, place),
                        None if price is None else to_ticks(price, place),
                    )
                )
    return found


def activated_of(document: MeritOrderListDocument) -> list[AcceptedQuantity]:
    """Return what a merit-order list says is activated, one entry per point that says so."""
    found = []
    for i, series in enumerate(document.series, 1):
        place = f"TimeSeries[{i}]"
        _need_megawatts(series.quantity_unit, place)
        direction = codes.meaning(codes.DIRECTIONS, series.direction, place)
        for period in series.periods:
            start_s, length_s = to_second(period.time_interval.start), to_seconds(period.resolution)
            for point in period.points:
                if point.activated_quantity is not None:
                    price = point.energy_price
                    found.append(
                        AcceptedQuantity(
                            series.agreement,
                            direction,
                            start_s + (point.position - 1) * length_s,
                            length_s,
                            to_watts(point.activated_quantity, place),
                            None if price is None else to_ticks(price, place),
                        )
                    )
    return found


def prices_of(document: BalancingDocument) -> list[ClearingPrice]:
    """Return the activation prices of a document, one per point that has one."""
    found = []
    for i, series in enumerate(document.series, 1):
        place = f"TimeSeries[{i}]"
        for period in series.periods:
            start_s, length_s = to_second(period.time_interval.start), to_seconds(period.resolution)
            for point in period.points:
                if point.activation_price is None:
                    continue
                code = point.flow_direction or series.flow_direction
                found.append(
                    ClearingPrice(
                        series.acquiring_domain.value if series.acquiring_domain else "",
                        None if code is None else codes.meaning(codes.DIRECTIONS, code, place),
                        document.process_type,
                        start_s + (point.position - 1) * length_s,
                        length_s,
                        to_ticks(point.activation_price, place),
                    )
                )
    return found


def _need_megawatts(unit: str, place: str) -> None:
    if unit != codes.MEGAWATT:
        raise DocumentError([Problem(place, "a power in MAW", unit)])
