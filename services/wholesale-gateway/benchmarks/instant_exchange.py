"""A counterpart that answers at once: OKTE's JSON of one member's orders, each filled whole when it is told to be."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from flexbourse_wholesale_gateway.adapters.exchange_port import Connected, OrderTold, Told
from flexbourse_wholesale_gateway.adapters.okte_orders import MARKET_STATUS, OkteOrders
from flexbourse_wholesale_gateway.adapters.okte_requests import Answer
from flexbourse_wholesale_gateway.adapters.okte_values import instant_text, read_json, read_report

Result = TypeVar("Result")
DONE = 200


class InstantRequests:
    """In place of requests over the network: what our adapter writes is answered in this process.

    `written_s` and `answered_s` are processor times, of a request's last byte and of its answer's first: what lies
    between is the exchange's own work. `request` and `answer` are the texts.
    """

    def __init__(self, now_s: int) -> None:
        self.orders: dict[str, dict[str, Any]] = {}
        self.request = self.answer = ""
        self.written_s = self.answered_s = 0.0
        self._now = instant_text(now_s)

    async def ask(self, _method: str, _path: str, document: Any) -> Answer:
        """Take an order up and show it, resting."""
        self.request = json.dumps(document)
        self.written_s = time.process_time()
        self.answer = self._entered(self.request)
        self.answered_s = time.process_time()
        return Answer(DONE, read_json(self.answer), self.answer[:200])

    async def read(self, path: str) -> Any:
        """Return the status of a market that takes orders."""
        assert path == MARKET_STATUS
        return {"tradingStatus": "xbidOk", "systemTime": self._now}

    def filled(self, client_order_id: str) -> str:
        """Return the stream's message that an order was matched whole, at its price."""
        order = self.orders[client_order_id]
        trade = {
            "id": order["id"] + 1_000_000, "time": self._now, "price": order["price"], "quantity": order["quantity"],
            "status": "active",
        }  # fmt: skip
        whole = {"realizedQuantity": order["quantity"], "realizedPriceWeighted": order["price"]}
        order |= {**whole, "status": "matched", "remainingQuantity": 0, "trades": [trade]}
        return json.dumps({"type": "order-change", "payload": order})

    def _entered(self, request: str) -> str:
        (wish,) = json.loads(request)["orders"]
        known = {
            **wish, "id": len(self.orders) + 1, "groupId": None, "productType": 15, "peakQuantity": None,
            "peakPriceDelta": None, "status": "active", "isPending": False, "realizedQuantity": 0,
            "realizedPriceWeighted": None, "remainingQuantity": wish["quantity"], "expiration": None, "note": None,
            "createdAt": self._now, "updatedAt": self._now, "createdBy": "ann", "previousOrderId": None,
            "originalOrderId": None, "trades": [],
        }  # fmt: skip
        self.orders[wish["clientOrderId"]] = known
        return json.dumps({"orders": [known]})


class InstantLink:
    """In place of the connection: runs what nobody has to wait for, and tells what lies in `messages`."""

    def __init__(self, requests: InstantRequests) -> None:
        self.messages: list[str] = []
        self._orders = OkteOrders(requests)  # type: ignore[arg-type]
        self._is_told = False

    def ask(self, work: Callable[[OkteOrders], Coroutine[Any, Any, Result]]) -> Result:
        """Return what a request comes back with."""
        try:
            work(self._orders).send(None)
        except StopIteration as done:
            result: Result = done.value
            return result
        raise AssertionError("an exchange that answers at once is waited for")

    def told(self, most: int) -> list[Told]:
        """Return what the messages tell, the connection first of all."""
        first: list[Told] = [] if self._is_told else [Connected()]
        self._is_told = True
        texts, self.messages = self.messages[:most], self.messages[most:]
        return [*first, *(OrderTold(read_report(read_json(text)["payload"])) for text in texts)]
