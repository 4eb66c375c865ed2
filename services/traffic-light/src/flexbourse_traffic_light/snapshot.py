"""The whole state of a shard in canonical bytes, and back."""

from __future__ import annotations

from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_messages.binding import Binding
from flexbourse_traffic_light import wire
from flexbourse_traffic_light.domain.area import Area, key_of
from flexbourse_traffic_light.domain.inputs import TopologyFact
from flexbourse_traffic_light.domain.machine import TrafficLight
from flexbourse_traffic_light.domain.thresholds import LightThresholds, VoltageLevel

_THRESHOLDS = Binding(LightThresholds, light.LightThresholds)


def to_bytes(machine: TrafficLight) -> bytes:
    """Return the state; equal states give equal bytes."""
    message = light.LightSnapshot(
        at_ms=machine.now_ms,
        step=machine.step,
        operators=[wire.OPERATOR.encode(fact) for _, fact in sorted(machine.operators.items())],
        areas=[_area(area) for _, area in sorted(machine.areas.items())],
    )
    return message.SerializeToString(deterministic=True)


def from_bytes(shard: int, data: bytes) -> TrafficLight:
    """Return the state machine that such bytes describe; raises DecodeError where they are none."""
    message = light.LightSnapshot.FromString(data)
    machine = TrafficLight(shard)
    machine.tick(message.at_ms, message.step)
    machine.operators = {fact.participant_id: wire.OPERATOR.decode(fact) for fact in message.operators}
    machine.areas = {area.area_id: _restored(area) for area in message.areas}
    return machine


def _area(area: Area) -> light.LightArea:
    keys = sorted(area.lights.keys() | area.findings.keys())
    newest = area.topologies[-1] if area.topologies else None
    return light.LightArea(
        area_id=area.area_id,
        shard=area.shard,
        dso_id=area.dso_id,
        topology_version=newest.version if newest else 0,
        zone_ids=newest.zone_ids if newest else (),
        effective_from_s=newest.effective_from_s if newest else 0,
        former=[
            light.TopologyInForce(version=own.version, effective_from_s=own.effective_from_s, zone_ids=own.zone_ids)
            for own in area.topologies[:-1]
        ],
        inputs_valid_until_ms=area.inputs_valid_until_ms,
        inputs_valid_until_step=area.inputs_valid_until_step,
        heartbeat_at_ms=area.heartbeat_at_ms,
        thresholds=_THRESHOLDS.encode(area.thresholds[VoltageLevel.ANY]),
        level_thresholds=[
            light.LevelThresholds(level=light.VoltageLevel.Name(int(level)), thresholds=_THRESHOLDS.encode(own))
            for level, own in sorted(area.thresholds.items())
            if level is not VoltageLevel.ANY
        ],
        overrides=[wire.OVERRIDE_CHANGED.encode(change) for _, change in sorted(area.overrides.items())],
        lights=[
            light.LightEntry(
                state=wire.STATE.encode(area.light(key)),
                finding=wire.FINDING.encode(area.findings[key]) if key in area.findings else None,
            )
            for key in keys
        ],
    )


def _restored(message: light.LightArea) -> Area:
    area = Area(
        area_id=message.area_id,
        shard=message.shard,
        dso_id=message.dso_id,
        topologies=_topologies(message),
        inputs_valid_until_ms=message.inputs_valid_until_ms,
        inputs_valid_until_step=message.inputs_valid_until_step,
        heartbeat_at_ms=message.heartbeat_at_ms,
        thresholds={
            VoltageLevel.ANY: _THRESHOLDS.decode(message.thresholds),
            **{VoltageLevel(own.level): _THRESHOLDS.decode(own.thresholds) for own in message.level_thresholds},
        },
    )
    for change in map(wire.OVERRIDE_CHANGED.decode, message.overrides):
        area.overrides[key_of(change.override.zone_id, change.override.mtu)] = change
    for entry in message.lights:
        state = wire.STATE.decode(entry.state)
        key = key_of(state.zone_id, state.mtu)
        if state.sequence:
            area.lights[key] = state
        if entry.HasField("finding"):
            area.findings[key] = wire.FINDING.decode(entry.finding)
    return area


def _topologies(message: light.LightArea) -> list[TopologyFact]:
    found = [
        TopologyFact(message.area_id, own.version, tuple(own.zone_ids), own.effective_from_s) for own in message.former
    ]
    if message.topology_version:
        zone_ids = tuple(message.zone_ids)
        found.append(TopologyFact(message.area_id, message.topology_version, zone_ids, message.effective_from_s))
    return found
