"""The shard of activation, driven as an engine drives it; every test ends with a recovery from journal and snapshot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from headroom_book import AnsweredDrive

from flexbourse.activation.v1 import activation_pb2 as pb
from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_activation.figures import ActivationFigures
from flexbourse_activation.processor import ActivationProgram
from flexbourse_activation.view import ActivationView
from flexbourse_log.port import PARTY, Record
from flexbourse_messages.catalogue import (
    ACTIVATION_CLAIM,
    ACTIVATION_COMMAND,
    ACTIVATION_LIFE,
    ACTIVATION_ORDER,
    BOOK_TRADE,
    CATALOGUE,
    LIGHT_ZONE,
    REGISTRY_ENTITY,
)
from flexbourse_messages.lookup import Catalogue
from flexbourse_testkit.scraping import scraped

AREA = "village"
ROLES = {
    "dso": registry.ROLE_DSO, "tso": registry.ROLE_TSO, "agr": registry.ROLE_AGR, "ops": registry.ROLE_MARKET_OPERATOR,
}  # fmt: skip


class Activations:
    """A shard with an area, operators and two units, and short ways to say what others say."""

    def __init__(self, *, catalogue: Catalogue = CATALOGUE, shard: int = 0) -> None:
        self.drive = AnsweredDrive(
            lambda own: ActivationProgram(own, "platform"),
            "activation",
            shard=shard,
            area_shards=2,
            catalogue=catalogue,
        )
        self.start_s = self.drive.at_ms // 1000 + 36_000
        self.entity("area/village", area=registry.GridArea(area_id=AREA, dso_id="dso"))
        for name, role in ROLES.items():
            one = registry.Participant(participant_id=name, roles=[role], active=True)
            self.entity(f"participant/{name}", participant=one)
        for number in (1, 2):
            point = registry.MeteringPoint(
                metering_point_id=f"mp{number}", area_id=AREA, node_id=f"n{number}", active=True
            )
            self.entity(f"metering_point/mp{number}", metering_point=point)
            self.unit(number)
            right = registry.RightToOffer(
                right_id=f"r{number}", unit_id=f"u{number}", holder_id="agr", valid_to_s=10**10
            )
            self.entity(f"right/r{number}", right=right)
        pool = registry.Portfolio(portfolio_id="pool", operator_id="agr", unit_ids=["u1", "u2"])
        self.entity("portfolio/pool", portfolio=pool)

    def unit(self, number: int, *, active: bool = True) -> None:
        unit = registry.Unit(
            unit_id=f"u{number}", metering_point_id=f"mp{number}", operator_id="agr", max_power_w=10_000,
            min_power_w=-10_000, controllable=True, active=active, feeder_id="feeder-1",
        )  # fmt: skip
        self.entity(f"unit/u{number}", unit=unit)

    def entity(self, key: str, **kind: object) -> None:
        state = registry.EntityState(entity=registry.Entity(**kind), version=1)  # type: ignore[arg-type]
        self.drive.input(REGISTRY_ENTITY, key, state)

    def red(self) -> None:
        mtu = common_pb2.Mtu(start_s=self.start_s, length_s=900)
        state = light.LightState(area_id=AREA, zone_id="feeder-1", mtu=mtu, light=light.LIGHT_RED, sequence=1)
        self.drive.input(LIGHT_ZONE, f"{AREA}/feeder-1/{self.start_s}", state)
        beat = light.LightHeartbeat(area_id=AREA, zone_id="feeder-1", valid_until_ms=self.drive.at_ms + 45_000)
        self.drive.input(LIGHT_ZONE, f"{AREA}/feeder-1", beat)

    def window(self, count: int = 2) -> pb.Window:
        return pb.Window(start_s=self.start_s, end_s=self.start_s + 900 * count, mtu_length_s=900)

    def send(self, party: str, **body: object) -> common_pb2.Answer:
        command = pb.ActivationCommand(area_id=AREA, **body)  # type: ignore[arg-type]
        return self.drive.command(ACTIVATION_COMMAND, command, party)

    def offer(self, name: str = "o1", quantity: int = 8_000, **more: object) -> common_pb2.Answer:
        terms = pb.OfferTerms(
            offer_id=name, **({"unit_id": "u1"} | more), direction=pb.DIRECTION_UP, window=self.window(4),  # type: ignore[arg-type]
            quantity_w=quantity, activation_price_micro_euro_per_mwh=90_000_000,
        )  # fmt: skip
        return self.send("agr", offer=terms)

    def activate(self, party: str = "dso", quantity: int = 5_000, **more: object) -> common_pb2.Answer:
        wanted: dict[str, object] = {
            "activation_id": "act", "offer_id": "o1", "purpose": pb.PURPOSE_CONGESTION, "window": self.window(),
            "quantity_w": quantity, "limit_price_micro_euro_per_mwh": 100_000_000, **more,
        }  # fmt: skip
        return self.send(party, activate=pb.ActivationTerms(**wanted))  # type: ignore[arg-type]

    def trade(self, quantity: int, **request: object) -> None:
        buyer = book.MatchSide(party="brp", basis=book.BASIS_SCHEDULED)
        if request:
            buyer = book.MatchSide(party=str(request["by"]), basis=book.BASIS_OPERATOR_REQUEST)
        trade = book.TradeExecuted(
            trade_id="t1", area_id=AREA, mtu=common_pb2.Mtu(start_s=self.start_s, length_s=900),
            product=book.PRODUCT_FLEX_UP, quantity_w=quantity, price_ticks=5_000, tick_micro_euro_per_mwh=10_000,
            seller=book.MatchSide(party="agr", unit_id="u1", basis=book.BASIS_DEVIATION, moved_w=quantity),
            buyer=buyer, reliefs=[book.Relief(element_id="line-1", relief_mpct=900, bought=True)],
        )  # fmt: skip
        self.drive.input(BOOK_TRADE, f"{AREA}/{self.start_s}", book.OrderEvent(trade=trade))

    def orders(self) -> list[pb.ActivationOrder]:
        return [order for order in self.drive.projected(ACTIVATION_ORDER) if isinstance(order, pb.ActivationOrder)]


@pytest.fixture
def shard() -> Iterator[Activations]:
    world = Activations()
    yield world
    world.drive.recovered()


def accepted(answer: common_pb2.Answer) -> bool:
    """Tell whether nothing was refused."""
    return not any(result.HasField("rejection") for result in answer.results)


def code(answer: common_pb2.Answer) -> str:
    """Return the leading refusal."""
    return answer.results[0].rejection.code


def test_an_activation_from_offer_to_confirmation(shard: Activations) -> None:
    assert accepted(shard.offer())
    assert accepted(shard.activate())
    shard.drive.time((shard.start_s - 900) * 1000)
    (order,) = shard.orders()
    assert (order.operator_id, order.kind, list(order.shares[0].quantities_w)) == ("agr", 1, [5_000, 5_000])
    taken = pb.AcknowledgeOrder(activation_id="act", order_revision=1, accepted=True)
    assert accepted(shard.send("agr", acknowledge=taken))
    shard.drive.time((shard.start_s + 1800) * 1000)
    done = pb.ConfirmDelivery(activation_id="act", delivered_w=[5_000, 4_900], reason="clouds")
    assert accepted(shard.send("agr", confirm=done))
    steps = [event.moved.step for event in shard.drive.projected(ACTIVATION_LIFE) if event.HasField("moved")]  # type: ignore[union-attr]
    assert steps == [9, 1, 2, 3, 4, 6]
    assert shard.drive.projected(ACTIVATION_ORDER)[-1] is None


def test_orders_go_to_the_topic_of_the_units_operator(shard: Activations) -> None:
    shard.offer()
    shard.activate()
    shard.drive.time((shard.start_s - 900) * 1000)
    (output,) = [own for own in shard.drive.projections if own.topic == ACTIVATION_ORDER]
    assert (output.key, output.headers[PARTY]) == ("village/act", "agr")


def test_the_timer_is_the_next_deadline(shard: Activations) -> None:
    assert shard.drive.program.next_timer_ms() is None
    shard.offer()
    shard.activate()
    assert shard.drive.program.next_timer_ms() == (shard.start_s - 900) * 1000
    shard.drive.time((shard.start_s - 900) * 1000)
    assert shard.drive.program.next_timer_ms() == (shard.start_s - 900 + 120) * 1000


def test_a_trade_with_an_operators_request_is_an_activation(shard: Activations) -> None:
    shard.trade(4_000, by="dso")
    events = [event for event in shard.drive.projected(ACTIVATION_LIFE) if event.HasField("requested")]  # type: ignore[union-attr]
    own = events[0].requested.activation  # type: ignore[union-attr]
    assert (own.activation_id, own.claimant, own.party, own.operator_id) == ("trade/t1", pb.CLAIMANT_DSO, "dso", "agr")
    assert (own.element_id, own.price_micro_euro_per_mwh) == ("line-1", 50_000_000)


def test_a_local_trade_is_a_claim_alone(shard: Activations) -> None:
    shard.trade(4_000)
    kinds = [event.WhichOneof("event") for event in shard.drive.projected(ACTIVATION_LIFE)]  # type: ignore[union-attr]
    assert kinds == ["claim_made"]
    (total,) = shard.drive.projected(ACTIVATION_CLAIM)
    assert (total.unit_id, total.up_w, total.revision) == ("u1", 4_000, 1)  # type: ignore[union-attr]


def test_reactive_trades_claim_nothing(shard: Activations) -> None:
    side = book.MatchSide(party="agr", unit_id="u1", basis=book.BASIS_DEVIATION, moved_w=5, moved_var=5)
    trade = book.TradeExecuted(trade_id="q", area_id=AREA, product=book.PRODUCT_FLEX_REACTIVE_UP, seller=side)
    shard.drive.input(BOOK_TRADE, AREA, book.OrderEvent(trade=trade))
    assert shard.drive.projected(ACTIVATION_LIFE) == []


def test_a_curtailed_trade_changes_its_order(shard: Activations) -> None:
    shard.trade(4_000, by="dso")
    shard.drive.time((shard.start_s - 900) * 1000)
    cut = book.TradeCurtailed(area_id=AREA, curtailment=book.Curtailment(trade_id="t1", left_w=1_000))
    shard.drive.input(BOOK_TRADE, AREA, book.OrderEvent(trade_curtailed=cut))
    assert [(order.kind, order.shares[0].quantities_w[0]) for order in shard.orders()] == [(1, 4_000), (2, 1_000)]


def test_a_recalled_trade_claims_nothing_any_more(shard: Activations) -> None:
    shard.trade(4_000)
    recalled = book.TradeRecalled(area_id=AREA, trade_id="t1")
    shard.drive.input(BOOK_TRADE, AREA, book.OrderEvent(trade_recalled=recalled))
    totals = [(total.up_w, total.revision) for total in shard.drive.projected(ACTIVATION_CLAIM)]  # type: ignore[union-attr]
    assert totals == [(4_000, 1), (0, 2)]


def test_an_override_at_a_red_light(shard: Activations) -> None:
    shard.offer()
    shard.activate("tso")
    terms = pb.OverrideTerms(
        override_id="x",
        unit_id="u1",
        direction=pb.DIRECTION_DOWN,
        window=shard.window(1),
        quantity_w=3_000,
        reason="fire",
    )
    assert code(shard.send("dso", override=terms)) == "LIGHT_NOT_RED"
    shard.red()
    assert accepted(shard.send("dso", override=terms))
    lost = [event.overridden for event in shard.drive.projected(ACTIVATION_LIFE) if event.HasField("overridden")]  # type: ignore[union-attr]
    assert [own.compensation_micro_euro for own in lost] == [112_500, 75_000]


def test_a_suspended_unit_fails_its_activation(shard: Activations) -> None:
    shard.offer()
    shard.activate()
    shard.unit(1, active=False)
    last = shard.drive.projected(ACTIVATION_LIFE)
    assert any(event.HasField("moved") and event.moved.reason == "unit u1 is not active" for event in last)  # type: ignore[union-attr]


def test_a_right_that_is_revoked_ends_the_offers_that_stand_on_it(shard: Activations) -> None:
    shard.offer()
    shard.offer("o2", unit_id="u2")
    revoked = registry.RightToOffer(right_id="r1", unit_id="u1", holder_id="agr", valid_to_s=10**10, revoked=True)
    shard.entity("right/r1", right=revoked)
    ended = [event.offer_withdrawn for event in shard.drive.events if event.HasField("offer_withdrawn")]  # type: ignore[attr-defined]
    assert [event.offer_id for event in ended] == ["o1"]
    assert code(shard.activate()) == "UNKNOWN_OBJECT"


def test_a_command_that_says_nothing_is_refused(shard: Activations) -> None:
    assert code(shard.send("dso")) == "FIELD_MISSING"
    empty = pb.ActivationCommand(area_id="elsewhere", withdraw_need=pb.WithdrawNeed(need_id="n"))
    assert code(shard.drive.command(ACTIVATION_COMMAND, empty, "dso")) == "UNKNOWN_OBJECT"


def test_unknown_numbers_of_enumerations_are_refused_not_fatal(shard: Activations) -> None:
    shard.offer()
    assert code(shard.activate(purpose=99)) == "PURPOSE_NOT_ALLOWED"


def test_everything_that_is_set_survives_a_recovery(shard: Activations) -> None:
    """Rules, effects, needs, reservations, interface values and portfolios; the fixture recovers."""
    assert accepted(shard.send("platform", set_coordination=pb.SetCoordination(preset="2A")))
    effects = [pb.Effect(element_id="line-1", node_id=f"n{number}", effect_permille=-700) for number in (1, 2)]
    assert accepted(shard.send("dso", set_effects=pb.SetEffects(topology_version=1, effects=effects)))
    assert accepted(shard.offer("p", 12_000, unit_id="", portfolio_id="pool"))
    need = pb.NeedTerms(
        need_id="n", element_id="line-1", purpose=pb.PURPOSE_CONGESTION, direction=pb.DIRECTION_UP,
        window=shard.window(), quantity_w=4_200,
    )  # fmt: skip
    assert accepted(shard.send("dso", state_need=need))
    assert accepted(shard.activate(offer_id="", need_id="n", limit_price_micro_euro_per_mwh=200_000_000))
    served = [event.need_served for event in shard.drive.projected(ACTIVATION_LIFE) if event.HasField("need_served")]  # type: ignore[union-attr]
    assert (served[0].chosen_w, served[0].short_w) == (4_200, 0)
    reserve = pb.ReservationTerms(
        reservation_id="res", offer_id="p", purpose=pb.PURPOSE_CONGESTION, window=shard.window(4), quantity_w=2_000
    )
    assert accepted(shard.send("tso", reserve=reserve))
    value = pb.InterfaceValue(
        node_id="n0", mtu=common_pb2.Mtu(start_s=shard.start_s, length_s=900), kind=2, voltage_mv=110_000_000,
        power_w=-1_500_000, power_factor_permille=-960, energy_wh=-375_000,
    )  # fmt: skip
    for party in ("dso", "tso"):
        assert accepted(shard.send(party, report_interface=pb.ReportInterface(values=[value])))
    assert code(shard.send("agr", report_interface=pb.ReportInterface(values=[value]))) == "NOT_AUTHORISED"
    assert shard.drive.program.snapshot() == copied(shard.drive.program.snapshot())


def copied(data: bytes) -> bytes:
    """Return the bytes of a program that took its state from bytes."""
    program = ActivationProgram(0, "platform")
    program.restore(data)
    return program.snapshot()


def test_the_read_model_folds_to_the_state_of_the_shard(shard: Activations) -> None:
    shard.offer()
    shard.activate()
    shard.trade(2_000, by="dso")
    shard.drive.time((shard.start_s - 900) * 1000)
    view = ActivationView("platform")
    for offset, output in enumerate(shard.drive.projections):
        view.fold(Record(output.topic, 0, offset, output.key, b"x", output.headers), output.message)
    state = shard.drive.program._machine.desks[AREA].state  # type: ignore[attr-defined]
    assert view.area(AREA).activations == state.activations
    assert view.area(AREA).guard.totals == state.guard.totals
    assert [order.activation_id for order in view.orders(AREA, "agr")] == ["act", "trade/t1"]
    assert view.orders(AREA, "other") == []


def test_where_rights_hold_on_the_chain_only_a_granted_one_lets_a_unit_be_offered(shard: Activations) -> None:
    shard.entity("area/village", area=registry.GridArea(area_id=AREA, dso_id="dso", rights_on_chain=True))

    def said(status: int, to_s: int) -> list[str]:
        right = registry.RightToOffer(
            right_id="r1", unit_id="u1", holder_id="agr", valid_to_s=10**10,
            on_chain=registry.RightOnChain(status=status, valid_to_s=to_s),  # type: ignore[arg-type]
        )  # fmt: skip
        shard.entity("right/r1", right=right)
        return [result.rejection.code for result in shard.offer().results]

    last_s = shard.start_s + 4 * 900
    assert [result.rejection.code for result in shard.offer().results] == ["RIGHT_NOT_ON_CHAIN"]
    assert said(registry.RIGHT_CHAIN_STATUS_REVOKED, last_s) == ["RIGHT_NOT_ON_CHAIN"]
    assert said(registry.RIGHT_CHAIN_STATUS_GRANTED, last_s - 1) == ["RIGHT_NOT_ON_CHAIN"]
    assert said(registry.RIGHT_CHAIN_STATUS_GRANTED, last_s) == [""]


def test_the_metrics_of_an_order_that_nobody_acknowledges(shard: Activations) -> None:
    shard.offer()
    shard.activate()
    need = pb.NeedTerms(
        need_id="n1", element_id="line-1", purpose=pb.PURPOSE_CONGESTION, direction=pb.DIRECTION_UP,
        window=shard.window(), quantity_w=1_000,
    )  # fmt: skip
    assert accepted(shard.send("dso", state_need=need))
    shard.trade(7_000)  # beside the 5 kW that are claimed, of 10 kW
    assert scraped(ActivationFigures(), shard.drive) == [
        'activation_activations{shard="0",state="granted"} 1.0',
        'activation_reservations{shard="0"} 0.0',
        'activation_needs{shard="0"} 1.0',
        'activation_steps_total{shard="0",step="grant"} 1.0',
        'activation_claims_refused_total{code="CLAIM_EXCEEDS_OFFER",of="trade",shard="0"} 1.0',
    ]
    shard.drive.time((shard.start_s - 900) * 1000)
    shard.drive.time((shard.start_s - 700) * 1000)
    assert scraped(ActivationFigures(), shard.drive) == [
        'activation_reservations{shard="0"} 0.0',
        'activation_needs{shard="0"} 1.0',
        'activation_steps_total{shard="0",step="fail"} 1.0',
        'activation_steps_total{shard="0",step="grant"} 1.0',
        'activation_steps_total{shard="0",step="order"} 1.0',
        'activation_deadlines_missed_total{of="acknowledgement",shard="0"} 1.0',
        'activation_claims_refused_total{code="CLAIM_EXCEEDS_OFFER",of="trade",shard="0"} 1.0',
    ]
