"""Configuration of the order book: `FLEXBOURSE_ORDERBOOK_…`; market parameters are registry state."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_runtime.config import ProcessConfig


@dataclass(frozen=True, kw_only=True)
class Config(ProcessConfig):
    """Settings of the order book."""
