"""Independent checkers of what goes to an mFRR platform, read from the gateway's journal, which has what books say.

A bid goes out with the room that its area holds for it; an order is answered once, and what is called of it lies within
its bids, no unit twice; results are published as they were found, version by version.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from log_access import Log, decoded, heard_from_books, read_once

from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as pb
from flexbourse.external.v1 import external_pb2
from flexbourse_messages.catalogue import ANCILLARY_RESULT


@read_once
def balancing_events(log: Log, shard: int = 0) -> Iterator[tuple[str, Any]]:
    """Iterate over the gateway's own events, its time, and what books told it: name and body."""
    yield from heard_from_books(log, "ancillary-gateway", pb.AncillaryEvent, shard)


def bids_out_without_room(log: Log) -> list[str]:
    """Return bids that were sent while no area held as much room as was asked for them, where any was."""
    asked: dict[str, tuple[str, int]] = {}  # by reservation: parcel and W
    held: set[str] = set()
    wrong = []
    for name, body in balancing_events(log):
        if name == "headroom_asked" and not (body.order_id or body.undoes):
            watts = sum(abs(change.power_w) for change in body.changes)
            asked[body.reservation_id] = (body.parcel_id, watts)
        elif name == "book.reserved":
            held.add(body.reservation.reservation_id)
        elif name in ("headroom_released", "headroom_lost"):
            held.discard(body.reservation_id)
        elif name == "bids_sent" and not body.withdraws:
            for parcel_id in body.parcel_ids:
                own = [key for key, (of, _) in asked.items() if of == parcel_id]
                if own and not held.intersection(own):
                    wrong.append(f"{parcel_id}: its bids go out, and nobody holds room")
            room_w = sum(watts for key, (of, watts) in asked.items() if of in body.parcel_ids and key in held)
            bids_w = sum(bid.quantity_w for bid in body.bids)
            if asked and bids_w > room_w:
                wrong.append(f"{body.document_id}: bids of {bids_w} W go out with room for {room_w} W")
    return wrong


def orders_answered_or_called_twice(log: Log) -> list[str]:
    """Return orders with two answers, calls beyond a bid or of what was refused, and lots that are called twice."""
    bids: dict[str, int] = {}
    answers: dict[tuple[str, int], set[str]] = {}  # bids that were refused, by order and revision
    called: Counter[tuple[str, int]] = Counter()
    units: Counter[tuple[str, str]] = Counter()
    wrong = []
    for name, body in balancing_events(log):
        if name == "bids_sent":
            bids |= {bid.bid_id: bid.quantity_w for bid in body.bids if bid.quantity_w}
        elif name == "answer_decided":
            key = (body.order_id, body.revision)
            if key in answers:
                wrong.append(f"{key}: answered twice")
            answers[key] = {answer.bid_id for answer in body.answers if answer.HasField("refusal")}
        elif name == "activation_called":
            key = (body.order_id, body.revision)
            called[key] += 1
            if called[key] > 1 or key not in answers:
                wrong.append(f"{key}: called {called[key]} times, {'' if key in answers else 'not '}answered")
            wrong += [
                f"{bid.bid_id}: {bid.quantity_w} W are called of {bids.get(bid.bid_id, 0)} W"
                for bid in body.bids
                if bid.quantity_w > bids.get(bid.bid_id, 0) or bid.bid_id in answers.get(key, ())
            ]
        elif name == "unit_called":
            units[body.order_id, body.bid_id] += 1
            if units[body.order_id, body.bid_id] > 1:
                wrong.append(f"{body.activation_id}: {body.lot_id} is called twice")
    return wrong


def balancing_results_told_otherwise(log: Log) -> list[str]:
    """Return results out of their versions, behind the final one, or not published as they were found."""
    newest: dict[str, external_pb2.ExternalResult] = {}
    found, wrong = [], []
    for name, body in balancing_events(log):
        if name == "result_found":
            result = body.result
            former = newest.get(result.result_id)
            if result.version != (former.version if former is not None else 0) + 1:
                wrong.append(f"{result.result_id}: version {result.version} is not the next")
            newest[result.result_id] = result
            found.append(result)
    published = [message for _, message in decoded(log, ANCILLARY_RESULT)]
    return wrong if published == found else [*wrong, f"{len(found)} results were found, {len(published)} published"]


def room_that_parcels_lose(log: Log) -> list[str]:
    """Return parcels that are gone or refused, and still hold room in their area."""
    rooms: dict[str, set[str]] = defaultdict(set)
    gone: list[str] = []
    for name, body in balancing_events(log):
        if name == "headroom_asked" and not (body.order_id or body.undoes):
            rooms[body.parcel_id].add(body.reservation_id)
        elif name in ("headroom_released", "headroom_lost") or (name == "confirm_answered" and body.confirmed):
            for own in rooms.values():
                own.discard(body.reservation_id)
        elif name in ("parcel_gone", "parcel_refused"):
            gone.append(body.parcel_id)
    return [f"{parcel_id}: is gone, and holds {sorted(rooms[parcel_id])}" for parcel_id in gone if rooms[parcel_id]]


BALANCING_CHECKERS = (
    bids_out_without_room, orders_answered_or_called_twice, balancing_results_told_otherwise, room_that_parcels_lose,
)  # fmt: skip
