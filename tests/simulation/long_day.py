"""A whole day of the street in quarter-hours, with everything that may go wrong: the long story."""

from __future__ import annotations

from platform_model import PlatformModel
from story import LAST_S, Story, meters
from street import GATE_S, PERIODS_S
from worlds import DAY, Prepared
from worlds import prepared as _prepared

TURNS = 30
COMMANDS_A_TURN = (0, 1, 2, 3, 5)
# After the longest one the lights have lapsed.
PAUSES_MS = (200, 200, 1_000, 1_000, 1_000, 5_000, 20_000, 50_000)


def prepared() -> Prepared:
    """Return the street where each day begins."""
    return _prepared(DAY)


def day(seed: int) -> PlatformModel:
    """Return the platform behind a whole day."""
    platform = prepared().platform(seed)
    live(platform)
    return platform


def live(platform: PlatformModel) -> None:
    """Run a whole day: trade while things go wrong, then heal, close, meter and settle."""
    story = Story(platform.draw)
    for _ in range(TURNS):
        for _ in range(platform.draw.choice(COMMANDS_A_TURN)):
            platform.send(story.next())
        platform.turn()
        platform.now_ms += platform.draw.choice(PAUSES_MS)
    platform.faults.heal()
    platform.settle_down()
    for at_s in (*(start_s - GATE_S for start_s in PERIODS_S), LAST_S):
        platform.now_ms = max(platform.now_ms, at_s * 1000)
        platform.settle_down()
        platform.send(story.next())  # too late for at least one book
        platform.settle_down()
    for sent in meters():
        platform.send(sent)
        platform.settle_down()
    platform.now_ms += 60_000
    platform.settle_down()
