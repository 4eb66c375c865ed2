"""What a client must be able to live with, by script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bsp_documents import BSP, Received, Series, bid_document
from mfrr_market import BEATS, Market, need

from flexbourse_mfrr_simulator.documents.elements import parse
from flexbourse_mfrr_simulator.documents.schemas import Schemas


def with_fault(kind: str, **named: Any) -> Market:
    return Market({**need(6), "faults": [{"kind": kind, **named}]})


def orders(received: list[Received]) -> list[Received]:
    return [one for one in received if one.kind == "A39"]


def test_no_acknowledgement_and_the_same_document_again() -> None:
    market = with_fault("no-ack")
    document = bid_document(Series("a", minimum="0"))
    assert market.send(document) == []
    assert market.status["bids"] == 1
    (again,) = market.send(document)
    assert again.codes == ["A01"]
    assert market.status["bids"] == 1


def test_a_late_acknowledgement() -> None:
    market = with_fault("late-ack", delay_s=90)
    assert market.send(bid_document(Series("a"))) == []
    assert market.until("10:01:29") == []
    (late,) = market.until("10:01:30")
    assert late.codes == ["A01"]


def test_a_negative_acknowledgement_takes_nothing() -> None:
    market = with_fault("negative-ack", text="not today", count=2)
    for name in ("1", "2"):
        received = market.bid(Series("a"), name=name)
        assert (received.codes, "not today" in received.reasons) == (["A02", "999"], True)
    assert market.status["bids"] == 0
    market.accept(Series("a"), name="3")


def test_a_duplicate_order_is_the_same_document_twice() -> None:
    market = with_fault("duplicate-order", **{"from": "2026-03-10T11:50:00Z"})
    market.accept(Series("a", minimum="0"))
    first, second = orders(market.until("12:00"))
    assert first.data == second.data


def test_a_stale_document_is_stamped_too_early() -> None:
    market = with_fault("stale-document", delay_s=1200, **{"from": "2026-03-10T11:50:00Z"})
    market.accept(Series("a", minimum="0"))
    (order,) = orders(market.until("12:00"))
    assert order.text("createdDateTime") == "2026-03-10T11:32:30Z"


def test_a_document_against_its_schema(schema_folder: Path) -> None:
    market = with_fault("wrong-schema", **{"from": "2026-03-10T11:50:00Z"})
    market.accept(Series("a", minimum="0"))
    (order,) = orders(market.until("12:00"))
    assert Schemas(schema_folder).problems(parse(order.data), order.namespace)


def test_a_heartbeat_that_never_comes() -> None:
    for lost in (0, 2):
        market = Market({**BEATS, "faults": [{"kind": "missing-heartbeat", "count": lost}]})
        market.accept(Series("a"))
        kinds = [one.kind for one in market.until("12:00")]
        assert kinds.count("HEARTBEAT") == 3 - lost


def test_a_fault_hits_only_the_party_it_names() -> None:
    market = with_fault("no-ack", party="somebody")
    market.accept(Series("a"))
    market = with_fault("no-ack", party=BSP)
    assert market.send(bid_document(Series("a"))) == []


def test_a_platform_that_is_down_sends_no_orders_and_comes_back() -> None:
    down = {"kind": "down", "from": "2026-03-10T11:50:00Z", "to": "2026-03-10T12:05:00Z"}
    content = {"needs": [{"zone": "NO2", "direction": "up", "quantity": 6}], "faults": [down]}
    market = Market(content)
    market.accept(*(Series(f"q{i}", start=f"12:{15 * i:02}", minimum="0") for i in range(3)))
    market.until("11:51")
    assert market.status["down"]
    assert market.read() == []
    assert market.until("12:04:59") == []
    (order,) = orders(market.until("12:30"))  # of the quarters whose selection was missed nothing is ordered
    assert order.text("TimeSeries/Period/timeInterval/start") == "2026-03-10T12:30Z"


def test_faults_can_be_added_while_it_runs() -> None:
    market = Market()
    market.simulator.command("fault", {"kind": "negative-ack", "party": BSP})
    assert market.bid(Series("a")).codes[0] == "A02"
