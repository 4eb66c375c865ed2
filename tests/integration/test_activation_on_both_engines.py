"""A street whose DSO buys relief in the book and activates offers besides: the same events on both engines."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import street
from click.testing import CliRunner
from log_access import EmbeddedLog, event_digest, journal, recorded_on_kafka
from street import AGG_B, AREA, DSO, OPERATOR, TSO
from street_day import QUARTER_S, Sending, Step, StreetDay, options, setup_steps, trading_steps

from flexbourse.activation.v1 import activation_pb2 as pb
from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_cli.kafka import KafkaPlatform
from flexbourse_cli.main import cli
from flexbourse_cli.starting import start
from flexbourse_messages.catalogue import ACTIVATION_LIFE

LATE_S = street.EVENING_S + 4 * QUARTER_S
HEAD = street.STREET_A_HEAD


def window(count: int = 2) -> pb.Window:
    """Return quarter-hours behind those that are traded."""
    return pb.Window(start_s=LATE_S, end_s=LATE_S + count * QUARTER_S, mtu_length_s=QUARTER_S)


def third() -> pb.Window:
    """Return the third of these quarter-hours."""
    return pb.Window(start_s=LATE_S + 2 * QUARTER_S, end_s=LATE_S + 3 * QUARTER_S, mtu_length_s=QUARTER_S)


def send(party: str, name: str, **body: Any) -> Sending:
    """Return the sending of one command."""
    command = pb.ActivationCommand(area_id=AREA, **body)
    return Sending(party, name, lambda client, command_id: client.activation.submit(command, command_id=command_id))


def activation_steps() -> list[Step]:
    """Offer, seek relief, activate by merit order; a TSO against it; order, acknowledgement, delivery, confirmation."""
    offers = [
        pb.OfferTerms(
            offer_id=f"bat-{way.lower()}", unit_id="battery-a2", direction=getattr(pb, f"DIRECTION_{way}"),
            window=window(3), quantity_w=8_000, activation_price_micro_euro_per_mwh=90_000_000,
        )
        for way in ("UP", "DOWN")
    ]  # fmt: skip
    need = pb.NeedTerms(
        need_id="n1", element_id=HEAD, purpose=pb.PURPOSE_CONGESTION, direction=pb.DIRECTION_UP, window=window(),
        quantity_w=3_000,
    )  # fmt: skip
    terms = {"limit_price_micro_euro_per_mwh": 100_000_000, "purpose": pb.PURPOSE_CONGESTION}
    serve = pb.ActivationTerms(activation_id="act", need_id="n1", **terms)  # type: ignore[arg-type]
    against = pb.ActivationTerms(
        activation_id="tso",
        offer_id="bat-down",
        window=window(),
        quantity_w=1_000,
        **terms,  # type: ignore[arg-type]
    )
    heavy = pb.ActivationTerms(activation_id="heavy", offer_id="bat-down", window=third(), quantity_w=8_000, **terms)  # type: ignore[arg-type]
    reserve = pb.ReservationTerms(
        reservation_id="res", offer_id="bat-up", purpose=pb.PURPOSE_CONGESTION, window=third(), quantity_w=2_000
    )
    draw = pb.ActivationTerms(activation_id="draw", reservation_id="res", window=third(), quantity_w=1_200, **terms)  # type: ignore[arg-type]
    drawn = pb.AcknowledgeOrder(activation_id="draw", order_revision=1, accepted=True)
    taken = pb.AcknowledgeOrder(activation_id="act/1", order_revision=1, accepted=True)
    done = pb.ConfirmDelivery(activation_id="act/1", delivered_w=[3_000, 2_900], reason="battery empty")
    known = street.forecast(tuple(LATE_S + place * QUARTER_S for place in range(3)))
    batches = [
        (
            street.OPENING_S + 1_740,
            [Sending(DSO, "late", lambda client, name: client.grid.submit_forecast(known, command_id=name))],
        ),
        *((street.OPENING_S + 1_745 + 5 * place, []) for place in range(4)),  # lights reach the book
        (street.OPENING_S + 1_800, [send(AGG_B, f"offer-{offer.offer_id}", offer=offer) for offer in offers]),
        (
            street.OPENING_S + 1_860,
            [
                send(OPERATOR, "rules", set_coordination=pb.SetCoordination(preset="common")),
                send(DSO, "need", state_need=need),
            ],
        ),
        (street.OPENING_S + 1_920, [send(DSO, "serve", activate=serve), send(TSO, "against", activate=against)]),
        (street.OPENING_S + 1_980, [send(TSO, "heavy", activate=heavy)]),
        (street.OPENING_S + 2_040, []),
        (street.OPENING_S + 2_100, [send(DSO, "reserve", reserve=reserve)]),
        (street.OPENING_S + 2_130, []),
        (street.OPENING_S + 2_160, [send(DSO, "draw", activate=draw)]),
        (street.OPENING_S + 2_220, []),
        (LATE_S - QUARTER_S, []),
        (LATE_S - QUARTER_S + 60, [send(AGG_B, "taken", acknowledge=taken)]),
        (LATE_S, []),
        (LATE_S + QUARTER_S, []),
        (LATE_S + QUARTER_S + 60, [send(AGG_B, "drawn", acknowledge=drawn)]),
        (LATE_S + 2 * QUARTER_S, []),
        (LATE_S + 2 * QUARTER_S + 60, [send(AGG_B, "done", confirm=done)]),
        (LATE_S + 2 * QUARTER_S + 120, []),
    ]
    return [Step(at_s, batch) for at_s, batch in batches]


def steps() -> list[Step]:
    """Return the street's setup and trades, then the activation."""
    return [*setup_steps(), *trading_steps(), *activation_steps()]


