"""What the operator of the simulator may do: clock, faults, recalls, status, auctions. No part of the protocol."""

from __future__ import annotations

from datetime import date
from typing import Any

from aiohttp import web

from flexbourse_exchange_simulator.access import LIMITER, VENUE, answer, document_of, failure
from flexbourse_exchange_simulator.auction_house import auction_json
from flexbourse_exchange_simulator.domain.auction import Auction, AuctionPhase, BlockBid, CurveBid
from flexbourse_exchange_simulator.domain.trading import TradingStatus
from flexbourse_exchange_simulator.faults import FaultScript, read_faults
from flexbourse_exchange_simulator.intraday_api import hub_to_hub_json
from flexbourse_exchange_simulator.liquidity import OWNER
from flexbourse_exchange_simulator.reading import RefusedRequest, read_bids
from flexbourse_exchange_simulator.streaming import STREAMS
from flexbourse_exchange_simulator.values import ValueProblem, instant_text, read_day, read_instant, read_number, scaled
from flexbourse_exchange_simulator.venue import ClockError, Venue

MAX_NEIGHBOURS = 50
MAX_REVISION_BIDS = 1_000
MAX_REVISIONS = 100  # of one auction

routes = web.RouteTableDef()


async def _object(request: web.Request) -> dict[str, Any]:
    document = await document_of(request)
    if not isinstance(document, dict):
        raise ValueProblem("Body must be an object.")
    return document


def _clock_json(venue: Venue) -> dict[str, Any]:
    return {"now": instant_text(venue.now()), "driven": venue.clock.driven}


def _faults_json(venue: Venue) -> dict[str, Any]:
    return {"faults": [fault.as_json() for fault in venue.faults.faults]}


@routes.get("/simulator/clock")
async def show_clock(request: web.Request) -> web.Response:
    """Show the present instant, and whether it is driven."""
    return answer(200, _clock_json(request.app[VENUE]))


@routes.post("/simulator/clock")
async def drive_clock(request: web.Request) -> web.Response:
    """Set a driven clock to an instant, or forward by seconds; what comes due on the way is done."""
    venue, document = request.app[VENUE], await _object(request)
    if set(document) == {"now"}:
        target = read_instant(document["now"], "now")
    elif set(document) == {"advanceSeconds"}:
        target = venue.now() + scaled(document["advanceSeconds"], 1000, "advanceSeconds")
    else:
        raise ValueProblem("Body must have either now or advanceSeconds.")
    try:
        venue.drive(target)
    except ClockError as error:
        return failure(409, "ClockRule", str(error))
    return answer(200, _clock_json(venue))


@routes.get("/simulator/faults")
async def list_faults(request: web.Request) -> web.Response:
    """List the script of faults with how often each has fitted."""
    return answer(200, _faults_json(request.app[VENUE]))


@routes.post("/simulator/faults")
async def add_faults(request: web.Request) -> web.Response:
    """Append faults to the script; an outage without a filter of its own begins at once."""
    document = await _object(request)
    faults, problems = read_faults(document.get("faults"))
    if problems or set(document) != {"faults"}:
        return answer(
            400, {"code": "FaultsRule", "message": "; ".join(problems) or "only faults", "problems": problems}
        )
    request.app[VENUE].faults.add(faults)
    return answer(200, _faults_json(request.app[VENUE]))


@routes.delete("/simulator/faults")
async def clear_faults(request: web.Request) -> web.Response:
    """Forget the script of faults."""
    request.app[VENUE].faults = FaultScript()
    return web.Response(status=204)


@routes.post("/simulator/outage")
async def begin_outage(request: web.Request) -> web.Response:
    """Answer no member for some seconds of the exchange's clock, from now on."""
    venue, document = request.app[VENUE], await _object(request)
    venue.begin_outage(scaled(document.get("seconds"), 1000, "seconds") / 1000)
    return web.Response(status=204)


