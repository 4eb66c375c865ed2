"""Messages of results from outside, to the domain and back."""

from __future__ import annotations

from flexbourse.common.v1 import common_pb2
from flexbourse.external.v1 import external_pb2 as external
from flexbourse.settlement.v1 import external_results_pb2 as pb
from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Rejection
from flexbourse_messages.binding import Binding
from flexbourse_messages.rejections import rejection_from_message, rejection_to_message
from flexbourse_settlement.domain.external.book import ExternalBook
from flexbourse_settlement.domain.external.results import ExternalRefused, ExternalTaken, Result, Share

_KIND = "RESULT_KIND_"
_MTU = Binding(Mtu, common_pb2.Mtu)
SHARE = Binding(Share, external.ExternalShare)
REFUSED = Binding(ExternalRefused, pb.ExternalRefused, {Rejection: (rejection_to_message, rejection_from_message)})


def result_from(message: external.ExternalResult) -> Result:
    """Return the result of a message; a kind that is not known is none of `KINDS`."""
    known = message.kind in external.ResultKind.values()
    return Result(
        venue_id=message.venue_id,
        result_id=message.result_id,
        version=message.version,
        kind=external.ResultKind.Name(message.kind).removeprefix(_KIND) if known else "",
        final=message.final,
        mtu=_MTU.decode(message.mtu),
        shares=tuple(map(SHARE.decode, message.shares)),
        document_sha256=message.document_sha256,
        reason=message.reason,
    )


def result_to(result: Result) -> external.ExternalResult:
    """Return the message of a result that was taken."""
    return external.ExternalResult(
        venue_id=result.venue_id,
        result_id=result.result_id,
        version=result.version,
        kind=_KIND + result.kind,  # type: ignore[arg-type]
        final=result.final,
        mtu=_MTU.encode(result.mtu),
        shares=map(SHARE.encode, result.shares),
        document_sha256=result.document_sha256,
        reason=result.reason,
    )


def taken_to(event: ExternalTaken) -> pb.ExternalTaken:
    """Return the message of a version that was taken."""
    return pb.ExternalTaken(result=result_to(event.result), shares_sha256=event.shares_sha256, hash=event.hash)


def taken_from(message: pb.ExternalTaken) -> ExternalTaken:
    """Return the version of a message."""
    return ExternalTaken(result_from(message.result), message.shares_sha256, message.hash)


def book_to(book: ExternalBook) -> list[pb.ExternalRecord]:
    """Return the messages of all results, for snapshots; equal books give equal messages."""
    return [
        pb.ExternalRecord(
            versions=[pb.ExternalTaken(result=result_to(result)) for result in record.versions],
            posted=[
                pb.PostedVersion(area_id=area, mtu=_MTU.encode(mtu), version=version)
                for (area, mtu), version in sorted(record.posted.items())
            ],
        )
        for record in book.records.values()
    ]


def book_from(messages: list[pb.ExternalRecord]) -> ExternalBook:
    """Return the book of a snapshot."""
    book = ExternalBook()
    for message in messages:
        results = [result_from(version.result) for version in message.versions]
        for result in results:
            book.take(result)
        posted = {(each.area_id, _MTU.decode(each.mtu)): each.version for each in message.posted}
        book.records[results[0].key].posted = posted
    return book
