"""An area that lets orders sleep: deactivated at once when its grid is tight, active when there is headroom again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gateway_world import AREA, GatewayWorld

from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse_messages.catalogue import WHOLESALE_COMMAND
from flexbourse_testkit.drive import START_MS
from flexbourse_testkit.simulated_exchange import MEMBER, PASSWORD, SimulatedExchange
from flexbourse_wholesale_gateway.adapters.okte_login import Login
from flexbourse_wholesale_gateway.domain.external_orders.deciding import Outcome
from flexbourse_wholesale_gateway.domain.external_orders.reports import ReportedTrade, Status
from flexbourse_wholesale_gateway.domain.state import WAKE_AFTER_S
from flexbourse_wholesale_gateway.effects import EnterEffect, LookUpEffect, OperateEffect
from flexbourse_wholesale_gateway.exchange_link import ExchangeLink
from flexbourse_wholesale_gateway.first_sending import FirstSendings
from flexbourse_wholesale_gateway.processor import SELF
from flexbourse_wholesale_gateway.telling import AskingSource

LOT_W = 100_000


class SleepingWorld(GatewayWorld):
    """An area whose orders sleep, with one of two lots on the exchange."""

    def __init__(self, rule: int = pb.ON_TIGHTENING_HIBERNATE) -> None:
        super().__init__()
        assert not self.rule("dso", rule)
        self.entered(2 * LOT_W)

    def rule(self, party: str, rule: int, area_id: str = AREA) -> str:
        wish = pb.SetAreaRules(area_id=area_id, on_tightening=rule)  # type: ignore[arg-type]
        return self.send(party, set_area_rules=wish).results[0].rejection.code

    def tighten(self) -> None:
        name = self.headroom("reserve")[-1].order.reserve.reservation_id
        self.grid(
            headroom_short=book.HeadroomShort(
                area_id=AREA, mtu=self.mtu, reservation_ids=[name], reason="capacity limits"
            )
        )

    def operations(self) -> list[str]:
        kinds = [one.operation.kind for one in self.requests() if isinstance(one, pb.OperationSent)]
        return [pb.OperationKind.Name(kind).removeprefix("OPERATION_KIND_") for kind in kinds]

    def asked_w(self) -> list[int]:
        return [sum(change.p_w for change in one.order.reserve.changes) for one in self.headroom("reserve")]

    def sleep(self, *trades: ReportedTrade, left_w: int = 2 * LOT_W) -> None:
        """Let the exchange show that it sleeps."""
        self.answer(Outcome.DONE)
        self.show(self.report(Status.INACTIVE, *trades, remaining_w=left_w))


@pytest.fixture
def world() -> Iterator[SleepingWorld]:
    one = SleepingWorld()
    yield one
    one.drive.recovered()


def test_it_sleeps_at_once_and_its_headroom_is_given_back_when_that_is_seen(world: SleepingWorld) -> None:
    world.tighten()
    assert world.operations() == ["DEACTIVATE"]
    assert not world.headroom("release")  # it may be filled until it is seen to sleep
    world.sleep()
    assert len(world.headroom("release")) == 1
    assert not world.events("ended")


def test_it_wakes_when_there_is_headroom_again(world: SleepingWorld) -> None:
    world.tighten()
    world.sleep()
    world.later(WAKE_AFTER_S - 1)
    assert world.asked_w() == [2 * LOT_W]
    world.later(1)
    assert world.asked_w() == [2 * LOT_W] * 2
    world.deny()
    world.later(WAKE_AFTER_S)
    assert world.asked_w() == [2 * LOT_W] * 3
    assert world.operations() == ["DEACTIVATE"]
    world.hold()
    assert world.operations() == ["DEACTIVATE", "ACTIVATE"]
    world.answer(Outcome.DONE)
    world.show(world.report(Status.RESTING, remaining_w=2 * LOT_W))
    world.later(2 * WAKE_AFTER_S)
    assert world.asked_w() == [2 * LOT_W] * 3
    world.tell(world.report(Status.MATCHED, ReportedTrade("t1", 2 * LOT_W, 4_000)))
    assert sum(c.p_w for one in world.headroom("confirm") for c in one.order.confirm.changes) == 2 * LOT_W


def test_what_was_filled_on_the_way_counts_and_the_rest_asks_for_less(world: SleepingWorld) -> None:
    world.tighten()
    world.sleep(ReportedTrade("t1", LOT_W, 4_000), left_w=LOT_W)
    confirm, release = world.headroom("confirm"), world.headroom("release")
    assert [sum(change.p_w for change in one.order.confirm.changes) for one in confirm] == [LOT_W]
    assert len(release) == 1
    world.later(WAKE_AFTER_S)
    assert world.asked_w()[-1] == LOT_W


def test_a_disconnect_does_not_wake_it(world: SleepingWorld) -> None:
    world.tighten()
    world.sleep()
    world.connect()
    world.tell(world.report(Status.INACTIVE, remaining_w=2 * LOT_W))
    assert world.operations() == ["DEACTIVATE"]


def test_what_somebody_wakes_is_put_to_sleep_again(world: SleepingWorld) -> None:
    world.tighten()
    world.sleep()
    world.tell(world.report(Status.RESTING, remaining_w=2 * LOT_W))
    assert world.operations() == ["DEACTIVATE", "DEACTIVATE"]


def test_an_exchange_that_does_not_put_it_to_sleep_cancels_it(world: SleepingWorld) -> None:
    world.tighten()
    world.answer(Outcome.REFUSED)
    world.show(world.report(Status.RESTING, remaining_w=2 * LOT_W))
    assert world.operations() == ["DEACTIVATE", "CANCEL"]
    assert "cannot be put to sleep" in world.events("withdrawal_wanted")[0].reason


def test_what_is_not_on_the_exchange_yet_stays_at_home(world: SleepingWorld) -> None:
    world.leftover(3, LOT_W)
    world.close()
    world.tighten()
    assert world.stage() == "STAGE_CANCELLED"
    assert not world.events("hibernation_wanted")


def test_its_party_takes_it_back_asleep(world: SleepingWorld) -> None:
    world.tighten()
    world.sleep()
    world.send("agr-a", withdraw=pb.WithdrawFromExchange(order_ids=["o1"]))
    assert world.operations() == ["DEACTIVATE", "CANCEL"]
    world.tell(world.report(Status.CANCELLED))
    assert len(world.events("ended")) == 1


def test_a_second_shortage_takes_nothing_that_sleeps(world: SleepingWorld) -> None:
    world.tighten()
    world.sleep()
    lack = book.ElementShort(
        element_id="trafo", unit="mpct", short=4_000, effects=[book.HeldEffect(node_id="n1", effect=1_000_000)]
    )
    contested = book.HeadroomContested(area_id=AREA, mtu=world.mtu, order_id="x", element_id="trafo", short=lack)
    world.grid(headroom_contested=contested)
    assert world.operations() == ["DEACTIVATE"]


def test_it_ends_with_its_gate_asleep(world: SleepingWorld) -> None:
    world.tighten()
    world.sleep()
    gate_s = world.mtu.start_s - 1_800
    world.later(gate_s - world.drive.at_ms // 1000)
    asked = len(world.asked_w())
    world.later(61)
    assert len(world.asked_w()) == asked  # nothing is asked for behind the gate
    world.show(world.report(Status.EXPIRED))
    assert world.events("ended")


@pytest.mark.parametrize("rule", [pb.ON_TIGHTENING_CANCEL])
def test_an_area_that_cancels(rule: int) -> None:
    world = SleepingWorld(rule)
    world.tighten()
    assert world.operations() == ["CANCEL"]
    world.drive.recovered()


def test_who_sets_the_rules_of_an_area(world: SleepingWorld) -> None:
    hibernate = pb.ON_TIGHTENING_HIBERNATE
    codes = [
        world.rule("agr-a", hibernate), world.rule("ops", hibernate), world.rule("dso", 0), world.rule("dso", 3),
        world.rule("dso", hibernate, "elsewhere"),
    ]  # fmt: skip
    assert codes == ["NOT_AUTHORISED", "", "FIELD_MISSING", "FIELD_MISSING", "UNKNOWN_OBJECT"]


class LinkedWorld(SleepingWorld):
    """The same with a running exchange: what is asked of it is done there, what it shows is told."""

    def __init__(self, exchange: SimulatedExchange, folder: Path) -> None:
        (folder / "password").write_text(PASSWORD)
        link = ExchangeLink(Login(url=exchange.url, user=MEMBER, password_file=folder / "password"))
        self._sendings = FirstSendings()
        kinds = (EnterEffect(link, self._sendings), OperateEffect(link), LookUpEffect(link))
        self._effects: dict[str, Any] = {effect.kind: effect for effect in kinds}
        self._source = AskingSource(link)
        self._performed: set[str] = set()
        super().__init__()

    def entered(self, watts: int = LOT_W) -> None:
        self.run()
        self.leftover(1, watts)
        self.close()
        self.hold()
        self.run()

    def run(self) -> None:
        """Do what was asked for, and hear what came of it."""
        for _ in range(3):
            for intent in list(self.drive.intents):
                if intent.intent_id not in self._performed:
                    self._performed.add(intent.intent_id)
                    self._sendings.note(intent.intent_id)
                    outcome = self._effects[intent.kind].perform(intent)
                    self.drive.command(WHOLESALE_COMMAND, outcome.body, SELF, outcome.command_id)
            for told in self._source.poll():
                self.drive.command(WHOLESALE_COMMAND, told.body, SELF, told.command_id)
                self._source.taken(told)


def test_asleep_and_awake_on_the_running_exchange(tmp_path: Path) -> None:
    exchange = SimulatedExchange(START_MS // 1000)
    try:
        world = LinkedWorld(exchange, tmp_path)
        (own,) = exchange.orders()
        assert own["status"] == "active"
        world.tighten()
        world.run()
        (own,) = exchange.orders()
        assert own["status"] == "inactive"
        assert len(world.headroom("release")) == 1
        exchange.trade_against("buy", 0.2, 60.0, world.mtu.start_s, minutes=15)  # somebody would have taken it
        world.later(WAKE_AFTER_S)
        world.hold()
        world.run()
        (own,) = exchange.orders()
        assert own["status"] == "matched"
        assert sum(share.quantity_w for one in world.results() for share in one.shares) == 2 * LOT_W
        assert world.events("ended")
        world.drive.recovered()
    finally:
        exchange.stop()
