"""A running exchange simulator, operated by its own interface; the program under test is the member `ann`."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

PATIENCE_S = 60.0
ORDERS = "/api/v1/idm/orders"
MEMBER, PASSWORD = "ann", "a"


class SimulatedExchange:
    """One process with a driven clock; `as_user` speaks for the operator or the member who trades against us."""

    def __init__(self, start_s: int, *arguments: str) -> None:
        self.start = instant(start_s)
        command = [
            sys.executable, "-m", "flexbourse_exchange_simulator", "--port", "0", "--driven", self.start, "--seed", "0",
            "--user", f"{MEMBER}:{PASSWORD}", "--user", "bob:b", *arguments,
        ]  # fmt: skip
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert "exchange simulator at" in line, self._process.communicate(timeout=PATIENCE_S)[1]
        self.url = line.split()[-1]

    def as_user(self, user: str, method: str, path: str, document: Any = None) -> Any:
        """Send a request and return its answer's body."""
        place = urlsplit(self.url)
        assert place.hostname is not None
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=PATIENCE_S)
        headers = {"Authorization": "Basic " + b64encode(user.encode()).decode(), "Content-Type": "application/json"}
        try:
            connection.request(method, path, None if document is None else json.dumps(document), headers)
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        assert response.status < 300, text
        return json.loads(text) if text else None

    def operator(self, path: str, document: Any = None) -> Any:
        """Post to the simulator's operator."""
        return self.as_user("operator:operator", "POST", f"/simulator/{path}", document)

    def drive(self, second: int) -> None:
        """Set the exchange's clock, which never goes back."""
        self.operator("clock", {"now": instant(second)})

    def fault(self, kind: str, **more: Any) -> None:
        """Append a fault that befalls us."""
        self.operator("faults", {"faults": [{"kind": kind, "user": MEMBER, **more}]})

    def orders(self, user: str = f"{MEMBER}:{PASSWORD}") -> list[Any]:
        """Return all orders of a member as the exchange has them."""
        return list(self.as_user(user, "GET", f"{ORDERS}?deliveryFrom={self.start}&expandTrades=true&limit=500"))

    def trade_against(self, direction: str, megawatts: float, price: float, start_s: int, minutes: int = 60) -> Any:
        """Let the other member enter an order for a delivery period."""
        order = {
            "type": "simple", "direction": direction, "deliveryStart": instant(start_s),
            "deliveryEnd": instant(start_s + 60 * minutes), "quantity": megawatts, "price": price, "active": True,
        }  # fmt: skip
        return self.as_user("bob:b", "POST", ORDERS, {"groupIndication": "rejectAll", "orders": [order]})

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.communicate(timeout=PATIENCE_S)


def instant(second: int) -> str:
    """Return an instant as the exchange writes it."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
