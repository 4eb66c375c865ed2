"""Read model of participants' money: the same fold as the shard's, for queries."""

from __future__ import annotations

import threading

from google.protobuf.message import Message

from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse_log.port import Record
from flexbourse_messages.catalogue import SETTLEMENT
from flexbourse_settlement import funds_wire, wire
from flexbourse_settlement.domain.chain.calls import CallOutcome, CallPurpose
from flexbourse_settlement.domain.chain.contracts import EURO_TOKEN, SETTLEMENT_VAULT
from flexbourse_settlement.domain.events import ChainChecked, TransactionFinal, TransactionRefused
from flexbourse_settlement.domain.funds.events import Allotment, DebtPaid, ExposureSettled, FundsMoved
from flexbourse_settlement.domain.funds.on_chain import FundsOnChain
from flexbourse_settlement.domain.funds.places import Funds


class FundsView:
    """Accounts, allotments, debts, withdrawals and what the chain lacks of them; safe to read from any thread."""

    topics: tuple[str, ...] = (SETTLEMENT.journal.name,)

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._funds = Funds()
        self._chain = FundsOnChain()
        self._contracts: dict[str, str] = {}

    def fold(self, record: Record, message: Message | None) -> None:  # noqa: ARG002 - the port's signature
        """Take one journal record in."""
        if not isinstance(message, pb.SettlementEvent):
            return
        event = wire.event_from(message)
        with self._lock:
            match event:
                case FundsMoved():
                    self._funds.evolve(event)
                    self._chain.take(event)  # the shard has asked for it
                case Allotment() | ExposureSettled() | DebtPaid():
                    self._funds.evolve(event)
                case ChainChecked():
                    self._chain.retry()
                case TransactionRefused() if event.call is not None:
                    self._called(CallOutcome(event.call, event.error))
                case TransactionFinal() if event.call is not None:
                    self._called(CallOutcome(event.call, event.mined.error))
                case TransactionFinal() if event.contract_name and event.mined.succeeded:
                    self._contracts[event.contract_name] = event.mined.contract
                case _:
                    pass

    def _called(self, outcome: CallOutcome) -> None:
        if outcome.call.purpose is CallPurpose.FUNDS:
            self._chain.called(outcome)

    def seen_by(self, participants: set[str] | None) -> pb.FundsState:
        """Return the money of some participants, or of all where none are named."""
        with self._lock:
            seen = funds_wire.funds_seen_by(self._funds, self._chain, participants)
            seen.vault, seen.token = (self._contracts.get(name, "") for name in (SETTLEMENT_VAULT, EURO_TOKEN))
        return seen
