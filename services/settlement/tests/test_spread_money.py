"""Pairs over two locations: the seller gets his limit, the buyer pays his, the operator the rest, in its own line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from settlement_market import MTU, OPERATOR, TICK, drawn_matches, match, party_of, period
from settlement_rig import Rig
from test_external_results import in_all
from test_external_results import settle as settle_run
from test_statement_verification import differences, settled_batch, stated_of

from flexbourse_core.money import amount_micro_euro
from flexbourse_settlement.domain.ledger import net_by_account, settle
from flexbourse_settlement.domain.lines.spreads import SpreadLine
from flexbourse_settlement.domain.matches import Basis, Match
from flexbourse_settlement.match_wire import match_from, match_to

SELLER, BUYER = party_of("mp-1"), party_of("mp-5")


def pair(number: int = 1, *, quantity_w: int = 2_000, price_ticks: int = 12_000, spread_ticks: int = 2_000) -> Match:
    made = match(number, seller="mp-1", buyer="mp-5", quantity_w=quantity_w, price_ticks=price_ticks, relief=-300)
    return replace(made, spread_operator=OPERATOR, spread_ticks=spread_ticks)


def test_a_pair_adds_up_to_zero() -> None:
    """2 kW for a quarter-hour at 120 EUR/MWh are 6 cents, at 100 EUR/MWh 5 cents."""
    lines = settle(period([pair()], price_ticks=None))
    net = net_by_account(lines)
    assert (net[SELLER], net[BUYER], net[OPERATOR]) == (60_000, -50_000, -10_000)
    assert sum(net.values()) == 0
    spreads = [line for line in lines if isinstance(line, SpreadLine)]
    assert [(line.account, line.side, line.amount_micro_euro) for line in spreads] == [
        (OPERATOR, "OPERATOR", -10_000), (BUYER, "BUYER", 10_000),
    ]  # fmt: skip


@given(drawn_matches(), st.lists(st.integers(-50_000, 50_000), min_size=12, max_size=12))
def test_whatever_is_paired_each_side_has_its_own_price(drawn: list[Match], spreads: list[int]) -> None:
    paired = [
        replace(each, spread_operator=OPERATOR, spread_ticks=ticks)
        if each.buyer.basis is not Basis.OPERATOR_REQUEST
        else each
        for each, ticks in zip(drawn, spreads, strict=False)
    ]
    lines = settle(period(paired))
    assert sum(net_by_account(lines).values()) == 0
    posted = {(line.trade_id, line.side): line.amount_micro_euro for line in lines if isinstance(line, SpreadLine)}
    for each in paired:
        if each.spread_operator:
            price = each.price_ticks - each.spread_ticks
            bought = amount_micro_euro(each.quantity_w, price, MTU.length_s, TICK)
            assert each.amount_micro_euro - posted[each.trade_id, "BUYER"] == bought
            assert posted[each.trade_id, "OPERATOR"] == -posted[each.trade_id, "BUYER"]
    assert [match_from(match_to(each)) for each in paired] == paired


def test_what_is_taken_off_a_pair_is_paid_no_spread() -> None:
    left = pair(quantity_w=2_000).less(500, 0, -225)
    assert left.spread_micro_euro == 2_500
    assert left.amount_micro_euro == 15_000


@pytest.mark.parametrize("account", [OPERATOR, BUYER, SELLER])
def test_a_statement_of_a_pair_verifies(account: str) -> None:
    batch = settled_batch(period([pair()], price_ticks=None))
    assert differences(stated_of(batch, account), batch) == []


def test_a_spread_that_was_changed_is_named() -> None:
    wrong = replace(pair(), spread_ticks=1_999)
    batch = settled_batch(period([pair()], price_ticks=None))
    other = settled_batch(period([wrong], price_ticks=None))
    assert differences(stated_of(other, OPERATOR), batch)


def test_it_comes_through_the_whole_settlement(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.village()
    rig.trade([pair()])
    settle_run(rig, {})
    assert in_all(rig)[OPERATOR] == -10_000
