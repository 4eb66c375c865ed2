"""Messages to and from the domain: bound and compared at import, by hand where the shapes differ."""

from __future__ import annotations

from collections.abc import Mapping

from google.protobuf.message import Message

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_core.market_time import Mtu
from flexbourse_messages.binding import Binding
from flexbourse_traffic_light.domain.events import (
    Event,
    LightHeartbeat,
    LightRetired,
    OverrideChanged,
    OverrideLight,
    SetLightThresholds,
    ThresholdsChanged,
)
from flexbourse_traffic_light.domain.finding import UseFinding, ZoneFinding
from flexbourse_traffic_light.domain.inputs import (
    AreaFact,
    HeartbeatFact,
    Input,
    OperatorFact,
    ResultFact,
    TopologyFact,
)
from flexbourse_traffic_light.domain.light import LightState

STATE = Binding(LightState, light.LightState)
HEARTBEAT = Binding(LightHeartbeat, light.LightHeartbeat)
OVERRIDE = Binding(OverrideLight, light.OverrideLight)
OVERRIDE_CHANGED = Binding(OverrideChanged, light.OverrideChanged)
SET_THRESHOLDS = Binding(SetLightThresholds, light.SetLightThresholds)
THRESHOLDS_CHANGED = Binding(ThresholdsChanged, light.ThresholdsChanged)
RETIRED = Binding(LightRetired, light.LightRetired)
OPERATOR = Binding(OperatorFact, light.OperatorFact)
FINDING = Binding(ZoneFinding, light.ZoneFinding)

_EVENTS: Mapping[type, Binding[object, Message]] = {
    LightState: STATE,  # type: ignore[dict-item]
    LightHeartbeat: HEARTBEAT,  # type: ignore[dict-item]
    OverrideChanged: OVERRIDE_CHANGED,  # type: ignore[dict-item]
    ThresholdsChanged: THRESHOLDS_CHANGED,  # type: ignore[dict-item]
    LightRetired: RETIRED,  # type: ignore[dict-item]
}
_MESSAGES = {binding.wire: binding for binding in _EVENTS.values()}


def event_to_message(event: Event) -> Message:
    """Return the journal record of an event."""
    return _EVENTS[type(event)].encode(event)


def event_from_message(message: Message) -> Event:
    """Return the event of a journal record; raises KeyError where it is none of ours."""
    return _MESSAGES[type(message)].decode(message)  # type: ignore[return-value]


def fact_from_message(message: Message) -> Input | None:
    """Return what an adopted record says, or None where lights do not depend on it."""
    if isinstance(message, grid.GridResultState):
        return _result(message)
    if isinstance(message, grid.GridHeartbeat):
        return HeartbeatFact(message.area_id, message.valid_until_ms, message.valid_until_step)
    if isinstance(message, grid.TopologyState):
        zone_ids = tuple(zone.zone_id for zone in message.zones)
        return TopologyFact(message.area_id, message.version, zone_ids, message.effective_from_s)
    if isinstance(message, registry.EntityState):
        return _entity(message.entity)
    raise TypeError(f"the traffic light reads no {message.DESCRIPTOR.full_name}")


def _entity(entity: registry.Entity) -> Input | None:
    if entity.HasField("area"):
        return AreaFact(entity.area.area_id, entity.area.shard, entity.area.dso_id)
    if entity.HasField("participant"):
        roles = entity.participant.roles if entity.participant.active else ()
        return OperatorFact(
            entity.participant.participant_id, dso=registry.ROLE_DSO in roles, tso=registry.ROLE_TSO in roles
        )
    return None


def _result(message: grid.GridResultState) -> ResultFact:
    mtu = Mtu(message.mtu.start_s, message.mtu.length_s)
    return ResultFact(message.area_id, mtu, {zone.zone_id: _finding(message, zone) for zone in message.zones})


def _finding(message: grid.GridResultState, zone: grid.ZoneResult) -> ZoneFinding:
    low, high = zone.lowest_node_id, zone.highest_node_id
    return ZoneFinding(
        topology_version=message.topology_version,
        grid_sequence=message.sequence,
        uses=(
            UseFinding(
                zone.loading_use_p50_mpct, zone.loading_use_p95_mpct, zone.worst_p50_element_id, zone.worst_element_id
            ),
            UseFinding(zone.voltage_low_use_p50_mpct, zone.voltage_low_use_p95_mpct, low, low),
            UseFinding(zone.voltage_high_use_p50_mpct, zone.voltage_high_use_p95_mpct, high, high),
        ),
        headroom_up_w=zone.headroom_up_w,
        headroom_down_w=zone.headroom_down_w,
        nominal_voltage_mv=zone.nominal_voltage_mv,
    )
