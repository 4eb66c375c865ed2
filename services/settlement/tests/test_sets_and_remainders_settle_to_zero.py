"""Trades accepted at once, and a pool's remainder: all accounts add up to zero, each side pays its own part."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from settlement_market import POINTS, match, money, period

from flexbourse_settlement.domain.ledger import net_by_account, settle
from flexbourse_settlement.domain.lines.line import DNUT, TradeLine
from flexbourse_settlement.domain.matches import Basis, Match, Side

UPSTREAM = "supplier-1"


def from_upstream(trade: Match) -> Match:
    """Return a trade whose seller is the grid above: it has no metering point and moves nothing."""
    return replace(trade, seller=Side(UPSTREAM, "", "", "", Basis.SCHEDULED, 0))


def test_a_pool_of_three_and_its_remainder() -> None:
    """Two members trade 5 kW at 30 EUR, 3 kW come from above; of the tariff each side bears what it moves."""
    inside = match(1, seller="mp-1", buyer="mp-4", quantity_w=5_000, price_ticks=3_000, dnut=900, other_dnut=300)
    outside = from_upstream(match(2, seller="mp-2", buyer="mp-4", quantity_w=3_000, price_ticks=3_000, dnut=400))
    lines = settle(period([inside, outside], metered_w=dict.fromkeys(POINTS, 0) | {"mp-1": 5_000, "mp-4": -8_000}))
    trades = {(line.side, line.trade_id): line for line in lines if isinstance(line, TradeLine)}
    net = net_by_account(lines)
    assert sum(net.values()) == 0
    assert net[UPSTREAM] == outside.amount_micro_euro == 22_500
    assert trades["SELLER", inside.trade_id].net_micro_euro == inside.amount_micro_euro - 300
    assert trades["BUYER", inside.trade_id].net_micro_euro == -inside.amount_micro_euro - 600
    assert net[DNUT] == 1_300


@given(
    st.lists(st.tuples(st.permutations(POINTS), st.integers(1, 9_000), money, money, st.booleans()), max_size=8),
    st.dictionaries(st.sampled_from(POINTS), st.integers(-9_000, 9_000)),
)
def test_whatever_the_shares_all_accounts_add_up_to_zero(
    drawn: list[tuple[list[str], int, int, int, bool]], metered: dict[str, int]
) -> None:
    matches = []
    for number, (points, quantity_w, dnut, other, upstream) in enumerate(drawn):
        trade = match(number, seller=points[0], buyer=points[1], quantity_w=quantity_w, dnut=dnut, other_dnut=other)
        matches.append(from_upstream(replace(trade, other_dnut_micro_euro=0)) if upstream else trade)
    lines = settle(period(matches, metered_w=dict.fromkeys(POINTS, 0) | metered))
    assert sum(net_by_account(lines).values()) == 0
    billed = {line.trade_id: 0 for line in lines if isinstance(line, TradeLine)}
    for line in lines:
        if isinstance(line, TradeLine):
            billed[line.trade_id] += line.dnut_micro_euro
    assert billed == {trade.trade_id: trade.dnut_micro_euro for trade in matches}
