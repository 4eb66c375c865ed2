"""Configuration of the traffic light: `FLEXBOURSE_TRAFFIC_LIGHT_…`; thresholds are state, not configuration."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_runtime.config import ProcessConfig


@dataclass(frozen=True, kw_only=True)
class Config(ProcessConfig):
    """Settings of the traffic light."""
