"""Activation as an engine runs it."""

from __future__ import annotations

from flexbourse_activation.config import Config
from flexbourse_activation.figures import ActivationFigures
from flexbourse_activation.processor import ActivationProgram
from flexbourse_activation.view import ActivationView
from flexbourse_log.port import Service

CONTEXT = "activation"


def build(config: Config) -> Service:
    """Return the activation service."""

    def program(shard: int) -> ActivationProgram:
        return ActivationProgram(shard, config.operator_id)

    return Service(CONTEXT, program, views=(ActivationView(config.operator_id),), figures=ActivationFigures())
