"""What the chain is wanted for besides the ledger: contracts, calls that wait, and the parts that ask for them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from flexbourse_settlement.domain.chain.calls import MAX_WAITING_CALLS, QUEUE_FULL, CallOutcome, CallPurpose, ChainCall
from flexbourse_settlement.domain.chain.rights import RightChainState, Rights
from flexbourse_settlement.domain.chain.totals import Totals
from flexbourse_settlement.domain.external.notary import RecordAttested, RecordNoted, Records
from flexbourse_settlement.domain.facts import RightToOffer
from flexbourse_settlement.domain.funds.on_chain import FundsOnChain


@dataclass(slots=True)
class ChainWork:
    """Contracts by name, calls in the order in which they were asked for, and the parts they belong to.

    Totals of claims ask for nothing: they are many and only the newest counts, so they go when no other call waits.
    """

    contracts: dict[str, str] = field(default_factory=dict)  # addresses
    deploy_failures: dict[str, int] = field(default_factory=dict)  # since the chain was checked
    calls: deque[ChainCall] = field(default_factory=deque)
    records: Records = field(default_factory=Records)
    rights: Rights = field(default_factory=Rights)
    totals: Totals = field(default_factory=Totals)
    funds: FundsOnChain = field(default_factory=FundsOnChain)

    def ask(self, calls: Iterable[ChainCall]) -> None:
        """Let calls wait for the chain; one for which there is no room is refused at once."""
        for call in list(calls):
            if len(self.calls) < MAX_WAITING_CALLS:
                self.calls.append(call)
            else:
                self.called(CallOutcome(call, QUEUE_FULL))

    def next_call(self, span_of: Callable[[str], int]) -> ChainCall | None:
        """Return the call that is to be made next. `span_of` says by how much a unit can deviate, in W."""
        return self.calls[0] if self.calls else self.totals.next_call(span_of)

    def requested(self, call: ChainCall) -> None:
        """Take that a call is under way."""
        if call.purpose is CallPurpose.TOTALS:
            self.totals.asked(call)
        else:
            self.calls.popleft()

    def called(self, outcome: CallOutcome) -> None:
        """Hand what became of a call to the part that asked for it."""
        match outcome.call.purpose:
            case CallPurpose.RIGHT:
                self.ask(self.rights.called(outcome))
            case CallPurpose.RECORD:
                self.records.called(outcome)
            case CallPurpose.TOTALS:
                self.totals.called(outcome)
            case CallPurpose.FUNDS:
                self.funds.called(outcome)
            case _:
                pass

    def right_after(self, outcome: CallOutcome) -> RightChainState | None:
        """Return what the chain says of a right after a call, None where the call is about none."""
        return self.rights.after(outcome) if outcome.call.purpose is CallPurpose.RIGHT else None

    def take_right(self, right: RightToOffer, waits_for: str) -> None:
        """Take a right as the registry has it; see `Rights.take`."""
        self.ask(self.rights.take(right, waits_for))

    def take_record(self, event: RecordNoted | RecordAttested) -> None:
        """Apply an event of the notary."""
        self.ask(self.records.take(event))

    def checked(self) -> None:
        """Try again what failed: the chain has everything that it ever had."""
        self.deploy_failures.clear()
        self.ask(self.funds.retry())
        self.ask(self.rights.retry())

    def deployed(self, name: str, address: str) -> None:
        """Take that a contract lies at an address, empty where it could not be put on the chain."""
        if address:
            self.contracts[name] = address
            self.deploy_failures.pop(name, None)
        else:
            self.deploy_failures[name] = self.deploy_failures.get(name, 0) + 1
