"""What settlement shows of itself in the metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from google.protobuf.message import Message

from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse_log.port import Figure, Program
from flexbourse_runtime import service_metrics as m
from flexbourse_settlement.domain.events import BatchStatus
from flexbourse_settlement.processor import SettlementProgram


class SettlementFigures:
    """What waits for readings and for the chain; transactions."""

    def gauges(self, program: Program) -> Iterator[Figure]:
        """Return how settlement stands."""
        if not isinstance(program, SettlementProgram):
            raise TypeError(f"{type(program).__name__} is not settlement's")
        state = program.state
        found = Counter(batch.status for batch in state.batches.values())
        for status in (BatchStatus.CLOSED, BatchStatus.SIGNED, BatchStatus.REJECTED):
            yield m.SETTLEMENT_BATCHES.at(found[status], status.name.lower())
        yield m.SETTLEMENT_CALLS.at(len(state.chain.calls))
        waits = (period.books_closed and not period.settled for period in state.periods.values())
        yield m.SETTLEMENT_UNSETTLED.at(sum(waits))
        yield m.SETTLEMENT_BLOCKED.at(state.blocked)
        if state.checked_at_ms:
            yield m.SETTLEMENT_CHECKED.at(max(0, state.now_ms - state.checked_at_ms) // 1000)

    def counts(self, event: Message) -> Iterator[Figure]:
        """Count transactions."""
        if isinstance(event, pb.SettlementEvent):
            match event.WhichOneof("event"):
                case "requested":
                    yield m.SETTLEMENT_TRANSACTIONS.at(1, "asked")
                case "final":
                    yield m.SETTLEMENT_TRANSACTIONS.at(1, "final" if event.final.mined.succeeded else "failed")
                case "refused":
                    yield m.SETTLEMENT_TRANSACTIONS.at(1, "refused")
