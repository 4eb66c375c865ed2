"""The day-ahead auction over HTTP, in the manner of the intraday interface."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from aiohttp import web

from flexbourse_exchange_simulator.access import VENUE, answer, document_of, failure, later_ms, user_of
from flexbourse_exchange_simulator.auction_house import auction_json, auction_order_json
from flexbourse_exchange_simulator.domain.auction import Auction, AuctionPhase, AuctionResult
from flexbourse_exchange_simulator.domain.problem import Code, Problem
from flexbourse_exchange_simulator.reading import RefusedRequest, read_bids, read_correlation
from flexbourse_exchange_simulator.showing import euros, megawatts, validation_json
from flexbourse_exchange_simulator.values import ValueProblem, instant_text, read_day, read_number
from flexbourse_exchange_simulator.venue import Venue

ORDERS = "/api/v1/dam/orders"
MAX_DAYS = 31

routes = web.RouteTableDef()


@routes.get("/api/v1/dam/auctions")
async def list_auctions(request: web.Request) -> web.Response:
    """List auctions with their times and where each stands."""
    venue = request.app[VENUE]
    return answer(200, [auction_json(day, auction, venue.now()) for day, auction in _auctions(request)])


@routes.post(ORDERS)
async def create_orders(request: web.Request) -> web.Response:
    """Create curves and blocks of one delivery day: 201 done, 202 taken, 400 with what is wrong with which order."""
    venue, user = request.app[VENUE], user_of(request)
    wanted = read_bids(await document_of(request), venue.rules.max_orders_per_request)
    result = venue.auctions.submit(user.name, wanted, venue.now())
    shown = [auction_order_json(wanted.day, order, None) for order in result.orders]
    if result.errors:
        return answer(400, {**validation_json(result.errors, wanted.correlation), "orders": shown})
    if later_ms(request) is not None:
        return answer(202, {"correlationId": wanted.correlation})
    headers = {"Location": f"{ORDERS}/{result.orders[0].id}"} if len(result.orders) == 1 else None
    return answer(201, {"correlationId": wanted.correlation, "orders": shown}, headers)


@routes.get(ORDERS)
async def list_orders(request: web.Request) -> web.Response:
    """List own orders of one delivery day."""
    venue, user = request.app[VENUE], user_of(request)
    day = read_day(request.query.get("deliveryDay"), "deliveryDay")
    auction = venue.auctions.auction(day, venue.now())
    if auction is None:
        return answer(200, [])
    last = auction.published[-1] if auction.published else None
    own = [order for order in auction.orders.values() if order.owner == user.name]
    return answer(200, [auction_order_json(day, order, last) for order in own])


@routes.post(ORDERS + "/{id}/cancel")
async def cancel_order(request: web.Request) -> web.Response:
    """Cancel an own order before the auction closes."""
    venue, text = request.app[VENUE], request.match_info["id"]
    correlation = read_correlation(await document_of(request))
    found = venue.auctions.find(user_of(request).name, read_number(text))
    if found is None:
        return failure(404, "NotFound", "There is no own order with this id.")
    auction, order = found
    if auction.phase(venue.now()) is not AuctionPhase.OPEN or order.canceled:
        closed = Problem(Code.AUCTION_CLOSED, "The auction is closed, or the order is canceled.")
        raise RefusedRequest({order.client_id or text: [closed]}, correlation)
    order.canceled = True
    return web.Response(status=204)


@routes.get("/api/v1/dam/results")
async def list_results(request: web.Request) -> web.Response:
    """List prices and volumes of each period, as published last."""
    found: list[dict[str, Any]] = []
    for day, auction in _auctions(request):
        if not auction.published:
            continue
        result = auction.published[-1]
        for place, period in enumerate(auction.periods, start=1):
            price = result.prices[period]
            found.append(
                {
                    "deliveryDay": day.isoformat(),
                    "period": place,
                    "deliveryStart": instant_text(period.start),
                    "deliveryEnd": instant_text(period.end),
                    "publicationStatus": _publication(result),
                    "revision": result.revision,
                    "price": None if price is None else euros(price),
                    "quantity": megawatts(result.volumes.get(period, 0)),
                }
            )
    return answer(200, found)


@routes.get("/api/v1/dam/trades")
async def list_trades(request: web.Request) -> web.Response:
    """List what own orders were awarded, as published last or as the named revision said."""
    venue, user = request.app[VENUE], user_of(request)
    day = read_day(request.query.get("deliveryDay"), "deliveryDay")
    auction = venue.auctions.auction(day, venue.now())
    published = [] if auction is None else auction.published
    wanted = request.query.get("revision")
    if wanted is not None:
        published = [result for result in published if str(result.revision) == wanted]
    if not published or auction is None:
        return answer(200, [])
    result = published[-1]
    return answer(
        200,
        [
            {
                "deliveryDay": day.isoformat(),
                "deliveryStart": instant_text(award.period.start),
                "deliveryEnd": instant_text(award.period.end),
                "orderId": award.order_id,
                "clientOrderId": auction.orders[award.order_id].client_id,
                "direction": award.side.value,
                "quantity": megawatts(award.quantity),
                "price": euros(award.price),
                "publicationStatus": _publication(result),
                "revision": result.revision,
            }
            for award in result.awards
            if award.owner == user.name
        ],
    )


def _publication(result: AuctionResult) -> str:
    return "preliminary" if result.revision == 1 else "final"


def _auctions(request: web.Request) -> list[tuple[date, Auction]]:
    """Return the auctions of the days of a request; raises ValueProblem."""
    venue: Venue = request.app[VENUE]
    start = read_day(request.query.get("deliveryDayFrom"), "deliveryDayFrom")
    end = read_day(request.query.get("deliveryDayTo"), "deliveryDayTo")
    if not 0 <= (end - start).days <= MAX_DAYS:
        raise ValueProblem(f"deliveryDayTo must lie 0 to {MAX_DAYS} days after deliveryDayFrom.")
    days = [start + timedelta(days=ahead) for ahead in range((end - start).days + 1)]
    found = [(day, venue.auctions.auction(day, venue.now())) for day in days]
    return [(day, auction) for day, auction in found if auction is not None]
