"""Everything that a market can be asked for at once: nothing raises, recovery agrees, the independent checkers too."""

from __future__ import annotations

import os
from functools import cache

import pytest
from all_checkers import OF_THE_BOOK
from crowded_market import CrowdedMarket
from log_access import ParsedLog
from market_checkers import sequence_gaps, trades_in_the_dark

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_testkit.drive import Drive

SEEDS = range(400 if os.environ.get("FLEXBOURSE_LONG") == "1" else 16)
# One reads the journals of all services, of which there is one here, the other the zones that this topology has not.
CHECKERS = [checker for checker in OF_THE_BOOK if checker not in (sequence_gaps, trades_in_the_dark)]
RARE = {
    "trade", "span_matched", "held", "auction_cleared", "order_released", "hibernated", "spread_requested",
    "trade_recalled", "kill_switch_set", "operator_acted", "session_kept", "skipped", "replaced", "pictured",
}  # fmt: skip


@cache
def played(seed: int) -> Drive:
    crowded = CrowdedMarket(seed)
    crowded.play(120)
    return crowded.world.drive


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_asked_for_together_the_book_keeps_its_rules(seed: int) -> None:
    drive = played(seed)
    drive.recovered()
    log = ParsedLog(drive)
    assert not [f"{checker.__name__}: {text}" for checker in CHECKERS for text in checker(log)]


def test_the_stories_have_met_everything() -> None:
    events = (event for seed in SEEDS for event in played(seed).events)
    assert {event.WhichOneof("event") for event in events if isinstance(event, pb.OrderEvent)} >= RARE
