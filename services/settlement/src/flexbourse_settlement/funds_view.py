"""Read model of participants' money: the same fold as the shard's, for queries."""

from __future__ import annotations

import threading

from google.protobuf.message import Message

from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse_log.port import Record
from flexbourse_messages.catalogue import SETTLEMENT
from flexbourse_settlement import funds_wire
from flexbourse_settlement.domain.funds import Funds


class FundsView:
    """Accounts, allotments, debts and withdrawals; safe to read from any thread."""

    topics: tuple[str, ...] = (SETTLEMENT.journal.name,)

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._funds = Funds()

    def fold(self, record: Record, message: Message | None) -> None:  # noqa: ARG002 - the port's signature
        """Take one journal record in."""
        if not isinstance(message, pb.SettlementEvent):
            return
        event = funds_wire.event_from(message)
        if event is not None:
            with self._lock:
                self._funds.evolve(event)

    def seen_by(self, participants: set[str] | None) -> pb.FundsState:
        """Return the money of some participants, or of all where none are named."""
        with self._lock:
            return funds_wire.funds_seen_by(self._funds, participants)
