"""Read model of the lights, folded from their topic."""

from __future__ import annotations

from google.protobuf.message import Message

from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_log.port import Record
from flexbourse_messages.catalogue import LIGHT_ZONE


class LightView:
    """The newest light of every zone and period, and the newest heartbeat of every zone."""

    topics: tuple[str, ...] = (LIGHT_ZONE,)

    def __init__(self) -> None:
        self._lights: dict[str, dict[str, light.LightState]] = {}
        self._heartbeats: dict[str, dict[str, light.LightHeartbeat]] = {}
        self._offsets: dict[int, int] = {}

    def fold(self, record: Record, message: Message | None) -> None:
        """Take one record in."""
        self._offsets[record.partition] = record.offset
        if isinstance(message, light.LightState):
            self._lights.setdefault(message.area_id, {})[record.key] = message
        elif isinstance(message, light.LightHeartbeat):
            self._heartbeats.setdefault(message.area_id, {})[message.zone_id] = message
        elif message is None:
            self._lights.get(record.key.partition("/")[0], {}).pop(record.key, None)

    def last_offset(self, partition: int) -> int:
        """Return the offset up to which a partition is folded; -1 before the first record."""
        return self._offsets.get(partition, -1)

    def lights(self, area_id: str, zone_id: str = "") -> list[light.LightState]:
        """Return the lights of an area, or of one zone of it, by zone and period."""
        found = [state for state in self._lights.get(area_id, {}).values() if zone_id in ("", state.zone_id)]
        return sorted(found, key=lambda state: (state.zone_id, state.mtu.start_s))

    def heartbeats(self, area_id: str, zone_id: str = "") -> list[light.LightHeartbeat]:
        """Return the heartbeats of an area, or of one zone of it, by zone."""
        found = self._heartbeats.get(area_id, {})
        return [found[name] for name in sorted(found) if zone_id in ("", name)]
