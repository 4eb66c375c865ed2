"""Read model of calls for reservations: those that stand, and the last that were cleared, with their bids."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from flexbourse.activation.v1 import activation_pb2 as pb

MAX_CLEARED = 200  # of an area; the oldest are forgotten


@dataclass(slots=True)
class _Known:
    call: pb.ReservationCall
    bids: dict[str, pb.ReservationBid] = field(default_factory=dict)  # by sequence
    cleared: pb.ReservationCallCleared | None = None


class ReservationCalls:
    """Folded from the life of activations, by area."""

    def __init__(self) -> None:
        self._open: dict[str, dict[str, _Known]] = {}
        self._cleared: dict[str, deque[_Known]] = {}

    def fold(self, event: pb.ActivationEvent) -> None:
        """Take an event in."""
        match event.WhichOneof("event"):
            case "reservation_called":
                called = event.reservation_called
                self._open.setdefault(called.area_id, {})[called.call.terms.call_id] = _Known(called.call)
            case "reservation_bid_placed":
                placed = event.reservation_bid_placed
                self._open[placed.area_id][placed.bid.terms.call_id].bids[placed.bid.terms.bid_id] = placed.bid
            case "reservation_bid_withdrawn":
                for known in self._open[event.reservation_bid_withdrawn.area_id].values():
                    known.bids.pop(event.reservation_bid_withdrawn.bid_id, None)
            case "reservation_call_cleared":
                cleared = event.reservation_call_cleared
                known = self._open[cleared.area_id].pop(cleared.call_id)
                known.cleared = cleared
                self._cleared.setdefault(cleared.area_id, deque(maxlen=MAX_CLEARED)).appendleft(known)

    def listed(self, area_id: str, party: str, *, open_only: bool, sees_all: bool) -> list[pb.ListedReservationCall]:
        """Return the calls of an area as a party may see them: those that stand, then those that were cleared."""
        standing = sorted(self._open.get(area_id, {}).values(), key=_freeze)
        over: Iterable[_Known] = () if open_only else self._cleared.get(area_id, ())
        return [_seen_by(party, known, sees_all=sees_all) for known in (*standing, *over)]


def _freeze(known: _Known) -> tuple[int, str]:
    return known.call.terms.freezes_at_ms, known.call.terms.call_id


def _seen_by(party: str, known: _Known, *, sees_all: bool) -> pb.ListedReservationCall:
    """Return a call; nobody sees bids of others before it is cleared, and then its buyer and operators do."""
    cleared = known.cleared
    everything = cleared is not None and (sees_all or known.call.party == party)
    bids = [bid for bid in known.bids.values() if everything or bid.party == party]
    shown = pb.ListedReservationCall(call=known.call, bids=bids, cleared=cleared is not None)
    if cleared is not None:
        seen = {bid.terms.bid_id for bid in bids}
        shown.reserved_w = cleared.reserved_w
        shown.results.extend(result for result in cleared.bids if result.bid_id in seen)
    return shown
