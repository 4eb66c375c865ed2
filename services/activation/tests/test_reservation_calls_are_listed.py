"""Calls for reservations are listed with bids that stay sealed until they are cleared, but for one's own."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from test_activation_shard import AREA, ROLES, Activations, accepted

from flexbourse.activation.v1 import activation_pb2 as pb
from flexbourse.common.v1 import common_pb2
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_activation import reservation_call_view
from flexbourse_activation.api import ActivationServicer
from flexbourse_activation.view import ActivationView
from flexbourse_log.port import Record
from flexbourse_messages.catalogue import ACTIVATION_LIFE, REGISTRY_ENTITY

EURO = 1_000_000


class Listing:
    """A shard where two parties may bid, and what the read model makes of what it told."""

    def __init__(self) -> None:
        self.shard = Activations()
        self.shard.entity(
            "participant/ag2",
            participant=registry.Participant(participant_id="ag2", roles=[registry.ROLE_AGR], active=True),
        )
        right = registry.RightToOffer(right_id="r2", unit_id="u2", holder_id="ag2", valid_to_s=10**10)
        self.shard.entity("right/r2", right=right)
        assert accepted(self.shard.offer("o1"))
        offer = pb.OfferTerms(
            offer_id="o2", unit_id="u2", direction=pb.DIRECTION_UP, window=self.shard.window(4), quantity_w=8_000,
            activation_price_micro_euro_per_mwh=90 * EURO,
        )  # fmt: skip
        assert accepted(self.shard.send("ag2", offer=offer))
        self.waited: list[common_pb2.LogPosition] = []

    def call(self, name: str, freeze_s: int = 0) -> None:
        start_s = self.shard.start_s
        terms = pb.ReservationCallTerms(
            call_id=name, purpose=pb.PURPOSE_CONGESTION, direction=pb.DIRECTION_UP, window=self.shard.window(4),
            quantity_w=10_000, limit_price_micro_euro_per_mw_h=50 * EURO,
            freezes_at_ms=(freeze_s or start_s - 7_200) * 1000, clears_at_ms=(start_s - 3_600) * 1000,
        )  # fmt: skip
        assert accepted(self.shard.send("dso", call_reservations=terms))

    def bid(self, party: str, name: str, offer: str, euro: int, call: str = "c1") -> None:
        terms = pb.ReservationBidTerms(
            bid_id=name, call_id=call, offer_id=offer, quantity_w=6_000, price_micro_euro_per_mw_h=euro * EURO
        )
        assert accepted(self.shard.send(party, bid_reservation=terms))

    async def _wait_for(self, _rpc: Any, position: common_pb2.LogPosition) -> None:
        self.waited.append(position)

    def seen_by(self, party: str, *, open_only: bool = False) -> list[pb.ListedReservationCall]:
        view = ActivationView("platform")
        for name, role in ROLES.items():
            one = registry.Participant(participant_id=name, roles=[role], active=True)
            state = registry.EntityState(entity=registry.Entity(participant=one), version=1)
            view.fold(Record(REGISTRY_ENTITY, 0, 0, f"participant/{name}", b"x", {}), state)
        area = registry.EntityState(entity=registry.Entity(area=registry.GridArea(area_id=AREA, dso_id="dso")))
        view.fold(Record(REGISTRY_ENTITY, 0, 0, f"area/{AREA}", b"x", {}), area)
        for offset, output in enumerate(self.shard.drive.projections):
            if output.topic == ACTIVATION_LIFE:
                view.fold(Record(output.topic, 0, offset, output.key, b"x", output.headers), output.message)
        context = SimpleNamespace(
            view=lambda _: view, caller=lambda: SimpleNamespace(party=party), wait_for=self._wait_for,
            roles=frozenset,
        )  # fmt: skip
        request = pb.ListReservationCallsRequest(area_id=AREA, open_only=open_only)
        request.min_position.offset = 7
        servicer = ActivationServicer(context)  # type: ignore[arg-type]
        return list(asyncio.run(servicer.ListReservationCalls(request, None)).calls)  # type: ignore[arg-type]

    def bids(self, party: str) -> list[tuple[str, list[str], list[tuple[str, int, int]]]]:
        return [
            (
                each.call.terms.call_id,
                [bid.terms.bid_id for bid in each.bids],
                [(r.bid_id, r.quantity_w, r.price_micro_euro_per_mw_h // EURO) for r in each.results],
            )
            for each in self.seen_by(party)
        ]


def test_bids_are_sealed_until_their_call_is_cleared() -> None:
    listing = Listing()
    listing.call("c1")
    listing.bid("agr", "b1", "o1", 5)
    listing.bid("ag2", "b2", "o2", 8)
    for party, own in (("agr", ["b1"]), ("ag2", ["b2"]), ("dso", []), ("tso", []), ("stranger", [])):
        assert listing.bids(party) == [("c1", own, [])]
    assert {position.offset for position in listing.waited} == {7}
    listing.shard.drive.time((listing.shard.start_s - 3_600) * 1000)
    one, other = ("b1", 6_000, 8), ("b2", 4_000, 8)
    everything = [("c1", ["b1", "b2"], [one, other])]
    assert listing.bids("dso") == listing.bids("tso") == everything
    assert listing.bids("agr") == [("c1", ["b1"], [one])]
    assert listing.bids("ag2") == [("c1", ["b2"], [other])]
    assert listing.bids("stranger") == [("c1", [], [])]
    (seen,) = listing.seen_by("stranger")
    assert (seen.cleared, seen.reserved_w) == (True, 10_000)
    assert not listing.seen_by("dso", open_only=True)
    listing.shard.drive.recovered()


def test_a_bid_that_was_taken_back_is_gone_and_standing_calls_come_first(monkeypatch: Any) -> None:
    listing = Listing()
    start_s = listing.shard.start_s
    listing.call("c2", freeze_s=start_s - 7_000)
    listing.call("c1")
    listing.bid("agr", "b1", "o1", 5)
    assert accepted(listing.shard.send("agr", withdraw_reservation_bid=pb.WithdrawReservationBid(bid_id="b1")))
    assert listing.bids("agr") == [("c1", [], []), ("c2", [], [])]
    listing.shard.drive.time((start_s - 3_600) * 1000)
    assert sorted(name for name, _, _ in listing.bids("agr")) == ["c1", "c2"]
    monkeypatch.setattr(reservation_call_view, "MAX_CLEARED", 1)
    assert len(listing.bids("agr")) == 1
