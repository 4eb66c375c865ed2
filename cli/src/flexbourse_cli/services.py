"""The platform's services by context, imported only where they are run: some of them take seconds."""

from __future__ import annotations

import importlib
from typing import Any

from flexbourse_core.errors import ConfigurationError
from flexbourse_log.port import Reader, Service
from flexbourse_runtime.config import ProcessConfig
from flexbourse_runtime.host import Hosted

PACKAGES: dict[str, str] = {
    "registry": "flexbourse_registry",
    "gridcheck": "flexbourse_gridcheck",
    "traffic-light": "flexbourse_traffic_light",
    "orderbook": "flexbourse_orderbook",
    "settlement": "flexbourse_settlement",
    "activation": "flexbourse_activation",
    "ancillary-gateway": "flexbourse_ancillary_gateway",
    "wholesale-gateway": "flexbourse_wholesale_gateway",
}
CONTEXTS: tuple[str, ...] = tuple(PACKAGES)
# Services without a shard; on Kafka they run where they are given what they need beside the brokers.
READERS: dict[str, str] = {"market-data": "flexbourse_market_data"}
_ALL = {**PACKAGES, **READERS}


def config(context: str, **settings: Any) -> ProcessConfig:
    """Return the configuration of a service with some settings, the others at their defaults.

    Raises ConfigurationError naming every problem.
    """
    kind: type[ProcessConfig] = importlib.import_module(f"{_ALL[context]}.config").Config
    found = kind(**settings)
    if problems := found.problems():
        raise ConfigurationError(f"{context}: {'; '.join(problems)}")
    return found


def host(context: str, settings: ProcessConfig) -> Hosted:
    """Return a service or reader with its API, as a process hosts it."""
    service: Service | Reader = importlib.import_module(f"{_ALL[context]}.service").build(settings)
    return Hosted(service, importlib.import_module(f"{_ALL[context]}.api").servicers)
