"""Read model of network capacity: auctions that are not over, the newest results, and each party's own requests."""

from __future__ import annotations

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb

# Requests of all parties, auctions and results of an area that are kept; the oldest are forgotten.
MAX_REQUESTS = 20_000
MAX_AUCTIONS = 400
MAX_RESULTS = 100


class NetworkCapacity:
    """Folded from public events, and from what each party hears."""

    def __init__(self) -> None:
        self._auctions: dict[str, dict[tuple[str, int], pb.CapacityPhaseChanged]] = {}
        self._results: dict[str, list[pb.CapacityCleared]] = {}
        self._own: dict[str, pb.CapacityPosition] = {}

    def hear_public(self, event: pb.OrderEvent) -> None:
        """Take a public event in."""
        if event.HasField("capacity_phase"):
            phase = event.capacity_phase
            auctions = self._auctions.setdefault(phase.area_id, {})
            auctions.pop((phase.market_id, phase.mtu.start_s), None)
            if phase.phase != pb.CAPACITY_PHASE_CLEARED:
                auctions[phase.market_id, phase.mtu.start_s] = phase
            if len(auctions) > MAX_AUCTIONS:
                del auctions[next(iter(auctions))]
        elif event.HasField("capacity_cleared"):
            results = self._results.setdefault(event.capacity_cleared.area_id, [])
            results.append(event.capacity_cleared)
            del results[:-MAX_RESULTS]

    def hear_own(self, event: pb.OrderEvent) -> None:
        """Take in what a party hears; events about something else change nothing."""
        field = event.WhichOneof("event")
        if field == "capacity_requested":
            asked = event.capacity_requested.request
            self._own[asked.request_id] = pb.CapacityPosition(request=asked)
            if len(self._own) > MAX_REQUESTS:
                del self._own[next(iter(self._own))]
        elif field == "capacity_allocated":
            self._allocated(event.capacity_allocated)
        elif field == "capacity_withdrawn":
            own = self._own.get(event.capacity_withdrawn.request_id)
            if own is not None:
                own.withdrawn = True
        elif field == "capacity_used":
            holding = self._holding(event.capacity_used.request_id, event.capacity_used.mtu)
            if holding is not None:
                holding.held_w -= event.capacity_used.quantity_w
                holding.used_w += event.capacity_used.quantity_w
        elif field == "capacity_lapsed":
            holding = self._holding(event.capacity_lapsed.request_id, event.capacity_lapsed.mtu)
            if holding is not None:
                holding.held_w, holding.lapsed_w = 0, event.capacity_lapsed.unused_w
                holding.amount_micro_euro -= event.capacity_lapsed.refund_micro_euro

    def _allocated(self, event: pb.CapacityAllocated) -> None:
        own = self._own.get(event.request.request_id)
        if own is None:
            return
        own.cleared, own.quantity_w = True, event.quantity_w
        for payment in event.payments:
            own.holdings.add(mtu=payment.mtu, held_w=event.quantity_w, amount_micro_euro=payment.amount_micro_euro)

    def _holding(self, request_id: str, mtu: common_pb2.Mtu) -> pb.CapacityHolding | None:
        own = self._own.get(request_id)
        found = (each for each in own.holdings if each.mtu.start_s == mtu.start_s) if own is not None else iter(())
        return next(found, None)

    def listed(self, area_id: str, party: str) -> pb.ListNetworkCapacityResponse:
        """Return the auctions and results of an area, and a party's requests there, the earliest first."""
        own = (
            each
            for each in self._own.values()
            if each.request.party == party and each.request.request_id.startswith(f"{area_id}.")
        )
        auctions = self._auctions.get(area_id, {})
        return pb.ListNetworkCapacityResponse(
            auctions=[auctions[key] for key in sorted(auctions)],
            results=self._results.get(area_id, []),
            own=sorted(own, key=lambda each: each.request.sequence),
        )
