"""The intraday market over HTTP: orders, trades, periods, status, capacities."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from aiohttp import web

from flexbourse_exchange_simulator.access import VENUE, answer, document_of, failure, later_ms, user_of
from flexbourse_exchange_simulator.domain.order import Cause, Order, Side, Status
from flexbourse_exchange_simulator.domain.periods import PRODUCT_MINUTES, Period
from flexbourse_exchange_simulator.domain.problem import Code, Problem
from flexbourse_exchange_simulator.reading import RefusedRequest, read_correlation, read_modification, read_orders
from flexbourse_exchange_simulator.showing import (
    order_json,
    own_trade_json,
    period_json,
    status_json,
    validation_json,
)
from flexbourse_exchange_simulator.values import ValueProblem, instant_text, read_instant, read_number
from flexbourse_exchange_simulator.venue import Venue

ORDERS = "/api/v1/idm/orders"
DEFAULT_LIMIT, MAX_LIMIT = 50, 500
OPERATIONS = {"activate": Cause.ACTIVATE, "deactivate": Cause.DEACTIVATE, "cancel": Cause.CANCEL}
HUB_EIC = {"CZ": "10YCZ-CEPS-----N", "HU": "10YHU-MAVIR----U", "PL": "10YPL-AREA-----S"}
RANGES = ("delivery", "created", "updated")

routes = web.RouteTableDef()


@routes.post(ORDERS)
async def create_orders(request: web.Request) -> web.Response:
    """Create orders: 201 done, 202 still processed, 400 with what is wrong with which order."""
    venue, user = request.app[VENUE], user_of(request)
    document = await document_of(request)
    wanted = read_orders(document, venue.rules.max_orders_per_request)
    later = later_ms(request)
    outcome_of_later = request["fault"].outcome if later is not None else "done"
    result = venue.create(user.name, wanted, later_ms=later, outcome=outcome_of_later)
    shown = [order_json(venue.market.orders[number], venue.market, with_trades=True) for number in result.orders]
    body: dict[str, Any] = {"correlationId": wanted.correlation, "orders": shown}
    if result.errors:
        return answer(400, {**validation_json(result.errors, wanted.correlation), "orders": shown})
    if later is not None:
        return answer(202, {"correlationId": wanted.correlation})
    headers = {"Location": f"{ORDERS}/{result.orders[0]}"} if len(result.orders) == 1 else None
    return answer(201, body, headers)


@routes.get(ORDERS)
async def list_orders(request: web.Request) -> web.Response:
    """List own orders, the oldest first."""
    venue, user = request.app[VENUE], user_of(request)
    wanted = _Filter(request)
    if not any(f"{name}From" in request.query for name in RANGES):
        raise ValueProblem("One of deliveryFrom, createdFrom and updatedFrom is needed.")
    found = [order for order in venue.market.orders.values() if order.owner == user.name and wanted.fits(order)]
    return answer(
        200, [order_json(order, venue.market, with_trades=wanted.expand_trades) for order in found[wanted.page]]
    )


@routes.get(ORDERS + "/{id}")
async def order_detail(request: web.Request) -> web.Response:
    """Show one own order."""
    venue = request.app[VENUE]
    order = own_order(venue, user_of(request).name, request.match_info["id"])
    if order is None:
        return order_not_found()
    return answer(200, order_json(order, venue.market, with_trades=True))


@routes.patch(ORDERS + "/{id}")
async def modify_order(request: web.Request) -> web.Response:
    """Put a successor in an order's place: 204 with its address, 202 still processed."""
    venue = request.app[VENUE]
    document = await document_of(request)
    order = own_order(venue, user_of(request).name, request.match_info["id"])
    if order is None:
        return order_not_found()
    later = later_ms(request)
    new_id = modified(venue, order, document, later)
    if new_id is None:
        return web.Response(status=202)
    return web.Response(status=204, headers={"Location": f"{ORDERS}/{new_id}"})


