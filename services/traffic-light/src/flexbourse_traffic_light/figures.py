"""What the traffic light shows of itself in the metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from google.protobuf.message import Message

from flexbourse_log.port import Figure, Program
from flexbourse_runtime import service_metrics as m
from flexbourse_traffic_light.processor import LightProgram

NOW, COMING = "now", "coming"


class LightFigures:
    """Lights by colour, of now and of what comes."""

    def gauges(self, program: Program) -> Iterator[Figure]:
        """Return how many zones show which light; each period of a zone counts."""
        if not isinstance(program, LightProgram):
            raise TypeError(f"{type(program).__name__} is not the traffic light's")
        machine = program.machine
        found: Counter[tuple[str, str]] = Counter()
        for area in machine.areas.values():
            for light in area.lights.values():
                if light.mtu.end_s * 1000 > machine.now_ms:
                    when = NOW if light.mtu.start_s * 1000 <= machine.now_ms else COMING
                    found[when, light.light.name.lower()] += 1
        yield from (m.LIGHT_ZONES.at(count, *labels) for labels, count in found.items())
        yield m.LIGHT_OVERRIDES.at(sum(len(area.overrides) for area in machine.areas.values()))

    def counts(self, event: Message) -> Iterator[Figure]:  # noqa: ARG002 - the port's signature
        """Count nothing."""
        return iter(())
