"""The street in the day-ahead auction: one headroom and one unit for auction, local market and operators alike.

At noon a battery's day-ahead award keeps the thin cable from a local trade, until the exchange corrects it away; in the
quarter-hour behind, a local trade keeps the cable from the auction. In the evening a block is awarded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import street
from log_access import EmbeddedLog, event_digest, journal, recorded_on_kafka
from street import AGG_B, AREA, DSO, OPERATOR, SUPPLY, mtu
from street_day import QUARTER_S, SEED, Sending, Step, StreetDay, order, setup_steps, submit

from flexbourse.activation.v1 import activation_pb2 as activation
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse_cli.kafka import KafkaPlatform
from flexbourse_cli.platform import PlatformOptions
from flexbourse_cli.starting import start
from flexbourse_testkit.simulated_exchange import MEMBER, PASSWORD, SimulatedExchange, instant

CONTEXTS = (
    "registry", "gridcheck", "traffic-light", "orderbook", "activation", "settlement", "wholesale-gateway",
)  # fmt: skip
DAY = "2026-06-15"
OPEN_S = street.DAY_S - 14 * 3600  # 10:00 of the day before
ENTRY_ENDS_S = street.DAY_S - 45_000  # 11:30
NOON_S, LATER_S, EVENING_S = street.NOON_S, street.NOON_S + QUARTER_S, street.EVENING_S
BATTERY = "battery-a2"


def founding() -> Any:
    """Return the street's people and markets; books open early on the day before."""
    entities = street.founding()
    for entity in entities:
        if entity.HasField("market"):
            entity.market.opens_before_day_s = 15 * 3600
    return entities


def day_ahead(name: str, unit: str, start_s: int, watts: int, ticks: int, count: int = 0) -> pb.DayAheadOffer:
    """Return a sale in the auction, of one quarter-hour or as a block that may not be broken."""
    return pb.DayAheadOffer(
        offer_id=name, unit_id=unit, mtu=mtu(start_s), side=book.SIDE_SELL, quantity_w=watts, limit_ticks=ticks,
        mtu_count=count,
    )  # fmt: skip


def offering(party: str, *offers: pb.DayAheadOffer) -> Sending:
    return Sending(party, "day-ahead", lambda client, i: client.exchange.offer_day_ahead(offers, command_id=i))


def operate(party: str, name: str, **body: Any) -> Sending:
    command = activation.ActivationCommand(area_id=AREA, **body)
    return Sending(party, name, lambda client, i: client.activation.submit(command, command_id=i))


def offer_up() -> Sending:
    """Return the battery's offer of 40 kW to operators, at noon."""
    window = activation.Window(start_s=NOON_S, end_s=NOON_S + QUARTER_S, mtu_length_s=QUARTER_S)
    terms = activation.OfferTerms(
        offer_id="up", unit_id=BATTERY, direction=activation.DIRECTION_UP, window=window, quantity_w=40_000,
        activation_price_micro_euro_per_mwh=90_000_000,
    )  # fmt: skip
    return operate(AGG_B, "offer-up", offer=terms)


def activate(name: str, watts: int) -> Sending:
    """Return what the DSO asks of that offer."""
    window = activation.Window(start_s=NOON_S, end_s=NOON_S + QUARTER_S, mtu_length_s=QUARTER_S)
    terms = activation.ActivationTerms(
        activation_id=name, offer_id="up", window=window, quantity_w=watts, purpose=activation.PURPOSE_CONGESTION,
        limit_price_micro_euro_per_mwh=100_000_000,
    )  # fmt: skip
    return operate(DSO, name, activate=terms)


def cancel_resting(client: Any, command_id: str) -> Any:
    resting = [own.order_id for own in client.orders.list(AREA, open_only=True)]
    return client.orders.cancel(AREA, resting, command_id=command_id)


