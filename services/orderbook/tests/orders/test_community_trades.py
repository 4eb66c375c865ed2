"""Trades of a community: several at once through the gate or none, each side paying for what it moves on the way."""

from __future__ import annotations

import pytest
from agreed_world import AgreedWorld
from book_world import FLAT, PARAMETERS
from test_orders_fit_into_collateral import ASKS, EURO, allot, collateral

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry


def community(**changes: object) -> AgreedWorld:
    own = AgreedWorld(**{"parameters": FLAT, **changes})
    own.ready()
    own.community()
    return own


def trades(own: AgreedWorld) -> list[pb.AgreedTrade]:
    """Three trades of a period between six homes."""
    return [
        own.agreed("battery-b1", "battery-a1", 9_000),
        own.agreed("battery-b2", "battery-a2", 8_000),
        own.agreed("battery-b3", "battery-a3", 7_000),
    ]


def test_a_community_proposes_and_every_owner_confirms() -> None:
    own = community()
    proposed = own.propose(*trades(own), by="community")
    assert own.events("agreement_proposed")[0].agreement.awaited == ["agr-1", "agr-2", "agr-3"]
    own.answer(proposed.id, "agr-1")
    own.answer(proposed.id, "agr-3")
    assert not own.trades()
    own.answer(proposed.id, "agr-2")
    assert [trade.quantity_w for trade in own.trades()] == [9_000, 8_000, 7_000]
    assert {trade.set_id for trade in own.trades()} == {proposed.id}
    assert len(own.events("operating_point")) == 1
    own.drive.recovered()


def test_an_aggregator_needs_no_word_for_units_whose_right_it_holds() -> None:
    own = community()
    result = own.propose(own.agreed("battery-b1", "battery-a1", 9_000))
    assert not result.HasField("rejection")
    assert own.outcomes() == ["EXECUTED"]
    assert [(trade.seller.party, trade.buyer.party) for trade in own.trades()] == [("agr-1", "agr-1")]
    own.drive.recovered()


@pytest.mark.parametrize(
    ("watt", "code", "element"),
    [(24_000, "GRID_LIMIT_EXCEEDED", "bar-a1"), (60_100, "BASIS_EXCEEDED", "battery-b3")],
)
def test_one_trade_too_many_and_none_is_made(watt: int, code: str, element: str) -> None:
    own = community()
    own.market_changes = {}
    all_but_one = trades(own)[:2]
    result = own.agree(*all_but_one, own.agreed("battery-b3", "battery-a3", watt), by="community")
    assert (result.rejection.code, result.rejection.element) == (code, element)
    assert not own.trades()
    assert own.outcomes() == ["REFUSED"]
    assert not own.agree(*all_but_one, by="community").HasField("rejection")
    own.drive.recovered()


def test_a_set_may_pass_where_its_first_trade_alone_would_not() -> None:
    """a2 sells while a1 buys behind the same cable: together they fit through, the purchase alone does not."""
    free = {"either_side_missing": False}
    buys, sells = ("battery-b1", "battery-a1", 45_000), ("battery-a2", "battery-b2", 12_000)
    alone, own = community(market_changes=free), community(market_changes=free)
    assert alone.agree(alone.agreed(*buys)).rejection.code == "GRID_LIMIT_EXCEEDED"
    assert not own.agree(own.agreed(*buys), own.agreed(*sells), by="community").HasField("rejection")
    careful = community()  # where a set has to hold with each of its sides missing it does not
    result = careful.agree(careful.agreed(*buys), careful.agreed(*sells), by="community")
    assert result.rejection.code == "GRID_LIMIT_EXCEEDED"


def test_the_sides_of_a_set_share_its_tariff_by_the_path_and_the_sum_is_exact() -> None:
    own = community(parameters=PARAMETERS)
    assert not own.agree(*trades(own), by="community").HasField("rejection")
    made = own.trades()
    before, after = made[0].potential_before_micro_euro, made[-1].potential_after_micro_euro
    assert sum(trade.dnut_micro_euro for trade in made) == after - before > 0
    assert own.program_period().grid.solved_potential() == after
    # Per kWh the head of the street pays least: what it draws runs through one cable alone.
    shares = [(trade.dnut_micro_euro - trade.other_dnut_micro_euro) / trade.quantity_w for trade in made]
    assert min(shares) == shares[0]


def test_the_order_of_the_trades_of_a_set_changes_what_nobody_pays() -> None:
    bills = []
    for turn in (1, -1):
        own = community(parameters=PARAMETERS)
        own.agree(*trades(own)[::turn], by="community")
        bills.append({trade.seller.unit_id: (trade.dnut_micro_euro, trade.other_dnut_micro_euro)
                      for trade in own.trades()})  # fmt: skip
    assert {name: pytest.approx(bill, abs=1) for name, bill in bills[0].items()} == bills[1]


def test_a_trade_of_a_set_is_not_taken_back_by_itself() -> None:
    own = community(market_changes={"recall_window_s": 600})
    own.entity("participant", "op", registry.Participant(
        participant_id="op", name="op", roles=[registry.ROLE_MARKET_OPERATOR], active=True))  # fmt: skip
    own.agree(*trades(own), by="community")
    recall = pb.RecallTrade(trade_id=own.trades()[0].trade_id, reason="a typing error")
    result = own.command(pb.OrderCommand(area_id="area-1", recall_trade=recall), "op")[0]
    assert result.rejection.code == "RECALL_WINDOW_OVER"


def test_the_allotment_covers_all_trades_of_a_party_together() -> None:
    """b1 sells what a1 and a2 buy; 1 EUR for each purchase, and agr-2 has but 1.50 for both of its."""
    own = community(market_changes={**ASKS, "either_side_missing": False})
    for party, euros in (("agr-1", 10), ("agr-2", 2), ("agr-3", 10)):
        allot(own, party, euros * EURO)
    bought = [
        own.agreed("battery-b1", "battery-a2", 4_000, 100_000),
        own.agreed("battery-b3", "battery-b2", 4_400, 100_000),
    ]
    result = own.agree(*bought)
    assert (result.rejection.code, result.rejection.element) == ("COLLATERAL_INSUFFICIENT", "agr-2")
    assert not own.agree(bought[0]).HasField("rejection")
    assert collateral(own).used("agr-2") == EURO
    assert collateral(own).used("agr-1") == 50_000  # the cover of a sale
    own.drive.recovered()


def test_the_room_of_a_position_is_that_of_all_trades() -> None:
    own = community()
    twice = [own.agreed("battery-b1", "battery-b2", 40_000), own.agreed("battery-b1", "battery-b3", 40_000)]
    result = own.agree(*twice)
    assert (result.rejection.code, result.rejection.field) == ("BASIS_EXCEEDED", "trades[1].quantity_w")
