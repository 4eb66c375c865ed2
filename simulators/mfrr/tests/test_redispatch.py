"""Redispatch: call, offers, order, confirmation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from bsp_documents import Series, answer, bid_document, uid
from mfrr_market import Market

CALL = {
    "zone": "NO2", "direction": "up", "quantity": 7, "announced": "2026-03-10T10:10:00Z",
    "offers_until": "2026-03-10T10:40:00Z", "ordered": "2026-03-10T10:45:00Z",
    "from": "2026-03-10T11:00:00Z", "to": "2026-03-10T12:00:00Z",
}  # fmt: skip


def offers(call: str, *changes: dict[str, Any], created: str = "10:20") -> bytes:
    series = [Series(**{"name": f"o{i}", "start": "11:00", "minutes": 60, "auction": call, **change})
              for i, change in enumerate(changes)]  # fmt: skip
    return bid_document(*series, created=created, process="A41")


def test_the_cheapest_offers_are_ordered_and_confirmed(schema_folder: Path) -> None:
    market = Market({"redispatch": [CALL]}, schema_folder)
    (call,) = market.until("10:10")
    assert (call.name, call.text("type")) == ("Redispatch_MarketDocument", "A63")
    assert call.text("TimeSeries/Period/Point/quantity") == "7"
    name = str(call.text("TimeSeries/mRID"))
    market.until("10:20")
    (taken,) = market.send(offers(name, {"minimum": "0", "price": "70.00"}, {"quantity": "5", "price": "60.00"}))
    assert taken.codes == ["A01"], taken.reasons
    (order,) = market.until("10:45")
    assert (order.text("type"), order.text("process.processType")) == ("A96", "A41")
    assert order.texts("TimeSeries/mRID") == [uid("o0"), uid("o1")]
    assert order.texts("TimeSeries/Period/Point/quantity") == ["2", "5"]
    assert order.text("TimeSeries/Reason/code") == "B46"
    assert market.send(answer(order, "10:45"))[0].codes == ["A01"]
    (result,) = [one for one in market.until("12:30") if one.kind == "A38"]
    assert result.texts("TimeSeries/Period/Point/energy_Price.amount") == ["70.00", "60.00"]
    assert market.status["counts"]["invalid"] == 0


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"auction": "another"}, "no call"),
        ({"direction": "A02"}, "is not the call's"),
        ({"minutes": 15}, "whole interval"),
        ({"quantity": "1.5"}, "whole MW"),
        ({"price": None}, "no price"),
        ({"divisible": "A01"}, "needs a minimum"),
    ],
)
def test_an_offer_that_does_not_fit_the_call_is_refused(change: dict[str, Any], text: str) -> None:
    market = Market({"redispatch": [CALL]})
    (call,) = market.until("10:10")
    (refused,) = market.send(offers(str(call.text("TimeSeries/mRID")), change, created="10:10"))
    assert text in refused.reasons
    market.until("10:41")
    (late,) = market.send(offers(str(call.text("TimeSeries/mRID")), {}, created="10:41"))
    assert "takes no offers now" in late.reasons


def test_a_call_can_be_made_by_command_and_must_have_its_order() -> None:
    market = Market()
    assert market.simulator.command("redispatch", CALL)
    with pytest.raises(Exception, match="none of them in the past"):
        market.simulator.command("redispatch", {**CALL, "announced": "2026-03-10T09:00:00Z"})
