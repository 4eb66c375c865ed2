"""Configuration of the market data: `FLEXBOURSE_MARKET_DATA_…`."""

from __future__ import annotations

from dataclasses import dataclass, field

from flexbourse_runtime.config import ProcessConfig, Secret

CONTEXT = "market-data"


@dataclass(frozen=True, kw_only=True)
class Config(ProcessConfig):
    """Settings of the market data. On Kafka `redis_url` names the server that holds the read models; embedded none."""

    redis_url: Secret = field(default=Secret(""))  # may carry a password
