"""Configuration of activation: `FLEXBOURSE_ACTIVATION_…`; rules of coordination are state, not configuration."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_runtime.config import ProcessConfig


@dataclass(frozen=True, kw_only=True)
class Config(ProcessConfig):
    """Settings of the activation service."""
