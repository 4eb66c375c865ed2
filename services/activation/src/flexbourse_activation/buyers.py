"""Whose each event of activations is: of whoever bought. Folded from the same records that a buyer's stream sends."""

from __future__ import annotations

from typing import Any

from flexbourse.activation.v1 import activation_pb2 as pb
from flexbourse_activation.domain.state import RETAINED_S

# Field of an event → what it begins (the field that holds it; kind; its id), from which its buyer is known.
_BEGINS = {
    "claim_made": ("claim", "claim", "claim_id"),
    "requested": ("activation", "activation", "activation_id"),
}
# Field of an event → kind and id of what it tells of.
_TELLS_OF = {
    "claim_reduced": ("claim", "claim_id"),
    "overridden": ("claim", "claim_id"),
    "reservation_moved": ("reservation", "reservation_id"),
    "reservation_call_cleared": ("call", "call_id"),
    "need_ended": ("need", "need_id"),
    "need_served": ("need", "need_id"),
    "need_uncovered": ("need", "need_id"),
    "moved": ("activation", "activation_id"),
}
Thing = tuple[str, str, str]  # area, kind, id


class Buyers:
    """Who bought what, until two days behind its window."""

    def __init__(self) -> None:
        self._of: dict[Thing, tuple[str, int]] = {}  # party, end of the window

    def fold(self, event: pb.ActivationEvent) -> None:
        """Take note of what an event begins; of what is over long ago when it tells the time."""
        field = event.WhichOneof("event") or ""
        body: Any = getattr(event, field)
        if field in _BEGINS:
            holder, kind, name = _BEGINS[field]
            own = getattr(body, holder)
            self._of[own.area_id, kind, getattr(own, name)] = own.party, own.window.end_s
        elif field == "reserved":
            self._put(body.area_id, "reservation", body.reservation.terms.reservation_id, body.reservation)
        elif field == "reservation_called":
            self._of[body.area_id, "call", body.call.terms.call_id] = body.call.party, body.call.terms.window.end_s
        elif field == "need_stated":
            self._put(body.area_id, "need", body.need.terms.need_id, body.need)
        elif field == "windows_over":
            before_s = body.before_s - RETAINED_S
            self._of = {
                thing: known for thing, known in self._of.items() if thing[0] != body.area_id or known[1] > before_s
            }

    def _put(self, area_id: str, kind: str, name: str, own: pb.Reservation | pb.Need) -> None:
        self._of[area_id, kind, name] = own.party, own.terms.window.end_s

    def of(self, event: pb.ActivationEvent) -> frozenset[str]:
        """Return the buyers whom an event concerns; it is folded already."""
        field = event.WhichOneof("event") or ""
        body: Any = getattr(event, field)
        if field == "instruction_denied":
            return frozenset({body.party})
        if field in ("claim_made", "claim_denied"):
            return frozenset({body.claim.party})
        if field == "reservation_called":
            return frozenset({body.call.party})
        if field in ("reserved", "need_stated", "requested"):
            own: Any = getattr(body, {"reserved": "reservation", "need_stated": "need"}.get(field, "activation"))
            return frozenset({own.party})
        found = {body.paid_by} if field == "overridden" else set()
        if field in _TELLS_OF:
            kind, name = _TELLS_OF[field]
            found |= self._buyer(body.area_id, kind, getattr(body, name))
        elif field == "order_issued":
            found = self._buyer(body.order.area_id, "activation", body.order.activation_id)
        elif field == "headroom_moved":
            found = self._buyer(body.headroom.area_id, "claim", body.headroom.claim_id)
        return frozenset(found)

    def _buyer(self, area_id: str, kind: str, name: str) -> set[str]:
        known = self._of.get((area_id, kind, name))
        return {known[0]} if known else set()
