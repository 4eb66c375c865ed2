"""Two merit orders over the same units; needs of one direction merge by effect, opposite ones go elsewhere."""

from __future__ import annotations

import pytest
from activation_world import AREA, DOWN, UP, World, window

from flexbourse_activation.domain import commands as c
from flexbourse_activation.domain.events import ActivationRequested, NeedServed, NeedUncovered
from flexbourse_activation.domain.network.effects import Effect
from flexbourse_activation.domain.offers.merit import merit_order
from flexbourse_activation.domain.terms import Claimant
from flexbourse_core.rejection import Code


@pytest.fixture
def world() -> World:
    """Offers at a1 (left, dear), b1 (left and twig) and c1 (right, cheap)."""
    found = World("common")
    found.offer("a", "unit-a1", price=120)
    found.offer("b", "unit-b1", price=100)
    found.offer("c", "unit-c1", price=60)
    return found


def listed(world: World, element: str, claimant: Claimant = Claimant.DSO) -> list[tuple[str, int, int]]:
    state = world.shard.desks[AREA].state
    found = merit_order(state.guard, state.effects_in(window(0, 4)), claimant, UP, window(0, 4), element)
    return [(entry.offer.terms.offer_id, entry.available_w, entry.effective_price // 1_000_000) for entry in found]


def served(world: World) -> NeedServed:
    found: NeedServed = world.of(NeedServed)[-1]
    return found


def bought(world: World) -> dict[str, int]:
    events = world.of(ActivationRequested)
    return {event.activation.unit_id: event.activation.shares[0].quantities_w[0] for event in events}


def test_both_lists_hold_the_same_units_in_their_own_order(world: World) -> None:
    assert listed(world, "", Claimant.TSO) == [("c", 10_000, 60), ("b", 10_000, 100), ("a", 10_000, 120)]
    assert listed(world, "left") == [("b", 10_000, 100), ("a", 10_000, 120)]  # c does not relieve it


def test_a_list_is_new_after_every_change(world: World) -> None:
    assert world.activate("act", "b", 7_000, "tso") == []
    assert listed(world, "left") == [("b", 3_000, 100), ("a", 10_000, 120)]
    world.trade("t", "unit-a1", 4_000)
    assert listed(world, "left") == [("b", 3_000, 100), ("a", 6_000, 120)]
    half = [Effect("left", "a1", -1000), Effect("left", "b1", -500)]
    world.ok(c.SetEffects(2, tuple(half)), "dso")
    assert listed(world, "left") == [("a", 6_000, 120), ("b", 3_000, 200)]  # half the effect, twice the price


def test_a_need_is_served_by_merit(world: World) -> None:
    world.need("n", "left", 12_000)
    assert world.serve("act", "n") == []
    assert bought(world) == {"unit-b1": 10_000, "unit-a1": 2_000}
    assert (served(world).chosen_w, served(world).short_w) == (12_000, 0)
    assert served(world).activation_ids == ("act/1", "act/2")
    assert world.serve("again", "n") == []
    assert (served(world).covered_w, served(world).activation_ids) == (12_000, ())


def test_what_nothing_covers_is_told(world: World) -> None:
    world.need("n", "left", 25_000)
    assert world.serve("act", "n") == []
    assert (served(world).chosen_w, served(world).short_w) == (20_000, 5_000)


def test_a_limit_price_ends_the_list(world: World) -> None:
    world.need("n", "left", 12_000)
    assert world.serve("act", "n", limit=110_000_000) == []
    assert bought(world) == {"unit-b1": 10_000}
    assert served(world).short_w == 2_000


def test_needs_of_one_direction_buy_the_larger_where_the_same_units_help_both(world: World) -> None:
    """DSO 6 kW on `left`, TSO 15 kW at the interface: 15 kW in all, and the DSO owes no penalty."""
    world.need("dso", "left", 6_000)
    assert world.serve("d", "dso") == []
    assert bought(world) == {"unit-b1": 6_000}
    world.need("tso", "", 15_000, "tso")
    assert world.serve("t", "tso", "tso") == []
    assert (served(world).covered_w, served(world).chosen_w, served(world).short_w) == (6_000, 9_000, 0)
    assert bought(world) == {"unit-b1": 6_000, "unit-c1": 9_000}
    assert served(world).waived_need_ids == ("dso",)


def test_the_larger_need_counts_only_as_far_as_its_units_effect_goes(world: World) -> None:
    """The TSO's cheap 10 kW at c1 do nothing for `left`: the DSO still buys its own 6 kW."""
    world.need("tso", "", 10_000, "tso")
    assert world.serve("t", "tso", "tso") == []
    assert bought(world) == {"unit-c1": 10_000}
    world.need("dso", "left", 6_000)
    assert world.serve("d", "dso") == []
    assert (served(world).covered_w, served(world).chosen_w) == (0, 6_000)
    assert served(world).waived_need_ids == ("dso",)


def test_the_tsos_units_cover_the_dsos_need_as_far_as_they_help(world: World) -> None:
    world.need("tso", "", 13_000, "tso")
    assert world.serve("t", "tso", "tso") == []  # c1 10 kW, b1 3 kW
    world.need("dso", "left", 5_000)
    assert world.serve("d", "dso") == []
    assert (served(world).covered_w, served(world).chosen_w) == (3_000, 2_000)


def test_a_smaller_need_of_the_tso_waives_nothing(world: World) -> None:
    world.need("dso", "left", 6_000)
    world.need("tso", "", 5_000, "tso")
    assert world.serve("t", "tso", "tso") == []
    assert served(world).waived_need_ids == ()


def test_where_needs_are_not_merged_each_buys_his_own() -> None:
    world = World("1C")
    world.offer("b", "unit-b1")
    world.time(window().start_s - 1800)
    world.need("tso", "", 4_000, "tso")
    assert world.serve("t", "tso", "tso") == []
    world.need("dso", "left", 5_000)
    assert world.serve("d", "dso") == []
    assert (served(world).covered_w, served(world).chosen_w, served(world).waived_need_ids) == (0, 5_000, ())


def test_an_opposite_call_is_sent_to_the_nearest_place_that_does_no_harm(world: World) -> None:
    """DSO relieves `twig` (b1). A DOWN call of the TSO at b1 loads it; a1 shares the feeder, c1 lies farther off."""
    for unit in ("a1", "b1", "c1"):
        world.offer(f"down-{unit}", f"unit-{unit}", DOWN)
    world.need("n", "twig", 3_000)
    (problem,) = world.activate("tso", "down-b1", 4_000, "tso")
    assert (problem.code, problem.element, problem.value, problem.limit) == (Code.WORSENS_RELIEF, "twig", 4_000, 0)
    assert problem.next_best is not None
    assert problem.next_best.nearest_node_id == "a1"
    assert world.activate("tso", "down-a1", 4_000, "tso") == []


def test_the_nearest_place_has_the_whole_quantity(world: World) -> None:
    for unit in ("a1", "b1", "c1"):
        world.offer(f"down-{unit}", f"unit-{unit}", DOWN)
    assert world.activate("bsp", "down-a1", 8_000, "tso") == []
    world.need("n", "twig", 3_000)
    (problem,) = world.activate("tso", "down-b1", 4_000, "tso")
    assert problem.next_best is not None
    assert problem.next_best.nearest_node_id == "c1"


def test_held_relief_protects_as_sought_relief_does(world: World) -> None:
    world.offer("down", "unit-b1", DOWN, own=window(2, 2))
    world.offer("down-a", "unit-a1", DOWN)
    assert world.activate("dso", "b", 3_000, element="left") == []
    (problem,) = world.activate("tso", "down-a", 1_000, "tso")
    assert (problem.code, problem.element) == (Code.WORSENS_RELIEF, "left")
    assert problem.next_best is None  # c1 offers nothing downwards
    assert world.activate("later", "down-a", 1_000, "tso", own=window(2, 2)) == []  # nothing is relieved any more


def test_merit_order_passes_over_what_does_harm(world: World) -> None:
    """The DSO relieves `right` by consumption there; the TSO's need UP is not served at c1, though cheapest."""
    world.ok(c.SetEffects(2, (Effect("right", "c1", 1000), Effect("left", "b1", -1000))), "dso")
    world.need("n", "right", 3_000, direction=DOWN)
    world.need("tso", "", 9_000, "tso")
    assert world.serve("t", "tso", "tso") == []
    assert bought(world) == {"unit-b1": 9_000}


def test_a_portfolio_weighs_by_what_each_unit_really_gives() -> None:
    world = World("common")
    world.offer("pool", portfolio="pool", quantity=30_000)
    effects = (Effect("left", "a1", -1000), Effect("left", "a2", 400))
    world.ok(c.SetEffects(2, effects), "dso")
    world.need("n", "left", 3_000)
    assert world.serve("act", "n") == []
    (shares,) = [event.activation.shares for event in world.of(ActivationRequested)]
    assert [share.quantities_w[0] for share in shares] == [5_000, 5_000]
    assert served(world).chosen_w == 3_000  # 5000 · 1 - 5000 · 0.4


def test_the_picture_of_the_documentation_is_true(world: World) -> None:
    """DSO 6 kW off `left`, TSO 15 kW, the TSO first: c1 10 kW, b1 5 kW, and 1 kW more for the DSO."""
    world.need("tso", "", 15_000, "tso")
    assert world.serve("t", "tso", "tso") == []
    world.need("dso", "left", 6_000)
    assert world.serve("d", "dso") == []
    assert (served(world).covered_w, served(world).chosen_w) == (5_000, 1_000)
    totals = {unit: world.claimed(f"unit-{unit}") for unit in ("a1", "b1", "c1")}
    assert totals == {"a1": 0, "b1": 6_000, "c1": 10_000}


def test_a_need_that_relied_on_what_ended_is_told_so(world: World) -> None:
    """The DSO's 5 kW rest on 3 kW of the TSO at b1; the TSO ends them, and the DSO serves its need anew."""
    world.need("tso", "", 13_000, "tso")
    assert world.serve("t", "tso", "tso") == []
    world.need("dso", "left", 5_000)
    assert world.serve("d", "dso") == []
    assert world.send(c.EndActivation("t/2", "no need"), "tso") == []
    assert [(event.need_id, event.served_w, event.short_w) for event in world.of(NeedUncovered)] == [
        ("dso", 2_000, 3_000), ("tso", 12_000, 1_000),
    ]  # fmt: skip
    assert world.serve("again", "dso") == []
    assert (served(world).covered_w, served(world).chosen_w) == (2_000, 3_000)


def test_a_window_that_is_over_uncovers_nothing(world: World) -> None:
    world.need("dso", "left", 5_000)
    assert world.serve("d", "dso") == []
    world.time(window().start_s - 900)
    world.ok(c.AcknowledgeOrder("d/1", 1, True, ""), "agr")  # noqa: FBT003
    world.time(window().start_s + 3_600)
    world.time(window().start_s + 3 * 3_600)  # nobody confirmed: it failed, long after its window
    assert world.of(NeedUncovered) == []
