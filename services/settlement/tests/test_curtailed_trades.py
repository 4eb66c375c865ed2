"""Settlement of trades that an operator curtailed: what flows back, what is paid for it, and the sums."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from settlement_market import AREA, MTU, PARTIES, match
from settlement_rig import MARKETS, Rig

from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_core.errors import InvariantError
from flexbourse_core.money import amount_micro_euro
from flexbourse_settlement import match_wire, wire
from flexbourse_settlement.adapters.statement_files import statement_path
from flexbourse_settlement.domain.facts import Curtailment, Recall
from flexbourse_settlement.domain.lines.line import COMPENSATION, CompensationLine, PotentialLine, TradeLine
from flexbourse_settlement.domain.matches import Match
from flexbourse_settlement.domain.state import Period as Taken
from flexbourse_settlement.verification import ChainSource, verify_statement

WHOLE = match(1, seller="mp-1", buyer="mp-4", quantity_w=1_000, price_ticks=10_000, dnut=701)


def curtailed(trade: Match, taken_w: int, *, refund: int = 0, relief: int = 0) -> book.TradeCurtailed:
    left_w = trade.quantity_w - taken_w
    amount = trade.amount_micro_euro - amount_micro_euro(left_w, trade.price_ticks, 900, trade.tick_micro_euro_per_mwh)
    cut = book.Curtailment(
        trade_id=trade.trade_id, quantity_w=taken_w, left_w=left_w, seller_party=trade.seller.party,
        buyer_party=trade.buyer.party, amount_micro_euro=amount, compensation_micro_euro=abs(amount),
        compensates_seller=amount >= 0, dnut_refund_micro_euro=refund, relief_refund_micro_euro=relief,
    )  # fmt: skip
    return book.TradeCurtailed(area_id=AREA, mtu=wire.MTU.encode(trade.mtu), curtailment=cut)


def fact(trade: Match, taken_w: int, refund: int = 0) -> Curtailment:
    found = wire.fact_from(book.OrderEvent(trade_curtailed=curtailed(trade, taken_w, refund=refund)))
    assert isinstance(found, Curtailment)
    return found


def test_what_is_left_settles_like_any_trade_and_the_rest_is_compensated(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.village()
    rig.trade([WHOLE])
    rig.book(trade_curtailed=curtailed(WHOLE, 400, refund=280))  # after the gate
    rig.book(trade_curtailed=curtailed(WHOLE.less(600, 280, 0), 100, refund=70))
    rig.meter(mean_w=lambda point: {"mp-1": 600, "mp-4": -400}.get(point, 100))
    rig.complete()
    rig.settle_everything()
    (settled,) = rig.view.runs()
    lines = settled.lines
    assert sum(line.net_micro_euro for line in lines) == 0
    seller, buyer = (line for line in lines if isinstance(line, TradeLine))
    assert (seller.quantity_w, seller.amount_micro_euro) == (500, WHOLE.amount_micro_euro // 2)
    assert buyer.dnut_micro_euro == 701 - 350
    gets, pays = (line for line in lines if isinstance(line, CompensationLine))
    assert (gets.account, gets.quantity_w) == (WHOLE.seller.party, 500)
    assert gets.amount_micro_euro == WHOLE.amount_micro_euro - seller.amount_micro_euro
    assert (pays.account, pays.amount_micro_euro) == (COMPENSATION, -gets.amount_micro_euro)
    (potential,) = (line for line in lines if isinstance(line, PotentialLine))
    assert (potential.billed_micro_euro, potential.revision_micro_euro, potential.gap_micro_euro) == (351, 350, 0)
    assert not any(line.deviation_w for line in lines if hasattr(line, "deviation_w") and line.base_w == 100
                   and line.metering_point_id in ("mp-1", "mp-4"))  # fmt: skip
    source = ChainSource.of_data_dir(tmp_path)
    for account in (WHOLE.seller.party, COMPENSATION):
        path = statement_path(tmp_path / "statements", account)
        assert verify_statement(path, source) == []
        assert json.loads(path.read_bytes())["account"] == account
    rig.drive.recovered()


def test_before_the_gate_the_book_brings_the_revision(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.village()
    start = wire.MTU.encode(MTU)
    for market in MARKETS:
        rig.book(opened=book.BookOpened(area_id=AREA, market_id=market, mtu=start))
    rig.book(trade=match_wire.match_to(WHOLE))
    rig.book(trade_curtailed=curtailed(WHOLE, 1_000, refund=701))
    for market in MARKETS:
        closed = book.BookClosed(
            area_id=AREA, market_id=market, mtu=start, last_trade_sequence=1, potential_start_micro_euro=500,
            potential_end_micro_euro=480, revision_micro_euro=701 - 721,
        )  # fmt: skip
        rig.book(book_closed=closed)
    period = rig.drive.program._state.period(AREA, MTU)  # type: ignore[attr-defined]
    assert (period.matches[0].quantity_w, period.revision_micro_euro) == (0, -20)
    rig.drive.recovered()


def test_a_negative_price_compensates_the_buyer() -> None:
    trade = match(1, price_ticks=-4_000)
    period = Taken(AREA, MTU)
    period.take(trade)
    period.curtail(fact(trade, 300))
    (owed,) = period.compensations.values()
    assert owed.account == trade.buyer.party in PARTIES
    assert owed.amount_micro_euro > 0


def test_a_curtailment_that_fits_no_trade_is_a_fault() -> None:
    period = Taken(AREA, MTU)
    with pytest.raises(InvariantError):
        period.curtail(fact(WHOLE, 300))
    period.take(WHOLE)
    period.curtail(fact(WHOLE, 300))
    with pytest.raises(InvariantError):
        period.curtail(fact(WHOLE, 300))


def recalled(trade: Match) -> book.TradeRecalled:
    return book.TradeRecalled(
        area_id=AREA, mtu=wire.MTU.encode(trade.mtu), trade_id=trade.trade_id, quantity_w=trade.quantity_w,
        amount_micro_euro=trade.amount_micro_euro, dnut_refund_micro_euro=trade.dnut_micro_euro,
        relief_refund_micro_euro=trade.relief_micro_euro,
    )  # fmt: skip


def test_a_recalled_trade_stays_on_the_statements_with_nothing_left_of_it_and_nobody_pays(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.village()
    start = wire.MTU.encode(MTU)
    for market in MARKETS:
        rig.book(opened=book.BookOpened(area_id=AREA, market_id=market, mtu=start))
    rig.book(trade=match_wire.match_to(WHOLE))
    rig.book(trade_recalled=recalled(WHOLE))
    for market in MARKETS:
        closed = book.BookClosed(
            area_id=AREA, market_id=market, mtu=start, last_trade_sequence=1, potential_start_micro_euro=500,
            potential_end_micro_euro=500, revision_micro_euro=0,
        )  # fmt: skip
        rig.book(book_closed=closed)
    rig.meter(mean_w=lambda _point: 100)
    rig.complete()
    rig.settle_everything()
    (settled,) = rig.view.runs()
    assert sum(line.net_micro_euro for line in settled.lines) == 0
    trades = [line for line in settled.lines if isinstance(line, TradeLine)]
    assert [(line.quantity_w, line.amount_micro_euro, line.dnut_micro_euro) for line in trades] == [(0, 0, 0)] * 2
    assert not any(isinstance(line, CompensationLine) for line in settled.lines)
    (potential,) = (line for line in settled.lines if isinstance(line, PotentialLine))
    assert (potential.billed_micro_euro, potential.revision_micro_euro, potential.gap_micro_euro) == (0, 0, 0)
    source = ChainSource.of_data_dir(tmp_path)
    path = statement_path(tmp_path / "statements", WHOLE.seller.party)
    assert verify_statement(path, source) == []
    rig.drive.recovered()


def test_a_trade_is_recalled_once_and_whole() -> None:
    period = Taken(AREA, MTU)
    period.take(WHOLE)
    found = wire.fact_from(book.OrderEvent(trade_recalled=recalled(WHOLE)))
    assert isinstance(found, Recall)
    period.recall(found)
    with pytest.raises(InvariantError):
        period.recall(found)
