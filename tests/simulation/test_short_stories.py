"""Short stories in which everything goes wrong that may: the checkers find nothing, and a failing seed is repeated."""

from __future__ import annotations

import os
import re
from collections import Counter

import pytest
import simulate
from faults import CHANCES
from judging import problems
from planted_faults import FAULTS
from platform_model import PlatformModel
from scenes import SCENES, play, scene_of

SEEDS = range(1_000 if os.environ.get("FLEXBOURSE_LONG") else 40)


@pytest.fixture(scope="module")
def stories() -> list[PlatformModel]:
    return [play(seed) for seed in SEEDS]


def test_nothing_is_wrong(stories: list[PlatformModel]) -> None:
    assert {seed: found for seed, own in zip(SEEDS, stories, strict=True) if (found := problems(own))} == {}


def test_everything_that_may_go_wrong_did(stories: list[PlatformModel]) -> None:
    happened: Counter[str] = sum((own.faults.happened for own in stories), Counter())
    assert {*CHANCES, "slow reader cut"} <= set(happened)


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
