"""Books and statistics from the feed: what comes twice, what is missing, what was kept, what queries read of it."""

from __future__ import annotations

import asyncio

import pytest
from book_events import ENERGY, MARKET, Feed, drawn, order
from hypothesis import given
from hypothesis import strategies as st
from market_records import AREA, NOON_S, mtu, two_nodes

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.market_data.v1 import market_data_pb2 as pb
from flexbourse.orderbook.v1 import feed_pb2 as feed
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_core.market_time import Mtu
from flexbourse_market_data import queries
from flexbourse_market_data.domain.feed import BookName
from flexbourse_market_data.domain.feeders import KEPT_S
from flexbourse_market_data.kept_models import MemoryModels
from flexbourse_market_data.model import MarketModel

NAME = BookName(AREA, MARKET, Mtu(NOON_S, 900))
SELL, BUY = book.SIDE_SELL, book.SIDE_BUY


class Reader:
    """A model with what it keeps."""

    def __init__(self) -> None:
        self.model, self.models = MarketModel(), MemoryModels()
        self.table: dict[tuple[str, str], bytes] = {}

    def hear(self, *events: feed.FeedEvent) -> Reader:
        for event in events:
            self.models.write(self.model.take(event, 0, event.SerializeToString()))
        return self

    def again(self) -> Reader:
        """Return a reader that starts from what this one kept, heads first."""
        other = Reader()
        kept = {
            (group, field): value for group, fields in self.models._groups.items() for field, value in fields.items()
        }
        for (group, field), value in sorted(kept.items(), key=lambda entry: entry[0][1] != "h"):
            other.model.restore(group, field, value)
        other.models._groups = {group: dict(fields) for group, fields in self.models._groups.items()}
        return other

    def book(self) -> pb.GetPublicBookResponse:
        found = asyncio.run(queries.public_book(self.models, NAME))
        assert found is not None
        return found

    def depth(self, node: str = "", product: int = ENERGY) -> pb.GetDepthResponse:
        request = pb.GetDepthRequest(node_id=node, product=product)  # type: ignore[arg-type]

        async def asked() -> pb.GetDepthResponse | None:
            viewer = await queries.find_viewer(self.models, NAME, node)
            assert viewer is not None
            return await queries.depth(self.models, NAME, request, viewer)

        found = asyncio.run(asked())
        assert found is not None
        return found

    def everything(self) -> dict[str, dict[str, bytes]]:
        return self.models._groups


def ladder(levels: object) -> list[tuple[int, int, int]]:
    return [(level.ticks, level.quantity_w, level.orders) for level in levels]  # type: ignore[attr-defined]


def test_levels_and_statistics_of_a_small_book() -> None:
    own = Feed()
    reader = Reader().hear(
        own.open(), own.add(order(1, SELL, 1_010, 500)), own.add(order(2, SELL, 1_010, 300)),
        own.add(order(3, SELL, 1_020, 200)), own.add(order(4, BUY, 990, 400)), own.add(order(5, BUY, 1_010, 600)),
        own.execute(1, 5, 500, 1_010), own.execute(2, 5, 100, 1_010), own.add(order(6, BUY, 1_020, 200)),
        own.execute(3, 6, 200, 1_020),
    )  # fmt: skip
    found = reader.depth()
    assert (ladder(found.asks), ladder(found.bids)) == ([(1_010, 200, 1)], [(990, 400, 1)])
    s = found.statistics
    assert (s.open_ticks, s.high_ticks, s.low_ticks, s.last_ticks) == (1_010, 1_020, 1_010, 1_020)
    assert (s.volume_w, s.trades, s.value_tick_w) == (800, 3, 600 * 1_010 + 200 * 1_020)
    assert found.whole
    assert found.status.phase == book.PHASE_CONTINUOUS
    assert [o.key for o in reader.book().orders] == [2, 4]


