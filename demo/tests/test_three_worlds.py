"""The three worlds: same needs, exact flows, money that adds up."""

import numpy as np
import pytest
from toy_record import toy_material, toy_record
from village_fixtures import kerber_day, kerber_topology

from flexbourse_demo.modelled.village import Charger
from flexbourse_demo.robots.base import FEED_IN_CENT, RETAIL_CENT
from flexbourse_demo.telling.assemble import compute_worlds
from flexbourse_demo.telling.worlds import (
    TradedDay,
    World,
    charge_on_arrival,
    contract_cost,
    world_with_market,
    world_without_market,
)


def test_a_car_that_charges_on_arrival_gets_exactly_what_it_needs():
    series = charge_on_arrival(Charger(11_000, 25_500, 64 * 900, 96 * 900), 96)
    assert -series.sum() == 25_500 * 4
    assert not series[:64].any()
    assert series[64] == -11_000


def test_a_contract_bills_what_is_taken_and_pays_what_is_given():
    assert contract_cost(np.full(4, -1_000)) == round(RETAIL_CENT * 10_000)
    assert contract_cost(np.full(4, 1_000)) == -round(FEED_IN_CENT * 10_000)


@pytest.mark.parametrize("seed", range(4))
def test_without_a_market_the_crowded_cable_is_overloaded(seed):
    world = world_without_market(kerber_day(seed), kerber_topology())
    assert world.overloaded_quarters() > 0
    assert world.lowest_voltage_upu() < 930_000
    assert world.car_energy_wh() == sum(h.charger.need_wh for h in kerber_day(seed).village.homes if h.charger)


def test_a_market_without_trades_is_a_world_without_cars():
    model = kerber_day()
    world = world_with_market(World.FLEXBOURSE, model, kerber_topology(), TradedDay({}, {}, {}, 0, 0))
    assert world.car_energy_wh() == 0
    for home in model.village.homes:
        assert np.array_equal(world.home_w[home.home_id], model.home_actual(home))
        assert world.bill_micro_euro[home.home_id] == contract_cost(model.home_actual(home))


def test_losses_are_what_the_source_feeds_in_beyond_what_homes_take():
    world = world_without_market(kerber_day(), kerber_topology())
    assert (world.grid.losses_w > 0).all()
    assert 0 < world.losses_wh() < 0.05 * -sum(series.sum() for series in world.home_w.values()) / 4


@pytest.mark.parametrize("seed", [1, 2])
def test_only_the_checked_market_keeps_the_cable(seed):
    before, unchecked, ours = compute_worlds(toy_material(seed))
    assert ours.overloaded_quarters() == 0
    assert before.overloaded_quarters() > 0
    assert unchecked.worst_loading_mpct() > ours.worst_loading_mpct()
    assert before.car_energy_wh() == ours.car_energy_wh()


def test_gains_of_all_add_up_to_nothing():
    assert toy_record().gains.sum_micro_euro == 0


def test_scheduled_sales_replace_the_contract():
    model = kerber_day()
    home = next(home for home in model.village.homes if home.solar)
    noon = int(model.home_actual(home).argmax())
    sold = np.zeros(model.day.count, dtype=np.int64)
    sold[noon] = 1_000
    with_sale = TradedDay({}, {home.home_id: sold}, {}, 0, 0)
    world = world_with_market(World.FLEXBOURSE, model, kerber_topology(), with_sale)
    lost = world.bill_micro_euro[home.home_id] - contract_cost(model.home_actual(home))
    assert lost == pytest.approx(FEED_IN_CENT * 10_000 / 4, abs=1)
