"""The day-ahead auction over REST: curves in, awards out by revision. The paths follow those of the intraday market."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from flexbourse_core.errors import TransientError
from flexbourse_core.market_time import Mtu
from flexbourse_wholesale_gateway.adapters.okte_requests import Answer, OkteRequests, request_answer
from flexbourse_wholesale_gateway.adapters.okte_values import (
    euros,
    instant_text,
    megawatts,
    read_award,
    read_problems,
    read_revision,
)
from flexbourse_wholesale_gateway.domain.day_ahead.curves import Award
from flexbourse_wholesale_gateway.domain.external_orders.deciding import Outcome, RequestAnswer
from flexbourse_wholesale_gateway.domain.lots.pooling import Side

AUCTION = "/api/v1/dam"
MAX_ORDERS = 100
PERMILLE = 1_000


class Step(Protocol):
    """A price and what is offered at it."""

    @property
    def price_ticks(self) -> int:
        """Return the price."""

    @property
    def quantity_w(self) -> int:
        """Return the quantity, whole lots."""


class Offered(Protocol):
    """A curve of one quarter-hour and side, each step a quantity of its own; or a block of one step over several."""

    @property
    def delivery(self) -> Mtu:
        """Return the whole period."""

    @property
    def least_permille(self) -> int:
        """Return how much of a block is the least that may be accepted, in thousandths; 0: a curve."""

    @property
    def side(self) -> Side:
        """Return the side."""

    @property
    def steps(self) -> Sequence[Step]:
        """Return the steps, best price first."""


class OkteAuction:
    """Auction orders of one member."""

    def __init__(self, requests: OkteRequests) -> None:
        self._requests = requests

    async def submit(self, number: int, day: date, curves: Mapping[str, Offered]) -> dict[str, RequestAnswer]:
        """Submit curves by client order id and return the answer to each.

        Raises ValueError for more than `MAX_ORDERS`, and for a step that is no whole number of lots.
        """
        if not 1 <= len(curves) <= MAX_ORDERS:
            raise ValueError(f"{len(curves)} curves at a time, 1 to {MAX_ORDERS}")
        document = {
            "correlationId": f"dam:{day.isoformat()}:{number}",
            "groupIndication": "rejectPartially",
            "deliveryDay": day.isoformat(),
            "orders": [_order_json(key, curve) for key, curve in curves.items()],
        }
        answer = await self._requests.ask("POST", f"{AUCTION}/orders", document)
        return _by_order(number, answer, curves)

    async def submitted(self, day: date) -> frozenset[str]:
        """Return the client order ids that the auction has and that are not cancelled; raises TransientError."""
        orders = await self._requests.read(f"{AUCTION}/orders?deliveryDay={day.isoformat()}")
        if not isinstance(orders, list):
            raise TransientError("the list of auction orders is no list")
        return frozenset(
            str(o.get("clientOrderId")) for o in orders if isinstance(o, dict) and o.get("status") != "canceled"
        )

    async def awards(self, day: date) -> tuple[int, bool, list[Award]]:
        """Return the newest revision, 0 before any, whether it is final, and what own curves were awarded in it.

        Raises TransientError, and InvalidMessageError for what cannot be read.
        """
        text = day.isoformat()
        results = await self._requests.read(f"{AUCTION}/results?deliveryDayFrom={text}&deliveryDayTo={text}")
        revision = read_revision(results)
        if not revision:
            return 0, False, []
        trades = await self._requests.read(f"{AUCTION}/trades?deliveryDay={text}&revision={revision}")
        if not isinstance(trades, list):
            raise TransientError("the list of awards is no list")
        is_final = all(result.get("publicationStatus") == "final" for result in results)
        return revision, is_final, [read_award(trade) for trade in trades]


def _order_json(client_order_id: str, curve: Offered) -> dict[str, Any]:
    steps = [{"price": euros(step.price_ticks), "quantity": megawatts(step.quantity_w)} for step in curve.steps]
    said: dict[str, Any] = {
        "type": "block" if curve.least_permille else "curve",
        "direction": curve.side.value,
        "deliveryStart": instant_text(curve.delivery.start_s),
        "deliveryEnd": instant_text(curve.delivery.end_s),
        "clientOrderId": client_order_id,
    }
    if not curve.least_permille:
        return {**said, "steps": steps}
    (step,) = steps
    return {**said, **step, "minimumAcceptanceRatio": curve.least_permille / PERMILLE}


def _by_order(number: int, answer: Answer, curves: Mapping[str, Offered]) -> dict[str, RequestAnswer]:
    """Say what an answer means for each order: those that a partial refusal does not name were taken."""
    whole = request_answer(number, answer, None)
    named = read_problems(answer.body)
    if whole.outcome not in (Outcome.REFUSED, Outcome.KNOWN) or not named or not named.keys() <= curves.keys():
        return dict.fromkeys(curves, whole)
    found = dict.fromkeys(curves, RequestAnswer(number, Outcome.DONE))
    for key in named:
        part = Answer(answer.status, {"errors": {key: answer.body["errors"][key]}}, answer.text)
        found[key] = request_answer(number, part, None)
    return found
