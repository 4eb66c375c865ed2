"""Short stories of some tens of commands: a seed names one, and the schedule of faults that it is told with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random
from typing import Protocol

import balancing_story
import day_ahead_story
from activated_world import ACTIVATED, deliver_and_settle
from activation_story import ActivationStory
from balancing_story import BALANCED, BalancingStory, CalledBalancingStory
from called_story import CalledStory
from clicked_story import CLICKED, ClickedStory
from day_ahead_story import AUCTIONED, DayAheadStory
from exchange_story import EXCHANGED, ExchangeStory, trade_and_settle
from hours import HOUR_S, HOURS_S, LATE_BEGINS_S, LATE_HOURS_S
from platform_model import PlatformModel
from second_area import SHARD, TwoAreasStory, of_second
from sending import Sent
from story import meters
from trading_story import TradingStory
from worlds import CALLED, MARKET, TRADING, Prepared, World, prepared, trading_founding

from flexbourse_messages.catalogue import BOOK_OPERATING_POINT

TURNS = 10
COMMANDS_A_TURN = (1, 2, 3, 4)
# After the longest one the lights have lapsed.
PAUSES_MS = (200, 1_000, 1_000, 1_000, 5_000, 20_000, 50_000)
# Orders go out and windows begin while things go wrong; an order is to be answered within two minutes.
ACTIVATION_TURNS = 14
ACTIVATION_PAUSES_MS = (200, 1_000, 1_000, 1_000, 5_000, 20_000, 60_000, 300_000, 600_000)
# The local gate passes within them, and what is refused may go out again.
EXCHANGE_TURNS = 16
EXCHANGE_PAUSES_MS = (200, 1_000, 5_000, 5_000, 11_000, 20_000, 31_000, 60_000)
BALANCING_TURNS = 44
BALANCING_PAUSES_MS = (0, 0, 0, 1_000, 2_000, 5_000, 5_000, 8_000, 10_000, 15_000)
CALLED_TURNS = 72
CALLED_PAUSES_MS = (0, 0, 0, 0, 1_000, 1_000, 2_000, 5_000)
DAY_AHEAD_TURNS = 44
DAY_AHEAD_PAUSES_MS = (0, 0, 0, 0, 1_000, 2_000, 3_000, 5_000)
HURRIED_ONE_OF = 8  # times that are passed over while somebody has something to do
MOMENT_MS = 1_000
AUDITED_MS = 60_000  # after which what was accepted last is audited, too
MOST_AWAKENINGS = 10
# A short story has few effects and a reader few turns.
OFTEN = {"effect repeated": 400, "effect lost": 300, "solvers disagree": 300, "slow reader": 200}
CLOSED_PERCENT = 25  # of the stories, which go on until everything is metered and paid


class Drawn(Protocol):
    """Whoever draws commands."""

    def next(self) -> Sent:
        """Return what somebody sends now."""


@dataclass(frozen=True)
class Scene:
    """A kind of short story: the world where it begins, and who draws what is sent."""

    name: str
    world: World
    story: Callable[[Random], Drawn]
    close: Callable[[PlatformModel], None]
    turns: int = TURNS
    pauses_ms: tuple[int, ...] = PAUSES_MS
    closed_percent: int = CLOSED_PERCENT  # of its stories
    commands_a_turn: tuple[int, ...] = COMMANDS_A_TURN
    moments_s: tuple[int, ...] = ()  # to the next of which a pause of 0 goes


def _two_areas() -> Iterable[Sent]:
    first = list(trading_founding())
    second = [of_second(sent) for sent in first]
    for entity in second[0].body.entities:
        if entity.HasField("area"):
            entity.area.shard = SHARD
    return [*first, *second]


TWO_AREAS = World(MARKET, _two_areas, HOUR_S, area_shards=2, begins_s=LATE_BEGINS_S, read_s=LATE_HOURS_S[::2])


def close(platform: PlatformModel) -> None:
    """Let all books close, then meter and settle."""
    hours_s = HOURS_S if platform.now_ms < HOURS_S[0] * 1000 else LATE_HOURS_S
    platform.now_ms = (hours_s[-1] + HOUR_S) * 1000
    platform.settle_down()
    for sent in meters(hours_s, HOUR_S):
        for own in (sent, of_second(sent))[: platform.area_shards]:
            platform.send(own)
        platform.settle_down()


SCENES: tuple[Scene, ...] = (
    Scene("trading", TRADING, TradingStory, close), Scene("calls", CALLED, CalledStory, close),
    Scene("two areas", TWO_AREAS, TwoAreasStory, close),
    Scene(
        "activations", ACTIVATED, ActivationStory, deliver_and_settle, ACTIVATION_TURNS, ACTIVATION_PAUSES_MS,
        closed_percent=100,
    ),
    Scene(
        "exchange", EXCHANGED, ExchangeStory, trade_and_settle, EXCHANGE_TURNS, EXCHANGE_PAUSES_MS, closed_percent=100,
    ),
    Scene(
        "balancing", BALANCED, BalancingStory, balancing_story.order_and_deliver, BALANCING_TURNS, BALANCING_PAUSES_MS,
        closed_percent=100, commands_a_turn=(0, 0, 0, 1), moments_s=balancing_story.MOMENTS_S,
    ),
    Scene("clicked", CLICKED, ClickedStory, close),
    Scene(
        "called at once", balancing_story.CALLED_AT_ONCE, CalledBalancingStory, balancing_story.call_and_deliver,
        CALLED_TURNS, CALLED_PAUSES_MS, closed_percent=100, commands_a_turn=(0, 0, 0, 0, 1),
        moments_s=balancing_story.CALLED_MOMENTS_S,
    ),
    Scene(
        "day-ahead", AUCTIONED, DayAheadStory, day_ahead_story.deliver_and_settle, DAY_AHEAD_TURNS, DAY_AHEAD_PAUSES_MS,
        closed_percent=100, commands_a_turn=(0, 1, 1, 2), moments_s=day_ahead_story.MOMENTS_S,
    ),
)  # fmt: skip


def scene_of(seed: int) -> Scene:
    """Return which kind of story a seed is."""
    return SCENES[seed % len(SCENES)]


def begun(seed: int) -> PlatformModel:
    """Return the platform at the beginning of a seed's story."""
    platform = beginning(scene_of(seed)).platform(seed)
    platform.faults.chances.update(OFTEN)
    return platform


