"""Documents of the platform, made from what it knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from flexbourse_mfrr_simulator.domain.bids import DOWN, Bid, euros, megawatts
from flexbourse_mfrr_simulator.domain.messages import (
    Activation,
    ActivationSeries,
    AllocationSeries,
    AvailabilitySeries,
    Balancing,
    BidAvailability,
    Code,
    Interval,
    MeritOrderList,
    MeritOrderSeries,
    PriceSeries,
    Reason,
    RedispatchNotice,
    RedispatchSeries,
    ReserveAllocationResult,
)
from flexbourse_mfrr_simulator.domain.orders import ACTIVATED, HEARTBEAT, ORDERED, REDISPATCH, ActivationOrder, Line
from flexbourse_mfrr_simulator.domain.state import Redispatch, State, quarter

BALANCING = "B49"
CONGESTION = "B46"


def order_document(state: State, order: ActivationOrder, bids: Mapping[str, Bid]) -> Activation:
    """Return the order as it now stands: A39, A40 or A96, revision and end included."""
    settings = state.settings
    reason = CONGESTION if order.kind == REDISPATCH else BALANCING
    business = "A46" if order.kind == REDISPATCH else "A97"
    series = tuple(
        _heartbeat(state, order) if mrid == HEARTBEAT else
        _ordered(bids[mrid], line, order.delivery, business, reason)
        for mrid, line in order.lines.items()
    )  # fmt: skip
    header = state.header(order.kind, order.process, order.party)
    return Activation(header, order.interval, settings.domain, order.id, order.revision, series)


def _ordered(bid: Bid, line: Line, delivery: Interval, business: str, reason: str) -> ActivationSeries:
    return ActivationSeries(
        mrid=bid.mrid, provider=bid.provider, business_type=business, acquiring=bid.acquiring,
        connecting=Code(bid.zone), direction=bid.direction, status=ORDERED, interval=delivery,
        quantity=megawatts(line.quantity_kw), resource=bid.resource, reasons=(Reason(reason),),
    )  # fmt: skip


def _heartbeat(state: State, order: ActivationOrder) -> ActivationSeries:
    settings = state.settings
    return ActivationSeries(
        mrid=HEARTBEAT, provider=Code(order.party, state.parties[order.party]), business_type="A97",
        acquiring=settings.area, connecting=settings.domain, direction="A03", status=ORDERED, interval=order.delivery,
    )  # fmt: skip


def prices_document(state: State, party: str, mtu: int, process: str, prices: Mapping[str, int | None]) -> Balancing:
    """Return the prices of an MTU, zone by zone; zones in which nothing was exchanged have none."""
    series = tuple(
        PriceSeries(f"{process}-{zone.value}", zone, quarter(mtu), euros(price))
        for zone in state.settings.zones
        if (price := prices.get(zone.value)) is not None
    )
    header = state.header("B24", process, party, ("A35", "A46"))
    return Balancing(header, quarter(mtu), state.settings.domain, series)


def merit_order_document(state: State, party: str, mtu: int, bids: Iterable[Bid]) -> MeritOrderList:
    """Return a party's bids of an MTU in merit order (upward cheapest first, then downward dearest first)."""
    taken = state.mtu(mtu).scheduled
    ordered = sorted(bids, key=lambda bid: (bid.direction, -bid.price if bid.direction == DOWN else bid.price))
    series = tuple(
        MeritOrderSeries(
            bid=bid.mrid, priority=place, provider=bid.provider, acquiring=bid.acquiring, connecting=Code(bid.zone),
            direction=bid.direction, interval=quarter(mtu), quantity=megawatts(bid.quantity_kw),
            minimum=megawatts(bid.minimum_kw), price=euros(bid.price), activated=megawatts(taken.get(bid.mrid, 0)),
            resource=bid.resource,
        )
        for place, bid in enumerate(ordered, start=1)
    )  # fmt: skip
    header = state.header("A43", "A47", party, ("A35", "A46"))
    return MeritOrderList(header, quarter(mtu), state.settings.domain, series)


def availability_document(state: State, party: str, mtu: int, series: Iterable[AvailabilitySeries]) -> BidAvailability:
    """Return which of a party's bids of an MTU were not, or not wholly, available."""
    return BidAvailability(state.header("B45", "A47", party), quarter(mtu), tuple(series))


def result_document(
    state: State, order: ActivationOrder, bids: Mapping[str, Bid], prices: Mapping[str, int | None]
) -> ReserveAllocationResult:
    """Return what the bids of an order were activated for; `prices` in cents by bid. Refused bids have 0 MW."""
    series = tuple(
        AllocationSeries(
            mrid=f"{place}", document=bids[mrid].document, bid=mrid, provider=bids[mrid].provider,
            acquiring=bids[mrid].acquiring, connecting=Code(bids[mrid].zone), direction=bids[mrid].direction,
            interval=order.delivery, bid_price=euros(bids[mrid].price), price=_euros(prices.get(mrid)),
            quantity=megawatts(line.quantity_kw) if line.status == ACTIVATED else Decimal(0),
            resource=bids[mrid].resource, reasons=() if line.status == ACTIVATED else line.reasons or (Reason("B59"),),
        )
        for place, (mrid, line) in enumerate(order.lines.items(), start=1)
    )  # fmt: skip
    header = state.header("A38", order.process, order.party, ("A34", "A46"))
    return ReserveAllocationResult(header, order.interval, state.settings.domain, series)


def _euros(price: int | None) -> Decimal | None:
    return None if price is None else euros(price)


def redispatch_document(state: State, party: str, redispatch: Redispatch) -> RedispatchNotice:
    """Return the call for offers; the series' id is what an offer names as its auction."""
    call = redispatch.call
    series = RedispatchSeries(
        redispatch.id, call.business_type, state.settings.zone(call.zone), call.direction, call.interval,
        Decimal(call.quantity),
    )  # fmt: skip
    header = state.header("A63", "", party)
    return RedispatchNotice(header, call.interval, state.settings.domain, (series,))
