"""Cases about what services show: read models, and figures of themselves."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from flexbourse_log.engine import Engine
from flexbourse_log.headers import decode_record
from flexbourse_log.port import NoSuchPlaceError, Position, Record
from flexbourse_testkit.conformance import services as s
from flexbourse_testkit.conformance.cases import CALL_S, JOURNAL, add, on_loop
from flexbourse_testkit.conformance.harness import Harness, Shape, until
from flexbourse_testkit.conformance.sources import SourceConformance

Shown = dict[tuple[str, tuple[str, ...]], float]


class FigureConformance(SourceConformance):
    """All cases, and those of read models and figures."""

    def test_feed_waits_for_a_position_and_follows(self, harness: Harness, shape: Shape) -> None:
        """A query with `min_position` sees what the call did; a follower gets every record, a later view what stood."""

        class Balances:
            topics: tuple[str, ...] = (s.BALANCE,)

            def __init__(self) -> None:
                self.found: dict[str, int] = {}

            def fold(self, record: Record, message: Any) -> None:
                self.found[record.key] = message.balance

        with self.running(harness, shape) as engine:

            async def use() -> None:
                port, view = engine.commands("counter"), Balances()
                feed = engine.feed("counter", [view])
                follower = feed.follow(s.CHANGE, 0, -1)
                for index in range(1, 30):
                    receipt = await port.call(add(f"c{index}"), CALL_S)
                    place = receipt.position
                    await feed.wait_for(Position(place.topic, place.partition, place.offset), CALL_S)
                    assert view.found["a"] == index
                    change: Any = decode_record(s.CATALOGUE, await asyncio.wait_for(follower.__anext__(), CALL_S))
                    assert change.sequence == index
                with pytest.raises(TimeoutError):
                    await feed.wait_for(Position(place.topic, place.partition, place.offset + 1_000), 0.2)
                for nowhere in ((s.CHANGE, 0, 0), ("", 0, 0), (JOURNAL, -1, 0), (JOURNAL, 9, 0), (JOURNAL, 0, -1)):
                    with pytest.raises(NoSuchPlaceError):
                        await feed.wait_for(Position(*nowhere), CALL_S)
                follower.close()
                later = Balances()
                begun = engine.feed("counter", [later])
                assert not begun.caught_up
                await begun.wait_until_caught_up(CALL_S)
                assert begun.caught_up
                assert later.found == view.found

            on_loop(use())

    def test_gauges_outlive_a_process_and_counters_begin_anew(self, harness: Harness, shape: Shape) -> None:
        """Gauges are read from the state, counters from what this process has committed: a refusal counts nothing."""
        with self.running(harness, shape) as engine:
            self.calls(engine, add("c-1", 5), add("c-2", 7, account="b"), add("too-much", 2_000_000))
            # An answer is told before its batch is counted.
            until(lambda: _shown(engine).get(("added", ())) == 12, "both amounts to be counted")
            shown = {("balance", ("a",)): 5, ("balance", ("b",)): 7, ("added", ()): 12}
            until(lambda: _shown(engine) == shown, "balances beside them")
            shards = {("counter", 0), ("ledger", 0)}
            until(lambda: {(shard.context, shard.shard) for shard in engine.figures()} == shards, "both shards")
        with self.running(harness, shape) as engine:
            until(lambda: _shown(engine) == {("balance", ("a",)): 5, ("balance", ("b",)): 7}, "counters begun anew")
            self.calls(engine, add("c-3", 1))
            until(lambda: _shown(engine).get(("added", ())) == 1, "the amount to be counted")
        assert not engine.figures(), "an engine that has stopped shows nothing"


def _shown(engine: Engine) -> Shown:
    return {(each.name, each.labels): each.value for shard in engine.figures() for each in shard.figures}
