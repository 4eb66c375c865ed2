"""Effects of the day-ahead auction: curves are submitted once by the process that decided it, else looked up first."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING

from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse_core.errors import InvalidMessageError, TransientError
from flexbourse_log.port import Intent, OutgoingCommand
from flexbourse_wholesale_gateway import wire
from flexbourse_wholesale_gateway.domain import commands as c
from flexbourse_wholesale_gateway.domain.day_ahead.state import CurveSent
from flexbourse_wholesale_gateway.domain.external_orders.deciding import Outcome
from flexbourse_wholesale_gateway.domain.external_orders.order import client_order_id
from flexbourse_wholesale_gateway.effects import body_of, command
from flexbourse_wholesale_gateway.first_sending import FirstSendings
from flexbourse_wholesale_gateway.processor import ASK_AWARDS, SUBMIT

if TYPE_CHECKING:  # a platform that goes to no exchange does without the client
    from flexbourse_wholesale_gateway.exchange_link import ExchangeLink

TAKEN = (Outcome.DONE, Outcome.PROCESSING, Outcome.KNOWN)


class SubmitEffect:
    """Submits curves of a day."""

    kind = SUBMIT

    def __init__(self, link: ExchangeLink | None, sendings: FirstSendings) -> None:
        self._link, self._sendings = link, sendings

    def perform(self, intent: Intent) -> OutgoingCommand:
        """Return which curves the auction has and which it refuses; of the others it said nothing."""
        asked = body_of(intent, pb.SubmissionAsked)
        curves = {client_order_id(own.intent_id): wire.CURVE_SENT.decode(own) for own in asked.curves}
        is_first = self._sendings.take(asked.request_id)
        taken: list[str] = []
        refused: list[c.Refusal] = []
        if self._link is not None:
            day = date.fromisoformat(asked.day)
            with suppress(TransientError, InvalidMessageError):  # nothing is known then: asked again later
                taken, refused = self._submitted(self._link, day, curves, is_first=is_first)
        said = c.RecordSubmission(asked.request_id, tuple(sorted(taken)), tuple(refused))
        return command(f"effect:{asked.request_id}", said)

    def _submitted(
        self, link: ExchangeLink, day: date, curves: dict[str, CurveSent], *, is_first: bool
    ) -> tuple[list[str], list[c.Refusal]]:
        there = link.ask_auction(lambda auction: auction.submitted(day))
        taken = [curve.intent_id for key, curve in curves.items() if key in there]
        missing = {key: curve for key, curve in curves.items() if key not in there}
        if not missing or not is_first:
            return taken, []
        answers = link.ask_auction(lambda auction: auction.submit(1, day, missing))
        taken += [missing[key].intent_id for key, answer in answers.items() if answer.outcome in TAKEN]
        refused = [
            c.Refusal(missing[key].intent_id, answer.reasons)
            for key, answer in sorted(answers.items())
            if answer.outcome is Outcome.REFUSED
        ]
        return taken, refused


class AskAwardsEffect:
    """Asks for the result of a day."""

    kind = ASK_AWARDS

    def __init__(self, link: ExchangeLink | None) -> None:
        self._link = link

    def perform(self, intent: Intent) -> OutgoingCommand:
        """Return the newest revision; none where there is none yet, or no answer."""
        asked = body_of(intent, pb.AwardsAsked)
        said = c.RecordAwards(asked.request_id, asked.day, 0, final=False, awards=())
        if self._link is not None:
            day = date.fromisoformat(asked.day)
            with suppress(TransientError, InvalidMessageError):  # asked again later
                revision, is_final, awards = self._link.ask_auction(lambda auction: auction.awards(day))
                said = c.RecordAwards(asked.request_id, asked.day, revision, is_final, tuple(awards))
        return command(f"effect:{asked.request_id}", said)
