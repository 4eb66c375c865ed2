"""Refunds: paid for what the meter shows; opposite deviations of one owner earn nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from settlement_market import drawn_matches, match, period

from flexbourse_settlement.domain.delivery import positions
from flexbourse_settlement.domain.matches import Basis, Match, Side
from flexbourse_settlement.domain.refunds import withheld_micro_euro


def withheld(matches: list[Match], metered_w: dict[str, int]) -> dict[str, int]:
    return {trade_id: sum(of_sides) for trade_id, of_sides in withheld_of_sides(matches, metered_w).items()}


def withheld_of_sides(matches: list[Match], metered_w: dict[str, int]) -> dict[str, tuple[int, int]]:
    whole = period(matches, metered_w={**dict.fromkeys(period([]).bases_w, 0), **metered_w})
    found = positions(whole.mtu, matches, whole.bases_w, whole.metered_w)
    return withheld_micro_euro(matches, {each.metering_point_id: each for each in found})


def relief(number: int = 1, **changes: object) -> Match:
    """Return 1,000 W from mp-3 to a scheduled buyer, which relieves the grid by 900 micro-euro."""
    settings: dict[str, object] = {
        "seller": "mp-3", "dnut": -900, "buyer_basis": Basis.SCHEDULED, "buyer_is_aggressor": False, **changes,
    }  # fmt: skip
    return match(number, **settings)  # type: ignore[arg-type]


def test_the_refund_follows_the_metered_share() -> None:
    paid = {metered: 900 - withheld([relief()], {"mp-3": metered})[relief().trade_id] for metered in
            (-500, 0, 1, 500, 1_000, 2_000)}  # fmt: skip
    assert paid == {-500: 0, 0: 0, 1: 0, 500: 450, 1_000: 900, 2_000: 900}


def test_a_positive_tariff_withholds_nothing() -> None:
    assert withheld([relief(dnut=900)], {}) == {}


def test_the_counterpartys_missing_deviation_counts_too() -> None:
    both = relief(buyer="mp-5", buyer_basis=Basis.DEVIATION)
    assert withheld([both], {"mp-3": 1_000, "mp-5": -250})[both.trade_id] == 900 - 225
    assert withheld([both], {"mp-3": 1_000, "mp-5": -1_000})[both.trade_id] == 0


def test_opposite_deviations_of_one_owner_on_one_feeder_earn_no_more_than_they_cost() -> None:
    # the twin home sends 1,000 W up at one meter and 1,000 W down at the other: the grid feels nothing
    up = relief(1, seller="mp-1", dnut=-900)
    down = match(2, seller="mp-5", buyer="mp-2", seller_basis=Basis.SCHEDULED, dnut=300)
    metered = {"mp-1": 1_000, "mp-2": -1_000}
    assert withheld([up, down], metered)[up.trade_id] == 900 - 300
    free = match(2, seller="mp-5", buyer="mp-2", seller_basis=Basis.SCHEDULED, dnut=0)
    assert withheld([up, free], metered)[up.trade_id] == 900


def test_what_is_left_after_netting_is_paid_by_the_meter() -> None:
    # 1,000 W up, 400 W down: 600 W remain, 300 W of them metered
    up = relief(1, seller="mp-1", dnut=-1_000)
    down = match(2, seller="mp-5", buyer="mp-2", quantity_w=400, seller_basis=Basis.SCHEDULED, dnut=100)
    paid = 1_000 - withheld([up, down], {"mp-1": 700, "mp-2": -400})[up.trade_id]
    assert paid == 100 + 300  # the cap on the netted 400 of 1,000, and half of the other 600


@given(drawn_matches(), st.dictionaries(st.sampled_from(["mp-1", "mp-2", "mp-3"]), st.integers(-9_000, 9_000)))
def test_on_the_netted_part_nobody_gets_more_than_he_paid(matches: list[Match], metered: dict[str, int]) -> None:
    kept = withheld_of_sides(matches, metered)
    for key in {_key(side) for each in matches for side in each.sides}:
        own = [
            (side.moved_w, borne, kept.get(each.trade_id, (0, 0))[number])
            for each in matches for number, (side, borne) in enumerate(each.bearers)
            if _key(side) == key and side.deviates
        ]  # fmt: skip
        if sum(moved_w for moved_w, _, _ in own) == 0:  # everything is netted
            refunded = sum(-borne - less for _, borne, less in own if borne < 0)
            assert refunded <= sum(max(0, borne) for _, borne, _ in own)


def _key(side: Side) -> tuple[str, str]:
    return side.owner_id, side.feeder_id


def test_each_side_of_a_shared_refund_gets_its_own_part_for_what_the_meters_show() -> None:
    halves = relief(buyer="mp-5", buyer_basis=Basis.DEVIATION, dnut=-901, other_dnut=-450)
    kept = withheld_of_sides([halves], {"mp-3": 1_000, "mp-5": -500})
    assert [borne for _, borne in halves.bearers] == [-451, -450]
    assert kept == {halves.trade_id: (226, 225)}  # half of the relief did not happen on the buyer's side


def test_a_set_may_refund_one_side_and_charge_the_other() -> None:
    split = relief(buyer="mp-5", buyer_basis=Basis.DEVIATION, dnut=100, other_dnut=500)
    assert [borne for _, borne in split.bearers] == [-400, 500]
    assert withheld([split], {"mp-3": 0, "mp-5": -1_000}) == {split.trade_id: 400}
