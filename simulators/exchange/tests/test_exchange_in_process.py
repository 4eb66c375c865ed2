"""The exchange inside another program, its clock driven there: the same steps and requests give the same answers."""

from __future__ import annotations

import base64
import json
import re
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from flexbourse_exchange_simulator.config import Config, ConfigError, Liquidity, RateLimit, Server, User
from flexbourse_exchange_simulator.in_process import DrivenExchange
from flexbourse_exchange_simulator.venue import ClockError

START_MS = 1_768_464_000_000  # 2026-01-15T08:00:00Z
STEP_MS = 900_000
CONFIG = Config(
    server=Server(port=0), users=(User("ann", "secret"),), driven_from=START_MS, liquidity=Liquidity(seed=7),
    rate_limit=RateLimit(0),
)  # fmt: skip
README = Path(__file__).parents[1] / "README.md"


def asked(address: str, path: str, body: dict[str, Any] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    login = base64.b64encode(b"ann:secret").decode()
    headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{address}{path}", data=data, headers=headers)
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


def a_day() -> list[Any]:
    """Sell every step at the price of the buyer who is there, and note whatever is answered."""
    noted = []
    with DrivenExchange(CONFIG) as exchange:
        for step in range(1, 9):
            exchange.drive(START_MS + step * STEP_MS)
            order = {
                "type": "simple", "direction": "sell", "deliveryStart": "2026-01-15T20:00:00Z",
                "deliveryEnd": "2026-01-15T21:00:00Z", "quantity": 1.5, "price": 1.0, "clientOrderId": f"o{step}",
            }  # fmt: skip
            body = {"correlationId": f"c{step}", "groupIndication": "rejectAll", "orders": [order]}
            noted.append(asked(exchange.address, "/api/v1/idm/orders", body))
            noted.append(asked(exchange.address, "/api/v1/idm/trades?createdFrom=2026-01-15T00:00:00Z"))
            noted.append(asked(exchange.address, "/api/v1/idm/periods"))
    return noted


def test_two_runs_are_answered_alike_whatever_the_machine_does() -> None:
    first = a_day()
    assert first == a_day()
    assert any(trades for trades in first[1::3]), "something was traded"


def test_the_clock_goes_forward_only_and_begins_somewhere() -> None:
    with DrivenExchange(CONFIG) as exchange, pytest.raises(ClockError):
        exchange.drive(START_MS - 1)
    with pytest.raises(ConfigError, match="driven_from"):
        DrivenExchange(Config())


def test_an_address_that_is_taken_is_said_so() -> None:
    with DrivenExchange(CONFIG) as exchange:
        port = int(exchange.address.rpartition(":")[2])
        with (
            pytest.raises(OSError, match="address"),
            DrivenExchange(Config(server=Server(port=port), driven_from=START_MS)),
        ):
            pass


def test_the_example_of_the_readme_runs() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.S)
    exec(compile(example, str(README), "exec"), {})
