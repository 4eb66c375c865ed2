"""Blocks of the day-ahead auction: what goes out together, the least that may be accepted, and awards split back."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexbourse_core.market_time import Mtu
from flexbourse_wholesale_gateway.domain.day_ahead.blocks import MAX_MEMBERS, PERMILLE, Block, least_w, pool_blocks
from flexbourse_wholesale_gateway.domain.day_ahead.curves import Curve, split_award
from flexbourse_wholesale_gateway.domain.lots.pooling import ExchangeRules, ForwardableOrder, Member, Side

SPAN = Mtu(1_768_557_600, 4 * 900)
RULES = ExchangeRules()
LOT_W = RULES.lot_w


def candidate(
    name: str,
    kilowatts: float,
    least: int = PERMILLE,
    ticks: int = 4_000,
    *,
    side: Side = Side.SELL,
    most_kw: float = 0,
) -> Member:
    """Return an offer of one quantity over an hour; `most_kw`: what of it may go out, where that is not all."""
    watts = round(kilowatts * 1000)
    order = ForwardableOrder(
        order_id=name, participant_id="p", unit_id=name, node_id=f"n-{name}", feeder_id="f", area_id="a", mtu=SPAN,
        side=side, open_w=watts, limit_ticks=ticks, least_permille=least,
    )  # fmt: skip
    return Member(order, round(most_kw * 1000) or watts)


@dataclass(frozen=True)
class Case:
    """Offers, and the blocks that they become: kW by offer, ratio in thousandths, price."""

    what: str
    offers: list[Member]
    blocks: list[tuple[dict[str, float], int, int]]


CASES = [
    Case("whole lots go alone", [candidate("a", 200)], [({"a": 200}, 1000, 4_000)]),
    Case("with the least that their party named", [candidate("a", 200, 300)], [({"a": 200}, 300, 4_000)]),
    Case(
        "two parts of a lot go together",
        [candidate("a", 60), candidate("b", 40)],
        [({"a": 60, "b": 40}, 1000, 4_000)],
    ),
    Case("what is no lot stays", [candidate("a", 60)], []),
    Case("what may not be broken is not trimmed", [candidate("a", 150)], []),
    Case("what may is, to whole lots", [candidate("a", 150, 500)], [({"a": 100}, 750, 4_000)]),
    Case(
        "the dearest is trimmed first, and its least is the block's",
        [candidate("a", 80, 1000, 4_000), candidate("b", 40, 250, 4_100)],
        [({"a": 80, "b": 20}, 1000, 4_100)],
    ),
    Case(
        "the ratio is that of the member who can give the least",
        [candidate("a", 80, 100), candidate("b", 40, 250)],
        [({"a": 80, "b": 20}, 500, 4_000)],
    ),
    Case(
        "a purchase keeps the lowest limit",
        [candidate("a", 50, ticks=4_100, side=Side.BUY), candidate("b", 50, ticks=4_000, side=Side.BUY)],
        [({"a": 50, "b": 50}, 1000, 4_000)],
    ),
    Case(
        "what would drag the price too far stays",
        [candidate("a", 50, ticks=1_000), candidate("b", 50, ticks=1_000 + RULES.max_spread_ticks + 1)],
        [],
    ),
    Case(
        "the best that finds no company is passed over",
        [candidate("a", 30, ticks=1_000), candidate("b", 50, ticks=2_500), candidate("c", 50, ticks=2_600)],
        [({"b": 50, "c": 50}, 1000, 2_600)],
    ),
    Case("what its party may not hold is left out", [candidate("a", 200, most_kw=150)], []),
    Case(
        "what it may is enough where the least is",
        [candidate("a", 200, 400, most_kw=100)],
        [({"a": 100}, 800, 4_000)],
    ),
    Case("more than the exchange takes at once stays", [candidate("a", 1_000_000)], []),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_offers_become_blocks(case: Case) -> None:
    found = [
        ({m.order.order_id: m.quantity_w / 1000 for m in one.pool.members}, one.least_permille, one.pool.price_ticks)
        for one in pool_blocks(case.offers, RULES)
    ]
    assert found == case.blocks


offers = st.lists(
    st.tuples(st.integers(1, 350_000), st.integers(1, PERMILLE), st.integers(-500, 5_000), st.integers(1, PERMILLE)),
    max_size=90,
)


def members_of(drawn: list[tuple[int, int, int, int]]) -> list[Member]:
    """Return candidates of which at most a part may go out."""
    return [
        candidate(f"{n:03}", watts / 1000, least, ticks, most_kw=max(1, watts * most // PERMILLE) / 1000)
        for n, (watts, least, ticks, most) in enumerate(drawn)
    ]


@given(offers)
def test_blocks_are_whole_lots_of_whole_promises(drawn: list[tuple[int, int, int, int]]) -> None:
    candidates = members_of(drawn)
    blocks = pool_blocks(candidates, RULES)
    out = [member for one in blocks for member in one.pool.members]
    assert len({member.order.order_id for member in out}) == len(out)  # in one block at most
    most = {one.order.order_id: one.quantity_w for one in candidates}
    assert all(least_w(member) <= member.quantity_w <= most[member.order.order_id] for member in out)
    for one in blocks:
        assert one.pool.quantity_w % LOT_W == 0 < one.pool.quantity_w
        assert len(one.pool.members) <= MAX_MEMBERS
        assert all(member.order.limit_ticks <= one.pool.price_ticks for member in one.pool.members)
    assert pool_blocks(candidates[::-1], RULES) == blocks


def as_curve(one: Block) -> Curve:
    return Curve(one.pool.area_id, SPAN, one.pool.side, (one.pool,))


@given(offers, st.data())
def test_any_award_of_a_block_is_split_exactly_and_breaks_no_promise(
    drawn: list[tuple[int, int, int, int]], data: st.DataObject
) -> None:
    for one in pool_blocks(members_of(drawn), RULES):
        lots = one.pool.quantity_w // LOT_W
        least_lots = -(-lots * one.least_permille // PERMILLE)
        awarded_w = LOT_W * data.draw(st.integers(least_lots, lots))
        shares = split_award(as_curve(one), awarded_w)
        assert sum(shares.values()) == awarded_w
        assert all(least_w(m) <= shares[m.order.order_id] <= m.quantity_w for m in one.pool.members)
