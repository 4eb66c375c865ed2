"""A control room's view of the traffic light: a Kafka client, the published messages, and nothing else of Flexbourse.

    python control_room_lights.py CREDENTIALS.json [--seconds 60] [--json]

CREDENTIALS.json holds the client's settings as the platform hands them to a participant (`<participant>.kafka.json`).
The topic is compacted: reading it from its beginning gives the last light of every zone and period, then every change.
A light is worth what its zone's heartbeat is worth: past `valid_until`, by the clock of this machine, it is UNKNOWN.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from confluent_kafka import Consumer, KafkaException

from flexbourse.traffic_light.v1 import traffic_light_pb2 as light

TOPIC = "flex.traffic-light.zone.state.v1"
TYPES = {message.DESCRIPTOR.full_name: message for message in (light.LightState, light.LightHeartbeat)}

Key = tuple[str, str, int]  # area, zone, start of the period in seconds since 1970 UTC


class Lights:
    """The last light of every zone and period, and until when each zone's lights are alive."""

    def __init__(self) -> None:
        self.states: dict[Key, light.LightState] = {}
        self.valid_until_ms: dict[tuple[str, str], int] = {}

    def take(self, type_name: str, key: str, value: bytes | None) -> None:
        """Take a record of the topic; a record without a value says that its light is gone."""
        if value is None:
            area_id, zone_id, start_s = key.rsplit("/", 2)
            self.states.pop((area_id, zone_id, int(start_s)), None)
            return
        if type_name not in TYPES:
            return  # a marker, or a message of a later version
        message = TYPES[type_name].FromString(value)
        if isinstance(message, light.LightHeartbeat):
            self.valid_until_ms[message.area_id, message.zone_id] = message.valid_until_ms
        else:
            self.states[message.area_id, message.zone_id, message.mtu.start_s] = message

    def colour(self, key: Key, now_ms: int) -> str:
        """Return the colour that holds now."""
        if self.valid_until_ms.get(key[:2], 0) < now_ms:
            return "UNKNOWN"
        return light.Light.Name(self.states[key].light).removeprefix("LIGHT_")

    def rows(self, now_ms: int) -> list[dict[str, str | int]]:
        """Return one row per zone and period."""
        return [
            {
                "area": key[0],
                "zone": key[1],
                "start": time.strftime("%Y-%m-%d %H:%M", time.gmtime(key[2])),
                "light": self.colour(key, now_ms),
                "cause": f"{state.cause.kind} {state.cause.element_id}".strip(),
                "headroom_up_w": state.headroom_up_w,
                "headroom_down_w": state.headroom_down_w,
                "sequence": state.sequence,
            }
            for key, state in sorted(self.states.items())
        ]


def follow(credentials: Path, seconds: float) -> Lights:
    """Read the topic from its beginning for some seconds; raises KafkaException where the broker refuses."""
    login = json.loads(credentials.read_text())
    consumer = Consumer(
        {
            **login,
            "group.id": f"{login['sasl.username']}.control-room",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,  # every start reads the last value of everything
            "isolation.level": "read_committed",
        }
    )
    lights, deadline = Lights(), time.monotonic() + seconds
    consumer.subscribe([TOPIC])
    try:
        while time.monotonic() < deadline:
            message = consumer.poll(0.2)
            if message is None:
                continue
            if (error := message.error()) is not None:
                raise KafkaException(error)
            headers = {name: value.decode() for name, value in message.headers() or []}
            lights.take(headers.get("ce_type", ""), (message.key() or b"").decode(), message.value())
    finally:
        consumer.close()
    return lights


def main() -> None:
    """Print the lights as a table, or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("credentials", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = follow(options.credentials, options.seconds).rows(int(time.time() * 1000))
    if options.json:
        print(json.dumps(rows, indent=2))
        return
    for row in rows:
        print("{light:<8} {area}/{zone:<24} {start}  +{headroom_up_w} W −{headroom_down_w} W  {cause}".format(**row))


if __name__ == "__main__":
    main()