def played(platform: Any) -> StreetDay:
    """Run everything on a platform."""
    day = StreetDay(platform, steps())
    day.run()
    return day


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the embedded engine writes."""
    return tmp_path_factory.mktemp("activation") / "data"


@pytest.fixture(scope="module")
def embedded(data_dir: Path) -> Any:
    """What the embedded engine wrote, and what its queries said at the end."""
    platform = start(options(data_dir))
    day = played(platform)
    asked = queries(day)
    day.close()
    platform.stop()
    log = EmbeddedLog(data_dir)
    yield log, asked
    log.close()


def queries(day: StreetDay) -> dict[str, Any]:
    """Return what participants see at the end."""
    client = day.client(AGG_B).activation
    own = {found.activation_id: pb.ActivationState.Name(found.state) for found in client.list(AREA)}
    totals = {total.mtu.start_s: total.up_w for total in client.unit_totals(AREA, "battery-a2")}
    merit = pb.GetMeritOrderRequest(
        area_id=AREA, list=pb.CLAIMANT_DSO, direction=pb.DIRECTION_UP, element_id=HEAD,
        mtu=common_pb2.Mtu(start_s=LATE_S, length_s=QUARTER_S),
    )  # fmt: skip
    life = common_pb2.LogPosition(topic=ACTIVATION_LIFE, offset=-1)
    orders = day.client(AGG_B).activation.watch_orders(AREA)
    return {
        "states": own,
        "totals": totals,
        "merit": [(entry.offer_id, entry.available_w) for entry in day.client(DSO).activation.merit_order(merit)],
        "last order": next(iter(orders)).activation_id,
        "bought": watched(day, DSO, life, 20),
        "bought by the TSO": watched(day, TSO, life, 5),
        "answers": {
            name: [result.rejection.code for result in day.answer(TSO, name).results]
            for name in day.sent
            if "against" in name
        },
    }


def watched(day: StreetDay, party: str, after: common_pb2.LogPosition, count: int) -> list[str]:
    """Return the first events of what a party bought; taken up again behind the half of them, as after a break."""
    client = day.client(party).activation
    first = list(islice(client.watch(AREA, after=after), count // 2))
    rest = islice(client.watch(AREA, after=first[-1].position), count - len(first))
    return [response.event.WhichOneof("event") or "" for response in (*first, *rest)]


def events(log: Any) -> list[pb.ActivationEvent]:
    """Return the journal of activation."""
    return [message for message in journal(log, "activation") if isinstance(message, pb.ActivationEvent)]


def test_the_activation_runs_through(embedded: Any) -> None:
    log, asked = embedded
    steps_of = [
        event.moved.step for event in events(log) if event.HasField("moved") if event.moved.activation_id == "act/1"
    ]
    assert steps_of == [9, 1, 2, 3, 4, 6]
    assert asked["states"]["act/1"] == "ACTIVATION_STATE_CONFIRMED"
    assert asked["totals"][LATE_S] == 3_000
    assert asked["merit"] == [("bat-up", 5_000)]  # its effect follows from the network


def test_the_tso_is_refused_against_the_dsos_relief(embedded: Any) -> None:
    _, asked = embedded
    assert list(asked["answers"].values()) == [["OPPOSES_CLAIM"]]


def test_what_is_activated_has_headroom_first_and_is_an_accepted_change_then(embedded: Any) -> None:
    """The grid's state knows a quarter-hour's activation once it is delivered; before, its room is held."""
    log, _ = embedded
    told = [message for message in journal(log, "orderbook") if isinstance(message, book.OrderEvent)]
    held = [event.reserved.reservation for event in told if event.HasField("reserved")]
    assert [(own.mtu.start_s, own.changes[0].node_id, own.changes[0].p_w) for own in held] == [
        (LATE_S, "bus-3", 3_000), (LATE_S + QUARTER_S, "bus-3", 3_000), (LATE_S + 2 * QUARTER_S, "bus-3", 2_000),
    ]  # fmt: skip
    settled = [event.headroom_settled for event in told if event.HasField("headroom_settled")]
    assert [(own.reservation_id, own.confirmed) for own in settled] == [("activation.1", True), ("activation.2", True)]
    points = [event.operating_point for event in told if event.HasField("operating_point")]
    moved = [point for point in points if point.mtu.start_s >= LATE_S]
    assert [(point.mtu.start_s, {change.node_id: change.p_w for change in point.accepted}) for point in moved] == [
        (LATE_S, {"bus-3": 3_000}), (LATE_S + QUARTER_S, {"bus-3": 3_000}), (LATE_S + 2 * QUARTER_S, {"bus-3": 1_200}),
    ]  # fmt: skip
    (filled,) = [event.headroom_filled for event in told if event.HasField("headroom_filled")]
    assert [(change.node_id, change.p_w) for change in filled.left] == [("bus-3", 800)]  # of the reservation


def test_what_the_grid_does_not_take_is_refused_with_the_element_and_what_it_would_take(embedded: Any) -> None:
    log, asked = embedded
    assert asked["states"]["heavy"] == "ACTIVATION_STATE_REFUSED"
    (refused,) = [event.moved for event in events(log) if event.HasField("moved") and event.moved.rejections]
    (why,) = refused.rejections
    assert (refused.activation_id, why.code, why.element, why.unit) == ("heavy", "GRID_LIMIT_EXCEEDED", HEAD, "mpct")
    assert 0 < why.headroom_w < 8_000
    assert not any(event.order_issued.order.activation_id == "heavy" for event in events(log))


def test_a_buyer_follows_what_he_bought_and_nothing_else(embedded: Any) -> None:
    _, asked = embedded
    assert asked["bought"][:2] == ["claim_made", "requested"]  # of the trade with his request
    assert asked["bought"][2:10] == [
        "need_stated", "claim_made", "requested", "need_served", "headroom_moved", "headroom_moved", "headroom_moved",
        "headroom_moved",
    ]  # fmt: skip
    assert asked["bought by the TSO"] == ["claim_made", "requested", "headroom_moved", "headroom_moved", "moved"]


def test_the_day_decides_itself_again(embedded: Any, data_dir: Path) -> None:
    """Headroom, effects by the network and all: the same events and the same state."""
    assert embedded
    flags = ["--json", "--context", "activation", "--data", str(data_dir)]
    folded, decided = (CliRunner().invoke(cli, ["replay", *more, *flags]) for more in ([], ["--decide"]))
    assert (folded.exit_code, decided.exit_code) == (0, 0), decided.output
    hashes = [json.loads(run.output)[0]["state_hash"] for run in (folded, decided)]
    assert hashes[0] == hashes[1]


def test_relief_that_was_traded_is_activated(embedded: Any) -> None:
    log, asked = embedded
    traded = [event.requested.activation for event in events(log) if event.HasField("requested")]
    by_trade = [own for own in traded if own.claim_id.startswith("trade/")]
    assert by_trade
    assert {own.party for own in by_trade} == {DSO}
    assert asked["last order"]  # of those that nobody acknowledged: to stop


def test_every_match_that_moves_a_unit_is_a_claim(embedded: Any) -> None:
    log, _ = embedded
    claims = [event.claim_made.claim for event in events(log) if event.HasField("claim_made")]
    assert {pb.CLAIMANT_LOCAL, pb.CLAIMANT_DSO} == {claim.claimant for claim in claims if claim.trade_id}


@pytest.mark.kafka
@pytest.mark.slow
def test_the_events_are_the_same_on_kafka(embedded: Any, tmp_path: Path) -> None:
    platform = start(options(tmp_path / "data", engine="kafka"))
    assert isinstance(platform, KafkaPlatform)
    try:
        day = played(platform)
        asked = queries(day)
        day.close()
        log = recorded_on_kafka(platform._broker.client_config())
    finally:
        platform.stop()
    assert event_digest(log, "activation") == event_digest(embedded[0], "activation")
    assert asked == embedded[1]
