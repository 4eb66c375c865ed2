"""The settlement shard as the log runs it: trades and readings in, ledger, batches and transactions out.

`SELF` is the party of the effects' own commands. It has the form of no participant id, so no caller can prove to be it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from google.protobuf.message import Message

from flexbourse.common.v1 import common_pb2
from flexbourse.external.v1 import external_pb2
from flexbourse.log.v1 import log_pb2
from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse_core.errors import InvalidMessageError
from flexbourse_core.rejection import Code, Rejection
from flexbourse_log.port import AdoptedRecord, Command, Decision, Intent, Output, all_rejected, rejected
from flexbourse_messages.catalogue import SETTLEMENT_ALLOTMENT, SETTLEMENT_BATCH, SETTLEMENT_CHAIN
from flexbourse_settlement import activation_wire, external_wire, funds_wire, snapshot, wire
from flexbourse_settlement.adapters.keccak import keccak
from flexbourse_settlement.domain.activations.products import set_products
from flexbourse_settlement.domain.chain import transactions
from flexbourse_settlement.domain.events import BatchFiled, ChainChecked, Event, Mined, Reading, Signed
from flexbourse_settlement.domain.external.notary import RecordAttested, attest
from flexbourse_settlement.domain.external.rules import take_result
from flexbourse_settlement.domain.facts import Acknowledged
from flexbourse_settlement.domain.funds.rules import Accepted, Desk, acknowledged, decide
from flexbourse_settlement.domain.runs import Completion, complete, record_readings
from flexbourse_settlement.domain.state import State

SELF = "flexbourse.settlement"

MAX_DETAILED = 400

SIGN = "sign"
SEND = "send"
FILE = "file"
CHECK = "check"

_OWN_ONLY = Rejection(Code.NOT_AUTHORISED, "outcomes of effects come from settlement itself", "party")


class SettlementProgram:
    """The one shard of settlement; see `flexbourse_log.port.Program`."""

    def __init__(self, operator_id: str = "") -> None:
        self._operator_id = operator_id
        self._state = State()
        self._wishes: dict[str, Callable[[Command, Any], Decision]] = {
            "submit_readings": self._submit,
            "readings_complete": self._complete,
            "attest_record": self._attest,
            "set_products": self._set_products,
            "funds": self._move_funds,
        }

    @property
    def state(self) -> State:
        """Return the state, to be read."""
        return self._state

    def on_command(self, command: Command) -> Decision:
        """Take readings, settle a run, or take the outcome of an effect."""
        body = command.body
        if not isinstance(body, pb.SettlementCommand):
            raise InvalidMessageError(f"settlement takes no {body.DESCRIPTOR.full_name}")
        name = body.WhichOneof("body")
        if name is None:
            return Decision([], [rejected(Rejection(Code.FIELD_MISSING, "a command says what is to be done", "body"))])
        wished = self._wishes.get(name)
        if wished is not None:
            return wished(command, getattr(body, name))
        if command.party != SELF:
            return Decision([], [rejected(_OWN_ONLY)])
        return self._outcome(command, _OUTCOMES[name](self._state, getattr(body, name)))

    def _submit(self, command: Command, wish: pb.SubmitReadings) -> Decision:
        readings = [Reading(each.metering_point_id, wire.MTU.decode(each.mtu), each.mean_w) for each in wish.readings]
        event, problems = record_readings(self._state, command.party, wish.area_id, readings)
        if len(problems) != len(readings):
            return Decision([], [all_rejected(problems[0])])
        results = [
            _refused(wrong, number) if wrong else common_pb2.Result(id=reading.metering_point_id)
            for number, (reading, wrong) in enumerate(zip(readings, problems, strict=True))
        ]
        return Decision([] if event is None else self._applied([event]), results)

    def _complete(self, command: Command, wish: pb.ReadingsComplete) -> Decision:
        prices = tuple((wire.MTU.decode(each.mtu), each.price_ticks) for each in wish.imbalance_prices)
        mtus = tuple(wire.MTU.decode(mtu) for mtu in wish.mtus)
        decided = complete(self._state, keccak, command.party, Completion(wish.area_id, wish.run_id, mtus, prices))
        problems = [each for each in decided if isinstance(each, Rejection)]
        if problems:
            return Decision([], [all_rejected(problems)])
        events = [each for each in decided if not isinstance(each, Rejection)]
        return Decision(self._applied(events), [common_pb2.Result(id=wish.run_id)])

    def _set_products(self, command: Command, wish: pb.SetProducts) -> Decision:
        state, products = self._state, activation_wire.SET_PRODUCTS.decode(wish)
        who, is_platform = state.participants.get(command.party), command.party in {self._operator_id} - {""}
        decided = set_products(who, state.areas, products, is_platform=is_platform)
        if isinstance(decided, list):
            return Decision([], [all_rejected(decided)])
        return Decision(self._applied([decided]), [common_pb2.Result(id=command.command_id)])

    def _attest(self, command: Command, wish: pb.AttestRecord) -> Decision:
        said = RecordAttested(wish.record_id, wish.version, command.party, wish.agree, wish.reason)
        decided = attest(self._state.chain.records, self._state.participants.get(command.party), said)
        if isinstance(decided, list):
            return Decision([], [all_rejected(decided)])
        return Decision(self._applied([decided]), [common_pb2.Result(id=wish.record_id)])

    def _move_funds(self, command: Command, funds: pb.FundsCommand) -> Decision:
        wish = funds_wire.wish_from(funds)
        if wish is None:
            missing = Rejection(Code.FIELD_MISSING, "a command about money says what is to be done", "funds.body")
            return Decision([], [rejected(missing)])
        state = self._state
        decided = decide(Desk(state.funds, state.participants, state.areas, self._operator_id), command.party, wish)
        if isinstance(decided, Accepted):
            return Decision(self._applied(decided.events), [common_pb2.Result(id=decided.entry_id)])
        return Decision([], [all_rejected(decided)])

    def _outcome(self, command: Command, decided: Event | Rejection) -> Decision:
        if isinstance(decided, Rejection):
            return Decision([], [rejected(decided)])
        return Decision(self._applied([decided]), [common_pb2.Result(id=command.command_id)])

    def _applied(self, events: Iterable[Event]) -> list[Message]:
        """Apply events and what follows from them for the chain; return all of them as journal records."""
        records: list[Message] = []
        for event in events:
            self._state.evolve(event)
            records.append(wire.event_to(event))
        request = transactions.next_request(self._state, keccak)
        if request is not None:
            self._state.evolve(request)
            records.append(wire.event_to(request))
        return records

    def on_input(self, record: AdoptedRecord) -> Sequence[Message]:
        """Take a record of another service over; what it asks of the chain waits for the next time record."""
        if isinstance(record.message, external_pb2.ExternalResult):
            result = external_wire.result_from(record.message)
            return self._applied(take_result(self._state, keccak, result, self._operator_id))
        fact = wire.fact_from(record.message)
        if isinstance(fact, Acknowledged):
            given_back = acknowledged(self._state.funds, fact.participant_id, fact.shard, fact.version)
            return self._applied(given_back) if given_back else ()
        self._take(record)
        return ()

    def _take(self, record: AdoptedRecord) -> None:
        fact = wire.fact_from(record.message)
        if fact is not None:
            self._state.take(fact)

    def on_time(self, at_ms: int, step: int) -> Sequence[Message]:  # noqa: ARG002 - the port's signature
        """Ask for a transaction where one is due and none is under way, else whether the chain still has all."""
        self._state.advance(at_ms)
        check = transactions.next_check(self._state, at_ms)
        return self._applied(() if check is None else (check,))

    def next_timer_ms(self) -> int | None:
        """Return when the chain should be looked at again."""
        return transactions.check_due_ms(self._state)

    def fold(self, event: Message | AdoptedRecord) -> None:
        """Apply a journaled record."""
        if isinstance(event, AdoptedRecord):
            self._take(event)
        elif isinstance(event, log_pb2.TimeAdvanced):
            self._state.advance(event.at_ms)
        elif isinstance(event, pb.SettlementEvent):
            self._state.evolve(wire.event_from(event))
        else:
            raise InvalidMessageError(f"the journal of settlement holds no {event.DESCRIPTOR.full_name}")

    def project(self, event: Message) -> Iterable[Output]:
        """Publish batches as they move on, allotments, and what the chain says of rights."""
        if isinstance(event, pb.SettlementEvent):
            state = _batch_state(event)
            if state is not None:
                yield Output(SETTLEMENT_BATCH, state.batch_id, state)
            right = _right_state(event)
            if right is not None:
                yield Output(SETTLEMENT_CHAIN, f"right/{right.right_id}", right)
            if event.HasField("allotment"):
                allotted = event.allotment
                yield Output(SETTLEMENT_ALLOTMENT, f"{allotted.shard}/{allotted.participant_id}", allotted)

    def intents(self, event: Message) -> Iterable[Intent]:
        """Return what is to be signed, sent and filed."""
        if not isinstance(event, pb.SettlementEvent):
            return
        name = event.WhichOneof("event")
        if name == "requested":
            yield Intent(f"{SIGN}/{event.requested.transaction_id}", SIGN, event.requested)
        elif name == "signed":
            yield Intent(f"{SEND}/{event.signed.signed.transaction_id}", SEND, event.signed)
        elif name == "final" and event.final.kind == pb.TRANSACTION_KIND_SETTLE and event.final.mined.succeeded:
            yield Intent(f"{FILE}/{event.final.batch_id}", FILE, event.final)
        elif name == "check_requested":
            yield Intent(f"{CHECK}/{event.check_requested.check_number}", CHECK, event.check_requested)

    def settled_intents(self, event: Message) -> Iterable[str]:
        """Return what an event ends."""
        if not isinstance(event, pb.SettlementEvent):
            return
        name = event.WhichOneof("event")
        if name == "signed":
            yield f"{SIGN}/{event.signed.signed.transaction_id}"
        elif name == "refused":
            yield f"{SIGN}/{event.refused.transaction_id}"
        elif name == "final":
            yield f"{SIGN}/{event.final.mined.transaction_id}"  # where the contract was there already
            yield f"{SEND}/{event.final.mined.transaction_id}"
        elif name == "filed":
            yield f"{FILE}/{event.filed.batch_id}"
        elif name == "checked":
            yield f"{CHECK}/{event.checked.check_number}"

    def snapshot(self) -> bytes:
        """Return the whole state in canonical bytes."""
        return snapshot.to_bytes(self._state)

    def restore(self, snapshot_bytes: bytes) -> None:
        """Take a state from such bytes."""
        self._state = snapshot.from_bytes(snapshot_bytes)


def _refused(wrong: Sequence[Rejection], number: int) -> common_pb2.Result:
    """Return what is wrong with a reading; behind the first hundreds code and field alone, to fit an answer."""
    if number < MAX_DETAILED:
        return all_rejected(wrong)
    code, field = wrong[0].code, wrong[0].field
    return common_pb2.Result(rejection=common_pb2.Rejection(code=code.name, number=code.number, field=field))


def _batch_state(event: pb.SettlementEvent) -> pb.BatchState | None:
    name = event.WhichOneof("event")
    if name == "closed":
        return wire.batch_to(wire.new_batch(event.closed))
    if name in ("signed", "final", "refused"):
        part = getattr(event, name)
        return part.batch if part.HasField("batch") else None
    return None


def _right_state(event: pb.SettlementEvent) -> pb.RightChainState | None:
    name = event.WhichOneof("event")
    if name not in ("final", "refused"):
        return None
    part = getattr(event, name)
    return part.right if part.HasField("right") else None


def _signed(state: State, message: pb.RecordSigned) -> Event | Rejection:
    outcome: Signed = wire.SIGNED.decode(message)
    return transactions.signed(state, outcome)


def _mined(state: State, message: pb.RecordMined) -> Event | Rejection:
    outcome: Mined = wire.MINED.decode(message)
    return transactions.mined(state, outcome)


def _checked(state: State, message: pb.RecordChecked) -> Event | Rejection:
    return transactions.checked(state, ChainChecked(message.check_number, message.restored_count))


_OUTCOMES: dict[str, Any] = {
    "record_signed": _signed,
    "record_mined": _mined,
    "record_checked": _checked,
    "record_refused": lambda state, message: transactions.refused(state, message.transaction_id, message.error),
    "record_contract": lambda state, message: transactions.contract_named(
        state, message.transaction_id, message.contract
    ),
    "record_filed": lambda state, message: transactions.filed(state, BatchFiled(message.batch_id, message.file_count)),
}
