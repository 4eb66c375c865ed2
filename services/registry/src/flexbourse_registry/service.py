"""The registry as an engine runs it."""

from __future__ import annotations

from flexbourse_log.port import Service
from flexbourse_registry.config import Config
from flexbourse_registry.domain.registration import Platform
from flexbourse_registry.processor import RegistryProgram
from flexbourse_registry.view import EntityView

CONTEXT = "registry"


def build(config: Config) -> Service:
    """Return the registry's service: one shard, whatever the number of area shards."""
    platform = Platform(config.operator_id, config.shards)

    def program(shard: int) -> RegistryProgram:  # noqa: ARG001 - the port's signature
        return RegistryProgram(platform)

    return Service(CONTEXT, program, views=(EntityView(),))