def steps() -> list[Step]:
    """Return the day before: early trades and offers, the auction, what it takes away, and its correction."""
    first, *others = setup_steps(opening_s=OPEN_S)
    found = Sending(OPERATOR, "founding", lambda c, i: c.registry.register(founding(), command_id=i))
    early = [
        submit(AGG_B, "early", order("sell-later", "sell", LATER_S, 25_000, 19_000, unit=BATTERY),
               order("buy-later", "buy", LATER_S, 25_000, 90_000, unit="car-b2"),
               order("rests", "sell", NOON_S, 190_000, 99_000, unit=BATTERY)),
        offer_up(),
    ]  # fmt: skip
    offers = [
        offering(AGG_B, day_ahead("noon", BATTERY, NOON_S, 30_000, 1_000),
                 day_ahead("later", BATTERY, LATER_S, 30_000, 1_000),
                 day_ahead("block", BATTERY, EVENING_S, 10_000, 1_000, count=2)),
        offering(SUPPLY, day_ahead("noon", "supply-unit", NOON_S, 70_000, 2_000),
                 day_ahead("later", "supply-unit", LATER_S, 70_000, 2_000),
                 day_ahead("block", "supply-unit", EVENING_S, 90_000, 2_000, count=2)),
    ]  # fmt: skip
    again = submit(
        AGG_B, "again", order("sell-noon", "sell", NOON_S, 20_000, 19_000, unit=BATTERY),
        order("buy-noon", "buy", NOON_S, 20_000, 90_000, unit="car-b2"),
    )  # fmt: skip
    return [
        Step(first.at_s, [found]),
        *others,
        Step(OPEN_S + 300, early),
        Step(OPEN_S + 360),
        Step(OPEN_S + 600, offers),
        *(Step(ENTRY_ENDS_S + 20 * place) for place in range(5)),
        *(Step(ENTRY_ENDS_S + 3_660 + 60 * place) for place in range(3)),  # 12:31, the preliminary result
        Step(ENTRY_ENDS_S + 5_460),
        *(Step(ENTRY_ENDS_S + 5_520 + 60 * place) for place in range(4)),  # the final one
        Step(ENTRY_ENDS_S + 6_000, [Sending(AGG_B, "cancel", cancel_resting), activate("too-much", 20_000)]),
        Step(ENTRY_ENDS_S + 6_060, [again]),
        Step(ENTRY_ENDS_S + 6_120),
        *(Step(ENTRY_ENDS_S + 7_800 + 60 * place) for place in range(6)),  # corrected at 13:35
    ]


CORRECTED_S = ENTRY_ENDS_S + 7_500


class AuctionDay(StreetDay):
    """Drives the exchange beside the platform: others bid before the gate, and its operator corrects the result."""

    exchange: SimulatedExchange

    def take(self, number: int, step: Step) -> None:
        """Send and close one step."""
        if step.at_s >= OPEN_S:
            self.exchange.drive(step.at_s)
        if step.at_s == OPEN_S + 600:
            bids = [curve("buy", start_s, 60) for start_s in (NOON_S, LATER_S, EVENING_S, EVENING_S + QUARTER_S)]
            document = {"groupIndication": "rejectAll", "deliveryDay": DAY, "orders": bids}
            self.exchange.as_user("bob:b", "POST", "/api/v1/dam/orders", document)
        if step.at_s >= CORRECTED_S and self.steps[number - 2].at_s < CORRECTED_S:
            document = {"groupIndication": "rejectAll", "orders": [curve("sell", NOON_S, 1)]}
            self.exchange.operator(f"auctions/{DAY}/correction", document)
        super().take(number, step)


def curve(side: str, start_s: int, price: float) -> dict[str, Any]:
    """Return a lot of another member's."""
    return {
        "type": "curve", "direction": side, "deliveryStart": instant(start_s),
        "deliveryEnd": instant(start_s + QUARTER_S), "steps": [{"price": price, "quantity": 0.1}],
    }  # fmt: skip


def options(data_dir: Path, exchange: SimulatedExchange, **more: Any) -> PlatformOptions:
    """Return a stepped platform whose gateway is a member of the exchange."""
    data_dir.mkdir(parents=True, exist_ok=True)
    password = data_dir.parent / "password"
    password.write_text(PASSWORD)
    login = {"exchange_url": exchange.url, "exchange_user": MEMBER, "exchange_password_file": password}
    settings = {"wholesale-gateway": login, "settlement": {"key_seed": SEED}}
    return PlatformOptions(data_dir=data_dir, stepped=True, settings=settings, **more)


def played(platform: Any, exchange: SimulatedExchange) -> StreetDay:
    """Run everything on a platform."""
    day = AuctionDay(platform, steps())
    day.exchange = exchange
    day.run()
    return day


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, dict[str, Any]]]:
    """What the embedded engine wrote, and what was answered and asked."""
    exchange = SimulatedExchange(OPEN_S)
    folder = tmp_path_factory.mktemp("day-ahead") / "data"
    platform = start(options(folder, exchange, contexts=CONTEXTS))
    try:
        day = played(platform, exchange)
        asked = queries(day)
        day.close()
    finally:
        platform.stop()
        exchange.stop()
    log = EmbeddedLog(folder)
    yield log, asked
    log.close()


def queries(day: StreetDay) -> dict[str, Any]:
    """Return what participants see at the end, and what they were answered."""
    offers = day.client(AGG_B).exchange.day_ahead_offers()
    answers = {
        name: [result.rejection.code for result in day.answer(party, command_id).results]
        for command_id, party in day.sent.items()
        for name in ("again", "too-much")
        if command_id.endswith(f"-{name}")
    }
    return {
        "offers": {
            own.order.order_id: (pb.CurveStage.Name(own.stage), own.revision, [one.quantity_w for one in own.awards])
            for own in offers
        },
        "answers": answers,
        "claimed": {one.mtu.start_s: one.up_w for one in day.client(AGG_B).activation.unit_totals(AREA, BATTERY)},
    }


def events(log: Any, context: str, kind: type, field: str) -> Sequence[Any]:
    """Return the events of a journal."""
    return [getattr(one, field) for one in journal(log, context) if isinstance(one, kind) and one.HasField(field)]


