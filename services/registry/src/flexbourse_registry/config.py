"""Configuration of the registry: `FLEXBOURSE_REGISTRY_…`, nothing beyond what every process has."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_runtime.config import ProcessConfig


@dataclass(frozen=True, kw_only=True)
class Config(ProcessConfig):
    """Settings of the registry."""
