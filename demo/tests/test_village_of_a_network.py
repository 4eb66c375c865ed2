"""The village: drawn by the seed alone, complete on every network, crowded where it should be."""

import numpy as np
import pytest
from village_fixtures import cigre_model, kerber_model, kerber_topology, kerber_village

from flexbourse_demo.modelled.grid_sketch import GridSketch, SketchBranch, SketchFeeder
from flexbourse_demo.modelled.layout import lay_out
from flexbourse_demo.modelled.physics import flow_day
from flexbourse_demo.modelled.village import build_village


def test_kerber_dorf_has_57_named_homes_in_6_streets():
    village = kerber_village()
    assert (len(village.homes), len(village.streets)) == (57, 6)
    assert len({home.name for home in village.homes}) == 57
    assert len({home.node_id for home in village.homes}) == 57


def test_same_seed_same_village_and_another_seed_another():
    sketch = GridSketch.of(kerber_model())
    assert build_village("kerber-dorf", sketch, 5) == build_village("kerber-dorf", sketch, 5)
    assert build_village("kerber-dorf", sketch, 5).homes != build_village("kerber-dorf", sketch, 6).homes


@pytest.mark.parametrize("seed", range(5))
def test_chargers_stand_on_the_longest_street_alone(seed):
    village = kerber_village(seed)
    crowded = {home.home_id for home in village.homes if home.charger}
    assert len(village.crowded.home_ids) == 16
    assert len(crowded) == 12
    assert crowded <= set(village.crowded.home_ids)


@pytest.mark.parametrize("seed", range(5))
def test_each_street_has_its_share_of_panels_and_heat_pumps(seed):
    village = kerber_village(seed)
    sunny = next(street for street in village.streets if street.sunny)
    assert sum(village.home(home).solar is not None for home in sunny.home_ids) >= len(sunny.home_ids) * 3 // 4
    for street in village.streets:
        assert any(village.home(home).heat_pump for home in street.home_ids)


@pytest.mark.parametrize(("chargers", "percent"), [(10, 70), (12, 83), (16, 107)])
def test_crowded_chargers_load_the_cable_of_their_street_alone(chargers, percent):
    village, topology = kerber_village(), kerber_topology()
    crowded = village.crowded.home_ids
    busy = set(crowded[-chargers:])
    power = {h.home_id: np.array([-12_000 if h.home_id in busy else -1_000]) for h in village.homes}
    loading = flow_day(topology, village, power).loading_mpct[0] / 1000
    own = topology.branch_zone == topology.zone_index[village.crowded.feeder_id]
    assert loading[own].max() == pytest.approx(percent, abs=4)
    lines = np.array([zone.startswith("feeder-") for zone in topology.zone_ids])[topology.branch_zone]
    assert loading[lines & ~own].max() < 20


def test_every_car_can_have_what_it_needs_by_its_departure():
    for seed in range(20):
        for home in kerber_village(seed).homes:
            if home.charger:
                hours = (home.charger.departure_s - home.charger.arrival_s) / 3600
                assert 0 < home.charger.need_wh <= home.charger.power_w * hours * 0.8


def test_another_network_gets_a_village_too():
    village = build_village("cigre-lv", GridSketch.of(cigre_model()), 1)
    assert len(village.homes) == 13
    assert sum(home.charger is not None for home in village.homes) >= 4


def test_network_without_a_feeder_is_refused():
    lonely = GridSketch(("a", "b"), (SketchBranch("t", "a", "b", is_transformer=True),), (), "a")
    with pytest.raises(ValueError, match="no feeder"):
        build_village("lonely", lonely, 1)


def test_ring_without_ends_gets_a_home_at_every_node():
    branches = tuple(
        SketchBranch(f"l{i}", a, b, is_transformer=False)
        for i, (a, b) in enumerate([("s", "a"), ("a", "b"), ("b", "c"), ("c", "s")])
    )
    ring = GridSketch(("s", "a", "b", "c"), branches, (SketchFeeder("feeder-1", ("a", "b", "c")),), "s")
    assert {home.node_id for home in build_village("ring", ring, 1).homes} == {"a", "b", "c"}


@pytest.mark.parametrize("model", [kerber_model, cigre_model])
def test_tree_layout_places_every_node_once(model):
    sketch = GridSketch.of(model())
    layout = lay_out(sketch)
    assert set(layout.place) == set(sketch.nodes)
    assert len(set(layout.place.values())) == len(sketch.nodes)
    assert all(0 <= x <= layout.width and 0 <= y <= layout.height for x, y in layout.place.values())
