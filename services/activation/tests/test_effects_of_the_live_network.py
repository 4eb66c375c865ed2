"""Effects follow from the topology as it is published, and turn with the flows of the base case; commands go first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from test_activation_shard import AREA, Activations, accepted, code

from flexbourse.activation.v1 import activation_pb2 as pb
from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse_activation.domain.network.network_effects import TopologyFact, compute_effects, turned_elements
from flexbourse_gridmath.model import Branch, NetworkModel, Node
from flexbourse_messages.catalogue import ACTIVATION_LIFE, GRID_BASE_CASE, GRID_TOPOLOGY


def node(name: str) -> Node:
    """Return a node of low voltage."""
    return Node(name, name, "z", 0.4, 900_000, 1_100_000)


def line(name: str, start: str, end: str) -> Branch:
    """Return a cable."""
    return Branch(name, name, "line", "z", start, end, 0.01, 0.02, 0.0, 0.0, 1.0, 0.0, 0.2, 0.2)


def model(*branches: Branch) -> NetworkModel:
    """Return a street: n0 is the source, n1 and n2 have the units; each in a cable of its own, n2 against its name."""
    own = branches or (line("trunk", "n0", "m"), line("left", "m", "n1"), line("right", "n2", "m"))
    return NetworkModel("street", 1.0, "n0", 1.0, 0.0, tuple(map(node, ("n0", "m", "n1", "n2"))), own)


RING = (line("trunk", "n0", "m"), line("left", "m", "n1"), line("tie", "n1", "n2"), line("right", "m", "n2"))


class Street(Activations):
    """A shard that follows a network."""

    def topology(self, version: int, own: NetworkModel | None = None, *, from_s: int = 0) -> None:
        state = grid.TopologyState(
            area_id=AREA, version=version, model=(own or model()).to_record(), effective_from_s=from_s
        )
        self.drive.input(GRID_TOPOLOGY, f"{AREA}/{version}", state)

    def base_case(self, *p_w: int, version: int = 1, topology: int = 1, quarter: int = 0) -> None:
        mtu = common_pb2.Mtu(start_s=self.start_s + 900 * quarter, length_s=900)
        state = grid.BaseCaseState(area_id=AREA, mtu=mtu, version=version, topology_version=topology, p_w=p_w)
        self.drive.input(GRID_BASE_CASE, f"{AREA}/{mtu.start_s}", state)

    def told(self, field: str) -> list[pb.ActivationEvent]:
        found = [event for event in self.drive.projected(ACTIVATION_LIFE) if isinstance(event, pb.ActivationEvent)]
        return [event for event in found if event.HasField(field)]  # type: ignore[arg-type]

    def relief(self, element: str, node_id: str, quarter: int = 0) -> int:
        state = self.drive.program._machine.desks[AREA].state  # type: ignore[attr-defined]
        return -int(state.effects_at(self.start_s + 900 * quarter).effect_permille(element, node_id))


@pytest.fixture
def shard() -> Iterator[Street]:
    world = Street()
    yield world
    world.drive.recovered()


def test_a_tree_has_whole_effects_signed_for_consumption(shard: Street) -> None:
    shard.topology(1)
    assert {name: (shard.relief(name, "n1"), shard.relief(name, "n2")) for name in ("trunk", "left", "right")} == {
        "trunk": (1_000, 1_000), "left": (1_000, 0), "right": (0, 1_000),
    }  # fmt: skip


def test_a_need_finds_its_units_without_any_command(shard: Street) -> None:
    shard.topology(1)
    shard.offer("o2", unit_id="u2")
    need = pb.NeedTerms(
        need_id="n", element_id="right", purpose=pb.PURPOSE_CONGESTION, direction=pb.DIRECTION_UP,
        window=shard.window(), quantity_w=3_000,
    )  # fmt: skip
    assert accepted(shard.offer())
    assert accepted(shard.send("dso", state_need=need))
    assert accepted(shard.activate(offer_id="", need_id="n"))
    (chosen,) = shard.told("requested")
    assert chosen.requested.activation.unit_id == "u2"


def test_a_meshed_network_shares_its_flow(shard: Street) -> None:
    shard.topology(1, model(*RING))
    assert (shard.relief("left", "n1"), shard.relief("right", "n1")) == (667, 333)
    assert abs(shard.relief("tie", "n1")) == 333


def test_a_switching_renews_the_effects_for_periods_from_then_on(shard: Street) -> None:
    shard.topology(1)
    shard.topology(2, model(*RING), from_s=shard.start_s + 900)
    assert (shard.relief("left", "n1"), shard.relief("left", "n1", quarter=1)) == (1_000, 667)
    shard.drive.time((shard.start_s + 900) * 1000)
    assert len(shard.drive.program._machine.desks[AREA].state.network.computed) == 1  # type: ignore[attr-defined]


def test_flows_that_turn_turn_the_effects_of_their_period(shard: Street) -> None:
    shard.topology(1)
    shard.base_case(0, 0, 5_000, -1_000)  # more sun behind `left` than anybody uses
    assert (shard.relief("left", "n1"), shard.relief("trunk", "n2"), shard.relief("right", "n2")) == (
        -1_000, -1_000, 1_000,
    )  # fmt: skip
    assert shard.relief("left", "n1", quarter=1) == 1_000
    shard.base_case(0, 0, 500, -1_000, version=2)  # clouds: the trunk feeds the street again
    assert (shard.relief("left", "n1"), shard.relief("trunk", "n2")) == (-1_000, 1_000)
    assert len(shard.told("flows_turned")) == 2
    shard.base_case(0, 0, 600, -1_000, version=3)
    assert len(shard.told("flows_turned")) == 2  # nothing turned


def test_a_call_that_harms_in_one_quarter_hour_is_refused(shard: Street) -> None:
    """The DSO relieves the trunk at noon, when the sun flows through it; more injection then does harm."""
    shard.topology(1)
    shard.base_case(0, 0, 5_000, 5_000, quarter=1)
    down = pb.NeedTerms(
        need_id="n", element_id="trunk", purpose=pb.PURPOSE_CONGESTION, direction=pb.DIRECTION_DOWN,
        window=shard.window(), quantity_w=3_000,
    )  # fmt: skip
    assert accepted(shard.offer())
    assert accepted(shard.send("dso", state_need=down))
    assert code(shard.activate("tso", window=shard.window(2))) == "WORSENS_RELIEF"
    assert accepted(shard.activate("tso", window=shard.window(1)))


def test_what_is_set_by_command_goes_first_until_it_is_taken_back(shard: Street) -> None:
    shard.topology(1)
    own = [pb.Effect(element_id="left", node_id="n1", effect_permille=-400)]
    assert accepted(shard.send("dso", set_effects=pb.SetEffects(topology_version=1, effects=own)))
    assert shard.relief("left", "n1") == 400
    shard.topology(2, model(*RING))
    shard.base_case(0, 0, 5_000, 5_000, topology=2)
    assert shard.relief("left", "n1") == 400
    assert accepted(shard.send("dso", set_effects=pb.SetEffects(topology_version=2)))
    assert shard.relief("left", "n1") == -667


def test_a_network_that_is_too_large_says_so(shard: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flexbourse_activation.domain.network.network_effects.MAX_COMPUTED", 3)
    shard.topology(1)
    (event,) = shard.told("effects_computed")
    assert (list(event.effects_computed.elements), event.effects_computed.problem) == ([], "more than 3 effects")
    shard.base_case(0, 0, 5_000, 5_000)
    assert shard.told("flows_turned") == []


def test_a_network_without_factors_says_why() -> None:
    apart = model(line("left", "m", "n1"), line("right", "m", "n2"))
    computed = compute_effects(TopologyFact(AREA, 1, 0, apart))
    assert (computed.elements, bool(computed.problem)) == ((), True)


def test_an_unknown_or_past_base_case_turns_nothing(shard: Street) -> None:
    shard.topology(1)
    shard.base_case(0, 0, 5_000, 5_000, topology=2)
    shard.base_case(0, 5_000, 5_000)
    shard.drive.time((shard.start_s + 900) * 1000)
    shard.base_case(0, 0, 5_000, 5_000)
    assert shard.told("flows_turned") == []


def test_the_order_of_a_branchs_ends_makes_no_difference() -> None:
    fact = TopologyFact(AREA, 1, 0, model())
    back = tuple(replace(each, from_node=each.to_node, to_node=each.from_node) for each in fact.model.branches)
    assert compute_effects(fact) == compute_effects(replace(fact, model=model(*back)))


def test_turned_elements_are_exact() -> None:
    computed = compute_effects(TopologyFact(AREA, 1, 0, model()))
    assert turned_elements(computed, (0, 0, 10**12, -(10**12))) == ("left",)  # the trunk carries nothing
    assert turned_elements(computed, (0, 0, 10**12, 1 - 10**12)) == ("trunk", "left")
