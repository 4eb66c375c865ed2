"""What areas have accepted for the called bids of orders, and taking it back where a bid is called no more.

What an area has accepted ends by the opposite change alone; it is asked as a whole, and again while it is denied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from flexbourse_ancillary_gateway.domain.activations.orders import OrderedBid
from flexbourse_ancillary_gateway.domain.grid_gate.entries import PendingVerdict
from flexbourse_ancillary_gateway.domain.grid_gate.parcels import HeadroomAsked, NodePower, Parcel
from flexbourse_ancillary_gateway.domain.grid_gate.room_at_order import overlaps

RETRY_S = 300  # a change that an area does not take back yet is asked again after so long

Room = tuple[HeadroomAsked, Parcel]


@dataclass(frozen=True, slots=True)
class AcceptedPart:
    """What a reservation has become for an order, by bid, and was not asked back."""

    order_id: str
    reservation_id: str
    quantities_w: Mapping[str, int]


@dataclass(slots=True)
class AcceptedChanges:
    """All accepted changes by order and reservation; `denied`: reservation that takes one back → when it was denied."""

    parts: dict[tuple[str, str], AcceptedPart] = field(default_factory=dict)
    denied: dict[str, int] = field(default_factory=dict)

    def opposites(
        self,
        order_id: str,
        active: Sequence[OrderedBid],
        room_of: Callable[[str], Room],
        now_s: int,
        sequence: int,
    ) -> Iterator[HeadroomAsked]:
        """Yield what takes back the changes of an order's bids that are not called in an MTU that still runs.

        `active` are the bids that are called; numbers follow `sequence`.
        """
        for _, part in sorted(self.parts.items()):
            if part.order_id != order_id:
                continue
            asked, parcel = room_of(part.reservation_id)
            going = {called.bid_id for called in active if overlaps(called, asked.mtu)}
            lost = {bid_id: watts for bid_id, watts in part.quantities_w.items() if bid_id not in going}
            changes = tuple(NodePower(moved.node_id, -moved.power_w) for moved in parcel.power(lost))
            if changes and asked.mtu.end_s > now_s:
                sequence += 1
                yield HeadroomAsked(
                    f"mfrr-{sequence}", asked.parcel_id, asked.area_id, asked.mtu, changes, asked.mtu.end_s,
                    whole=True, order_id=order_id, undoes=asked.reservation_id, bid_ids=tuple(sorted(lost)),
                )  # fmt: skip

    def again(
        self, asked: Mapping[str, HeadroomAsked], now_s: int, sequence: int
    ) -> Iterator[tuple[str, HeadroomAsked]]:
        """Yield the denied takings back that are due once more: the former reservation, and what is asked now."""
        for reservation_id, at_s in sorted(self.denied.items()):
            wish = asked[reservation_id]
            if at_s + RETRY_S <= now_s < wish.mtu.end_s:
                sequence += 1
                yield reservation_id, replace(wish, reservation_id=f"mfrr-{sequence}")

    def timers_s(self, asked: Mapping[str, HeadroomAsked]) -> Iterator[int]:
        """Yield when denied takings back are asked again."""
        for name, at_s in self.denied.items():
            if at_s + RETRY_S < asked[name].mtu.end_s:
                yield at_s + RETRY_S

    # --- state -------------------------------------------------------------------------------------------------------

    def accept(self, pending: PendingVerdict, confirmed: Sequence[str], room_of: Callable[[str], Room]) -> None:
        """Areas have accepted what an order calls."""
        for name in confirmed:
            asked, parcel = room_of(name)
            key = (pending.order.order_id, name)
            self.parts[key] = AcceptedPart(*key, called_in(pending, asked, parcel))

    def ask_back(self, wish: HeadroomAsked) -> None:
        """The changes of some bids are asked back."""
        part = self.parts.get((wish.order_id, wish.undoes))
        if part is not None:
            left = {bid_id: watts for bid_id, watts in part.quantities_w.items() if bid_id not in wish.bid_ids}
            self.parts[wish.order_id, wish.undoes] = replace(part, quantities_w=left)

    def forget(self, reservation_id: str) -> None:
        """A reservation is given up, or its time is over."""
        self.denied.pop(reservation_id, None)
        for key in [key for key in self.parts if key[1] == reservation_id]:
            del self.parts[key]


def called_in(pending: PendingVerdict, asked: HeadroomAsked, parcel: Parcel) -> dict[str, int]:
    """Return what an order calls of a parcel's bids in the MTU of a reservation."""
    return {
        called.bid_id: called.quantity_w
        for called in pending.order.bids
        if called.bid_id in parcel.nodes and overlaps(called, asked.mtu)
    }