def trades(log: Any, start_s: int) -> list[tuple[str, int]]:
    found = events(log, "orderbook", book.OrderEvent, "trade")
    return [(trade.seller.unit_id, trade.quantity_w) for trade in found if trade.mtu.start_s == start_s]


def test_a_local_trade_keeps_the_cable_from_the_auction(embedded: Any) -> None:
    log, asked = embedded
    assert trades(log, LATER_S) == [(BATTERY, 25_000)]
    (denied,) = events(log, "wholesale-gateway", pb.WholesaleEvent, "room_denied")
    assert (denied.rejection.code, denied.rejection.element) == ("GRID_LIMIT_EXCEEDED", "line-1")
    assert asked["offers"]["da.agg-b.later"] == ("CURVE_STAGE_OVER", 0, [])


def test_an_award_keeps_the_cable_from_a_local_trade_until_it_is_corrected_away(embedded: Any) -> None:
    log, asked = embedded
    assert asked["answers"]["again"] == ["", ""]  # both rest: the unit has the power, the cable has not
    told = [one for one in journal(log, "orderbook") if isinstance(one, book.OrderEvent)]
    kinds = ("trade", "skipped", "headroom_settled")
    story = [
        (kind, getattr(one, kind))
        for one in told
        for kind in kinds
        if one.HasField(kind) and (kind == "headroom_settled" or getattr(one, kind).mtu.start_s == NOON_S)
    ]
    short = [place for place, (kind, _) in enumerate(story) if kind == "skipped"]
    first, second = (place for place, (kind, _) in enumerate(story) if kind == "trade")
    assert {story[place][1].reason.code for place in short} == {"GRID_LIMIT_EXCEEDED"}
    assert [story[place][1].quantity_w for place in (first, second)] == [4_300, 15_700]  # what is left; then the rest
    back = [place for place, (_, one) in enumerate(story) if ".r3:" in getattr(one, "reservation_id", "")]
    assert first < min(short) < max(short) < back[0] < second


def test_what_rested_of_the_unit_gave_way_to_the_award(embedded: Any) -> None:
    log, _ = embedded
    (lowered,) = events(log, "orderbook", book.OrderEvent, "replaced")
    # 200 kW above a base of 1 kW consumed, of which 30 are awarded
    assert (lowered.order.client_order_id, lowered.order.open_w) == ("rests", 171_000)


def test_nobody_activates_what_was_awarded(embedded: Any) -> None:
    log, asked = embedded
    assert asked["answers"]["too-much"] == ["CLAIM_EXCEEDS_OFFER"]  # 30 of the 40 kW offered are sold
    claims = [
        one.claim
        for one in events(log, "activation", activation.ActivationEvent, "claim_made")
        if one.claim.unit_id == BATTERY and one.claim.claimant == activation.CLAIMANT_WHOLESALE
    ]
    assert [sum(share.quantities_w) for claim in claims for share in claim.shares] == [30_000, 10_000, 10_000]
    # the auction at noon no more, but the local trades and the block
    assert asked["claimed"] == {NOON_S: 20_000, LATER_S: 25_000, EVENING_S: 10_000, EVENING_S + QUARTER_S: 10_000}


def test_each_version_is_for_the_ledger_and_the_notary(embedded: Any) -> None:
    log, _ = embedded
    taken = events(log, "settlement", settlement.SettlementEvent, "external_taken")
    noon = [one.result for one in taken if one.result.mtu.start_s == NOON_S]
    assert [(one.version, one.final, sum(share.quantity_w for share in one.shares)) for one in noon] == [
        (1, False, 100_000), (2, True, 100_000), (3, True, 100_000), (4, True, 0),
    ]  # fmt: skip
    block = [one.result for one in taken if one.result.mtu.start_s in (EVENING_S, EVENING_S + QUARTER_S)]
    assert {(one.mtu.start_s, one.version) for one in block} == {
        (start_s, version) for start_s in (EVENING_S, EVENING_S + QUARTER_S) for version in (1, 2, 3)
    }
    assert len({one.hash for one in taken}) == len(taken) == 10
    assert not events(log, "settlement", settlement.SettlementEvent, "external_refused")


@pytest.mark.kafka
@pytest.mark.slow
def test_the_auction_is_the_same_on_kafka(embedded: Any, tmp_path: Path) -> None:
    exchange = SimulatedExchange(OPEN_S)
    platform = start(options(tmp_path / "two" / "data", exchange, engine="kafka"))
    assert isinstance(platform, KafkaPlatform)
    try:
        day = played(platform, exchange)
        asked = queries(day)
        day.close()
        log = recorded_on_kafka(platform._broker.client_config())
    finally:
        platform.stop()
        exchange.stop()
    for context in ("wholesale-gateway", "activation", "orderbook"):
        assert event_digest(log, context) == event_digest(embedded[0], context)
    assert asked == embedded[1]
