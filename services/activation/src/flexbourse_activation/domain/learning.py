"""What the grid's side says of an area: its topology gives effects, its base case the directions of flows."""

from __future__ import annotations

from flexbourse_activation.domain.desk import Desk
from flexbourse_activation.domain.network.network_effects import (
    BaseCaseFact,
    FlowsTurned,
    TopologyFact,
    compute_effects,
    turned_elements,
)


def learn(desk: Desk, fact: TopologyFact | BaseCaseFact) -> None:
    """Record the effects of a new topology, or how a period's flows differ from what was known of them."""
    if isinstance(fact, BaseCaseFact):
        _learn_flows(desk, fact)
    elif fact.version not in desk.state.network.computed:
        desk.record(compute_effects(fact))


def _learn_flows(desk: Desk, fact: BaseCaseFact) -> None:
    network = desk.state.network
    computed, known = network.computed.get(fact.topology_version), network.turned.get(fact.mtu.start_s)
    if computed is None or len(fact.p_w) != len(computed.node_ids) or fact.mtu.end_s * 1000 <= desk.now_ms:
        return
    before = known.element_ids if known and known.topology_version == fact.topology_version else ()
    turned = turned_elements(computed, fact.p_w)
    if turned != before:
        desk.record(FlowsTurned(desk.area_id, fact.mtu, fact.topology_version, fact.version, turned))
