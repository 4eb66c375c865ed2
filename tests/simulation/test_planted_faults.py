"""Each invariant's checker sees the fault that breaks it; without a fault the same days are sound."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import long_day
import pytest
import scenes
from activated_world import ACTIVATED
from balancing_story import BALANCED, CALLED_AT_ONCE
from clicked_story import CLICKED
from day_ahead_story import AUCTIONED
from exchange_story import EXCHANGED
from judging import problems
from planted_activation_faults import ACTIVATION_FAULTS
from planted_balancing_faults import BALANCING_FAULTS, CALLED_FAULTS
from planted_day_ahead_faults import DAY_AHEAD_FAULTS
from planted_exchange_faults import EXCHANGE_FAULTS
from planted_faults import FAULTS
from platform_model import PlatformModel
from scenes import scene_of
from worlds import World

# What is looked at until a fault is seen: a few short stories, then days, then more stories. Nothing is pinned, so that
# a change of the stories or of the engine moves nothing here; without a fault others find nothing in any of them.
FEW_STORIES, MOST_DAYS, MOST_STORIES = 20, 12, 1_200
# Where a fault can be seen that no other world has the service for.
WORLD_OF = {**dict.fromkeys(ACTIVATION_FAULTS, ACTIVATED), **dict.fromkeys(EXCHANGE_FAULTS, EXCHANGED)}
WORLD_OF |= {**dict.fromkeys(BALANCING_FAULTS, BALANCED), **dict.fromkeys(CALLED_FAULTS, CALLED_AT_ONCE)}
WORLD_OF |= dict.fromkeys(DAY_AHEAD_FAULTS, AUCTIONED)
WORLD_OF["a hit takes whatever rests"] = CLICKED


def told(world: World | None) -> Iterator[PlatformModel]:
    """Yield platforms behind stories; where a service sees a fault first and crashes, the log so far says it, too.

    A fault of a service that one world alone has is looked for there; the others in those of the market, and in days.
    """
    of_one = set(WORLD_OF.values())
    seeds = [
        seed for seed in range(MOST_STORIES)
        if scene_of(seed).world is world or (world is None and scene_of(seed).world not in of_one)
    ]  # fmt: skip
    for seed in seeds[:FEW_STORIES]:
        yield short(seed)
    for seed in range(MOST_DAYS if world is None else 0):
        platform = long_day.prepared().platform(seed)
        with suppress(Exception):
            long_day.live(platform)
        yield platform
    for seed in seeds[FEW_STORIES:]:
        yield short(seed)


def short(seed: int) -> PlatformModel:
    """Return the platform behind a short story."""
    platform = scenes.begun(seed)
    with suppress(Exception):
        scenes.tell(platform, scenes.scene_of(seed))
    return platform


@pytest.fixture(scope="module", autouse=True)
def _worlds_before_anything_is_planted() -> None:
    long_day.prepared()
    for scene in scenes.SCENES:
        scenes.beginning(scene)


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, checker = FAULTS[name]
    plant(monkeypatch)
    seen: set[str] = set()
    for platform in told(WORLD_OF.get(name)):
        found = {text.partition(":")[0] for text in problems(platform)}
        if checker in found:
            return
        seen |= found
    pytest.fail(f"{checker} saw nothing; seen by others: {sorted(seen)}")
