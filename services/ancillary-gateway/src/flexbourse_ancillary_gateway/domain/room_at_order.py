"""Room that is asked for when an order has come: for what bids without room are called for, and for taking back.

Both are asked none or all. What an area has accepted is ended by the opposite change, as nothing else ends it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from flexbourse_ancillary_gateway.domain.bids import Direction
from flexbourse_ancillary_gateway.domain.orders import ActivationOrder, OrderedBid
from flexbourse_ancillary_gateway.domain.parcels import HeadroomAsked, NodePower, Parcel
from flexbourse_core.market_time import Mtu

RETRY_S = 300  # a change that an area does not take back yet is asked again after so long
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


def opposites(
    order: ActivationOrder,
    accepted: Collection[str],
    confirmed: Iterable[tuple[HeadroomAsked, Parcel]],
    sequence: int,
) -> Iterator[HeadroomAsked]:
    """Yield what takes back the accepted changes of an order's bids that are not among `accepted` in the end."""
    for asked, parcel in confirmed:
        quantities_w = {
            called.bid_id: called.quantity_w
            for called in order.bids
            if called.bid_id in parcel.nodes and called.bid_id not in accepted and overlaps(called, asked.mtu)
        }
        changes = tuple(NodePower(moved.node_id, -moved.power_w) for moved in parcel.power(quantities_w))
        if changes:
            sequence += 1
            yield HeadroomAsked(
                f"mfrr-{sequence}", asked.parcel_id, asked.area_id, asked.mtu, changes, asked.mtu.end_s,
                whole=True, order_id=order.order_id, undoes=asked.reservation_id,
            )  # fmt: skip


def again(
    denied: Mapping[str, int], asked: Mapping[str, HeadroomAsked], now_s: int, sequence: int
) -> Iterator[tuple[str, HeadroomAsked]]:
    """Yield the denied takings back that are due once more: the former reservation, and what is asked now."""
    for reservation_id, at_s in sorted(denied.items()):
        wish = asked[reservation_id]
        if at_s + RETRY_S <= now_s < wish.mtu.end_s:
            sequence += 1
            yield reservation_id, replace(wish, reservation_id=f"mfrr-{sequence}")


def _merit(need: _Need) -> tuple[int, str, Mtu]:
    bid = need.parcel.bids[0]
    price = bid.price_ticks if bid.direction is Direction.UP else -bid.price_ticks
    return price, need.parcel.parcel_id, need.mtu
