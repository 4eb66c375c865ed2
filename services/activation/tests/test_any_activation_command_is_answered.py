"""Sensible commands with one or two fields spoilt: each gets its answer, nothing raises, and a recovery agrees."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from test_activation_shard import AREA, Activations, accepted

from flexbourse.activation.v1 import activation_pb2 as pb
from flexbourse.common.v1 import common_pb2
from flexbourse_messages.catalogue import ACTIVATION_COMMAND

SEEDS, MOVES = (300, 100) if os.environ.get("FLEXBOURSE_LONG") == "1" else (25, 60)
NOON_S = Activations().start_s
EXTREMES: dict[int, tuple[Any, ...]] = {
    FieldDescriptor.CPPTYPE_INT32: (0, -1, 2**31 - 1, -(2**31)),
    FieldDescriptor.CPPTYPE_INT64: (0, -1, 1, 2**63 - 1, -(2**63)),
    FieldDescriptor.CPPTYPE_BOOL: (True, False),
    FieldDescriptor.CPPTYPE_ENUM: (0, 99, -1),
    FieldDescriptor.CPPTYPE_STRING: ("", "\x00", "é", "x" * 5_000, "o1", "u2"),
}


def window(first: int = 0, count: int = 2) -> pb.Window:
    """Return quarter-hours from noon on."""
    return pb.Window(start_s=NOON_S + 900 * first, end_s=NOON_S + 900 * (first + count), mtu_length_s=900)


def seeds() -> list[tuple[str, dict[str, Any]]]:
    """Return commands of every kind, each with who may send it; `#` in an id becomes a number."""
    up, down = pb.DIRECTION_UP, pb.DIRECTION_DOWN
    price = 90_000_000
    congestion, limit = {"purpose": pb.PURPOSE_CONGESTION}, {"limit_price_micro_euro_per_mwh": 2 * price}
    quantity = {"quantity_w": 700}
    offered: dict[str, Any] = {
        "quantity_w": 4_000,
        "activation_price_micro_euro_per_mwh": price,
        "window": window(0, 4),
    }
    value = pb.InterfaceValue(
        node_id="n0", mtu=common_pb2.Mtu(start_s=NOON_S, length_s=900), kind=1, voltage_mv=1, power_w=5,
        power_factor_permille=900, energy_wh=5,
    )  # fmt: skip
    effects = [pb.Effect(element_id="line-1", node_id="n1", effect_permille=-900)]
    needed: dict[str, Any] = {"element_id": "line-1", "direction": up, "window": window(), **congestion, **quantity}
    own = {"window": window(), **congestion, **quantity}
    return [
        ("agr", {"offer": pb.OfferTerms(offer_id="of#", unit_id="u2", direction=down, **offered)}),
        ("agr", {"offer": pb.OfferTerms(offer_id="po#", portfolio_id="pool", direction=up, **offered)}),
        ("agr", {"withdraw_offer": pb.WithdrawOffer(offer_id="of1")}),
        ("dso", {"reserve": pb.ReservationTerms(reservation_id="re#", offer_id="o1", **own)}),
        ("dso", {"release_reservation": pb.ReleaseReservation(reservation_id="re4", reason="r")}),
        ("dso", {"state_need": pb.NeedTerms(need_id="ne#", **needed)}),
        ("dso", {"withdraw_need": pb.WithdrawNeed(need_id="ne6")}),
        ("tso", {"activate": pb.ActivationTerms(activation_id="ac#", offer_id="o1", element_id="l", **own, **limit)}),
        ("dso", {"activate": pb.ActivationTerms(activation_id="ac#", reservation_id="re4", **own, **limit)}),
        ("dso", {"activate": pb.ActivationTerms(activation_id="ac#", need_id="ne6", **limit)}),
        ("ops", {"activate": pb.ActivationTerms(activation_id="ac#", claim_id="cl12", **own, **limit)}),
        ("ops", {"claim": pb.ClaimTerms(claim_id="cl#", offer_id="o1", window=window(), **quantity)}),
        ("ops", {"reduce_claim": pb.ReduceClaim(claim_id="cl12", left_w=5, reason="r")}),
        ("tso", {"end_activation": pb.EndActivation(activation_id="ac8", reason="r")}),
        ("agr", {"acknowledge": pb.AcknowledgeOrder(activation_id="ac8", order_revision=1, accepted=True)}),
        ("agr", {"confirm": pb.ConfirmDelivery(activation_id="ac8", delivered_w=[1, 2], reason="r")}),
        (
            "dso",
            {"override": pb.OverrideTerms(override_id="ov#", unit_id="u1", direction=down, window=window(0, 1),
                                          quantity_w=900, reason="r")},
        ),
        ("dso", {"set_effects": pb.SetEffects(topology_version=1, effects=effects)}),
        ("ops", {"set_coordination": pb.SetCoordination(preset="local")}),
        ("ops", {"set_coordination": pb.SetCoordination(rules=pb.CoordinationRules(
            model=4, buyers=[pb.BuyerRule(claimant=1, purposes=[1, 2], sees_lists_of=[1])], first=1, handover_s=60,
            verdict=3, merges_needs=True, trades_activate=True, order_lead_s=900, acknowledge_within_s=60,
            confirm_within_s=60, curtailment_price_micro_euro_per_mwh=price,
        ))}),
        ("tso", {"report_interface": pb.ReportInterface(values=[value])}),
    ]  # fmt: skip


def places(message: Message) -> Iterator[tuple[Message, FieldDescriptor]]:
    """Iterate over all fields that are set, at any depth."""
    for field, value in message.ListFields():
        yield message, field
        if field.message_type is not None:
            for inner in value if field.is_repeated else [value]:
                yield from places(inner)


def spoil(message: Message, place: int, extreme: int) -> None:
    """Set one field to an extreme, or clear it; of a list, its first entry, or double it."""
    found = list(places(message))
    if not found:
        return
    owner, field = found[place % len(found)]
    extremes = EXTREMES.get(field.cpp_type, ())
    if not extremes or extreme % (len(extremes) + 1) == len(extremes):
        if field.is_repeated and extreme % 2:
            getattr(owner, field.name).extend(list(getattr(owner, field.name)))
        else:
            owner.ClearField(field.name)  # type: ignore[arg-type]
    elif field.is_repeated:
        getattr(owner, field.name)[0] = extremes[extreme % len(extremes)]
    else:
        setattr(owner, field.name, extremes[extreme % len(extremes)])


def numbered(message: Message, number: int) -> None:
    """Give new objects an id of their own."""
    for field, value in message.ListFields():
        if isinstance(value, str) and value.endswith("#"):
            setattr(message, field.name, value.replace("#", str(number)))


def story(source: random.Random) -> Iterator[tuple[int, list[tuple[int, int]], str]]:
    """Iterate over moves: every seed as it is, then seeds with up to two fields spoilt, some from somebody else."""
    count = len(seeds())
    yield from ((each, [], "") for each in range(count))
    for _ in range(MOVES):
        spoilt = [(source.randrange(40), source.randrange(7)) for _ in range(source.choice((0, 1, 1, 2)))]
        yield source.randrange(count), spoilt, source.choice(("", "", "", "", "", "agr", "dso", "stranger"))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_any_command_is_answered(seed: int) -> None:
    source, outcomes = random.Random(seed), Counter[bool]()
    world = Activations()
    world.offer("o1", 8_000)
    world.red()
    for number, (each, spoilt, sender) in enumerate(story(source), 1):
        party, body = seeds()[each]
        for message in body.values():
            numbered(message, number)
            for place, extreme in spoilt:
                spoil(message, place, extreme)
        command = pb.ActivationCommand(area_id=AREA, **body)
        answer = world.drive.command(ACTIVATION_COMMAND, command, sender or party)
        assert all(result.id or result.rejection.code for result in answer.results)
        outcomes[accepted(answer)] += 1
        if source.random() < 0.02:
            world.drive.time(world.drive.at_ms + 10_000_000)
    assert min(outcomes.values()) > 10
    world.drive.recovered()
