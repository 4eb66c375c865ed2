"""The two venues beside the region: simulators in processes of their own, on clocks that the play drives."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

START_LIMIT_S = 30.0
STOP_LIMIT_S = 10.0
CALL_LIMIT_S = 30.0
MEMBER, COUNTERPARTY = "valley:valley-exchange", "city:city-exchange"
OPERATOR = "operator:operator"


class VenueError(Exception):
    """A venue did not start, or refused what its operator said."""


def instant(at_s: int) -> str:
    """Return a time as the venues write it."""
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class _Venue:
    """A simulator's process. What it says of itself is its first line."""

    def __init__(self, module: str, arguments: list[str], log_file: Path) -> None:
        with log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self._process.stdout is not None
        self.first_line = self._process.stdout.readline().strip()
        if not self.first_line:
            code = self._process.wait(START_LIMIT_S)
            raise VenueError(f"{module} ended with {code}; {log_file} says why (`make install` installs what it needs)")

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        try:
            self._process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


class Exchange(_Venue):
    """The energy exchange, with one member beside us who buys what villages sell."""

    def __init__(self, start_s: int, folder: Path) -> None:
        arguments = [
            "--port", "0", "--driven", instant(start_s), "--seed", "0", "--user", MEMBER, "--user", COUNTERPARTY,
        ]  # fmt: skip
        super().__init__("flexbourse_exchange_simulator", arguments, folder / "exchange.log")
        self.url = self.first_line.split()[-1]

    def advance(self, to_s: int) -> None:
        """Let the exchange's clock go on."""
        self._call(OPERATOR, "POST", "/simulator/clock", {"now": instant(to_s)})

    def buy(self, start_s: int, length_s: int, megawatts: float, price_euro: float) -> None:
        """Have the other member buy of a period."""
        order = {
            "type": "simple", "direction": "buy", "deliveryStart": instant(start_s),
            "deliveryEnd": instant(start_s + length_s), "quantity": megawatts, "price": price_euro, "active": True,
        }  # fmt: skip
        self._call(COUNTERPARTY, "POST", "/api/v1/idm/orders", {"groupIndication": "rejectAll", "orders": [order]})

    def trades(self) -> list[Any]:
        """Return the trades of the other member."""
        return list(self._call(COUNTERPARTY, "GET", "/api/v1/idm/trades?createdFrom=2026-01-01T00:00:00Z"))

    def _call(self, user: str, method: str, path: str, document: Any = None) -> Any:
        headers = {"Authorization": "Basic " + b64encode(user.encode()).decode(), "Content-Type": "application/json"}
        return _answer(f"{self.url}{path}", method, document, headers)


class BalancingPlatform(_Venue):
    """The platform of balancing energy, over HTTP."""

    def __init__(self, scenario: str, folder: Path) -> None:
        file = folder / "mfrr.toml"
        file.write_text(scenario)
        arguments = ["--scenario", str(file), "--http", "127.0.0.1:0", "--clock", "driven"]
        super().__init__("flexbourse_mfrr_simulator", arguments, folder / "mfrr.log")
        self.url = str(json.loads(self.first_line)["http"])

    def advance(self, to_s: int) -> None:
        """Let the platform's clock go on."""
        _answer(f"{self.url}/admin/advance", "POST", {"to": instant(to_s)}, {"Content-Type": "application/json"})

    def status(self) -> Any:
        """Return what the platform's operator sees."""
        return _answer(f"{self.url}/admin/status", "GET", None, {})


def _answer(url: str, method: str, document: Any, headers: dict[str, str]) -> Any:
    content = None if document is None else json.dumps(document).encode()
    request = urllib.request.Request(url, data=content, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=CALL_LIMIT_S) as response:
        text = response.read()
    return json.loads(text) if text else None
