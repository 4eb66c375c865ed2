"""What is known of a feeder: scenarios as a table, records that come twice, and how long a period is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from market_records import AREA, DAY_S, NOON_S, lit, trade

from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_core.market_time import Mtu
from flexbourse_market_data.domain.changes import NOTHING
from flexbourse_market_data.domain.feeders import KEPT_S, Changes, FeederBoard
from flexbourse_market_data.model import MarketModel
from flexbourse_market_data.taking import light_in, trade_in
from flexbourse_market_data.wire import FEEDER

GREEN, RED = 1, 3


def take(board: FeederBoard, offset: int, message: object) -> Changes:
    seen = trade_in(message) if isinstance(message, book.OrderEvent) else light_in(message)
    assert seen is not None
    return board.take(seen, offset)


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        pytest.param([trade("a", "b", 500)], {"a": (500, 0, 1), "b": (0, 500, 1)}, id="between two feeders"),
        pytest.param([trade("a", "a", 500)], {"a": (500, 500, 1)}, id="on one feeder: sold and bought, one trade"),
        pytest.param([trade("a", "", 500)], {"a": (500, 0, 1)}, id="to an operator"),
        pytest.param([trade("", "", 500)], {}, id="of nobody's feeder"),
        pytest.param(
            [trade("a", "b", 500), trade("b", "a", 200)], {"a": (500, 200, 2), "b": (200, 500, 2)}, id="both ways"
        ),
    ],
)
def test_volumes(records: list[object], expected: dict[str, tuple[int, int, int]]) -> None:
    board = FeederBoard()
    for offset, record in enumerate(records):
        take(board, offset, record)
    assert {f.zone_id: (f.sold_w, f.bought_w, f.trades) for f in board.feeders(AREA)} == expected


def test_a_light_and_its_headroom() -> None:
    board = FeederBoard()
    take(board, 3, trade("a", "", 500))
    take(board, 0, lit("a", GREEN, headroom=(9_000, 4_000)))
    (feeder,) = board.feeders(AREA, Mtu(NOON_S, 900))
    assert (feeder.light, feeder.headroom_up_w, feeder.headroom_down_w) == (GREEN, 9_000, 4_000)
    assert (feeder.sold_w, feeder.light_offset, feeder.trade_offset) == (500, 0, 3)
    take(board, 1, lit("a", RED))
    assert board.feeders(AREA)[0].light == RED
    assert board.feeders(AREA, Mtu(NOON_S + 900, 900)) == []
    assert board.feeders("elsewhere") == []


def test_what_tells_nothing_of_feeders_is_passed_over() -> None:
    model = MarketModel()
    assert model.take(lit("a", GREEN).mtu, 0, b"") == NOTHING
    assert model.take(book.OrderEvent(), 0, b"") == NOTHING


records = st.lists(
    st.one_of(
        st.builds(
            trade, *(st.sampled_from(["a", "b", ""]),) * 2, st.integers(1, 9), st.sampled_from([NOON_S, NOON_S + 900])
        ),
        st.builds(lit, st.sampled_from(["a", "b"]), st.sampled_from([GREEN, RED]), st.just(NOON_S)),
    ),
    max_size=20,
)


@given(records, st.data())
def test_records_that_come_twice_change_nothing(messages: list[object], data: st.DataObject) -> None:
    """After a crash a reader goes on from somewhere before: each record again, in order, from any place."""
    once, again = FeederBoard(), FeederBoard()
    for offset, message in enumerate(messages):
        take(once, offset, message)
    stopped = data.draw(st.integers(0, len(messages)))
    back = data.draw(st.integers(0, stopped))
    for offset in [*range(stopped), *range(back, len(messages))]:
        take(again, offset, messages[offset])
    assert list(again) == list(once)


@given(records)
def test_what_was_kept_goes_on_as_if_nothing_had_happened(messages: list[object]) -> None:
    live, restored = FeederBoard(), FeederBoard()
    half = len(messages) // 2
    for offset, message in enumerate(messages[:half]):
        take(live, offset, message)
    for entry in live:
        restored.restore(FEEDER.decode(FEEDER.encode(entry)))
    for offset, message in enumerate(messages[half:], half):
        assert take(live, offset, message) == take(restored, offset, message)


def test_a_period_is_forgotten_once_a_much_later_one_was_seen() -> None:
    board = FeederBoard()
    take(board, 0, trade("a", "b", 1))
    take(board, 1, trade("a", "b", 1, NOON_S + KEPT_S))
    assert len(board.feeders(AREA)) == 4
    changes = take(board, 2, trade("a", "b", 1, NOON_S + KEPT_S + 900))
    assert {key.mtu_start_s for key in changes.gone} == {NOON_S}
    assert {feeder.mtu.start_s for feeder in board.feeders(AREA)} == {NOON_S + KEPT_S, NOON_S + KEPT_S + 900}
    assert take(board, 3, trade("a", "b", 1)) == Changes(), "too late to be kept again"
    take(board, 4, trade("a", "b", 1, NOON_S + 9 * DAY_S, area="other"))
    assert len(board.feeders(AREA)) == 4, "areas do not forget each other's"
