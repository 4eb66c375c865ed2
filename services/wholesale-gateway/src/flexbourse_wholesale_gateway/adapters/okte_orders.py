"""OKTE's intraday market over REST: orders, their operations, the list, the status."""

from __future__ import annotations

from typing import Any

from flexbourse_core.errors import InvalidMessageError, TransientError
from flexbourse_wholesale_gateway.adapters.exchange_port import MarketStatus
from flexbourse_wholesale_gateway.adapters.okte_requests import Answer, OkteRequests, request_answer
from flexbourse_wholesale_gateway.adapters.okte_values import (
    euros,
    instant_text,
    megawatts,
    order_json,
    read_report,
    read_status,
)
from flexbourse_wholesale_gateway.domain.external_orders.deciding import RequestAnswer
from flexbourse_wholesale_gateway.domain.external_orders.order import ExternalTerms, OperationKind
from flexbourse_wholesale_gateway.domain.external_orders.reports import Report

ORDERS = "/api/v1/idm/orders"
MARKET_STATUS = "/api/v1/idm/market-status"
PAGE, MAX_PAGES = 500, 40
PATHS = {
    OperationKind.CANCEL: "cancel",
    OperationKind.ACTIVATE: "activate",
    OperationKind.DEACTIVATE: "deactivate",
}


class OkteOrders:
    """Orders of one member."""

    def __init__(self, requests: OkteRequests) -> None:
        self._requests = requests

    async def create(self, number: int, client_order_id: str, terms: ExternalTerms) -> RequestAnswer:
        """Enter one order."""
        document = {
            "correlationId": client_order_id,
            "groupIndication": "rejectAll",
            "orders": [order_json(client_order_id, terms)],
        }
        return _answered(number, await self._requests.ask("POST", ORDERS, document))

    async def modify(
        self, number: int, external_id: str, quantity_w: int | None, price_ticks: int | None
    ) -> RequestAnswer:
        """Put a successor in an order's place; what is None stays."""
        document: dict[str, Any] = {"correlationId": f"{external_id}:{number}"}
        if quantity_w is not None:
            document["quantity"] = megawatts(quantity_w)
        if price_ticks is not None:
            document["price"] = euros(price_ticks)
        return _answered(number, await self._requests.ask("PATCH", f"{ORDERS}/{external_id}", document))

    async def operate(self, number: int, external_id: str, kind: OperationKind) -> RequestAnswer:
        """Activate, deactivate or cancel an order; raises KeyError for a modification."""
        path = f"{ORDERS}/{external_id}/{PATHS[kind]}"
        return _answered(number, await self._requests.ask("POST", path, {"correlationId": f"{external_id}:{number}"}))

    async def look_up(self, client_order_id: str, terms: ExternalTerms) -> list[Report]:
        """Return every order of the delivery period under a client order id.

        Raises TransientError, and InvalidMessageError for an order that cannot be read: then nothing is known.
        """
        at = instant_text(terms.delivery_start_s)
        reports = await self._listed(f"deliveryFrom={at}&deliveryTo={at}")
        return [report for report in reports if report.client_order_id == client_order_id]

    async def updated_since(self, second: int) -> list[Report]:
        """Return every own order that has changed since, oldest id first; raises as `look_up` does."""
        reports = await self._listed(f"updatedFrom={instant_text(second)}")
        return sorted(reports, key=lambda report: (len(report.external_id), report.external_id))

    async def _listed(self, which: str) -> list[Report]:
        found: list[Report] = []
        for page in range(MAX_PAGES):
            query = f"{which}&status=all&expandTrades=true&offset={page * PAGE}&limit={PAGE}"
            orders = await self._requests.read(f"{ORDERS}?{query}")
            if not isinstance(orders, list):
                raise TransientError("the list of orders is no list")
            found += [read_report(order) for order in orders]
            if len(orders) < PAGE:
                return found
        raise TransientError(f"more than {PAGE * MAX_PAGES} orders in one question")

    async def market_status(self) -> MarketStatus:
        """Return the status of the market; raises TransientError, InvalidMessageError."""
        return read_status(await self._requests.read(MARKET_STATUS))


def _answered(number: int, answer: Answer) -> RequestAnswer:
    return request_answer(number, answer, _shown(answer.body))


def _shown(body: Any) -> Report | None:
    """Return the order that an answer shows; without one it is looked up."""
    orders = body.get("orders") if isinstance(body, dict) else None
    if not isinstance(orders, list) or len(orders) != 1:
        return None
    try:
        return read_report(orders[0])
    except InvalidMessageError:
        return None
