"""Records of other services: what each does to the shard's areas, and the newest of each key for the snapshot."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from google.protobuf.message import Message

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import snapshot_pb2
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_core.market_time import Mtu
from flexbourse_log.port import AdoptedRecord
from flexbourse_messages.catalogue import (
    GRID_BASE_CASE,
    GRID_MARGIN,
    GRID_TARIFF,
    GRID_TOPOLOGY,
    LIGHT_ZONE,
    REGISTRY_ENTITY,
    SETTLEMENT_ALLOTMENT,
)
from flexbourse_orderbook import wire
from flexbourse_orderbook.domain import adoption
from flexbourse_orderbook.domain.grid.lights import Heartbeat, Light, ZoneLight
from flexbourse_orderbook.domain.state import AreaState, Period
from flexbourse_orderbook.wire import mtu_in

# The order in which a snapshot's records are adopted again; the state does not depend on it beyond this.
KEPT: dict[str, tuple[type[Message], ...]] = {
    REGISTRY_ENTITY: (registry.EntityState,),
    GRID_TOPOLOGY: (grid.TopologyState,),
    GRID_BASE_CASE: (grid.BaseCaseState,),
    GRID_MARGIN: (grid.MarginState,),
    GRID_TARIFF: (grid.TariffState,),
    LIGHT_ZONE: (light.LightState, light.LightHeartbeat),
    SETTLEMENT_ALLOTMENT: (settlement.AllotmentState,),
}


# A colour of a later release, which is none of these, is one that we do not know how to obey.
_LIGHTS = {int(entry): entry for entry in Light}
_VERSIONED = (grid.BaseCaseState, grid.MarginState, grid.TariffState)


def _is_overtaken(late: Message, former: Message | None) -> bool:
    """Tell the same as `adoption.is_stale` and `Collateral.adopt`, so that a snapshot keeps what the state took."""
    if isinstance(late, settlement.AllotmentState) and isinstance(former, settlement.AllotmentState):
        return late.version <= former.version
    if not isinstance(late, _VERSIONED) or not isinstance(former, _VERSIONED):
        return False
    return (late.topology_version, late.version) < (former.topology_version, former.version)


def area_of_record(message: Message) -> str:
    """Return the area of a record of gridcheck or the traffic light."""
    area: str = getattr(message, "area_id", "")
    return area


def period_of_record(message: Message) -> Mtu | None:
    """Return the period of a record, None where it has none."""
    return mtu_in(message.mtu) if "mtu" in message.DESCRIPTOR.fields_by_name else None  # type: ignore[attr-defined]


def adopt(state: AreaState, message: Message) -> list[Period]:
    """Change an area by a record of gridcheck or the traffic light; returns the periods that it touched."""
    found: list[Period] = []
    match message:
        case grid.TopologyState():
            if adoption.adopt_topology(state, wire.topology_in(message)):
                found = list(state.periods.values())
        case grid.BaseCaseState():
            found = [adoption.adopt_base_case(state, mtu_in(message.mtu), wire.base_case_in(message))]
        case grid.MarginState():
            found = [adoption.adopt_margin(state, mtu_in(message.mtu), wire.margin_in(message))]
        case grid.TariffState():
            found = [adoption.adopt_tariff(state, mtu_in(message.mtu), wire.tariff_in(message))]
        case light.LightState():
            found = _adopt_light(state, message)
        case light.LightHeartbeat():
            beat = Heartbeat(message.valid_until_ms, message.valid_until_step)
            if adoption.adopt_heartbeat(state, message.zone_id, beat):
                found = list(state.periods.values())
    return found


def _adopt_light(state: AreaState, message: light.LightState) -> list[Period]:
    mtu = mtu_in(message.mtu)
    colour = _LIGHTS.get(message.light, Light.UNKNOWN)
    own = ZoneLight.of(colour, message.amber_loading_mpct, message.amber_voltage_mpct)
    changed = adoption.adopt_light(state, message.zone_id, mtu, own)
    period = state.periods.get(mtu)
    return [period] if changed and period is not None else []


class AdoptedRecords:
    """The newest record of each topic and key, as long as its period lives. Topologies: those in force."""

    def __init__(self) -> None:
        self._records: dict[str, dict[str, Message]] = {topic: {} for topic in KEPT}

    def keep(self, record: AdoptedRecord) -> None:
        """Keep a record in the place of the former one of its key."""
        kept = self._records.get(record.topic)
        if kept is None or record.message is None:
            return
        key = record.key
        if isinstance(record.message, grid.TopologyState):
            self._keep_topology(kept, record.message)
            return
        former = kept.get(key)
        if not _is_overtaken(record.message, former):
            kept[key] = record.message

    @staticmethod
    def _keep_topology(kept: dict[str, Message], topology: grid.TopologyState) -> None:
        """Keep a topology beside those that still hold for earlier periods; keys sort by version."""
        own = {key: each for key, each in kept.items() if area_of_record(each) == topology.area_id}
        if any(each.version >= topology.version for each in own.values()):  # type: ignore[attr-defined]
            return
        for key, each in own.items():
            if each.effective_from_s >= topology.effective_from_s:  # type: ignore[attr-defined]
                del kept[key]
        kept[f"{topology.area_id}/{topology.version:010d}"] = topology

    def forget(self, area_id: str, is_past: Callable[[Mtu], bool], versions: Collection[int]) -> None:
        """Drop the records of an area's past periods, and its topologies but those of the versions given."""
        topologies = self._records[GRID_TOPOLOGY]
        for key, each in list(topologies.items()):
            if area_of_record(each) == area_id and each.version not in versions:  # type: ignore[attr-defined]
                del topologies[key]
        for kept in self._records.values():
            past = []
            for key, message in kept.items():
                mtu = period_of_record(message)
                if mtu is not None and area_of_record(message) == area_id and is_past(mtu):
                    past.append(key)
            for key in past:
                del kept[key]

    def to_snapshot(self) -> Iterator[snapshot_pb2.AdoptedSnapshot]:
        """Iterate over all records in canonical order."""
        for topic, kept in self._records.items():
            for key in sorted(kept):
                value = kept[key].SerializeToString(deterministic=True)
                name = kept[key].DESCRIPTOR.full_name
                yield snapshot_pb2.AdoptedSnapshot(topic=topic, key=key, value=value, type=name)


def from_snapshot(entry: snapshot_pb2.AdoptedSnapshot) -> AdoptedRecord:
    """Return a record that a snapshot kept."""
    for kind in KEPT[entry.topic]:
        if kind.DESCRIPTOR.full_name == entry.type:
            return AdoptedRecord(entry.topic, entry.key, kind.FromString(entry.value))
    raise ValueError(f"a snapshot holds a {entry.type} of {entry.topic}")
