"""Read model of results from outside: every version that was taken, and what was refused with its reasons."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable

from google.protobuf.message import Message

from flexbourse.external.v1 import external_pb2 as external
from flexbourse.settlement.v1 import external_results_pb2 as pb
from flexbourse.settlement.v1 import settlement_pb2
from flexbourse_log.port import Record
from flexbourse_messages.catalogue import SETTLEMENT
from flexbourse_settlement.domain.external.book import MAX_RESULTS
from flexbourse_settlement.domain.external.results import record_id

MAX_REFUSED = 500

MaySee = Callable[[str], bool]


class ExternalView:
    """Results by venue and id, and the newest refusals; folded from the shard's journal, read on the API's loop."""

    topics: tuple[str, ...] = (SETTLEMENT.journal.name,)

    def __init__(self) -> None:
        self._results: OrderedDict[tuple[str, str], list[pb.ExternalTaken]] = OrderedDict()
        self._refused: deque[pb.ExternalRefused] = deque(maxlen=MAX_REFUSED)

    def fold(self, record: Record, message: Message | None) -> None:  # noqa: ARG002 - the port's signature
        """Take one journal record in."""
        if not isinstance(message, settlement_pb2.SettlementEvent):
            return
        if message.HasField("external_taken"):
            taken = message.external_taken
            key = (taken.result.venue_id, taken.result.result_id)
            self._results.setdefault(key, []).append(taken)
            self._results.move_to_end(key)
            while len(self._results) > MAX_RESULTS:
                self._results.popitem(last=False)
        elif message.HasField("external_refused"):
            self._refused.append(message.external_refused)

    def results(self, venue_id: str, result_id: str, may_see: MaySee, limit: int) -> list[pb.ExternalResultState]:
        """Return results of a venue and id, empty: of all, the one with the newest version first."""
        found: list[pb.ExternalResultState] = []
        for (venue, name), versions in reversed(self._results.items()):
            if len(found) < limit and venue_id in ("", venue) and result_id in ("", name):
                found.append(_state(versions, may_see))
        return found

    def refused(self, venue_id: str, result_id: str) -> list[pb.ExternalRefused]:
        """Return what was refused of a venue and result, empty: of all, the newest first."""
        return [
            each
            for each in reversed(self._refused)
            if venue_id in ("", each.venue_id) and result_id in ("", each.result_id)
        ]


def _state(versions: list[pb.ExternalTaken], may_see: MaySee) -> pb.ExternalResultState:
    newest = versions[-1].result
    return pb.ExternalResultState(
        venue_id=newest.venue_id,
        result_id=newest.result_id,
        kind=newest.kind,
        mtu=newest.mtu,
        versions=[_version(taken, may_see) for taken in versions],
        record_id=record_id(newest.venue_id, newest.result_id),
    )


def _version(taken: pb.ExternalTaken, may_see: MaySee) -> pb.ExternalVersion:
    result = taken.result
    own: list[external.ExternalShare] = [share for share in result.shares if may_see(share.party)]
    return pb.ExternalVersion(
        version=result.version,
        final=result.final,
        document_sha256=result.document_sha256,
        shares_sha256=taken.shares_sha256,
        hash=taken.hash,
        reason=result.reason,
        shares=own,
    )
