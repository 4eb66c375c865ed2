"""The ledger: money is conserved to the micro-euro, each rule of payment holds on its own."""

from __future__ import annotations

import pytest
from hypothesis import given
from settlement_market import MTU, OPERATOR, drawn_periods, match, party_of, period

from flexbourse_core.errors import InvariantError
from flexbourse_core.money import amount_micro_euro
from flexbourse_settlement.domain.ledger import Period, net_by_account, settle
from flexbourse_settlement.domain.lines.line import DNUT, IMBALANCE, PositionLine, PotentialLine, TradeLine
from flexbourse_settlement.domain.matches import Basis, Product


@given(drawn_periods())
def test_all_accounts_add_up_to_zero_and_the_potential_is_explained(drawn: Period) -> None:
    lines = settle(drawn)
    assert sum(net_by_account(lines).values()) == 0
    potential = next(line for line in lines if isinstance(line, PotentialLine))
    explained = potential.billed_micro_euro + potential.relief_micro_euro + potential.revision_micro_euro
    assert explained == potential.end_micro_euro - potential.start_micro_euro
    billed = sum(line.dnut_micro_euro for line in lines if isinstance(line, TradeLine))
    assert billed == potential.billed_micro_euro


@given(drawn_periods())
def test_both_sides_of_a_match_carry_the_same_integer(drawn: Period) -> None:
    amounts: dict[str, list[int]] = {}
    for line in settle(drawn):
        if isinstance(line, TradeLine):
            amounts.setdefault(line.trade_id, []).append(line.amount_micro_euro)
    for each in drawn.matches:
        assert amounts[each.trade_id] == [each.amount_micro_euro, -each.amount_micro_euro]


@given(drawn_periods())
def test_a_refund_is_between_nothing_and_the_whole_tariff(drawn: Period) -> None:
    for line in settle(drawn):
        if isinstance(line, TradeLine):
            assert 0 <= line.withheld_micro_euro <= max(0, -line.dnut_micro_euro)


@given(drawn_periods())
def test_each_deviation_is_settled_once(drawn: Period) -> None:
    lines = [line for line in settle(drawn) if isinstance(line, PositionLine)]
    assert sorted(line.metering_point_id for line in lines) == sorted(drawn.bases_w)
    for line in lines:
        assert line.base_w + line.contracted_w + line.deviation_w == line.metered_w
        assert line.settled or line.amount_micro_euro == 0


@pytest.mark.parametrize("buyer_is_aggressor", [True, False])
def test_the_aggressor_bears_the_tariff_and_the_resting_side_gets_its_price(buyer_is_aggressor: bool) -> None:
    traded = match(1, seller="mp-1", buyer="mp-5", dnut=700, buyer_is_aggressor=buyer_is_aggressor)
    net = net_by_account(settle(period([traded], price_ticks=None)))
    amount = traded.amount_micro_euro
    assert net[party_of("mp-1")] == amount - (0 if buyer_is_aggressor else 700)
    assert net[party_of("mp-5")] == -amount - (700 if buyer_is_aggressor else 0)
    assert net[DNUT] == 700


def test_an_operators_request_pays_its_price_and_no_tariff() -> None:
    relieved = match(
        1, product=Product.FLEX_UP, buyer_basis=Basis.OPERATOR_REQUEST, relief=-4_000, buyer_is_aggressor=False
    )
    lines = settle(period([relieved], price_ticks=None))
    net = net_by_account(lines)
    assert net[OPERATOR] == -relieved.amount_micro_euro
    assert net[party_of("mp-1")] == relieved.amount_micro_euro
    assert net[DNUT] == 0


def test_imbalance_is_the_other_side_of_delegated_deviations_only() -> None:
    bases = {"mp-1": 1_000}
    for delegated, price in ((True, 9_000), (False, 9_000), (True, None)):
        lines = settle(period([], bases_w=bases, metered_w={"mp-1": 400}, price_ticks=price, delegated=delegated))
        net = net_by_account(lines)
        if delegated and price is not None:
            worth = amount_micro_euro(-600, 9_000, MTU.length_s)
            assert worth < 0
            assert net[party_of("mp-1")] == worth
            assert net[IMBALANCE] == -worth
        else:
            assert net[party_of("mp-1")] == 0
            assert IMBALANCE not in net


def test_a_wrong_amount_of_the_book_is_a_bug() -> None:
    traded = match(1)
    wrong = type(traded)(**{**{name: getattr(traded, name) for name in traded.__slots__}, "amount_micro_euro": 1})
    with pytest.raises(InvariantError, match="recomputed"):
        settle(period([wrong]))


def test_an_unexplained_change_of_the_potential_is_a_bug() -> None:
    good = period([match(1, dnut=5)])
    bad = type(good)(**{**{name: getattr(good, name) for name in good.__slots__}, "end_micro_euro": 0})
    with pytest.raises(InvariantError, match="potential"):
        settle(bad)


def test_a_deviation_without_a_frozen_base_is_a_bug() -> None:
    with pytest.raises(InvariantError, match="mp-1"):
        settle(period([match(1)], bases_w={"mp-4": 0}))
