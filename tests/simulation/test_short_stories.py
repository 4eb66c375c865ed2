"""Short stories in which everything goes wrong that may: the checkers find nothing, and a failing seed is repeated."""

from __future__ import annotations

import os
import re
from collections import Counter

import pytest
import simulate
from faults import AT_THE_EXCHANGE, AT_THE_PLATFORM, CHANCES
from judging import problems
from log_access import journal
from planted_faults import FAULTS
from platform_model import PlatformModel
from scenes import SCENES, play, scene_of

from flexbourse.activation.v1 import activation_pb2 as pb
from flexbourse.settlement.v1 import settlement_pb2 as settlement

SEEDS = range(1_000 if os.environ.get("FLEXBOURSE_LONG") else 49)


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