def beginning(scene: Scene) -> Prepared:
    """Return where a kind of story begins."""
    return prepared(scene.world)


def play(seed: int) -> PlatformModel:
    """Return the platform behind a seed's story."""
    platform = begun(seed)
    tell(platform, scene_of(seed))
    return platform


def _passed_over(platform: PlatformModel, scene: Scene) -> int:
    """Return when something is due next, in ms; most often that waits until nobody has anything left to do."""
    if not platform.is_quiet and platform.draw.randrange(HURRIED_ONE_OF):
        return platform.now_ms + MOMENT_MS
    return next((at_s * 1000 for at_s in scene.moments_s if at_s * 1000 > platform.now_ms), platform.now_ms)


def tell(platform: PlatformModel, scene: Scene) -> None:
    """Let a story happen while things go wrong, then heal; of some the books close, and are metered and settled."""
    draw, story = platform.draw, scene.story(platform.draw)
    for _ in range(scene.turns):
        for _ in range(draw.choice(scene.commands_a_turn)):
            platform.send(story.next())
        platform.turn()
        pause_ms = draw.choice(scene.pauses_ms)
        platform.now_ms = platform.now_ms + pause_ms if pause_ms else _passed_over(platform, scene)
    platform.faults.heal()
    platform.settle_down()
    for _ in range(3):  # what waited for a light or a call trades in the first
        platform.now_ms += AUDITED_MS
        platform.settle_down()
    if draw.randrange(100) < scene.closed_percent:
        scene.close(platform)
        _come_to_rest(platform)


def _come_to_rest(platform: PlatformModel) -> None:
    """Let time pass until nothing moves the grid any more: what does while lights awake is audited only then."""
    for _ in range(MOST_AWAKENINGS):
        moved = _moves(platform)
        platform.now_ms += AUDITED_MS
        platform.settle_down()
        if _moves(platform) == moved:
            return
    raise AssertionError("the grid never comes to rest")


def _moves(platform: PlatformModel) -> int:
    return sum(platform.log.end(BOOK_OPERATING_POINT, shard) for shard in range(platform.area_shards))