def test_a_node_sees_limits_with_the_tariff_between_both_nodes() -> None:
    own = Feed()
    reader = Reader().hear(
        own.open(), own.add(order(1, SELL, 1_000, 100, "n1")), own.add(order(2, SELL, 1_000, 200, "n2")),
        own.add(order(3, SELL, 1_000, 400, "n1", basis=book.BASIS_SCHEDULED)), own.add(order(4, BUY, 900, 100, "n2")),
        own.add(order(5, SELL, 1_000, 100, "n2", product=book.PRODUCT_FLEX_DOWN)),
        own.add(order(6, BUY, 1_000, 100, "", product=book.PRODUCT_FLEX_DOWN, basis=book.BASIS_OPERATOR_REQUEST)),
    )  # fmt: skip
    assert ladder(reader.depth("n2").asks) == [(1_000, 700, 3)], "no tariff is known"
    reader.models.write(reader.model.take(two_nodes(), 0, b""))
    tariff = grid.TariffState(area_id=AREA, mtu=mtu(), version=3, topology_version=7, nodal_ticks=[10, 25])
    reader.models.write(reader.model.take(tariff, 0, b""))
    # At n2 a seller at n1 costs 10 - 25 more, one at n2 nothing, one that moves nothing -25; DOWN is the other way.
    found = reader.depth("n2")
    assert ladder(found.asks) == [(975, 400, 1), (985, 100, 1), (1_000, 200, 1)]
    assert ladder(found.bids) == [(900, 100, 1)]
    assert found.tariff_version == 3
    assert ladder(reader.depth("n1").bids) == [(915, 100, 1)]
    down = reader.depth("n1", book.PRODUCT_FLEX_DOWN)
    assert ladder(down.asks) == [(985, 100, 1)]
    assert ladder(down.bids) == [(1_000, 100, 1)], "an operator's request carries no tariff"
    assert asyncio.run(queries.find_viewer(reader.models, NAME, "unheard-of")) is None
    prices = asyncio.run(queries.best_prices(reader.models, NAME, ENERGY)).feeders
    assert [(p.zone_id, p.ask_ticks, p.ask_w, p.HasField("bid_ticks")) for p in prices] == [
        ("za", 1_000, 500, False), ("zb", 1_000, 200, True),
    ]  # fmt: skip


@given(st.integers(0, 5), st.data())
def test_events_that_come_twice_change_nothing(seed: int, data: st.DataObject) -> None:
    events = list(drawn(seed, 120))
    stopped = data.draw(st.integers(0, len(events)))
    back = data.draw(st.integers(0, stopped))
    once, twice = Reader().hear(*events), Reader().hear(*events[:stopped], *events[back:])
    assert twice.everything() == once.everything()


@given(st.integers(0, 5), st.data())
def test_what_was_kept_goes_on_as_if_nothing_had_happened(seed: int, data: st.DataObject) -> None:
    """Also where some of the last events come again, as they do at least once."""
    events = list(drawn(seed, 120))
    stopped = data.draw(st.integers(0, len(events)))
    back = data.draw(st.integers(max(0, stopped - 9), stopped))
    restarted = Reader().hear(*events[:stopped]).again().hear(*events[back:])
    assert restarted.everything() == Reader().hear(*events).everything()


def test_a_torn_write_is_mended_when_the_event_comes_again() -> None:
    """Entries are kept one by one, the head last: whatever is cut off, the same event puts it right."""
    events = list(drawn(3, 200))
    whole = Reader().hear(*events)
    for place, event in enumerate(events[:-1]):
        before = Reader().hear(*events[:place])
        changes = before.model.take(event, 0, event.SerializeToString())
        for cut in range(len(changes.entries)):
            torn = Reader().hear(*events[:place])
            torn.models.write(type(changes)(changes.entries[:cut]))
            if "h" not in torn.everything().get(NAME.group, {}):
                continue  # nothing of the book was kept yet: it begins anew
            found = torn.again().hear(*events[place : place + 1])
            assert found.everything() == Reader().hear(*events[: place + 1]).everything(), (place, cut)
        if place > 60:
            break
    assert whole.book().head.whole


def test_after_a_gap_the_next_picture_makes_the_book_whole() -> None:
    events = list(drawn(4, 200, pictures=20))
    reader = Reader().hear(*events[:50], *events[52:54])
    assert not reader.book().head.whole
    assert not reader.book().orders
    reader.hear(*events[54:])
    whole = Reader().hear(*events)
    assert reader.book().head.whole
    assert reader.book().orders == whole.book().orders
    assert reader.book().head.since_sequence == 53
    assert reader.depth().statistics.volume_w < whole.depth().statistics.volume_w
    assert reader.depth().statistics.since_sequence == 53


@pytest.mark.parametrize("first", [30, 61])
def test_a_book_that_is_heard_from_the_middle_on(first: int) -> None:
    events = list(drawn(2, 150, pictures=20))
    reader = Reader().hear(*events[first:])
    assert reader.book().orders == Reader().hear(*events).book().orders


def test_a_period_is_forgotten_once_a_much_later_one_was_seen() -> None:
    early, late = Feed(), Feed(start_s=NOON_S + KEPT_S + 900)
    reader = Reader().hear(early.open(), early.add(order(1, SELL, 1_000, 100)), late.open())
    assert NAME.group not in reader.everything()
    assert asyncio.run(queries.public_book(reader.models, NAME)) is None
    assert asyncio.run(reader.models.told(NAME.group, 0, 0)) == []