@routes.post(ORDERS + "/{id}/{operation}")
async def operate_order(request: web.Request) -> web.Response:
    """Activate, deactivate or cancel: 204 done, 202 still processed."""
    venue = request.app[VENUE]
    cause = OPERATIONS.get(request.match_info["operation"])
    if cause is None:
        return failure(404, "NotFound", f"Operations are {', '.join(OPERATIONS)}.")
    document = await document_of(request)
    order = own_order(venue, user_of(request).name, request.match_info["id"])
    if order is None:
        return order_not_found()
    later = later_ms(request)
    operated(venue, order, cause, document, later)
    return web.Response(status=204 if later is None else 202)


@routes.get("/api/v1/idm/trades")
async def list_trades(request: web.Request) -> web.Response:
    """List own trades, the oldest first; recalled ones stay in the list."""
    venue, user = request.app[VENUE], user_of(request)
    wanted = _Filter(request)
    found = [
        (trade, side)
        for trade in venue.market.trades.values()
        for side, owner in ((Side.BUY, trade.buyer), (Side.SELL, trade.seller))
        if owner == user.name and wanted.fits_times(trade.period, trade.time, trade.recalled or trade.time)
    ]
    return answer(200, [own_trade_json(trade, side, venue.market) for trade, side in found[wanted.page]])


@routes.get("/api/v1/idm/periods")
async def list_periods(request: web.Request) -> web.Response:
    """List single periods with their phase, today's and tomorrow's where no range is given."""
    venue = request.app[VENUE]
    hours, now = venue.rules.hours, venue.now()
    wanted = _Filter(request)
    start, end = wanted.ranges.get("delivery", (None, None))
    first = hours.delivery_day(now if start is None else start)
    last = first + timedelta(days=1)
    if end is not None:
        last = min(hours.delivery_day(end), first + timedelta(days=7))
    days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    products = [minutes for minutes in hours.products if wanted.product in {None, minutes}]
    periods = sorted(period for day in days for minutes in products for period in hours.periods_of(day, minutes))
    return answer(200, [period_json(period, hours, now) for period in periods if wanted.fits_times(period, now, now)])


@routes.get("/api/v1/idm/market-status")
async def market_status(request: web.Request) -> web.Response:
    """Show whether the market trades."""
    venue = request.app[VENUE]
    return answer(200, status_json(venue.market, venue.now()))


@routes.get("/api/v1/idm/hub-to-hub")
async def hub_to_hub(request: web.Request) -> web.Response:
    """Show capacities to neighbours, of the open hours."""
    venue = request.app[VENUE]
    codes = request.query.get("countryCodes")
    wanted = _Filter(request)
    shown = [
        entry
        for entry in hub_to_hub_json(venue, set(codes.split(",")) if codes else None)
        if wanted.fits_times(
            Period(read_instant(entry["deliveryStart"], ""), read_instant(entry["deliveryEnd"], "")), 0, 0
        )
    ]
    return answer(200, shown)


def own_order(venue: Venue, user: str, text: object) -> Order | None:
    """Return a user's order by its id as it stands in a request."""
    number = read_number(text) if isinstance(text, str) else text
    order = venue.market.orders.get(number) if isinstance(number, int) else None
    return order if order is not None and order.owner == user else None


def order_not_found() -> web.Response:
    """Return the answer for an order that is none of the caller's."""
    return failure(404, "NotFound", "There is no own order with this id.")


def modified(venue: Venue, order: Order, document: Any, later: int | None) -> int | None:
    """Modify an order; returns the new id, None where it comes later. Raises RefusedRequest."""
    correlation, terms = read_modification(document, order)
    problems = venue.market.modification_problems(order.id, terms, venue.now())
    if problems:
        raise RefusedRequest({_key(order): problems}, correlation)
    return venue.modify(order.id, terms, correlation, later_ms=later)


