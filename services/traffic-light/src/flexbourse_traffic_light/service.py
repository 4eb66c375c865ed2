"""The traffic light as an engine runs it."""

from __future__ import annotations

from flexbourse_log.port import Service
from flexbourse_traffic_light.config import Config
from flexbourse_traffic_light.figures import LightFigures
from flexbourse_traffic_light.processor import LightProgram
from flexbourse_traffic_light.view import LightView

CONTEXT = "traffic-light"


def build(config: Config) -> Service:  # noqa: ARG001 - the signature of every service
    """Return the traffic light's service."""
    return Service(CONTEXT, LightProgram, views=(LightView(),), figures=LightFigures())