@routes.post("/simulator/trades/{id}/recall")
async def recall_trade(request: web.Request) -> web.Response:
    """Undo a trade."""
    venue, trade_id = request.app[VENUE], read_number(request.match_info["id"])
    if trade_id is None or trade_id not in venue.market.trades:
        return failure(404, "NotFound", "There is no trade with this id.")
    venue.recall(trade_id)
    return web.Response(status=204)


@routes.post("/simulator/market-status")
async def set_market_status(request: web.Request) -> web.Response:
    """Let the market trade or rest."""
    document = await _object(request)
    wanted = document.get("tradingStatus")
    if wanted not in list(TradingStatus):
        raise ValueProblem(f"tradingStatus must be one of {', '.join(TradingStatus)}.")
    request.app[VENUE].set_status(TradingStatus(wanted))
    return web.Response(status=204)


@routes.post("/simulator/hub-to-hub")
async def set_hub_to_hub(request: web.Request) -> web.Response:
    """Set capacities in MW to a neighbour; they are shown, they do not bind the matching."""
    venue, document = request.app[VENUE], await _object(request)
    code = document.get("countryCode")
    if not isinstance(code, str) or len(code) != 2 or len(venue.hub_to_hub) >= MAX_NEIGHBOURS:
        raise ValueProblem("countryCode must be of two letters.")
    inward = scaled(document.get("availableCapacityIn"), 1, "availableCapacityIn")
    outward = scaled(document.get("availableCapacityOut"), 1, "availableCapacityOut")
    venue.hub_to_hub[code] = (inward, outward)
    request.app[STREAMS].broadcast("hubtohub", "hubtohub-change", hub_to_hub_json(venue, {code}))
    return web.Response(status=204)


@routes.post("/simulator/auctions/{day}/revision")
async def revise_auction(request: web.Request) -> web.Response:
    """Let further bids of the played member count in the final result."""
    venue, auction, day = _auction(request)
    if auction is None or auction.phase(venue.now()) is AuctionPhase.FINAL:
        return failure(409, "AuctionClosedRule", "The final result is published, or the day is too far away.")
    venue.auctions.revise(auction, OWNER, await _bids(request, day), venue.now())
    return answer(200, auction_json(day, auction, venue.now()))


@routes.post("/simulator/auctions/{day}/correction")
async def correct_auction(request: web.Request) -> web.Response:
    """Publish a further revision behind the final result, in which further bids of the played member count."""
    venue, auction, day = _auction(request)
    is_final = auction is not None and auction.phase(venue.now()) is AuctionPhase.FINAL
    if auction is None or not is_final or len(auction.published) >= MAX_REVISIONS:
        return failure(409, "AuctionRule", "The final result is not published, or was corrected often enough.")
    venue.auctions.correct(auction, OWNER, await _bids(request, day), venue.now())
    return answer(200, auction_json(day, auction, venue.now()))


def _auction(request: web.Request) -> tuple[Venue, Auction | None, date]:
    venue = request.app[VENUE]
    day = read_day(request.match_info["day"], "day")
    return venue, venue.auctions.auction(day, venue.now()), day


async def _bids(request: web.Request, day: date) -> list[CurveBid | BlockBid]:
    """Return bids of the played member; raises RefusedRequest."""
    wanted = read_bids({**await _object(request), "deliveryDay": day.isoformat()}, MAX_REVISION_BIDS)
    errors = {entry.key: list(entry.problems) for entry in wanted.entries if entry.problems}
    if errors:
        raise RefusedRequest(errors, wanted.correlation)
    return [entry.bid for entry in wanted.entries if entry.bid]


@routes.post("/simulator/reset")
async def reset(request: web.Request) -> web.Response:
    """Begin anew, as started: the configuration's faults and orders, no others."""
    request.app[STREAMS].forget_all()
    request.app[VENUE].begin()
    request.app[LIMITER].begin()
    return web.Response(status=204)


@routes.get("/simulator/state")
async def show_state(request: web.Request) -> web.Response:
    """Show figures of the present state."""
    venue = request.app[VENUE]
    return answer(200, {**_clock_json(venue), **venue.state(), "streams": len(request.app[STREAMS])})
