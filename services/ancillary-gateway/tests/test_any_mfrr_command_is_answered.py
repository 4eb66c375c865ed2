"""Commands and records with spoilt fields in any order: each gets its answer, nothing raises, and a recovery agrees."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import pytest
from gateway_builders import START_S
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from mfrr_world import BSP, World, refusal
from test_mfrr_gateway_service import CLAIMED_S, GATE_S

from flexbourse.activation.v1 import activation_pb2 as activation
from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as pb
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_ancillary_gateway.commands import SELF
from flexbourse_messages.catalogue import ACTIVATION_LIFE, ANCILLARY_COMMAND, BOOK_HEADROOM

SEEDS, MOVES = (200, 120) if os.environ.get("FLEXBOURSE_LONG") == "1" else (12, 60)
EXTREMES: dict[int, tuple[Any, ...]] = {
    FieldDescriptor.CPPTYPE_INT32: (0, -1, 2**31 - 1, -(2**31)),
    FieldDescriptor.CPPTYPE_INT64: (0, -1, 1, 2**63 - 1, -(2**63)),
    FieldDescriptor.CPPTYPE_BOOL: (True, False),
    FieldDescriptor.CPPTYPE_ENUM: (0, 99, -1),
    FieldDescriptor.CPPTYPE_STRING: ("", "\x00", "é", "x" * 5_000, "u1", "village"),
}


def commands() -> list[tuple[str, Message]]:
    """Return commands of participants, and what nobody but the gateway may send."""
    mark = pb.MarkTerms(area_id="village", offer_id="u1", price_ticks=100, product=pb.PRODUCT_BOTH, quantity_w=300_000)
    return [
        ("agr", pb.AncillaryCommand(mark=mark)),
        ("agr", pb.AncillaryCommand(unmark=pb.Unmark(area_id="village", offer_id="u2"))),
        ("agr", pb.AncillaryCommand(take=pb.TakeDocument(heartbeat=True))),
        ("agr", pb.AncillaryCommand()),
        (SELF, pb.AncillaryCommand(record_sent=pb.RecordSent(document_id="d", attempt=1, refusal="no"))),
        (SELF, pb.AncillaryCommand(take=pb.TakeDocument(receipt=pb.Receipt(document_id="d", accepted=True)))),
    ]


def spoil(message: Message, draw: random.Random) -> Message:
    """Return a copy with a field or two at an extreme; deep fields included."""
    spoilt = type(message)()
    spoilt.CopyFrom(message)
    for _ in range(draw.randint(0, 2)):
        _spoil_one(spoilt, draw)
    return spoilt


def _spoil_one(message: Message, draw: random.Random) -> None:
    present = [field for field, _ in message.ListFields()]
    if not present:
        return
    field = draw.choice(present)
    if field.message_type is not None and not field.is_repeated:
        _spoil_one(getattr(message, field.name), draw)
    elif field.message_type is None and not field.is_repeated:
        setattr(message, field.name, draw.choice(EXTREMES.get(field.cpp_type, (None,))) or field.default_value)


def records(world: World, draw: random.Random) -> tuple[str, Message]:
    """Return what other services may say at any time, about what is ours and what is not."""
    names = sorted(world.gateway.book.asked) or ["mfrr-1"]
    lots = sorted(world.gateway.lots.lots) or ["mfrr-1"]
    units = sorted(world.gateway.units) or ["mfrr-call-1"]
    lot, name = draw.choice(lots), draw.choice([*names, "elsewhere"])
    holder = draw.choice(["service:ancillary-gateway", "service:activation"])
    told: list[tuple[str, Message]] = [
        (BOOK_HEADROOM, book.OrderEvent(headroom_settled=book.HeadroomSettled(
            reservation_id=name, party=holder, area_id="village", reason="expired"))),
        (BOOK_HEADROOM, book.OrderEvent(headroom_settled=book.HeadroomSettled(
            reservation_id=name, party=holder, area_id="village", confirmed=True, reason="confirmed"))),
        (BOOK_HEADROOM, book.OrderEvent(headroom_denied=book.HeadroomDenied(
            reservation_id=name, party=holder, area_id="village", asked=draw.choice(["reserve", "confirm", "release"]),
            rejection=refusal()))),
        (BOOK_HEADROOM, book.OrderEvent(headroom_short=book.HeadroomShort(
            area_id="village", reservation_ids=[name], element_id="l", reason="dso"))),
        (ACTIVATION_LIFE, activation.ActivationEvent(instruction_denied=activation.InstructionDenied(
            area_id="village", instruction_id=draw.choice([lot, *units]), party=BSP, rejections=[refusal()]))),
        (ACTIVATION_LIFE, activation.ActivationEvent(claim_reduced=activation.ClaimReduced(
            area_id="village", claim_id=f"claim/{lot}", shares=[activation.Share(unit_id="u", quantities_w=[1_000])]))),
        (ACTIVATION_LIFE, activation.ActivationEvent(offer_withdrawn=activation.OfferWithdrawn(
            area_id="village", offer_id=f"u{draw.randint(0, 5)}"))),
        (ACTIVATION_LIFE, activation.ActivationEvent(moved=activation.ActivationMoved(
            area_id="village", activation_id=draw.choice(units), state=activation.ACTIVATION_STATE_FAILED))),
    ]  # fmt: skip
    return draw.choice(told)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_anything_in_any_order_is_answered_and_recovered(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    world = World(tmp_path)
    world.deny_room = lambda _: refusal() if draw.random() < 0.3 else None
    world.deny_confirm = lambda _: refusal() if draw.random() < 0.3 else None
    world.deny_claim = lambda _: refusal(headroom_w=draw.choice([-5, 0, 150_000])) if draw.random() < 0.2 else None
    for number in range(6):
        world.offer(f"u{number}", draw.choice([300_000, 700_000, 1_100_000]), count=draw.choice([1, 2, 4]))
        world.mark(f"u{number}", product=draw.choice([pb.PRODUCT_SCHEDULED, pb.PRODUCT_BOTH]))
    second = CLAIMED_S
    for move in range(MOVES):
        kind = draw.random()
        world.receipts = draw.random() < 0.8
        world.mute = draw.random() < 0.2
        if kind < 0.3:
            party, command = draw.choice(commands())
            body = spoil(command, draw) if party != SELF else command
            assert len(world.drive.command(ANCILLARY_COMMAND, body, party).results) == 1
        elif kind < 0.55:
            topic, record = records(world, draw)
            world.input(topic, "village", record)
        elif kind < 0.7 and world.bids():
            _order(world, draw, move)
        else:
            second += draw.choice([5, 30, 120, 300])
            world.at(second)
        world.settle()
    world.mute = False
    world.at(max(second, GATE_S + 10))
    world.at(START_S + 4 * 900 + 4_000)
    _nothing_is_left(world)
    world.drive.recovered()


def _order(world: World, draw: random.Random, move: int) -> None:
    bids = draw.sample(world.bids(), k=min(len(world.bids()), draw.randint(1, 4)))
    bids = [bid for bid in bids if bid.mtu == bids[0].mtu]
    bids = list({bid.bid_id: bid for bid in bids}.values())
    cut = draw.choice([1, 2])
    name = f"o{draw.randint(0, move)}"
    world.post(world.order(*((bid, bid.quantity_w // cut) for bid in bids), name=name))


def _nothing_is_left(world: World) -> None:
    """When all is over, every room was given back, and no unit was called for more than was claimed of it."""
    assert world.gateway.book.entries == {}
    asked = {event.reservation_id for event in world.events("headroom_asked")}
    assert asked == {event.reservation_id for event in world.events("headroom_released")}
    claimed = {event.lot.lot_id: event.lot.quantity_w for event in world.events("lot_asked")}
    failed = {(event.order_id, event.bid_id) for event in world.events("activation_failed")}
    called: dict[str, int] = {}
    for event in world.events("unit_called"):
        if (event.order_id, event.bid_id) in failed:
            continue
        called[event.lot_id] = called.get(event.lot_id, 0) + event.quantity_w
    assert all(watts <= claimed[lot_id] for lot_id, watts in called.items())
