"""Short stories in which everything goes wrong that may: the checkers find nothing, and a failing seed is repeated."""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import replace

import pytest
import simulate
from faults import AT_THE_EXCHANGE, AT_THE_PLATFORM, CHANCES
from grid_checkers import unaudited_points
from hours import HOUR_S, LATE_HOURS_S
from judging import problems
from log_access import book_events, journal
from planted_faults import FAULTS
from platform_model import PlatformModel
from scenes import SCENES, begun, play, scene_of, tell
from sending import Sent
from street import AREA, ENERGY
from trading_story import BUYER_OF, SELLER_OF

from flexbourse.activation.v1 import activation_pb2 as pb
from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse_messages.catalogue import BOOK_COMMAND

SEEDS = range(1_000 if os.environ.get("FLEXBOURSE_LONG") else 63)


@pytest.fixture(scope="module")
def stories() -> list[PlatformModel]:
    return [play(seed) for seed in SEEDS]


def test_nothing_is_wrong(stories: list[PlatformModel]) -> None:
    assert {seed: found for seed, own in zip(SEEDS, stories, strict=True) if (found := problems(own))} == {}


def test_everything_that_may_go_wrong_did(stories: list[PlatformModel]) -> None:
    happened: Counter[str] = sum((own.faults.happened for own in stories), Counter())
    assert {*CHANCES, *AT_THE_EXCHANGE, *AT_THE_PLATFORM, "slow reader cut"} <= set(happened)


def test_activations_and_reservations_are_delivered_and_paid(stories: list[PlatformModel]) -> None:
    taken, paid = set(), set()
    for own in stories:
        for event in journal(own.log, "activation"):
            if isinstance(event, pb.ActivationEvent) and event.HasField("moved"):
                taken.add(event.moved.step)
        for record in journal(own.log, "settlement"):
            if isinstance(record, settlement.SettlementEvent):
                paid |= {line.WhichOneof("kind") for line in record.lines.lines}
    assert {
        pb.ACTIVATION_STEP_GRANT, pb.ACTIVATION_STEP_ORDER, pb.ACTIVATION_STEP_ACKNOWLEDGE, pb.ACTIVATION_STEP_START,
        pb.ACTIVATION_STEP_END, pb.ACTIVATION_STEP_CONFIRM, pb.ACTIVATION_STEP_FAIL,
    } <= taken  # fmt: skip
    assert {"activation", "reservation"} <= paid


def _trade(platform: PlatformModel) -> None:
    """Let two orders of one hour match, and nothing after."""
    mtu = common_pb2.Mtu(start_s=LATE_HOURS_S[0], length_s=HOUR_S)
    for unit, party, side, ticks in (
        ("solar-a3", SELLER_OF["solar-a3"], book.SIDE_SELL, 5_000),
        ("car-b2", BUYER_OF["car-b2"], book.SIDE_BUY, 90_000),
    ):
        order = book.NewOrder(
            client_order_id=unit, market_id=ENERGY, unit_id=unit, product=book.PRODUCT_LOCAL_ENERGY, side=side, mtu=mtu,
            quantity_w=500, limit_price_ticks=ticks, fill_rule=book.FILL_RULE_NORMAL,
        )  # fmt: skip
        submit = book.OrderCommand(area_id=AREA, submit=book.SubmitOrders(orders=[order]))
        platform.send(Sent(BOOK_COMMAND, party, f"last-{unit}", submit))
    platform.settle_down()


def test_what_happens_last_in_a_story_is_audited() -> None:
    platform = begun(0)
    tell(platform, replace(scene_of(0), turns=0, close=_trade, closed_percent=100))
    assert any(name == "operating_point" for name, _ in book_events(platform.log))
    assert unaudited_points(platform.log) == []


def test_a_seed_is_a_story(stories: list[PlatformModel]) -> None:
    assert {scene_of(seed) for seed in SEEDS} == set(SCENES)
    assert play(SEEDS[3]).digest() == stories[3].digest()
    assert len({own.digest() for own in stories}) == len(stories)


def test_a_seed_that_fails_is_printed_with_the_command_that_repeats_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sound = ["--seeds", "2", "--jobs", "1"]
    assert simulate.main(sound) == 0
    capsys.readouterr()
    plant, checker = FAULTS["a trade is not published"]
    plant(monkeypatch)
    assert simulate.main(["--seeds", "8", "--jobs", "1"]) == 1
    failed = re.search(
        rf"^seed (\d+): .*; {re.escape(simulate.COMMAND)} (.*)\n(.*{checker}.*)$", capsys.readouterr().out, re.M
    )
    assert failed is not None
    assert simulate.main(failed[2].split()) == 1
    assert failed[0] in capsys.readouterr().out
