"""Redispatch: call, offers, order, confirmation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from bsp_documents import Series, answer, availability_document, bid_document, notice_document, uid
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


def delivered(schemas: Path | None = None, refused: tuple[str, ...] = ()) -> Market:
    """Return a market in which two offers were ordered and answered, at the end of their delivery."""
    market = Market({"redispatch": [CALL]}, schemas) if schemas else Market({"redispatch": [CALL]})
    (call,) = market.until("10:10")
    name = str(call.text("TimeSeries/mRID"))
    market.send(offers(name, {"minimum": "0", "price": "70.00"}, {"quantity": "5", "price": "60.00"}, created="10:10"))
    (order,) = market.until("10:45")
    market.send(answer(order, "10:45", refused=refused))
    market.until("12:00")
    return market


WHOLE = (("o0", "2", "11:00", "12:00"), ("o1", "5", "11:00", "12:00"))


def noticed(market: Market) -> bool:
    (order,) = [order for order in market.status["orders"] if order["kind"] == "A96"]
    return bool(order["noticed"])


def test_the_notice_of_what_was_delivered_is_confirmed(schema_folder: Path) -> None:
    market = delivered(schema_folder)
    assert not noticed(market)
    (word,) = [each for each in market.send(notice_document(*WHOLE, created="12:00")) if each.name.startswith("Ack")]
    assert word.codes == ["A01"], word.reasons
    assert noticed(market)


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (WHOLE[:1], "is left out"),
        ((WHOLE[0], ("o1", "4", "11:00", "12:00")), "4 MW are told"),
        ((WHOLE[0], ("o1", "5", "11:00", "11:30")), "not that of the delivery"),
        ((*WHOLE, ("o7", "1", "11:00", "12:00")), "no order for redispatch"),
    ],
)
def test_a_notice_that_says_something_else_is_refused(told: tuple[tuple[str, str, str, str], ...], text: str) -> None:
    market = delivered()
    words = market.send(notice_document(*told, created="12:00"))
    assert any(text in word.reasons for word in words)
    assert not noticed(market)


def test_what_was_refused_is_not_told_as_delivered() -> None:
    market = delivered(refused=("o1",))
    assert any(
        "not answered as activated" in word.reasons for word in market.send(notice_document(*WHOLE, created="12:00"))
    )
    assert any(word.codes == ["A01"] for word in market.send(notice_document(WHOLE[0], created="12:00")))
    assert noticed(market)


def test_a_notice_before_the_end_of_delivery_is_refused() -> None:
    market = Market({"redispatch": [CALL]})
    (call,) = market.until("10:10")
    market.send(offers(str(call.text("TimeSeries/mRID")), {"quantity": "7"}, created="10:10"))
    (order,) = market.until("10:45")
    market.send(answer(order, "10:45"))
    (word,) = market.send(notice_document(("o0", "7", "11:00", "12:00"), created="10:45"))
    assert "is not over" in word.reasons


def test_an_offer_that_is_published_as_unavailable_is_not_ordered() -> None:
    market = Market({"redispatch": [CALL]})
    (call,) = market.until("10:10")
    name = str(call.text("TimeSeries/mRID"))
    cheap, dear = {"quantity": "7", "price": "60.00"}, {"quantity": "7", "price": "70.00"}
    market.send(offers(name, cheap, dear, created="10:10"))
    (word,) = market.send(availability_document(("o0", "C41", None), created="10:10"))
    assert word.codes == ["A01"], word.reasons
    (order,) = market.until("10:45")
    assert order.texts("TimeSeries/mRID") == [uid("o1")]
