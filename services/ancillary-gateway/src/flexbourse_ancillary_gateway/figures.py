"""What the gateway shows of itself in the metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from google.protobuf.message import Message

from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as pb
from flexbourse_ancillary_gateway.domain.activations.life import OVER
from flexbourse_ancillary_gateway.domain.gateway import Gateway
from flexbourse_ancillary_gateway.domain.redispatch import NeedStage
from flexbourse_ancillary_gateway.processor import AncillaryProgram
from flexbourse_ancillary_gateway.view import Link
from flexbourse_log.port import Figure, Program
from flexbourse_runtime import service_metrics as m

ACTIVATED = "activated"
PLATFORM = "PLATFORM"  # the code of what the platform refused in words of its own


class AncillaryFigures:
    """Bids, orders, documents, the connection."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def gauges(self, program: Program) -> Iterator[Figure]:
        """Return how the gateway stands; dead letters as its source last saw them."""
        if not isinstance(program, AncillaryProgram):
            raise TypeError(f"{type(program).__name__} is not the mFRR gateway's")
        gateway, link = program.gateway, self._link
        yield from _bids(gateway)
        yield from _documents(gateway)
        if gateway.activations.heard_s:
            yield m.ANCILLARY_HEARD.at(max(0, gateway.now_s - gateway.activations.heard_s))
        yield m.ANCILLARY_SILENT.at(gateway.activations.silent)
        yield m.ANCILLARY_CONFIGURED.at(link.configured)
        yield m.ANCILLARY_SCHEMAS.at(not link.unvalidated)
        yield m.ANCILLARY_DEAD.at(link.dead.seen if link.dead is not None else 0)

    def counts(self, event: Message) -> Iterator[Figure]:
        """Count documents, answers, limits and refusals."""
        if not isinstance(event, pb.AncillaryEvent):
            return
        match event.WhichOneof("event"):
            case "document_goes":
                yield from _sent(event.document_goes)
            case "document_received" | "document_refused" | "document_given_up" as outcome:
                yield m.ANCILLARY_DOCUMENTS.at(1, outcome.removeprefix("document_"))
            case "answer_decided":
                yield from map(_answer, event.answer_decided.answers)
            case "answer_missed":
                yield m.ANCILLARY_MISSED.at(1)
            case "parcel_refused":
                codes = {each.code for each in event.parcel_refused.rejections} or {PLATFORM}
                yield from (m.ANCILLARY_REFUSALS.at(1, code) for code in sorted(codes))


def _bids(gateway: Gateway) -> Iterable[Figure]:
    watts: Counter[tuple[str, str]] = Counter()
    for entry in gateway.book.entries.values():
        for bid in entry.parcel.bids:
            watts[bid.direction.value.lower(), entry.stage.value.lower()] += bid.quantity_w
    yield from (m.ANCILLARY_BIDS.at(total, *labels) for labels, total in watts.items())
    stages = Counter(own.stage for own in gateway.activations.by_order.values() if own.stage not in OVER)
    yield from (m.ANCILLARY_ACTIVATIONS.at(count, stage.value.lower()) for stage, count in stages.items())


def _documents(gateway: Gateway) -> Iterable[Figure]:
    waiting = [document for document in gateway.outbox.documents.values() if document.waits_for_receipt]
    oldest_s = min((document.created_s for document in waiting), default=gateway.now_s)
    yield m.ANCILLARY_WAITING.at(len(waiting))
    yield m.ANCILLARY_OLDEST.at(max(0, gateway.now_s - oldest_s))
    yield m.ANCILLARY_UNTOLD.at(len(gateway.redispatch.at(NeedStage.UNTOLD)))


def _sent(goes: pb.DocumentGoes) -> Iterable[Figure]:
    yield m.ANCILLARY_DOCUMENTS.at(1, "sent" if goes.attempt == 1 else "sent_again")
    if goes.attempt == 1:
        for limited in goes.document.limits.limited:
            cause = pb.Cause.Name(limited.limit.cause).removeprefix("CAUSE_").lower()
            yield m.ANCILLARY_LIMITS.at(1, cause)


def _answer(answer: pb.BidAnswer) -> Figure:
    refusal = pb.Refusal.Name(answer.refusal).removeprefix("REFUSAL_").lower()
    return m.ANCILLARY_ANSWERS.at(1, refusal if answer.HasField("refusal") else ACTIVATED)
