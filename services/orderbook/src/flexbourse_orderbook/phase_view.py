"""Which phase each book is in, folded from the public events of the books."""

from __future__ import annotations

from typing import Any

from flexbourse.orderbook.v1 import orderbook_pb2 as pb

_Key = tuple[str, str, int]


class Phases:
    """Books by area, market and start of the period, from their first phase until they close."""

    def __init__(self) -> None:
        self._opened: set[_Key] = set()
        self._phases: dict[_Key, tuple[int, str, int]] = {}

    def hear(self, event: pb.OrderEvent) -> None:
        """Take a public event in."""
        field = event.WhichOneof("event")
        if field not in ("opened", "book_closed", "phase_changed"):
            return
        body = getattr(event, field)
        key = (body.area_id, body.market_id, body.mtu.start_s)
        if field == "opened":
            self._opened.add(key)
            if body.phase != pb.PHASE_HALTED:
                self._phases[key] = (body.phase or pb.PHASE_CONTINUOUS, "", 0)
        elif field == "phase_changed" and body.after != pb.PHASE_CLOSED:
            reason = body.reason if body.after == pb.PHASE_HALTED else ""
            self._phases[key] = (body.after, reason, body.resumes_at_ms)
        else:
            self._opened.discard(key)
            self._phases.pop(key, None)

    def is_open(self, area_id: str, market_id: str, start_s: int) -> bool:
        """Tell whether the trade of a book has begun, and has not ended."""
        return (area_id, market_id, start_s) in self._opened

    def of(self, area_id: str, market_id: str, start_s: int) -> dict[str, Any]:
        """Return what an answer about a book says of its phase."""
        key = (area_id, market_id, start_s)
        phase, reason, resumes_at_ms = self._phases.get(key, (pb.PHASE_UNSPECIFIED, "", 0))
        return {"open": key in self._opened, "phase": phase, "phase_reason": reason, "resumes_at_ms": resumes_at_ms}