def operated(venue: Venue, order: Order, cause: Cause, document: Any, later: int | None) -> None:
    """Activate, deactivate or cancel an order; raises RefusedRequest."""
    correlation = read_correlation(document)
    problems = venue.market.operation_problems(order.id, cause)
    if problems:
        raise RefusedRequest({_key(order): problems}, correlation)
    venue.operate(order.id, cause, correlation, later_ms=later)


def hub_to_hub_json(venue: Venue, codes: set[str] | None = None) -> list[dict[str, Any]]:
    """Return capacities to each neighbour for each hour that is open."""
    hours, now = venue.rules.hours, venue.now()
    open_hours = [period for period in hours.open_periods(now) if period.minutes == 60]
    return [
        {
            "eic": HUB_EIC.get(code, ""),
            "areaName": code,
            "countryCode": code,
            "deliveryDay": hours.delivery_day(period.start).isoformat(),
            "deliveryStart": instant_text(period.start),
            "deliveryEnd": instant_text(period.end),
            "availableCapacityIn": inward,
            "availableCapacityOut": outward,
        }
        for code, (inward, outward) in sorted(venue.hub_to_hub.items())
        if codes is None or code in codes
        for period in open_hours
    ]


def _key(order: Order) -> str:
    return order.terms.client_id or str(order.id)


class _Filter:
    """What a list is to hold; raises RefusedRequest with every parameter that cannot be read."""

    def __init__(self, request: web.Request) -> None:
        query = request.query
        self._problems: list[str] = []
        self.ranges: dict[str, tuple[int | None, int | None]] = {}
        for name in RANGES:
            bounds = [self._read_instant(query.get(f"{name}{end}"), f"{name}{end}") for end in ("From", "To")]
            if any(bound is not None for bound in bounds):
                self.ranges[name] = (bounds[0], bounds[1])
        self.product = self._number(query.get("productType"), "productType", None)
        if self.product not in {None, *PRODUCT_MINUTES}:
            self._problems.append("productType must be 15, 30 or 60.")
        self.statuses = {status for status in query.get("status", "all").split(",") if status}
        if unknown := self.statuses - set(Status) - {"all"}:
            self._problems.append(f"status knows no {', '.join(sorted(unknown))}.")
        self.expand_trades = query.get("expandTrades", "false") == "true"
        offset = self._number(query.get("offset", query.get("skip")), "offset", 0) or 0
        limit = self._number(query.get("limit", query.get("take")), "limit", DEFAULT_LIMIT)
        self.page = slice(offset, offset + min(DEFAULT_LIMIT if limit is None else limit, MAX_LIMIT))
        if self._problems:
            raise RefusedRequest({"": [Problem(Code.FORMAT, text) for text in self._problems]})

    def fits(self, order: Order) -> bool:
        """Tell whether an order belongs into the list."""
        if self.product not in {None, order.terms.period.product_minutes}:
            return False
        if "all" not in self.statuses and order.status not in self.statuses:
            return False
        return self.fits_times(order.terms.period, order.created, order.updated)

    def fits_times(self, period: Period, created: int, updated: int) -> bool:
        """Tell whether something lies in all ranges; ends of a range belong to it."""
        instants = {"delivery": period.start, "created": created, "updated": updated}
        return all(_between(instants[name], bounds) for name, bounds in self.ranges.items())

    def _read_instant(self, text: str | None, name: str) -> int | None:
        try:
            return None if text is None else read_instant(text, name)
        except ValueProblem as problem:
            self._problems.append(str(problem))
            return None

    def _number(self, text: str | None, name: str, default: int | None) -> int | None:
        if text is None:
            return default
        number = read_number(text)
        if number is None:
            self._problems.append(f"{name} must be a whole number.")
        return number


def _between(instant: int, bounds: tuple[int | None, int | None]) -> bool:
    return (bounds[0] is None or bounds[0] <= instant) and (bounds[1] is None or instant <= bounds[1])
