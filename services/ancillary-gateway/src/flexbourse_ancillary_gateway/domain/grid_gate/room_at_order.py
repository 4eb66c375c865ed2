"""Room that is asked for when an order has come, for what bids without room are called for: none or all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from flexbourse_ancillary_gateway.domain.activations.orders import ActivationOrder, OrderedBid
from flexbourse_ancillary_gateway.domain.bids.bid import Direction
from flexbourse_ancillary_gateway.domain.grid_gate.parcels import HeadroomAsked, Parcel
from flexbourse_core.market_time import Mtu

HELD_AFTER_END_S = 900  # room is held a little longer than an activation can last; release comes first


@dataclass(slots=True)
class _Need:
    parcel: Parcel
    mtu: Mtu
    quantities_w: dict[str, int] = field(default_factory=dict)


def overlaps(called: OrderedBid, mtu: Mtu) -> bool:
    """Tell whether a called bid moves power in an MTU."""
    return mtu.start_s < called.end_s and called.start_s < mtu.end_s


def wishes(
    order: ActivationOrder, parcel_of: Callable[[OrderedBid], Parcel | None], sequence: int
) -> Iterator[HeadroomAsked]:
    """Yield the room that an order needs of parcels that hold none, the best price first: it is asked first.

    `parcel_of` gives the parcel of a called bid where its room is to be asked; numbers follow `sequence`.
    """
    needs: dict[tuple[str, Mtu], _Need] = {}
    for called in order.bids:
        parcel = parcel_of(called)
        for mtu in parcel.mtus if parcel is not None else ():
            if parcel is not None and overlaps(called, mtu):
                need = needs.setdefault((parcel.parcel_id, mtu), _Need(parcel, mtu))
                need.quantities_w[called.bid_id] = called.quantity_w
    for number, need in enumerate(sorted(needs.values(), key=_merit), sequence + 1):
        parcel, mtu = need.parcel, need.mtu
        yield HeadroomAsked(
            f"mfrr-{number}", parcel.parcel_id, parcel.area_id, mtu, parcel.power(need.quantities_w),
            mtu.end_s + HELD_AFTER_END_S, whole=True, order_id=order.order_id,
        )  # fmt: skip


def _merit(need: _Need) -> tuple[int, str, Mtu]:
    bid = need.parcel.bids[0]
    price = bid.price_ticks if bid.direction is Direction.UP else -bid.price_ticks
    return price, need.parcel.parcel_id, need.mtu
