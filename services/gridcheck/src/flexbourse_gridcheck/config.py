"""Configuration of gridcheck: `FLEXBOURSE_GRIDCHECK_…`. Networks, forecasts and tariffs are state instead."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_runtime.config import ProcessConfig


@dataclass(frozen=True, kw_only=True)
class Config(ProcessConfig):
    """Settings of gridcheck. Imported networks are kept below `data_dir`, so that they are read only once."""
