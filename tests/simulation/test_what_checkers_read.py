"""What a checker makes of rare orders of events, which few stories have."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import tariff_checkers

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.log.v1 import log_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_log.codec import encode, type_name
from flexbourse_log.port import CE_TYPE, Record
from flexbourse_messages.catalogue import BY_NAME, GRID_BASE_CASE

MTU = common_pb2.Mtu(start_s=3_600, length_s=3_600)


class _Journal:
    """A log that holds these events of the order book alone."""

    def __init__(self, *events: log_pb2.Adopted | book.OrderEvent) -> None:
        self._events = events

    def records(self, topic: str, partition: int = 0) -> Iterator[Record]:
        for offset, event in enumerate(self._events if topic == BY_NAME["orderbook"].journal.name else ()):
            yield Record(topic, partition, offset, "", encode(event), {CE_TYPE: type_name(event)})


def test_a_trade_that_moves_nothing_is_not_judged_by_the_next_operating_point(monkeypatch: pytest.MonkeyPatch) -> None:
    known = grid.BaseCaseState(mtu=MTU)
    adopted = log_pb2.Adopted(topic=GRID_BASE_CASE, type=type_name(known), value=encode(known))
    scheduled = book.TradeExecuted(trade_id="t", mtu=MTU, set_id="a pool")
    of_capacity = book.OperatingPointChanged(mtu=MTU, sequence=1)
    judged: list[str] = []
    monkeypatch.setattr(tariff_checkers, "_reached", lambda _state, what, *_: judged.append(what) or [])
    log = _Journal(adopted, book.OrderEvent(trade=scheduled), book.OrderEvent(operating_point=of_capacity))
    assert tariff_checkers.wrong_potentials(log) == []
    assert judged == ["t"]
