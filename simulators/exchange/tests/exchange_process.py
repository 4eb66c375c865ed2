"""A running simulator, and clients of it written with other libraries than its own."""

from __future__ import annotations

import base64
import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

PATIENCE_S = 60.0
ORDERS = "/api/v1/idm/orders"
HOUR = ("2026-01-15T20:00:00Z", "2026-01-15T21:00:00Z")
BLOCK = ("2026-01-15T18:00:00Z", "2026-01-15T22:00:00Z")


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: Any


class Exchange:
    """One process of the simulator."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "flexbourse_exchange_simulator", "--port", "0", *arguments]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert "exchange simulator at" in line, self._process.communicate(timeout=PATIENCE_S)[1]
        self.url = line.split()[-1]
        self.operator = Client(self.url, "operator", "operator")

    def client(self, name: str, password: str | None = None) -> Client:
        """Return a member; the password is the name's first letter where none is given."""
        return Client(self.url, name, name[0] if password is None else password)

    def advance(self, seconds: float) -> None:
        """Drive the clock."""
        assert self.operator.post("/simulator/clock", {"advanceSeconds": seconds}).status == 200

    def fault(self, **fault: Any) -> None:
        """Append a fault to the script."""
        answer = self.operator.post("/simulator/faults", {"faults": [fault]})
        assert answer.status == 200, answer.body

    def stop(self) -> str:
        """End the process and return what it complained of."""
        self._process.terminate()
        return self._process.communicate(timeout=PATIENCE_S)[1]


class Client:
    """Requests of one user."""

    def __init__(self, url: str, name: str, password: str) -> None:
        self._place = urlsplit(url)
        token = base64.b64encode(f"{name}:{password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}

    def ask(self, method: str, path: str, document: Any = None, raw: str | None = None) -> Answer:
        """Send one request; raises ConnectionError or HTTPException where no answer comes."""
        assert self._place.hostname is not None
        connection = http.client.HTTPConnection(self._place.hostname, self._place.port, timeout=PATIENCE_S)
        body = raw if raw is not None else None if document is None else json.dumps(document)
        try:
            connection.request(method, path, body, self._headers)
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        return Answer(response.status, dict(response.headers), json.loads(text) if text else None)

    def get(self, path: str) -> Answer:
        """Send a GET."""
        return self.ask("GET", path)

    def post(self, path: str, document: Any = None) -> Answer:
        """Send a POST."""
        return self.ask("POST", path, document)

    def create(self, *orders: dict[str, Any], group: str = "rejectPartially") -> Answer:
        """Create orders."""
        return self.post(ORDERS, {"correlationId": "c", "groupIndication": group, "orders": list(orders)})

    def placed(self, *terms: Any, **more: Any) -> dict[str, Any]:
        """Create one order and return it."""
        answer = self.create(order(*terms, **more))
        assert answer.status == 201, answer.body
        assert answer.headers["Location"] == f"{ORDERS}/{answer.body['orders'][0]['id']}"
        return dict(answer.body["orders"][0])

    def order(self, order_id: int) -> dict[str, Any]:
        """Return an own order as it stands."""
        answer = self.get(f"{ORDERS}/{order_id}")
        assert answer.status == 200
        return dict(answer.body)

    @contextmanager
    def stream(self, topics: str = "orders", frequency: int = 0) -> Iterator[Stream]:
        """Open a WebSocket."""
        address = f"ws://{self._place.netloc}/api/v1/idm/ws?topics={topics}&orderbookfrequency={frequency}"
        with connect(address, additional_headers=self._headers, open_timeout=PATIENCE_S) as socket:
            yield Stream(socket)


class Stream:
    """Messages of one WebSocket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def next(self, kind: str | None = None) -> dict[str, Any]:
        """Return the next message; it must be of a kind."""
        message = json.loads(self.socket.recv(timeout=PATIENCE_S))
        assert kind in {None, message["type"]}, message
        return dict(message["payload"]) if isinstance(message["payload"], dict) else {"list": message["payload"]}

    def actions(self, count: int) -> list[tuple[str, str]]:
        """Return what became of orders in the next messages: action and status."""
        changes = [self.next("order-change") for _ in range(count)]
        return [(change["action"], change["status"]) for change in changes]

    def send(self, kind: str, payload: Any = None) -> None:
        """Send a message."""
        self.socket.send(json.dumps({"type": kind, "payload": payload}))

    def end(self) -> tuple[int | None, str]:
        """Wait for the end of the connection and return its code and reason."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            try:
                self.socket.recv(timeout=PATIENCE_S)
            except ConnectionClosed as closed:
                return (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (None, "")
        raise AssertionError("the connection did not end")


def order(
    direction: str = "buy",
    quantity: float = 1,
    price: float = 50,
    delivery: tuple[str, str] = HOUR,
    kind: str = "simple",
    **more: Any,
) -> dict[str, Any]:
    """Return an order as the protocol says it."""
    return {
        "type": kind,
        "direction": direction,
        "deliveryStart": delivery[0],
        "deliveryEnd": delivery[1],
        "quantity": quantity,
        "price": price,
        "active": True,
        **more,
    }


def codes(answer: Answer) -> dict[str, list[str]]:
    """Return the codes of what is wrong, by the key of the order."""
    assert answer.status == 400, answer.body
    assert answer.body["code"] == "ValidationProblem"
    return {key: [problem["code"] for problem in problems] for key, problems in answer.body["errors"].items()}
